"""Candidates of one organization that look like one person: who is offered, what a decision does, and that nobody else sees any of it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import grpc
import pytest

from einstellen.candidates.v1 import candidates_pb2 as pb
from einstellen.candidates.v1 import duplicates_pb2, duplicates_pb2_grpc
from services.candidates import likeness, persons
from services.chassis import calls, ids
from services.chassis.database import Database
from services.chassis.persons import Person
from tests.conftest import Account, House, until
from tests.refusals import refused, told
from tests.services.candidates.conftest import DATA, Applicant, events_of, rows

Make = Callable[..., Applicant]
PHONE = "+46 70 174 06 05"


@pytest.fixture
def duplicates(house: House) -> Any:
    return house.stub("candidates", duplicates_pb2_grpc.DuplicateServiceStub)


@pytest.fixture
def organization(house: House) -> Account:
    return house.employer()


@pytest.fixture
def applies(house: House, candidates: Any) -> Callable[..., None]:
    def apply(person: Applicant, to: Account) -> None:
        request = pb.ShareCandidateRequest(candidate_id=person.id, tenant_id=to.tenant_id)
        candidates.ShareCandidate(request, metadata=house.as_service("jobs", "candidates"))
        searched(house)

    return apply


def searched(house: House) -> None:
    left = "SELECT count(*) FROM tasks WHERE kind = 'find_duplicates' AND state IN ('ready', 'running')"
    until(lambda: rows(house, left) == [(0,)], "duplicates are looked for")


def listed(duplicates: Any, account: Account, decision: str = "") -> list[Any]:
    return list(duplicates.ListDuplicates(duplicates_pb2.ListDuplicatesRequest(decision=decision), metadata=account.metadata).duplicates)


def test_one_address_or_number_however_written_makes_a_pair(duplicates: Any, applicant: Make, applies: Any, organization: Account) -> None:
    email = f"ada.{ids.mint()}@example.com"
    first = applicant(first_name="Ada", last_name="Lindqvist", email=email, phone=PHONE)
    second = applicant(first_name="A.", last_name="Lindqvist", email=email.upper(), phone="070-174 06 05")
    other = applicant(first_name="Eva", email="eva@example.com", phone="+46701740606")
    for person in (first, second, other):
        applies(person, organization)
    [pair] = listed(duplicates, organization)
    assert [each.candidate_id for each in pair.candidates] == [first.id, second.id]
    assert (list(pair.reasons), pair.decision) == (["email", "phone"], "")
    assert [each.name for each in pair.candidates] == ["Ada Lindqvist", "A. Lindqvist"]


def test_people_without_an_address_or_a_number_are_no_pair(duplicates: Any, applicant: Make, applies: Any, organization: Account) -> None:
    for _ in range(2):
        applies(applicant(first_name="Ada"), organization)
    assert listed(duplicates, organization) == []


def test_nearly_the_same_cv_makes_a_pair(house: House, duplicates: Any, applicant: Make, applies: Any, organization: Account) -> None:
    text = " ".join(f"word{number} of the story of a working life" for number in range(60))
    people = [applicant() for _ in range(3)]
    for person, said in zip(people, (text, text.replace("word7 of", "word7 in"), text[::-1]), strict=True):
        assert person.read(f"Somebody Else\n\n{said}\n".encode()).status == "parsed"
        applies(person, organization)
    [pair] = listed(duplicates, organization)
    assert {each.candidate_id for each in pair.candidates} == {people[0].id, people[1].id}
    assert list(pair.reasons) == ["cv"]
    assert 0.7 <= pair.likeness < 1


def test_a_cv_that_comes_later_makes_a_pair_too(
    house: House, duplicates: Any, applicant: Make, applies: Any, organization: Account
) -> None:
    first, second = applicant(), applicant()
    for person in (first, second):
        applies(person, organization)
    assert listed(duplicates, organization) == []
    for person in (first, second):
        person.read((DATA / "ada-lindqvist.pdf").read_bytes())
    searched(house)
    [pair] = listed(duplicates, organization)
    assert list(pair.reasons) == ["email", "phone", "cv"]


def test_what_is_decided_stays_decided_and_can_be_decided_anew(
    house: House, candidates: Any, duplicates: Any, applicant: Make, applies: Any, organization: Account
) -> None:
    first, second = applicant(phone=PHONE), applicant(phone=PHONE)
    for person in (first, second):
        applies(person, organization)
    [pair] = listed(duplicates, organization)
    dismiss = duplicates_pb2.DismissDuplicateRequest(duplicate_id=pair.id)
    assert duplicates.DismissDuplicate(dismiss, metadata=organization.metadata).decision == "dismissed"
    candidates.UpdateCandidate(pb.UpdateCandidateRequest(candidate_id=first.id, phone="0701740605"), metadata=first.account.metadata)
    searched(house)
    assert listed(duplicates, organization) == []
    merge = duplicates_pb2.MergeDuplicateRequest(duplicate_id=pair.id, keep_candidate_id=second.id)
    assert duplicates.MergeDuplicate(merge, metadata=organization.metadata).kept_candidate_id == second.id
    assert [each.id for each in listed(duplicates, organization, "merged")] == [pair.id]
    seen = candidates.GetCandidate(pb.GetCandidateRequest(candidate_id=first.id), metadata=organization.metadata)
    assert seen.merged_into_id == second.id
    assert candidates.GetCandidate(pb.GetCandidateRequest(candidate_id=second.id), metadata=organization.metadata).merged_into_id == ""
    assert first.profile().merged_into_id == "", "the person's own profile is as it was"
    with refused(grpc.StatusCode.INVALID_ARGUMENT, "CANDIDATE_NOT_OF_PAIR"):
        merge.keep_candidate_id = str(ids.mint())
        duplicates.MergeDuplicate(merge, metadata=organization.metadata)


def test_people_stand_for_each_other_in_no_circle(
    house: House, candidates: Any, duplicates: Any, applicant: Make, applies: Any, organization: Account
) -> None:
    people = [applicant(phone=PHONE) for _ in range(3)]
    for person in people:
        applies(person, organization)
    pairs = {frozenset(each.candidate_id for each in pair.candidates): pair.id for pair in listed(duplicates, organization)}
    first, second, third = (person.id for person in people)

    def merge(one: str, kept: str) -> None:
        request = duplicates_pb2.MergeDuplicateRequest(duplicate_id=pairs[frozenset((one, kept))], keep_candidate_id=kept)
        duplicates.MergeDuplicate(request, metadata=organization.metadata)

    def merged_for(candidate_id: str) -> list[str]:
        seen = candidates.GetCandidate(pb.GetCandidateRequest(candidate_id=candidate_id), metadata=house.as_service("jobs", "candidates"))
        return list(seen.merged_for_ids)

    merge(first, second)
    merge(second, third)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "MERGE_GOES_ROUND"):
        merge(third, first)
    merge(first, third)
    assert [merged_for(each) for each in (first, second, third)] == [[organization.tenant_id]] * 2 + [[]]
    merge(third, second)
    merge(second, third)
    assert events_of(house, third) == ["candidate.created", "candidate.merged", "candidate.merged"]
    own = candidates.GetCandidate(pb.GetCandidateRequest(candidate_id=first), metadata=people[0].account.metadata)
    assert not own.merged_for_ids
    database = Database(house.app_url("candidates"))
    with database.begin(calls.SYSTEM) as connection:  # whoever stood for the other two goes
        persons.erase(connection, Person(UUID(people[2].account.user_id)))
    database.close()
    assert (merged_for(second), events_of(house, second)[-1]) == ([], "candidate.merged")


def test_of_decisions_at_once_that_would_go_round_the_last_is_refused(
    duplicates: Any, applicant: Make, applies: Any, organization: Account
) -> None:
    people = [applicant(phone=PHONE) for _ in range(3)]
    for person in people:
        applies(person, organization)
    pairs = {frozenset(each.candidate_id for each in pair.candidates): pair.id for pair in listed(duplicates, organization)}
    circle = [(people[at].id, people[(at + 1) % 3].id) for at in range(3)]
    together = threading.Barrier(3)

    def merge(one: str, kept: str) -> str:
        request = duplicates_pb2.MergeDuplicateRequest(duplicate_id=pairs[frozenset((one, kept))], keep_candidate_id=kept)
        together.wait(15)
        try:
            duplicates.MergeDuplicate(request, metadata=organization.metadata)
        except grpc.RpcError as problem:
            return told(problem).reason
        return "merged"

    with ThreadPoolExecutor(3) as pool:
        for _ in range(5):
            assert sorted(pool.map(merge, *zip(*circle, strict=True))) == ["MERGE_GOES_ROUND", "merged", "merged"]
            for pair_id in pairs.values():
                duplicates.DismissDuplicate(duplicates_pb2.DismissDuplicateRequest(duplicate_id=pair_id), metadata=organization.metadata)


def test_a_pair_that_is_none_any_more_is_not_offered(
    house: House, candidates: Any, duplicates: Any, applicant: Make, applies: Any, organization: Account
) -> None:
    first, second = applicant(phone=PHONE), applicant(phone=PHONE)
    for person in (first, second):
        applies(person, organization)
    assert len(listed(duplicates, organization)) == 1
    candidates.UpdateCandidate(pb.UpdateCandidateRequest(candidate_id=first.id, phone="+46701740999"), metadata=first.account.metadata)
    searched(house)
    assert listed(duplicates, organization) == []


def test_another_organization_sees_and_decides_nothing(
    house: House, duplicates: Any, applicant: Make, applies: Any, organization: Account
) -> None:
    first, second, other = applicant(phone=PHONE), applicant(phone=PHONE), house.employer()
    for person in (first, second):
        applies(person, organization)
    applies(first, other)
    [pair] = listed(duplicates, organization)
    assert listed(duplicates, other) == []
    with refused(grpc.StatusCode.NOT_FOUND, "DUPLICATE_NOT_FOUND"):
        duplicates.DismissDuplicate(duplicates_pb2.DismissDuplicateRequest(duplicate_id=pair.id), metadata=other.metadata)


@pytest.mark.parametrize(("changed", "alike"), [(0, True), (10, True), (120, False), (400, False)])
def test_sketches_tell_how_much_two_texts_share(changed: int, alike: bool):
    words = [f"word{number}" for number in range(400)]
    other = [f"other{number}" if number < changed else word for number, word in enumerate(words)]
    one, two = likeness.sketch(" ".join(words)), likeness.sketch(" ".join(other))
    assert (likeness.reasons(False, False, likeness.likeness(one, two)) == ["cv"]) is alike
    assert bool(set(likeness.bands(one)) & set(likeness.bands(two))) or not alike


def test_a_few_words_have_no_sketch():
    assert likeness.sketch("Curriculum vitae of nobody in particular") == []
    assert likeness.bands([]) == []
    assert likeness.likeness([], []) == 0
