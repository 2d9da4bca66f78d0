"""The tutor board over gRPC: profiles for everybody, found by what is taught, and one review from each person."""

from typing import Any
from uuid import uuid4

import grpc
import pytest

from einstellen.jobs.v1 import tutors_pb2 as pb
from einstellen.jobs.v1 import tutors_pb2_grpc
from tests.conftest import Account, House
from tests.refusals import refused

NOT_FOUND, INVALID, NOT_NOW = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.FAILED_PRECONDITION


@pytest.fixture
def board(house: House) -> Any:
    return house.stub("jobs", tutors_pb2_grpc.TutorServiceStub)


def teach(board: Any, who: Account, *subjects: str, **fields: Any) -> pb.Tutor:
    values = {"display_name": "Ada", "subjects": subjects, "hourly_rate": 4_000, "currency": "EUR", "languages": ["en"]} | fields
    return board.PutMyTutorProfile(pb.PutMyTutorProfileRequest(**values), metadata=who.metadata)


def review(board: Any, who: Account, tutor: pb.Tutor, rating: int, comment: str = "") -> pb.Review:
    return board.PutReview(pb.PutReviewRequest(tutor_id=tutor.id, rating=rating, comment=comment), metadata=who.metadata)


def test_a_profile_is_made_once_changed_and_taken_away(board: Any, house: House) -> None:
    ada = house.register("Ada", "Lindqvist")
    made = teach(board, ada, "k8s", "Salt art")
    assert list(made.subjects) == ["Kubernetes", "Salt art"]
    changed = teach(board, ada, "Python", headline=" For beginners ")
    assert (changed.id, changed.headline, list(changed.subjects), changed.create_time) == (
        made.id, "For beginners", ["Python"], made.create_time,
    )  # fmt: skip
    assert board.GetTutor(pb.GetTutorRequest(tutor_id=made.id)) == changed
    student = house.register("Marco", "Ferrari")
    review(board, student, made, 4)
    board.DeleteMyTutorProfile(pb.DeleteMyTutorProfileRequest(), metadata=ada.metadata)
    for call, request in ((board.GetTutor, pb.GetTutorRequest), (board.ListReviews, pb.ListReviewsRequest)):
        with refused(NOT_FOUND, "TUTOR_NOT_FOUND"):
            call(request(tutor_id=made.id))
    with refused(NOT_FOUND, "TUTOR_NOT_FOUND"):
        board.DeleteMyTutorProfile(pb.DeleteMyTutorProfileRequest(), metadata=ada.metadata)
    with refused(INVALID, "TEXT_BLANK", field="subjects"):
        teach(board, ada, " ")


def test_tutors_are_found_by_what_they_teach_the_best_rated_first_over_pages(board: Any, house: House) -> None:
    subject = f"Subject {uuid4().hex[:8]}"
    tutors = [teach(board, house.register("Tutor", str(number)), subject, hourly_rate=1_000 * number) for number in range(1, 5)]
    students = [house.register("Student", str(number)) for number in range(2)]
    for tutor, ratings in zip(tutors, ((3,), (5, 4), (), (5,)), strict=True):
        for student, rating in zip(students, ratings, strict=False):
            review(board, student, tutor, rating)

    def found(**wanted: Any) -> list[tuple[str, float, int]]:
        listed, token = [], ""
        while True:
            page = board.ListTutors(pb.ListTutorsRequest(subject=subject.upper(), page_token=token, **wanted))
            listed += [(tutor.id, tutor.rating, tutor.reviews) for tutor in page.tutors]
            if not (token := page.next_page_token):
                return listed

    one, two, three, four = (tutor.id for tutor in tutors)
    assert found() == found(page_size=1) == [(four, 5.0, 1), (two, 4.5, 2), (one, 3.0, 1), (three, 0.0, 0)]
    assert [tutor_id for tutor_id, *_ in found(max_hourly_rate=2_000, currency="EUR")] == [two, one]
    assert found(max_hourly_rate=2_000, currency="USD") == found(language="de") == []
    assert len(found(language="en")) == 4


def test_a_person_reviews_a_tutor_once_and_never_themselves(board: Any, house: House) -> None:
    ada, marco, rita = house.register("Ada", "L"), house.register("Marco", "F"), house.register("Rita", "K")
    tutor = teach(board, ada, "Python")
    review(board, marco, tutor, 1, "Late")
    review(board, rita, tutor, 4, "Patient")
    review(board, marco, tutor, 5, "On time by now")
    page = board.ListReviews(pb.ListReviewsRequest(tutor_id=tutor.id))
    assert [(one.rating, one.comment) for one in page.reviews] == [(5, "On time by now"), (4, "Patient")]
    assert board.GetTutor(pb.GetTutorRequest(tutor_id=tutor.id)).rating == 4.5
    with refused(NOT_NOW, "REVIEW_OWN"):
        review(board, ada, tutor, 5)
    with refused(NOT_FOUND, "TUTOR_NOT_FOUND"):
        review(board, ada, pb.Tutor(id=str(uuid4())), 5)
