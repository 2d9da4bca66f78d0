"""People get all that is kept of them, and leave nothing behind when they go: every database is asked."""

import base64
import io
import json
import os
import secrets
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import jwt
import psycopg2
import pytest
from google.api.httpbody_pb2 import HttpBody

from cli.services import SERVICES
from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc, data_pb2, data_pb2_grpc, second_factors_pb2, second_factors_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.interviews.v1 import interviewer_pb2, interviewer_pb2_grpc, interviews_pb2, interviews_pb2_grpc
from einstellen.jobs.v1 import (
    applications_pb2,
    applications_pb2_grpc,
    jobs_pb2,
    jobs_pb2_grpc,
    pipeline_pb2,
    pipeline_pb2_grpc,
    tutors_pb2,
    tutors_pb2_grpc,
)
from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc
from einstellen.rooms.v1 import rooms_pb2, rooms_pb2_grpc
from services.auth import totp
from tests.conftest import Account, House, until
from tests.journeys import world as worlds
from tests.journeys.conftest import Edge
from tests.journeys.world import CV, World, busy
from tests.refusals import refused, told

RECORDING = CV.with_name("answer.ogg")


@pytest.fixture
def data(house: House) -> Any:
    return house.stub("auth", data_pb2_grpc.DataServiceStub)


@pytest.fixture
def sql(house: House) -> Callable[..., Any]:
    def run(statement: str, *values: object, service: str = "auth") -> Any:
        with closing(psycopg2.connect(house.owner_url(service))) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else None

    return run


# Where an id may stay, and why; nothing that says who it was is left anywhere.
RECORDS = {
    "audit_log": "what was done stays recorded, by an id that stands for nobody",
    "audit_chain": "the audit log's hashes, by organization",
    "events": "what others follow",
}
BOOKS = {
    "organizations", "credit_accounts", "credit_transactions", "credit_holds", "subscriptions", "invoices", "invoice_numbers", "payments", "refunds",
}  # fmt: skip


Places = set[tuple[str, str]]


def places(house: House, needles: dict[str, str]) -> dict[str, Places]:
    """By the name of each text, the tables of all databases in whose rows it stands, in any column, plain or as bytes."""
    found: dict[str, Places] = {name: set() for name in needles}
    values = [list(needles), [f"%{text}%" for text in needles.values()], [f"%{text.encode().hex()}%" for text in needles.values()]]
    for service in SERVICES:
        with closing(psycopg2.connect(house.owner_url(service.name))) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
            tables = [name for (name,) in cursor.fetchall()]
            assert "tasks" in tables
            asked = [
                f"SELECT '{table}', needle FROM sought WHERE EXISTS (SELECT FROM {table} t WHERE t::text ILIKE plain OR t::text LIKE bytes)"
                for table in tables
            ]
            texts = "WITH sought AS (SELECT * FROM unnest(%s, %s, %s) AS each (needle, plain, bytes)) "
            cursor.execute(texts + " UNION ALL ".join(asked), values)
            for table, name in cursor.fetchall():
                found[name].add((service.name, table))
    return found


def remains(house: House, needles: dict[str, str]) -> dict[str, Places]:
    """By the name of each id, where it stands and has no reason to."""

    def has_reason(service: str, table: str) -> bool:
        # Of a profile that is gone the id and a number are left.
        return table in RECORDS or (service == "billing" and table in BOOKS) or (service, table) == ("jobs", "candidate_profiles")

    return {name: {each for each in found if not has_reason(*each)} for name, found in places(house, needles).items()}


def nowhere(needles: dict[str, str]) -> dict[str, Places]:
    return {name: set() for name in needles}


def only(needles: dict[str, str], *names: str) -> dict[str, str]:
    return {name: needles[name] for name in names}


def files_of(house: House) -> set[str]:
    root = Path(house.environment["UPLOAD_DIR"])
    return {str(Path(folder, name).relative_to(root)) for folder, _, names in os.walk(root) for name in names}


