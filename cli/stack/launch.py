"""The last step before a child becomes its command: change user, and ask the kernel for a signal when the supervisor dies.

`launched` runs it as a script, with the standard library alone (some 15 ms). It is a program of its own rather than a `preexec_fn`, because
Python code between fork and exec is not safe in a process with threads.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1
_SAME_USER = -1


def launched(command: Sequence[str], *, uid: int | None, gid: int | None, death_signal: int) -> list[str]:
    """The command line that runs `command` as that user, to be killed by `death_signal` when the thread that started it ends."""
    user = _SAME_USER if uid is None else uid
    group = _SAME_USER if gid is None else gid
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(death_signal), str(user), str(group), *command]


def _become(parent: int, death_signal: int, uid: int, gid: int, command: list[str]) -> None:
    if uid != _SAME_USER:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user, which would clear it.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the supervisor died while this was starting")
    # Python ignores these two, and what is ignored stays so across exec.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        os.execv(command[0], command)  # noqa: S606 - the point of this file
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error.strerror}")


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
