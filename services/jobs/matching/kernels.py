"""The loops of a search, each over one segment: they add whole numbers only, so that order is no matter."""

from typing import Any

import numpy as np

from services.jobs.matching.compiled import compiled
from services.jobs.matching.postings import step

# What a signal's value of 1 is as a whole number, and the highest score in tenths of a point.
_ONE = 1_000_000
_BEST = 1000
# After so many documents a search looks whether the bar has risen: their bounds stay in the fastest cache.
_STRETCH = 4096
_LOOK_THROUGH = 16


@compiled
def add_weights(starts: Any, postings: Any, terms: Any, weights: Any, sums: Any) -> None:
    """Adds each term's weight to the documents on its list; a term of -1 is on none."""
    for which in range(terms.size):
        term, weight, document = terms[which], weights[which], -1
        if term >= 0:
            at, end = np.int64(starts[term]), np.int64(starts[term + 1])
            while at < end:
                distance, at = step(postings, at)
                document += distance
                sums[document] += weight


@compiled
def add_dense(bits: Any, rows: Any, weights: Any, sums: Any) -> None:
    """As add_weights, for terms that are kept as one bit a document. `rows` come in fours, the last filled up with a weight of 0.

    Four at a time and without a branch, so that the compiler makes it eight documents an instruction: a twentieth of what a list costs.
    """
    for which in range(0, rows.size, 4):
        weight0, weight1, weight2, weight3 = weights[which], weights[which + 1], weights[which + 2], weights[which + 3]
        bits0, bits1, bits2, bits3 = bits[rows[which]], bits[rows[which + 1]], bits[rows[which + 2]], bits[rows[which + 3]]
        for at in range(bits0.size):
            byte0, byte1, byte2, byte3 = np.int32(bits0[at]), np.int32(bits1[at]), np.int32(bits2[at]), np.int32(bits3[at])
            first = at * 8
            for bit in range(8):
                sums[first + bit] += (
                    (weight0 & -((byte0 >> bit) & 1)) + (weight1 & -((byte1 >> bit) & 1))
                    + (weight2 & -((byte2 >> bit) & 1)) + (weight3 & -((byte3 >> bit) & 1))
                )  # fmt: skip


@compiled
def add_bits(bits: Any, rows: Any, weights: Any, documents: Any, sums: Any) -> None:
    """As add_dense, for some documents."""
    for document in documents:
        byte, bit, more = document >> 3, document & 7, np.int32(0)
        for which in range(rows.size):
            more += weights[which] & -((np.int32(bits[rows[which], byte]) >> bit) & 1)
        sums[document] += more


@compiled
def near_titles(starts: Any, words: Any, weights: Any, wanted: Any, wanted_weights: Any, values: Any) -> None:
    """How near each title is to the wanted one; see signals.dice."""
    whole = wanted_weights.sum()
    for title in range(values.size):
        shared = 0
        for at in range(starts[title], starts[title + 1]):
            for which in range(wanted.size):
                if words[at] == wanted[which]:
                    shared += wanted_weights[which]
        values[title] = 2 * _ONE * shared // (whole + weights[title]) if shared else 0


@compiled
def near_places(starts: Any, parts: Any, wanted: Any, values: Any) -> None:
    """How near each place is to the wanted one; see signals.near."""
    for place in range(values.size):
        first, end = starts[place], starts[place + 1]
        value = _ONE // 2 if first == end else 0
        for at in range(first, end):
            for part in wanted:
                if parts[at] == part:
                    value = _ONE // 2
        values[place] = _ONE if first < end and parts[first] == wanted[0] else value


@compiled
def raise_values(starts: Any, postings: Any, terms: Any, values: Any, best: Any) -> None:
    """Lifts the documents on each term's list to its value, where they are below."""
    for which in range(terms.size):
        value, document = values[which], -1
        at, end = np.int64(starts[terms[which]]), np.int64(starts[terms[which] + 1])
        while at < end:
            distance, at = step(postings, at)
            document += distance
            best[document] = max(best[document], value)


@compiled
def raise_dense(bits: Any, rows: Any, values: Any, best: Any) -> None:
    """As raise_values, for terms that are kept as one bit a document."""
    for which in range(rows.size):
        value = values[which]
        for document in range(best.size):
            if bits[rows[which], document >> 3] >> (document & 7) & 1 and best[document] < value:
                best[document] = value