def settle(house: House, sql: Callable[..., Any]) -> None:
    """Everybody has heard that somebody is gone, and the second look has been taken."""
    ((position,),) = sql("SELECT max(position) FROM events")
    behind = "SELECT 1 FROM event_cursors WHERE source = 'auth' AND position >= %s"
    for service in SERVICES:
        if service.name != "auth":
            until(lambda service=service: sql(behind, position, service=service.name), f"{service.name} follows auth", 60)  # type: ignore[misc]
    for service in SERVICES:
        sql("UPDATE tasks SET run_at = now() WHERE kind = 'erase_person' AND state = 'ready'", service=service.name)
    until(lambda: not busy(house) and not busy(house), "all that this began is done", 60)


@pytest.fixture
def world(house: House) -> World:
    """A candidate who has used everything there is, with words of their own in it, and a recorded answer."""
    made = worlds.make(house)
    word, who = f"w{secrets.token_hex(8)}", made.candidate.metadata
    profile = candidates_pb2.UpdateCandidateRequest(
        candidate_id=made.ids["candidate_id"], first_name=word, summary=word, phone="+4915112345678", discoverable=True
    )
    house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub).UpdateCandidate(profile, metadata=who)
    said = messages_pb2.SendMessageRequest(receiver_id=made.employer.user_id, content=word)
    house.stub("notifications", messages_pb2_grpc.MessageServiceStub).SendMessage(said, metadata=who)
    teach_and_be_judged(house, made, word)
    interviews = house.stub("interviews", interviews_pb2_grpc.InterviewServiceStub)
    interview = {"interview_id": made.ids["interview_id"]}
    interviews.ConsentToRecording(interviews_pb2.ConsentToRecordingRequest(agrees=True, **interview), metadata=who)
    question = interviews.GetInterview(interviews_pb2.GetInterviewRequest(**interview), metadata=who).open_question.id
    body = HttpBody(content_type="audio/ogg", data=RECORDING.read_bytes())
    interviews.UploadAnswer(iter([interviews_pb2.UploadAnswerRequest(question_id=question, body=body, **interview)]), metadata=who)
    speak(house, made)
    made.ids["word"] = word
    until(lambda: not busy(house) and not busy(house), "the recording is transcribed, and all else is done", 180)
    return made


VOICES = {"candidate": b"OggS what the candidate said", "colleague": b"OggS what the colleague said", "interviewer": b"OggS what it asked"}
PICTURES = {"candidate": b"\x1aE how the candidate looked", "colleague": b"\x1aE how the colleague looked"}


def speak(house: House, made: World) -> None:
    """In the room of the interview, where everybody has agreed to be recorded."""
    candidate, employer, interview_id = made.candidate, made.employer, made.ids["interview_id"]
    room, gateway = f"interview-{interview_id}", house.as_service("gateway", "interviews")
    owner = house.stub("interviews", rooms_pb2_grpc.RoomOwnerServiceStub)
    owner.JoinRoom(rooms_pb2.JoinRoomRequest(room_name=room), metadata=[*gateway, *candidate.metadata])
    owner.GiveConsent(rooms_pb2.GiveConsentRequest(room_name=room, agrees=True), metadata=[*gateway, *employer.metadata])
    stub, me = house.stub("interviews", interviewer_pb2_grpc.InterviewerServiceStub), house.as_service("interviewer", "interviews")
    leases = (stub.LeaseRoom(interviewer_pb2.LeaseRoomRequest(holder="test"), metadata=me).lease for _ in count())
    lease = next(lease for lease in leases if lease.interview_id in (interview_id, ""))
    ids, tracks = {"candidate": candidate.user_id, "colleague": employer.user_id, "interviewer": ""}, {"audio": VOICES, "video": PICTURES}
    for kind, speaker, data in ((kind, *one) for kind, track in tracks.items() for one in track.items()):
        piece = interviewer_pb2.AddPieceRequest(
            interview_id=interview_id,
            lease_id=lease.lease_id,
            track_id=str(uuid4()),
            user_id=ids[speaker],
            milliseconds=1000,
            data=data,
            kind=kind,
        )
        piece.start_time.GetCurrentTime()
        stub.AddPiece(piece, metadata=me)


