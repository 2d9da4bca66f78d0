"""Every query of candidates."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.candidates.tables import (
    Candidate,
    Certification,
    Cv,
    Education,
    Entry,
    Language,
    Lists,
    Project,
    Skill,
    WorkExperience,
    candidates,
    certifications,
    cv_texts,
    cvs,
    education,
    grants,
    languages,
    projects,
    skills,
    work_experience,
)
from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page

Row = TypeVar("Row", bound=Entry)
TABLES: Mapping[type[Entry], sa.Table] = {
    Education: education, WorkExperience: work_experience, Skill: skills, Certification: certifications, Language: languages, Project: projects
}  # fmt: skip
_NOT_FOUND: Mapping[type[Entry], tuple[str, str]] = {
    Education: ("EDUCATION_NOT_FOUND", "education"), WorkExperience: ("WORK_EXPERIENCE_NOT_FOUND", "work experience"),
    Skill: ("SKILL_NOT_FOUND", "skill"), Certification: ("CERTIFICATION_NOT_FOUND", "certification"),
    Language: ("LANGUAGE_NOT_FOUND", "language"), Project: ("PROJECT_NOT_FOUND", "project"),
}  # fmt: skip


def add_candidate(connection: Connection, candidate: Candidate) -> None:
    taken = errors.AlreadyExists("CANDIDATE_EXISTS", "you have a candidate profile already: read it at /candidates/me")
    with refusing({"candidates_one_a_person": taken}):
        connection.execute(candidates.insert(), asdict(candidate))


def get_candidate(connection: Connection, candidate_id: UUID) -> Candidate:
    """Whatever the transaction's scope may see; who sees which of its fields is a rule."""
    return _candidate(connection, sa.select(candidates).where(candidates.c.id == candidate_id))


def get_own_candidate(connection: Connection, user_id: UUID, candidate_id: UUID | None = None) -> Candidate:
    """The person's profile; NotFound also where `candidate_id` names another's."""
    query = sa.select(candidates).where(candidates.c.user_id == user_id)
    if candidate_id is None:
        return _candidate(connection, query, "you have no profile yet; make one first")
    return _candidate(connection, query.where(candidates.c.id == candidate_id))


def lock_candidate(connection: Connection, candidate_id: UUID, user_id: UUID) -> Candidate:
    """Holds the profile until commit, so that whoever changes it, its lists or its CVs comes one after the other."""
    query = sa.select(candidates).where(candidates.c.id == candidate_id, candidates.c.user_id == user_id)
    return _candidate(connection, query.with_for_update())


def _candidate(
    connection: Connection, query: sa.Select[tuple[object, ...]], otherwise: str = "there is no such candidate, or none that you may see"
) -> Candidate:
    row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound("CANDIDATE_NOT_FOUND", otherwise)
    return Candidate(**row._mapping)


def update_candidate(connection: Connection, candidate_id: UUID, changes: Mapping[str, object]) -> None:
    connection.execute(candidates.update().where(candidates.c.id == candidate_id).values(**changes))


def read_lists(connection: Connection, candidate_id: UUID) -> Lists:
    return Lists(*(tuple(list_entries(connection, kind, candidate_id)) for kind in TABLES))  # type: ignore[arg-type]


def list_entries(connection: Connection, kind: type[Row], candidate_id: UUID) -> Sequence[Row]:
    table = TABLES[kind]
    rows = connection.execute(sa.select(table).where(table.c.candidate_id == candidate_id).order_by(table.c.id))
    return [kind(**row._mapping) for row in rows]


def get_entry_owner(connection: Connection, kind: type[Entry], entry_id: UUID, user_id: UUID) -> UUID:
    """The id of the person's candidate that has the entry; NotFound where it is another's."""
    table = TABLES[kind]
    query = (
        sa.select(table.c.candidate_id)
        .join(candidates, candidates.c.id == table.c.candidate_id)
        .where(table.c.id == entry_id, candidates.c.user_id == user_id)
    )
    found: UUID | None = connection.execute(query).scalar()
    if found is None:
        raise missing_entry(kind)
    return found


def add_entries(connection: Connection, entries: Sequence[Row]) -> None:
    """Adds entries of one kind."""
    if not entries:
        return
    with refusing({"skills_once": _skill_exists()}):
        connection.execute(TABLES[type(entries[0])].insert(), [asdict(entry) for entry in entries])


def replace_entry(connection: Connection, entry: Entry) -> None:
    """Raises NotFound where it was deleted meanwhile."""
    table = TABLES[type(entry)]
    with refusing({"skills_once": _skill_exists()}):
        changed = connection.execute(
            table.update().where(table.c.id == entry.id, table.c.candidate_id == entry.candidate_id), asdict(entry)
        )
    if changed.rowcount != 1:
        raise missing_entry(type(entry))


def delete_entry(connection: Connection, kind: type[Entry], entry_id: UUID, candidate_id: UUID) -> None:
    """Raises NotFound where it is gone."""
    table = TABLES[kind]
    if connection.execute(table.delete().where(table.c.id == entry_id, table.c.candidate_id == candidate_id)).rowcount != 1:
        raise missing_entry(kind)


def delete_cv_entries(connection: Connection, candidate_id: UUID) -> None:
    """Deletes from all lists what CVs gave."""
    for table in TABLES.values():
        connection.execute(table.delete().where(table.c.candidate_id == candidate_id, table.c.source == "cv"))


def missing_entry(kind: type[Entry]) -> errors.NotFound:
    reason, words = _NOT_FOUND[kind]
    return errors.NotFound(reason, f"there is no such {words}")


def _skill_exists() -> errors.AlreadyExists:
    return errors.AlreadyExists("SKILL_EXISTS", "the profile has this skill already")


def add_grant(connection: Connection, candidate_id: UUID, tenant_id: UUID, now: datetime) -> bool:
    """Says whether it is new."""
    row = {"candidate_id": candidate_id, "tenant_id": tenant_id, "created_at": now}
    return connection.execute(insert(grants).values(row).on_conflict_do_nothing()).rowcount == 1


def is_granted(connection: Connection, candidate_id: UUID, tenant_id: UUID) -> bool:
    query = sa.select(grants.c.candidate_id).where(grants.c.candidate_id == candidate_id, grants.c.tenant_id == tenant_id)
    return connection.execute(query).first() is not None


def add_cv(connection: Connection, cv: Cv) -> None:
    connection.execute(cvs.insert(), asdict(cv))


def get_cv(connection: Connection, cv_id: UUID, candidate_id: UUID, user_id: UUID, tenant_id: UUID) -> Cv:
    """One of the user's own, or the newest of somebody who applied to the tenant."""
    row = connection.execute(sa.select(cvs).where(cvs.c.id == cv_id, cvs.c.candidate_id == candidate_id)).first()
    cv = Cv(**row._mapping) if row else None
    if cv and (
        cv.user_id == user_id or (is_granted(connection, candidate_id, tenant_id) and cv == find_newest_cv(connection, candidate_id))
    ):
        return cv
    raise errors.NotFound("CV_NOT_FOUND", "there is no such CV, or none that you may see")


def find_newest_cv(connection: Connection, candidate_id: UUID) -> Cv | None:
    row = connection.execute(sa.select(cvs).where(cvs.c.candidate_id == candidate_id).order_by(cvs.c.id.desc()).limit(1)).first()
    return Cv(**row._mapping) if row else None


def find_cv(connection: Connection, cv_id: UUID) -> Cv | None:
    row = connection.execute(sa.select(cvs).where(cvs.c.id == cv_id)).first()
    return Cv(**row._mapping) if row else None


def find_queued_cv(connection: Connection, candidate_id: UUID, sha256: bytes) -> Cv | None:
    """The same file, uploaded before and not yet read."""
    row = connection.execute(
        sa.select(cvs).where(cvs.c.candidate_id == candidate_id, cvs.c.sha256 == sha256, cvs.c.status == "queued")
    ).first()  # fmt: skip
    return Cv(**row._mapping) if row else None


def list_cvs(connection: Connection, candidate_id: UUID, user_id: UUID, page: Page) -> Sequence[Cv]:
    """Newest first: their ids sort by time."""
    query = (
        sa.select(cvs).where(cvs.c.candidate_id == candidate_id, cvs.c.user_id == user_id).order_by(cvs.c.id.desc()).limit(page.fetch)
    )  # fmt: skip
    if page.after:
        query = query.where(cvs.c.id < page.after[0])
    return [Cv(**row._mapping) for row in connection.execute(query)]


def begin_step(connection: Connection, cv_id: UUID, step: str) -> None:
    """Says how far reading a queued CV has come."""
    connection.execute(cvs.update().where(cvs.c.id == cv_id, cvs.c.status == "queued").values(step=step))


def keep_text(connection: Connection, cv_id: UUID, text: str, sketch: Sequence[int], bands: Sequence[int]) -> None:
    values = {"text": text, "sketch": list(sketch), "bands": list(bands)}
    connection.execute(insert(cv_texts).values(cv_id=cv_id, **values).on_conflict_do_update(index_elements=["cv_id"], set_=values))


def read_text(connection: Connection, cv_id: UUID) -> str:
    """What was read in a CV, line by line; empty until it is."""
    found: str | None = connection.execute(sa.select(cv_texts.c.text).where(cv_texts.c.cv_id == cv_id)).scalar()
    return found or ""


def has_newer_parsed_cv(connection: Connection, cv: Cv) -> bool:
    query = sa.select(cvs.c.id).where(cvs.c.candidate_id == cv.candidate_id, cvs.c.id > cv.id, cvs.c.status == "parsed").limit(1)
    return connection.execute(query).first() is not None


def end_cv(connection: Connection, cv_id: UUID, outcome: Mapping[str, object]) -> bool:
    """Records what reading a queued CV came to; says whether it was still queued."""
    changed = connection.execute(cvs.update().where(cvs.c.id == cv_id, cvs.c.status == "queued").values(**outcome))
    return changed.rowcount == 1
