"""The data folder: everything that the embedded stack keeps on disk, who holds it, and its secrets."""

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cli.stack.errors import AlreadyRunningError, StackError
from cli.stack.ports import free_port, is_free
from cli.stack.processes import Identity, identify

DEFAULT = Path(".data")
_ROOMS = ("postgres", "valkey", "envoy", "objects", "mail", "secrets", "logs", "run")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LOG_LIMIT = 16 * 1024 * 1024


class DataFolder:
    """One stack's folder. Opening it makes it; holding it (`held`) is for the one supervisor that runs on it."""

    def __init__(self, root: Path = DEFAULT) -> None:
        self.root = root.absolute()
        # PostgreSQL, which runs as another user when we are root, must pass through; what is secret lies in rooms closed to it.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        try:
            self.root.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                self.root.mkdir()
                self.root.chmod(mode)  # whatever the umask
            for room in _ROOMS:
                (self.root / room).mkdir(mode=0o700, exist_ok=True)
        except PermissionError as error:
            raise StackError(f"{self.root} cannot be written by this user: choose another folder with --data, or remove it") from error
        if not os.access(self.root / "secrets", os.W_OK | os.X_OK):
            raise StackError(f"{self.root} belongs to another user: choose another folder with --data, or remove it")

    def room(self, name: str) -> Path:
        return self.root / name

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the one supervisor of this folder until the block ends; the kernel lets go by itself when the process dies."""
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunningError(_already_running(self.root)) from None
            self.announce(None)
            yield
            self._write("run/owner.json", "{}")
        finally:
            os.close(descriptor)

    def announce(self, address: str | None) -> None:
        """Leave word for a second start: who holds the folder, and at which address the stack answers."""
        self._write("run/owner.json", json.dumps({"pid": os.getpid(), "address": address}))

    # Secrets

    def find_secret(self, name: str) -> str | None:
        try:
            return self._secret_path(name).read_text()
        except FileNotFoundError:
            return None

    def keep_secret(self, name: str, value: str) -> None:
        self._secret_path(name)
        self._write(f"secrets/{name}", value)

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
        """The secret of this name, made on first use and the same ever after."""
        value = self.find_secret(name)
        while value is None:
            self._write(f"secrets/{name}", make(), replace=False)
            value = self.find_secret(name)
        return value

    def _secret_path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name for a secret: {name!r}")
        return self.root / "secrets" / name

    # Ports, processes and logs

    def find_port(self, name: str) -> int | None:
        """The port that the running stack uses for this part, for a command that talks to it from another process."""
        try:
            return int((self.root / "run" / f"{name}.port").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def port(self, name: str) -> int:
        """The port that this part had last time if it is free, else a new one; remembered for `find_port`."""
        port = self.find_port(name)
        if port is None or not is_free(port):
            port = free_port()
            self._write(f"run/{name}.port", str(port))
        return port

    def record(self, name: str, pid: int) -> None:
        """Remember a child, so that the next supervisor finds it should this one be killed."""
        identity = identify(pid)
        if identity is not None:
            self._write(f"run/{name}.pid", json.dumps({"pid": pid, "started": identity.started}))

    def forget(self, name: str) -> None:
        (self.root / "run" / f"{name}.pid").unlink(missing_ok=True)

    def recorded(self) -> list[Identity]:
        """Children of an earlier supervisor that are still alive."""
        found = []
        for path in (self.root / "run").glob("*.pid"):
            with suppress(ValueError, KeyError, FileNotFoundError):
                entry = json.loads(path.read_text())
                found.append(Identity(int(entry["pid"]), str(entry["started"])))
        return [identity for identity in found if identity.alive()]

    def log(self, name: str) -> Path:
        """Where this child's output goes; a long log is set aside when the child is first started."""
        return self.root / "logs" / f"{name}.log"

    def roll_log(self, name: str) -> None:
        path = self.log(name)
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))

    def log_tail(self, name: str, lines: int = 20) -> str:
        """The end of a child's log, indented, for the reader of an error."""
        try:
            with self.log(name).open("rb") as log:
                log.seek(0, os.SEEK_END)
                log.seek(max(0, log.tell() - 64 * 1024))
                tail = log.read().decode(errors="replace").splitlines()[-lines:]
        except FileNotFoundError:
            tail = []
        return "\n".join(f"    {line}" for line in tail) or "    (its log is empty)"

    def remove(self) -> None:
        """Delete the folder and what it keeps elsewhere. Refused while a supervisor holds it."""
        with self.held():
            pass
        outside = self.outside()
        if outside.is_dir() and not outside.is_symlink() and outside.stat().st_uid == os.geteuid():
            shutil.rmtree(outside)
        shutil.rmtree(self.root)

    def outside(self) -> Path:
        """Where the PostgreSQL data lie when its user cannot reach this folder (see accounts)."""
        return outside_home(self.root)

    def _write(self, name: str, text: str, *, replace: bool = True) -> None:
        """Write whole or not at all, readable by us alone, on disk when this returns; without `replace` the first writer wins."""
        path = self.root / name
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            fresh.replace(path)
            return
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()


def outside_home(path: Path) -> Path:
    """A folder outside any home directory that belongs to this path alone."""
    return Path("/var/tmp") / f"einstellen-{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"  # noqa: S108 - see `make_outside`


def make_outside(path: Path) -> Path:
    """Make such a folder, or check that the one in that well-known place is ours and no trap laid by another user."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o755)
        path.chmod(0o755)  # whatever the umask
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise StackError(f"{path} is not a folder of ours alone: remove it, or choose another data folder with --data")
    return path


def _already_running(root: Path) -> str:
    try:
        owner = json.loads((root / "run" / "owner.json").read_text())
    except (FileNotFoundError, ValueError):
        owner = {}
    pid, address = owner.get("pid", "unknown"), owner.get("address")
    where = f"at {address}" if address else "still starting"
    return (
        f"already running (pid {pid}, {where}) on {root}: use it, stop it with Ctrl-C or kill {pid}, or choose another folder with --data"
    )
