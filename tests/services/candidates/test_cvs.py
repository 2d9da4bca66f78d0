"""CVs over gRPC: taken in raw and as forms, read, and given back; hostile ones leave nothing behind."""

import random
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import grpc
import pytest

from cli.services import SERVICES
from einstellen.candidates.v1 import candidates_pb2 as pb
from services.candidates import tasks
from services.chassis import clock, errors, ids, objects, uploads
from services.chassis.database import Database
from services.chassis.tasks import Task
from tests.conftest import Account, House, until
from tests.refusals import refused
from tests.services.candidates.conftest import BOUNDARY, DATA, FORM, Applicant, chunks, events_of, form, objects_of, rows
from tests.services.candidates.parsing import hostile

ADA = (DATA / "ada-lindqvist.pdf").read_bytes()
MIB = 2**20
Make = Callable[..., Applicant]


@pytest.mark.parametrize("as_form", [False, True], ids=["raw", "form"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "ada-lindqvist.pdf",
            ("Ada", "Lindqvist", "ada.lindqvist@example.com", "+46701740612", "Stockholm, Sweden", "Nordvik Payments AB"),
        ),
        ("marco-ferrari.docx", ("Marco", "Ferrari")),
        ("sofia-keller.pdf", ("Sofia", "Keller", "sofia.keller@example.org", "+491713920042", "München, Deutschland", "Isarmobil GmbH")),
    ],
)
def test_a_cv_fills_an_empty_profile(applicant: Make, name: str, said: tuple[str, ...], as_form: bool) -> None:
    data, person = (DATA / name).read_bytes(), applicant()
    cv = person.read(form(data, name, before="a note"), FORM) if as_form else person.read(data)
    assert (cv.status, cv.reason, cv.size_bytes) == ("parsed", "", len(data))
    assert cv.file_name == (name if as_form else f"cv.{name.rpartition('.')[2]}")
    profile = person.profile()
    shown = (profile.first_name, profile.last_name, profile.email, profile.phone, profile.location, profile.work_experience[0].company_name)
    assert shown[: len(said)] == said
    assert (len(profile.work_experience), len(profile.certifications)) == (3, 2)
    assert profile.education[0].university
    assert len(profile.skills) > 15
    lists: tuple[Any, ...] = (profile.work_experience, profile.skills, profile.education, profile.certifications)
    assert {entry.source for each in lists for entry in each} == {"cv"}


def test_every_finding_says_where_it_stands_and_how_sure_it_is(applicant: Make) -> None:
    cv = applicant().read(ADA)
    found = {finding.field: finding for finding in cv.findings}
    assert (found["email"].value, found["email"].page, found["email"].line, found["email"].applied) == (
        "ada.lindqvist@example.com",
        1,
        3,
        True,
    )
    assert found["certifications[1].title"].page == 2
    assert found["work_experience[0].job_title"].value == "Senior Backend Engineer"
    assert all(0 < finding.confidence <= 1 and finding.line > 0 for finding in cv.findings)
    assert found["links[0]"].applied
    assert found["email"].box.x0 < found["email"].box.x1 < 612
    lines = cv.text.split("\n")
    assert all(
        finding.value in lines[finding.line - 1] for finding in cv.findings if finding.field == "email" or "company" in finding.field
    )
    assert (cv.step, cv.progress) == ("done", 100)
    assert {finding.page for finding in applicant().read((DATA / "marco-ferrari.docx").read_bytes()).findings} == {0}


