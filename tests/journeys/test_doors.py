"""The doors, all on one address."""

import secrets

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc
from einstellen.notifications.v1 import notifications_pb2, notifications_pb2_grpc
from tests.conftest import Account, House
from tests.journeys.conftest import Edge
from tests.refusals import refused


@pytest.mark.parametrize(
    "path",
    [
        "/auth/profile",
        "/auth/profile/",
        "/api/auth/profile",
        "/api/auth/me",
        "/api/v1/auth/profile",
        "/api/v1/auth/profile/",
        "/api/users/me",
        "//auth//me/",
    ],
)
def test_a_path_is_the_same_with_and_without_its_prefix_and_trailing_slash(edge: Edge, person: Account, path: str) -> None:
    answer = edge.http(person.access)("GET", path)
    assert (answer.status, answer.json["id"]) == (200, person.user_id)


def test_json_has_the_protos_names_and_prints_defaults(edge: Edge, person: Account) -> None:
    profile = edge.http(person.access)("GET", "/api/auth/me").json
    assert profile["picture_url"] == ""
    assert profile["is_platform_admin"] is False
    assert profile["create_time"].endswith("Z")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/no/such/path"), ("POST", "/api/v1/nothing"), ("GET", "/docs-not"), ("GET", "/api/v1/"), ("DELETE", "/api/v1/auth/login")],
)
def test_an_unknown_path_is_404_json_with_a_reason(edge: Edge, method: str, path: str) -> None:
    answer = edge.http()(method, path)
    assert answer.status in (404, 405)
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.reason in ("ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED")
    assert answer.request_id == answer.headers["x-request-id"]


def test_an_unknown_field_and_an_unknown_parameter_are_refused(edge: Edge, person: Account) -> None:
    answer = edge.http()("POST", "/login", {"email": "a@example.com", "password": "x", "remember": True})
    assert (answer.status, answer.reason, answer.fields) == (400, "FIELD_UNKNOWN", ["remember"])
    answer = edge.http(person.access)("GET", "/organizations?page_sise=3")
    assert (answer.status, answer.reason) == (400, "REQUEST_INVALID")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"email": 3, "password": []}', b"\xff\xfe", b'{"email": "a@example.com", "password": "\\u0000\\ud800"}']
)
def test_a_body_that_is_no_such_json_is_400(edge: Edge, body: bytes) -> None:
    answer = edge.http()("POST", "/login", raw=body, content_type="application/json")
    assert answer.status == 400
    assert answer.reason in ("REQUEST_INVALID", "FIELDS_INVALID", "TEXT_INVALID")


def test_a_blank_in_a_query_is_a_plus_as_well(house: House, edge: Edge) -> None:
    call, place = edge.http(house.employer().access), f"New {secrets.token_hex(4)}"
    company = call("POST", "/companies", {"name": "Nordlicht"}).json["id"]
    made = call("POST", "/jobs", {"company_id": company, "title": "C++ Developer", "description": "Drivers", "location": place}).json["id"]
    for query in (f"location={place.replace(' ', '+')}", f"location={place.replace(' ', '%20')}&query=c%2B%2B+drivers"):
        assert [job["id"] for job in call("GET", f"/jobs/list?{query}").json["jobs"]] == [made]


def test_a_violation_names_the_field(edge: Edge) -> None:
    answer = edge.http()("POST", "/register", {"email": "none", "password": "long enough for this"})
    assert (answer.status, answer.reason, answer.fields) == (400, "FIELDS_INVALID", ["email"])
    assert answer.request_id == answer.headers["x-request-id"]


def test_a_body_over_the_limit_is_413(edge: Edge) -> None:
    answer = edge.http()("POST", "/register", {"email": "a@example.com", "password": "x" * 2_000_000})
    assert (answer.status, answer.reason) == (413, "BODY_TOO_LARGE")


def test_envoy_refuses_a_token_that_is_no_good_and_a_public_path_does_not_mind(edge: Edge, person: Account) -> None:
    forged = person.access[:-6] + "AAAAAA"
    answer = edge.http(forged)("GET", "/auth/me")
    assert (answer.status, answer.reason) == (401, "TOKEN_INVALID")
    answer = edge.http(forged)("POST", "/login", {"email": person.email, "password": person.password})
    assert answer.status == 200


def test_without_a_token_the_service_says_what_is_needed(edge: Edge) -> None:
    answer = edge.http()("GET", "/auth/me")
    assert (answer.status, answer.reason) == (401, "TOKEN_MISSING")


