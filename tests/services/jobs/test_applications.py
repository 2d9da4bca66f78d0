"""Applications over gRPC: who makes, sees and moves them, and what both sides are told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from cli.stack import mailbox
from einstellen.candidates.v1 import candidates_pb2
from einstellen.jobs.v1 import applications_pb2 as pb
from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc, reminders_pb2, reminders_pb2_grpc
from services.chassis.clock import to_timestamp
from tests.conftest import Account, House, until
from tests.refusals import refused, told
from tests.services.candidates.conftest import chunks
from tests.services.candidates.parsing import hostile
from tests.services.jobs.conftest import Firm, Seeker, rows

NOT_FOUND, INVALID, NOT_NOW = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)


@pytest.fixture
def move(applications: Any) -> Callable[..., pb.Application]:
    def make(who: Firm | Seeker | Account, application: pb.Application, status: str, **fields: Any) -> pb.Application:
        request = pb.UpdateApplicationStatusRequest(application_id=application.id, status=status, **fields)
        return applications.UpdateApplicationStatus(request, metadata=who.metadata)

    return make


def mail_to(house: House, account: Account, words: str) -> mailbox.Mail:
    """Waits for the one mail with these words in its subject."""
    (found,) = until(lambda: [mail for mail in house.mails(account.email) if words in mail["subject"]], f"a mail about {words}")
    return found


def tasks_done(house: House, application: pb.Application) -> bool:
    states = rows(house, "SELECT state FROM tasks WHERE payload->>'application_id' = %s", application.id)
    return all(state == "done" for (state,) in states)


def test_an_application_is_seen_by_both_sides_and_scored_for_the_organization_alone(
    applications: Any, firm: Firm, seeker: Callable[..., Seeker]
) -> None:
    job, ada = firm.post(), seeker()
    made = ada.apply(job, cover_letter="Hello!")
    assert (made.status, made.job_title, made.user_id, made.room_name) == (
        "applied", job.title, ada.account.user_id, f"application-{made.id}"
    )  # fmt: skip
    assert made.candidate_name.split()[0]
    seen = applications.GetApplication(pb.GetApplicationRequest(application_id=made.id), metadata=ada.metadata)
    assert seen == made
    assert not seen.HasField("match_score")
    theirs = applications.GetApplication(pb.GetApplicationRequest(application_id=made.id), metadata=firm.metadata)
    assert theirs.cover_letter == "Hello!"
    assert {"Python", "PostgreSQL"} <= set(theirs.match_score.matched_skills)
    assert "Kubernetes" in theirs.match_score.missing_skills
    assert theirs.match_score.value == pytest.approx(sum(signal.contribution for signal in theirs.match_score.signals))
    assert sum(signal.weight for signal in theirs.match_score.signals) == pytest.approx(1, abs=0.001)
    skills = {one.skill: one for one in theirs.match_score.skills}
    assert set(skills) == {*theirs.match_score.matched_skills, *theirs.match_score.missing_skills}
    assert sum(one.share for one in skills.values()) == pytest.approx(1, abs=0.001)
    there = sum(one.share for one in skills.values() if one.evidence)
    assert there == pytest.approx(next(one.value for one in theirs.match_score.signals if one.name == "skills"), abs=0.001)
    assert (skills["Python"].evidence, skills["Python"].key, skills["Kubernetes"].evidence) == ("listed", True, "")
    assert theirs.match_score.summary.startswith(f"{theirs.match_score.value:.1f} of 100: has ")
    theirs.ClearField("match_score")
    assert theirs == made


def test_a_cv_that_cannot_be_read_loses_no_application_and_the_employer_reads_the_original(
    firm: Firm, seeker: Callable[..., Seeker], candidates: Any
) -> None:
    ada, scan = seeker(), hostile.pdf(words="")
    cv = candidates.UploadCv(chunks(ada.candidate_id, scan, "application/pdf"), metadata=ada.metadata)
    made = ada.apply(firm.post())  # while it still waits

    def seen() -> list[candidates_pb2.Cv]:
        try:
            listed = candidates.ListCvs(candidates_pb2.ListCvsRequest(candidate_id=made.candidate_id), metadata=firm.metadata).cvs
        except grpc.RpcError:  # until the organization may see who applied
            return []
        return [one for one in listed if one.status != "queued"]

    (read,) = until(seen, "the CV was looked at")
    assert (read.id, read.status, read.reason) == (cv.id, "unreadable", "FILE_NO_TEXT_LAYER")
    asked = candidates_pb2.GetCvRequest(candidate_id=made.candidate_id, cv_id=cv.id)
    assert b"".join(piece.data for piece in candidates.DownloadCv(asked, metadata=firm.metadata)) == scan


def test_nobody_else_sees_or_moves_an_application(
    applications: Any, firm: Firm, new_firm: Callable[[], Firm], seeker: Callable[..., Seeker], move: Any
) -> None:
    made = seeker().apply(firm.post())
    for stranger in (new_firm(), seeker()):
        with refused(NOT_FOUND, "APPLICATION_NOT_FOUND"):
            applications.GetApplication(pb.GetApplicationRequest(application_id=made.id), metadata=stranger.metadata)
        with refused(NOT_FOUND, "APPLICATION_NOT_FOUND"):
            move(stranger, made, "rejected")
        assert not applications.ListApplications(pb.ListApplicationsRequest(), metadata=stranger.metadata).applications
        request = pb.ListApplicationsRequest(job_id=made.job_id)
        assert not applications.ListApplications(request, metadata=stranger.metadata).applications
    for call in (applications.GetApplication, applications.ListApplications):
        request = pb.GetApplicationRequest(application_id=made.id) if call is applications.GetApplication else pb.ListApplicationsRequest()
        with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
            call(request)


def test_other_services_read_an_application_as_the_organization_does(
    applications: Any, firm: Firm, seeker: Callable[..., Seeker], house: House
) -> None:
    made, metadata = seeker().apply(firm.post()), house.as_service("interviews", "jobs")
    assert applications.GetApplication(pb.GetApplicationRequest(application_id=made.id), metadata=metadata).HasField("match_score")
    with refused(NOT_FOUND, "APPLICATION_NOT_FOUND"):
        applications.GetApplication(pb.GetApplicationRequest(application_id=str(uuid4())), metadata=metadata)


def test_twenty_concurrent_applications_are_one(firm: Firm, seeker: Callable[..., Seeker], house: House) -> None:
    job, ada = firm.post(), seeker()

    def apply(_: int) -> str:
        try:
            return ada.apply(job).status
        except grpc.RpcError as problem:
            return told(problem).reason

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(apply, range(20)))
    assert answers == ["ALREADY_APPLIED"] * 19 + ["applied"]
    assert rows(house, "SELECT count(*) FROM applications WHERE job_id = %s", job.id) == [(1,)]
    assert rows(house, "SELECT count(*) FROM tasks WHERE kind = 'application_received' AND tenant_id = %s", firm.account.tenant_id) == [
        (1,)
    ]


def test_a_repeated_key_gets_the_first_answer_even_after_the_job_closed(firm: Firm, seeker: Callable[..., Seeker]) -> None:
    job, ada = firm.post(), seeker()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ada.apply(job, request_id="one"), range(8)))
    firm.close(job)
    assert all(answer == ada.apply(job, request_id="one") for answer in answers)
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        ada.apply(job, request_id="one", cover_letter="Other")


def test_nobody_applies_where_they_cannot(firm: Firm, seeker: Callable[..., Seeker], applications: Any, house: House) -> None:
    ada, marco = seeker(), seeker()
    with refused(NOT_FOUND, "JOB_NOT_FOUND"):
        ada.apply(firm.post(status="draft"))
    closed = firm.post()
    closed.id = firm.close(closed).id
    with refused(NOT_NOW, "JOB_CLOSED"):
        ada.apply(closed)
    job = firm.post()
    with refused(NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        ada.apply(job, candidate_id=marco.candidate_id)
    nobody = house.register()
    with refused(NOT_FOUND, "CANDIDATE_NOT_FOUND") as told:
        applications.Apply(pb.ApplyRequest(job_id=job.id), metadata=nobody.metadata)
    assert "make one first" in told.message
    with refused(NOT_NOW, "JOB_CLOSED"):  # before anybody makes a profile for it
        applications.Apply(pb.ApplyRequest(job_id=closed.id), metadata=nobody.metadata)
    with refused(NOT_FOUND, "JOB_NOT_FOUND"):
        applications.Apply(pb.ApplyRequest(job_id=str(uuid4())), metadata=ada.metadata)
    with refused(INVALID, "FIELDS_INVALID", field="cover_letter"):
        ada.apply(job, cover_letter="x" * 10001)
    with refused(INVALID, "FIELDS_INVALID", field="job_id"):
        applications.Apply(pb.ApplyRequest(job_id="job"), metadata=ada.metadata)
    assert rows(house, "SELECT count(*) FROM applications WHERE tenant_id = %s", firm.account.tenant_id) == [(0,)]
    assert ada.apply(job, candidate_id=ada.candidate_id).status == "applied"


def test_applications_are_listed_newest_first_by_job_and_status(
    applications: Any, firm: Firm, seeker: Callable[..., Seeker], move: Any
) -> None:
    one, other = firm.post("One"), firm.post("Other")
    ada, marco = seeker(), seeker()
    made = [ada.apply(one), marco.apply(one), ada.apply(other)]
    move(firm, made[1], "screening")

    def listed(who: Firm | Seeker, **fields: Any) -> list[str]:
        seen, token = [], ""
        while True:
            request = pb.ListApplicationsRequest(page_size=2, page_token=token, **fields)
            page = applications.ListApplications(request, metadata=who.metadata)
            seen += [application.id for application in page.applications]
            if not (token := page.next_page_token):
                return seen

    assert listed(firm) == [application.id for application in reversed(made)]
    assert listed(firm, job_id=one.id) == [made[1].id, made[0].id]
    assert listed(firm, job_id=one.id, status="screening") == [made[1].id]
    assert listed(ada) == [made[2].id, made[0].id]
    (mine,) = applications.ListApplications(pb.ListApplicationsRequest(job_id=other.id), metadata=ada.metadata).applications
    assert (mine.job_title, mine.HasField("match_score")) == ("Other", False)
    (theirs,) = applications.ListApplications(pb.ListApplicationsRequest(job_id=other.id), metadata=firm.metadata).applications
    assert theirs.HasField("match_score")
    with refused(INVALID, "FIELDS_INVALID", field="status"):
        applications.ListApplications(pb.ListApplicationsRequest(status="gone"), metadata=firm.metadata)
    with refused(INVALID, "PAGE_TOKEN_INVALID", field="page_token"):
        applications.ListApplications(pb.ListApplicationsRequest(page_token="x"), metadata=firm.metadata)


def test_the_history_says_who_moved_it_when_and_to_the_organization_why(
    applications: Any, firm: Firm, seeker: Callable[..., Seeker], move: Any
) -> None:
    ada = seeker()
    made = ada.apply(firm.post())
    move(firm, made, "screening", reason="strong on Python")
    moved = move(firm, made, "rejected", reason="no Kubernetes")
    steps = [(step.from_status, step.to_status, step.reason, step.user_id) for step in moved.history]
    assert steps == [
        ("", "applied", "", ada.account.user_id),
        ("applied", "screening", "strong on Python", firm.account.user_id),
        ("screening", "rejected", "no Kubernetes", firm.account.user_id),
    ]
    seen = applications.GetApplication(pb.GetApplicationRequest(application_id=made.id), metadata=ada.metadata)
    assert [(step.to_status, step.reason) for step in seen.history] == [("applied", ""), ("screening", ""), ("rejected", "")]
    assert all(step.HasField("change_time") for step in seen.history)


def test_each_side_makes_its_own_moves(
    firm: Firm, seeker: Callable[..., Seeker], move: Any, colleague: Callable[[Firm, str], Account]
) -> None:
    ada = seeker()
    made = ada.apply(firm.post())
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED"):
        move(colleague(firm, "viewer"), made, "screening")
    with refused(NOT_NOW, "MOVE_NOT_ALLOWED"):
        move(ada, made, "hired")
    with refused(NOT_NOW, "MOVE_NOT_ALLOWED"):
        move(firm, made, "withdrawn")
    assert move(colleague(firm, "member"), made, "screening").status == "screening"
    with refused(NOT_NOW, "MOVE_NOT_ALLOWED"):
        move(firm, made, "applied")
    withdrawn = move(ada, made, "withdrawn")
    assert (withdrawn.status, withdrawn.HasField("match_score")) == ("withdrawn", False)
    with refused(NOT_NOW, "MOVE_NOT_ALLOWED"):
        move(firm, made, "offer")


def test_an_interview_needs_a_time_that_lies_ahead(firm: Firm, seeker: Callable[..., Seeker], move: Any) -> None:
    made = seeker().apply(firm.post())
    for reason, time in (
        ("INTERVIEW_TIME_PAST", to_timestamp(datetime.now(UTC) - timedelta(minutes=1))),
        ("TIME_INVALID", Timestamp(seconds=10**15)),
        ("TIME_INVALID", Timestamp(seconds=10**10, nanos=-5)),
    ):
        with refused(INVALID, reason, field="interview_time"):
            move(firm, made, "interview", interview_time=time)
    with refused(INVALID, "INTERVIEW_TIME_UNEXPECTED", field="interview_time"):
        move(firm, made, "screening", interview_time=to_timestamp(SOON))
    with refused(INVALID, "FIELDS_INVALID", field="status"):
        move(firm, made, "paused")


def test_of_many_who_move_at_once_one_moves_and_the_others_find_it_moved(
    firm: Firm, seeker: Callable[..., Seeker], move: Any, house: House
) -> None:
    made = seeker().apply(firm.post())
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: move(firm, made, "screening"), range(10)))
    assert {answer.status for answer in answers} == {"screening"}
    assert len(answers[0].history) == 2
    query = "SELECT count(*) FROM tasks WHERE kind = 'application_moved' AND payload->>'application_id' = %s"
    assert rows(house, query, made.id) == [(1,)]
    assert rows(house, "SELECT count(*) FROM events WHERE kind = 'application.moved' AND subject_id = %s", made.id) == [(1,)]


def test_applying_and_moving_are_audited(firm: Firm, seeker: Callable[..., Seeker], move: Any, house: House) -> None:
    ada = seeker()
    made = ada.apply(firm.post())
    move(firm, made, "screening", reason="never in the log")
    query = "SELECT action, user_id::text, details FROM audit_log WHERE details->>'application_id' = %s ORDER BY id"
    (applied, moved) = rows(house, query, made.id)
    assert applied == ("application.created", ada.account.user_id, {"application_id": made.id, "job_id": made.job_id})
    assert moved == (
        "application.moved", firm.account.user_id,
        {"application_id": made.id, "before": {"status": "applied"}, "after": {"status": "screening"}},
    )  # fmt: skip


def test_whoever_applies_is_shown_to_the_organization_and_both_are_told_and_share_a_room(
    firm: Firm, seeker: Callable[..., Seeker], house: House, candidates: Any
) -> None:
    job, ada = firm.post("Platform Engineer"), seeker()
    request = candidates_pb2.GetCandidateRequest(candidate_id=ada.candidate_id)
    with refused(NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.GetCandidate(request, metadata=firm.metadata)
    made = ada.apply(job)
    assert made.candidate_name in mail_to(house, firm.account, "Platform Engineer")["subject"]
    assert "Nordlicht Zahlungen" in mail_to(house, ada.account, "Platform Engineer")["subject"]
    assert candidates.GetCandidate(request, metadata=firm.metadata).phone
    rooms = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)
    for who in (ada, firm):
        (room,) = rooms.ListRooms(messages_pb2.ListRoomsRequest(), metadata=who.metadata).rooms
        assert (room.room_name, room.title, set(room.user_ids)) == (
            made.room_name, "Platform Engineer", {ada.account.user_id, firm.account.user_id}
        )  # fmt: skip
    assert until(lambda: tasks_done(house, made), "the tasks are done")


def test_an_invitation_carries_a_calendar_file_and_both_are_reminded(
    firm: Firm, seeker: Callable[..., Seeker], house: House, move: Any
) -> None:
    ada = seeker()
    made = ada.apply(firm.post())
    moved = move(firm, made, "interview", interview_time=to_timestamp(SOON))
    assert moved.interview_time == to_timestamp(SOON)
    for account in (ada.account, firm.account):
        assert mail_to(house, account, "Interview: ")["attachments"]
    reminders = house.stub("notifications", reminders_pb2_grpc.ReminderServiceStub)

    def listed() -> list[reminders_pb2.Reminder]:
        return list(reminders.ListReminders(reminders_pb2.ListRemindersRequest(), metadata=firm.metadata).reminders)

    (reminder,) = until(listed, "a reminder is set")
    assert (reminder.application_id, reminder.interview_time, reminder.status) == (made.id, to_timestamp(SOON), "scheduled")
    assert {reminder.candidate_id, reminder.employer_id} == {ada.account.user_id, firm.account.user_id}
    assert move(firm, made, "interview").interview_time == moved.interview_time
    move(ada, made, "withdrawn")
    assert until(lambda: listed()[0].status == "cancelled", "the reminder of a withdrawn application is cancelled")
    assert until(lambda: tasks_done(house, made), "the tasks are done")
    assert len([mail for mail in house.mails(ada.account.email) if "Interview" in mail["subject"]]) == 1


def test_an_interview_without_a_time_is_told_as_a_status(firm: Firm, seeker: Callable[..., Seeker], house: House, move: Any) -> None:
    ada = seeker()
    made = ada.apply(firm.post())
    move(firm, made, "interview")
    for account in (ada.account, firm.account):
        assert not mail_to(house, account, "is now interview")["attachments"]
    assert until(lambda: tasks_done(house, made), "the tasks are done")
