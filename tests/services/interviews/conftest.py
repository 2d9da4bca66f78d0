"""What the tests of interviews start from: an organization with a job and credits, and a candidate who applied."""

import itertools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg2
import pytest

from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.interviews.v1 import interviews_pb2, interviews_pb2_grpc
from einstellen.jobs.v1 import applications_pb2, applications_pb2_grpc, jobs_pb2, jobs_pb2_grpc
from tests.conftest import Account, House, until

DESCRIPTION = "You build payment services in Python on PostgreSQL and run them on Kubernetes. We ask for five years of experience."
GOOD = (
    "At Kiefernwald I moved our payment ledger to a partitioned PostgreSQL database. I wrote the migration in Python so that old and new tables were "
    "written together, compared every balance before we switched, and the slowest query went from four seconds to eighty milliseconds."
)


@pytest.fixture
def interviews(house: House) -> Any:
    return house.stub("interviews", interviews_pb2_grpc.InterviewServiceStub)


@dataclass
class Hiring:
    """An organization, as its owner, with a job and somebody who applied to it."""

    house: House
    employer: Account
    candidate: Account
    job: jobs_pb2.Job
    candidate_id: str
    stub: Any
    numbers: Any = field(default_factory=itertools.count)

    def request(self, key: str = "", **fields: Any) -> interviews_pb2.StartInterviewRequest:
        return interviews_pb2.StartInterviewRequest(
            candidate_id=self.candidate_id, job_id=self.job.id, request_id=key or f"start-{next(self.numbers)}", **fields
        )

    def start(self, key: str = "", **fields: Any) -> interviews_pb2.Interview:
        return self.stub.StartInterview(self.request(key, **fields), metadata=self.employer.metadata, timeout=20)

    def read(self, interview_id: str, who: Account | None = None) -> interviews_pb2.Interview:
        request = interviews_pb2.GetInterviewRequest(interview_id=interview_id)
        return self.stub.GetInterview(request, metadata=(who or self.employer).metadata)

    def answer(self, interview_id: str, text: str = GOOD, **fields: Any) -> interviews_pb2.AnswerQuestionResponse:
        """Answers what is open."""
        question = self.read(interview_id, self.candidate).open_question
        request = interviews_pb2.AnswerQuestionRequest(interview_id=interview_id, question_id=question.id, text=text, **fields)
        return self.stub.AnswerQuestion(request, metadata=self.candidate.metadata)

    def end(self, interview_id: str, who: Account | None = None) -> interviews_pb2.Interview:
        request = interviews_pb2.EndInterviewRequest(interview_id=interview_id)
        return self.stub.EndInterview(request, metadata=(who or self.employer).metadata, timeout=20)

    def report(self, interview_id: str, who: Account | None = None) -> interviews_pb2.FeedbackReport:
        return self.stub.GetReport(interviews_pb2.GetReportRequest(interview_id=interview_id), metadata=(who or self.employer).metadata)

    def questions(self, interview_id: str, who: Account | None = None) -> list[interviews_pb2.Question]:
        request = interviews_pb2.ListQuestionsRequest(interview_id=interview_id)
        return list(self.stub.ListQuestions(request, metadata=(who or self.employer).metadata).questions)

    def transcript(self, interview_id: str, who: Account | None = None) -> list[interviews_pb2.TranscriptLine]:
        request = interviews_pb2.ListTranscriptRequest(interview_id=interview_id, page_size=100)
        return list(self.stub.ListTranscript(request, metadata=(who or self.employer).metadata).lines)

    def ledger(self) -> list[credits_pb2.CreditTransaction]:
        """The organization's changes of `hiring` credits, newest first, grants left out."""
        stub = self.house.stub("billing", credits_pb2_grpc.CreditServiceStub)
        answer = stub.ListTransactions(credits_pb2.ListTransactionsRequest(unit="hiring", page_size=100), metadata=self.employer.metadata)
        return [one for one in answer.transactions if one.type != "GRANT"]

    def charges(self) -> list[str]:
        """The interviews that were charged and not given back."""
        spent = [one.reference_id for one in self.ledger() if one.type == "INTERVIEW"]
        back = [one.reference_id for one in self.ledger() if one.type == "REFUND"]
        for one in back:
            spent.remove(one)
        return spent


def hire(house: House, funds: float = 5, description: str = DESCRIPTION, employer: Account | None = None) -> Hiring:
    account, person = employer or house.employer(), house.register()
    jobs, people = house.stub("jobs", jobs_pb2_grpc.JobServiceStub), house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub)
    company = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Nordlicht Zahlungen"), metadata=account.metadata)
    job = jobs.CreateJob(
        jobs_pb2.CreateJobRequest(
            company_id=company.id, title="Senior Backend Engineer", description=description, key_skills=["Python", "PostgreSQL", "Kubernetes"]
        ),
        metadata=account.metadata,
    )  # fmt: skip
    made = people.CreateCandidate(
        candidates_pb2.CreateCandidateRequest(first_name="Ada", last_name="Lindqvist", headline="Backend Engineer"), metadata=person.metadata
    )  # fmt: skip
    work = candidates_pb2.WorkExperience(
        company_name="Kiefernwald GmbH", job_title="Backend Engineer", start_date="2019-03", description="Payment ledger in Python"
    )
    people.AddWorkExperience(candidates_pb2.AddWorkExperienceRequest(candidate_id=made.id, work_experience=work), metadata=person.metadata)
    for skill in ("Python", "PostgreSQL", "Docker"):
        people.AddSkill(
            candidates_pb2.AddSkillRequest(candidate_id=made.id, skill=candidates_pb2.Skill(skill_name=skill)), metadata=person.metadata
        )
    applications = house.stub("jobs", applications_pb2_grpc.ApplicationServiceStub)
    applications.Apply(applications_pb2.ApplyRequest(job_id=job.id), metadata=person.metadata)

    def shared() -> bool:
        try:
            return bool(people.GetCandidate(candidates_pb2.GetCandidateRequest(candidate_id=made.id), metadata=account.metadata))
        except Exception:  # noqa: BLE001 - not shared yet
            return False

    until(shared, "the organization sees who applied")
    if funds:
        house.credit(account, funds)
    return Hiring(house, account, person, job, made.id, house.stub("interviews", interviews_pb2_grpc.InterviewServiceStub))


@pytest.fixture
def new_hiring(house: House) -> Callable[..., Hiring]:
    return partial(hire, house)


@pytest.fixture
def hiring(new_hiring: Callable[..., Hiring]) -> Hiring:
    return new_hiring()


def rows(house: House, query: str, *values: object) -> list[Any]:
    """What the service's database has, as its owner sees it."""
    with closing(psycopg2.connect(house.owner_url("interviews"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []
