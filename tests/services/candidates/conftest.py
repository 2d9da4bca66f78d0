"""What the tests of candidates start from: a stub, a profile, uploads as a client sends them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from google.api.httpbody_pb2 import HttpBody

from einstellen.candidates.v1 import candidates_pb2 as pb
from einstellen.candidates.v1 import candidates_pb2_grpc
from tests.conftest import Account, House, until

DATA = Path(__file__).parents[3] / "cli" / "demo" / "data"
BOUNDARY = "a-boundary-of-ours"


@pytest.fixture
def candidates(house: House) -> Any:
    return house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub)


@dataclass
class Applicant:
    """A new person with a profile."""

    account: Account
    id: str
    _stub: Any

    def profile(self) -> pb.Candidate:
        return self._stub.GetMyCandidate(pb.GetMyCandidateRequest(), metadata=self.account.metadata)

    def upload(self, data: bytes, content_type: str = "application/octet-stream", *, key: str = "") -> pb.Cv:
        metadata = (*self.account.metadata, *((("idempotency-key", key),) if key else ()))
        return self._stub.UploadCv(chunks(self.id, data, content_type), metadata=metadata, timeout=30)

    def cv(self, cv_id: str) -> pb.Cv:
        return self._stub.GetCv(pb.GetCvRequest(candidate_id=self.id, cv_id=cv_id), metadata=self.account.metadata)

    def read(self, data: bytes, content_type: str = "application/octet-stream") -> pb.Cv:
        """Uploads a CV and waits until it is read."""
        cv_id = self.upload(data, content_type).id
        return until(lambda: (cv := self.cv(cv_id)).status != "queued" and cv, "the CV is read", 30)


def chunks(candidate_id: str, data: bytes, content_type: str, size: int = 64 * 1024) -> Iterator[pb.UploadCvRequest]:
    """As Envoy sends a body on: who and what in the first message alone."""
    yield pb.UploadCvRequest(candidate_id=candidate_id, body=HttpBody(content_type=content_type, data=data[:size]))
    for start in range(size, len(data), size):
        yield pb.UploadCvRequest(body=HttpBody(data=data[start : start + size]))


def form(data: bytes, file_name: str, *, before: str = "") -> bytes:
    """A multipart/form-data body with one file, and a field before it where asked."""
    field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="note"\r\n\r\n{before}\r\n' if before else ""
    head = (
        f'{field}--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


FORM = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture
def applicant(house: House, candidates: Any) -> Callable[..., Applicant]:
    def make(**fields: Any) -> Applicant:
        account = house.register()
        made = candidates.CreateCandidate(pb.CreateCandidateRequest(**fields), metadata=account.metadata)
        return Applicant(account, made.id, candidates)

    return make


def rows(house: House, query: str, *values: object) -> list[Any]:
    """What the owner of the tables sees, past row-level security."""
    with closing(psycopg2.connect(house.owner_url("candidates"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def objects_of(house: House, account: Account) -> list[Path]:
    """The files that the object store has of a person."""
    return [path for path in (Path(house.environment["UPLOAD_DIR"]) / account.tenant_id).rglob("*") if path.is_file()]


def events_of(house: House, candidate_id: str) -> list[str]:
    return [kind for (kind,) in rows(house, "SELECT kind FROM events WHERE subject_id = %s ORDER BY position", candidate_id)]
