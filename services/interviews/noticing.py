"""What the record of an interview shows by itself beside the answers, as evidence with times: code that came at once, and silences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

from sqlalchemy import Connection

from services.interviews import store
from services.interviews.coding import store as coding
from services.interviews.coding.bursts import bursts
from services.interviews.tables import Interview, QuestionAnswer, Signal, Update

CODE_BURST, SILENCE = "code_burst", "silence"
# While somebody speaks, a line is written at least each half minute.
LONG = timedelta(seconds=60)
_MOST = 100


@dataclass(frozen=True)
class Silence:
    began_at: datetime
    seconds: float


def silences(asked_at: datetime, answered_at: datetime, heard: Sequence[datetime]) -> list[Silence]:
    """Each stretch from question to answer in which for long nothing was said, typed or run."""
    times = [asked_at, *sorted(at for at in heard if asked_at < at < answered_at), answered_at]
    return [Silence(one, round((other - one).total_seconds(), 1)) for one, other in pairwise(times) if other - one >= LONG]


def notice(connection: Connection, interview: Interview, rows: Sequence[QuestionAnswer], now: datetime) -> list[Signal]:
    """The same signals with the same ids however often it is asked."""
    found: list[Signal] = []

    def add(kind: str, question_id: UUID, at: datetime, amount: float) -> None:
        found.append(Signal(uuid5(interview.id, f"{kind} {question_id} {at}"), interview.id, question_id, kind, amount, at, now))

    asked = {row.id: f"{row.question['text']}\n{row.question.get('signature', '')}" for row in rows}
    if interview.user_id is not None and coding.find_document(connection, interview.id) is not None:
        for burst in bursts(_updates(connection, interview.id), interview.user_id, asked):
            add(CODE_BURST, burst.question_id, burst.stored_at, burst.size)
    lines = store.list_lines(connection, interview.id)
    heard = [line.said_at for line in lines] + coding.list_times(connection, interview.id)
    for row in rows:
        # Only who speaks in the room is heard as time goes by: a typed answer and a recording come at once.
        if row.source == "speech" and not row.recording_type and row.asked_at is not None and row.answered_at is not None:
            for silence in silences(row.asked_at, row.answered_at, heard):
                add(SILENCE, row.id, silence.began_at, silence.seconds)
    return found[:_MOST]


def _updates(connection: Connection, interview_id: UUID) -> Iterator[Update]:
    after, more = 0, True
    while more:
        found, more = coding.load(connection, interview_id, after)
        for update in found:
            yield update
            after = update.seq
