"""Whom to ask and for how long: time limits, the circuit breaker, the retry budget, and what a request learns when all have failed."""

import math
import threading
from collections import deque
from collections.abc import Collection

from services.chassis import errors
from services.inference.providers.protocol import Kind

DEFAULT_TOKENS = 1024
DEFAULT_SECONDS = 60.0  # for a caller without a deadline
SLOW_SECONDS = 5.0  # a provider without a first word after so long is ill, however long its callers would wait
FIRST_SOUND_SECONDS = 4.0  # that one speaker gets for a sentence's first sound: somebody listens and waits
MARGIN_SECONDS = 0.25  # kept for counting tokens and answering
_SHORTEST_SECONDS = 0.25
_FIRST_SHARE = 0.6
_CHARACTERS_PER_TOKEN = 4

# A refusal of this prompt or an unfit answer says nothing of the next request; a wrong key says that every request will fail.
COUNTS_AGAINST = frozenset({Kind.TOO_SLOW, Kind.BUSY, Kind.BROKEN, Kind.DENIED})
WORTH_RETRYING = frozenset({Kind.BUSY, Kind.BROKEN})


def time_limit(left: float, longest: float, *, others: bool) -> float | None:
    """Seconds that a provider has for its first word, of the `left` that the caller waits; None where it is too late to ask.

    While there are others to ask after it, it leaves them some.
    """
    usable = left - MARGIN_SECONDS
    if usable < _SHORTEST_SECONDS:
        return None
    return min(longest, max(usable * _FIRST_SHARE, _SHORTEST_SECONDS) if others else usable)


def time_for_all(remaining: float | None) -> float:
    """Seconds until the whole answer must have been sent, of what gRPC says remains; a caller without a deadline gets a minute."""
    return min(remaining, DEFAULT_SECONDS * 10) if remaining is not None else DEFAULT_SECONDS


def estimate_tokens(characters: int) -> int:
    """For providers that do not count: about four characters a token in English, so that usage is never nothing."""
    return math.ceil(characters / _CHARACTERS_PER_TOKEN)


def refusal(failures: Collection[Kind]) -> errors.Refusal:
    """What the caller learns when nobody answered."""
    kinds = set(failures)
    if kinds == {Kind.TOO_LONG}:
        return errors.InvalidArgument(
            "PROMPT_TOO_LONG", "the instruction and materials together are longer than any configured model takes"
        )
    if kinds == {Kind.TOO_SLOW}:
        return too_slow()
    return errors.Unavailable("PROVIDERS_FAILED", "no provider of models answered; try again later")


def too_slow() -> errors.Refusal:
    return errors.DeadlineExceeded("PROVIDERS_TOO_SLOW", "no provider of models answered in the time that the call has")


class Circuit:
    """Stops asking a provider that fails again and again, and lets one request through now and then to see whether it is back.

    Open after `failures` in a row within `window` seconds; then one probe every `pause` seconds, whose success closes it. A probe that never reports, as where
    its caller went away, holds nothing up: the next is due after another pause.
    """

    def __init__(self, *, failures: int = 5, window: float = 30.0, pause: float = 20.0) -> None:
        self._needed = failures
        self._window = window
        self._pause = pause
        self._failed: deque[float] = deque(maxlen=failures)
        self._next_probe: float | None = None
        self._lock = threading.Lock()

    def admits(self, now: float) -> bool:
        """Whether a request would be let through now."""
        return self._next_probe is None or now >= self._next_probe

    def enter(self, now: float) -> bool:
        """Whether to ask; where the circuit is open, the one that is let through is the probe."""
        with self._lock:
            if not self.admits(now):
                return False
            if self._next_probe is not None:
                self._next_probe = now + self._pause
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed.clear()
            self._next_probe = None

    def failed(self, now: float) -> None:
        with self._lock:
            self._failed.append(now)
            many = len(self._failed) == self._needed and now - self._failed[0] <= self._window
            if many or self._next_probe is not None:
                self._next_probe = now + self._pause


class RetryBudget:
    """Retries are paid for by answers: ten in store at first, a tenth more with each answer, so that an outage is not made worse by us."""

    def __init__(self, *, most: float = 10.0, earned: float = 0.1) -> None:
        self._most = most
        self._earned = earned
        self._left = most
        self._lock = threading.Lock()

    def earn(self) -> None:
        with self._lock:
            self._left = min(self._most, self._left + self._earned)

    def spend(self) -> bool:
        """Whether there is one left; it is gone then."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True
