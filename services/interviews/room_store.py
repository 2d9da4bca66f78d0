"""Every query on rooms: who wants an interviewer, who has the lease, who leads, who agrees."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.chassis import errors
from services.interviews.tables import (
    Interview,
    Line,
    Piece,
    QuestionAnswer,
    RoomState,
    interviews,
    question_answers,
    room_consents,
    rooms,
    track_pieces,
    transcript,
)


def want(connection: Connection, interview_id: UUID, *, until: datetime, now: datetime) -> None:
    """Says that somebody waits for an interviewer; opens the room where it is the first time."""
    put = insert(rooms).values(
        interview_id=interview_id, wanted_until=until, lease_id=None, lease_holder="", lease_until=None, spoken_seq=0, lead_user_id=None,
        opened_at=now,
    )  # fmt: skip
    later = sa.func.greatest(rooms.c.wanted_until, put.excluded.wanted_until)
    connection.execute(put.on_conflict_do_update(index_elements=["interview_id"], set_={"wanted_until": later}))


def lease_one(connection: Connection, lease_id: UUID, holder: str, *, until: datetime, now: datetime) -> UUID | None:
    """Takes the lease of the room that has waited longest, in which nobody else has one."""
    waiting = (
        sa.select(rooms.c.interview_id)
        .join(interviews, interviews.c.id == rooms.c.interview_id)
        .where(
            interviews.c.status == "running", rooms.c.wanted_until > now, sa.or_(rooms.c.lease_until.is_(None), rooms.c.lease_until <= now)
        )
        .order_by(rooms.c.wanted_until)
        .limit(1)
        .with_for_update(of=rooms, skip_locked=True)
    )
    interview_id: UUID | None = connection.execute(waiting).scalar()
    if interview_id is not None:
        values = {"lease_id": lease_id, "lease_holder": holder, "lease_until": until}
        connection.execute(rooms.update().where(rooms.c.interview_id == interview_id).values(**values))
    return interview_id


def lock_lease(connection: Connection, interview_id: UUID, lease_id: UUID, now: datetime) -> RoomState:
    """Holds the room until commit. Raises FailedPrecondition / LEASE_LOST where the lease is another's or ran out."""
    query = sa.select(rooms).where(rooms.c.interview_id == interview_id, rooms.c.lease_id == lease_id, rooms.c.lease_until > now)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise errors.FailedPrecondition("LEASE_LOST", "another interviewer may have this room now")
    return RoomState(**row._mapping)


def find_room(connection: Connection, interview_id: UUID) -> RoomState | None:
    row = connection.execute(sa.select(rooms).where(rooms.c.interview_id == interview_id)).first()
    return RoomState(**row._mapping) if row else None


def change_room(connection: Connection, interview_id: UUID, **values: object) -> None:
    connection.execute(rooms.update().where(rooms.c.interview_id == interview_id).values(**values))


def is_leased(connection: Connection, interview_id: UUID, now: datetime) -> bool:
    query = sa.select(sa.true()).where(rooms.c.interview_id == interview_id, rooms.c.lease_until > now)
    return connection.execute(query).first() is not None


def unspoken(connection: Connection, interview_id: UUID, after: int) -> list[Line]:
    """What the interviewer is to say aloud still, oldest first."""
    query = sa.select(transcript).where(
        transcript.c.interview_id == interview_id, transcript.c.speaker == "interviewer", transcript.c.seq > after
    )
    return [Line(**row._mapping) for row in connection.execute(query.order_by(transcript.c.seq))]


def find_heard(connection: Connection, interview_id: UUID, heard_seq: int) -> QuestionAnswer | None:
    """The question of somebody who has heard the interviewer up to a line; None where that line asks nothing."""
    heard = (
        sa.select(transcript.c.question_id)
        .where(transcript.c.interview_id == interview_id, transcript.c.speaker == "interviewer", transcript.c.seq <= heard_seq)
        .order_by(transcript.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(sa.select(question_answers).where(question_answers.c.id == heard.scalar_subquery())).first()
    return QuestionAnswer(**row._mapping) if row else None


def said_to(connection: Connection, interview_id: UUID, question_id: UUID) -> list[str]:
    """What the candidate has said to a question, utterance by utterance."""
    query = sa.select(transcript.c.text).where(
        transcript.c.interview_id == interview_id, transcript.c.question_id == question_id, transcript.c.speaker == "candidate"
    )
    return list(connection.execute(query.order_by(transcript.c.seq)).scalars())


def agree(connection: Connection, interview: Interview, user_id: UUID, *, agrees: bool, now: datetime) -> None:
    if interview.user_id == user_id:
        connection.execute(interviews.update().where(interviews.c.id == interview.id).values(consented_at=now if agrees else None))
    elif agrees:
        put = insert(room_consents).values(interview_id=interview.id, user_id=user_id, agreed_at=now)
        connection.execute(put.on_conflict_do_nothing())
    else:
        mine = sa.and_(room_consents.c.interview_id == interview.id, room_consents.c.user_id == user_id)
        connection.execute(room_consents.delete().where(mine))


def agrees(connection: Connection, interview: Interview, user_id: UUID) -> bool:
    if interview.user_id == user_id:
        return interview.consented_at is not None
    query = sa.select(sa.true()).where(room_consents.c.interview_id == interview.id, room_consents.c.user_id == user_id)
    return connection.execute(query).first() is not None


def add_piece(connection: Connection, piece: Piece) -> bool:
    """One that is there already stays. Says whether it was not."""
    return connection.execute(insert(track_pieces).values(**asdict(piece)).on_conflict_do_nothing()).rowcount == 1


def has_piece(connection: Connection, piece: Piece) -> bool:
    its = sa.and_(track_pieces.c.track_id == piece.track_id, track_pieces.c.number == piece.number)
    return connection.execute(sa.select(sa.true()).where(its, track_pieces.c.interview_id == piece.interview_id)).first() is not None


def recorded_bytes(connection: Connection, interview_id: UUID, kind: str) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(track_pieces.c.size_bytes), 0))
    its = query.where(track_pieces.c.interview_id == interview_id, track_pieces.c.kind == kind)
    return int(connection.execute(its).scalar_one())


def list_pieces(
    connection: Connection, interview_id: UUID, *, kind: str = "", speaker: str = "", after: datetime | None = None
) -> list[Piece]:
    """In the order of their times; those that end after a time, of one kind and one speaker where these are named."""
    query = sa.select(track_pieces).where(track_pieces.c.interview_id == interview_id)
    if kind:
        query = query.where(track_pieces.c.kind == kind)
    if speaker:
        query = query.where(track_pieces.c.speaker == speaker)
    if after is not None:
        query = query.where(
            track_pieces.c.started_at + sa.func.make_interval(0, 0, 0, 0, 0, 0, track_pieces.c.milliseconds / 1000.0) > after
        )
    ordered = query.order_by(track_pieces.c.started_at, track_pieces.c.track_id, track_pieces.c.number)
    return [Piece(**row._mapping) for row in connection.execute(ordered)]
