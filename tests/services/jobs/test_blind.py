"""Blind mode: until the stage that the employer chose, nothing that the organization can read says who applied; and no score ever knows."""

import base64
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import grpc
import psycopg2
import pytest

from einstellen.candidates.v1 import candidates_pb2
from einstellen.jobs.v1 import applications_pb2 as pb
from einstellen.jobs.v1 import jobs_pb2
from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc, reminders_pb2, reminders_pb2_grpc
from services.chassis.clock import to_timestamp
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.jobs.conftest import Firm, Seeker, copied, rows
from tests.services.jobs.test_applications import SOON, tasks_done

WORK = candidates_pb2.WorkExperience(
    job_title="Backend Engineer", description="Payments in Python on PostgreSQL", start_date="2019-03", end_date="2024-06"
)  # fmt: skip


@pytest.fixture
def person(house: House, candidates: Any, applications: Any) -> Callable[..., Seeker]:
    """Somebody who is the same as everybody else in all that matters for work."""

    def make(first: str, last: str, dob: str, school: str, company: str, picture: str, phone: str, **more: str) -> Seeker:
        account = house.register(first, last)
        with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection, connection.cursor() as cursor:
            cursor.execute("UPDATE users SET picture_url = %s WHERE id = %s", (picture, account.user_id))
        summary = more.get("summary", "Builds payment services.")
        made = candidates.CreateCandidate(
            candidates_pb2.CreateCandidateRequest(
                first_name=first, last_name=last, dob=dob, phone=phone, headline="Backend Engineer", summary=summary, location="Berlin, Germany"
            ),
            metadata=account.metadata,
        )  # fmt: skip
        work, education = candidates_pb2.WorkExperience(), candidates_pb2.Education(degree="BSc Computer Science", university=school)
        work.CopyFrom(WORK)
        work.company_name = company
        add = candidates_pb2
        candidates.AddWorkExperience(add.AddWorkExperienceRequest(candidate_id=made.id, work_experience=work), metadata=account.metadata)
        candidates.AddEducation(add.AddEducationRequest(candidate_id=made.id, education=education), metadata=account.metadata)
        skill = candidates_pb2.Skill(skill_name="Python")
        candidates.AddSkill(add.AddSkillRequest(candidate_id=made.id, skill=skill), metadata=account.metadata)
        copied(house, made.id)
        return Seeker(account, made.id, applications)

    return make


ADA = ("Ada", "Lindqvist", "1990-12-31", "KTH Stockholm", "Klarna", "https://example.com/ada.png", "+46 8 1234567")
MEHMET = ("Mehmet", "Yilmaz", "1961-01-02", "Abendschule Castrop", "Kiosk am Eck", "", "+49 30 7654321")


def test_name_photo_birth_date_school_and_employer_do_not_move_a_score(firm: Firm, person: Any, applications: Any, jobs: Any) -> None:
    job = firm.post(location="Berlin, Germany")
    one, other = person(*ADA), person(*MEHMET)
    scores = [read(applications, firm, someone.apply(job)).match_score for someone in (one, other)]
    assert scores[0] == scores[1]
    assert scores[0].value > 20
    matches = jobs.ListMatches(jobs_pb2.ListMatchesRequest(job_id=job.id, page_size=100), metadata=firm.metadata).matches
    ranked = {match.candidate_id: match.score for match in matches}
    assert ranked[one.candidate_id] == ranked[other.candidate_id]


def read(applications: Any, who: Any, application: pb.Application) -> pb.Application:
    return applications.GetApplication(pb.GetApplicationRequest(application_id=application.id), metadata=who.metadata)


