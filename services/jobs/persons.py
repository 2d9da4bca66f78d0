"""What jobs keeps of a person: what they applied for, and what they posted for an organization."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.chassis.persons import NOBODY, Kept, Person, drop_tasks
from services.jobs.tables import applications, candidate_profiles, companies, jobs, status_changes


def read(connection: Connection, person: Person) -> Kept:
    kept = Kept()
    mine = kept.add(connection, applications, applications.c.user_id == person.user_id)
    applied = status_changes.c.application_id.in_([row["id"] for row in mine])
    kept.add(connection, status_changes, sa.or_(applied, status_changes.c.user_id == person.user_id))
    kept.add(connection, candidate_profiles, candidate_profiles.c.user_id == person.user_id)
    for table in (companies, jobs):
        kept.add(connection, table, sa.or_(table.c.created_by == person.user_id, table.c.tenant_id.in_(person.organizations)))
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    """Their applications go; the copy of the profile goes when candidates says so. What they posted stays the organization's, with another contact."""
    theirs = sa.or_(applications.c.user_id == person.user_id, applications.c.tenant_id.in_(person.organizations))
    connection.execute(status_changes.delete().where(status_changes.c.application_id.in_(sa.select(applications.c.id).where(theirs))))
    connection.execute(applications.delete().where(theirs))
    for table in (jobs, companies):
        connection.execute(table.delete().where(table.c.tenant_id.in_(person.organizations)))
        for tenant_id, heir in person.heirs.items():
            mine = sa.and_(table.c.tenant_id == tenant_id, table.c.created_by == person.user_id)
            connection.execute(table.update().where(mine).values(created_by=heir))
        connection.execute(table.update().where(table.c.created_by == person.user_id).values(created_by=NOBODY))
    connection.execute(status_changes.update().where(status_changes.c.user_id == person.user_id).values(user_id=NOBODY))
    drop_tasks(connection, person)
    return []
