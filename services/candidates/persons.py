"""What candidates keeps of a person: their profile, their CVs, and who may see them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.candidates.tables import candidates, certifications, cvs, education, grants, skills, work_experience
from services.chassis import events, objects
from services.chassis.persons import Kept, Person, drop_tasks, plain_name

_OF_PROFILES = (education, work_experience, skills, certifications, grants)


def read(connection: Connection, person: Person) -> Kept:
    kept = Kept()
    mine = [row["id"] for row in kept.add(connection, candidates, candidates.c.user_id == person.user_id)]
    for table in _OF_PROFILES:
        kept.add(connection, table, table.c.candidate_id.in_(mine))
    for number, cv in enumerate(kept.add(connection, cvs, cvs.c.user_id == person.user_id), start=1):
        kept.files[f"cvs/{number} {plain_name(str(cv['file_name']))}"] = f"{cv['tenant_id']}/cvs/{cv['id']}"
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    connection.execute(grants.delete().where(grants.c.tenant_id.in_(person.organizations)))
    files = connection.execute(cvs.delete().where(cvs.c.user_id == person.user_id).returning(cvs.c.tenant_id, cvs.c.id)).all()
    found = connection.execute(sa.select(candidates.c.id, candidates.c.tenant_id).where(candidates.c.user_id == person.user_id)).all()
    for table in _OF_PROFILES:
        connection.execute(table.delete().where(table.c.candidate_id.in_([row.id for row in found])))
    connection.execute(candidates.delete().where(candidates.c.user_id == person.user_id))
    for row in found:
        events.record(connection, "candidate.deleted", row.id, row.tenant_id)
    drop_tasks(connection, person)
    return [objects.key_of(row.tenant_id, "cvs", row.id) for row in files]
