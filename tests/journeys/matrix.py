"""Who may call what, worked out from the contracts alone: every RPC, every kind of caller, and the code and reason that each is owed."""

import re
import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import protovalidate
from google.api import annotations_pb2
from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor

from einstellen.options.v1 import options_pb2
from services.auth.keys import SigningKeys
from services.auth.rules import SCOPES
from services.chassis import calls, paging
from services.chassis.calls import Call, Person
from services.chassis.clock import utc_now
from services.chassis.database import Database
from tests.conftest import Account, House
from tests.journeys import world as worlds
from tests.journeys.world import World

ROLES = ("owner", "admin", "member", "viewer")
Metadata = tuple[tuple[str, str], ...]
Verdict = tuple[str, str]
ADMITTED = ("ADMITTED", "")
_VALIDATOR = protovalidate.Validator()
# Fields that name something which is of no tenant.
_OF_EVERYBODY = {"plan_id", "tutor_id"}

# What is said to whoever is let in, where every request passes the contract's rules, so that the probe reaches the handler. OK where it is not listed.
ANSWERS = {
    "StartGoogleSignIn": ("FAILED_PRECONDITION", "GOOGLE_OFF"),  # it is not set up here
    **{f"Receive{provider}": ("FAILED_PRECONDITION", "PROVIDER_OFF") for provider in ("Stripe", "Razorpay", "PayPal", "JazzCash")},
    "ReceiveTwilioStatus": ("FAILED_PRECONDITION", "CHANNEL_NOT_CONFIGURED"),
    "RetryDeadLetter": ("FAILED_PRECONDITION", "NOTIFICATION_NOT_FAILED"),
    "GetPushKey": ("FAILED_PRECONDITION", "CHANNEL_NOT_CONFIGURED"),
    "CreatePushSubscription": ("FAILED_PRECONDITION", "CHANNEL_NOT_CONFIGURED"),
    "Unsubscribe": ("NOT_FOUND", "UNSUBSCRIBE_TOKEN_INVALID"),
    "ShowUnsubscribe": ("NOT_FOUND", "UNSUBSCRIBE_TOKEN_INVALID"),
    "PreviewTemplate": ("INVALID_ARGUMENT", "TEMPLATE_UNKNOWN"),
    "GetMyCandidate": ("NOT_FOUND", "CANDIDATE_NOT_FOUND"),  # the callers have none
    "DeleteMyTutorProfile": ("NOT_FOUND", "TUTOR_NOT_FOUND"),
    "UploadCv": ("NOT_FOUND", "CANDIDATE_NOT_FOUND"),  # a stream is checked message by message, and this one names nobody
    "UploadAnswer": ("NOT_FOUND", "INTERVIEW_NOT_FOUND"),
    "Transcribe": ("INVALID_ARGUMENT", "SETTINGS_MISSING"),
    "TranscribeRecording": ("INVALID_ARGUMENT", "SETTINGS_MISSING"),
}
# Where an id of another tenant among one's own is answered by something else than NOT_FOUND, by RPC, field and who asks.
FOREIGN_ANSWERS = {
    ("StartInterview", "subscription_id", "employer"): ("FAILED_PRECONDITION", "CREDITS_INSUFFICIENT"),  # own credits are charged first, and there are none
    ("AnswerQuestion", "question_id", "employer"): ("PERMISSION_DENIED", "CANDIDATE_ONLY"),  # in one's own interview only the candidate answers
    ("UploadAnswer", "question_id", "employer"): ("PERMISSION_DENIED", "CANDIDATE_ONLY"),
    ("RunCode", "question_id", "employer"): ("PERMISSION_DENIED", "CANDIDATE_ONLY"),
    ("MergeDuplicate", "keep_candidate_id", "employer"): ("INVALID_ARGUMENT", "CANDIDATE_NOT_OF_PAIR"),  # neither of one's own pair, as any other id
    ("OverrideScore", "question_id", "employer"): ("FAILED_PRECONDITION", "REPORT_MISSING"),  # the interview goes on
}  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """One column: what is true of the caller, and the metadata that says so. `flaw` is the reason by which any door refuses the token."""

    name: str
    metadata: Metadata = ()
    role: str = ""
    kind: str = ""
    is_platform_admin: bool = False
    service: str = ""
    flaw: str = ""
    scopes: frozenset[str] | None = None


