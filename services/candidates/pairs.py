"""Every query of pairs of candidates that look like one person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import distinct_on, insert

from services.candidates.tables import Candidate, Pair, candidates, cv_texts, cvs, duplicates, grants
from services.chassis import errors, ids
from services.chassis.paging import Page

_PHONE = sa.func.right(sa.func.regexp_replace(candidates.c.phone, r"\D", "", "g"), 9)
_SHORTEST_PHONE = 7


@dataclass(frozen=True)
class Other:
    """A candidate of the same organization that one has something in common with; the sketch is of its newest CV, or empty."""

    id: UUID
    same_email: bool
    same_phone: bool
    sketch: list[int]


def list_tenants(connection: Connection, candidate_id: UUID) -> Sequence[UUID]:
    """The organizations that the candidate applied to."""
    return connection.execute(sa.select(grants.c.tenant_id).where(grants.c.candidate_id == candidate_id)).scalars().all()


def find_sketch(connection: Connection, candidate_id: UUID) -> tuple[list[int], list[int]]:
    """The sketch and the bands of the candidate's newest CV; empty where there is none."""
    query = sa.select(cv_texts.c.sketch, cv_texts.c.bands).join(cvs, cvs.c.id == cv_texts.c.cv_id).where(cvs.c.candidate_id == candidate_id)
    row = connection.execute(query.order_by(cvs.c.id.desc()).limit(1)).first()
    return (row.sketch, row.bands) if row else ([], [])


def list_others(connection: Connection, candidate: Candidate, tenant_id: UUID, bands: Sequence[int]) -> list[Other]:
    """Those of the organization with the same address, the same number, or a CV that may be alike."""
    digits = "".join(filter(str.isdigit, candidate.phone))
    same_email = sa.and_(candidates.c.email.op("<>")(""), sa.func.lower(candidates.c.email) == candidate.email.lower())
    same_phone = sa.and_(candidates.c.phone.op("<>")(""), _PHONE.in_([digits[-9:]])) if len(digits) >= _SHORTEST_PHONE else sa.false()
    newest = (
        sa.select(cvs.c.candidate_id, cv_texts.c.sketch, cv_texts.c.bands)
        .join(cv_texts, cv_texts.c.cv_id == cvs.c.id)
        .ext(distinct_on(cvs.c.candidate_id))
        .order_by(cvs.c.candidate_id, cvs.c.id.desc())
    )
    maybe = sa.select(cvs.c.candidate_id).join(cv_texts, cv_texts.c.cv_id == cvs.c.id).where(cv_texts.c.bands.overlap(list(bands)))
    latest = newest.where(cvs.c.candidate_id.in_(maybe)).subquery()
    query = (
        sa.select(candidates.c.id, same_email.label("same_email"), same_phone.label("same_phone"), latest.c.sketch)
        .join(grants, sa.and_(grants.c.candidate_id == candidates.c.id, grants.c.tenant_id == tenant_id))
        .join(latest, latest.c.candidate_id == candidates.c.id, isouter=True)
        .where(candidates.c.id != candidate.id, sa.or_(same_email, same_phone, latest.c.candidate_id.is_not(None)))
    )
    return [Other(row.id, row.same_email, row.same_phone, row.sketch or []) for row in connection.execute(query)]


def keep_pairs(
    connection: Connection, tenant_id: UUID, candidate_id: UUID, found: Mapping[UUID, tuple[list[str], float]], now: datetime
) -> None:
    """Open pairs of the candidate become those that were found; what was decided stays, and is not asked again."""
    mine = sa.or_(duplicates.c.one_id == candidate_id, duplicates.c.other_id == candidate_id)
    gone = duplicates.delete().where(
        duplicates.c.tenant_id == tenant_id, mine, duplicates.c.state == "open",
        duplicates.c.one_id.not_in([*found, candidate_id]) | duplicates.c.other_id.not_in([*found, candidate_id]),
    )  # fmt: skip
    connection.execute(gone)
    for other_id, (reasons, likeness) in found.items():
        one_id, last_id = sorted((candidate_id, other_id))
        said = {"reasons": reasons, "likeness": likeness}
        row = {"id": ids.mint(), "tenant_id": tenant_id, "one_id": one_id, "other_id": last_id, "state": "open", "created_at": now, **said}
        connection.execute(insert(duplicates).values(row).on_conflict_do_update(constraint="duplicates_once", set_=said))


