"""Every number that a score depends on, in one place; a change here is a new rubric and gets a new RUBRIC."""

RUBRIC = "2026.3"

# What a sentence says about a point: the cosine of two vectors, and the share of the point's words that are in it. Below the first number of a pair it is no
# evidence, from the second on it is full evidence, and linear between them. Both are rounded first, so that a vector's last digits decide nothing.
SEMANTIC_RANGE = (0.30, 0.60)
SEMANTIC_APART = 0.5  # of that cosine, how much is taken without what both have of the question
LEXICAL_RANGE = (0.15, 0.60)
SEMANTIC_SHARE = 0.6
LEXICAL_SHARE = 0.4
# How an answer is told (see signs.py) counts by how many different words with a meaning it is told in: nothing can be said concretely in a few.
TOLD_RANGE = (4, 16)
FOUND = 0.45  # the strength from which a point is called found
LIST_FACTOR = 0.3  # the points' words in a row say that the words are known, not what is meant

# An answer's value: how many of the points it has, and for the rest whether it is about the question at all.
POINTS_SHARE = 0.9
RELEVANCE_SHARE = 0.1
ENOUGH = 0.8  # the share of the points that a person says in two minutes, and that is worth the full value

RELEVANCE_RANGE = (0.15, 0.50)
NAMED_RELEVANCE = 0.4  # at least, where the skill that is asked about is named
DEVIATED_BELOW = 0.35  # of relevance
DEVIATED_CEILING = 1.0  # what an answer to another question is worth at most

# Code that was run is worth what its tests say. Code that was only read cannot be known to be right.
# Of that, so much is taken away by what it costs: nothing up to the growth that the question calls good, all of it from COST_RANGE powers beyond.
COST_SHARE = 0.2
COST_RANGE = 0.6
CODE_READ_CEILING = 6.0
CODE_MISSING_CEILING = 3.0  # only described

# A report's overall score is the mean of the answers' values under these weights, multiplied.
LEVEL_WEIGHTS = {1: 1.0, 2: 1.25, 3: 1.5}
KIND_WEIGHTS = {"experience": 1.0, "knowledge": 1.0, "situation": 1.0, "coding": 1.5, "follow_up": 0.5}
REQUIRED_WEIGHT = 1.25  # a question on a skill that the opening names
STRENGTH_FROM = 7.0
GAP_BELOW = 4.5

# Beside one reference answer: the meaning as it is read after the question and without it, the meaning by itself, the letters, the words. From ENOUGH on a
# part more is worth only AFTER of itself: nobody says it in the reference's own words, and who comes near has said it. Round numbers, chosen with public sets
# in sight (bench/scoring).
REFERENCE_WEIGHTS = (0.4, 0.25, 0.2, 0.15)
REFERENCE_ENOUGH = 0.55
REFERENCE_AFTER = 0.3
REFERENCE_TOLD = 0.2  # the cosine with reference or question below which one sentence of several is filling
REFERENCE_BESIDE = 1.6  # of 5, below which an answer is about something else


def ramp(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return min(1.0, max(0.0, (value - low) / (high - low)))
