"""The audit log of each service, read through Envoy: the path or a header says whose it is."""

import csv
import io

import grpc
import pytest

from cli.services import SERVICES
from einstellen.audit.v1 import audit_pb2, audit_pb2_grpc
from tests.conftest import Account, House
from tests.journeys.conftest import Edge
from tests.refusals import refused

_NAMES = [service.name for service in SERVICES]


@pytest.fixture(scope="module")
def owner(house: House) -> Account:
    return house.employer("Read GmbH")


@pytest.mark.parametrize("service", _NAMES)
def test_an_owner_reads_the_log_of_a_service(edge: Edge, owner: Account, service: str) -> None:
    for path in (f"/api/v1/audit/{service}", f"/audit/{service}/"):
        answer = edge.http(owner.access)("GET", path, x_audit_service="auth")
        assert answer.status == 200, answer.body
    with grpc.insecure_channel(edge.host) as channel:
        stub = audit_pb2_grpc.AuditServiceStub(channel)
        request = audit_pb2.ListAuditEntriesRequest(service=service)
        listed = stub.ListAuditEntries(request, metadata=(*owner.metadata, ("x-audit-service", service)))
    assert [entry.id for entry in listed.entries] == [entry["id"] for entry in answer.json["entries"]]
    if service == "auth":
        assert {"organization.created", "session.switched"} <= {entry.action for entry in listed.entries}


def test_the_log_is_a_file_that_a_browser_saves(edge: Edge, owner: Account) -> None:
    answer = edge.http(owner.access)("GET", "/api/v1/audit/auth/csv?action=organization.created")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-auth.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.body.decode()))
    assert (row["action"], row["user_id"]) == ("organization.created", owner.user_id)


def test_there_is_no_log_of_what_is_no_service(edge: Edge, owner: Account) -> None:
    answer = edge.http(owner.access)("GET", "/api/v1/audit/nothing")
    assert (answer.status, answer.reason) == (404, "SERVICE_NOT_FOUND")
    with grpc.insecure_channel(edge.host) as channel, refused(grpc.StatusCode.NOT_FOUND, "SERVICE_NOT_FOUND"):
        audit_pb2_grpc.AuditServiceStub(channel).ListAuditEntries(
            audit_pb2.ListAuditEntriesRequest(service="jobs"), metadata=owner.metadata
        )
