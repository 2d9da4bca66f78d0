"""An organization that has moved while people worked with it: nobody notices more than a pause, and whoever looks sees both places."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

import grpc
import pytest

from cli import operator, placing
from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.events.v1 import events_pb2, events_pb2_grpc
from einstellen.jobs.v1 import (
    applications_pb2,
    applications_pb2_grpc,
    jobs_pb2,
    jobs_pb2_grpc,
    pipeline_pb2,
    pipeline_pb2_grpc,
)
from einstellen.persons.v1 import persons_pb2, persons_pb2_grpc
from tests.conftest import Account, House, until
from tests.refusals import refused, told
from tests.services.jobs.placing.conftest import JOBS, STALE, Sides


@dataclass
class Firm:
    """An organization with a published job, and what one may do there."""

    account: Account
    company_id: str
    job_id: str


class Board:
    """The RPCs of the jobs that has a place."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.jobs = house.stub("jobs", jobs_pb2_grpc.JobServiceStub)
        self.applications = house.stub("jobs", applications_pb2_grpc.ApplicationServiceStub)
        self.pipeline = house.stub("jobs", pipeline_pb2_grpc.PipelineServiceStub)

    def firm(self, name: str) -> Firm:
        account = self.house.employer(name)
        company = self.jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name=name), metadata=account.metadata).id
        return Firm(account, company, self.post(account, company))

    def post(self, account: Account, company_id: str) -> str:
        request = jobs_pb2.CreateJobRequest(company_id=company_id, title="Engineer", description="Python", status="published")
        return str(self.jobs.CreateJob(request, metadata=account.metadata).id)

    def candidate(self) -> Account:
        person = self.house.register()
        request = candidates_pb2.CreateCandidateRequest(first_name="Ada", summary="Python")
        self.house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub).CreateCandidate(request, metadata=person.metadata)
        return person

    def apply(self, person: Account, job_id: str) -> str:
        return str(self.applications.Apply(applications_pb2.ApplyRequest(job_id=job_id), metadata=person.metadata).id)

    def note(self, firm: Firm, application_id: str, text: str) -> str:
        request = pipeline_pb2.AddNoteRequest(application_id=application_id, text=text)
        return str(self.pipeline.AddNote(request, metadata=firm.account.metadata).id)

    def notes(self, firm: Firm, application_id: str) -> set[str]:
        found, token = set(), ""
        while True:
            request = pipeline_pb2.ListNotesRequest(application_id=application_id, page_size=100, page_token=token)
            page = self.pipeline.ListNotes(request, metadata=firm.account.metadata)
            found |= {note.id for note in page.notes}
            token = page.next_page_token
            if not token:
                return found

    def mine(self, person: Account) -> set[str]:
        listed = self.applications.ListApplications(applications_pb2.ListApplicationsRequest(), metadata=person.metadata)
        return {each.id for each in listed.applications}


@pytest.fixture
def board(placed: House) -> Board:
    return Board(placed)


def move(sides: Sides, firm: Firm, to: str) -> None:
    with closing(placing.mover_of(JOBS, JOBS.load(sides.values), settle=STALE * 2)) as mover:
        mover.move(UUID(firm.account.tenant_id), to)


@pytest.fixture
def writers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


def test_writes_go_on_around_a_move_and_none_is_lost(board: Board, sides: Sides, writers: ThreadPoolExecutor) -> None:
    firm, neighbour, person = board.firm("Groß"), board.firm("Klein"), board.candidate()
    application, theirs = board.apply(person, firm.job_id), board.apply(person, neighbour.job_id)
    over = threading.Event()

    def write(whose: Firm, to: str) -> tuple[set[str], set[str]]:
        """What was answered with an id, and the reasons of what was not."""
        written: set[str] = set()
        refusals: set[str] = set()
        while not over.is_set():
            try:
                written.add(board.note(whose, to, "Ruhig"))
            except grpc.RpcError as problem:
                assert problem.code() is grpc.StatusCode.UNAVAILABLE, problem
                refusals.add(told(problem).reason)
        return written, refusals

    moved, still = writers.submit(write, firm, application), writers.submit(write, neighbour, theirs)
    try:
        for to in ("big", "main", "big"):
            move(sides, firm, to)
            before = len(board.notes(firm, application))
            until(lambda before=before: len(board.notes(firm, application)) > before, f"it writes on {to}")  # type: ignore[misc]
            # Who applied sees both applications all the while, each once.
            assert board.mine(person) == {application, theirs}
    finally:
        over.set()
    assert moved.result()[1] <= {"TENANT_MOVING"}, "a pause, and nothing else"
    assert still.result()[1] == set(), "the neighbour wrote all the while"
    assert board.notes(firm, application) == moved.result()[0]
    assert board.notes(neighbour, theirs) == still.result()[0]
    where = "SELECT (SELECT count(*) FROM notes WHERE tenant_id = %(t)s), (SELECT count(*) FROM jobs WHERE tenant_id = %(t)s)"
    assert sides.sql("main", where, {"t": firm.account.tenant_id}) == [(0, 0)]
    assert sides.sql("big", where, {"t": neighbour.account.tenant_id}) == [(0, 0)]