def allow_of(method: MethodDescriptor) -> Any:
    return method.GetOptions().Extensions[options_pb2.allow]


def verdict(method: MethodDescriptor, caller: Caller) -> Verdict:
    """The code and reason that options.proto promises: written anew here, not taken from the code under test."""
    allow = allow_of(method)
    if allow.public:
        return ADMITTED
    if caller.flaw:
        return "UNAUTHENTICATED", caller.flaw
    if caller.service and ("*" in allow.services or caller.service in allow.services):
        return ADMITTED
    if caller.scopes is not None and _scope(method) not in caller.scopes:
        return "PERMISSION_DENIED", "SCOPE_MISSING"
    if not (allow.self or allow.roles or allow.platform_admin):
        return "PERMISSION_DENIED", "SERVICES_ONLY"
    if not caller.role:
        return "UNAUTHENTICATED", "TOKEN_MISSING"
    if allow.self or (allow.platform_admin and caller.is_platform_admin):
        return ADMITTED
    if caller.role in allow.roles:
        return ADMITTED if allow.kind in ("", caller.kind) else ("PERMISSION_DENIED", "ORGANIZATION_KIND_WRONG")
    return "PERMISSION_DENIED", "ROLE_NOT_ALLOWED" if allow.roles else "PLATFORM_ADMIN_ONLY"


def _scope(method: MethodDescriptor) -> str:
    """What an API key needs, as options.proto says; a word that no key has where none will do."""
    service: Any = method.containing_service.GetOptions()
    rule: Any = method.GetOptions()
    scope = service.Extensions[options_pb2.scope]
    reads = rule.Extensions[annotations_pb2.http].WhichOneof("pattern") == "get"
    return f"{scope}.{'read' if reads else 'write'}" if scope else "none"


class Callers:
    """The columns, whose tokens are minted with the key that auth signs with."""

    def __init__(self, house: House, world: World, removed: Metadata) -> None:
        self._house = house
        self._world = world
        self._database = Database(house.app_url("auth"), pool_size=1)
        settings = house.environment
        self._keys = SigningKeys(self._database, settings["SECRET_KEY"], "ES256", 900, utc_now)
        self._colleague = house.register("Cora", "Colleague").user_id
        self._administrator = house.register("Adam", "Administrator").user_id  # not the house's own, whose sessions end here
        (_, good), *_ = self.token("owner", "business")
        self._people = [
            Caller("no token"),
            Caller("expired token", self.token("owner", "business", seconds=-60), flaw="TOKEN_EXPIRED"),
            Caller("forged token", (("authorization", good[:-8] + "AAAAAAAA"),), flaw="TOKEN_INVALID"),
            Caller("removed member", removed, flaw="TOKEN_REVOKED"),
            *(Caller(f"{role} of a business", self.token(role, "business"), role, "business") for role in ROLES),
            *(
                Caller(f"API key with {words}", self.token("owner", "business", scopes=scopes), "owner", "business", scopes=scopes)
                for words, scopes in (("no scope", frozenset[str]()), ("every scope", SCOPES))
            ),
            Caller("owner of a personal organization", self.token("owner", "personal"), "owner", "personal"),
            Caller("platform administrator", self.administrator(self._administrator), "viewer", "personal", is_platform_admin=True),
        ]

    def close(self) -> None:
        self._database.close()

    def of(self, method: MethodDescriptor) -> Iterator[Caller]:
        """Everybody who can call: people, the services that the RPC names, and one that it does not."""
        yield from self._people
        for name in sorted({"gateway" if name == "*" else name for name in allow_of(method).services} | {"stranger"}):
            yield Caller(f"service {name}", self._house.as_service(name, worlds.owner_of(method)), service=name)

    def administrator(self, user_id: str = "") -> Metadata:
        return self.token("viewer", "personal", user_id=user_id, admin=True)

    def token(
        self, role: str, kind: str, *, user_id: str = "", seconds: int = 900, admin: bool = False, scopes: frozenset[str] | None = None
    ) -> Metadata:
        account, now = self._world.employer if kind == "business" else self._world.candidate, int(time.time())
        said: dict[str, object] = {
            "iss": "einstellen", "aud": "einstellen", "sub": user_id or self._colleague, "iat": now + min(seconds, 0) - 60, "exp": now + seconds,
            "jti": secrets.token_hex(8), "org": account.tenant_id, "kind": kind, "role": role, "sid": str(uuid.uuid4()), "rev": 2**40,
        }  # fmt: skip
        if admin:
            said["admin"] = True
        if scopes is not None:
            said["scope"] = " ".join(sorted(scopes))
        return (("authorization", f"Bearer {self._keys.sign(said)}"),)


