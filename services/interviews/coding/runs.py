"""Runs of candidates' code, each stored before it begins and when it is over."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit, calls, errors, ids
from services.chassis.calls import Person
from services.chassis.clock import Clock
from services.chassis.database import Database
from services.interviews import resumes
from services.interviews.coding import store
from services.interviews.coding.examining import Examination, code_result, examine
from services.interviews.running.programs import Runner, language_of
from services.interviews.subjects import CodeResult
from services.interviews.tables import CodeRun, Interview, QuestionAnswer

_MOST_A_MINUTE, _MOST = 10, 300
_NEVER = (errors.FailedPrecondition, errors.InvalidArgument)  # refusals that stay: the runner is off, or does not know the language


class Runs:
    """The way from code to what comes of it. No transaction is open while code runs."""

    def __init__(self, database: Database, runner: Runner, clock: Clock) -> None:
        self._database = database
        self.runner = runner
        self._clock = clock

    def begin(self, connection: Connection, interview: Interview, question: QuestionAnswer, code: str, language: str) -> CodeRun:
        """Stores a run of the candidate's that is to be done. Raises ResourceExhausted / RUNS_TOO_MANY."""
        now = self._clock()
        run = CodeRun(
            ids.mint(), interview.id, question.id, is_final=False, language=language_of(language), code=code, runner=self.runner.name, state="running",
            problem="", results=[], growth=None, started_at=now, ended_at=None,
        )  # fmt: skip
        every, recent = store.count_runs(connection, interview.id, now - timedelta(minutes=1))
        if every >= _MOST or recent >= _MOST_A_MINUTE:
            most = f"{_MOST_A_MINUTE} times a minute and {_MOST} times an interview"
            raise errors.ResourceExhausted("RUNS_TOO_MANY", f"code is run {most}: wait a little")
        store.add_run(connection, run)
        audit.record(connection, "code.run", interview_id=interview.id, question_id=question.id, run_id=run.id)
        return run

    def carry_out(self, scope: Person, run: CodeRun, question: QuestionAnswer) -> None:
        """Runs it against the tests that the candidate may see. Raises the refusal that kept it from being run, which is stored too."""
        try:
            found = examine(self.runner, resumes.question(question.question), run.code, run.language, whole=False)
        except errors.Refusal as refusal:
            self._end(scope, run.id, "failed", refusal.reason, None)
            raise
        self._end(scope, run.id, "done", "", found)

    def final(self, interview: Interview, answered: QuestionAnswer) -> CodeResult | None:
        """What the answer's code does in all tests, run once and stored; None where there is nothing to run, or nothing that runs it.

        Raises Unavailable or ResourceExhausted where it cannot be run now.
        """
        question = resumes.question(answered.question)
        if not question.asks_for_code or not answered.code.strip() or not question.tests:
            return None
        with self._database.begin(calls.SYSTEM) as connection:
            stored = store.find_final_run(connection, answered.id)
        if stored is None:
            began, language = self._clock(), language_of(answered.language)
            try:
                found = examine(self.runner, question, answered.code, language, whole=True)
            except _NEVER:
                return None
            stored = CodeRun(
                ids.mint(), interview.id, answered.id, is_final=True, language=language, code=answered.code, runner=self.runner.name, state="done",
                problem="", results=[asdict(result) for result in found.results], growth=found.growth, started_at=began, ended_at=self._clock(),
            )  # fmt: skip
            with self._database.begin(calls.SYSTEM) as connection:
                store.add_final_run(connection, stored)
                audit.record(connection, "code.examined", tenant_id=interview.tenant_id, interview_id=interview.id, question_id=answered.id)
        return code_result(question, stored.results, stored.growth)

    def _end(self, scope: Person, run_id: UUID, state: str, problem: str, found: Examination | None) -> None:
        values: dict[str, Any] = {"state": state, "problem": problem, "ended_at": self._clock()}
        if found is not None:
            values["results"] = [asdict(result) for result in found.results]
        with self._database.begin(scope) as connection:
            store.end_run(connection, run_id, values)
            audit.record(connection, "code.ran", run_id=run_id, state=state)
