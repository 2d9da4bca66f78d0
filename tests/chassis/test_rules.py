"""Who may call which RPC."""

from types import SimpleNamespace

import pytest

from services.chassis import errors, ids
from services.chassis.calls import Person
from services.chassis.rules import NOBODY, Rule, rule_of, rules_of

OWNER = Person(ids.mint(), ids.mint(), "business", "owner", ids.mint())
VIEWER = Person(ids.mint(), ids.mint(), "business", "viewer", ids.mint())
AT_HOME = Person(ids.mint(), ids.mint(), "personal", "owner", ids.mint())
ADMIN = Person(ids.mint(), ids.mint(), "personal", "viewer", ids.mint(), is_platform_admin=True)

PUBLIC, SELF, OWNERS = Rule(public=True), Rule(self_=True), Rule(roles=frozenset({"owner"}), kind="business")
JOBS, ANY, ADMINS = Rule(services=frozenset({"jobs"})), Rule(services=frozenset({"*"})), Rule(platform_admin=True)


@pytest.mark.parametrize(
    ("rule", "person", "service"),
    [
        (PUBLIC, None, ""), (PUBLIC, OWNER, ""), (SELF, AT_HOME, ""), (OWNERS, OWNER, ""), (JOBS, None, "jobs"), (ANY, None, "anything"),
        (ADMINS, ADMIN, ""), (Rule(roles=frozenset({"owner"}), platform_admin=True), ADMIN, ""), (Rule(roles=frozenset({"owner"})), AT_HOME, ""),
        (Rule(roles=frozenset({"owner"}), services=frozenset({"jobs"})), VIEWER, "jobs"),
    ],
)  # fmt: skip
def test_whoever_fits_one_of_the_words_is_let_in(rule: Rule, person: Person | None, service: str) -> None:
    assert rule.check(person, service) is None


@pytest.mark.parametrize(
    ("rule", "person", "service", "refusal", "reason"),
    [
        (NOBODY, None, "", errors.PermissionDenied, "SERVICES_ONLY"),
        (NOBODY, ADMIN, "", errors.PermissionDenied, "SERVICES_ONLY"),
        (NOBODY, None, "jobs", errors.PermissionDenied, "SERVICES_ONLY"),
        (SELF, None, "", errors.Unauthenticated, "TOKEN_MISSING"),
        (SELF, None, "jobs", errors.Unauthenticated, "TOKEN_MISSING"),
        (OWNERS, None, "", errors.Unauthenticated, "TOKEN_MISSING"),
        (OWNERS, VIEWER, "", errors.PermissionDenied, "ROLE_NOT_ALLOWED"),
        (OWNERS, ADMIN, "", errors.PermissionDenied, "ROLE_NOT_ALLOWED"),
        (OWNERS, AT_HOME, "", errors.PermissionDenied, "ORGANIZATION_KIND_WRONG"),
        (OWNERS, VIEWER, "jobs", errors.PermissionDenied, "ROLE_NOT_ALLOWED"),
        (JOBS, None, "", errors.PermissionDenied, "SERVICES_ONLY"),
        (JOBS, OWNER, "auth", errors.PermissionDenied, "SERVICES_ONLY"),
        (ANY, OWNER, "", errors.PermissionDenied, "SERVICES_ONLY"),
        (ADMINS, OWNER, "", errors.PermissionDenied, "PLATFORM_ADMIN_ONLY"),
        (ADMINS, None, "", errors.Unauthenticated, "TOKEN_MISSING"),
    ],
)
def test_anybody_else_is_refused_with_the_reason_that_helps(rule, person, service, refusal: type[errors.Refusal], reason: str) -> None:
    with pytest.raises(refusal) as caught:
        rule.check(person, service)
    assert caught.value.reason == reason


def test_an_rpc_that_says_nothing_lets_nobody_in() -> None:
    silent = SimpleNamespace(GetOptions=lambda: SimpleNamespace(HasExtension=lambda _: False))
    assert rule_of(silent) == NOBODY


def test_rules_are_found_by_the_path_that_grpc_calls() -> None:
    from einstellen.events.v1 import events_pb2  # noqa: PLC0415 - its import is what makes the service known

    found = rules_of([events_pb2.DESCRIPTOR.services_by_name["EventService"].full_name])
    assert found == {"/einstellen.events.v1.EventService/ListEvents": Rule(services=frozenset({"*"}))}
