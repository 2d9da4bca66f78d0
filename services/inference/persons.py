"""What inference keeps of a person: how many tokens the organizations that are theirs have used."""

from collections.abc import Sequence

from sqlalchemy import Connection

from services.chassis.persons import Kept, Person
from services.inference.tables import usage


def read(connection: Connection, person: Person) -> Kept:
    kept = Kept()
    kept.add(connection, usage, usage.c.tenant_id.in_(person.organizations))
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    connection.execute(usage.delete().where(usage.c.tenant_id.in_(person.organizations)))
    return []
