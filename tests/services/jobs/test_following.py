"""The copies of profiles that matching reads: what is in them, and how they follow the events of candidates."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from einstellen.candidates.v1 import candidates_pb2
from services.chassis import clients, frame
from services.chassis.calls import SYSTEM
from services.chassis.database import Database
from services.chassis.events import Follower
from services.chassis.tokens import ServiceTokens
from services.jobs import profiles, tasks
from services.jobs.matching.profile import Education
from tests.conftest import House, until
from tests.services.jobs.conftest import Seeker, rows


def test_the_copy_of_a_profile_holds_nothing_that_matching_has_no_use_for(seeker: Callable[..., Seeker], house: House) -> None:
    ada = seeker(email="ada.private@example.com")
    query = "SELECT p::text FROM candidate_profiles p WHERE candidate_id = %s"
    (text,) = until(lambda: rows(house, query, ada.candidate_id), "the profile is copied")[0]
    assert "Backend Engineer" in text
    assert not any(word in text for word in ("1990", "1234567", "ada.private"))


@pytest.mark.parametrize("stops", [1, 5])
def test_a_follower_applies_each_event_once_also_when_it_is_started_again(house: House, seeker: Callable[..., Seeker], stops: int) -> None:
    (first,) = house.read("candidates", "SELECT coalesce(max(position), 0) FROM events")[0]
    for _ in range(5):
        seeker()
    services = ServiceTokens(house.environment["SERVICE_TOKEN"], "jobs")
    channel = clients.connect(house.addresses["candidates"], "candidates", services)
    database, source, applied = Database(house.app_url("jobs")), f"candidates-{time.monotonic_ns()}", []
    (last,) = house.read("candidates", "SELECT max(position) FROM events")[0]

    def prepare(event: Any) -> Any:
        apply = tasks.following(channel)(event)
        if event.position % stops == 0:
            running[-1].stop()  # in the middle of a batch, after the preparation

        def once(connection: sa.Connection, event: Any) -> None:
            applied.append(event.position)
            apply(connection, event)

        return once

    with database.begin(SYSTEM) as connection:
        connection.execute(sa.insert(frame.cursors).values(source=source, position=first))
    running: list[Follower] = []
    cursor = sa.select(frame.cursors.c.position).where(frame.cursors.c.source == source)

    def position() -> int:
        with database.begin(SYSTEM) as connection:
            return connection.execute(cursor).scalar() or 0

    while position() < last:
        pair = [Follower("jobs", source, channel, database, prepare) for _ in range(2)]  # two replicas meet
        running += pair
        for follower in pair:
            follower.start()
        for follower in pair:
            until(lambda f=follower: not f.is_alive() or position() >= last, "the follower stops or is done")  # type: ignore[misc]
            follower.stop()
            follower.join(5)
    positions = [
        row
        for (row,) in house.read(
            "candidates", "SELECT position FROM events WHERE position > %s AND position <= %s ORDER BY position", first, last
        )
    ]
    assert [one for one in applied if one <= last] == positions
    channel.close()
    database.close()


def test_a_profile_is_read_for_what_it_says_of_the_work() -> None:
    text = profiles.to_text(
        candidates_pb2.Candidate(
            id=str(uuid4()), headline="Engineer", location="Berlin", dob="1990-12-31",
            work_experience=[
                candidates_pb2.WorkExperience(job_title="Junior", company_name="A", start_date="2015", end_date="2018-02-28"),
                candidates_pb2.WorkExperience(job_title="Senior", company_name="B", start_date="2018-03"),
                candidates_pb2.WorkExperience(job_title="Odd", company_name="C", start_date="9999", end_date="2018-99"),
            ],
            skills=[candidates_pb2.Skill(skill_name="Python")], certifications=[candidates_pb2.Certification(title="CKA")],
            education=[candidates_pb2.Education(degree="MSc", university="TU")],
            languages=[candidates_pb2.Language(name="German", level="C1"), candidates_pb2.Language(name="Dutch", level="A2")],
        )
    )  # fmt: skip
    assert [(one.title, one.started_on, one.ended_on) for one in text.experience] == [
        ("Senior", date(2018, 3, 1), None), ("Odd", None, date(2018, 7, 1)), ("Junior", date(2015, 7, 1), date(2018, 2, 1)),
    ]  # fmt: skip
    assert (text.titles, text.skills, text.education) == (("Engineer",), ("Python", "CKA", "German"), (Education("MSc"),))
    assert profiles.from_json(profiles.to_json(text)) == text
