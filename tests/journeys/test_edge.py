"""Requests that are made to deceive, sent to Envoy over raw sockets: what is ambiguous is refused, and nobody becomes somebody else."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from services.chassis.tokens import ServiceTokens
from tests.conftest import Account, House
from tests.journeys import raw
from tests.journeys.conftest import Edge

_SECOND = b"GET /api/v1/plans HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n"
_LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\n"


class Crowd:
    """All requests of this file, each on a connection of its own and all at once: Envoy keeps one that it has refused open for a second."""

    def __init__(self, edge: Edge, house: House, person: Account) -> None:
        self._pool = ThreadPoolExecutor(24)
        self._sent: dict[Any, Future[Any]] = {}
        self._edge, self._house, self._person = edge, house, person
        for sent in [
            *map(smuggled, SMUGGLED), *map(begun, FIRST_LINES), *map(to_hosts, HOSTS), *map(to_path, PATHS), *map(with_headers, TOO_MUCH),
            *map(with_body, BODIES),
        ]:  # fmt: skip
            self._sent[sent] = self._pool.submit(raw.exchange, edge.host, sent)
        for claim in PRETENDERS:
            self._sent[claim] = self._pool.submit(raw.exchange, edge.host, self._pretending(claim))
        token = (b"authorization", b"Bearer " + person.access.encode())
        for words, (headers, *body) in HTTP2.items():
            self._sent["http2", words] = self._pool.submit(raw.exchange2, edge.host, [*headers, token], *body)

    def close(self) -> None:
        self._pool.shutdown()

    def answers(self, sent: bytes | str) -> list[raw.Reply]:
        found: list[raw.Reply] = self._sent[sent].result()
        return found

    def said(self, sent: bytes | str) -> list[int]:
        """The statuses that came back."""
        return [reply.status for reply in self.answers(sent)]

    def said2(self, words: str) -> raw.Http2Reply:
        found: raw.Http2Reply = self._sent["http2", words].result()
        return found

    def _pretending(self, claim: str) -> bytes:
        service = ServiceTokens(self._house.environment["SERVICE_TOKEN"], "gateway").sign("auth")
        header = claim.format(user=self._person.user_id, tenant=self._person.tenant_id, token=self._person.access, service=service)
        return f"GET /api/v1/auth/me HTTP/1.1\r\nHost: edge\r\n{header}\r\nConnection: close\r\n\r\n".encode()


@pytest.fixture(scope="module")
def crowd(edge: Edge, house: House, person: Account) -> Iterator[Crowd]:
    made = Crowd(edge, house, person)
    yield made
    made.close()


def said(edge: Edge, sent: bytes) -> list[int]:
    """The statuses that came back."""
    return [reply.status for reply in raw.exchange(edge.host, sent)]


# A request whose end two readers could see in two places. What follows it must never be answered as a second request.

SMUGGLED = {
    "a length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n",
    "two lengths that differ": b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "a list of lengths": b"Content-Length: 0, 44\r\n\r\n",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "a signed length": b"Content-Length: +0\r\n\r\n",
    "a length in hexadecimal": b"Content-Length: 0x0\r\n\r\n",
    "a length beyond 64 bits": b"Content-Length: 18446744073709551616\r\n\r\n",
    "an empty length": b"Content-Length: \r\n\r\n",
    "a coding that is nearly chunked": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked that is not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "gzip under chunks": b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a coding behind a vertical tab": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a quoted coding": b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "a space before the colon": b"Content-Length : 0\r\n\r\n",
    "a coding with a space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a header behind a bare carriage return": b"X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a header behind a zero byte": b"X-A: b\x00c\r\n\r\n",
    "a header without a name": b": value\r\n\r\n",
    "a header with a space in its name": b"X A: b\r\n\r\n",
    "a line that is no header": b"nothing at all\r\n\r\n",
    "a chunk whose size is no number": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a chunk whose size is beyond 64 bits": b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
    "a chunk of negative size": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "a chunk longer than its size": b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    "underscores for hyphens": b"Content_Length: 44\r\n\r\n",
}


def smuggled(words: str) -> bytes:
    return _LOGIN + SMUGGLED[words] + _SECOND


@pytest.mark.parametrize("words", SMUGGLED)
def test_a_request_of_unclear_length_is_refused_and_nothing_behind_it_is_read(crowd: Crowd, words: str) -> None:
    first, *others = crowd.said(smuggled(words))
    assert first in (400, 501)
    assert 200 not in others


def test_what_stands_behind_a_whole_request_is_a_request_of_its_own(edge: Edge) -> None:
    assert said(edge, _LOGIN + b"Content-Length: 2\r\n\r\n{}" + _SECOND) == [400, 200]


# The first line.

FIRST_LINES = {
    "no version": (b"GET /api/v1/plans\r\n", 426),
    "HTTP/1.0": (b"GET /api/v1/plans HTTP/1.0\r\n", 426),
    "HTTP/3.0": (b"GET /api/v1/plans HTTP/3.0\r\n", 426),
    "no method": (b" /api/v1/plans HTTP/1.1\r\n", 400),
    "a method that nobody knows": (b"BREW /api/v1/plans HTTP/1.1\r\n", 400),
    "a method in small letters": (b"get /api/v1/plans HTTP/1.1\r\n", 400),
    "TRACE": (b"TRACE /api/v1/plans HTTP/1.1\r\n", 404),
    "CONNECT": (b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n", 404),
    "a path with a zero byte": (b"GET /api/v1/pl\x00ans HTTP/1.1\r\n", 400),
    "a path with bytes that are no text": (b"GET /api/v1/pl\xff\xfeans HTTP/1.1\r\n", 400),
    "a path that does not begin with a slash": (b"GET api/v1/plans HTTP/1.1\r\n", 400),
}


def begun(words: str) -> bytes:
    return FIRST_LINES[words][0] + b"Host: edge\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("words", FIRST_LINES)
def test_a_first_line_that_is_none_is_refused(crowd: Crowd, words: str) -> None:
    assert crowd.said(begun(words)) == [FIRST_LINES[words][1]]


HOSTS = [b"", b"Host: edge\r\nHost: other\r\n", b"Host: ed ge\r\n", b"Host: user@edge\r\n"]


def to_hosts(hosts: bytes) -> bytes:
    return b"GET /api/v1/plans HTTP/1.1\r\n" + hosts + b"Connection: close\r\n\r\n"


@pytest.mark.parametrize("hosts", HOSTS)
def test_a_request_names_one_host(crowd: Crowd, hosts: bytes) -> None:
    assert crowd.said(to_hosts(hosts)) == [400]


def test_the_upgrade_to_http2_in_clear_text_is_not_made(edge: Edge) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n"
    assert said(edge, b"GET /api/v1/auth/me HTTP/1.1\r\nHost: edge\r\n" + upgrade) in ([403], [401], [404])


# One path, however it is written.

PATHS = {
    "//api//v1//auth//me": 401,
    "/api/v1/./auth/me": 401,
    "/api/v1/auth/login/../me": 401,
    "/docs/../api/v1/auth/me": 401,
    "/static/../../api/v1/auth/me": 401,
    "/api/v1/auth/%6d%65": 401,
    "/api/v1/auth/me#/login": 400,
    "/api/v1/auth%2fme": 400,
    "/api/v1/auth%2Fme": 400,
    "/api/v1/auth%5cme": 400,
    "/docs%2f..%2fapi/v1/auth/me": 400,
    "/api/v1/auth/%2e%2e/auth/me": 401,
    "/api/v1/auth/login/%2e%2e/me": 401,
    "/api/v1/auth/login/..;/me": 401,
    "/api/v1/auth/login;/../me": 401,
    "/api/v1/auth/me;x=1": 404,
    "/api/v1/auth/me%00": 400,
    "/api/v1/auth/me%0d%0aX-A:b": 404,
    "/API/V1/AUTH/ME": 404,
    "/api/v1/Auth/me": 404,
    "/api/v1/auth/%256d%2565": 404,
    "/api/v1/auth/me%20": 404,
    "/api\\v1\\auth\\me": 401,
    "/api/v1/auth/..%c0%afme": 404,
    "/api/api/v1/auth/me": 404,
    "/einstellen.auth.v1.AuthService/../einstellen.rooms.v1.RoomOwnerService/JoinRoom": 404,
    "/EINSTELLEN.rooms.v1.RoomOwnerService/JoinRoom": 404,
    "//einstellen.events.v1.EventService/ListEvents": 404,
}


def to_path(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n".encode("latin-1")


@pytest.mark.parametrize("path", PATHS)
def test_a_path_in_disguise_opens_nothing(crowd: Crowd, path: str) -> None:
    assert crowd.said(to_path(path)) == [PATHS[path]]


# Whoever says in a header who they are, or where they come from, is not believed.

CLAIMS = [
    "X-Forwarded-For: 203.0.113.9",
    "X-Forwarded-For: 203.0.113.9, 127.0.0.1",
    "X-Real-IP: 203.0.113.9",
    "Forwarded: for=203.0.113.9",
    "True-Client-IP: 203.0.113.9",
    "X-Client-Address: 203.0.113.9",
    "X-Envoy-External-Address: 203.0.113.9",
    "X-Envoy-Internal: true\r\nX-Envoy-External-Address: 203.0.113.9",
    "Connection: close, X-Envoy-External-Address\r\nX-Envoy-External-Address: 203.0.113.9",
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_address_of_a_client_is_that_of_its_connection(edge: Edge, person: Account, claim: str) -> None:
    body = json.dumps({"email": person.email, "password": person.password}).encode()
    (reply,) = raw.exchange(edge.host, _LOGIN + f"{claim}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    assert reply.status == 200
    signed_in = json.loads(reply.body)
    listed = edge.http(signed_in["access_token"])("GET", "/api/v1/auth/sessions").json["sessions"]
    (current,) = [session for session in listed if session["is_current"]]
    assert current["ip_address"] == "127.0.0.1"


PRETENDERS = [
    "X-User-Id: {user}",
    "X-Tenant-Id: {tenant}",
    "X-Forwarded-User: {user}",
    "X-Jwt-Payload: {{}}",
    "X-Service-Token: {service}",
    "X-Service-Token-Bin: {service}",
    "X-Service-Token: {service}\r\nConnection: close, X-Service-Token",
    "X-Service-Token : {service}",
    "X_Service_Token: {service}",
    "Cookie: access_token={token}",
    "X-Authorization: Bearer {token}",
    "Proxy-Authorization: Bearer {token}",
    "Authorization: {token}",
    "Authorization: Basic {token}",
    "Authorization: Bearer Bearer {token}",
    "Authorization: Bearer {token}\r\nAuthorization: Bearer {token}",
    "Authorization: Bearer {token}, Bearer {token}",
    "X-HTTP-Method-Override: POST\r\nX-Original-URL: /api/v1/plans\r\nX-Rewrite-URL: /api/v1/plans",
    "X-Envoy-Original-Path: /api/v1/plans",
]


@pytest.mark.parametrize("claim", PRETENDERS)
def test_only_a_token_where_tokens_belong_says_who_is_calling(crowd: Crowd, claim: str) -> None:
    assert crowd.said(claim) in ([401], [400])


def test_a_token_in_the_address_is_no_token(edge: Edge, person: Account) -> None:
    assert edge.http()("GET", f"/api/v1/auth/me?access_token={person.access}").status in (400, 401)


def test_headers_that_steer_envoy_are_not_taken_from_outside(edge: Edge) -> None:
    steering = "X-Envoy-Upstream-Rq-Timeout-Ms: 1\r\nX-Envoy-Max-Retries: 100\r\nX-Envoy-Retry-On: 5xx\r\nX-Envoy-Upstream-Alt-Stat-Name: a"
    request = f"GET /api/v1/plans HTTP/1.1\r\nHost: edge\r\n{steering}\r\nConnection: close\r\n\r\n"
    (reply,) = raw.exchange(edge.host, request.encode())
    assert reply.status == 200
    assert "x-envoy" not in reply.head.lower()


# Too much of anything.

TOO_MUCH = {
    "a header of 40 KiB": (b"X-A: " + b"a" * 40_000 + b"\r\n", 431),
    "headers of 40 KiB": (b"".join(b"X-%d: " % n + b"a" * 1000 + b"\r\n" for n in range(40)), 431),
    "101 headers": (b"".join(b"X-%d: a\r\n" % n for n in range(101)), 431),
    "a token of 40 KiB": (b"Authorization: Bearer " + b"a" * 40_000 + b"\r\n", 431),
    "a cookie of 40 KiB": (b"Cookie: a=" + b"a" * 40_000 + b"\r\n", 431),
}


def with_headers(words: str) -> bytes:
    return b"GET /api/v1/plans HTTP/1.1\r\nHost: edge\r\n" + TOO_MUCH[words][0] + b"Connection: close\r\n\r\n"


@pytest.mark.parametrize("words", TOO_MUCH)
def test_headers_beyond_the_limit_are_refused(crowd: Crowd, words: str) -> None:
    assert crowd.said(with_headers(words)) == [TOO_MUCH[words][1]]


def test_an_address_of_40_kib_is_refused(edge: Edge) -> None:
    assert said(edge, b"GET /api/v1/jobs?query=" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: edge\r\n\r\n")[0] in (414, 431)


BODIES = {
    "as long as it says": b"Content-Length: 1200000\r\n\r\n" + b'{"email": "' + b"a" * 1_199_987 + b'"}',
    "in chunks": b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 20 + b"0\r\n\r\n",
}


def with_body(words: str) -> bytes:
    return _LOGIN + b"Connection: close\r\n" + BODIES[words]


@pytest.mark.parametrize("words", BODIES)
def test_a_body_beyond_the_limit_is_refused(crowd: Crowd, words: str) -> None:
    (reply,) = crowd.answers(with_body(words))
    assert (reply.status, b"BODY_TOO_LARGE" in reply.body) == (413, True)


def test_json_that_nests_without_end_is_refused(edge: Edge) -> None:
    body = b'{"email": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert said(edge, _LOGIN + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body) == [400]


def test_a_body_that_is_packed_is_not_unpacked(edge: Edge) -> None:
    assert said(edge, _LOGIN + b"Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00") == [400]


# HTTP/2, by its own rules.

_ME = [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"edge"), (b":path", b"/api/v1/auth/me")]
HTTP2: dict[str, tuple[Any, ...]] = {
    "chunks": ([*_ME, (b"transfer-encoding", b"chunked")],),
    "a connection of its own": ([*_ME, (b"connection", b"close")],),
    "an upgrade": ([*_ME, (b"upgrade", b"h2c")],),
    "a length that is not the body's": ([(b":method", b"POST"), *_ME[1:], (b"content-length", b"3")], b"abcdef"),
    "a line break in a value": ([*_ME, (b"x-a", b"b\r\nx-service-token: c")],),
    "a line break in the path": ([*_ME[:3], (b":path", b"/api/v1/auth/me HTTP/1.1\r\nx-a: b")],),
    "a zero byte in a value": ([*_ME, (b"x-a", b"b\x00c")],),
    "capital letters": ([*_ME, (b"X-Service-Token", b"a")],),
    "a colon in a name": ([*_ME, (b"x-a: b\r\nx-c", b"d")],),
    "two paths": ([*_ME, (b":path", b"/api/v1/plans")],),
    "two methods": ([(b":method", b"POST"), *_ME],),
    "no method": (_ME[1:],),
    "no path": (_ME[:3],),
    "an empty path": ([*_ME[:3], (b":path", b"")],),
    "a pseudo-header behind the others": ([*_ME[:3], (b"x-a", b"b"), _ME[3]],),
    "a pseudo-header that nobody knows": ([*_ME, (b":service", b"auth")],),
    "underscores for hyphens": ([*_ME, (b"x_service_token", b"a")],),
    "101 headers": ([*_ME, *((b"x-%d" % n, b"a") for n in range(101))],),
    "headers of 40 KiB": ([*_ME, *((b"x-%d" % n, b"a" * 1000) for n in range(40))],),
    "an escaped slash": ([*_ME[:3], (b":path", b"/api/v1/auth%2fme")],),
}


@pytest.mark.parametrize("words", HTTP2)
def test_http2_that_breaks_its_rules_is_refused(crowd: Crowd, words: str) -> None:
    assert crowd.said2(words).is_refused


def test_http2_that_keeps_its_rules_is_answered(edge: Edge, person: Account) -> None:
    assert raw.exchange2(edge.host, [*_ME, (b"authorization", b"Bearer " + person.access.encode())]).status == 200