@compiled
def survivors(
    text: Any, skill: Any, title: Any, allowed: Any, scale: Any, skill_value: Any, job: Any, missing: float, rest: float, after_value: int, counted: Any,
    wanted: int, rows: Any, tops: Any, lows: Any,
) -> int:  # fmt: skip
    """Writes the allowed documents that may be among the `wanted` best of all segments; the answer is how many.

    What is known of a document's score makes a lower bound; `missing`, what the text's terms that were left out can add, and `rest`, what years, level and
    place can, make an upper one. `counted` keeps how many documents of all segments have at least each score. Where `wanted` have one, a document whose upper
    bound is below is out, and that is a proof, not a guess. `tops` are the upper bounds, `lows` the lower ones in tenths, as they were counted; -1 where the
    document may stand before `after_value`, behind which a page starts.
    """
    of_skills, of_text, of_title, of_years = job[0] * 1.0, job[1] * 1.0, job[2] * 1.0, job[3] * 1.0
    whole, skill_one = job[6] * _ONE, _ONE / max(1, skill_value.size - 1)
    behind = (2 * whole * after_value - whole + 1999) // 2000
    raw_threshold = _threshold(counted, wanted, whole)[1]
    bounds, found = np.empty(_STRETCH, np.float64), 0
    for first in range(0, scale.size, _STRETCH):
        size, rising = min(_STRETCH, scale.size - first), False
        # Slices, as the compiler then knows that no index is negative, and does several documents at once.
        texts, skills, titles = text[first : first + size], skill[first : first + size], title[first : first + size]
        scales = scale[first : first + size]
        for at in range(size):
            has, titled = skills[at] * skill_one, np.float64(titles[at])
            alike = min((np.float64(texts[at]) + missing) * scales[at], 1000000.0)
            # One more than it is, for the digits that whole numbers lose elsewhere.
            bounds[at] = of_skills * has + of_title * titled + of_years * max(has, titled) + of_text * alike + rest + 1.0
        for at in range(size):
            document = first + at
            if bounds[at] < raw_threshold or not allowed[document]:
                continue
            rows[found], tops[found], lows[found] = document, bounds[at], -1
            if bounds[at] < behind:
                least = job[0] * skill_value[skill[document]] + job[2] * title[document]
                least += job[1] * min(_ONE, np.int64(text[document] * scale[document]))
                lows[found] = (2000 * least + whole) // (2 * whole)
                counted[lows[found]] += 1
                rising = True
            found += 1
        if rising:
            raw_threshold = _threshold(counted, wanted, whole)[1]
    left = 0
    for one in range(found):
        if tops[one] >= raw_threshold:
            rows[left], lows[left] = rows[one], lows[one]
            left += 1
    return left


@compiled
def select(
    text: Any, skill: Any, title: Any, scale: Any, skill_value: Any, job: Any, months: Any, level: Any, level_value: Any, place: Any, place_value: Any,
    high: Any, low: Any, after_value: int, after_id: Any, counted: Any, wanted: int, rows: Any, lows: Any, values: Any,
) -> int:  # fmt: skip
    """Scores these documents, of which text, skills and titles are all known by now, in full, and keeps those that are among the best so far.

    Writes them with their scores in tenths; the answer is how many. A page starts behind `after_value` and `after_id`, a score and the two halves of an id.
    """
    whole, months_asked, today = job[6] * _ONE, job[7], job[8]
    found = 0
    for one in range(rows.size):
        document = rows[one]
        has, titled = skill_value[skill[document]], title[document]
        raw = job[0] * has + job[2] * titled + job[1] * min(_ONE, np.int64(text[document] * scale[document]))
        if job[3]:
            worked = months[document, 0]
            end = min(months[document, 2], today)
            if end > months[document, 1]:
                worked += end - months[document, 1]
            raw += job[3] * (min(_ONE, _ONE * worked // months_asked) * max(has, titled) // _ONE)
        raw += job[4] * level_value[level[document]] + job[5] * place_value[place[document]]
        value = (2000 * raw + whole) // (2 * whole)
        if value > after_value:
            continue
        if value == after_value and (high[document] < after_id[0] or (high[document] == after_id[0] and low[document] <= after_id[1])):
            continue
        if lows[one] >= 0:
            counted[lows[one]] -= 1
        counted[value] += 1
        rows[found], values[found] = document, value
        found += 1
    threshold, left = _threshold(counted, wanted, whole)[0], 0
    for one in range(found):
        if values[one] >= threshold:
            rows[left], values[left] = rows[one], values[one]
            left += 1
    return left


@compiled
def find(terms: Any, first: Any, last: Any, keys: Any, places: Any) -> None:
    """Where keys are among the terms first to last, which are of their kind, or -1.

    Keys are hashes, evenly spread: guessing by their size looks at memory three times or four, where halving would at every step.
    """
    for which in range(keys.size):
        key, low, high = keys[which], first, last
        places[which] = -1
        if low == high or key < terms[low] or key > terms[high - 1]:
            continue
        least, most = terms[low], terms[high - 1]
        while high - low > _LOOK_THROUGH:
            guess = low + np.int64(np.float64(key - least) / (np.float64(most - least) + 1.0) * np.float64(high - low))
            guess = min(max(guess, low), high - 1)
            there = terms[guess]
            if there < key:
                low, least = guess + 1, there
            elif there > key:
                high, most = guess, there
            else:
                low, high = guess, guess + 1
        for place in range(low, high):
            if terms[place] == key:
                places[which] = place


@compiled
def pick_dense(dense: Any, terms: Any, weights: Any) -> Any:
    """The rows of bits of those of the terms that are kept so, with their weights."""
    rows, heavy, found = np.empty(terms.size, np.int64), np.empty_like(weights), 0
    for which in range(terms.size):
        row = np.searchsorted(dense, terms[which])
        if row < dense.size and dense[row] == terms[which]:
            rows[found], heavy[found] = row, weights[which]
            found += 1
    return rows[:found], heavy[:found]


@compiled
def mark(documents: Any, marks: Any, allowed: Any) -> None:
    """Gives documents their marks: who is alive is allowed, or nobody."""
    for document in documents:
        allowed[document] = marks[document]


@compiled
def _threshold(counted: Any, wanted: int, whole: int) -> Any:
    """The highest score that `wanted` documents reach for certain, in tenths, and the least sum of signals that rounds to it."""
    total = 0
    for value in range(_BEST, -1, -1):
        total += counted[value]
        if total >= wanted:
            return value, (2 * whole * value - whole + 1999) // 2000
    return 0, -1
