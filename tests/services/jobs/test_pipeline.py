"""What an organization does with applications beside moving one: in bulk, with notes and scorecards, and what it learns from them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc
import pytest

from einstellen.jobs.v1 import applications_pb2, jobs_pb2, pipeline_pb2_grpc
from einstellen.jobs.v1 import pipeline_pb2 as pb
from tests.conftest import Account, House
from tests.refusals import refused
from tests.services.jobs.conftest import Firm, Seeker, rows

NOT_FOUND, INVALID, DENIED = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.PERMISSION_DENIED


@pytest.fixture
def pipeline(house: House) -> Any:
    return house.stub("jobs", pipeline_pb2_grpc.PipelineServiceStub)


@pytest.fixture
def bulk(pipeline: Any) -> Callable[..., list[tuple[str, str]]]:
    def make(who: Firm | Seeker, made: list[applications_pb2.Application], status: str, *more: str) -> list[tuple[str, str]]:
        request = pb.MoveApplicationsRequest(application_ids=[*(one.id for one in made), *more], status=status, reason="in bulk")
        answer = pipeline.MoveApplications(request, metadata=who.metadata)
        assert [one.application_id for one in answer.outcomes] == [one.lower() for one in request.application_ids]
        return [(one.status, one.refusal) for one in answer.outcomes]

    return make


def test_many_move_at_once_and_one_that_cannot_stops_no_other(
    firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], bulk: Any, applications: Any, house: House
) -> None:
    job, stranger = firm.post(), new_firm()
    first, second, gone = (seeker().apply(job) for _ in range(3))
    assert bulk(firm, [gone], "rejected") == [("rejected", "")]
    nobody = str(uuid4())
    assert bulk(firm, [first, gone, second], "interview", nobody) == [
        ("interview", ""), ("rejected", "MOVE_NOT_ALLOWED"), ("interview", ""), ("", "APPLICATION_NOT_FOUND"),
    ]  # fmt: skip
    assert bulk(stranger, [first], "rejected") == [("", "APPLICATION_NOT_FOUND")]
    assert bulk(firm, [first], "interview") == [("interview", "")]
    twice = first.id.upper()
    assert bulk(firm, [first], "offer", twice) == [("offer", ""), ("offer", "")]
    seen = applications.GetApplication(applications_pb2.GetApplicationRequest(application_id=first.id), metadata=firm.metadata)
    assert [(step.from_status, step.to_status, step.reason) for step in seen.history] == [
        ("", "applied", ""), ("applied", "interview", "in bulk"), ("interview", "offer", "in bulk"),
    ]  # fmt: skip
    told = rows(house, "SELECT count(*) FROM tasks WHERE kind = 'application_moved' AND payload->>'application_id' = %s", first.id)
    events = rows(house, "SELECT count(*) FROM events WHERE kind = 'application.moved' AND subject_id = %s", first.id)
    assert (told, events) == ([(2,)], [(2,)])


def test_notes_are_the_organizations_alone(
    firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], colleague: Callable[[Firm, str], Account], pipeline: Any
) -> None:
    ada = seeker()
    made = ada.apply(firm.post())
    for text in ("Called back", "Knows Kafka"):
        pipeline.AddNote(pb.AddNoteRequest(application_id=made.id, text=text), metadata=firm.metadata)
    viewer = colleague(firm, "viewer")
    request = pb.ListNotesRequest(application_id=made.id, page_size=1)
    page = pipeline.ListNotes(request, metadata=viewer.metadata)
    assert [(note.text, note.author_id) for note in page.notes] == [("Called back", firm.account.user_id)]
    request.page_token = page.next_page_token
    assert [note.text for note in pipeline.ListNotes(request, metadata=viewer.metadata).notes] == ["Knows Kafka"]
    for outsider in (new_firm().account, ada.account):
        with pytest.raises(grpc.RpcError) as refusal:
            pipeline.ListNotes(pb.ListNotesRequest(application_id=made.id), metadata=outsider.metadata)
        assert refusal.value.code() in (NOT_FOUND, DENIED)
    with refused(DENIED, "ROLE_NOT_ALLOWED"):
        pipeline.AddNote(pb.AddNoteRequest(application_id=made.id, text="No"), metadata=viewer.metadata)
    with refused(INVALID, "TEXT_BLANK", field="text"):
        pipeline.AddNote(pb.AddNoteRequest(application_id=made.id, text=" "), metadata=firm.metadata)


def test_a_scorecard_is_ones_own_and_those_of_others_are_read_after_it(
    firm: Firm, seeker: Callable[..., Seeker], colleague: Callable[[Firm, str], Account], pipeline: Any
) -> None:
    made, rita = seeker().apply(firm.post()), colleague(firm, "member")

    def judge(who: Any, value: int, recommendation: str) -> pb.Scorecard:
        ratings = [pb.Rating(criterion="Python", value=value)]
        request = pb.PutScorecardRequest(application_id=made.id, ratings=ratings, recommendation=recommendation, comment=" Clear. ")
        return pipeline.PutScorecard(request, metadata=who.metadata)

    def seen_by(who: Any) -> list[tuple[str, int, str]]:
        cards = pipeline.ListScorecards(pb.ListScorecardsRequest(application_id=made.id), metadata=who.metadata).scorecards
        return [(card.author_id, card.ratings[0].value, card.recommendation) for card in cards]

    judge(firm, 2, "no")
    assert judge(firm, 4, "yes").comment == "Clear."
    owners = (firm.account.user_id, 4, "yes")
    assert seen_by(firm) == [owners]
    assert seen_by(rita) == []
    judge(rita, 5, "strong_yes")
    assert seen_by(rita) == seen_by(firm) == [owners, (rita.user_id, 5, "strong_yes")]
    assert seen_by(colleague(firm, "viewer")) == seen_by(firm)
    twice = [pb.Rating(criterion="Python", value=1), pb.Rating(criterion="python", value=2)]
    with refused(INVALID, "CRITERION_TWICE", field="ratings"):
        pipeline.PutScorecard(
            pb.PutScorecardRequest(application_id=made.id, ratings=twice, recommendation="no"), metadata=firm.metadata
        )  # fmt: skip


def test_the_report_says_how_many_got_where_how_long_it_took_and_what_each_source_brought(
    firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], pipeline: Any, bulk: Any, house: House
) -> None:
    job = firm.post()
    made = [seeker().apply(job, source=source) for source in ("linkedin", "linkedin", "referral", "")]
    bulk(firm, made[:3], "screening")
    bulk(firm, made[:1], "interview")
    bulk(firm, made[:1], "hired")
    bulk(firm, made[1:2], "rejected")
    # Each stage began that many days ago, as the owner of the tables can say.
    rows(house, "UPDATE applications SET applied_at = now() - interval '10 days' WHERE id = ANY(%s::uuid[])", [one.id for one in made])
    rows(house, "UPDATE status_changes SET created_at = now() - interval '10 days' WHERE application_id = ANY(%s::uuid[]) AND to_status = 'applied'",
         [one.id for one in made])  # fmt: skip
    for one, days in zip(made[:3], (8, 6, 4), strict=True):
        rows(house, "UPDATE status_changes SET created_at = now() - make_interval(days => %s) WHERE application_id = %s AND to_status = 'screening'",
             days, one.id)  # fmt: skip
    report = pipeline.GetPipelineReport(pb.GetPipelineReportRequest(job_id=job.id), metadata=firm.metadata)
    counts = {stage.status: (stage.reached, stage.current, stage.advanced, stage.conversion) for stage in report.stages}
    assert counts == {
        "applied": (4, 1, 3, 0.75), "screening": (3, 1, 1, 0.3333), "interview": (1, 0, 1, 1.0), "offer": (0, 0, 0, 0.0),
        "hired": (1, 1, 0, 0.0), "rejected": (1, 1, 0, 0.0), "withdrawn": (0, 0, 0, 0.0),
    }  # fmt: skip
    days = {stage.status: (stage.median_days, stage.mean_days) for stage in report.stages}
    assert days["applied"] == pytest.approx((5.0, 5.5), abs=0.01)  # 2, 4 and 6 days, and 10 by now
    assert days["screening"] == pytest.approx((6.0, 6.0), abs=0.01)
    assert {status for status, (median, _) in days.items() if median} == {
        "applied",
        "screening",
    }  # nobody waits to be hired or rejected any more
    lead = {stage.status: stage.median_lead_days for stage in report.stages}
    assert lead["screening"] == pytest.approx(4.0, abs=0.01)  # 2, 4 and 6 days after the application
    assert (lead["interview"], lead["hired"], lead["applied"]) == (pytest.approx(10.0, abs=0.01), pytest.approx(10.0, abs=0.01), 0)
    found = [(one.source, one.applications, one.interviews, one.hires) for one in report.sources]
    assert found == [("linkedin", 2, 1, 1), ("", 1, 0, 0), ("referral", 1, 0, 0)]
    assert report.applications == 4
    with refused(NOT_FOUND, "JOB_NOT_FOUND"):
        pipeline.GetPipelineReport(pb.GetPipelineReportRequest(job_id=job.id), metadata=new_firm().metadata)


def test_what_people_say_of_themselves_is_counted_and_never_read(
    firm: Firm, seeker: Callable[..., Seeker], pipeline: Any, bulk: Any, applications: Any, house: House
) -> None:
    job = firm.post()
    people = [seeker(skills=()) for _ in range(13)]
    made = [one.apply(job) for one in people]

    def say(one: Seeker, application: applications_pb2.Application, **answers: str) -> pb.SelfIdentification:
        request = pb.PutSelfIdentificationRequest(application_id=application.id, answers=pb.SelfIdentification(**answers))
        return pipeline.PutSelfIdentification(request, metadata=one.metadata)

    def compared() -> tuple[pb.AdverseImpactReport, dict[str, pb.Comparison]]:
        report = pipeline.GetAdverseImpactReport(pb.GetAdverseImpactReportRequest(job_id=job.id), metadata=firm.metadata)
        return report, {one.question: one for one in report.comparisons}

    scored = applications.GetApplication(applications_pb2.GetApplicationRequest(application_id=made[0].id), metadata=firm.metadata)
    for number, (one, application) in enumerate(zip(people, made, strict=True)):
        say(
            one,
            application,
            gender="woman" if number < 5 else "man" if number < 11 else "another",
            age_group="under_40" if number < 4 else "",
        )
    say(people[0], made[0], gender="woman", disability="no")  # replaces the first answer
    bulk(firm, [*made[:2], *made[5:10]], "interview")
    bulk(firm, [*made[2:5], *made[10:11]], "rejected")
    report, questions = compared()
    assert (report.stage, report.applications, report.decided) == ("interview", 13, 11)
    groups = [(group.answer, group.applicants, group.selected, group.selection_rate, group.impact_ratio, group.below_four_fifths)
              for group in questions["gender"].groups]  # fmt: skip
    assert groups == [("man", 6, 5, 0.8333, 1.0, False), ("woman", 5, 2, 0.4, 0.48, True)]
    assert questions["gender"].not_shown == 0  # the two others are not decided
    assert (list(questions["age_group"].groups), questions["age_group"].not_shown) == ([], 3)
    assert "ethnicity" not in questions
    again = applications.GetApplication(applications_pb2.GetApplicationRequest(application_id=made[0].id), metadata=firm.metadata)
    assert again.match_score == scored.match_score
    say(people[0], made[0])  # takes it back
    assert rows(house, "SELECT count(*) FROM self_identifications WHERE application_id = %s", made[0].id) == [(0,)]
    _, questions = compared()
    assert ([group.answer for group in questions["gender"].groups], questions["gender"].not_shown) == (["man"], 4)
    with refused(NOT_FOUND, "APPLICATION_NOT_FOUND"):
        say(people[1], made[0], gender="man")
    with refused(NOT_FOUND, "APPLICATION_NOT_FOUND"):
        request = pb.PutSelfIdentificationRequest(application_id=made[1].id, answers=pb.SelfIdentification(gender="man"))
        pipeline.PutSelfIdentification(request, metadata=firm.metadata)


def test_a_job_ranks_for_its_applicants_by_who_they_are_only_where_it_is_known(jobs: Any, firm: Firm) -> None:
    job = firm.post(blind_until="interview")
    assert job.blind_until == "interview"
    changed = jobs.UpdateJob(jobs_pb2.UpdateJobRequest(job_id=job.id, blind_until="offer"), metadata=firm.metadata)
    assert changed.blind_until == "offer"
    request = jobs_pb2.UpdateJobRequest(job_id=job.id)
    request.update_mask.paths.append("blind_until")
    assert jobs.UpdateJob(request, metadata=firm.metadata).blind_until == ""
