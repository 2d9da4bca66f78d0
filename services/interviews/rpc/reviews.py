"""The RPCs of reviews: scoring again, deciding otherwise, and sharing a report."""

from uuid import UUID

import grpc

from einstellen.interviews.v1 import interviews_pb2, reviews_pb2, reviews_pb2_grpc
from services.chassis import audit, calls, errors, idempotency, ids
from services.chassis.clock import Clock, utc_now
from services.chassis.database import Database
from services.interviews import resumes, rules, store
from services.interviews.reporting import Reporting
from services.interviews.rpc import shown
from services.interviews.tables import Override

Context = grpc.ServicerContext


class ReviewService(reviews_pb2_grpc.ReviewServiceServicer):
    """See reviews.proto. The candidate's side finds no interview here."""

    def __init__(self, database: Database, reporting: Reporting, clock: Clock = utc_now) -> None:
        self._database = database
        self._reporting = reporting
        self._clock = clock

    def ScoreAgain(self, request: reviews_pb2.ScoreAgainRequest, context: Context) -> interviews_pb2.FeedbackReport:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.get_own_interview(connection, UUID(request.interview_id), person.tenant_id)
            rules.check_reported(interview)
        self._reporting.write_again(interview.id)
        with self._database.begin(person) as connection:
            return shown.read_report(connection, person, interview.id)

    def OverrideScore(self, request: reviews_pb2.OverrideScoreRequest, context: Context) -> interviews_pb2.ScoreOverride:
        person = calls.person()
        if not request.reason.strip():
            raise errors.invalid_field("reason", "TEXT_BLANK", "must say why")
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, interviews_pb2.ScoreOverride)
            if claim.answer is not None:
                return claim.answer
            interview = store.get_own_interview(connection, UUID(request.interview_id), person.tenant_id)
            rules.check_reported(interview)
            question = store.get_question(connection, interview.id, UUID(request.question_id)) if request.question_id else None
            override = Override(
                ids.mint(), interview.id, question.id if question else None, resumes.points(request.value), request.reason.strip(), person.user_id,
                self._clock(),
            )  # fmt: skip
            # None before is the score that the report itself gave.
            earlier = [one.value for one in store.list_overrides(connection, interview.id) if one.question_id == override.question_id]
            store.add_override(connection, override)
            score = audit.turned(value=(earlier[-1] if earlier else None, override.value))
            audit.record(connection, "score.overridden", interview_id=interview.id, override_id=override.id, **score)
            return claim.keep(shown.to_override(override))

    def ShareReport(self, request: reviews_pb2.ShareReportRequest, context: Context) -> interviews_pb2.Interview:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.get_own_interview(connection, UUID(request.interview_id), person.tenant_id)
            if interview.share_report != request.share_report:
                store.change_interview(connection, interview.id, {"share_report": request.share_report})
                audit.record(connection, "report.shared" if request.share_report else "report.kept", interview_id=interview.id)
            changed = store.get_own_interview(connection, interview.id, person.tenant_id)
            return shown.to_interview(
                changed, organization=True, asked_count=store.count_asked(connection, [changed.id]).get(changed.id, 0),
                open_question=store.open_questions(connection, [changed.id]).get(changed.id),
            )  # fmt: skip