def tracks_in(archive: zipfile.ZipFile, kind: str) -> dict[str, bytes]:
    """By whose they are."""
    named = [name for name in archive.namelist() if name.startswith(f"interviews/{kind}/")]
    return {name.split("/")[2].partition("-")[0]: archive.read(name) for name in named}


def teach_and_be_judged(house: House, made: World, word: str) -> None:
    """What they offer as a tutor and say of another, what others say of them there, and what the organization wrote about their application."""
    tutors, pipeline = house.stub("jobs", tutors_pb2_grpc.TutorServiceStub), house.stub("jobs", pipeline_pb2_grpc.PipelineServiceStub)
    mine = tutors_pb2.PutMyTutorProfileRequest(display_name=word, bio=word, subjects=["Python"], currency="EUR")
    made.ids["tutor_id"] = tutors.PutMyTutorProfile(mine, metadata=made.candidate.metadata).id
    other = house.register()
    theirs = tutors.PutMyTutorProfile(
        tutors_pb2.PutMyTutorProfileRequest(display_name="Stays", subjects=["Go"], currency="EUR"), metadata=other.metadata
    ).id
    tutors.PutReview(tutors_pb2.PutReviewRequest(tutor_id=theirs, rating=4, comment=word), metadata=made.candidate.metadata)
    tutors.PutReview(tutors_pb2.PutReviewRequest(tutor_id=made.ids["tutor_id"], rating=5, comment=word), metadata=other.metadata)
    application = made.ids["application_id"]
    pipeline.AddNote(pipeline_pb2.AddNoteRequest(application_id=application, text=word), metadata=made.employer.metadata)
    card = pipeline_pb2.PutScorecardRequest(application_id=application, recommendation="yes", comment=word)
    pipeline.PutScorecard(card, metadata=made.employer.metadata)


def needles(house: House, account: Account) -> dict[str, str]:
    """What says who somebody is."""
    user = house.stub("auth", auth_pb2_grpc.AuthServiceStub).GetProfile(auth_pb2.GetProfileRequest(), metadata=account.metadata)
    session = jwt.decode(account.access, options={"verify_signature": False})["sid"]
    return {"email": user.email, "name": user.last_name, "user": account.user_id, "organization": account.tenant_id, "session": session}


def export(data: Any, account: Account) -> zipfile.ZipFile:
    made = data.CreateExport(data_pb2.CreateExportRequest(), metadata=account.metadata)

    def ready() -> bool:
        listed = data.ListExports(data_pb2.ListExportsRequest(), metadata=account.metadata).exports
        return any(each.id == made.id and each.status == "ready" for each in listed)

    until(ready, "the archive is ready", 60)
    pieces = data.DownloadExport(data_pb2.DownloadExportRequest(export_id=made.id), metadata=account.metadata)
    return zipfile.ZipFile(io.BytesIO(b"".join(piece.data for piece in pieces)))


