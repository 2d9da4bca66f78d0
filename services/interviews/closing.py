"""How an interview comes to its end: by somebody's word, when its time is up, or because nobody ever came."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, calls, tasks
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.chassis.tasks import Task
from services.interviews import conversation, room_store, rules, store
from services.interviews.reporting import Reporting
from services.interviews.room import INTERVIEWER, Room
from services.interviews.tables import Interview, Line

_WRITE = timedelta(seconds=5)


OVER = "The interview has ended."
TIME_UP = "Our time is up, so the interview has ended. All that you said so far counts."
NOT_HELD = "The interview has ended: nothing was answered in its time, and it will not be judged."
CANCELLED = "The interview was cancelled. It will not be judged."


def end(connection: Connection, interview: Interview, words: str = OVER, *, now: datetime) -> list[Line]:
    """Ends one that runs, with what was said so far; the report is written by the task where its caller does not do so at once.

    One in which the candidate has said nothing costs nothing.
    """
    lines = [*conversation.take_rest(connection, interview, now=now)]
    if not is_used(connection, interview):
        _refund(connection, interview)
    store.leave_open(connection, interview.id)
    store.change_interview(connection, interview.id, {"status": "scoring", "ended_at": now})
    lines.append(store.add_line(connection, interview.id, "interviewer", words, now=now, sender_name=INTERVIEWER))
    steps = audit.turned(status=(interview.status, "scoring"))
    audit.record(connection, "interview.ended", tenant_id=interview.tenant_id, interview_id=interview.id, **steps)
    tasks.enqueue(connection, "write_report", {"interview_id": interview.id}, tenant_id=interview.tenant_id, run_at=now + _WRITE)
    return lines


def cancel(connection: Connection, interview: Interview, words: str = CANCELLED, *, now: datetime) -> list[Line]:
    """Cancels one that runs and has no answer, and gives the credit back."""
    store.leave_open(connection, interview.id)
    line = store.add_line(connection, interview.id, "interviewer", words, now=now, sender_name=INTERVIEWER)
    store.change_interview(connection, interview.id, {"status": "cancelled", "ended_at": now})
    steps = audit.turned(status=(interview.status, "cancelled"))
    audit.record(connection, "interview.cancelled", tenant_id=interview.tenant_id, interview_id=interview.id, **steps)
    _refund(connection, interview)
    return [line]


def is_used(connection: Connection, interview: Interview) -> bool:
    """Whether the candidate has answered anything, or said anything to a colleague, or has code in the editor that will be their answer."""
    answered = rules.is_answered(store.list_questions(connection, interview.id))
    return answered or store.has_spoken(connection, interview.id) or conversation.has_code(connection, interview)


def _refund(connection: Connection, interview: Interview) -> None:
    tasks.enqueue(connection, "refund", {"interview_id": interview.id, "tenant_id": interview.tenant_id}, tenant_id=interview.tenant_id)


class Closing:
    """The tasks that end what nobody ended."""

    def __init__(self, database: Database, reporting: Reporting, room: Room, clock: Clock) -> None:
        self._database = database
        self._reporting = reporting
        self._room = room
        self._clock = clock

    def time_up(self, task: Task) -> None:
        """Three hours after the candidate first came."""
        self._close(task, TIME_UP)

    def nobody_came(self, task: Task) -> None:
        """Two weeks after the start: a candidate who has not come will not, and what they have answered in another way is all that there is."""
        self._close(task, OVER, unless_they_came=True)

    def _close(self, task: Task, words: str, *, unless_they_came: bool = False) -> None:
        """Ends it, or cancels it where the candidate has said nothing."""
        interview_id, now = UUID(task.payload["interview_id"]), self._clock()
        with self._database.begin(calls.SYSTEM) as connection:
            tasks.finish(connection, task)
            interview = store.find_and_lock(connection, interview_id)
            if interview is None or interview.status != "running":
                return
            if unless_they_came and room_store.find_room(connection, interview_id) is not None:
                return
            used = is_used(connection, interview)
            lines = end(connection, interview, words, now=now) if used else cancel(connection, interview, NOT_HELD, now=now)
        self._room.publish(interview, lines)
        if used:
            self._reporting.write_soon(interview_id)
