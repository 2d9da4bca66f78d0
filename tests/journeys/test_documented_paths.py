"""Every path of the documents leads to an RPC, exactly as it is written there."""

import json
from uuid import uuid4

import pytest

from tests.journeys.conftest import Edge

ANY = str(uuid4())

PATHS = """
POST /register/
POST /api/v1/auth/register/
POST /api/auth/register
POST /login/
POST /api/v1/auth/login/
POST /api/auth/login
POST /api/v1/auth/token/refresh/
POST /api/v1/auth/logout/
GET /api/v1/auth/profile/
PUT /api/v1/auth/profile/
GET /api/auth/me
GET /api/users/me
PUT /api/users/me
GET /tenants/
GET /api/v1/organizations/
POST /api/v1/organizations/
GET /api/v1/organizations/{id}/members/
POST /candidates/
GET /candidates/{id}/
PUT /candidates/{id}/update/
POST /candidates/{id}/upload-cv/
POST /candidates/{id}/education/
POST /candidates/{id}/work-experience/
POST /candidates/{id}/skills/
POST /candidates/{id}/certifications/
PUT /education/{id}/edit/
PUT /work-experience/{id}/edit/
PUT /skills/{id}/edit/
PUT /certifications/{id}/edit/
POST /companies/
POST /jobs/
GET /jobs/{id}/
GET /jobs/list/
POST /jobs/{id}/apply/
GET /applications/
PUT /applications/{id}/status/
GET /jobs/{id}/matches/
POST /notifications/send/
GET /notifications/
POST /messages/send/
GET /messages/
POST /reminders/create/
GET /reminders/
GET /plans/
GET /api/v1/subscriptions/plans/
GET /api/credits/balance
GET /api/credits/packages
GET /api/credits/transactions
POST /interviews/start/
POST /interviews/{id}/end/
GET /interviews/{id}/
GET /interviews/{id}/transcript
GET /interviews/{id}/report
"""


@pytest.mark.parametrize("line", PATHS.strip().splitlines())
def test_a_documented_path_leads_to_an_rpc(edge: Edge, line: str) -> None:
    method, path = line.format(id=ANY).split()
    answer = edge.http()(method, path, None if method == "GET" else {})
    if answer.status == 200:
        assert isinstance(answer.json, dict)
        return
    reason = answer.reason
    # Nobody is signed in, and an empty body misses something: either says that an RPC was found.
    assert (answer.status, reason) in {(401, "TOKEN_MISSING"), (400, "FIELDS_INVALID"), (404, "JOB_NOT_FOUND")}, json.dumps(answer.json)


@pytest.mark.parametrize("path", ["/ws/chat/a-room/", "/ws/interview/{id}/"])
def test_a_documented_socket_is_one(edge: Edge, path: str) -> None:
    assert edge.http()("GET", path.format(id=ANY)).status == 426
