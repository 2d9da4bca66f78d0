"""A circuit breaker for one provider: after failures in a row nobody asks it for a while, then one does, to see whether it is back."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from prometheus_client import Gauge

from services.chassis.clock import Clock, utc_now
from services.chassis.logs import log
from services.chassis.tasks import Later
from services.notifications.providers.channel import Patience, Undeliverable

STATE = Gauge("einstellen_provider_state", "0: in use; 1: one attempt to see whether it is back; 2: left alone.", ["provider"])
_FAILURES = 5
_FIRST, _LONGEST = timedelta(seconds=15), timedelta(minutes=5)
_LOOK_AGAIN = timedelta(seconds=2)


class Breaker:
    """Each process learns by itself. What a provider refuses, or asks to be left for a while, is an answer and no failure of its."""

    def __init__(self, provider: str, clock: Clock = utc_now) -> None:
        self._provider, self._clock = provider, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rest = _FIRST
        self._open_until: datetime | None = None
        self._probing = False
        STATE.labels(provider).set(0)

    def admit(self) -> None:
        """Raises Later while the provider is left alone, and while another sees whether it is back."""
        with self._lock:
            if self._open_until is None:
                return
            now = self._clock()
            if now < self._open_until:
                # Spread, so that what has waited does not come all at once.
                raise Later(self._open_until + self._rest * random.uniform(0, 0.2))  # noqa: S311 - spreads retries
            if self._probing:
                raise Later(now + _LOOK_AGAIN)
            self._probing = True
            STATE.labels(self._provider).set(1)

    def release(self) -> None:
        """Whoever was admitted has nothing to send after all."""
        with self._lock:
            self._probing = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        try:
            yield
        except (Undeliverable, Patience):
            self._answered()
            raise
        except BaseException:
            self._failed()
            raise
        self._answered()

    def _answered(self) -> None:
        with self._lock:
            if self._open_until is not None:
                log.info("provider is back", extra={"provider": self._provider})
            self._failures, self._rest, self._open_until, self._probing = 0, _FIRST, None, False
            STATE.labels(self._provider).set(0)

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._probing:
                self._rest = min(self._rest * 2, _LONGEST)
            if self._probing or (self._failures >= _FAILURES and self._open_until is None):
                self._open_until = self._clock() + self._rest
                log.warning("provider is left alone", extra={"provider": self._provider, "seconds": self._rest.total_seconds()})
                STATE.labels(self._provider).set(2)
            self._probing = False
