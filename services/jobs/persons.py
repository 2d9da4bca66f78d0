"""What jobs keeps of a person: what they applied for, what they posted and judged for an organization, and what they teach."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.chassis.persons import NOBODY, Kept, Person, drop_tasks
from services.jobs.tables import (
    applications,
    candidate_profiles,
    companies,
    jobs,
    notes,
    scorecards,
    self_identifications,
    status_changes,
    tutor_reviews,
    tutors,
)

_OF_APPLICATIONS = (status_changes, notes, scorecards, self_identifications)


def read(connection: Connection, person: Person) -> Kept:
    kept, me = Kept(), person.user_id
    mine = [row["id"] for row in kept.add(connection, applications, applications.c.user_id == me)]
    for table, author in ((status_changes, status_changes.c.user_id), (notes, notes.c.author_id), (scorecards, scorecards.c.author_id)):
        kept.add(connection, table, sa.or_(table.c.application_id.in_(mine), author == me))
    for table in (self_identifications, candidate_profiles, tutors):
        kept.add(connection, table, table.c.user_id == me)
    about = sa.select(tutors.c.id).where(tutors.c.user_id == me)
    kept.add(connection, tutor_reviews, sa.or_(tutor_reviews.c.user_id == me, tutor_reviews.c.tutor_id.in_(about)))
    for table in (companies, jobs):
        kept.add(connection, table, sa.or_(table.c.created_by == me, table.c.tenant_id.in_(person.organizations)))
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    """Their applications go; the copy of the profile goes when candidates says so. What they posted stays the organization's, with another contact."""
    me = person.user_id
    theirs = sa.or_(applications.c.user_id == me, applications.c.tenant_id.in_(person.organizations))
    for table in _OF_APPLICATIONS:
        connection.execute(table.delete().where(table.c.application_id.in_(sa.select(applications.c.id).where(theirs))))
    connection.execute(applications.delete().where(theirs))
    for table in (jobs, companies):
        connection.execute(table.delete().where(table.c.tenant_id.in_(person.organizations)))
        for tenant_id, heir in person.heirs.items():
            mine = sa.and_(table.c.tenant_id == tenant_id, table.c.created_by == me)
            connection.execute(table.update().where(mine).values(created_by=heir))
        connection.execute(table.update().where(table.c.created_by == me).values(created_by=NOBODY))
    connection.execute(status_changes.update().where(status_changes.c.user_id == me).values(user_id=NOBODY))
    connection.execute(notes.update().where(notes.c.author_id == me).values(author_id=NOBODY))
    # An application has one scorecard of each author, so that two who are gone cannot both be nobody.
    connection.execute(scorecards.update().where(scorecards.c.author_id == me).values(author_id=sa.func.gen_random_uuid()))
    about = sa.select(tutors.c.id).where(tutors.c.user_id == me)
    connection.execute(tutor_reviews.delete().where(sa.or_(tutor_reviews.c.user_id == me, tutor_reviews.c.tutor_id.in_(about))))
    connection.execute(tutors.delete().where(tutors.c.user_id == me))
    drop_tasks(connection, person)
    return []
