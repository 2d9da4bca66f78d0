"""How an interview starts, step by step, so that it ends in an interview with one charge or in neither, wherever it breaks off."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import grpc

from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from services.chassis import audit, calls, errors, events, tasks
from services.chassis.calls import Scope
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.interviews import conversation, resumes, rules, store
from services.interviews.asking.plan import plan
from services.interviews.generation import Provided
from services.interviews.room import Room
from services.interviews.tables import Interview, Line

PRICE = 1.0  # `hiring` credits
_FINAL = (errors.FailedPrecondition, errors.InvalidArgument, errors.NotFound, errors.PermissionDenied, errors.Unauthenticated)


@dataclass(frozen=True)
class Peers:
    """The services that a start needs."""

    candidates: grpc.Channel
    jobs: grpc.Channel
    billing: grpc.Channel
    inference: grpc.Channel


class Starting:
    """The steps after the claim of a row that is `starting`. Each may be repeated, and each finds a start that was withdrawn meanwhile.

    1. `read`: the resume and the job, as the person who starts may see them.
    2. `prepare`: the questions; they are stored with what they were made from.
    3. `charge`: one credit, under the interview's id as the key, so that any number of repeats are one charge.
    4. `finish`: the interview runs and the first question is asked.

    A start that broke off before 2 has cost nothing and is withdrawn. After it, `settle` goes on from 3.
    """

    def __init__(self, database: Database, peers: Peers, room: Room, clock: Clock) -> None:
        self._database = database
        self._candidates = candidates_pb2_grpc.CandidateServiceStub(peers.candidates)
        self._jobs = jobs_pb2_grpc.JobServiceStub(peers.jobs)
        self._credits = credits_pb2_grpc.CreditServiceStub(peers.billing)
        self._provided = Provided(peers.inference)
        self._room = room
        self._clock = clock

    def go(self, claimed: Interview) -> Interview:
        """All steps, for the person who is calling. Raises the refusal that withdrew it, or Unavailable where it is not known how it ends."""
        scope = calls.current().scope
        try:
            self.prepare(scope, claimed)
        except (grpc.RpcError, errors.Refusal):
            self._withdraw(scope, claimed.id)
            raise
        try:
            self.charge(claimed)
        except grpc.RpcError as problem:
            if _is_final(errors.from_rpc(problem)):
                self._withdraw(scope, claimed.id)
                raise
            raise errors.Unavailable(
                "START_UNFINISHED", "a service that the interview needs is away; ask again with the same request_id for what became of it"
            ) from problem
        return self.finish(scope, claimed.id)

    def settle(self, task: tasks.Task) -> None:
        """Ends a start whose process died or whose peers went away: what was prepared is charged and runs, anything else is forgotten."""
        interview_id = UUID(task.payload["interview_id"])
        with self._database.begin(calls.SYSTEM) as connection:
            interview = store.find_and_lock(connection, interview_id)
            if interview is None or interview.status != "starting":
                return
            if interview.resume is None:
                store.withdraw(connection, interview.id)
                audit.record(connection, "interview.withdrawn", tenant_id=interview.tenant_id, interview_id=interview.id)
                return
        try:
            self.charge(interview)
        except grpc.RpcError as problem:
            if not _is_final(errors.from_rpc(problem)):
                raise
            self._withdraw(calls.SYSTEM, interview.id)
        else:
            self.finish(calls.SYSTEM, interview.id)

    def prepare(self, scope: Scope, claimed: Interview) -> None:
        candidate = self._candidates.GetCandidate(candidates_pb2.GetCandidateRequest(candidate_id=str(claimed.candidate_id)))
        job = self._job(claimed.job_id)
        background, opening = resumes.background(candidate, self._clock().date()), resumes.opening(job)
        questions = self._provided.reword(plan(background, opening, count=claimed.question_count), background, opening, claimed.tenant_id)
        rows = [conversation.planned(claimed.id, position, question) for position, question in enumerate(questions)]
        known = {
            "user_id": UUID(candidate.user_id), "candidate_name": resumes.display_name(candidate), "job_title": job.title,
            "resume": resumes.plain(background), "job_description": resumes.plain(opening),
        }  # fmt: skip
        with self._database.begin(scope) as connection:
            if not store.prepare(connection, claimed.id, known):
                raise _withdrawn()
            store.add_questions(connection, rows)

    def charge(self, claimed: Interview) -> None:
        self._credits.SpendCredits(
            credits_pb2.SpendCreditsRequest(
                tenant_id=str(claimed.tenant_id), unit="hiring", amount=PRICE, type="INTERVIEW", description="Interview",
                reference_id=str(claimed.id), request_id=charge_key(claimed.id),
            )
        )  # fmt: skip

    def finish(self, scope: Scope, interview_id: UUID) -> Interview:
        """Sets a charged start running. Another who has done so already is as good; a start that was withdrawn is refused."""
        lines: Sequence[Line] = ()
        with self._database.begin(scope) as connection:
            interview = store.find_and_lock(connection, interview_id)
            if interview is None:
                raise _withdrawn()
            if interview.status == "starting":
                now = self._clock()
                store.change_interview(connection, interview.id, {"status": "running", "started_at": now})
                tasks.cancel(connection, interview.start_task_id)
                first = store.list_questions(connection, interview.id, planned=True)[0]
                tasks.enqueue(
                    connection, "nobody_came", {"interview_id": interview.id}, tenant_id=interview.tenant_id, run_at=now + rules.NOBODY_CAME
                )
                lines = [conversation.ask(connection, interview.id, first, number=1, now=now)]
                audit.record(
                    connection, "interview.started", tenant_id=interview.tenant_id, user_id=interview.created_by, interview_id=interview.id
                )
                interview = store.find_interview(connection, interview.id) or interview
                events.record(
                    connection, "interview.started", interview.id, interview.tenant_id, candidate_id=interview.candidate_id,
                    job_id=interview.job_id,
                )  # fmt: skip
        self._room.publish(interview, lines)
        return interview

    def refund(self, task: tasks.Task) -> None:
        """Takes the charge of an interview back, or sees to it that there never is one."""
        self._credits.ReverseSpend(
            credits_pb2.ReverseSpendRequest(
                tenant_id=task.payload["tenant_id"], request_id=charge_key(UUID(task.payload["interview_id"])),
                description="Interview cancelled",
            )
        )  # fmt: skip

    def _job(self, job_id: UUID) -> jobs_pb2.Job:
        """A job of the active organization: that of others may be read as well, but its company may not."""
        job: jobs_pb2.Job = self._jobs.GetJob(jobs_pb2.GetJobRequest(job_id=str(job_id)))
        try:
            self._jobs.GetCompany(jobs_pb2.GetCompanyRequest(company_id=job.company_id))
        except grpc.RpcError as problem:
            if isinstance(errors.from_rpc(problem), errors.NotFound):
                raise errors.NotFound("JOB_NOT_FOUND", "there is no such job in the active organization") from problem
            raise
        return job

    def _withdraw(self, scope: Scope, interview_id: UUID) -> None:
        with self._database.begin(scope) as connection:
            interview = store.find_and_lock(connection, interview_id)
            if interview is not None and store.withdraw(connection, interview_id):
                tasks.cancel(connection, interview.start_task_id)
                audit.record(connection, "interview.withdrawn", tenant_id=interview.tenant_id, interview_id=interview_id)


def _is_final(refusal: errors.Refusal) -> bool:
    """Whether a charge that was refused so has not happened and never will; anything else may have been answered too late."""
    return isinstance(refusal, _FINAL) or refusal.reason == "SPEND_REVERSED"


def charge_key(interview_id: UUID) -> str:
    """The idempotency key of an interview's one charge."""
    return f"interview:{interview_id}"


def _withdrawn() -> errors.Refusal:
    return errors.Aborted("START_WITHDRAWN", "this start took too long and was taken back; nothing was charged; start again")
