"""What the operator hears of errors in services."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import uuid4

import pytest

from cli.stack import mailbox
from einstellen.problems.v1 import problems_pb2, problems_pb2_grpc
from services.chassis import calls, problems, reporting
from services.chassis.calls import Call
from services.chassis.clock import to_timestamp
from services.chassis.reporting import Reporter
from services.chassis.tokens import ServiceTokens
from tests.conftest import until
from tests.services.notifications.conftest import PostOffice


@pytest.fixture(autouse=True)
def unheard(office: PostOffice) -> Iterator[None]:
    office.row("DELETE FROM problems")
    office.row("DELETE FROM tasks WHERE kind = 'operator_digest'")
    yield
    calls.enter(calls.NO_CALL)


def heard(office: PostOffice, words: str) -> list[mailbox.Mail]:
    operator = f"{office.owner_url.rpartition('/')[2].partition('?')[0]}@example.com"
    return [m for m in office.house.mails(operator) if words in m["subject"] + m["text"]]


def report(office: PostOffice, method: str, exception: str = "KeyError", count: int = 1) -> None:
    told = problems_pb2.Problem(
        method=method, exception=exception, place="rpc.py:7 Do", request="r-1", count=count, first_time=to_timestamp(datetime.now(UTC))
    )
    stub = office.stub(problems_pb2_grpc.ProblemServiceStub)
    stub.ReportProblems(problems_pb2.ReportProblemsRequest(problems=[told]), metadata=office.jobs)


def test_the_first_of_a_kind_is_mailed_at_once_and_the_others_together(office: PostOffice) -> None:
    method = f"JobService/{uuid4().hex}"
    report(office, method)
    (mail,) = until(lambda: heard(office, method), "the operator is told")
    assert mail["subject"] == f"jobs: KeyError in {method}"
    for _ in range(3):
        report(office, method, count=10)
    office.row("UPDATE tasks SET run_at = now() WHERE kind = 'operator_digest'")
    (digest,) = until(lambda: heard(office, f"30 x jobs: KeyError in {method}"), "the digest")
    assert digest["subject"] == "30 errors of services"
    assert len(heard(office, method)) == 2
    assert office.row("SELECT count, untold FROM problems WHERE method = %s", method) == (31, 0)


def test_a_storm_of_kinds_is_five_mails_and_a_digest(office: PostOffice) -> None:
    storm = uuid4().hex
    for number in range(12):
        report(office, f"{storm}/{number}")
    until(lambda: len(heard(office, f"in {storm}")) == 5, "five mails")
    assert office.row("SELECT count(*) FROM tasks WHERE kind = 'operator_digest'") == (1,)
    office.row("UPDATE tasks SET run_at = now() WHERE kind = 'operator_digest'")
    (digest,) = until(lambda: heard(office, "7 errors of services"), "the digest")
    assert digest["text"].count(storm) == 7
    assert len(heard(office, f"in {storm}")) == 6


def test_what_is_reported_has_no_words_of_people_in_it(office: PostOffice) -> None:
    server, method = f"s{uuid4().hex[:8]}", f"JobService/{uuid4().hex}"
    calls.enter(Call(server, method, "request-7"))
    for secret in ("ada@example.com", "hunter2"):
        try:
            {}[secret]
        except KeyError as problem:
            problems.note(problem)
    reporter = Reporter(server, office.address, ServiceTokens(office.house.environment["SERVICE_TOKEN"], "jobs"))
    reporter.start()
    (mail,) = until(lambda: heard(office, method), "the operator is told")
    reporter.stop()
    raw = message_from_bytes((office.house.mailbox.folder / f"{mail['id']}.eml").read_bytes(), policy=policy.default).as_string()
    assert "request-7" in mail["text"]
    assert "tests/services/notifications/test_problems.py" in mail["text"] or "notifications/test_problems.py" in mail["text"]
    assert "hunter2" not in raw
    assert "ada@example.com" not in raw
    assert office.row("SELECT count FROM problems WHERE method = %s", method) == (2,)


def test_what_nobody_took_is_kept_and_reported_with_what_came_meanwhile(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "_AFTER_FAILURE_SECONDS", 0.05)
    server, method = f"s{uuid4().hex[:8]}", f"JobService/{uuid4().hex}"
    calls.enter(Call(server, method, "request-8"))
    tokens = ServiceTokens(office.house.environment["SERVICE_TOKEN"], "jobs")
    reporter = Reporter(server, office.address, ServiceTokens("x" * 40, "jobs"))  # whom notifications does not know
    problems.note(KeyError())
    reporter.start()
    reporter.stop()
    problems.note(KeyError())
    second = Reporter(server, office.address, tokens)
    second.start()
    until(lambda: office.row("SELECT count FROM problems WHERE method = %s", method) == (2,), "both were counted")
    second.stop()


def test_a_report_that_fails_is_not_one_more_to_report() -> None:
    server = f"s{uuid4().hex[:8]}"
    calls.enter(Call(server, "einstellen.problems.v1.ProblemService/ReportProblems", "r"))
    problems.note(KeyError())
    assert server not in problems._seen
