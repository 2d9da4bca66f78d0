"""The ordinary user that PostgreSQL runs as when we are root, which it refuses to be."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.stack.errors import StackError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether this user can pass through or run what is there, as the kernel itself sees it."""
        command = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(command, user=self.uid, group=self.gid, extra_groups=[], cwd="/", check=False).returncode == 0


def unprivileged_account() -> Account | None:
    """Whom to run PostgreSQL as, or None for ourselves, when we are an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise StackError(
        f"PostgreSQL does not run as root, and there is none of the users {', '.join(_CANDIDATES)}: start this as an ordinary user"
    )