def test_what_a_person_typed_survives_a_cv_and_is_not_repeated(candidates: Any, applicant: Make) -> None:
    person = applicant(first_name="Adele", location="Oslo")
    add = {"metadata": person.account.metadata}
    candidates.AddSkill(pb.AddSkillRequest(candidate_id=person.id, skill=pb.Skill(skill_name="python3")), **add)
    experience = pb.WorkExperience(company_name="NORDVIK Payments, AB", job_title="Senior Backend Engineer", description="Mine")
    candidates.AddWorkExperience(pb.AddWorkExperienceRequest(candidate_id=person.id, work_experience=experience), **add)
    emptied = pb.UpdateCandidateRequest(candidate_id=person.id)
    emptied.update_mask.paths.append("phone")
    candidates.UpdateCandidate(emptied, **add)
    cv, profile = person.read(ADA), person.profile()
    assert (profile.first_name, profile.last_name, profile.location, profile.phone) == ("Adele", "Lindqvist", "Oslo", "")
    assert [(skill.skill_name, skill.source) for skill in profile.skills if skill.skill_name == "Python"] == [("Python", "person")]
    assert [(e.company_name, e.description, e.source) for e in profile.work_experience if "ordvik" in e.company_name.lower()] == [
        ("NORDVIK Payments, AB", "Mine", "person")
    ]
    applied = {finding.field: finding.applied for finding in cv.findings}
    assert (applied["location"], applied["phone"], applied["skills[0]"], applied["work_experience[0].job_title"]) == (False,) * 4
    assert applied["name"], "of the name, the last part was taken"


def test_a_second_cv_replaces_what_the_first_one_gave(applicant: Make) -> None:
    person = applicant()
    person.read(ADA)
    person.read((DATA / "sofia-keller.pdf").read_bytes())
    profile = person.profile()
    assert (profile.first_name, profile.email) == ("Sofia", "sofia.keller@example.org")
    assert [entry.company_name for entry in profile.work_experience] == [
        "Isarmobil GmbH", "Handelshaus Brandt & Söhne KG", "Lechtal Versicherung AG"
    ]  # fmt: skip
    assert "gRPC" not in [skill.skill_name for skill in profile.skills]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (hostile.pdf(words=""), "FILE_NO_TEXT_LAYER"),
        (hostile.swelling_pdf(128 * MIB), "FILE_CORRUPT"),
    ],
    ids=["a scan", "a PDF that swells"],
)
def test_an_unreadable_cv_says_why_and_leaves_the_profile_alone(house: House, applicant: Make, data: bytes, reason: str) -> None:
    person = applicant(first_name="Ada")
    before = person.profile()
    cv = person.read(data)
    assert cv.status == "unreadable"
    assert cv.reason in (reason, "PARSE_TIMED_OUT"), "a machine with much to do ends a swelling one by time"
    assert cv.unread
    assert person.profile() == before
    assert events_of(house, person.id) == ["candidate.created"]
    assert rows(house, "SELECT state FROM tasks WHERE payload->>'cv_id' = %s", cv.id) == [("done",)], "an answer, not a failure"


