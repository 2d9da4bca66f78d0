"""How many interviews one machine holds, by the measured costs: a queue in front of the model, played through second by second."""

import heapq
import random
from statistics import quantiles

CORES = 2.0
ASKING, THINKING, ANSWERING = 9.0, 4.0, 40.0  # seconds of a question and its answer: the candidate speaks three quarters of the time
UTTERANCE, PAUSE = 7.0, 0.6  # an answer is so many seconds of speech between pauses, each of which has the utterance written down
LATE = 1.5  # seconds for a transcript after its pause, for 95 of 100
SPEEDUP = 1.7  # of two threads over one: an assumption, since a busy machine does not show it
PEER = 0.10  # of a core for each interview beside the model: WebRTC and Opus (measured earlier as 0.06 to 0.09), the ear, the room


def delays(interviews: int, fixed: float, each: float, voice: float, minutes: float = 30, seed: int = 8) -> list[float]:
    """Seconds from a pause until its transcript, where one takes `fixed` and `each` CPU seconds for every second of speech."""
    rng = random.Random(seed)
    speed = max(0.05, (CORES - interviews * (PEER + voice * ASKING / (ASKING + THINKING + ANSWERING))) / CORES)
    arrivals: list[tuple[float, float]] = []
    for _ in range(interviews):
        at = rng.uniform(0, ASKING + THINKING + ANSWERING)
        while at < minutes * 60:
            at += ASKING + rng.expovariate(1 / THINKING)
            left = rng.uniform(0.5, 1.5) * ANSWERING
            while left > 0:
                spoken = min(left, 28.0, max(0.8, rng.expovariate(1 / UTTERANCE)))
                at, left = at + spoken, left - spoken
                arrivals.append((at, (fixed + each * spoken) / SPEEDUP / speed))
                at += PAUSE
    heapq.heapify(arrivals)
    free, found = 0.0, []
    while arrivals:
        at, takes = heapq.heappop(arrivals)
        free = max(free, at) + takes
        found.append(free - at)
    return found


def late(interviews: int, fixed: float, each: float, voice: float) -> float:
    """What 95 of 100 transcripts take at most."""
    return quantiles(delays(interviews, fixed, each, voice), n=20)[-1]


def holds(fixed: float, each: float, voice: float) -> int:
    number = 0
    while number < 200 and late(number + 1, fixed, each, voice) <= LATE:
        number += 1
    return number
