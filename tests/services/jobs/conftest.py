"""What the tests of jobs start from: stubs, an employer with a company, jobs, and people with profiles."""

import itertools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import psycopg2
import pytest

from einstellen.auth.v1 import organizations_pb2, organizations_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from einstellen.jobs.v1 import applications_pb2, applications_pb2_grpc, jobs_pb2, jobs_pb2_grpc
from tests.conftest import Account, House, until

DESCRIPTION = "You build payment services in Python on PostgreSQL and run them on Kubernetes. We ask for three years of experience."


@pytest.fixture
def jobs(house: House) -> Any:
    return house.stub("jobs", jobs_pb2_grpc.JobServiceStub)


@pytest.fixture
def applications(house: House) -> Any:
    return house.stub("jobs", applications_pb2_grpc.ApplicationServiceStub)


@pytest.fixture
def candidates(house: House) -> Any:
    return house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub)


@dataclass
class Firm:
    """An organization with a company, as its owner."""

    account: Account
    company_id: str
    _jobs: Any

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return self.account.metadata

    def post(self, title: str = "Backend Engineer", description: str = DESCRIPTION, **fields: Any) -> jobs_pb2.Job:
        request = jobs_pb2.CreateJobRequest(company_id=self.company_id, title=title, description=description, **fields)
        return self._jobs.CreateJob(request, metadata=self.metadata)

    def close(self, job: jobs_pb2.Job) -> jobs_pb2.Job:
        return self._jobs.CloseJob(jobs_pb2.CloseJobRequest(job_id=job.id), metadata=self.metadata)


@pytest.fixture
def new_firm(house: House, jobs: Any) -> Callable[[], Firm]:
    def make() -> Firm:
        account = house.employer()
        company = jobs.CreateCompany(jobs_pb2.CreateCompanyRequest(name="Nordlicht Zahlungen"), metadata=account.metadata)
        return Firm(account, company.id, jobs)

    return make


@pytest.fixture
def firm(new_firm: Callable[[], Firm]) -> Firm:
    return new_firm()


@pytest.fixture
def colleague(house: House) -> Callable[[Firm, str], Account]:
    """Somebody else in a firm's organization, with a role."""

    def join(firm: Firm, role: str) -> Account:
        account = house.register("Rita", "Klein")
        with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection, connection.cursor() as cursor:
            values = (firm.account.tenant_id, account.user_id, role)
            cursor.execute("INSERT INTO members (tenant_id, user_id, role, created_at) VALUES (%s, %s, %s, now())", values)
        pair = house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub).SwitchOrganization(
            organizations_pb2.SwitchOrganizationRequest(organization_id=firm.account.tenant_id, refresh_token=account.refresh),
            metadata=account.metadata,
        )
        return replace(account, access=pair.access_token, refresh=pair.refresh_token, tenant_id=pair.organization_id, role=pair.role)

    return join


@dataclass
class Seeker:
    """A person with a profile."""

    account: Account
    candidate_id: str
    _applications: Any

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return self.account.metadata

    def apply(self, job: jobs_pb2.Job, **fields: Any) -> applications_pb2.Application:
        return self._applications.Apply(applications_pb2.ApplyRequest(job_id=job.id, **fields), metadata=self.metadata)


_NAMES = itertools.cycle(["Ada Lindqvist", "Marco Ferrari", "Sofia Keller", "Jonas Weber"])


@pytest.fixture
def seeker(house: House, applications: Any, candidates: Any) -> Callable[..., Seeker]:
    def make(headline: str = "Backend Engineer", skills: tuple[str, ...] = ("Python", "PostgreSQL"), **fields: Any) -> Seeker:
        first_name, last_name = next(_NAMES).split()
        account = house.register(first_name, last_name)
        made = candidates.CreateCandidate(
            candidates_pb2.CreateCandidateRequest(
                first_name=first_name, last_name=last_name, headline=headline, dob="1990-12-31", phone="+49 30 1234567", **fields
            ),
            metadata=account.metadata,
        )  # fmt: skip
        for skill in skills:
            candidates.AddSkill(
                candidates_pb2.AddSkillRequest(candidate_id=made.id, skill=candidates_pb2.Skill(skill_name=skill)),
                metadata=account.metadata,
            )
        return Seeker(account, made.id, applications)

    return make


def copied(house: House, candidate_id: str) -> None:
    """Waits until jobs knows all of the profile."""
    ((newest,),) = house.read("candidates", "SELECT max(position) FROM events WHERE subject_id = %s", candidate_id)
    query = "SELECT 1 FROM candidate_profiles WHERE candidate_id = %s AND position >= %s"
    until(lambda: house.read("jobs", query, candidate_id, newest), "jobs knows all of the profile")


def rows(house: House, query: str, *values: object) -> list[Any]:
    """What the service's database has, as its owner sees it."""
    with closing(psycopg2.connect(house.owner_url("jobs"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []
