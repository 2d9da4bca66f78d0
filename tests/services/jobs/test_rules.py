"""The decisions of jobs: every move of every side, what a job may become, and what its skills are called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from services.chassis import errors, ids
from services.chassis.calls import Person
from services.jobs import rules
from services.jobs.tables import Application, Job

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRM, HOME, ADA, ERIK = (UUID(int=number) for number in range(1, 5))

APPLICANT = Person(ADA, HOME, "personal", "owner", UUID(int=9))
STRANGER = Person(UUID(int=7), UUID(int=8), "business", "owner", UUID(int=9))
JOB = Job(
    ids.mint(), FIRM, ids.mint(), "Nordlicht", ERIK, "Backend Engineer", "Python on PostgreSQL", "Berlin", False, None, None, None, ["Python"], "published", 1,
    NOW, NOW, NOW,
)  # fmt: skip

# Where an application may go from each status, written out.
MOVES = {
    "applied": {"screening", "interview", "offer", "hired", "rejected", "withdrawn"},
    "screening": {"interview", "offer", "hired", "rejected", "withdrawn"},
    "interview": {"offer", "hired", "rejected", "withdrawn"},
    "offer": {"hired", "rejected", "withdrawn"},
    "hired": set(),
    "rejected": set(),
    "withdrawn": set(),
}


def member(role: str = "owner") -> Person:
    return Person(ERIK, FIRM, "business", role, UUID(int=9))


def application(status: str = "applied") -> Application:
    return Application(ids.mint(), FIRM, JOB.id, ids.mint(), ADA, "Ada", "", status, Decimal("61.5"), {}, None, None, NOW, NOW)


def move(status: str, to_status: str, person: Person, interview_at: datetime | None = None) -> str:
    moved, step = rules.move(application(status), to_status, person, reason="why", interview_at=interview_at, now=NOW)
    assert moved.status == to_status
    assert (step is None) == (status == to_status)
    return moved.status


@pytest.mark.parametrize(("from_status", "to_status"), list(product(rules.STATUSES, rules.STATUSES)))
@pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer", "applicant", "stranger"])
def test_a_move_is_made_where_its_side_and_its_direction_allow_it(from_status: str, to_status: str, role: str) -> None:
    person = {"applicant": APPLICANT, "stranger": STRANGER}.get(role) or member(role)
    allowed_side = role == "applicant" if to_status == "withdrawn" else role in ("owner", "admin", "member")
    allowed = allowed_side and (to_status == from_status or to_status in MOVES[from_status])
    if allowed:
        assert move(from_status, to_status, person) == to_status
        return
    expected = errors.PermissionDenied if role == "viewer" and to_status != "withdrawn" else errors.FailedPrecondition
    with pytest.raises(expected) as refusal:
        move(from_status, to_status, person)
    assert refusal.value.reason == ("ROLE_NOT_ALLOWED" if expected is errors.PermissionDenied else "MOVE_NOT_ALLOWED")


def test_somebody_who_applied_to_their_own_organization_is_on_both_sides() -> None:
    both = replace(member(), user_id=ADA)
    assert move("applied", "withdrawn", both) == "withdrawn"
    assert move("applied", "offer", both) == "offer"


def test_a_move_is_kept_with_who_when_and_why() -> None:
    before = application()
    moved, step = rules.move(before, "rejected", member(), reason=" no Rust ", interview_at=None, now=NOW + timedelta(days=1))
    assert step is not None
    assert (step.from_status, step.to_status, step.reason, step.user_id) == ("applied", "rejected", "no Rust", ERIK)
    assert moved == replace(before, status="rejected", updated_at=step.created_at)
    assert step.created_at == NOW + timedelta(days=1)


def test_an_interview_lies_ahead_and_belongs_to_the_move_to_it() -> None:
    later = NOW + timedelta(days=2)
    moved, _ = rules.move(application(), "interview", member(), reason="", interview_at=later, now=NOW)
    assert moved.interview_at == later
    kept, _ = rules.move(moved, "offer", member(), reason="", interview_at=None, now=NOW)
    assert kept.interview_at == later
    for moment in (NOW, NOW - timedelta(seconds=1)):
        with pytest.raises(errors.InvalidArgument, match="INTERVIEW_TIME_PAST"):
            move("applied", "interview", member(), moment)
    with pytest.raises(errors.InvalidArgument, match="INTERVIEW_TIME_UNEXPECTED"):
        move("applied", "screening", member(), later)


def test_a_repeat_changes_nothing_even_when_its_time_has_passed() -> None:
    assert move("interview", "interview", member(), NOW - timedelta(days=1)) == "interview"


def test_a_service_sees_what_the_organization_sees() -> None:
    assert rules.side(application(), None) == rules.Side(organization=True, applicant=False)
    assert rules.side(application(), APPLICANT) == rules.Side(organization=False, applicant=True)
    assert rules.side(application(), STRANGER) == rules.Side(organization=False, applicant=False)


def test_an_open_job_takes_applications_and_no_other_does() -> None:
    assert rules.check_open(JOB) is JOB
    for hidden in (None, replace(JOB, status="draft", published_at=None), replace(JOB, status="closed", published_at=None)):
        with pytest.raises(errors.NotFound, match="JOB_NOT_FOUND"):
            rules.check_open(hidden)
    with pytest.raises(errors.FailedPrecondition, match="JOB_CLOSED"):
        rules.check_open(replace(JOB, status="closed"))


def test_a_job_that_changes_is_another_version_and_one_that_does_not_is_the_same() -> None:
    later = NOW + timedelta(hours=1)
    changed = rules.change_job(JOB, {"title": " Staff Engineer "}, now=later)
    assert (changed.title, changed.version, changed.updated_at, changed.published_at) == ("Staff Engineer", 2, later, NOW)
    assert rules.change_job(JOB, {"title": JOB.title, "status": "published"}, now=later) is JOB
    assert rules.close_job(rules.close_job(JOB, now=later), now=NOW) == replace(JOB, status="closed", version=2, updated_at=later)


def test_a_draft_is_published_once() -> None:
    draft = replace(JOB, status="draft", published_at=None)
    assert rules.change_job(draft, {"title": "Other"}, now=NOW).published_at is None
    assert rules.change_job(draft, {"status": "published"}, now=NOW).published_at == NOW
    with pytest.raises(errors.InvalidArgument, match="STATUS_MISSING"):
        rules.change_job(draft, {"status": ""}, now=NOW)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["k8s", "Kubernetes", "PYTHON"], ["Kubernetes", "Python"]),
        (["juggling  fire", "Juggling Fire"], ["juggling fire"]),
        (["  "], ["Python", "PostgreSQL"]),
        ([], ["Python", "PostgreSQL"]),
    ],
)
def test_skills_have_their_standard_names_each_once_and_come_from_the_text_where_none_are_given(
    given: list[str], expected: list[str]
) -> None:
    assert rules.key_skills(given, "Engineer", "Python on PostgreSQL") == expected


@pytest.mark.parametrize("address", ["", "https://nordlicht.example", "HTTP://nordlicht.example/"])
def test_a_web_address_is_kept_as_it_is(address: str) -> None:
    assert rules.web_address("website", address) == address


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://nordlicht.example", "mailto:a@b.example"])
def test_an_address_that_is_not_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(errors.InvalidArgument, match="URL_INVALID"):
        rules.web_address("website", address)


@pytest.mark.parametrize(
    ("groups", "ratios", "not_shown"),
    [
        ({"man": (20, 15), "woman": (20, 12)}, {"man": (1, False), "woman": (Fraction(4, 5), False)}, 0),  # four fifths, to the digit
        ({"man": (20, 15), "woman": (25, 14)}, {"man": (1, False), "woman": (Fraction(56, 75), True)}, 0),
        ({"man": (5, 0), "woman": (6, 0), "another": (4, 4)}, {"man": (1, False), "woman": (1, False)}, 4),
        ({}, {}, 0),
    ],
)
def test_groups_are_held_against_four_fifths_of_the_highest_rate(groups: Any, ratios: Any, not_shown: int) -> None:
    listed, hidden = rules.compare(groups)
    assert {one.answer: (one.impact_ratio, one.impact_ratio < rules.FOUR_FIFTHS) for one in listed} == ratios
    assert hidden == not_shown
