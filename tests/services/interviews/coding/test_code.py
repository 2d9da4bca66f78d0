"""Code in an interview: run against the visible tests, examined when it is given, and kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import grpc
import pycrdt
import pytest

from einstellen.interviews.v1 import code_pb2 as pb
from einstellen.interviews.v1 import code_pb2_grpc, interviews_pb2, reviews_pb2, reviews_pb2_grpc
from einstellen.rooms.v1 import documents_pb2, documents_pb2_grpc
from services.chassis.clock import from_timestamp, to_timestamp
from services.interviews.running.modules import GUESTS, compile_into, default_folder
from tests.conftest import Account, House
from tests.refusals import refused
from tests.services.interviews.conftest import Hiring, rows

NOT_FOUND, NOT_NOW = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION
RIGHT = (
    "def edits(one, other):\n    row = list(range(len(other) + 1))\n    for i, a in enumerate(one, 1):\n        last, row[0] = row[0], i\n"
    "        for j, b in enumerate(other, 1):\n            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))\n    return row[-1]\n"
)
SHIFT = "def FUNCTION(*given):\n    print('called')\n    return None\n"


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    for guest in GUESTS.values():
        compile_into(default_folder(), guest)


@pytest.fixture
def code(house: House) -> Any:
    return house.stub("interviews", code_pb2_grpc.CodeServiceStub)


@pytest.fixture
def asked(hiring: Hiring) -> tuple[Hiring, str, interviews_pb2.Question]:
    """An interview in which code is asked for now."""
    made = hiring.start(question_count=2)
    question = made.open_question
    while not question.asks_for_code:
        question = hiring.answer(made.id).next_question
    return hiring, made.id, question


def solution(question: interviews_pb2.Question) -> str:
    """Python that returns what is expected of the tests that are shown, and nothing else."""
    name = question.signature.partition("(")[0]
    shown = ", ".join(f"({test.arguments!r}, {test.expected!r})" for test in question.tests)
    start = f"import json\ndef {name}(*given):\n"
    return (
        start
        + f"    for asked, expected in [{shown}]:\n        if json.loads(asked) == list(given):\n            return json.loads(expected)\n"
    )


def run(code: Any, hiring: Hiring, interview_id: str, question: interviews_pb2.Question, text: str, **fields: Any) -> pb.CodeRun:
    request = pb.RunCodeRequest(interview_id=interview_id, question_id=question.id, code=text, **fields)
    return code.RunCode(request, metadata=hiring.candidate.metadata, timeout=30)


def write(house: House, interview_id: str, question_id: str, who: Account, text: str, doc: pycrdt.Doc) -> None:
    """Types into the shared editor, as the gateway stores it."""
    before = doc.get_state()
    shared = doc.get(question_id, type=pycrdt.Text)
    shared += text
    request = documents_pb2.AppendUpdatesRequest(
        room_name=f"interview-{interview_id}", updates=[doc.get_update(before)], batch_id=str(uuid4())
    )
    stub = house.stub("interviews", documents_pb2_grpc.DocumentOwnerServiceStub)
    stub.AppendUpdates(request, metadata=(*house.as_service("gateway", "interviews"), *who.metadata))


def test_code_is_run_against_the_tests_that_are_shown_and_the_score_rests_on_all(code: Any, asked: Any) -> None:
    hiring, interview_id, question = asked
    assert question.hidden_test_count >= 3
    wrong = run(code, hiring, interview_id, question, SHIFT.replace("FUNCTION", question.signature.partition("(")[0]))
    assert (wrong.state, wrong.runner, wrong.is_final, len(wrong.results)) == ("done", "wasm", False, len(question.tests))
    assert wrong.results[0].output == "called\n"
    right = run(code, hiring, interview_id, question, solution(question), request_id="run-1")
    assert right.passed_count == len(question.tests)
    assert run(code, hiring, interview_id, question, solution(question), request_id="run-1") == right
    hiring.answer(interview_id, "", code=solution(question), language="python")
    score = next(one for one in hiring.questions(interview_id) if one.id == question.id).score
    every = len(question.tests) + question.hidden_test_count
    assert (score.code.passed_count >= len(question.tests), score.code.test_count) == (True, every)
    assert score.value == round(10 * score.code.passed_count / every, 1)
    request = pb.ListCodeRunsRequest(interview_id=interview_id)
    seen = code.ListCodeRuns(request, metadata=hiring.employer.metadata).runs
    assert [one.is_final for one in seen] == [False, False, True]
    assert all(result.arguments for result in seen[-1].results)
    mine = code.ListCodeRuns(request, metadata=hiring.candidate.metadata).runs
    hidden = [result for result in mine[-1].results if result.is_hidden]
    assert len(hidden) == question.hidden_test_count
    assert not any(result.arguments or result.expected or result.value or result.output for result in hidden)


def test_scoring_again_rests_on_the_same_run(code: Any, asked: Any, house: House) -> None:
    hiring, interview_id, question = asked
    hiring.answer(interview_id, "", code=solution(question), language="python")
    hiring.end(interview_id)
    first = hiring.report(interview_id)
    stub = house.stub("interviews", reviews_pb2_grpc.ReviewServiceStub)
    again = stub.ScoreAgain(reviews_pb2.ScoreAgainRequest(interview_id=interview_id), metadata=hiring.employer.metadata, timeout=30)
    assert (again.version, again.overall_score, list(again.questions)) == (2, first.overall_score, list(first.questions))
    ((count,),) = rows(house, "SELECT count(*) FROM code_runs WHERE interview_id = %s AND is_final", interview_id)
    assert count == 1


def test_code_is_not_run_for_others_nor_without_limit(code: Any, asked: Any, house: House) -> None:
    hiring, interview_id, question = asked
    request = pb.RunCodeRequest(interview_id=interview_id, question_id=question.id, code="x = 1")
    with refused(grpc.StatusCode.PERMISSION_DENIED, "CANDIDATE_ONLY"):
        code.RunCode(request, metadata=hiring.employer.metadata)
    with refused(NOT_FOUND, "INTERVIEW_NOT_FOUND"):
        code.RunCode(request, metadata=house.register().metadata)
    with refused(NOT_NOW, "LANGUAGE_NOT_RUN"):
        run(code, hiring, interview_id, question, "x", language="cobol")
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "CODE_EMPTY", field="code"):
        run(code, hiring, interview_id, question, " \n")
    first = hiring.questions(interview_id)[0]
    with refused(NOT_NOW, "QUESTION_ANSWERED"):
        run(code, hiring, interview_id, first, "x = 1")
    rows(
        house,
        "INSERT INTO code_runs SELECT gen_random_uuid(), interview_id, id, false, 'python', 'x', 'wasm', 'done', '', '[]', NULL, now(), now() "
        "FROM question_answers, generate_series(1, 10) WHERE id = %s",
        question.id,
    )
    with refused(grpc.StatusCode.RESOURCE_EXHAUSTED, "RUNS_TOO_MANY"):
        run(code, hiring, interview_id, question, "x = 1")


def test_what_stands_in_the_shared_editor_is_run_and_is_the_answer(code: Any, asked: Any, house: House) -> None:
    hiring, interview_id, question = asked
    doc, text = pycrdt.Doc(), solution(question)
    write(house, interview_id, question.id, hiring.employer, "# try\n", doc)
    write(house, interview_id, question.id, hiring.candidate, text, doc)
    assert run(code, hiring, interview_id, question, "").passed_count == len(question.tests)
    answered = hiring.answer(interview_id, "").answered
    assert (answered.code, answered.language) == ("# try\n" + text, "python")
    edits = code.ListCodeEdits(pb.ListCodeEditsRequest(interview_id=interview_id), metadata=hiring.candidate.metadata).edits
    assert [(edit.seq, edit.editor) for edit in edits] == [(1, "colleague"), (2, "candidate")]
    read = code.GetCode(pb.GetCodeRequest(interview_id=interview_id), metadata=hiring.employer.metadata)
    assert [(one.question_id, one.text) for one in read.texts] == [(question.id, "# try\n" + text)]
    first = code.GetCode(pb.GetCodeRequest(interview_id=interview_id, seq=1), metadata=hiring.employer.metadata)
    assert [one.text for one in first.texts] == ["# try\n"]
    before = to_timestamp(from_timestamp(edits[0].store_time) - timedelta(seconds=1))
    assert not code.GetCode(pb.GetCodeRequest(interview_id=interview_id, time=before), metadata=hiring.employer.metadata).texts
    replayed = pycrdt.Doc()
    for edit in edits:
        replayed.apply_update(edit.update)
    assert str(replayed.get(question.id, type=pycrdt.Text)) == "# try\n" + text


def test_code_that_was_not_handed_in_when_the_interview_ends_is_the_answer(asked: Any, house: House) -> None:
    hiring, interview_id, question = asked
    write(house, interview_id, question.id, hiring.candidate, solution(question), pycrdt.Doc())
    hiring.end(interview_id)
    last = hiring.report(interview_id).questions[-1]
    assert (last.state, last.code) == ("answered", solution(question))
    assert last.score.code.test_count


def test_the_editor_is_closed_to_strangers_and_after_the_end(asked: Any, house: House) -> None:
    hiring, interview_id, question = asked
    doc = pycrdt.Doc()
    with refused(NOT_FOUND, "INTERVIEW_NOT_FOUND"):
        write(house, interview_id, question.id, house.register(), "x", doc)
    house.take_plan(hiring.employer)
    viewer = house.colleague(hiring.employer, "viewer")
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_ALLOWED"):
        write(house, interview_id, question.id, viewer, "x", doc)
    hiring.end(interview_id)
    with refused(NOT_NOW, "INTERVIEW_NOT_RUNNING"):
        write(house, interview_id, question.id, hiring.candidate, "x", doc)


def test_the_log_of_edits_cannot_be_changed(asked: Any, house: House) -> None:
    import psycopg2  # noqa: PLC0415 - as the service itself connects

    hiring, interview_id, question = asked
    write(house, interview_id, question.id, hiring.candidate, "x = 1", pycrdt.Doc())
    with psycopg2.connect(house.app_url("interviews")) as connection, connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL app.user_id = '{UUID(hiring.candidate.user_id)}'")
        for statement in ("UPDATE document_updates SET update = ''", "DELETE FROM document_updates"):
            cursor.execute(statement + " WHERE interview_id = %s", (interview_id,))
            assert cursor.rowcount == 0


def test_the_runner_says_what_it_runs(code: Any, hiring: Hiring) -> None:
    found = code.GetCodeRunner(pb.GetCodeRunnerRequest(), metadata=hiring.candidate.metadata)
    assert (found.name, list(found.languages), found.reason) == ("wasm", ["python", "javascript"], "")
