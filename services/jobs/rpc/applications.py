"""The RPCs of applications: applying, reading, and moving them through the pipeline."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import grpc
from sqlalchemy import Connection

from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.jobs.v1 import applications_pb2, applications_pb2_grpc
from services.chassis import audit, calls, errors, events, idempotency, ids, paging, tasks
from services.chassis.clock import Clock, from_timestamp, to_timestamp, utc_now
from services.chassis.database import Database
from services.jobs import explain, hiding, profiles, rules
from services.jobs.matching.profile import CandidateText
from services.jobs.matching.score import score
from services.jobs.pool import Pools
from services.jobs.store import applications as application_store
from services.jobs.store import jobs as job_store
from services.jobs.store import profiles as profile_store
from services.jobs.tables import Application, Profile, StatusChange

Context = grpc.ServicerContext


class ApplicationService(applications_pb2_grpc.ApplicationServiceServicer):
    """See applications.proto."""

    def __init__(self, database: Database, candidates: grpc.Channel, pools: Pools, clock: Clock = utc_now) -> None:
        self._database = database
        self._candidates = candidates_pb2_grpc.CandidateServiceStub(candidates)
        self._pools = pools
        self._clock = clock

    def Apply(self, request: applications_pb2.ApplyRequest, context: Context) -> applications_pb2.Application:
        person, now = calls.person(), self._clock()
        # In the system scope: whoever saw the job before it closed is told so, though they may not read it any more.
        job_id = UUID(request.job_id)
        with self._database.begin_where(calls.SYSTEM, lambda connection: job_store.find_job(connection, job_id)) as connection:
            job = job_store.find_job(connection, job_id)
        candidate = self._find_candidate() if job else None
        home = job.tenant_id if job else person.tenant_id
        with self._database.of(home).begin(person) as connection:
            claim = idempotency.claim(connection, request, applications_pb2.Application)
            if claim.answer is not None:
                return claim.answer
            job = rules.check_open(job)
            if candidate is None:
                raise errors.NotFound("CANDIDATE_NOT_FOUND", "you have no profile to apply with; make one first")
            if UUID(request.candidate_id or candidate.id) != UUID(candidate.id):
                raise errors.NotFound("CANDIDATE_NOT_FOUND", "that is not your profile: leave candidate_id out")
            fit = score(rules.job_text(job), profiles.to_text(candidate), self._pools.of(home).weights(), now.date())
            application = Application(
                ids.mint(), job.tenant_id, job.id, UUID(candidate.id), person.user_id, profiles.display_name(candidate), request.cover_letter,
                "applied", Decimal(str(fit.value)), explain.to_json(fit), None, None, now, now, request.source, job.blind_until,
            )  # fmt: skip
            first = rules.first_step(application.id, person.user_id, now=now)
            # First, so that the lock on the order of changes comes before the one on the profile, as where an event is applied.
            profile_store.bring_profile(connection, profiles.to_profile(candidate, None, profiles.BROUGHT))
            application_store.add_application(connection, application, first)
            audit.record(connection, "application.created", application_id=application.id, job_id=job.id)
            tasks.enqueue(connection, "application_received", {"application_id": application.id}, tenant_id=job.tenant_id)
            answer = claim.keep(to_application(application, job.title, [first], rules.Side(organization=False, applicant=True)))
            events.record(connection, "application.created", application.id, job.tenant_id, **rules.told(application))
        return answer

    def _find_candidate(self) -> candidates_pb2.Candidate | None:
        """The caller's own profile."""
        try:
            return self._candidates.GetMyCandidate(candidates_pb2.GetMyCandidateRequest())
        except grpc.RpcError as problem:
            if problem.code() is not grpc.StatusCode.NOT_FOUND:
                raise
            return None

    def ListApplications(
        self, request: applications_pb2.ListApplicationsRequest, context: Context
    ) -> applications_pb2.ListApplicationsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        tenant_id, user_id = (person.tenant_id, None) if person.kind == "business" else (None, person.user_id)
        job_id, titles = UUID(request.job_id) if request.job_id else None, {}

        def read(connection: Connection) -> Sequence[Application]:
            found = application_store.list_applications(
                connection, page, tenant_id=tenant_id, user_id=user_id, job_id=job_id, status=request.status
            )  # fmt: skip
            titles.update(application_store.job_titles(connection, {row.job_id for row in found}))
            return found

        rows, token = page.cut(paging.newest(self._database.gather(person, read), page.fetch), lambda row: [row.id])
        listed = [to_application(row, titles.get(row.job_id, ""), [], rules.side(row, person)) for row in rows]
        return applications_pb2.ListApplicationsResponse(applications=listed, next_page_token=token)

    def GetApplication(self, request: applications_pb2.GetApplicationRequest, context: Context) -> applications_pb2.Application:
        call, application_id = calls.current(), UUID(request.application_id)
        with self._database.begin_where(
            call, lambda connection: application_store.find_application(connection, application_id)
        ) as connection:
            if call.person is None:
                application = application_store.find_application(connection, application_id)
            else:
                application = application_store.get_application(connection, application_id, call.person.tenant_id, call.person.user_id)
            if application is None:
                raise application_store.no_application()
            return self._read(connection, application, rules.side(application, call.person))

    def UpdateApplicationStatus(
        self, request: applications_pb2.UpdateApplicationStatusRequest, context: Context
    ) -> applications_pb2.Application:
        person, wanted = calls.person(), UUID(request.application_id)
        with self._database.begin_where(person, lambda connection: application_store.find_application(connection, wanted)) as connection:
            application = application_store.lock_application(connection, wanted, person.tenant_id, person.user_id)
            moved, step = rules.move(
                application, request.status, person, reason=request.reason, interview_at=_interview_at(request), now=self._clock()
            )
            if step is not None:
                application_store.move_application(connection, moved, step)
                steps = audit.turned(status=(step.from_status, step.to_status))
                audit.record(connection, "application.moved", application_id=moved.id, **steps)
                tasks.enqueue(
                    connection, "application_moved", {"application_id": moved.id, "status": step.to_status}, tenant_id=moved.tenant_id
                )  # fmt: skip
            answer = self._read(connection, moved, rules.side(moved, person))
            if step is not None:
                events.record(
                    connection, "application.moved", moved.id, moved.tenant_id, **rules.told(moved),
                    from_status=step.from_status, to_status=step.to_status,
                )  # fmt: skip
        return answer

    @staticmethod
    def _read(connection: Connection, application: Application, who: rules.Side) -> applications_pb2.Application:
        title = application_store.job_titles(connection, {application.job_id}).get(application.job_id, "")
        shown = to_application(application, title, application_store.list_steps(connection, application.id), who)
        if shown.blind:
            found = profile_store.list_profiles(connection, application.tenant_id, [application.candidate_id])
            shown.profile.CopyFrom(to_blind_profile(found[0]) if found else applications_pb2.Profile())
        return shown