def test_who_applied_is_hidden_from_the_organization_until_the_stage_that_it_chose(
    firm: Firm, person: Any, applications: Any, candidates: Any, jobs: Any, house: House, colleague: Callable[[Firm, str], Account]
) -> None:
    job = firm.post(blind_until="interview")
    ada = person(*ADA, summary="I am Ada Lindqvist, ada@example.com, https://ada.dev, +46 8 123 45 67. Builds payment services.")
    made = ada.apply(job, cover_letter="Ada here!")
    marks = ("Ada", "Lindqvist", "1990-12-31", "KTH", "Klarna", "ada.", "123 45", ada.candidate_id, ada.account.user_id, ada.account.email)

    def move(status: str) -> pb.Application:
        request = pb.UpdateApplicationStatusRequest(application_id=made.id, status=status)
        return applications.UpdateApplicationStatus(request, metadata=firm.metadata)

    def listed() -> pb.Application:
        found = applications.ListApplications(pb.ListApplicationsRequest(job_id=job.id), metadata=firm.metadata).applications
        return next(one for one in found if one.id == made.id)

    def matched() -> jobs_pb2.Match:
        found = jobs.ListMatches(jobs_pb2.ListMatchesRequest(job_id=job.id, page_size=100), metadata=firm.metadata).matches
        return next(one for one in found if one.application_id == made.id)

    def nothing_told(*answers: object) -> None:
        for answer in answers:
            assert not [mark for mark in marks if mark in str(answer)], answer

    seen = read(applications, firm, made)
    nothing_told(seen, listed(), matched(), move("screening"), read(applications, colleague(firm, "admin"), made))
    assert (seen.blind, seen.match_score.value > 0, seen.room_name) == (True, True, "")
    assert list(seen.profile.titles) == ["Backend Engineer"]
    assert list(seen.profile.skills) == ["Python"]
    assert [(one.title, one.start_date) for one in seen.profile.positions] == [("Backend Engineer", "2019-03-01")]
    assert list(seen.profile.degrees) == ["BSc Computer Science"]
    assert "Builds payment services." in seen.profile.summary
    until(lambda: tasks_done(house, made), "all is told")
    told = until(
        lambda: (mails := [one for one in house.mails(firm.account.email) if "Backend" in one["subject"]])[1:] and mails, "both are told"
    )
    nothing_told(*told)
    assert {mail["subject"].strip() for mail in told} == {
        "An application: Backend Engineer at Nordlicht Zahlungen is now screening", "New application: Backend Engineer",
    }  # fmt: skip
    rooms = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)
    assert not rooms.ListRooms(messages_pb2.ListRoomsRequest(), metadata=firm.metadata).rooms
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.GetCandidate(candidates_pb2.GetCandidateRequest(candidate_id=ada.candidate_id), metadata=firm.metadata)
    own = read(applications, ada, made)
    assert (own.candidate_name, own.cover_letter, own.blind) == ("Ada Lindqvist", "Ada here!", False)
    # What Ada applied under stays, whatever becomes of the job.
    request = jobs_pb2.UpdateJobRequest(job_id=job.id)
    request.update_mask.paths.append("blind_until")
    jobs.UpdateJob(request, metadata=firm.metadata)
    nothing_told(read(applications, firm, made), matched())

    shown = move("interview")
    assert (shown.candidate_name, shown.candidate_id, shown.user_id, shown.cover_letter, shown.blind) == (
        "Ada Lindqvist", ada.candidate_id, ada.account.user_id, "Ada here!", False,
    )  # fmt: skip
    assert matched().display_name == listed().candidate_name == "Ada Lindqvist"
    until(lambda: tasks_done(house, made), "all is told")
    assert [room.room_name for room in rooms.ListRooms(messages_pb2.ListRoomsRequest(), metadata=firm.metadata).rooms] == [shown.room_name]
    candidates.GetCandidate(candidates_pb2.GetCandidateRequest(candidate_id=ada.candidate_id), metadata=firm.metadata)
    until(lambda: [mail for mail in house.mails(firm.account.email) if "Lindqvist" in str(mail)], "the employer is told who it is")


def test_an_interview_before_the_stage_reminds_both_and_tells_the_organization_of_no_account(
    firm: Firm, person: Any, applications: Any, house: House
) -> None:
    ada = person(*ADA)
    made = ada.apply(firm.post(blind_until="offer"))
    request = pb.UpdateApplicationStatusRequest(application_id=made.id, status="interview", interview_time=to_timestamp(SOON))
    applications.UpdateApplicationStatus(request, metadata=firm.metadata)
    reminders = house.stub("notifications", reminders_pb2_grpc.ReminderServiceStub)

    def listed(who: Any) -> list[reminders_pb2.Reminder]:
        return list(reminders.ListReminders(reminders_pb2.ListRemindersRequest(), metadata=who.metadata).reminders)

    (seen,) = until(lambda: listed(firm), "a reminder is set")
    moved = reminders.MoveReminder(
        reminders_pb2.MoveReminderRequest(reminder_id=seen.id, interview_time=to_timestamp(SOON + timedelta(hours=1))),
        metadata=firm.metadata,
    )
    ended = reminders.CancelReminder(reminders_pb2.CancelReminderRequest(reminder_id=seen.id), metadata=firm.metadata)
    for answer in (seen, moved, ended):
        assert {one.user_id for one in answer.recipients} == {"", firm.account.user_id}
        assert not [mark for mark in (ada.account.user_id, ada.candidate_id) if mark in str(answer)]
    (invited,) = until(
        lambda: [one for one in house.mails(firm.account.email) if "Interview" in one["subject"]], "the employer is told of it"
    )
    assert "is set" in invited["text"]
    assert not [mark for mark in ("Ada", ada.candidate_id, "meet you") if mark in str(invited)]
    (own,) = listed(ada)
    assert own.candidate_id == ada.account.user_id
    assert ada.account.user_id in {one.user_id for one in own.recipients}
    # Events are what webhooks hand on: their details name the candidate from the stage on.
    details = "SELECT details ? 'candidate_id' FROM events WHERE subject_id = %s ORDER BY position"
    offer = pb.UpdateApplicationStatusRequest(application_id=made.id, status="offer")
    applications.UpdateApplicationStatus(offer, metadata=firm.metadata)
    assert rows(house, details, made.id) == [(False,), (False,), (True,)]


