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


def end(connection: Connection, interview: Interview, *, now: datetime) -> list[Line]:
    """Ends one that runs; the report is written by the task where its caller does not do so at once."""
    lines = [*conversation.take_code(connection, interview, now=now)]
    store.leave_open(connection, interview.id)
    store.change_interview(connection, interview.id, {"status": "scoring", "ended_at": now})
    lines.append(store.add_line(connection, interview.id, "interviewer", "The interview has ended.", now=now, sender_name=INTERVIEWER))
    steps = audit.turned(status=(interview.status, "scoring"))
    audit.record(connection, "interview.ended", tenant_id=interview.tenant_id, interview_id=interview.id, **steps)
    tasks.enqueue(connection, "write_report", {"interview_id": interview.id}, tenant_id=interview.tenant_id, run_at=now + _WRITE)
    return lines


def cancel(connection: Connection, interview: Interview, *, now: datetime) -> None:
    """Cancels one that runs and has no answer, and gives the credit back."""
    store.leave_open(connection, interview.id)
    store.change_interview(connection, interview.id, {"status": "cancelled", "ended_at": now})
    steps = audit.turned(status=(interview.status, "cancelled"))
    audit.record(connection, "interview.cancelled", tenant_id=interview.tenant_id, interview_id=interview.id, **steps)
    tasks.enqueue(connection, "refund", {"interview_id": interview.id, "tenant_id": interview.tenant_id}, tenant_id=interview.tenant_id)


class Closing:
    """The tasks that end what nobody ended."""

    def __init__(self, database: Database, reporting: Reporting, room: Room, clock: Clock) -> None:
        self._database = database
        self._reporting = reporting
        self._room = room
        self._clock = clock

    def time_up(self, task: Task) -> None:
        """Three hours after the candidate first came. One in which nothing was answered costs nothing."""
        interview_id, lines, now = UUID(task.payload["interview_id"]), list[Line](), self._clock()
        with self._database.begin(calls.SYSTEM) as connection:
            tasks.finish(connection, task)
            interview = store.find_and_lock(connection, interview_id)
            if interview is None or interview.status != "running":
                return
            if rules.is_answered(store.list_questions(connection, interview_id)):
                lines = end(connection, interview, now=now)
            else:
                cancel(connection, interview, now=now)
        self._room.publish(interview, lines)
        if lines:
            self._reporting.write_soon(interview_id)

    def nobody_came(self, task: Task) -> None:
        """Two weeks after the start: a candidate who has neither come nor answered in another way will not."""
        interview_id = UUID(task.payload["interview_id"])
        with self._database.begin(calls.SYSTEM) as connection:
            tasks.finish(connection, task)
            interview = store.find_and_lock(connection, interview_id)
            waits = interview is not None and interview.status == "running" and room_store.find_room(connection, interview_id) is None
            if interview is not None and waits and not rules.is_answered(store.list_questions(connection, interview_id)):
                cancel(connection, interview, now=self._clock())
