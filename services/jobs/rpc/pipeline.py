"""The RPCs of what an organization does with applications beside moving one, and of what it learns from them."""

from uuid import UUID

import grpc

from einstellen.jobs.v1 import pipeline_pb2, pipeline_pb2_grpc
from services.chassis import audit, calls, errors, events, idempotency, ids, paging, tasks
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.jobs import rules
from services.jobs.store import applications as application_store
from services.jobs.store import jobs as job_store
from services.jobs.store import pipeline as pipeline_store
from services.jobs.tables import Note, Scorecard, SelfIdentification, Stay

Context = grpc.ServicerContext
_A_DAY = 86_400.0


class PipelineService(pipeline_pb2_grpc.PipelineServiceServicer):
    """See pipeline.proto."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def MoveApplications(self, request: pipeline_pb2.MoveApplicationsRequest, context: Context) -> pipeline_pb2.MoveApplicationsResponse:
        person, now = calls.person(), self._clock()
        wanted = [UUID(one) for one in request.application_ids]
        outcomes, made = [], []
        with self._database.begin(person) as connection:
            found = application_store.lock_applications(connection, wanted, person.tenant_id)
            for one in wanted:
                application = found.get(one)
                if application is None:
                    outcomes.append(pipeline_pb2.MoveOutcome(application_id=str(one), refusal="APPLICATION_NOT_FOUND"))
                    continue
                try:
                    moved, step = rules.move(application, request.status, person, reason=request.reason, interview_at=None, now=now)
                except errors.FailedPrecondition as refusal:
                    outcomes.append(pipeline_pb2.MoveOutcome(application_id=str(one), status=application.status, refusal=refusal.reason))
                    continue
                outcomes.append(pipeline_pb2.MoveOutcome(application_id=str(one), status=moved.status))
                found[one] = moved  # one that is named twice, in other letters, stands there by then
                if step is not None:
                    application_store.move_application(connection, moved, step)
                    steps = audit.turned(status=(step.from_status, step.to_status))
                    audit.record(connection, "application.moved", application_id=one, **steps)
                    tasks.enqueue(
                        connection, "application_moved", {"application_id": one, "status": step.to_status}, tenant_id=moved.tenant_id
                    )  # fmt: skip
                    made.append((moved, step))
            for moved, step in made:
                events.record(
                    connection, "application.moved", moved.id, moved.tenant_id, **rules.told(moved),
                    from_status=step.from_status, to_status=step.to_status,
                )  # fmt: skip
        return pipeline_pb2.MoveApplicationsResponse(outcomes=outcomes)

    def AddNote(self, request: pipeline_pb2.AddNoteRequest, context: Context) -> pipeline_pb2.Note:
        person = calls.person()
        text = rules.required("text", request.text)
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, pipeline_pb2.Note)
            if claim.answer is not None:
                return claim.answer
            application = application_store.own_application(connection, UUID(request.application_id), person.tenant_id)
            note = Note(ids.mint(), person.tenant_id, application.id, person.user_id, text, self._clock())
            pipeline_store.add_note(connection, note)
            audit.record(connection, "application.noted", application_id=application.id, note_id=note.id)
            return claim.keep(to_note(note))

    def ListNotes(self, request: pipeline_pb2.ListNotesRequest, context: Context) -> pipeline_pb2.ListNotesResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            application = application_store.own_application(connection, UUID(request.application_id), person.tenant_id)
            rows, token = page.cut(pipeline_store.list_notes(connection, page, application.id, person.tenant_id), lambda row: [row.id])
        return pipeline_pb2.ListNotesResponse(notes=map(to_note, rows), next_page_token=token)

    def PutScorecard(self, request: pipeline_pb2.PutScorecardRequest, context: Context) -> pipeline_pb2.Scorecard:
        person = calls.person()
        card = Scorecard(
            UUID(request.application_id), person.user_id, person.tenant_id, rules.ratings((one.criterion, one.value) for one in request.ratings),
            request.recommendation, request.comment.strip(), self._clock(),
        )  # fmt: skip
        with self._database.begin(person) as connection:
            application = application_store.own_application(connection, card.application_id, person.tenant_id)
            known = {
                one.author_id: one.recommendation for one in pipeline_store.list_scorecards(connection, application.id, person.tenant_id)
            }
            pipeline_store.put_scorecard(connection, card)
            judged = audit.turned(recommendation=(known.get(person.user_id), card.recommendation))
            audit.record(connection, "application.judged", application_id=application.id, **judged)
        return to_scorecard(card)

    def ListScorecards(self, request: pipeline_pb2.ListScorecardsRequest, context: Context) -> pipeline_pb2.ListScorecardsResponse:
        person = calls.person()
        with self._database.begin(person) as connection:
            application = application_store.own_application(connection, UUID(request.application_id), person.tenant_id)
            cards = pipeline_store.list_scorecards(connection, application.id, person.tenant_id)
        return pipeline_pb2.ListScorecardsResponse(scorecards=map(to_scorecard, rules.readable_scorecards(cards, person)))

    def GetPipelineReport(self, request: pipeline_pb2.GetPipelineReportRequest, context: Context) -> pipeline_pb2.PipelineReport:
        person, now = calls.person(), self._clock()
        with self._database.begin(person) as connection:
            job = job_store.get_job(connection, UUID(request.job_id), person.tenant_id)
            outcomes = pipeline_store.count_outcomes(connection, job.id, person.tenant_id)
            stays = {
                stay.status: stay
                for stay in pipeline_store.list_stays(connection, job.id, person.tenant_id, rules.PIPELINE, rules.FINAL, now)
            }
        nobody = Stay("", 0, 0, 0, 0, 0, 0)
        stages = [
            pipeline_pb2.Stage(
                status=status, reached=stay.reached, current=stay.current, advanced=stay.advanced,
                conversion=round(stay.advanced / stay.reached, 4) if stay.reached else 0, median_days=round(stay.median / _A_DAY, 4),
                mean_days=round(stay.mean / _A_DAY, 4), median_lead_days=round(stay.lead / _A_DAY, 4),
            )
            for status in rules.STATUSES
            for stay in (stays.get(status, nobody),)
        ]  # fmt: skip
        sources = [
            pipeline_pb2.Source(source=one.name, applications=one.applications, interviews=one.interviews, hires=one.hires)
            for one in rules.sources(outcomes)
        ]  # fmt: skip
        total = sum(count for *_, count in outcomes)
        return pipeline_pb2.PipelineReport(job_id=str(job.id), stages=stages, sources=sources, applications=total)

    def PutSelfIdentification(
        self, request: pipeline_pb2.PutSelfIdentificationRequest, context: Context
    ) -> pipeline_pb2.SelfIdentification:
        person, said, wanted = calls.person(), request.answers, UUID(request.application_id)
        answers = {question: getattr(said, question) for question in rules.QUESTIONS}
        with self._database.begin_where(person, lambda connection: application_store.find_application(connection, wanted)) as connection:
            application = application_store.get_application(connection, wanted, person.tenant_id, person.user_id)
            if application.user_id != person.user_id:
                raise application_store.no_application()
            if any(answers.values()):
                pipeline_store.put_self_identification(connection, SelfIdentification(application.id, person.user_id, **answers))
            else:
                pipeline_store.forget_self_identification(connection, application.id, person.user_id)
            audit.record(connection, "application.self_identified", application_id=application.id)
        return pipeline_pb2.SelfIdentification(**answers)

    def GetAdverseImpactReport(
        self, request: pipeline_pb2.GetAdverseImpactReportRequest, context: Context
    ) -> pipeline_pb2.AdverseImpactReport:
        person, stage = calls.person(), request.stage or "interview"
        with self._database.begin(person) as connection:
            job = job_store.get_job(connection, UUID(request.job_id), person.tenant_id)
            outcomes = pipeline_store.count_outcomes(connection, job.id, person.tenant_id)
            audit.record(connection, "job.impact_reported", job_id=job.id)
        # In the system scope, as nobody of the organization may read an answer: what leaves here is sums of five or more.
        with self._database.of(person.tenant_id).begin(calls.SYSTEM) as connection:
            answers = {question: pipeline_store.count_answers(connection, job.id, question) for question in rules.QUESTIONS}
        comparisons = [
            _to_comparison(question, *rules.compare(rules.decided(counts, stage))) for question, counts in answers.items() if counts
        ]
        return pipeline_pb2.AdverseImpactReport(
            job_id=str(job.id), stage=stage, applications=sum(count for *_, count in outcomes),
            decided=sum(applicants for applicants, _ in rules.decided(outcomes, stage).values()), comparisons=comparisons,
        )  # fmt: skip


def _to_comparison(question: str, groups: list[rules.Group], not_shown: int) -> pipeline_pb2.Comparison:
    listed = [
        pipeline_pb2.Group(
            answer=group.answer, applicants=group.applicants, selected=group.selected, selection_rate=round(float(group.rate), 4),
            impact_ratio=round(float(group.impact_ratio), 4), below_four_fifths=group.impact_ratio < rules.FOUR_FIFTHS,
        )
        for group in groups
    ]  # fmt: skip
    return pipeline_pb2.Comparison(question=question, groups=listed, not_shown=not_shown)


def to_note(note: Note) -> pipeline_pb2.Note:
    return pipeline_pb2.Note(
        id=str(note.id), application_id=str(note.application_id), author_id=str(note.author_id), text=note.text,
        create_time=to_timestamp(note.created_at),
    )  # fmt: skip


def to_scorecard(card: Scorecard) -> pipeline_pb2.Scorecard:
    return pipeline_pb2.Scorecard(
        application_id=str(card.application_id), author_id=str(card.author_id),
        ratings=[pipeline_pb2.Rating(criterion=criterion, value=value) for criterion, value in card.ratings],
        recommendation=card.recommendation, comment=card.comment, update_time=to_timestamp(card.updated_at),
    )  # fmt: skip