def test_a_candidate_gets_all_that_is_kept_of_them_and_leaves_nothing_behind(
    house: House, data: Any, sql: Callable[..., Any], world: World
) -> None:
    person, word = world.candidate, world.ids["word"]
    who = needles(house, person) | {
        "candidate": world.ids["candidate_id"],
        "cv": world.ids["cv_id"],
        "application": world.ids["application_id"],
        "tutor": world.ids["tutor_id"],
        "word": word,
        "phone": "4915112345678",
    }

    archive = export(data, person)
    records = {name.partition("/")[0]: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith("/records.json")}
    assert sorted(records) == sorted(service.name for service in SERVICES)
    assert records["auth"]["users"][0]["email"] == who["email"]
    assert "password_hash" not in records["auth"]["users"][0]
    assert records["candidates"]["candidates"][0]["summary"] == word
    assert records["jobs"]["applications"][0]["user_id"] == person.user_id
    assert word in [row["content"] for row in records["notifications"]["messages"]]
    assert records["interviews"]["transcript"]
    assert {row["type"] for row in records["billing"]["credit_transactions"]} >= {"BONUS", "TAILOR"}
    (cv,) = [name for name in archive.namelist() if name.startswith("candidates/cvs/")]
    assert archive.read(cv) == CV.read_bytes()
    (recording,) = [name for name in archive.namelist() if name.startswith("interviews/recordings/")]
    assert archive.read(recording) == RECORDING.read_bytes()
    (answer,) = {row["recording_id"] for row in records["interviews"]["question_answers"]} - {None}
    assert (tracks_in(archive, "voices"), tracks_in(archive, "videos")) == (VOICES, PICTURES)
    theirs = export(data, world.employer)
    assert (tracks_in(theirs, "voices"), tracks_in(theirs, "videos")) == tuple({"colleague": of["colleague"]} for of in (VOICES, PICTURES))
    kept = {str(row["file_id"]) for row in records["interviews"]["track_pieces"]}
    assert kept == {name.rpartition("/")[2] for name in files_of(house) if name.rpartition("/")[2] in kept}

    before = places(house, who)
    assert {name: bool(found) for name, found in before.items()} == dict.fromkeys(who, True), "the search finds what is there"
    assert before["word"] >= {("jobs", table) for table in ("tutors", "tutor_reviews", "notes", "scorecards")}
    assert before["application"] >= {("jobs", table) for table in ("applications", "self_identifications", "notes", "scorecards")}
    assert {kind for kind, text in (("theirs", person.tenant_id), ("recording", answer)) if any(text in name for name in files_of(house))} == {
        "theirs", "recording",
    }  # fmt: skip
    data.DeleteAccount(data_pb2.DeleteAccountRequest(password=person.password), metadata=person.metadata)
    settle(house, sql)

    said = only(who, "email", "name", "word", "phone")
    assert places(house, said) == nowhere(said)
    # The organization's room with them has its application's number for a name, as has what was done about it; who they were stands in neither.
    assert remains(house, only(who, "application"))["application"] <= {("jobs", "tasks"), ("notifications", "rooms")}
    known_by = {name: text for name, text in who.items() if name not in said and name != "application"}
    assert remains(house, known_by) == nowhere(known_by)
    assert sql("SELECT user_id, tenant_id, display_name, text FROM candidate_profiles WHERE candidate_id = %s", who["candidate"], service="jobs") in (
        [], [(None, None, "", None)],
    )  # fmt: skip
    assert not [name for name in files_of(house) if person.tenant_id in name or answer in name or name.rpartition("/")[2] in kept]


def test_whoever_is_gone_is_let_in_nowhere_and_may_come_again_as_somebody_new(house: House, data: Any) -> None:
    account = house.register()
    auth = house.stub("auth", auth_pb2_grpc.AuthServiceStub)
    data.DeleteAccount(data_pb2.DeleteAccountRequest(password=account.password), metadata=account.metadata)
    with refused(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh))
    with refused(grpc.StatusCode.UNAUTHENTICATED, "CREDENTIALS_WRONG"):
        auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password))
    jobs = house.stub("jobs", jobs_pb2_grpc.JobServiceStub)

    def is_closed() -> bool:
        try:
            jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Late"), metadata=account.metadata)
        except grpc.RpcError as error:
            return error.code() is grpc.StatusCode.UNAUTHENTICATED
        return False

    until(is_closed, "the access token counts no longer", 5)
    again = auth.Register(auth_pb2.RegisterRequest(email=account.email, password=account.password))
    assert again.id != account.user_id


def test_who_signs_in_or_goes_on_while_the_account_goes_is_refused_or_signed_out(house: House, data: Any, sql: Callable[..., Any]) -> None:
    account, auth = house.register(), house.stub("auth", auth_pb2_grpc.AuthServiceStub)
    calls: list[Callable[[], Any]] = [
        lambda: auth.Login(auth_pb2.LoginRequest(email=account.email, password=account.password)),
        lambda: auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=account.refresh)),
        lambda: auth.Logout(auth_pb2.LogoutRequest(refresh_token=account.refresh)),
    ]

    def outcome(call: Callable[[], Any]) -> str:
        try:
            call()
        except grpc.RpcError as error:
            return told(error).reason
        return "done"

    with ThreadPoolExecutor(10) as pool:
        going = pool.submit(
            data.DeleteAccount, data_pb2.DeleteAccountRequest(password=account.password), metadata=account.metadata, timeout=20
        )
        reasons = set(pool.map(outcome, calls * 3))
        going.result()
    assert reasons <= {"done", "CREDENTIALS_WRONG", "REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REUSED"}
    assert sql("SELECT count(*) FROM sessions WHERE user_id = %s", account.user_id) == [(0,)]