def test_a_rejection_before_the_stage_leaves_it_hidden(firm: Firm, person: Any, applications: Any) -> None:
    made = person(*ADA).apply(firm.post(blind_until="offer"))
    request = pb.UpdateApplicationStatusRequest(application_id=made.id, status="rejected", reason="not enough Python")
    seen = applications.UpdateApplicationStatus(request, metadata=firm.metadata)
    assert (seen.status, seen.candidate_name, seen.candidate_id, seen.blind) == ("rejected", "", "", True)


def test_the_pages_of_a_blind_job_name_nobody_and_leave_nobody_out(firm: Firm, seeker: Callable[..., Seeker], jobs: Any) -> None:
    job = firm.post(blind_until="hired")
    people = [seeker() for _ in range(5)]
    made = {one.apply(job).id for one in people}
    found, token = [], ""
    while True:
        request = jobs_pb2.ListMatchesRequest(job_id=job.id, page_size=2, page_token=token)
        page = jobs.ListMatches(request, metadata=firm.metadata)
        found += page.matches
        if not (token := page.next_page_token):
            break
        said = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        assert not [one for one in people if one.candidate_id in said]
    assert [match.rank for match in found] == list(range(1, len(found) + 1))
    assert made <= {match.application_id for match in found}
    assert {(match.candidate_id, match.display_name) for match in found} == {("", "")}


def test_who_came_first_meanwhile_doubles_nobody_on_the_pages_of_a_blind_job(firm: Firm, seeker: Callable[..., Seeker], jobs: Any) -> None:
    job = firm.post(blind_until="hired")
    made = {seeker("Pastry Chef", ("Baking",)).apply(job).id for _ in range(5)}
    request = jobs_pb2.ListMatchesRequest(job_id=job.id, page_size=2)
    page = jobs.ListMatches(request, metadata=firm.metadata)
    found = list(page.matches)
    while request.page_token != page.next_page_token:
        seeker().apply(job)  # who fits better, and stands before them all
        request.page_token = page.next_page_token
        page = jobs.ListMatches(request, metadata=firm.metadata)
        found += page.matches
        if not page.next_page_token:
            break
    seen = [match.application_id for match in found if match.application_id]
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_no_other_job_names_who_is_known_from_a_blind_application_alone(
    firm: Firm, person: Any, applications: Any, candidates: Any, jobs: Any, house: House
) -> None:
    blind, plain = firm.post(blind_until="interview"), firm.post()
    ada, mehmet = person(*ADA), person(*MEHMET)
    candidates.UpdateCandidate(
        candidates_pb2.UpdateCandidateRequest(candidate_id=mehmet.candidate_id, discoverable=True), metadata=mehmet.metadata
    )
    copied(house, mehmet.candidate_id)

    def named() -> set[str]:
        found, token = set(), ""
        while True:
            request = jobs_pb2.ListMatchesRequest(job_id=plain.id, page_size=1, page_token=token)
            page = jobs.ListMatches(request, metadata=firm.metadata)
            found |= {match.candidate_id for match in page.matches}
            token = page.next_page_token
            for one in (ada, mehmet):
                told = str(page.matches) + base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
                assert one.candidate_id in found or one.candidate_id not in told
            if not token:
                return found & {ada.candidate_id, mehmet.candidate_id}

    def move(made: pb.Application, status: str) -> None:
        request = pb.UpdateApplicationStatusRequest(application_id=made.id, status=status)
        applications.UpdateApplicationStatus(request, metadata=firm.metadata)

    assert named() == {mehmet.candidate_id}
    first, second = ada.apply(blind), mehmet.apply(blind)
    assert named() == set()
    move(second, "rejected")  # whoever is discoverable can be found again
    move(first, "screening")
    assert named() == {mehmet.candidate_id}
    move(first, "interview")
    assert named() == {ada.candidate_id, mehmet.candidate_id}


def test_a_name_a_school_and_a_birthday_in_the_text_are_hidden_and_move_no_score(
    firm: Firm, person: Any, applications: Any, candidates: Any, jobs: Any, house: House
) -> None:
    job = firm.post(blind_until="hired")
    said = "{} studied at {}. Born {}. Builds payment services."
    one = person(*ADA, summary=said.format("Ada Lindqvist", "KTH Stockholm", "31 December 1990"))
    other = person(*MEHMET, summary=said.format("Mehmet Yilmaz", "Abendschule Castrop", "2.1.1961"))
    seen = [read(applications, firm, someone.apply(job)) for someone in (one, other)]
    assert seen[0].match_score == seen[1].match_score
    candidates.UpdateCandidate(
        candidates_pb2.UpdateCandidateRequest(candidate_id=one.candidate_id, headline="Ada, engineer from KTH Stockholm"),
        metadata=one.metadata,
    )
    copied(house, one.candidate_id)
    matches = jobs.ListMatches(jobs_pb2.ListMatchesRequest(job_id=job.id, applicants_only=True), metadata=firm.metadata).matches
    assert {match.headline for match in matches} == {"…, engineer from …", "Backend Engineer"}
    assert {shown.profile.summary for shown in seen} == {"… studied at …. …. Builds payment services."}
