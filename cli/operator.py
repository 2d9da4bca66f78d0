"""What an operator looks up and mends: tasks, the audit log, platform administrators, credits."""

import getpass
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from dotenv import dotenv_values

from cli import environment as environments
from cli.services import SERVICES, Service, chosen
from cli.stack import databases
from cli.stack.errors import StackError
from cli.stack.folder import DataFolder
from cli.stack.postgres import Postgres
from cli.stack.valkey import Valkey
from services.chassis import audit_log, calls, frame, tasks
from services.chassis.database import Database
from services.chassis.places import MAIN


def environment(data: Path | None = None) -> dict[str, str]:
    """The environment with `.env` below it; where that names no database and an embedded stack runs on the folder, that stack's."""
    found = {name: value for name, value in dotenv_values(Path(".env")).items() if value is not None} | dict(os.environ)
    if data is None or any(name.endswith("DATABASE_URL") for name in found) or not data.exists():
        return found
    folder = DataFolder(data)
    postgres, valkey = Postgres.attach(folder), Valkey.attach(folder)
    urls = {service.name: databases.urls(postgres, folder, service.name, service.database) for service in SERVICES}
    ports = {service.name: folder.find_port(service.name) or 1 for service in SERVICES}
    return found | environments.of(folder, urls, valkey, ports, smtp_port=folder.find_port("mail-smtp") or 25)


def print_tasks(values: Mapping[str, str], target: str, states: tuple[str, ...]) -> None:
    for name, database in _everywhere(target, values):
        with database.begin(calls.SYSTEM) as connection:
            for row in tasks.list_tasks(connection, states):
                due, tries = f"{row.run_at:%Y-%m-%d %H:%M:%S}", f"{row.attempts}/{row.max_attempts}"
                print(f"{name}  {row.id}  {row.state:9}  {row.kind:24}  {tries}  {due}  {row.last_error or ''}")


def retry_task(values: Mapping[str, str], service: str, task_id: str) -> None:
    found = False
    for _, database in _everywhere(_one(service).name, values):
        with database.begin(calls.SYSTEM) as connection:
            found = tasks.retry(connection, id_of(task_id)) or found
    if not found:
        raise StackError(f"{service} has no dead task {task_id}: `einstellen tasks list --state dead` shows those that there are")
    print("it runs again")


def print_audit(values: Mapping[str, str], service: str, tenant: str | None, limit: int) -> None:
    table = frame.audit_log
    query = sa.select(table).order_by(table.c.id.desc()).limit(limit)
    if tenant:
        query = query.where(table.c.tenant_id == id_of(tenant))
    for _, database in _everywhere(_one(service).name, values):
        with database.begin(calls.SYSTEM) as connection:
            for row in connection.execute(query):
                print(json.dumps(dict(row._mapping), default=str))


def verify_audit(values: Mapping[str, str], target: str, kept: Path | None) -> int:
    """The exit status: 1 where a log was changed. `kept` is a file of heads of an earlier run, which each chain has to run through; it is written anew."""
    before = json.loads(kept.read_text()) if kept and kept.exists() else {}
    now: dict[str, dict[str, dict[str, object]]] = {}
    wrong = 0
    for name, database in _everywhere(target, values):
        with database.begin(calls.SYSTEM) as connection:
            found = [
                f"{row.chain or 'no organization'}: {row.problem} ({row.entry_id}, place {row.position})"
                for row in audit_log.problems(connection)
            ]
            for chain, head in before.get(name, {}).items():
                if not audit_log.holds(connection, chain, audit_log.Head(**head)):
                    found.append(f"{chain}: it no longer runs through place {head['position']}, where it ended before")
            ends = audit_log.heads(connection)
        now[name] = {chain: asdict(head) for chain, head in ends.items()}
        wrong += len(found)
        print("\n".join([f"{name}: {sum(head.position for head in ends.values())} entries in {len(ends)} chains", *found]))
    if kept and not wrong:
        kept.write_text(json.dumps(now, indent=1, sort_keys=True))
    print("every entry is as it was written" if not wrong else f"{wrong} entries are not as they were written")
    return 1 if wrong else 0


def create_admin(values: Mapping[str, str], email: str, *, from_stdin: bool) -> None:
    from services.auth import admin  # noqa: PLC0415 - of the commands only this one and those below know a service

    password = sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass(f"Password for {email}: ")
    with _opened(_one("auth"), values) as database:
        made = admin.create(database, email, password)
    print(f"{email} is a platform administrator" + (" (a new account)" if made else " (the account was there; its password is unchanged)"))


def make_admin(values: Mapping[str, str], email: str, password: str) -> bool:
    """Says whether it is a new account; the password of one that is there stays as it is."""
    from services.auth import admin  # noqa: PLC0415 - of the commands only those that name a service know one

    with _opened(_one("auth"), values) as database:
        return admin.create(database, email, password)


def remove_admin(values: Mapping[str, str], email: str) -> None:
    from services.auth import admin  # noqa: PLC0415 - as above

    with _opened(_one("auth"), values) as database:
        if not admin.remove(database, email):
            raise StackError(f"{email} is no platform administrator: `einstellen admin list` shows who is")
    print(f"{email} is no platform administrator any more, and signed out everywhere within seconds")