HOSTILE = {
    "eleven MiB": (b"%PDF-1.4\n" + bytes(11 * MIB), "", grpc.StatusCode.OUT_OF_RANGE, "FILE_TOO_LARGE"),
    "eleven MiB in a form": (form(bytes(11 * MIB), "cv.pdf"), FORM, grpc.StatusCode.OUT_OF_RANGE, "FILE_TOO_LARGE"),
    "a form's endless other field": (form(ADA, "cv.pdf", before="x" * 11 * MIB), FORM, grpc.StatusCode.OUT_OF_RANGE, "FILE_TOO_LARGE"),
    "a picture named .pdf": (form(hostile.PNG, "cv.pdf"), FORM, grpc.StatusCode.INVALID_ARGUMENT, "FILE_TYPE_UNSUPPORTED"),
    "a zip bomb": (
        hostile.with_members(hostile.document("x"), {"word/document.xml": bytes(100 * MIB)}), "", grpc.StatusCode.INVALID_ARGUMENT,
        "FILE_DECOMPRESSES_TOO_FAR",
    ),
    "ten thousand pages": (hostile.packed_pdf(10_000), "", grpc.StatusCode.INVALID_ARGUMENT, "FILE_TOO_MANY_PAGES"),
    "macros": (
        hostile.with_members(hostile.document("x"), {"word/vbaProject.bin": b"x"}), "", grpc.StatusCode.INVALID_ARGUMENT, "FILE_HAS_MACROS"
    ),
    "an encrypted document": (hostile.ENCRYPTED_WORD, "", grpc.StatusCode.INVALID_ARGUMENT, "FILE_ENCRYPTED"),
    "nothing": (b"", "", grpc.StatusCode.INVALID_ARGUMENT, "FILE_EMPTY"),
    "an empty file in a form": (form(b"", "cv.pdf"), FORM, grpc.StatusCode.INVALID_ARGUMENT, "FILE_EMPTY"),
    "a form without an end": (form(ADA, "cv.pdf")[:-8], FORM, grpc.StatusCode.INVALID_ARGUMENT, "FORM_INVALID"),
    "a form without a boundary": (form(ADA, "cv.pdf"), "multipart/form-data", grpc.StatusCode.INVALID_ARGUMENT, "FORM_INVALID"),
    "a form with another boundary": (form(ADA, "cv.pdf"), "multipart/form-data; boundary=b", grpc.StatusCode.INVALID_ARGUMENT, "FORM_INVALID"),
    "a form without a file": (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n--{BOUNDARY}--\r\n'.encode(), FORM,
        grpc.StatusCode.INVALID_ARGUMENT, "FORM_INVALID",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_refused_file_names_the_reason_and_leaves_nothing_behind(house: House, applicant: Make, case: str) -> None:
    data, content_type, code, reason = HOSTILE[case]
    person = applicant()
    with refused(code, reason, field="body"):
        person.upload(data, content_type)
    assert rows(house, "SELECT id FROM cvs WHERE candidate_id = %s", person.id) == []
    assert rows(house, "SELECT id FROM tasks WHERE tenant_id = %s", person.account.tenant_id) == []
    assert rows(house, "SELECT action FROM audit_log WHERE tenant_id = %s", person.account.tenant_id) == [("candidate.created",)]
    assert objects_of(house, person.account) == []


def test_an_upload_that_breaks_off_leaves_nothing_behind(house: House, candidates: Any, applicant: Make) -> None:
    """Text, because its first half is as good a file as the whole."""
    person, sent = applicant(), b"Jane Doe, engineer\n" * 50

    def broken() -> Iterator[pb.UploadCvRequest]:
        yield next(chunks(person.id, sent, "text/plain"))
        raise ConnectionResetError

    for _ in range(25):
        with pytest.raises(grpc.RpcError):
            candidates.UploadCv(broken(), metadata=person.account.metadata)
    whole = person.upload(b"Jane Doe\nBerlin")
    assert rows(house, "SELECT id::text FROM cvs WHERE candidate_id = %s", person.id) == [(whole.id,)]
    assert [path.name for path in objects_of(house, person.account)] == [whole.id]


def test_an_upload_that_never_ends_does_not_hold_a_thread(
    house: House, candidates: Any, applicant: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, asked = applicant(), threading.Event()
    monkeypatch.setattr(uploads, "_UPLOAD_SECONDS", 0.2)

    def endless() -> Iterator[pb.UploadCvRequest]:
        yield next(chunks(person.id, ADA, "application/pdf", size=1000))
        asked.wait(30)

    with pytest.raises(grpc.RpcError) as caught:
        candidates.UploadCv(endless(), metadata=person.account.metadata, timeout=20)
    asked.set()
    assert caught.value.code() is not grpc.StatusCode.DEADLINE_EXCEEDED, "the service ended it, not the client"
    assert objects_of(house, person.account) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\cv.pdf", 'a"; filename=b', "Lebenslauf für Söhne \u202e.pdf", "x" * 3000 + ".pdf"]
)
def test_a_file_name_is_a_word_and_never_a_path(house: House, candidates: Any, applicant: Make, name: str) -> None:
    person = applicant()
    cv = person.upload(form(ADA, name.replace('"', '\\"')), FORM)
    assert 0 < len(cv.file_name) <= 200
    assert cv.file_name.isprintable()
    assert not {"/", "\\"} & set(cv.file_name)
    (stored,) = objects_of(house, person.account)
    assert stored.name == cv.id
    call = candidates.DownloadCv(pb.GetCvRequest(candidate_id=person.id, cv_id=cv.id), metadata=person.account.metadata)
    said = dict(call.initial_metadata())["content-disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+", said)
    assert b"".join(piece.data for piece in call) == ADA


def test_the_file_comes_back_as_it_was(candidates: Any, applicant: Make) -> None:
    person, picture = applicant(), random.Random(1).randbytes(600_000)
    data = hostile.with_members(hostile.document("Jane Doe"), {"word/media/a.png": picture})
    cv = person.upload(data)
    pieces = list(candidates.DownloadCv(pb.GetCvRequest(candidate_id=person.id, cv_id=cv.id), metadata=person.account.metadata))
    assert b"".join(piece.data for piece in pieces) == data
    assert len(pieces) > 1
    assert {piece.content_type for piece in pieces} == {cv.content_type}


def test_one_key_makes_one_cv_however_often_and_at_once_it_comes(house: House, applicant: Make) -> None:
    person = applicant()
    with ThreadPoolExecutor(6) as pool:
        made = set(pool.map(lambda _: person.upload(ADA, key="one").id, range(6)))
    assert len(made) == 1
    until(lambda: person.cv(next(iter(made))).status == "parsed", "the CV is read", 30)
    assert person.upload(ADA, key="one").id in made
    assert rows(house, "SELECT count(*) FROM tasks WHERE kind = 'parse_cv' AND tenant_id = %s", person.account.tenant_id) == [(1,)]
    assert len(objects_of(house, person.account)) == 1
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        person.upload(b"Another file", key="one")
    assert len(objects_of(house, person.account)) == 1


def test_a_file_that_still_waits_is_not_queued_twice(house: House, applicant: Make) -> None:
    person = applicant()
    first = person.upload(ADA).id
    until(lambda: person.cv(first).status == "parsed", "the CV is read", 30)
    rows(house, "UPDATE cvs SET status = 'queued' WHERE id = %s", first)
    assert person.upload(ADA).id == first
    rows(house, "UPDATE cvs SET status = 'parsed' WHERE id = %s", first)
    assert person.upload(ADA).id != first


def test_a_worker_that_lost_its_lease_changes_nothing(house: House, applicant: Make) -> None:
    person = applicant()
    cv = person.read(ADA)
    profile, told = person.profile(), events_of(house, person.id)
    # As if its worker had stalled before the end: the CV waits, and the task is another worker's by now.
    rows(house, "UPDATE cvs SET status = 'queued', findings = '[]' WHERE id = %s", cv.id)
    held = "UPDATE tasks SET state = 'running', lease_id = %s, leased_until = now() + interval '1 hour' WHERE payload->>'cv_id' = %s RETURNING id"
    ((task_id,),) = rows(house, held, str(ids.mint()), cv.id)
    settings = next(service for service in SERVICES if service.name == "candidates").load(house.environment)
    database = Database(house.app_url("candidates"), pool_size=1)
    parse = tasks.handlers(database, objects.connect(settings), None, clock.utc_now)["parse_cv"]
    stalled = Task(task_id, "parse_cv", UUID(person.account.tenant_id), {"cv_id": cv.id}, 1, 12, "", "", ids.mint())
    with pytest.raises(errors.Aborted, match="TASK_LOST"):
        parse(stalled)
    database.close()
    assert (person.cv(cv.id).status, person.profile()) == ("queued", profile)
    rows(house, "UPDATE tasks SET leased_until = now() - interval '1 second' WHERE id = %s", task_id)
    until(lambda: person.cv(cv.id).status == "parsed", "the next worker reads it", 30)
    again = person.profile()
    assert [skill.skill_name for skill in again.skills] == [skill.skill_name for skill in profile.skills]
    assert len(again.work_experience) == 3
    assert events_of(house, person.id) == [*told, "candidate.updated"]


def test_a_cv_that_is_read_late_does_not_undo_a_newer_one(house: House, applicant: Make) -> None:
    person = applicant()
    old = person.read(ADA)
    person.read((DATA / "sofia-keller.pdf").read_bytes())
    rows(house, "UPDATE cvs SET status = 'queued' WHERE id = %s", old.id)
    rows(house, "UPDATE tasks SET state = 'ready' WHERE payload->>'cv_id' = %s", old.id)
    late = until(lambda: (cv := person.cv(old.id)).status == "parsed" and cv, "the older CV is read", 30)
    assert late.findings
    assert not [finding for finding in late.findings if finding.applied]
    assert person.profile().first_name == "Sofia"


def test_a_file_that_the_store_has_lost_is_told_and_does_not_wait_for_ever(house: House, applicant: Make) -> None:
    person = applicant()
    cv = person.read(ADA)
    (path,) = objects_of(house, person.account)
    path.unlink()
    rows(house, "UPDATE cvs SET status = 'queued' WHERE id = %s", cv.id)
    rows(house, "UPDATE tasks SET state = 'ready' WHERE payload->>'cv_id' = %s", cv.id)
    lost = until(lambda: (found := person.cv(cv.id)).status == "unreadable" and found, "it is told", 30)
    assert (lost.reason, lost.progress) == ("FILE_LOST", 100)
    assert lost.unread


def test_cvs_are_listed_newest_first_in_pages(candidates: Any, applicant: Make) -> None:
    person = applicant()
    made = [person.upload(f"Jane Doe {number}".encode()).id for number in range(3)]
    request = pb.ListCvsRequest(candidate_id=person.id, page_size=2)
    first = candidates.ListCvs(request, metadata=person.account.metadata)
    request.page_token = first.next_page_token
    second = candidates.ListCvs(request, metadata=person.account.metadata)
    assert [cv.id for cv in (*first.cvs, *second.cvs)] == made[::-1]
    assert not second.next_page_token


def test_the_newest_cv_stands_beside_the_profile_for_whom_the_person_applied_to(
    house: House, candidates: Any, applicant: Make, employer: Account
) -> None:
    person, bystander = applicant(discoverable=True), house.employer()
    old, new = person.read((DATA / "marco-ferrari.docx").read_bytes()), person.read(ADA)

    def seen_by(who: Account, cv: pb.Cv) -> tuple[str, bytes]:
        asked = pb.GetCvRequest(candidate_id=person.id, cv_id=cv.id)
        read = candidates.GetCv(asked, metadata=who.metadata)
        assert read.findings
        return read.text, b"".join(piece.data for piece in candidates.DownloadCv(asked, metadata=who.metadata))

    def listed_by(who: Account) -> list[str]:
        return [cv.id for cv in candidates.ListCvs(pb.ListCvsRequest(candidate_id=person.id), metadata=who.metadata).cvs]

    def nothing_for(who: Account, cv: pb.Cv) -> None:
        asked = pb.GetCvRequest(candidate_id=person.id, cv_id=cv.id)
        with refused(grpc.StatusCode.NOT_FOUND, "CV_NOT_FOUND"):
            candidates.GetCv(asked, metadata=who.metadata)
        with refused(grpc.StatusCode.NOT_FOUND, "CV_NOT_FOUND"):
            list(candidates.DownloadCv(asked, metadata=who.metadata))

    nothing_for(employer, new)
    share = pb.ShareCandidateRequest(candidate_id=person.id, tenant_id=employer.tenant_id)
    candidates.ShareCandidate(share, metadata=house.as_service("jobs", "candidates"))
    assert seen_by(employer, new) == seen_by(person.account, new)
    assert seen_by(employer, new)[1] == ADA
    assert listed_by(employer) == [new.id]
    assert listed_by(person.account) == [new.id, old.id]
    nothing_for(employer, old)
    for stranger in (bystander, applicant().account):
        nothing_for(stranger, new)
        with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
            listed_by(stranger)


def test_a_cv_is_uploaded_by_its_person_alone(candidates: Any, applicant: Make) -> None:
    person, other = applicant(), applicant()
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.UploadCv(chunks(person.id, ADA, ""), metadata=other.account.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="candidate_id"):
        candidates.UploadCv(chunks("me", ADA, ""), metadata=other.account.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELDS_INVALID", field="candidate_id"):
        candidates.UploadCv(iter(()), metadata=other.account.metadata)
