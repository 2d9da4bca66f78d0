"""Decoding an untrusted recording in a process of its own, which may crash, hang or run out of memory without harm to the service."""

import math
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from services.chassis import errors
from services.inference.decoding.limits import MAX_AUDIO_BYTES, MAX_SECONDS, TOO_LONG

_ROOT = str(Path(__file__).parents[3])
_OUT_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM}


def decode(file: bytes, seconds: float) -> bytes:
    """The recording's sound as 16 kHz samples. Raises InvalidArgument / AUDIO_UNREADABLE, OutOfRange / AUDIO_TOO_LONG, DeadlineExceeded / TRANSCRIBER_TOO_SLOW.

    A fresh interpreter is executed, never a fork, so threads and gRPC channels may be running. It inherits no environment, hence no secrets. What it
    writes goes to an unlinked file, so that its length is bounded by the process's own limit.
    """
    command = [sys.executable, "-P", "-s", "-m", "services.inference.decoding", str(math.ceil(seconds) + 1)]
    with tempfile.TemporaryFile() as sound:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=sound, stderr=subprocess.DEVNULL, env={"PYTHONPATH": _ROOT, "PYTHONUTF8": "1"}, cwd="/"
        )  # fmt: skip
        try:
            process.communicate(file, timeout=seconds)
        except subprocess.TimeoutExpired as problem:
            raise _too_slow() from problem
        finally:
            process.kill()
            process.wait()
        if process.returncode in _OUT_OF_TIME:
            raise _too_slow()
        if process.returncode == TOO_LONG:
            raise errors.OutOfRange("AUDIO_TOO_LONG", f"a recording has {MAX_SECONDS // 60} minutes at most")
        if process.returncode != 0:
            raise errors.InvalidArgument("AUDIO_UNREADABLE", "the file is damaged, holds no sound, or is of a kind that is not known here")
        sound.seek(0)
        return sound.read(MAX_AUDIO_BYTES)


def _too_slow() -> errors.Refusal:
    return errors.DeadlineExceeded("TRANSCRIBER_TOO_SLOW", "the recording could not be decoded in the time that the call has")