def test_a_client_cannot_pass_for_a_service(edge: Edge, house: House) -> None:
    request = notifications_pb2.PutContactRequest(user_id="00000000-0000-0000-0000-000000000001", email="a@example.com", version=1)
    inside = house.stub("notifications", notifications_pb2_grpc.NotificationServiceStub)
    inside.PutContact(request, metadata=house.as_service("auth", "notifications"))
    with grpc.insecure_channel(edge.host) as channel, refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
        notifications_pb2_grpc.NotificationServiceStub(channel).PutContact(request, metadata=house.as_service("auth", "notifications"))


def test_grpc_answers_on_the_same_address(edge: Edge, person: Account) -> None:
    with grpc.insecure_channel(edge.host) as channel:
        stub = auth_pb2_grpc.AuthServiceStub(channel)
        assert stub.GetProfile(auth_pb2.GetProfileRequest(), metadata=person.metadata).id == person.user_id
        with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
            stub.GetProfile(auth_pb2.GetProfileRequest())


def test_grpc_web_answers_on_the_same_address(edge: Edge, person: Account) -> None:
    answer = edge.http(person.access)(
        "POST", "/einstellen.auth.v1.AuthService/GetProfile", raw=b"\0\0\0\0\0", content_type="application/grpc-web+proto", x_grpc_web="1"
    )
    assert answer.status == 200
    length = int.from_bytes(answer.body[1:5], "big")
    assert auth_pb2.User.FromString(answer.body[5 : 5 + length]).id == person.user_id
    assert b"grpc-status:0" in answer.body[5 + length :]


def test_a_browser_of_a_known_origin_may_ask_and_another_may_not(edge: Edge) -> None:
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "authorization,content-type"}
    known = edge.http()("OPTIONS", "/api/v1/auth/login", origin="https://console.example", **asked)
    assert known.headers["access-control-allow-origin"] == "https://console.example"
    unknown = edge.http()("OPTIONS", "/api/v1/auth/login", origin="https://evil.example", **asked)
    assert "access-control-allow-origin" not in unknown.headers


def test_the_request_id_is_ours_and_in_the_answer(edge: Edge) -> None:
    answer = edge.http()("GET", "/auth/me", x_request_id="chosen-by-a-client")
    assert answer.headers["x-request-id"] != "chosen-by-a-client"


def test_the_documentation_is_served_from_the_stack(edge: Edge) -> None:
    document = edge.http()("GET", "/api/schema/").json
    assert document["openapi"].startswith("3.1")
    for page in ("/docs", "/docs/", "/api/schema/swagger-ui/", "/redoc"):
        answer = edge.http()("GET", page)
        assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, "text/html"), page
        assert b"http://" not in answer.body.replace(b"http://www.w3.org", b"")
    assert edge.http()("GET", "/").headers["location"].endswith("/docs")


def test_health_says_that_everything_is_ready(edge: Edge) -> None:
    assert edge.http()("GET", "/healthz").status == 200
    ready = edge.http()("GET", "/readyz")
    assert (ready.status, ready.json["ready"]) == (200, True)
    assert {"auth.database", "auth.redis", "jobs.database"} <= set(ready.json["parts"])


def test_grpc_health_and_reflection_answer_for_the_whole(edge: Edge) -> None:
    with grpc.insecure_channel(edge.host) as channel:
        assert health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
        asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        (listed,) = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(asked)
        names = {service.name for service in listed.list_services_response.service}
    assert "einstellen.jobs.v1.JobService" in names
    assert "einstellen.rooms.v1.RoomOwnerService" not in names


def test_a_new_person_comes_in_over_rest_alone(edge: Edge) -> None:
    http, email = edge.http(), f"p{secrets.token_hex(6)}@example.com"
    made = http("POST", "/register/", {"email": email, "password": "correct horse battery", "full_name": "Grace Hopper"})
    assert (made.status, made.json["first_name"], made.json["last_name"]) == (200, "Grace", "Hopper")
    pair = http("POST", "/api/auth/login", {"email": email, "password": "correct horse battery"}).json
    assert edge.http(pair["access_token"])("GET", "/api/users/me").json["email"] == email
    again = http("POST", "/api/v1/auth/token/refresh/", {"refresh_token": pair["refresh_token"]}).json
    assert http("POST", "/api/v1/auth/logout/", {"refresh_token": again["refresh_token"]}).json == {}
    assert http("POST", "/api/v1/auth/token/refresh/", {"refresh_token": again["refresh_token"]}).status == 401
