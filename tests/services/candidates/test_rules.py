"""The rules of candidates: who sees what, and what a profile takes from a CV."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.candidates import rules
from services.candidates.rules import Finding, Reading, Sight
from services.candidates.tables import Candidate, Certification, Education, Entry, Lists, Skill, WorkExperience
from services.chassis import errors, ids, uploads
from services.chassis.calls import Person

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADA, TENANT = ids.mint(), ids.mint()
CANDIDATE = Candidate(ids.mint(), TENANT, ADA, "Ada", "", None, "", "", "", "", "", False, ["first_name"], NOW, NOW)


def somebody(user_id: UUID | None = None, kind: str = "business") -> Person:
    return Person(user_id or ids.mint(), ids.mint(), kind, "owner", ids.mint())


def skill(name: str, source: str = "cv") -> Skill:
    return Skill(ids.mint(), CANDIDATE.id, source, name)


def work(company: str, title: str, start: str = "", source: str = "cv") -> WorkExperience:
    return WorkExperience(ids.mint(), CANDIDATE.id, source, company, title, start, "", "")


def test_the_person_sees_everything_whatever_organization_is_active() -> None:
    for kind in ("business", "personal"):
        assert rules.sight(CANDIDATE, somebody(ADA, kind), granted=False) == Sight(contact=True, birth=True)


def test_an_organization_that_they_applied_to_reaches_them() -> None:
    assert rules.sight(CANDIDATE, somebody(), granted=True) == Sight(contact=True, birth=False)


def test_a_person_keeps_their_sight_where_their_own_organization_was_granted() -> None:
    assert rules.sight(CANDIDATE, somebody(ADA), granted=True) == Sight(contact=True, birth=True)


def test_whoever_is_discoverable_is_seen_by_organizations_and_not_reached() -> None:
    shown = replace(CANDIDATE, discoverable=True)
    assert rules.sight(shown, somebody(), granted=False) == Sight(contact=False, birth=False)
    for candidate, person in ((CANDIDATE, somebody()), (shown, somebody(kind="personal"))):
        with pytest.raises(errors.NotFound, match="CANDIDATE_NOT_FOUND"):
            rules.sight(candidate, person, granted=False)


def test_a_cv_fills_only_what_nobody_typed() -> None:
    reading = Reading({"first_name": "Adele", "last_name": "Lindqvist", "phone": ""})
    assert rules.take(CANDIDATE, Lists(), reading).fields == {"last_name": "Lindqvist"}


def test_findings_say_which_of_them_were_taken() -> None:
    kept, doubled = skill("Go"), skill("Python")
    findings = (
        Finding("name", "Adele Lindqvist", 1, 1, 0.9, ("first_name", "last_name")), Finding("skills[0]", "Python", 1, 2, 0.9, (doubled.id,)),
        Finding("skills[1]", "Go", 1, 2, 0.9, (kept.id,)), Finding("links[0]", "https://example.com", 1, 3, 0.9),
    )  # fmt: skip
    reading = Reading({"first_name": "Adele", "last_name": "Lindqvist"}, Lists(skills=(doubled, kept)), findings)
    taken = rules.take(CANDIDATE, Lists(skills=(skill("python", "person"),)), reading)
    assert taken.lists.skills == (kept,)
    assert [(row["field"], row["applied"]) for row in taken.findings] == [
        ("name", True), ("skills[0]", False), ("skills[1]", True), ("links[0]", False)
    ]  # fmt: skip
    assert all("parts" not in row for row in taken.findings)


def test_a_cv_never_makes_a_list_longer_than_it_may_be() -> None:
    typed = tuple(skill(f"typed {number}", "person") for number in range(rules.LONGEST_LIST - 1))
    taken = rules.take(CANDIDATE, Lists(skills=typed), Reading(lists=Lists(skills=(skill("One"), skill("Two")))))
    assert [entry.skill_name for entry in taken.lists.skills] == ["One"]


@given(st.lists(st.sampled_from(["Go", "go", "Python", "C", "C++", "C#"])), st.lists(st.sampled_from(["GO", "python", "C", "Rust"])))
def test_every_skill_stands_once_and_none_is_lost(read: list[str], typed: list[str]) -> None:
    current = Lists(skills=tuple(skill(name, "person") for name in dict.fromkeys(typed)))
    added = [
        entry.skill_name.lower()
        for entry in rules.take(CANDIDATE, current, Reading(lists=Lists(skills=tuple(map(skill, read))))).lists.skills
    ]
    assert len(added) == len(set(added))
    assert {name.lower() for name in read} == set(added) | ({name.lower() for name in read} & {name.lower() for name in typed})


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (work("Nordvik AB", "Engineer", "2021-03"), work("NORDVIK, AB", "engineer"), True),
        (work("Nordvik AB", "Engineer", "2021-03"), work("Nordvik AB", "Engineer", "2021"), True),
        (work("Nordvik AB", "Engineer", "2021-03"), work("Nordvik AB", "Engineer", "2015-01"), False),
        (work("Nordvik AB", "Engineer"), work("Nordvik AB", "Lead Engineer"), False),
        (skill("C"), skill("C++"), False),
        (skill("Go"), work("Go", "Go"), False),
        (Education(ADA, ADA, "cv", "M.Sc. Physics", "KTH", 0, 0), Education(ADA, ADA, "person", "MSc Physics", "", 0, 0), True),
        (Education(ADA, ADA, "cv", "MSc Physics", "KTH", 0, 0), Education(ADA, ADA, "person", "MSc Physics", "LMU", 0, 0), False),
        (Certification(ADA, ADA, "cv", "CKAD", "CNCF", ""), Certification(ADA, ADA, "person", "ckad", "", "2023"), True),
    ],
)  # fmt: skip
def test_entries_that_mean_the_same_are_known_again(one: Entry, other: Entry, alike: bool) -> None:
    assert rules.same(one, other) is rules.same(other, one) is alike


def test_a_birthday_is_a_day_of_the_calendar_that_has_passed() -> None:
    assert rules.birth_date("", today=NOW.date()) is None
    assert rules.birth_date("1992-02-29", today=NOW.date()) == date(1992, 2, 29)
    for wrong in ("1991-02-29", "2026-01-01"):
        with pytest.raises(errors.InvalidArgument, match="DATE_INVALID"):
            rules.birth_date(wrong, today=NOW.date())


@given(st.text())
def test_no_file_name_is_a_path_or_empty(told: str) -> None:
    name = uploads.file_name(told, "cv.pdf")
    assert 0 < len(name) <= 200
    assert name.isprintable()
    assert not {"/", "\\"} & set(name)
