"""Asks one provider after another, each within its time, and waits for none longer than the caller does."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from prometheus_client import Counter

from services.chassis import errors
from services.chassis.logs import log
from services.inference import rules
from services.inference.providers.protocol import Failure, Kind, Provider

ATTEMPTS = Counter("einstellen_inference_attempts_total", "Requests to providers of models.", ["provider", "outcome"])
_LOOK_UP_SECONDS = 0.25
_PAUSE_SECONDS = 0.2

Asked = TypeVar("Asked", bound=Provider)
Answer = TypeVar("Answer")
Piece = TypeVar("Piece")


class Fallback(Generic[Asked]):
    """Providers in their order, each with its circuit, and one budget for retries."""

    def __init__(
        self,
        providers: Sequence[Asked],
        longest: float,
        *,
        slow: float = rules.SLOW_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`longest` is the most seconds that a provider gets for its first word.

        One that is late after fewer than `slow` is not held to be ill: its caller had no time.
        """
        self._members = [(provider, rules.Circuit()) for provider in providers]
        self._longest = longest
        self._slow = min(slow, longest)
        self._budget = rules.RetryBudget()
        self._monotonic = monotonic

    def states(self) -> list[tuple[Asked, bool]]:
        """The providers in order, and whether each is asked at the moment."""
        now = self._monotonic()
        return [(provider, circuit.admits(now)) for provider, circuit in self._members]

    def first(self, ask: Callable[[Asked, float], Answer], until: float) -> tuple[Asked, Answer]:
        """The first provider that answers, and its answer; `ask` gets the moment by which it must have one, and raises Failure.

        Where all have failed, those that might do better now are asked once more, if the budget for retries allows it.
        Raises FailedPrecondition / NO_PROVIDER, Unavailable / PROVIDERS_FAILED, DeadlineExceeded / PROVIDERS_TOO_SLOW, InvalidArgument / PROMPT_TOO_LONG.
        """
        if not self._members:
            raise errors.FailedPrecondition("NO_PROVIDER", "no provider of models is configured for this")
        failures: list[Kind] = []
        turn = [member for member in self._members if member[1].admits(self._monotonic())]
        for retry in (False, True):
            again = []
            for position, (provider, circuit) in enumerate(turn):
                now = self._monotonic()
                limit = rules.time_limit(until - now, self._longest, others=position < len(turn) - 1)
                if limit is None:
                    raise rules.too_slow()
                if (retry and not self._budget.spend()) or not circuit.enter(now):
                    continue
                try:
                    answer = ask(provider, now + limit)
                except Failure as failure:
                    self.failed(provider, failure, waited=limit)
                    failures.append(failure.kind)
                    if failure.kind in rules.WORTH_RETRYING:
                        again.append((provider, circuit))
                else:
                    circuit.succeeded()
                    self._budget.earn()
                    ATTEMPTS.labels(provider.name, "answered").inc()
                    return provider, answer
            if not again:
                break
            if not retry:
                time.sleep(min(_PAUSE_SECONDS, max(0.0, until - self._monotonic())))
            turn = again
        raise rules.refusal(failures)

    def failed(self, provider: Asked, failure: Failure, *, waited: float = 0.0) -> None:
        """Counts a failure against the provider, also one that came after `first` had returned, as where a stream broke off."""
        ATTEMPTS.labels(provider.name, failure.kind.value).inc()
        log.warning("provider failed", extra={"provider": provider.name, "kind": failure.kind.value, "status": failure.status or None})
        if failure.kind in rules.COUNTS_AGAINST and (failure.kind is not Kind.TOO_SLOW or waited >= self._slow):
            next(circuit for member, circuit in self._members if member is provider).failed(self._monotonic())


class Pieces(Generic[Piece]):
    """What a provider says, piece by piece, from a thread of its own: so the one who waits can stop at any moment, whatever the provider's connection does."""

    def __init__(self, source: Iterator[Piece], is_wanted: Callable[[], bool]) -> None:
        """`is_wanted` says whether the caller still listens."""
        self._queue: queue.SimpleQueue[tuple[Piece] | Exception | None] = queue.SimpleQueue()
        self._dropped = threading.Event()
        self._is_wanted = is_wanted
        threading.Thread(target=self._read, args=(source,), name="provider", daemon=True).start()

    def next(self, until: float) -> Piece | None:
        """The next piece, or None at the end. Raises Failure, and TOO_SLOW where there is nothing by `until` (monotonic)."""
        while True:
            left = until - time.monotonic()
            if left <= 0:
                raise Failure(Kind.TOO_SLOW)
            if not self._is_wanted():
                raise errors.DeadlineExceeded("CALLER_GONE", "the caller does not wait for the answer any more")
            try:
                found = self._queue.get(timeout=min(left, _LOOK_UP_SECONDS))
            except queue.Empty:
                continue
            if isinstance(found, Exception):
                raise found
            return found[0] if found is not None else None

    def drop(self) -> None:
        """Nobody waits any more: the thread ends with the next piece, or with the provider's time."""
        self._dropped.set()

    def _read(self, source: Iterator[Piece]) -> None:
        try:
            for piece in source:
                if self._dropped.is_set():
                    break
                self._queue.put((piece,))
        except Exception as problem:  # noqa: BLE001 - it is raised again where somebody waits
            self._queue.put(problem)
        else:
            self._queue.put(None)
        finally:
            close = getattr(source, "close", None)
            if close is not None:
                close()
