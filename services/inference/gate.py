"""Who may use a model now: a few at once, the most urgent first, and nobody for longer than their caller waits."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from services.chassis import errors

_LOOK_UP_SECONDS = 0.25
_RECENT = 8  # places held, over which the usual time is taken


class Rank(IntEnum):
    """What goes first where several wait."""

    UTTERANCE = 0  # somebody is waiting to be answered
    RECORDING = 1


class Gate:
    """Lets `places` through at once."""

    def __init__(self, places: int = 1) -> None:
        self._free = places
        self._waiting: list[tuple[Rank, int]] = []
        self._tickets = itertools.count()
        self._changed = threading.Condition()
        self._usual = 0.0  # seconds that a place is held, of late

    @property
    def wait(self) -> float:
        """Seconds that those who wait already will probably take. Who holds a place is not in it: they will soon be gone."""
        with self._changed:
            return self._usual * len(self._waiting)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits, so that who only came since it was idle should go."""
        return bool(self._waiting)

    @contextmanager
    def hold(self, rank: Rank, until: float, is_wanted: Callable[[], bool]) -> Iterator[None]:
        """Waits for a place until `until` (monotonic). Raises DeadlineExceeded / TRANSCRIBER_TOO_SLOW, or CALLER_GONE where nobody wants it any more."""
        ticket = (rank, next(self._tickets))
        with self._changed:
            heapq.heappush(self._waiting, ticket)
            try:
                while not self._free or self._waiting[0] != ticket:
                    left = until - time.monotonic()
                    if left <= 0:
                        raise errors.DeadlineExceeded("TRANSCRIBER_TOO_SLOW", "the model had no time for this before the call's deadline")
                    if not is_wanted():
                        raise errors.DeadlineExceeded("CALLER_GONE", "the caller does not wait for the answer any more")
                    self._changed.wait(min(left, _LOOK_UP_SECONDS))
                self._free -= 1
            finally:
                self._waiting.remove(ticket)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
        began = time.monotonic()
        try:
            yield
        finally:
            self._leave(time.monotonic() - began)

    @contextmanager
    def hold_if_idle(self) -> Iterator[bool]:
        """Whether there was a place that nobody waits for; it is held then."""
        with self._changed:
            idle = bool(self._free) and not self._waiting
            self._free -= idle
        try:
            yield idle
        finally:
            if idle:
                self._leave()

    def _leave(self, held: float | None = None) -> None:
        with self._changed:
            self._free += 1
            if held is not None:
                self._usual += (held - self._usual) / _RECENT if self._usual else held
            self._changed.notify_all()