def list_pairs(connection: Connection, tenant_id: UUID, state: str, page: Page) -> Sequence[Pair]:
    """Newest first."""
    query = sa.select(duplicates).where(duplicates.c.tenant_id == tenant_id, duplicates.c.state == state)
    if page.after:
        query = query.where(duplicates.c.id < page.after[0])
    return [Pair(**row._mapping) for row in connection.execute(query.order_by(duplicates.c.id.desc()).limit(page.fetch))]


def lock_pair(connection: Connection, pair_id: UUID, tenant_id: UUID) -> Pair:
    """Holds the pair, and every other decision of the organization, until commit: circles are made of several pairs."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"duplicates {tenant_id}", 0))))
    query = sa.select(duplicates).where(duplicates.c.id == pair_id, duplicates.c.tenant_id == tenant_id)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise errors.NotFound("DUPLICATE_NOT_FOUND", "there is no such pair of candidates")
    return Pair(**row._mapping)


def decide(connection: Connection, pair: Pair, state: str, kept_id: UUID | None) -> Pair:
    connection.execute(duplicates.update().where(duplicates.c.id == pair.id).values(state=state, kept_id=kept_id))
    return replace(pair, state=state, kept_id=kept_id)


def find_kept(connection: Connection, tenant_id: UUID, candidate_id: UUID) -> UUID | None:
    """Who stands for the candidate too, as the organization decided last."""
    query = sa.select(duplicates.c.kept_id).where(duplicates.c.tenant_id == tenant_id, _merged_away(candidate_id))
    found: UUID | None = connection.execute(query.order_by(duplicates.c.id.desc()).limit(1)).scalar()
    return found


def list_merges(connection: Connection, candidate_id: UUID) -> Sequence[tuple[UUID, UUID]]:
    """The organizations that have another profile to stand for the candidate's, each with that profile, as it decided last."""
    query = (
        sa.select(duplicates.c.tenant_id, duplicates.c.kept_id).ext(distinct_on(duplicates.c.tenant_id)).where(_merged_away(candidate_id))
    )
    rows = connection.execute(query.order_by(duplicates.c.tenant_id, duplicates.c.id.desc()))
    return [(row.tenant_id, row.kept_id) for row in rows]


def goes_round(connection: Connection, pair: Pair, kept_id: UUID) -> bool:
    """Whether the other of the pair stands for the one to keep already, by itself or through others: nobody would be left of them."""
    up = sa.select(sa.literal(kept_id, sa.Uuid).label("id")).cte("up", recursive=True)
    further = sa.select(duplicates.c.kept_id).join(up, _merged_away(up.c.id))
    up = up.union(further.where(duplicates.c.tenant_id == pair.tenant_id, duplicates.c.id != pair.id))
    return connection.execute(sa.select(up.c.id).where(up.c.id != kept_id, up.c.id.in_([pair.one_id, pair.other_id]))).first() is not None


def _merged_away(candidate_id: Any) -> sa.ColumnElement[bool]:
    theirs = sa.or_(duplicates.c.one_id == candidate_id, duplicates.c.other_id == candidate_id)
    return sa.and_(duplicates.c.state == "merged", duplicates.c.kept_id != candidate_id, theirs)


def find_candidates(connection: Connection, wanted: Iterable[UUID]) -> dict[UUID, Candidate]:
    rows = connection.execute(sa.select(candidates).where(candidates.c.id.in_(list(wanted))))
    return {row.id: Candidate(**row._mapping) for row in rows}