def test_an_employer_who_is_alone_takes_the_organization_along(house: House, data: Any, sql: Callable[..., Any]) -> None:
    employer, person = house.employer("Taken along"), house.register()
    jobs, applications = (
        house.stub("jobs", jobs_pb2_grpc.JobServiceStub),
        house.stub("jobs", applications_pb2_grpc.ApplicationServiceStub),
    )
    candidates = house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub)
    company = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Taken along"), metadata=employer.metadata)
    job = jobs_pb2.CreateJobRequest(company_id=company.id, title="Engineer", description="Python", status="published")
    made = jobs.CreateJob(job, metadata=employer.metadata)
    profile = candidates.CreateCandidate(candidates_pb2.CreateCandidateRequest(first_name="Ada", summary="Mine"), metadata=person.metadata)
    applications.Apply(applications_pb2.ApplyRequest(job_id=made.id), metadata=person.metadata)
    until(lambda: not busy(house) and not busy(house), "both sides are told", 60)
    who = needles(house, employer)
    assert remains(house, who)["organization"]
    data.DeleteAccount(data_pb2.DeleteAccountRequest(password=employer.password), metadata=employer.metadata)
    settle(house, sql)
    gone = only(who, "email", "user", "organization", "session")
    assert remains(house, gone) == nowhere(gone)
    mine = candidates.GetCandidate(candidates_pb2.GetCandidateRequest(candidate_id=profile.id), metadata=person.metadata)
    assert mine.summary == "Mine", "who applied there keeps what is theirs"


def join(sql: Callable[..., Any], organization: Account, other: Account, role: str) -> None:
    sql(
        "INSERT INTO members (tenant_id, user_id, role, created_at) VALUES (%s, %s, %s, now())", organization.tenant_id, other.user_id, role
    )


def test_the_last_owner_stays_while_others_belong_and_an_heir_takes_over(house: House, data: Any, sql: Callable[..., Any]) -> None:
    owner, other = house.employer("Handed over"), house.register()
    jobs = house.stub("jobs", jobs_pb2_grpc.JobServiceStub)
    company = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Handed over"), metadata=owner.metadata)
    join(sql, owner, other, "member")
    request = data_pb2.DeleteAccountRequest(password=owner.password)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LAST_OWNER"):
        data.DeleteAccount(request, metadata=owner.metadata)
    sql("UPDATE members SET role = 'owner' WHERE user_id = %s AND tenant_id = %s", other.user_id, owner.tenant_id)
    data.DeleteAccount(request, metadata=owner.metadata)
    settle(house, sql)
    assert sql("SELECT owner_id::text FROM organizations WHERE id = %s", owner.tenant_id) == [(other.user_id,)]
    assert sql("SELECT owner_id::text FROM organizations WHERE tenant_id = %s", owner.tenant_id, service="billing") == [(other.user_id,)]
    assert sql("SELECT created_by::text FROM companies WHERE id = %s", company.id, service="jobs") == [(other.user_id,)]
    assert remains(house, {"user": owner.user_id}) == {"user": set()}


def test_what_was_written_while_they_left_is_taken_out_by_the_second_look(house: House, data: Any, sql: Callable[..., Any]) -> None:
    account = house.register()
    data.DeleteAccount(data_pb2.DeleteAccountRequest(password=account.password), metadata=account.metadata)
    gone = "SELECT 1 FROM audit_log WHERE action = 'person.erased' AND user_id = %s"
    until(lambda: sql(gone, account.user_id, service="notifications"), "notifications has heard")
    sql("INSERT INTO contacts VALUES (%s, 'late@example.com', 'L', 'Ate', 9)", account.user_id, service="notifications")
    settle(house, sql)
    assert remains(house, {"user": account.user_id}) == {"user": set()}


