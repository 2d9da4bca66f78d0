"""kill -9 at every step of an interview: whatever was under way, the books and the interviews agree afterwards, and nothing is lost or doubled."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis import clients
from services.chassis.clock import utc_now
from services.chassis.database import Database
from services.chassis.tasks import Worker
from services.chassis.tokens import ServiceTokens
from services.interviews import tasks
from services.interviews.closing import Closing
from services.interviews.coding.runs import Runs
from services.interviews.conversation import Conversation
from services.interviews.recordings import Transcribing
from services.interviews.reporting import Reporting
from services.interviews.room import Room
from services.interviews.running.programs import NoRunner
from services.interviews.starting import Peers, Starting
from tests.conftest import Account, House
from tests.services.interviews.conftest import GOOD, Hiring, rows

_MOST_STEPS = 60


@pytest.fixture
def steps(pytestconfig: pytest.Config) -> range:
    """Where to die: at every step in the long campaign, at every third else."""
    return range(1, _MOST_STEPS, 1 if pytestconfig.getoption("--soak") else 3)


class Mortal:
    """Does things of interviews in processes that are killed at a step."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dying.py"))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, step: int, account: Account, kind: str, method: str, **request: Any) -> str:
        person = {
            "user_id": account.user_id, "tenant_id": account.tenant_id, "kind": kind, "role": account.role, "token": account.access
        }  # fmt: skip
        order = {
            "step": step, "person": person, "method": method, "request": request, "environment": self._house.environment,
            "addresses": {name: self._house.addresses[name] for name in ("candidates", "jobs", "billing", "inference")},
        }  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


@pytest.fixture
def mortal(house: House) -> Iterator[Mortal]:
    process = Mortal(house)
    yield process
    process.close()


def recover(house: House) -> None:
    """What a restarted service does once the patience of its tasks is over."""
    tokens = ServiceTokens(house.environment["SERVICE_TOKEN"], "interviews")
    channels = {name: clients.connect(house.addresses[name], name, tokens) for name in ("candidates", "jobs", "billing", "inference")}
    database = Database(house.app_url("interviews"), pool_size=2)
    nothing: Any = None
    room = Room(Silent())
    starting = Starting(
        database, Peers(channels["candidates"], channels["jobs"], channels["billing"], channels["inference"]), room, utc_now
    )
    conversation = Conversation(database, channels["inference"], room, Runs(database, NoRunner("not here"), utc_now), utc_now)
    transcribing = Transcribing(database, nothing, channels["inference"], room, utc_now)  # there are no recordings here
    reporting = Reporting(database, conversation, utc_now)
    handlers = tasks.handlers(starting, conversation, transcribing, reporting, Closing(database, reporting, room, utc_now))
    Worker("interviews", database, handlers, clock=lambda: utc_now() + timedelta(minutes=1)).run_due()
    database.close()


class Silent:
    def publish(self, channel: str, data: bytes) -> None:
        pass


def test_a_start_killed_at_any_step_is_one_running_interview_with_one_charge_or_neither(
    mortal: Mortal, new_hiring: Callable[..., Hiring], steps: range
) -> None:
    hiring = new_hiring(funds=_MOST_STEPS)
    killed = 0
    for step in steps:
        request = {"candidate_id": hiring.candidate_id, "job_id": hiring.job.id, "request_id": f"killed-{step}"}
        outcome = mortal.do(step, hiring.employer, "business", "StartInterview", **request)
        if outcome == "done":
            break
        assert outcome == "killed"
        killed += 1
    assert 20 <= killed * steps.step < _MOST_STEPS - 1
    recover(hiring.house)
    found = rows(hiring.house, "SELECT id::text, status FROM interviews WHERE tenant_id = %s", hiring.employer.tenant_id)
    assert {status for _, status in found} == {"running"}
    assert sorted(hiring.charges()) == sorted(interview_id for interview_id, _ in found)
    assert 0 < len(found) < killed, "some starts were finished, and some had not come far enough"
    # And whoever asks again with the key has one running interview, charged once.
    again = [hiring.start(f"killed-{step}") for step in steps[: killed + 1]]
    assert {made.status for made in again} == {"running"}
    assert sorted(hiring.charges()) == sorted(made.id for made in again)


def test_an_answer_killed_at_any_step_is_kept_whole_or_can_be_given_again(
    mortal: Mortal, new_hiring: Callable[..., Hiring], steps: range
) -> None:
    hiring = new_hiring(funds=1)
    made = hiring.start(question_count=15)
    killed = 0
    for step in steps:
        question = hiring.read(made.id, hiring.candidate).open_question
        outcome = mortal.do(
            step, hiring.candidate, "personal", "AnswerQuestion", interview_id=made.id, question_id=question.id, text=f"{step}: {GOOD}"
        )
        if outcome == "done":
            break
        assert outcome == "killed"
        killed += 1
        recover(hiring.house)
        (now,) = [one for one in hiring.questions(made.id) if one.id == question.id]
        assert now.state in ("open", "answered")
        if now.state == "answered":
            assert now.answer == f"{step}: {GOOD}"
            assert now.HasField("score")
            assert hiring.read(made.id, hiring.candidate).open_question.id not in ("", question.id), "the interview goes on"
    assert 8 <= killed * steps.step < _MOST_STEPS - 1
    said = hiring.transcript(made.id)
    assert [line.seq for line in said] == list(range(1, len(said) + 1))
    answers = [line.text for line in said if line.speaker == "candidate"]
    assert len(answers) == len(set(answers)) == len([one for one in hiring.questions(made.id) if one.state == "answered"])


def test_an_end_killed_at_any_step_leaves_one_report(mortal: Mortal, new_hiring: Callable[..., Hiring], steps: range) -> None:
    hiring = new_hiring(funds=_MOST_STEPS)
    killed = 0
    for step in steps:
        made = hiring.start()
        hiring.answer(made.id)
        outcome = mortal.do(step, hiring.employer, "business", "EndInterview", interview_id=made.id)
        if outcome == "done":
            break
        assert outcome == "killed"
        killed += 1
        recover(hiring.house)
        if hiring.read(made.id).status == "running":  # it had not come so far
            hiring.end(made.id)
        assert hiring.read(made.id).status == "ended"
        assert rows(hiring.house, "SELECT count(*) FROM feedback_reports WHERE interview_id = %s", made.id) == [(1,)]
        assert len([line for line in hiring.transcript(made.id) if line.text == "The interview has ended."]) == 1
    assert 8 <= killed * steps.step < _MOST_STEPS - 1
