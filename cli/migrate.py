"""Bringing the services' databases to the newest version."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from urllib.parse import urlsplit

from cli import placing
from cli.services import Service
from cli.stack.errors import StackError
from services.chassis.migrate import migrate


def migrate_all(services: Sequence[Service], environment: Mapping[str, str] | None = None, say: Callable[[str], None] = print) -> None:
    """Migrates each service's database by its owner, and grants the service's own role what it needs. Safe to repeat."""
    for service in services:
        settings = service.load(environment)
        if not settings.database_owner_url or not settings.database_url:
            variable = service.name.upper() + "_DATABASE"
            raise StackError(
                f"migrations need {variable}_URL (the role that the service works with) and {variable}_OWNER_URL (the one that owns it)"
            )
        applied = migrate(settings.database_owner_url, service.name, urlsplit(settings.database_url).username or "")
        say(f"{service.name}: {', '.join(applied) or 'up to date'}")
        if getattr(settings, "database_places", None):
            with closing(placing.mover_of(service, settings)) as mover:
                for name in settings.database_places:
                    say(f"{service.name}@{name}: {'made ready' if mover.found(name) else 'up to date'}")
                mover.guard()
