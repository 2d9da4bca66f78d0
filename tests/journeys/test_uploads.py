"""CVs through the public address: as browsers and scripts send them, and as somebody who means harm does."""

import json
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from einstellen.candidates.v1 import candidates_pb2, candidates_pb2_grpc
from tests.conftest import Account, House, until
from tests.journeys.conftest import Edge
from tests.services.candidates.parsing import hostile

_DATA = Path(__file__).parents[2] / "cli" / "demo" / "data"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def uploader(house: House) -> tuple[Account, str]:
    account = house.register("Marco", "Ferrari")
    made = house.stub("candidates", candidates_pb2_grpc.CandidateServiceStub).CreateCandidate(
        candidates_pb2.CreateCandidateRequest(first_name="Marco"), metadata=account.metadata
    )
    return account, made.id


def form(data: bytes, name: str) -> tuple[bytes, str]:
    boundary = "x-boundary-x"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    )
    return head.encode() + data + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@pytest.mark.parametrize(("name", "kind"), [("marco-ferrari.docx", _DOCX), ("sofia-keller.pdf", "application/pdf")])
@pytest.mark.parametrize("how", ["raw", "form"])
def test_a_cv_comes_in_is_read_and_goes_out_byte_for_byte(
    edge: Edge, uploader: tuple[Account, str], name: str, kind: str, how: str
) -> None:
    account, candidate_id = uploader
    http, data = edge.http(account.access), (_DATA / name).read_bytes()
    body, content_type = form(data, name) if how == "form" else (data, kind)
    sent = http("POST", f"/candidates/{candidate_id}/upload-cv/", raw=body, content_type=content_type)
    assert (sent.status, sent.json["content_type"], sent.json["size_bytes"]) == (200, kind, str(len(data))), sent.body
    path = f"/candidates/{candidate_id}/cvs/{sent.json['id']}"
    until(lambda: http("GET", path).json["status"] == "parsed", "the CV is read")
    file = http("GET", f"{path}/file")
    assert (file.status, file.headers["content-type"], file.body) == (200, kind, data)


def rows(house: House) -> list[Any]:
    with closing(psycopg2.connect(house.owner_url("candidates"))) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM cvs), (SELECT count(*) FROM tasks), (SELECT count(*) FROM audit_log), (SELECT count(*) FROM events)"
        )
        return list(cursor.fetchall())


def files(house: House) -> int:
    return sum(1 for path in Path(house.environment["UPLOAD_DIR"]).rglob("*") if path.is_file())


_BOMB = hostile.with_members(hostile.document("x"), {"word/media/zeros.xml": b"0" * (80 * 1024 * 1024)})
_HOSTILE = {
    "eleven MiB": (b"%PDF-1.7\n" + b"x" * (11 * 1024 * 1024), "FILE_TOO_LARGE"),
    "a zip bomb": (_BOMB, "FILE_DECOMPRESSES_TOO_FAR"),
    "ten thousand pages": (hostile.packed_pdf(10_000), "FILE_TOO_MANY_PAGES"),
    "a PNG named .pdf": (b"\x89PNG\r\n\x1a\n" + b"\0" * 1000, "FILE_TYPE_UNSUPPORTED"),
    "nothing": (b"", "FILE_EMPTY"),
}


@pytest.mark.parametrize("what", _HOSTILE)
@pytest.mark.parametrize("how", ["raw", "form"])
def test_a_hostile_file_is_refused_quickly_and_leaves_nothing(
    edge: Edge, house: House, uploader: tuple[Account, str], what: str, how: str
) -> None:
    (account, candidate_id), (data, reason) = uploader, _HOSTILE[what]
    body, content_type = form(data, "cv.pdf") if how == "form" else (data, "application/pdf")
    before, started = (rows(house), files(house)), time.monotonic()
    answer = edge.http(account.access)("POST", f"/candidates/{candidate_id}/upload-cv/", raw=body, content_type=content_type)
    assert time.monotonic() - started < 10
    assert 400 <= answer.status < 500, answer.body[:300]
    assert (answer.reason, answer.fields) == (reason, ["body"]), json.loads(answer.body)
    assert (rows(house), files(house)) == before


def test_a_stranger_uploads_nothing_and_downloads_nothing(edge: Edge, house: House, uploader: tuple[Account, str], person: Account) -> None:
    _, candidate_id = uploader
    before = rows(house)
    answer = edge.http(person.access)("POST", f"/candidates/{candidate_id}/upload-cv/", raw=b"%PDF-1.4 x", content_type="application/pdf")
    assert (answer.status, answer.reason) == (404, "CANDIDATE_NOT_FOUND")
    assert rows(house) == before
