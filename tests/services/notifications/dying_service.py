"""Notifications in a process of its own, which a test kills whenever it likes and starts again."""

import multiprocessing
import threading
from collections.abc import Mapping
from datetime import timedelta
from multiprocessing.process import BaseProcess

from services.chassis import tasks
from services.chassis.settings import load
from services.notifications import breaker
from services.notifications.__main__ import start
from services.notifications.settings import Settings
from services.notifications.webhooks import sending

# Forked from a process that has imported all this and started nothing, so that a start costs no more than what the service itself does.
_CONTEXT = multiprocessing.get_context("forkserver")


def born(environment: Mapping[str, str], lease_seconds: float) -> BaseProcess:
    """A running one. Its leases and the pauses between its tries are short, so that what a killed one held or failed at is taken up soon."""
    _CONTEXT.set_forkserver_preload([__name__])
    process = _CONTEXT.Process(target=_live, args=(dict(environment), lease_seconds), daemon=True)
    process.start()
    return process


def _live(environment: dict[str, str], lease_seconds: float) -> None:
    tasks._LEASE = timedelta(seconds=lease_seconds)
    tasks._RENEW_SECONDS = lease_seconds / 4
    tasks._LONGEST_PAUSE = 1.0
    breaker._FIRST = breaker._LONGEST = timedelta(seconds=1)
    sending.PAUSES = (timedelta(seconds=1),) * len(sending.PAUSES)
    sending._REST = timedelta(seconds=1)
    running = start(load(Settings, "notifications", environment))
    threading.Event().wait()
    running.stop()  # never: but a server that nobody holds stops by itself