def probe(method: MethodDescriptor) -> tuple[Any, Verdict]:
    """A request that does nothing, and what it is answered by whoever is let in: by the contract's own rules where they can refuse anything."""
    kind = message_factory.GetMessageClass(method.input_type)
    if not method.client_streaming:
        spoilt = [
            kind(**{field.name: "x" * 250_000 if field.type == FieldDescriptor.TYPE_STRING else -1})
            for field in method.input_type.fields
            if not field.is_repeated and field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_INT32)
        ]
        for request in (kind(), *spoilt):
            if _VALIDATOR.collect_violations(request):
                return request, ("INVALID_ARGUMENT", "FIELDS_INVALID")
    request = kind()
    if "candidate_id" in method.input_type.fields_by_name or "interview_id" in method.input_type.fields_by_name:
        request = worlds.valid_request(method, dict.fromkeys(_IDS, str(UUID(int=7))))
    if "keep_current" in method.input_type.fields_by_name:
        request.keep_current = True
    return request, ANSWERS.get(method.name, ("OK", ""))


_IDS = ("candidate_id", "interview_id", "question_id", "organization_id", "user_id")


def ids_of(world: World, who: str) -> dict[str, str]:
    """The ids of a world as one of its two people would name them."""
    account = world.employer if who == "employer" else world.candidate
    return {**world.ids, "organization_id": account.tenant_id, "tenant_id": account.tenant_id}


def naming(method: MethodDescriptor, world: World) -> list[str]:
    """The fields of a request that name something of a tenant's."""
    names = ({*world.ids, "tenant_id"}) - _OF_EVERYBODY
    return [field.name for field in method.input_type.fields if field.name in names and not field.is_repeated]


# Pages that a provider sends any browser back to: the payment's id is all that it brings, and the answer tells nothing of it.
SENT_BACK = {"FinishPayment": ("FAILED_PRECONDITION", "PROVIDER_OFF"), "LeavePayment": ("OK", "")}


def owed_to_a_stranger(method: MethodDescriptor, fields: list[str]) -> Verdict:
    """What an admitted caller is told who names these things of another tenant: that there is no such thing."""
    if method.name in SENT_BACK:
        return SENT_BACK[method.name]
    if "tenant_id" in fields:
        return "INVALID_ARGUMENT", "TENANT_NOT_YOURS"
    path = "".join(re.findall(r"{(\w+)}", _path(method)))
    if method.name.startswith(("List", "Export")) and not any(name in path for name in fields):
        return "OK", ""  # what narrows a list leaves nothing in it
    return "NOT_FOUND", ""


def _path(method: MethodDescriptor) -> str:
    rule: Any = method.GetOptions()
    http = rule.Extensions[annotations_pb2.http]
    return str(getattr(http, http.WhichOneof("pattern") or "get"))


def request_for(method: MethodDescriptor, ids: dict[str, str], account: Account) -> Any:
    request = worlds.valid_request(method, ids)
    if "tenant_id" in method.input_type.fields_by_name and "tenant_id" in ids:
        request.tenant_id = ids["tenant_id"]
    if "refresh_token" in method.input_type.fields_by_name:
        request.refresh_token = account.refresh
    return request


def page_tokens(request: Any, account: Account) -> Iterator[str]:
    """Tokens of this very list made for the account, one for each shape of keyset that lists have."""
    person = Person(UUID(account.user_id), UUID(account.tenant_id), "", "", UUID(int=0))
    request = type(request).FromString(request.SerializeToString())
    request.ClearField("page_token")
    late, anything = datetime(2200, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1)
    calls.enter(Call("tests", "", "", person=person))
    try:
        keysets = ((anything,), (2**62,), (late, anything), (late, "", ""), (1, anything, 1), (1, anything, 1, 1, 1), (1, 1, anything))
        for keyset in keysets:
            page = paging.read(request)
            yield page.cut([keyset] * page.fetch, lambda row: row)[1]
    finally:
        calls.enter(calls.NO_CALL)
