"""The RPCs of code: running it, and reading what was run and what was typed."""

from uuid import UUID

import grpc

from einstellen.interviews.v1 import code_pb2, code_pb2_grpc
from services.chassis import calls, errors, idempotency, paging
from services.chassis.clock import from_timestamp, to_timestamp
from services.chassis.database import Database
from services.interviews import rules, store
from services.interviews.coding import editor
from services.interviews.coding import store as coding
from services.interviews.coding.runs import Runs
from services.interviews.running.programs import language_of
from services.interviews.tables import CodeRun, Interview, Update

Context = grpc.ServicerContext
_EDITS = 50


class CodeService(code_pb2_grpc.CodeServiceServicer):
    """See code.proto."""

    def __init__(self, database: Database, runs: Runs) -> None:
        self._database = database
        self._runs = runs

    def GetCodeRunner(self, request: code_pb2.GetCodeRunnerRequest, context: Context) -> code_pb2.CodeRunner:
        runner = self._runs.runner
        languages = runner.languages()
        reason = "" if languages else "RUNNER_OFF" if runner.name == "none" else "RUNNER_PREPARING"
        return code_pb2.CodeRunner(name=runner.name, languages=languages, reason=reason)

    def RunCode(self, request: code_pb2.RunCodeRequest, context: Context) -> code_pb2.CodeRun:
        person = calls.person()
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            rules.check_candidate(interview, person)
            question = store.get_question(connection, interview.id, UUID(request.question_id))
            rules.check_running(interview)
            rules.check_open(question)
            rules.check_asks_for_code(question)
            code = request.code if request.code.strip() else editor.text(connection, interview.id, question.id)
            rules.check_code(code)
        languages = self._runs.runner.languages()
        if languages and language_of(request.language) not in languages:
            raise errors.FailedPrecondition("LANGUAGE_NOT_RUN", f"these are run here: {', '.join(languages)}")
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, code_pb2.CodeRun)
            if claim.answer is not None:
                run_id = UUID(claim.answer.id)
            else:
                run = self._runs.begin(connection, interview, question, code, request.language)
                run_id = run.id
                claim.keep(code_pb2.CodeRun(id=str(run.id)))
        if claim.answer is None:
            self._runs.carry_out(person, run, question)
        with self._database.begin(person) as connection:
            found = coding.find_run(connection, interview.id, run_id)
        assert found is not None
        return to_run(found, every=rules.is_organization(interview, person))

    def ListCodeRuns(self, request: code_pb2.ListCodeRunsRequest, context: Context) -> code_pb2.ListCodeRunsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            rows, token = page.cut(coding.list_runs(connection, interview.id, page), lambda row: [row.id])
        every = rules.is_organization(interview, person)
        return code_pb2.ListCodeRunsResponse(runs=[to_run(row, every=every) for row in rows], next_page_token=token)

    def ListCodeEdits(self, request: code_pb2.ListCodeEditsRequest, context: Context) -> code_pb2.ListCodeEditsResponse:
        person, page = calls.person(), paging.read(request, int)
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            after = page.after[0] if page.after else 0
            found, _ = coding.load(connection, interview.id, after, page.fetch)
        rows, token = page.cut(found, lambda row: [row.seq])
        return code_pb2.ListCodeEditsResponse(edits=[to_edit(interview, row) for row in rows], next_page_token=token)

    def GetCode(self, request: code_pb2.GetCodeRequest, context: Context) -> code_pb2.SharedCode:
        person = calls.person()
        time = from_timestamp(request.time) if request.HasField("time") else None
        with self._database.begin(person) as connection:
            interview = store.get_interview(connection, UUID(request.interview_id), person.tenant_id, person.user_id)
            last = coding.last_edit(connection, interview.id, seq=request.seq, time=time)
            questions = [row.id for row in store.list_questions(connection, interview.id)]
            texts = editor.texts(connection, interview.id, questions, seq=last.seq) if last else {}
        told = [code_pb2.CodeText(question_id=str(question_id), text=text) for question_id, text in texts.items()]
        return code_pb2.SharedCode(texts=told, seq=last.seq if last else 0, store_time=to_timestamp(last.stored_at if last else None))


def to_run(run: CodeRun, *, every: bool) -> code_pb2.CodeRun:
    """With all that the candidate may see, or with what hidden tests ask, too."""
    return code_pb2.CodeRun(
        id=str(run.id), interview_id=str(run.interview_id), question_id=str(run.question_id), language=run.language, code=run.code,
        is_final=run.is_final, state=run.state, problem=run.problem, runner=run.runner,
        results=[
            code_pb2.TestResult(**result) if every or not result["is_hidden"] else code_pb2.TestResult(is_hidden=True, passed=result["passed"])
            for result in run.results
        ],
        passed_count=sum(bool(result["passed"]) for result in run.results), growth=run.growth, start_time=to_timestamp(run.started_at),
        end_time=to_timestamp(run.ended_at),
    )  # fmt: skip


def to_edit(interview: Interview, update: Update) -> code_pb2.CodeEdit:
    editor_is = "candidate" if update.sender_id == interview.user_id else "colleague"
    return code_pb2.CodeEdit(
        seq=update.seq, editor=editor_is, sender_id=str(update.sender_id), update=update.update, store_time=to_timestamp(update.stored_at)
    )  # fmt: skip
