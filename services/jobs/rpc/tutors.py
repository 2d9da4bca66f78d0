"""The RPCs of the tutor board: profiles that everybody reads, and reviews."""

from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.jobs.v1 import tutors_pb2, tutors_pb2_grpc
from services.chassis import audit, calls, errors, ids, paging
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database
from services.chassis.skills import normalise
from services.jobs import rules, tutoring
from services.jobs.tables import RatedTutor, Review, Tutor

Context = grpc.ServicerContext
_THOUSAND = 1000


class TutorService(tutors_pb2_grpc.TutorServiceServicer):
    """See tutors.proto."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def PutMyTutorProfile(self, request: tutors_pb2.PutMyTutorProfileRequest, context: Context) -> tutors_pb2.Tutor:
        person, now = calls.person(), self._clock()
        subjects = rules.key_skills(request.subjects, "", "")
        if not subjects:
            raise errors.invalid_field("subjects", "TEXT_BLANK", "is blank")
        tutor = Tutor(
            ids.mint(), person.user_id, rules.required("display_name", request.display_name), request.headline.strip(), request.bio.strip(),
            subjects, sorted(set(request.languages)), request.hourly_rate, request.currency, now, now,
        )  # fmt: skip
        with self._database.begin(person) as connection:
            price = (tutoring.find_price(connection, person.user_id), f"{tutor.hourly_rate} {tutor.currency}")
            tutor_id = tutoring.put_tutor(connection, tutor)
            audit.record(connection, "tutor.changed", tutor_id=tutor_id, **audit.turned(hourly_rate=price))
            return to_tutor(tutoring.get_tutor(connection, tutor_id))

    def DeleteMyTutorProfile(self, request: tutors_pb2.DeleteMyTutorProfileRequest, context: Context) -> Empty:
        person = calls.person()
        with self._database.begin(person) as connection:
            tutor_id = tutoring.delete_tutor(connection, person.user_id)
            audit.record(connection, "tutor.deleted", tutor_id=tutor_id)
        return Empty()

    def GetTutor(self, request: tutors_pb2.GetTutorRequest, context: Context) -> tutors_pb2.Tutor:
        with self._database.begin(calls.current()) as connection:
            return to_tutor(tutoring.get_tutor(connection, UUID(request.tutor_id)))

    def ListTutors(self, request: tutors_pb2.ListTutorsRequest, context: Context) -> tutors_pb2.ListTutorsResponse:
        page = paging.read(request, int, int, UUID)
        with self._database.begin(calls.current()) as connection:
            found = tutoring.list_tutors(
                connection, page, subject=normalise(request.subject) or " ".join(request.subject.split()), language=request.language,
                max_hourly_rate=request.max_hourly_rate, currency=request.currency,
            )  # fmt: skip
        rows, token = page.cut(found, lambda row: [row.rating, row.reviews, row.tutor.id])
        return tutors_pb2.ListTutorsResponse(tutors=map(to_tutor, rows), next_page_token=token)

    def PutReview(self, request: tutors_pb2.PutReviewRequest, context: Context) -> tutors_pb2.Review:
        person = calls.person()
        with self._database.begin(person) as connection:
            tutor = tutoring.get_tutor(connection, UUID(request.tutor_id)).tutor
            if tutor.user_id == person.user_id:
                raise errors.FailedPrecondition("REVIEW_OWN", "nobody reviews themselves")
            review = Review(ids.mint(), tutor.id, person.user_id, request.rating, request.comment.strip(), self._clock())
            rating = (tutoring.find_rating(connection, tutor.id, person.user_id), review.rating)
            tutoring.put_review(connection, review)
            audit.record(connection, "tutor.reviewed", tutor_id=tutor.id, **audit.turned(rating=rating))
        return to_review(review)

    def ListReviews(self, request: tutors_pb2.ListReviewsRequest, context: Context) -> tutors_pb2.ListReviewsResponse:
        page = paging.read(request, UUID)
        with self._database.begin(calls.current()) as connection:
            tutor = tutoring.get_tutor(connection, UUID(request.tutor_id)).tutor
            rows, token = page.cut(tutoring.list_reviews(connection, page, tutor.id), lambda row: [row.id])
        return tutors_pb2.ListReviewsResponse(reviews=map(to_review, rows), next_page_token=token)


def to_tutor(rated: RatedTutor) -> tutors_pb2.Tutor:
    tutor = rated.tutor
    return tutors_pb2.Tutor(
        id=str(tutor.id), user_id=str(tutor.user_id), display_name=tutor.display_name, headline=tutor.headline, bio=tutor.bio,
        subjects=tutor.subjects, languages=tutor.languages, hourly_rate=tutor.hourly_rate, currency=tutor.currency,
        rating=rated.rating / _THOUSAND, reviews=rated.reviews, create_time=to_timestamp(tutor.created_at),
        update_time=to_timestamp(tutor.updated_at),
    )  # fmt: skip


def to_review(review: Review) -> tutors_pb2.Review:
    return tutors_pb2.Review(
        tutor_id=str(review.tutor_id), rating=review.rating, comment=review.comment, create_time=to_timestamp(review.created_at)
    )  # fmt: skip
