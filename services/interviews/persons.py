"""What interviews keeps of a person: those that they gave, with all that was said, recorded and judged in them, and what they did in others' as a colleague."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.chassis import objects
from services.chassis.persons import NOBODY, Kept, Person, drop_tasks
from services.interviews.recordings import KIND, key_of_piece, name_of_piece
from services.interviews.tables import (
    code_runs,
    document_updates,
    documents,
    feedback_reports,
    interviews,
    question_answers,
    room_consents,
    rooms,
    score_overrides,
    signals,
    track_pieces,
    transcript,
    transcript_reads,
)

_OF_INTERVIEWS = (question_answers, transcript, feedback_reports, score_overrides, signals, room_consents, code_runs, documents)


def read(connection: Connection, person: Person) -> Kept:
    kept = Kept()
    given = {row["id"]: row["tenant_id"] for row in kept.add(connection, interviews, interviews.c.user_id == person.user_id)}
    for table in _OF_INTERVIEWS:
        kept.add(connection, table, table.c.interview_id.in_(given))
    for answer in kept.rows["question_answers"]:
        if answer["recording_id"]:
            kept.files[f"recordings/{answer['id']}"] = f"{given[answer['interview_id']]}/{KIND}/{answer['recording_id']}"
    recorded = sa.or_(track_pieces.c.interview_id.in_(given), track_pieces.c.user_id == person.user_id)
    pieces: Sequence[Any] = kept.add(connection, track_pieces, recorded)
    recorded_in = sa.select(interviews.c.id, interviews.c.tenant_id).where(interviews.c.id.in_({piece["interview_id"] for piece in pieces}))
    tenants = {row.id: row.tenant_id for row in connection.execute(recorded_in)}
    for piece in pieces:
        name = name_of_piece(piece["kind"], piece["speaker"], piece["track_id"], piece["number"])
        kept.files[name] = key_of_piece(tenants[piece["interview_id"]], piece["kind"], piece["file_id"])
    kept.add(connection, room_consents, sa.and_(room_consents.c.user_id == person.user_id, room_consents.c.interview_id.not_in(given)))
    kept.add(connection, transcript, sa.and_(transcript.c.sender_id == person.user_id, transcript.c.interview_id.not_in(given)))
    kept.add(
        connection, score_overrides, sa.and_(score_overrides.c.user_id == person.user_id, score_overrides.c.interview_id.not_in(given))
    )
    kept.add(connection, document_updates, document_updates.c.sender_id == person.user_id)
    return kept


def erase(connection: Connection, person: Person) -> Sequence[str]:
    """What belongs to an interview goes with it (ON DELETE CASCADE)."""
    theirs = sa.or_(interviews.c.user_id == person.user_id, interviews.c.tenant_id.in_(person.organizations))
    # Whoever adds a recording holds one of these: it is there before this looks, or finds nothing to add it to.
    held = connection.execute(sa.select(interviews.c.id).where(theirs).with_for_update(key_share=True)).scalars().all()
    connection.execute(sa.select(rooms.c.interview_id).where(rooms.c.interview_id.in_(held)).with_for_update())
    recorded = (
        sa.select(interviews.c.tenant_id, question_answers.c.recording_id)
        .join(question_answers, question_answers.c.interview_id == interviews.c.id)
        .where(theirs, question_answers.c.recording_id.is_not(None))
    )
    files = [objects.key_of(row.tenant_id, KIND, row.recording_id) for row in connection.execute(recorded)]
    pieces = (
        sa.select(interviews.c.tenant_id, track_pieces.c.kind, track_pieces.c.file_id)
        .join(track_pieces, track_pieces.c.interview_id == interviews.c.id)
        .where(sa.or_(theirs, track_pieces.c.user_id == person.user_id))
    )
    files += [key_of_piece(row.tenant_id, row.kind, row.file_id) for row in connection.execute(pieces)]
    connection.execute(track_pieces.delete().where(track_pieces.c.user_id == person.user_id))
    connection.execute(interviews.delete().where(theirs))
    for tenant_id, heir in person.heirs.items():
        mine = sa.and_(interviews.c.tenant_id == tenant_id, interviews.c.created_by == person.user_id)
        connection.execute(interviews.update().where(mine).values(created_by=heir))
    connection.execute(interviews.update().where(interviews.c.created_by == person.user_id).values(created_by=NOBODY))
    said = transcript.update().where(transcript.c.sender_id == person.user_id)
    connection.execute(said.values(sender_id=None, sender_name="", client_id=None))
    connection.execute(document_updates.update().where(document_updates.c.sender_id == person.user_id).values(sender_id=NOBODY))
    connection.execute(score_overrides.update().where(score_overrides.c.user_id == person.user_id).values(user_id=NOBODY))
    connection.execute(transcript_reads.delete().where(transcript_reads.c.user_id == person.user_id))
    connection.execute(room_consents.delete().where(room_consents.c.user_id == person.user_id))
    connection.execute(rooms.update().where(rooms.c.lead_user_id == person.user_id).values(lead_user_id=None))
    drop_tasks(connection, person)
    return files
