"""Logs: one JSON object a line, with the request's id and trace, and no personal data."""

import json
import logging
import sys
import time

from services.chassis import calls, tracing

log = logging.getLogger("einstellen")

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
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(*, readable: bool = False) -> None:
    """Sends every log line to standard error, as JSON unless `readable`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s") if readable else JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
