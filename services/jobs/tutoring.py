"""Every query of the tutor board."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors
from services.chassis.paging import Page
from services.jobs.tables import RatedTutor, Review, Tutor, tutor_reviews, tutors

_THOUSAND = 1000


def put_tutor(connection: Connection, tutor: Tutor) -> UUID:
    """Keeps the one profile of a person; one that is there keeps its id and the day it was made, and the answer is its id."""
    row = asdict(tutor)
    kept = {name: value for name, value in row.items() if name not in ("id", "created_at")}
    written = insert(tutors).values(row).on_conflict_do_update(constraint="tutors_once", set_=kept).returning(tutors.c.id)
    return UUID(str(connection.execute(written).scalar_one()))


def find_price(connection: Connection, user_id: UUID) -> str | None:
    """What the person's profile asks an hour, with its currency."""
    row = connection.execute(sa.select(tutors.c.hourly_rate, tutors.c.currency).where(tutors.c.user_id == user_id)).first()
    return None if row is None else f"{row.hourly_rate} {row.currency}"


def delete_tutor(connection: Connection, user_id: UUID) -> UUID:
    """Takes the person's own profile away, with its reviews."""
    found = connection.execute(tutors.delete().where(tutors.c.user_id == user_id).returning(tutors.c.id)).scalar()
    if found is None:
        raise _no_tutor()
    return UUID(str(found))


def get_tutor(connection: Connection, tutor_id: UUID) -> RatedTutor:
    row = connection.execute(_rated().where(tutors.c.id == tutor_id)).first()
    if row is None:
        raise _no_tutor()
    return _read(row)


def list_tutors(
    connection: Connection, page: Page, *, subject: str, language: str, max_hourly_rate: int, currency: str
) -> Sequence[RatedTutor]:
    """The best rated first, of equals those with more reviews."""
    query = _rated()
    if subject:
        name = sa.func.jsonb_array_elements_text(tutors.c.subjects).table_valued("value")
        query = query.where(sa.exists().select_from(name).where(sa.func.lower(name.c.value) == sa.func.lower(subject)))
    if language:
        query = query.where(tutors.c.languages.contains([language]))
    if max_hourly_rate:
        query = query.where(tutors.c.hourly_rate <= max_hourly_rate, tutors.c.currency == currency)
    listed = query.subquery()
    place = sa.tuple_(listed.c.rating, listed.c.reviews, listed.c.id)
    chosen = sa.select(listed).order_by(listed.c.rating.desc(), listed.c.reviews.desc(), listed.c.id.desc()).limit(page.fetch)
    if page.after:
        chosen = chosen.where(place < sa.tuple_(*(sa.literal(value) for value in page.after)))
    return [_read(row) for row in connection.execute(chosen)]


def put_review(connection: Connection, review: Review) -> None:
    """Keeps the one review of a person about a tutor; a new one takes the place and the date of the old."""
    row = asdict(review)
    connection.execute(insert(tutor_reviews).values(row).on_conflict_do_update(constraint="tutor_reviews_once", set_=row))


def find_rating(connection: Connection, tutor_id: UUID, user_id: UUID) -> int | None:
    mine = sa.and_(tutor_reviews.c.tutor_id == tutor_id, tutor_reviews.c.user_id == user_id)
    return connection.execute(sa.select(tutor_reviews.c.rating).where(mine)).scalar()


def list_reviews(connection: Connection, page: Page, tutor_id: UUID) -> Sequence[Review]:
    """Newest first."""
    query = sa.select(tutor_reviews).where(tutor_reviews.c.tutor_id == tutor_id).order_by(tutor_reviews.c.id.desc()).limit(page.fetch)
    if page.after:
        query = query.where(tutor_reviews.c.id < page.after[0])
    return [Review(**row._mapping) for row in connection.execute(query)]


def _rated() -> sa.Select[Any]:
    given = (
        sa.select(
            tutor_reviews.c.tutor_id,
            sa.cast(sa.func.round(sa.func.avg(tutor_reviews.c.rating) * _THOUSAND), sa.BigInteger).label("rating"),
            sa.func.count().label("reviews"),
        )
        .group_by(tutor_reviews.c.tutor_id)
        .subquery()
    )
    zero = sa.literal(0, sa.BigInteger)
    rating, reviews = sa.func.coalesce(given.c.rating, zero).label("rating"), sa.func.coalesce(given.c.reviews, zero).label("reviews")
    return sa.select(tutors, rating, reviews).outerjoin(given, given.c.tutor_id == tutors.c.id)


def _read(row: sa.Row[Any]) -> RatedTutor:
    values = dict(row._mapping)
    rating, reviews = values.pop("rating"), values.pop("reviews")
    return RatedTutor(Tutor(**values), int(rating), int(reviews))


def _no_tutor() -> errors.NotFound:
    return errors.NotFound("TUTOR_NOT_FOUND", "there is no such tutor")
