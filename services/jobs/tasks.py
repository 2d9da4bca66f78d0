"""What jobs does outside a request: telling people of applications and their moves, and following candidates' profiles."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

import grpc
import sqlalchemy as sa

from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.events.v1 import events_pb2
from einstellen.notifications.v1 import (
    messages_pb2,
    messages_pb2_grpc,
    notifications_pb2,
    notifications_pb2_grpc,
    reminders_pb2,
    reminders_pb2_grpc,
)
from services.chassis import calls
from services.chassis.clock import Clock, to_timestamp
from services.chassis.database import Database
from services.chassis.events import Apply, Prepare
from services.chassis.tasks import GiveUp, Handler, Task
from services.jobs import profiles, rules
from services.jobs.store import applications as application_store
from services.jobs.store import jobs as job_store
from services.jobs.store import profiles as profile_store
from services.jobs.tables import Application, Job


def handlers(own: Database, candidates: grpc.Channel, notifications: grpc.Channel, clock: Clock) -> dict[str, Handler]:
    tell = Telling(notifications)
    profile_owner = candidates_pb2_grpc.CandidateServiceStub(candidates)
    reminders = reminders_pb2_grpc.ReminderServiceStub(notifications)

    def application_received(task: Task) -> None:
        application, job = _read(own, task)
        introduce(application, job)
        about = {"job_title": job.title, "company_name": job.company_name}
        tell.mail(task, application, job, "application_received", about)

    def introduce(application: Application, job: Job) -> None:
        """Shows the organization who applied and gives both a room, once it may know."""
        if rules.shows_who(application):
            profile_owner.ShareCandidate(
                candidates_pb2.ShareCandidateRequest(candidate_id=str(application.candidate_id), tenant_id=str(application.tenant_id))
            )
            tell.open_room(application, job)

    def application_moved(task: Task) -> None:
        application, job = _read(own, task)
        if application.blind_until:
            introduce(application, job)
        about = {"job_title": job.title, "company_name": job.company_name}
        status = str(task.payload["status"])
        if status == "interview" and application.interview_at is not None:
            interview_time = application.interview_at.astimezone(UTC).isoformat()
            about |= {"interview_time": interview_time, "application_id": str(application.id)}
            tell.mail(task, application, job, "interview_invitation", about)
            remind(task, application, job, application.interview_at)
            return
        tell.mail(task, application, job, "application_status", about | {"status": status})
        if status in ("rejected", "withdrawn") and application.reminder_id is not None:
            cancel(application.reminder_id)

    def remind(task: Task, application: Application, job: Job, interview_at: datetime) -> None:
        """Sets the reminder of an interview that is still to come, and takes it back where the application has ended meanwhile.

        The move that ends it either sees the reminder or is seen here, whichever of the two tasks comes first.
        """
        if interview_at <= clock():
            return
        made = reminders.CreateReminder(
            reminders_pb2.CreateReminderRequest(
                application_id=str(application.id), candidate_id=str(application.user_id), employer_id=str(job.created_by),
                interview_time=to_timestamp(interview_at), title=job.title, tenant_id=str(application.tenant_id),
                request_id=str(uuid5(task.id, "reminder")), candidate_hidden=not rules.shows_who(application),
            )
        )  # fmt: skip
        with own.begin(calls.SYSTEM) as connection:
            status = application_store.keep_reminder(connection, application.id, UUID(made.id))
        if status in ("rejected", "withdrawn"):
            cancel(UUID(made.id))

    def cancel(reminder_id: UUID) -> None:
        try:
            reminders.CancelReminder(reminders_pb2.CancelReminderRequest(reminder_id=str(reminder_id)))
        except grpc.RpcError as problem:
            if problem.code() is not grpc.StatusCode.FAILED_PRECONDITION:  # it was sent already
                raise

    return {"application_received": application_received, "application_moved": application_moved}


class Telling:
    """Tells the two sides of an application, each thing once however often a task runs."""

    def __init__(self, notifications: grpc.Channel) -> None:
        self._rooms = messages_pb2_grpc.MessageServiceStub(notifications)
        self._notifications = notifications_pb2_grpc.NotificationServiceStub(notifications)

    def open_room(self, application: Application, job: Job) -> None:
        people = dict.fromkeys((str(job.created_by), str(application.user_id)))
        self._rooms.OpenRoom(
            messages_pb2.OpenRoomRequest(
                room_name=application.room_name, title=job.title, tenant_id=str(application.tenant_id), user_ids=people
            )
        )

    def mail(self, task: Task, application: Application, job: Job, template: str, variables: dict[str, str]) -> None:
        """To both sides, each in its own words; only the organization's contact is told whose application it is."""
        known = application.candidate_name and rules.shows_who(application)
        named = {"audience": "employer"} | ({"candidate_name": application.candidate_name} if known else {})
        self._mail(task, "candidate", application, application.user_id, template, variables)
        self._mail(task, "employer", application, job.created_by, template, variables | named)

    def _mail(self, task: Task, side: str, application: Application, user_id: UUID, template: str, variables: dict[str, str]) -> None:
        self._notifications.SendNotification(
            notifications_pb2.SendNotificationRequest(
                notification_type="email", user_id=str(user_id), template=template, variables=variables,
                tenant_id=str(application.tenant_id), request_id=str(uuid5(task.id, side)),
            )
        )  # fmt: skip


def following(candidates: grpc.Channel) -> Prepare:
    """What each event of candidates does here: the copy of the profile becomes as it is now."""
    stub = candidates_pb2_grpc.CandidateServiceStub(candidates)

    def prepare(event: events_pb2.Event) -> Apply:
        if not event.kind.startswith("candidate."):
            return _nothing
        tenant_id = UUID(event.tenant_id) if event.tenant_id else None
        try:
            candidate = stub.GetCandidate(candidates_pb2.GetCandidateRequest(candidate_id=event.subject_id))
        except grpc.RpcError as problem:
            if problem.code() is not grpc.StatusCode.NOT_FOUND:
                raise
            profile = profiles.gone(UUID(event.subject_id), event.position)
        else:
            profile = profiles.to_profile(candidate, tenant_id, event.position)

        def apply(connection: sa.Connection, _: events_pb2.Event) -> None:
            profile_store.put_profile(connection, profile)

        return apply

    return prepare


def _nothing(connection: sa.Connection, event: events_pb2.Event) -> None:
    """Another kind of event moves the position on, and that is all."""


def _read(own: Database, task: Task) -> tuple[Application, Job]:
    with own.begin(calls.SYSTEM) as connection:
        application = application_store.find_application(connection, UUID(task.payload["application_id"]))
        job = job_store.find_job(connection, application.job_id) if application else None
    if application is None or job is None:
        raise GiveUp("the application is gone")
    return application, job
