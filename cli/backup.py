"""Backup and restore: every service's database by pg_dump, and the files of the object store."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cli.services import SERVICES, Service
from cli.stack import binaries
from cli.stack.errors import StackError


def backup(values: Mapping[str, str], folder: Path) -> None:
    """Writes into a new folder; each database is a consistent picture of its own moment. Raises StackError where the folder is there already."""
    if folder.exists():
        raise StackError(f"{folder} is there already: name a new folder")
    unfinished = folder.with_name(folder.name + ".unfinished")
    unfinished.mkdir(parents=True, mode=0o700)
    for service in SERVICES:
        settings = service.load(values)
        for database, url in _databases(service, settings).items():
            print(f"{service.name}: {database}", flush=True)
            _run("pg_dump", "--format=custom", "--no-owner", f"--file={unfinished / database}.dump", url=url)
    settings = SERVICES[0].load(values)
    if not settings.bucket and Path(settings.upload_dir).exists():
        print("files", flush=True)
        shutil.copytree(settings.upload_dir, unfinished / "objects")
    unfinished.rename(folder)
    print(f"the backup is in {folder}" + (f"; the files stay in the bucket {settings.bucket}" if settings.bucket else ""))


def restore(values: Mapping[str, str], folder: Path) -> None:
    """Replaces every database whole, one after the other, each in one transaction; then the files."""
    wanted = {service.name: _databases(service, service.load(values)) for service in SERVICES}
    missing = [database for databases in wanted.values() for database in databases if not (folder / f"{database}.dump").exists()]
    if missing:
        raise StackError(f"{folder} is not a whole backup: {', '.join(missing)} is missing")
    for service in SERVICES:
        for database, url in wanted[service.name].items():
            print(f"{service.name}: {database}", flush=True)
            dump = str(folder / f"{database}.dump")
            _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", dump, url=url)
    settings = SERVICES[0].load(values)
    if (folder / "objects").exists() and not settings.bucket:
        print("files", flush=True)
        shutil.copytree(folder / "objects", settings.upload_dir, dirs_exist_ok=True)
    print("restored; start the services again")


def _databases(service: Service, settings: Any) -> dict[str, str]:
    """The service's databases, with the URLs of their owners: its own, and its places as `job_db@big`."""
    places = getattr(settings, "database_owner_places", {})
    return {service.database: settings.database_owner_url} | {f"{service.database}@{name}": url for name, url in places.items()}


def _run(program: str, *arguments: str, url: str) -> None:
    """Runs a client program of PostgreSQL on a database; the password goes by the environment, where other users cannot see it."""
    parts = urlsplit(url)
    address = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
    found = shutil.which(program) if not _bundled(program).exists() else str(_bundled(program))
    if found is None:
        raise StackError(f"{program} is not here: install PostgreSQL's client programs")
    done = subprocess.run(
        [found, f"--dbname={address}", *arguments], env={**os.environ, "PGPASSWORD": unquote(parts.password or "")},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise StackError(f"{program} failed:\n{done.stderr.strip()[-2000:]}")


def _bundled(program: str) -> Path:
    try:
        return binaries.postgres_home() / "bin" / program
    except StackError:
        return Path("/nonexistent")
