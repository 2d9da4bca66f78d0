"""Logs: one JSON object a line, with the request's id and trace, and no personal data."""

import json
import logging
import sys
import time
import traceback

from services.chassis import calls, errors, tracing

log = logging.getLogger("einstellen")

_LONGEST_STORY, _FRAMES = 100, 20
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes a record's own fields (given by `extra`) beside what the current call says."""

    def format(self, record: logging.LogRecord) -> str:
        call = calls.current()
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        if call.server:
            line |= {"service": call.server, "method": call.method, "request_id": call.request_id}
        trace_id = tracing.trace_id()
        if trace_id:
            line["trace_id"] = trace_id
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = story(record.exc_info[1])
        return json.dumps(line, default=str)


def story(problem: BaseException) -> list[str]:
    """An exception and what caused it: kinds and places, no messages, for those quote what people wrote (a database's error has the row in it).

    A refusal is our own words, and a database error keeps its code and the constraint's name.
    """
    told: list[str] = []
    found: BaseException | None = problem
    while found is not None and len(told) < _LONGEST_STORY:
        words = type(found).__name__
        if isinstance(found, errors.Refusal):
            words += f" {found.reason}"
        code = getattr(found, "pgcode", None)
        if code:
            words += f" {code} {getattr(getattr(found, 'diag', None), 'constraint_name', None) or ''}".rstrip()
        told.append(words)
        told += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(found.__traceback__)[-_FRAMES:]]
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return told


def configure(*, readable: bool = False) -> None:
    """Sends every log line to standard error, as JSON unless `readable`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s") if readable else JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
