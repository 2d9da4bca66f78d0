"""The small judgements of which a score is made: years, months, levels, places and titles."""

from datetime import date

import pytest

from services.jobs.matching.idf import start_idf
from services.jobs.matching.profile import Experience, JobText
from services.jobs.matching.signals import (
    ONE,
    level,
    location_fit,
    months_worked,
    occupation,
    places,
    required_years,
    seniority_fit,
    title_likeness,
    years_fit,
)


@pytest.mark.parametrize(
    ("description", "years"),
    [
        ("5+ years of experience with Python", 5),
        ("at least 3 years in a law firm", 3),
        ("Minimum of 2 years", 2),
        ("3-5 years' professional experience", 3),
        ("10 years of relevant hands-on experience", 10),
        ("Our company is 20 years old and has experience", None),
        ("For 30 years we have baked bread", None),
        ("10 years ago we had no experience", None),
        ("experience required", None),
        ("in 2020 years", None),
        ("At least five years of backend development", 5),
        ("mind. 3 Jahre Berufserfahrung", 3),
        ("mindestens zwei Jahre in der Pflege", 2),
        ("Au moins 4 ans dans un poste similaire", 4),
        ("6 ans d'expérience en cuisine", 6),
        ("Mínimo de 2 años en hostelería", 2),
        ("3 años de experiencia", 3),
        ("You look back on more than seven years of experience", 7),
        ("About us\nWe have over 20 years of experience.\nYour profile\n- 2 years of experience", 2),
        ("We are a bakery with 30 years of experience. You need a driving licence.", None),
    ],
)
def test_the_years_that_a_job_asks_for_are_read_from_its_description(description, years):
    assert required_years(JobText("Any", description)) == years


def test_stated_years_come_before_the_description():
    assert required_years(JobText("Any", "5 years of experience", required_years=0)) == 0


@pytest.mark.parametrize(
    ("positions", "months"),
    [
        ((Experience(started_on=date(2024, 1, 15), ended_on=date(2025, 1, 10)),), 12),
        ((Experience(started_on=date(2026, 1, 1)),), 5),
        ((Experience(started_on=date(2024, 1, 1), ended_on=date(2025, 1, 1)),) * 3, 12),
        ((Experience(started_on=date(2027, 1, 1)),), 0),
        ((Experience(started_on=date(2025, 1, 1), ended_on=date(2024, 1, 1)),), 0),
        ((Experience(months=18), Experience(months=6)), 24),
        ((Experience(months=-4), Experience()), 0),
        ((Experience(started_on=date(2026, 1, 1), ended_on=date(2099, 1, 1)),), 5),
    ],
)
def test_months_count_once_and_none_lies_in_the_future(positions, months):
    assert months_worked(positions, date(2026, 6, 1)) == months


def test_a_lasting_position_grows_with_the_day_that_is_passed_in():
    position = (Experience(started_on=date(2020, 1, 1)),)
    assert months_worked(position, date(2021, 1, 1)) + 12 == months_worked(position, date(2022, 1, 1))


def test_more_years_than_asked_are_worth_as_much_as_asked():
    assert years_fit(5, 60, relevance=ONE) == years_fit(5, 400, relevance=ONE) == ONE
    assert years_fit(5, 30, relevance=ONE) == ONE // 2


def test_years_in_another_line_of_work_are_worth_nothing():
    assert years_fit(5, 600, relevance=0) == 0
    assert years_fit(None, 600, relevance=ONE) is None
    assert years_fit(0, 0, relevance=ONE) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Marketing Intern", 0),
        ("Junior Developer", 1),
        ("Accountant", None),
        ("Sr. Engineer", 3),
        ("Head Chef", 4),
        ("Account Manager", None),
        ("Chief Technology Officer", 5),
        ("Internal auditor", None),
    ],
)
def test_a_title_says_its_level(title, expected):
    assert level(title) == expected


def test_seniority_counts_only_where_the_job_states_it():
    assert seniority_fit(None, 5) is None
    assert seniority_fit(3, 3) == ONE
    assert seniority_fit(4, 1) == 0
    assert seniority_fit(3, None) == 2 * ONE // 3


@pytest.mark.parametrize(
    ("job", "candidate", "expected"),
    [
        ("Berlin, Germany", "berlin ,germany", ONE),
        ("Berlin", "Berlin, Germany", ONE),
        ("Berlin, Germany", "Hamburg, Germany", ONE // 2),
        ("Berlin, Germany", "Lyon, France", 0),
        ("Zürich, Schweiz", "Zurich, Switzerland", ONE),
        ("Hamburg, Deutschland", "Berlin, Germany", ONE // 2),
        ("Berlin, Germany", "", ONE // 2),
        ("", "Berlin", None),
    ],
)
def test_places_are_the_same_near_far_or_unknown(job, candidate, expected):
    assert location_fit(JobText("Any", location=job), places(candidate)) == expected


def test_a_remote_job_does_not_ask_for_a_place():
    assert location_fit(JobText("Any", location="Berlin", remote=True), places("Lyon")) is None


def test_titles_that_name_one_occupation_in_two_words_are_alike():
    def likeness(wanted: str, *held: str) -> int | None:
        return title_likeness(occupation(wanted), tuple(occupation(title) for title in held), start_idf())

    assert likeness("Senior Software Engineer", "Software Developer") == ONE
    assert likeness("Lawyer", "Gardener", "Attorney") == ONE
    assert likeness("Lawyer", "Gardener") == 0
    assert likeness("Lawyer") == 0
    assert likeness("", "Lawyer") is None
    assert 0 < likeness("Software Engineer", "Mechanical Engineer") < ONE
