"""The short-lived process that reads one untrusted file: bytes on standard input, one JSON object on standard output."""

import json
import resource
import signal
import sys
import traceback

from services.candidates.parsing.limits import MAX_ADDRESS_SPACE, MAX_BYTES, MAX_CPU_SECONDS, MAX_RESULT_BYTES, Unreadable


def main() -> None:
    """The limits bind this process before the first byte is read; the alarm ends it when its parent is gone."""
    for limit, most in (
        (resource.RLIMIT_AS, MAX_ADDRESS_SPACE),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MAX_RESULT_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        bounded = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (bounded, bounded))
    signal.alarm(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        from services.candidates.parsing.fields import parse  # noqa: PLC0415 - under the limits

        answer = parse(data).to_json()
    except Unreadable as refusal:
        answer = json.dumps({"refused": refusal.reason, "message": refusal.message})
    except (MemoryError, RecursionError):
        answer = json.dumps({"refused": "FILE_CORRUPT", "message": "The file needs more memory than a CV may."})
    except Exception as error:  # noqa: BLE001 - the parent logs where, without the words of the CV that a message may hold
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{type(error).__name__} at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}"
        answer = json.dumps({"refused": "FILE_CORRUPT", "message": "The file could not be understood.", "failure": where})
    sys.stdout.buffer.write(answer.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
