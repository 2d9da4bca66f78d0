"""Reading an untrusted file in a process of its own, which may crash, hang or run out of memory without harm to the service."""

from __future__ import annotations

import json
import logging
import math
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from services.candidates.parsing.limits import MAX_RESULT_BYTES, REASONS, Unreadable
from services.candidates.parsing.parsed import ParsedCv
from services.candidates.parsing.upload import check_upload

_LOG = logging.getLogger(__name__)
_ROOT = str(Path(__file__).parents[3])
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM}


def parse_isolated(data: bytes, deadline_s: float = 20) -> ParsedCv:
    """Raises Unreadable; PARSE_TIMED_OUT after the deadline, at which the process is dead.

    A fresh interpreter is executed, never a fork, so threads and gRPC channels may be running. It inherits no environment, hence no
    secrets. Its answer goes to an unlinked file, so that its length is bounded by the process's own limit.
    """
    check_upload(data)
    command = [sys.executable, "-P", "-s", "-m", "services.candidates.parsing", str(math.ceil(deadline_s) + 1)]
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=answer, stderr=subprocess.DEVNULL, env={"PYTHONPATH": _ROOT, "PYTHONUTF8": "1"}, cwd="/"
        )  # fmt: skip
        try:
            process.communicate(data, timeout=deadline_s)
        except subprocess.TimeoutExpired as error:
            raise _timed_out() from error
        finally:
            process.kill()
            process.wait()
        if process.returncode in _OUT_OF_TIME:
            raise _timed_out()
        answer.seek(0)
        text = answer.read(MAX_RESULT_BYTES + 1)
    if process.returncode != 0:
        raise Unreadable("FILE_CORRUPT", "The file is damaged, or needs more memory than a CV may.")
    try:
        return _answer(text.decode())
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("FILE_CORRUPT", "The file could not be read; it may be damaged.") from error


def _answer(text: str) -> ParsedCv:
    if text.startswith('{"refused"'):
        refusal = json.loads(text)
        if refusal["refused"] not in REASONS:
            raise ValueError(refusal["refused"])
        if "failure" in refusal:
            _LOG.error("a CV could not be understood: %s", str(refusal["failure"])[:200])
        raise Unreadable(refusal["refused"], str(refusal["message"])[:500])
    return ParsedCv.from_json(text)


def _timed_out() -> Unreadable:
    return Unreadable("PARSE_TIMED_OUT", "Reading the file took too long. Save it anew, or as plain PDF, and upload it again.")
