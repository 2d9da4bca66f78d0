"""Organizations on databases of their own: what `einstellen tenants` does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cli.services import SERVICES, Service, chosen
from cli.stack.errors import StackError
from services.chassis.moving import MoveError, Mover, Side
from services.chassis.places import MAIN, STALE_SECONDS

# What each database of a service keeps by itself, as a copy of what others have. A service that is not here has one database for everybody.
SHARED = {"jobs": ("candidate_profiles", "word_weights")}


def list_all(values: Mapping[str, str], target: str) -> None:
    for service in (each for each in chosen(target) if each.name in SHARED):
        with _opened(values, service.name) as mover:
            for one in mover.placements():
                state = "" if one.other is None else f"  a move {'to' if one.step == 'copying' else 'from'} {one.other} is under way"
                print(f"{service.name}  {one.tenant_id}  {one.place}{state}")


def place(values: Mapping[str, str], service: str, tenant: UUID, name: str) -> None:
    with _opened(values, service) as mover:
        mover.place(tenant, name)


def move(values: Mapping[str, str], service: str, tenant: UUID, name: str) -> None:
    with _opened(values, service) as mover:
        mover.move(tenant, name)


def undo(values: Mapping[str, str], service: str, tenant: UUID) -> None:
    with _opened(values, service) as mover:
        mover.undo(tenant)


def mover_of(service: Service, settings: Any, say: Callable[[str], None] = lambda _: None, settle: float = STALE_SECONDS + 2) -> Mover:
    """Whoever moves organizations between the databases that the settings name; to be closed."""
    owners = {MAIN: settings.database_owner_url, **settings.database_owner_places}
    urls = {MAIN: settings.database_url, **settings.database_places}
    missing = [name for name in urls if not owners.get(name)]
    if missing:
        raise StackError(f"DATABASE_OWNER_PLACES has to name the owner of {', '.join(missing)} too")
    sides = {name: Side(name, url, owners[name]) for name, url in urls.items()}
    role = urlsplit(settings.database_url).username or ""
    return Mover(service.name, sides, SHARED[service.name], app_role=role, settle=settle, say=say)


@contextmanager
def _opened(values: Mapping[str, str], name: str) -> Iterator[Mover]:
    service = next(each for each in SERVICES if each.name == name)
    with closing(mover_of(service, service.load(values), say=print)) as mover:
        try:
            yield mover
        except MoveError as problem:
            raise StackError(str(problem)) from problem
