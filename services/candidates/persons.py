"""What candidates keeps of a person: their profile, their CVs, and who may see them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.candidates.tables import (
    candidates,
    certifications,
    cv_texts,
    cvs,
    duplicates,
    education,
    grants,
    languages,
    projects,
    skills,
    work_experience,
)
from services.chassis import events, objects
from services.chassis.persons import Kept, Person, drop_tasks, plain_name

_OF_PROFILES = (education, work_experience, skills, certifications, languages, projects, grants)


def read(connection: Connection, person: Person) -> Kept:
    kept = Kept()
    mine = [row["id"] for row in kept.add(connection, candidates, candidates.c.user_id == person.user_id)]
    for table in _OF_PROFILES:
        kept.add(connection, table, table.c.candidate_id.in_(mine))
    kept.add(connection, duplicates, sa.or_(duplicates.c.one_id.in_(mine), duplicates.c.other_id.in_(mine)))
    read_in = kept.add(connection, cvs, cvs.c.user_id == person.user_id)
    kept.add(connection, cv_texts, cv_texts.c.cv_id.in_([cv["id"] for cv in read_in]))
    for number, cv in enumerate(read_in, start=1):
        kept.files[f"cvs/{number} {plain_name(str(cv['file_name']))}"] = f"{cv['tenant_id']}/cvs/{cv['id']}"
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    connection.execute(grants.delete().where(grants.c.tenant_id.in_(person.organizations)))
    mine = sa.select(cvs.c.id).where(cvs.c.user_id == person.user_id)
    connection.execute(cv_texts.delete().where(cv_texts.c.cv_id.in_(mine)))
    files = connection.execute(cvs.delete().where(cvs.c.user_id == person.user_id).returning(cvs.c.tenant_id, cvs.c.id)).all()
    found = connection.execute(sa.select(candidates.c.id, candidates.c.tenant_id).where(candidates.c.user_id == person.user_id)).all()
    pairs = sa.or_(
        *(column.in_([row.id for row in found]) for column in (duplicates.c.one_id, duplicates.c.other_id, duplicates.c.kept_id))
    )
    merged = sa.and_(duplicates.c.state == "merged", duplicates.c.kept_id.in_([row.id for row in found]))
    theirs = sa.select(candidates.c.id, candidates.c.tenant_id).distinct().where(candidates.c.user_id != person.user_id)
    alone = connection.execute(
        theirs.join(duplicates, sa.and_(merged, candidates.c.id.in_([duplicates.c.one_id, duplicates.c.other_id])))
    ).all()
    connection.execute(duplicates.delete().where(sa.or_(pairs, duplicates.c.tenant_id.in_(person.organizations))))
    for table in _OF_PROFILES:
        connection.execute(table.delete().where(table.c.candidate_id.in_([row.id for row in found])))
    connection.execute(candidates.delete().where(candidates.c.user_id == person.user_id))
    for row in found:
        events.record(connection, "candidate.deleted", row.id, row.tenant_id)
    for row in alone:  # nobody stands for them any more
        events.record(connection, "candidate.merged", row.id, row.tenant_id)
    drop_tasks(connection, person)
    return [objects.key_of(row.tenant_id, "cvs", row.id) for row in files]