def test_an_account_is_deleted_by_its_owner_alone(house: House, data: Any) -> None:
    account = house.register()
    for password in ("", "not the password"):
        with refused(grpc.StatusCode.PERMISSION_DENIED, "PASSWORD_WRONG"):
            data.DeleteAccount(data_pb2.DeleteAccountRequest(password=password), metadata=account.metadata)
    factors = house.stub("auth", second_factors_pb2_grpc.SecondFactorServiceStub)
    begun = factors.StartTotp(second_factors_pb2.StartTotpRequest(password=account.password), metadata=account.metadata)
    secret = base64.b32decode(begun.secret + "=" * (-len(begun.secret) % 8))
    codes = factors.ConfirmTotp(
        second_factors_pb2.ConfirmTotpRequest(code=totp.code_at(secret, time.time())), metadata=account.metadata
    ).recovery_codes
    with refused(grpc.StatusCode.PERMISSION_DENIED, "CODE_WRONG"):
        data.DeleteAccount(data_pb2.DeleteAccountRequest(password=account.password), metadata=account.metadata)
    data.DeleteAccount(data_pb2.DeleteAccountRequest(password=account.password, code=codes[0]), metadata=account.metadata)


def test_without_a_password_the_session_has_to_be_fresh(house: House, data: Any, sql: Callable[..., Any]) -> None:
    account = house.register()
    sql("UPDATE users SET password_hash = NULL WHERE id = %s", account.user_id)
    sql("UPDATE sessions SET created_at = now() - interval '11 minutes' WHERE user_id = %s", account.user_id)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "SIGN_IN_TOO_OLD"):
        data.DeleteAccount(data_pb2.DeleteAccountRequest(), metadata=account.metadata)
    sql("UPDATE sessions SET created_at = now() WHERE user_id = %s", account.user_id)
    data.DeleteAccount(data_pb2.DeleteAccountRequest(), metadata=account.metadata)


def test_an_export_is_its_owners_and_ends_after_a_week(house: House, data: Any, sql: Callable[..., Any]) -> None:
    account, stranger = house.register(), house.register()
    export(data, account)
    made = data.ListExports(data_pb2.ListExportsRequest(), metadata=account.metadata).exports[0]
    assert (made.expire_time.seconds - made.ready_time.seconds) == 7 * 24 * 3600
    request = data_pb2.DownloadExportRequest(export_id=made.id)
    with refused(grpc.StatusCode.NOT_FOUND, "EXPORT_NOT_FOUND"):
        list(data.DownloadExport(request, metadata=stranger.metadata))
    sql("UPDATE tasks SET run_at = now() WHERE kind = 'expire_export' AND payload->>'export_id' = %s", made.id)
    until(
        lambda: data.ListExports(data_pb2.ListExportsRequest(), metadata=account.metadata).exports[0].status == "expired", "it is deleted"
    )
    assert not [name for name in files_of(house) if made.id in name]
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "EXPORT_NOT_READY"):
        list(data.DownloadExport(request, metadata=account.metadata))


def test_the_same_over_rest(house: House, edge: Edge) -> None:
    account = house.register()
    http = edge.http(account.access)
    made = http("POST", "/api/users/me/exports/", {}).json
    until(lambda: http("GET", "/api/v1/users/me/exports").json["exports"][0]["status"] == "ready", "the archive is ready", 60)
    file = http("GET", f"/users/me/exports/{made['id']}/file/")
    assert (file.status, file.headers["content-type"]) == (200, "application/zip")
    assert "auth/records.json" in zipfile.ZipFile(io.BytesIO(file.body)).namelist()
    assert http("DELETE", "/api/users/me/", {"password": "not the password"}).reason == "PASSWORD_WRONG"
    assert http("DELETE", "/api/users/me/", {"password": account.password}).status == 200
    assert edge.http()("POST", "/login/", {"email": account.email, "password": account.password}).reason == "CREDENTIALS_WRONG"