def _interview_at(request: applications_pb2.UpdateApplicationStatusRequest) -> datetime | None:
    if not request.HasField("interview_time"):
        return None
    try:
        return from_timestamp(request.interview_time)
    except (ValueError, OverflowError):
        raise errors.invalid_field("interview_time", "TIME_INVALID", "is no time of the calendar") from None


def to_application(
    application: Application, job_title: str, history: Sequence[StatusChange], who: rules.Side
) -> applications_pb2.Application:
    """The organization sees the score and the reasons of moves, the applicant does not. Where it may not know who applied, nothing here says so."""
    told = application if who.knows_who else replace(application, candidate_name="", cover_letter="")
    steps = [
        applications_pb2.StatusChange(
            from_status=step.from_status, to_status=step.to_status, reason=step.reason if who.organization else "",
            user_id=str(step.user_id) if who.knows_who or step.user_id != application.user_id else "", change_time=to_timestamp(step.created_at),
        )
        for step in history
    ]  # fmt: skip
    return applications_pb2.Application(
        id=str(application.id), job_id=str(application.job_id), job_title=job_title,
        candidate_id=str(application.candidate_id) if who.knows_who else "", candidate_name=told.candidate_name, status=application.status,
        match_score=explain.from_json(application.explanation) if who.organization else None,
        cover_letter=told.cover_letter, interview_time=to_timestamp(application.interview_at),
        room_name=application.room_name if rules.shows_who(application) else "", history=steps,
        apply_time=to_timestamp(application.applied_at), update_time=to_timestamp(application.updated_at),
        user_id=str(application.user_id) if who.knows_who else "", source=application.source, blind=not who.knows_who,
    )  # fmt: skip


def to_blind_profile(profile: Profile) -> applications_pb2.Profile:
    """What matching sees of a candidate, without what they wrote of who they are; it never held a name of an employer or a school."""
    text = profiles.from_json(profile.text or profiles.to_json(CandidateText()))

    def plain(words: str) -> str:
        return hiding.redact(words, profile.display_name)

    return applications_pb2.Profile(
        titles=map(plain, text.titles), summary=plain(text.summary), skills=map(plain, text.skills), degrees=[plain(one.degree) for one in text.education],
        location=text.location,
        positions=[
            applications_pb2.Position(
                title=plain(one.title), description=plain(one.description), start_date=one.started_on.isoformat() if one.started_on else "",
                end_date=one.ended_on.isoformat() if one.ended_on else "",
            )
            for one in text.experience
        ],
    )  # fmt: skip