def test_everybody_works_with_an_organization_that_lives_elsewhere_as_with_any_other(board: Board, sides: Sides) -> None:
    firm, neighbour, person = board.firm("Groß"), board.firm("Klein"), board.candidate()
    early = board.apply(person, firm.job_id)
    move(sides, firm, "big")

    second = board.post(firm.account, firm.company_id)
    late = board.apply(person, second)
    elsewhere = board.apply(person, neighbour.job_id)
    assert board.mine(person) == {early, late, elsewhere}
    public = {job.id for job in board.jobs.ListJobs(jobs_pb2.ListJobsRequest(page_size=100)).jobs}
    assert public >= {firm.job_id, second, neighbour.job_id}
    assert board.jobs.GetJob(jobs_pb2.GetJobRequest(job_id=neighbour.job_id), metadata=firm.account.metadata).id == neighbour.job_id
    answers = pipeline_pb2.SelfIdentification(gender="another")
    said = pipeline_pb2.PutSelfIdentificationRequest(application_id=late, answers=answers)
    assert board.pipeline.PutSelfIdentification(said, metadata=person.metadata) == answers
    away = applications_pb2.UpdateApplicationStatusRequest(application_id=late, status="withdrawn")
    assert board.applications.UpdateApplicationStatus(away, metadata=person.metadata).status == "withdrawn"
    with refused(grpc.StatusCode.NOT_FOUND, "APPLICATION_NOT_FOUND"):
        board.note(neighbour, early, "fremd")
    matches = board.jobs.ListMatches(jobs_pb2.ListMatchesRequest(job_id=second), metadata=firm.account.metadata).matches
    assert late in [match.application_id for match in matches]
    # What waits to be done is done where it was recorded: both sides get their mails.
    done = "SELECT count(*) FROM tasks WHERE kind LIKE 'application%%' AND tenant_id = %s AND state = 'done'"
    until(lambda: sides.sql("big", done, firm.account.tenant_id)[0][0] >= 2, "its tasks have run there")


def test_events_the_audit_log_and_an_export_come_from_both_places(
    board: Board, sides: Sides, placed: House, capsys: pytest.CaptureFixture[str]
) -> None:
    firm, person = board.firm("Groß"), board.candidate()
    applications = [board.apply(person, firm.job_id)]
    move(sides, firm, "big")
    applications.append(board.apply(person, board.post(firm.account, firm.company_id)))
    move(sides, firm, "main")
    applications.append(board.apply(person, board.post(firm.account, firm.company_id)))

    feed = placed.stub("jobs", events_pb2_grpc.EventServiceStub)

    def told_of() -> list[str]:
        request = events_pb2.ListEventsRequest(limit=1000)
        found = feed.ListEvents(request, metadata=placed.as_service("candidates", "jobs")).events
        return [each.subject_id for each in found if each.kind == "application.created" and each.tenant_id == firm.account.tenant_id]

    until(lambda: len(told_of()) >= 3, "the place's events are in the one sequence")
    assert told_of() == applications, "each once, in the order in which it happened"

    log = placed.stub("jobs", audit_pb2_grpc.AuditServiceStub)
    request = audit_pb2.ListAuditEntriesRequest(service="jobs", action="job.created", page_size=2)
    first = log.ListAuditEntries(request, metadata=firm.account.metadata)
    request.page_token = first.next_page_token
    second = log.ListAuditEntries(request, metadata=firm.account.metadata)
    ids = [entry.id for entry in (*first.entries, *second.entries)]
    assert (len(ids), ids) == (3, sorted(set(ids), reverse=True))
    assert operator.verify_audit(sides.values, "jobs", None) == 0
    assert "jobs@big: " in capsys.readouterr().out
    sides.sql("big", "UPDATE audit_log SET action = 'nothing' WHERE action = 'job.created'")
    assert operator.verify_audit(sides.values, "jobs", None) == 1
    assert "the entry was changed" in capsys.readouterr().out
    sides.sql("big", "UPDATE audit_log SET action = 'job.created' WHERE action = 'nothing'")

    kept = placed.stub("jobs", persons_pb2_grpc.PersonServiceStub)
    pieces = kept.ExportPerson(
        persons_pb2.ExportPersonRequest(user_id=person.user_id, organization_ids=[person.tenant_id]),
        metadata=placed.as_service("auth", "jobs"),
    )
    records = b"".join(piece.data for piece in pieces if piece.name == "records.json").decode()
    assert all(records.count(f'"id": "{each}"') == 1 for each in applications)


def test_who_goes_is_taken_out_of_every_place(board: Board, sides: Sides, placed: House) -> None:
    from einstellen.auth.v1 import data_pb2, data_pb2_grpc  # noqa: PLC0415 - for this alone

    firm, neighbour, person = board.firm("Groß"), board.firm("Klein"), board.candidate()
    move(sides, firm, "big")
    for each in (firm, neighbour):
        board.apply(person, each.job_id)
    count = "SELECT count(*) FROM applications WHERE user_id = %s"
    assert [sides.sql(name, count, person.user_id)[0][0] for name in ("main", "big")] == [1, 1]
    request = data_pb2.DeleteAccountRequest(password=person.password)
    placed.stub("auth", data_pb2_grpc.DataServiceStub).DeleteAccount(request, metadata=person.metadata)
    gone = "SELECT count(*) FROM audit_log WHERE action = 'person.erased' AND user_id = %s"
    for name in ("main", "big"):
        until(lambda name=name: sides.sql(name, gone, person.user_id)[0][0], f"{name} has heard", 30)  # type: ignore[misc]
        assert sides.sql(name, count, person.user_id) == [(0,)]
