"""What goes wrong unexpectedly in this process, counted by kind until somebody takes it: reporting.py does."""

import threading
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.chassis import calls
from services.chassis.clock import utc_now

_MOST_KINDS = 100
_OWN = "einstellen.problems.v1."


@dataclass
class Seen:
    """One kind of problem since it was last reported."""

    exception: str
    place: str
    request_id: str
    first_at: datetime
    count: int = 0


_lock = threading.Condition()
_seen: dict[str, dict[tuple[str, str], Seen]] = {}


def note(problem: BaseException) -> None:
    """Counts an error of the current call. It keeps its kind and place and no message, which may quote what people wrote."""
    call = calls.current()
    if not call.server or call.method.startswith(_OWN):  # a report that fails is not one more to report
        return
    found = traceback.extract_tb(problem.__traceback__)
    place = f"{'/'.join(Path(found[-1].filename).parts[-3:])}:{found[-1].lineno} {found[-1].name}" if found else ""
    with _lock:
        kinds = _seen.setdefault(call.server, {})
        key = (call.method, type(problem).__name__)
        if key not in kinds and len(kinds) >= _MOST_KINDS:
            return
        kind = kinds.setdefault(key, Seen(type(problem).__name__, place, call.request_id, utc_now()))
        kind.count += 1
        kind.request_id = call.request_id
        _lock.notify_all()


def take(server: str, stopping: threading.Event) -> dict[tuple[str, str], Seen]:
    """Waits for problems of a server, or for its end, and takes what there is."""
    with _lock:
        _lock.wait_for(lambda: stopping.is_set() or _seen.get(server))
        return _seen.pop(server, {})


def wake() -> None:
    """Lets those who wait look whether they are to end."""
    with _lock:
        _lock.notify_all()


def put_back(server: str, kinds: dict[tuple[str, str], Seen]) -> None:
    """What nobody took, with what came meanwhile."""
    with _lock:
        now = _seen.setdefault(server, {})
        for key, seen in kinds.items():
            newer = now.get(key)
            now[key] = seen
            if newer is not None:
                seen.count += newer.count
                seen.request_id = newer.request_id
