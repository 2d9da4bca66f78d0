"""Profiles and their lists over gRPC, on real PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from einstellen.auth.v1 import organizations_pb2, organizations_pb2_grpc
from einstellen.candidates.v1 import candidates_pb2 as pb
from einstellen.events.v1 import events_pb2, events_pb2_grpc
from services.chassis import ids
from tests.conftest import Account, House
from tests.refusals import refused
from tests.services.candidates.conftest import Applicant, events_of, rows

Make = Callable[..., Applicant]
# One of each list: its name in requests and RPCs, in a profile, an entry, another, and the reason why one is not found.
LISTS = [
    ("education", "Education", "education", {"degree": "MSc", "start_year": 2014}, {"degree": "PhD", "university": "KTH"}),
    (
        "work_experience",
        "WorkExperience",
        "work_experience",
        {"company_name": "A", "job_title": "B"},
        {"company_name": "C", "job_title": "D"},
    ),
    ("skill", "Skill", "skills", {"skill_name": "Basket weaving"}, {"skill_name": "Pottery"}),
    ("certification", "Certification", "certifications", {"title": "CKAD", "issue_date": "2023-05"}, {"title": "CKA"}),
    ("language", "Language", "languages", {"name": "Swedish", "level": "native"}, {"name": "Danish"}),
    ("project", "Project", "projects", {"name": "kilnctl", "url": "https://example.org/kilnctl"}, {"name": "opentides"}),
]
each_list = pytest.mark.parametrize(("name", "noun", "field", "one", "other"), LISTS, ids=[each[0] for each in LISTS])


def add(candidates: Any, person: Applicant, noun: str, name: str, values: dict[str, Any], **more: str) -> Any:
    request = getattr(pb, f"Add{noun}Request")(candidate_id=person.id, **{name: values}, **more)
    return getattr(candidates, f"Add{noun}")(request, metadata=person.account.metadata)


def actions(house: House, person: Applicant) -> list[str]:
    return [action for (action,) in rows(house, "SELECT action FROM audit_log WHERE tenant_id = %s ORDER BY id", person.account.tenant_id)]


def test_a_profile_is_made_once_and_read_back(house: House, candidates: Any, applicant: Make) -> None:
    person = applicant(first_name="Ada", dob="1990-12-31", email="ada@example.com", discoverable=True)
    profile = person.profile()
    assert (profile.id, profile.user_id, profile.dob, profile.discoverable) == (person.id, person.account.user_id, "1990-12-31", True)
    assert candidates.GetCandidate(pb.GetCandidateRequest(candidate_id=person.id), metadata=person.account.metadata) == profile
    with refused(grpc.StatusCode.ALREADY_EXISTS, "CANDIDATE_EXISTS"):
        candidates.CreateCandidate(pb.CreateCandidateRequest(), metadata=person.account.metadata)
    assert actions(house, person) == ["candidate.created"]
    assert events_of(house, person.id) == ["candidate.created"]


def test_of_many_creations_at_once_one_key_gives_one_answer(house: House, candidates: Any) -> None:
    account = house.register()
    request = pb.CreateCandidateRequest(first_name="Ada", request_id="one")
    with ThreadPoolExecutor(8) as pool:
        made = {answer.id for answer in pool.map(lambda _: candidates.CreateCandidate(request, metadata=account.metadata), range(8))}
    assert len(made) == 1
    request.first_name = "Eve"
    with refused(grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"):
        candidates.CreateCandidate(request, metadata=account.metadata)


def test_an_update_changes_what_it_names_and_tells_the_followers(house: House, candidates: Any, applicant: Make) -> None:
    person = applicant(first_name="Ada", last_name="Lindqvist", dob="1990-12-31")
    request = pb.UpdateCandidateRequest(candidate_id=person.id, location="Oslo", discoverable=True)
    changed = candidates.UpdateCandidate(request, metadata=person.account.metadata)
    assert (changed.first_name, changed.location, changed.discoverable) == ("Ada", "Oslo", True)
    assert changed.update_time.ToNanoseconds() > changed.create_time.ToNanoseconds()
    request = pb.UpdateCandidateRequest(candidate_id=person.id, discoverable=False)
    request.update_mask.paths.extend(["dob", "discoverable"])
    changed = candidates.UpdateCandidate(request, metadata=person.account.metadata)
    assert (changed.dob, changed.discoverable, changed.location) == ("", False, "Oslo")
    unchanged = candidates.UpdateCandidate(pb.UpdateCandidateRequest(candidate_id=person.id), metadata=person.account.metadata)
    assert unchanged == changed == person.profile()
    assert actions(house, person) == ["candidate.created", "candidate.updated", "candidate.updated"]
    assert events_of(house, person.id) == ["candidate.created", "candidate.updated", "candidate.updated"]
    request.update_mask.paths.append("user_id")
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELD_MASK_INVALID", field="update_mask"):
        candidates.UpdateCandidate(request, metadata=person.account.metadata)


@pytest.mark.parametrize("dob", ["1990-02-30", "2090-01-01"])
def test_a_date_of_birth_is_a_day_that_was(candidates: Any, house: House, dob: str) -> None:
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "DATE_INVALID", field="dob"):
        candidates.CreateCandidate(pb.CreateCandidateRequest(dob=dob), metadata=house.register().metadata)


def test_an_organization_sees_whom_it_was_granted_and_less_of_whom_it_finds(
    house: House, candidates: Any, applicant: Make, employer: Account
) -> None:
    person = applicant(first_name="Ada", dob="1990-12-31", email="ada@example.com", phone="+46701740612")
    read = pb.GetCandidateRequest(candidate_id=person.id)
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.GetCandidate(read, metadata=employer.metadata)
    candidates.UpdateCandidate(pb.UpdateCandidateRequest(candidate_id=person.id, discoverable=True), metadata=person.account.metadata)
    found = candidates.GetCandidate(read, metadata=employer.metadata)
    assert (found.first_name, found.dob, found.email, found.phone) == ("Ada", "", "", "")
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.GetCandidate(read, metadata=house.register().metadata)
    candidates.UpdateCandidate(pb.UpdateCandidateRequest(candidate_id=person.id, discoverable=False), metadata=person.account.metadata)
    for _ in range(2):
        share = pb.ShareCandidateRequest(candidate_id=person.id, tenant_id=employer.tenant_id)
        candidates.ShareCandidate(share, metadata=house.as_service("jobs", "candidates"))
    add(candidates, person, "Skill", "skill", {"skill_name": "Python"})
    granted = candidates.GetCandidate(read, metadata=employer.metadata)
    assert (granted.dob, granted.email, granted.phone, granted.skills[0].skill_name) == ("", "ada@example.com", "+46701740612", "Python")
    assert actions(house, person).count("candidate.shared") == 1
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.GetCandidate(read, metadata=house.employer("Others").metadata)


def test_jobs_reads_every_profile_but_no_date_of_birth_and_nobody_else_may_share(
    house: House, candidates: Any, applicant: Make, employer: Account
) -> None:
    person = applicant(email="ada@example.com", dob="1990-12-31")
    read = pb.GetCandidateRequest(candidate_id=person.id)
    seen = candidates.GetCandidate(read, metadata=house.as_service("jobs", "candidates"))
    assert (seen.email, seen.dob) == ("ada@example.com", "")
    with refused(grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"):
        candidates.GetCandidate(read, metadata=house.as_service("notifications", "candidates"))
    share = pb.ShareCandidateRequest(candidate_id=person.id, tenant_id=employer.tenant_id)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
        candidates.ShareCandidate(share, metadata=employer.metadata)
    share.candidate_id = str(ids.mint())
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.ShareCandidate(share, metadata=house.as_service("jobs", "candidates"))


def test_ones_own_profile_is_read_anywhere_and_written_at_home(house: House, candidates: Any, applicant: Make) -> None:
    person = applicant(dob="1990-12-31")
    organizations = house.stub("auth", organizations_pb2_grpc.OrganizationServiceStub)
    made = organizations.CreateOrganization(organizations_pb2.CreateOrganizationRequest(name="Mine"), metadata=person.account.metadata)
    switch = organizations_pb2.SwitchOrganizationRequest(organization_id=made.id, refresh_token=person.account.refresh)
    away = organizations.SwitchOrganization(switch, metadata=person.account.metadata).access_token
    metadata = (("authorization", f"Bearer {away}"),)
    assert candidates.GetMyCandidate(pb.GetMyCandidateRequest(), metadata=metadata) == person.profile()
    assert candidates.GetCandidate(pb.GetCandidateRequest(candidate_id=person.id), metadata=metadata) == person.profile()
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"):
        candidates.UpdateCandidate(pb.UpdateCandidateRequest(candidate_id=person.id, location="Oslo"), metadata=metadata)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "ORGANIZATION_KIND_WRONG"):
        candidates.AddSkill(pb.AddSkillRequest(candidate_id=person.id, skill={"skill_name": "Python"}), metadata=metadata)


@each_list
def test_an_entry_is_added_once_for_a_key_replaced_and_deleted(
    house: House, candidates: Any, applicant: Make, name: str, noun: str, field: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    person = applicant()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: add(candidates, person, noun, name, one, request_id="one"), range(4)))
    assert len({entry.id for entry in made}) == 1
    assert list(getattr(person.profile(), field)) == [made[0]]
    assert (made[0].source, {key: getattr(made[0], key) for key in one}) == ("person", one)
    request = getattr(pb, f"Update{noun}Request")(**{f"{name}_id": made[0].id, name: other})
    changed = getattr(candidates, f"Update{noun}")(request, metadata=person.account.metadata)
    assert list(getattr(person.profile(), field)) == [changed]
    assert (changed.id, {key: getattr(changed, key) for key in other}) == (made[0].id, other)
    gone = getattr(pb, f"Delete{noun}Request")(**{f"{name}_id": made[0].id})
    getattr(candidates, f"Delete{noun}")(gone, metadata=person.account.metadata)
    assert list(getattr(person.profile(), field)) == []
    with refused(grpc.StatusCode.NOT_FOUND, f"{name.upper()}_NOT_FOUND"):
        getattr(candidates, f"Delete{noun}")(gone, metadata=person.account.metadata)
    assert actions(house, person) == ["candidate.created", f"{name}.added", f"{name}.updated", f"{name}.deleted"]
    assert events_of(house, person.id) == ["candidate.created", *["candidate.updated"] * 3]


@each_list
def test_a_stranger_neither_adds_nor_changes_nor_deletes(
    candidates: Any, applicant: Make, name: str, noun: str, field: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    person, stranger = applicant(discoverable=True), applicant()
    entry = add(candidates, person, noun, name, one)
    by_stranger = {"metadata": stranger.account.metadata}
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        getattr(candidates, f"Add{noun}")(getattr(pb, f"Add{noun}Request")(candidate_id=person.id, **{name: other}), **by_stranger)
    with refused(grpc.StatusCode.NOT_FOUND, f"{name.upper()}_NOT_FOUND"):
        getattr(candidates, f"Update{noun}")(getattr(pb, f"Update{noun}Request")(**{f"{name}_id": entry.id, name: other}), **by_stranger)
    with refused(grpc.StatusCode.NOT_FOUND, f"{name.upper()}_NOT_FOUND"):
        getattr(candidates, f"Delete{noun}")(getattr(pb, f"Delete{noun}Request")(**{f"{name}_id": entry.id}), **by_stranger)
    assert list(getattr(person.profile(), field)) == [entry]


def test_a_stranger_does_not_update_a_discoverable_profile(candidates: Any, applicant: Make) -> None:
    person, stranger = applicant(discoverable=True, first_name="Ada"), applicant()
    with refused(grpc.StatusCode.NOT_FOUND, "CANDIDATE_NOT_FOUND"):
        candidates.UpdateCandidate(pb.UpdateCandidateRequest(candidate_id=person.id, first_name="Eve"), metadata=stranger.account.metadata)
    assert person.profile().first_name == "Ada"


def test_a_skill_has_its_standard_name_and_stands_once(candidates: Any, applicant: Make) -> None:
    person = applicant()
    kubernetes, own = (add(candidates, person, "Skill", "skill", {"skill_name": name}) for name in ("k8s", "  Basket   weaving "))
    assert (kubernetes.skill_name, own.skill_name) == ("Kubernetes", "Basket weaving")
    for name in ("kubernetes", "BASKET weaving"):
        with refused(grpc.StatusCode.ALREADY_EXISTS, "SKILL_EXISTS"):
            add(candidates, person, "Skill", "skill", {"skill_name": name})
    with refused(grpc.StatusCode.ALREADY_EXISTS, "SKILL_EXISTS"):
        candidates.UpdateSkill(pb.UpdateSkillRequest(skill_id=own.id, skill={"skill_name": "K8s"}), metadata=person.account.metadata)
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "TEXT_BLANK", field="skill.skill_name"):
        add(candidates, person, "Skill", "skill", {"skill_name": "   "})


def test_a_skill_that_a_cv_gave_becomes_the_persons_when_they_type_it(house: House, candidates: Any, applicant: Make) -> None:
    person = applicant()
    given = add(candidates, person, "Skill", "skill", {"skill_name": "Python"})
    rows(house, "UPDATE skills SET source = 'cv' WHERE id = %s", given.id)
    typed = add(candidates, person, "Skill", "skill", {"skill_name": "python3"})
    assert (typed.id, typed.source) == (given.id, "person")


@pytest.mark.parametrize(
    ("noun", "name", "values", "field", "reason"),
    [
        ("Education", "education", {}, "education.degree", "FIELDS_INVALID"),
        ("Education", "education", {"degree": "MSc", "start_year": 1800}, "education.start_year", "FIELDS_INVALID"),
        ("Education", "education", {"degree": "MSc", "start_year": 2014, "end_year": 2013}, "education.end_year", "DATES_REVERSED"),
        ("WorkExperience", "work_experience", {"company_name": "A"}, "work_experience.job_title", "FIELDS_INVALID"),
        (
            "WorkExperience", "work_experience", {"company_name": "A", "job_title": "B", "start_date": "2019-13"}, "work_experience.start_date",
            "FIELDS_INVALID",
        ),
        (
            "WorkExperience", "work_experience", {"company_name": "A", "job_title": "B", "start_date": "2019-02-30"},
            "work_experience.start_date", "DATE_INVALID",
        ),
        (
            "WorkExperience", "work_experience", {"company_name": "A", "job_title": "B", "start_date": "2019-03", "end_date": "2018"},
            "work_experience.end_date", "DATES_REVERSED",
        ),
        ("Skill", "skill", {"skill_name": "x" * 101}, "skill.skill_name", "FIELDS_INVALID"),
        ("Certification", "certification", {"title": "CKA", "issue_date": "May 2023"}, "certification.issue_date", "FIELDS_INVALID"),
    ],
)  # fmt: skip
def test_a_wrong_entry_names_its_field_and_adds_nothing(
    house: House, candidates: Any, applicant: Make, noun: str, name: str, values: dict[str, Any], field: str, reason: str
) -> None:
    person = applicant()
    with refused(grpc.StatusCode.INVALID_ARGUMENT, reason, field=field):
        add(candidates, person, noun, name, values)
    assert actions(house, person) == ["candidate.created"]


def test_a_list_has_an_end(house: House, candidates: Any, applicant: Make) -> None:
    person = applicant()
    many = "INSERT INTO certifications SELECT gen_random_uuid(), %s, 'person', 'T' || n, '', '' FROM generate_series(1, 200) n"
    rows(house, many, person.id)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "LIST_FULL"):
        add(candidates, person, "Certification", "certification", {"title": "One too many"})


def test_the_feed_tells_services_of_changes_and_nobody_else(house: House, applicant: Make) -> None:
    person = applicant(first_name="Ada")
    feed = house.stub("candidates", events_pb2_grpc.EventServiceStub)
    ((position,),) = rows(house, "SELECT position FROM events WHERE subject_id = %s", person.id)
    request = events_pb2.ListEventsRequest(after=position - 1, limit=1)
    (event,) = feed.ListEvents(request, metadata=house.as_service("jobs", "candidates")).events
    assert (event.kind, event.subject_id, event.tenant_id) == ("candidate.created", person.id, person.account.tenant_id)
    with refused(grpc.StatusCode.PERMISSION_DENIED, "SERVICES_ONLY"):
        feed.ListEvents(request, metadata=person.account.metadata)