def list_admins(values: Mapping[str, str]) -> None:
    from services.auth import admin  # noqa: PLC0415 - as above

    with _opened(_one("auth"), values) as database:
        print("\n".join(admin.list_all(database)))


def rotate_keys(values: Mapping[str, str]) -> None:
    from services.auth import admin  # noqa: PLC0415 - as above

    settings = _one("auth").load(values)
    with _opened(_one("auth"), values) as database:
        key_id = admin.rotate_keys(database, settings)
    print(
        f"auth signs with the key {key_id} in six minutes, when all who verify have fetched it; the old one stays published for twice the life of a token"
    )


def grant_credits(values: Mapping[str, str], organization: str, unit: str, amount: float, description: str) -> None:
    from services.billing import admin  # noqa: PLC0415 - as above

    with _opened(_one("billing"), values) as database:
        total = admin.grant_credits(database, id_of(organization), unit, amount, description)
    print(f"granted {amount:g} {unit} credits; the organization has {total:g}")


def verify_ledger(values: Mapping[str, str]) -> int:
    """The exit status: 1 where anything disagrees."""
    from services.billing import admin  # noqa: PLC0415 - as above

    with _opened(_one("billing"), values) as database:
        words, wrong = admin.verify(database)
    print("\n".join([words, *wrong, "" if wrong else "every balance is the sum of its bookings, and every booking balances"]).strip())
    return 1 if wrong else 0


def reconcile_books(values: Mapping[str, str], days: int) -> int:
    """The exit status: 1 where anything differs that asking again has not mended."""
    from services.billing import admin  # noqa: PLC0415 - as above

    settings = _one("billing").load(values)
    with _opened(_one("billing"), values) as database:
        found = admin.reconcile(database, settings, days)
    for each in found:
        if not each.answered:
            print(f"{each.provider}: does not answer")
            continue
        print(f"{each.provider}: {each.charges} charges there, {each.payments} payments here, {len(each.differences)} differences")
        for one in each.differences:
            print(f"  {one.reference} {one.handle}  here: {one.ours}  there: {one.theirs}  {'mended' if one.mended else 'LOOK'}")
    return 1 if any(not each.answered or not all(one.mended for one in each.differences) for each in found) else 0


def read_bounce(values: Mapping[str, str], mail: bytes) -> None:
    from services.notifications import admin  # noqa: PLC0415 - as above

    with _opened(_one("notifications"), values) as database:
        print(admin.read_bounce(database, mail))


def print_suppressed(values: Mapping[str, str], limit: int = 1000) -> None:
    from services.notifications import admin  # noqa: PLC0415 - as above

    with _opened(_one("notifications"), values) as database:
        for address, reason, since in admin.list_suppressed(database, limit):
            print(f"{address}  {reason}  {since:%Y-%m-%d %H:%M:%S}")


def lift_suppression(values: Mapping[str, str], address: str) -> None:
    from services.notifications import admin  # noqa: PLC0415 - as above

    with _opened(_one("notifications"), values) as database:
        if not admin.lift(database, address):
            raise StackError(f"mail to {address} is not held back: `einstellen bounces list` shows where it is")
    print("mail goes there again")


def print_dead_letters(values: Mapping[str, str], limit: int = 100) -> None:
    from services.notifications import admin  # noqa: PLC0415 - as above

    with _opened(_one("notifications"), values) as database:
        for one in admin.list_failed(database, limit):
            what = one.template or one.kind
            print(f"{one.id}  {one.notification_type:6}  {what:24}  {one.failure:24}  {one.created_at:%Y-%m-%d %H:%M:%S}")


def retry_dead_letter(values: Mapping[str, str], notification_id: str) -> None:
    from services.notifications import admin  # noqa: PLC0415 - as above

    with _opened(_one("notifications"), values) as database:
        admin.retry(database, id_of(notification_id))
    print("it is on its way again")


def print_push_key() -> None:
    from services.notifications import admin  # noqa: PLC0415 - as above

    print(f"VAPID_PRIVATE_KEY={admin.new_push_key()}")


class _opened:  # noqa: N801 - used as a function
    """The service's database for the length of a block, with the call named, as the audit log wants to know who."""

    def __init__(self, service: Service, values: Mapping[str, str]) -> None:
        self._database = Database(service.load(values).database_url, pool_size=1)
        calls.enter(calls.Call("cli", "einstellen", ""))

    def __enter__(self) -> Database:
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()


def _everywhere(target: str, values: Mapping[str, str]) -> Iterator[tuple[str, Database]]:
    """Each database of these services, by the service's name, or `jobs@big` for a place."""
    calls.enter(calls.Call("cli", "einstellen", ""))
    for service in chosen(target):
        settings = service.load(values)
        for name, url in {MAIN: settings.database_url, **getattr(settings, "database_places", {})}.items():
            database = Database(url, pool_size=1)
            try:
                yield service.name if name == MAIN else f"{service.name}@{name}", database
            finally:
                database.close()


def _one(name: str) -> Service:
    return chosen(name)[0]


def id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise StackError(f"{text} is not an id: they look like 01900000-0000-7000-8000-000000000000") from None
