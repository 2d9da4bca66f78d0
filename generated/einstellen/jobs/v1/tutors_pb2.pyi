import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import empty_pb2 as _empty_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PutMyTutorProfileRequest(_message.Message):
    __slots__ = ("display_name", "headline", "bio", "subjects", "languages", "hourly_rate", "currency")
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    BIO_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    HOURLY_RATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    display_name: str
    headline: str
    bio: str
    subjects: _containers.RepeatedScalarFieldContainer[str]
    languages: _containers.RepeatedScalarFieldContainer[str]
    hourly_rate: int
    currency: str
    def __init__(self, display_name: _Optional[str] = ..., headline: _Optional[str] = ..., bio: _Optional[str] = ..., subjects: _Optional[_Iterable[str]] = ..., languages: _Optional[_Iterable[str]] = ..., hourly_rate: _Optional[int] = ..., currency: _Optional[str] = ...) -> None: ...

class DeleteMyTutorProfileRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetTutorRequest(_message.Message):
    __slots__ = ("tutor_id",)
    TUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    tutor_id: str
    def __init__(self, tutor_id: _Optional[str] = ...) -> None: ...

class ListTutorsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "subject", "language", "max_hourly_rate", "currency")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    MAX_HOURLY_RATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    subject: str
    language: str
    max_hourly_rate: int
    currency: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., subject: _Optional[str] = ..., language: _Optional[str] = ..., max_hourly_rate: _Optional[int] = ..., currency: _Optional[str] = ...) -> None: ...

class ListTutorsResponse(_message.Message):
    __slots__ = ("tutors", "next_page_token")
    TUTORS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tutors: _containers.RepeatedCompositeFieldContainer[Tutor]
    next_page_token: str
    def __init__(self, tutors: _Optional[_Iterable[_Union[Tutor, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Tutor(_message.Message):
    __slots__ = ("id", "user_id", "display_name", "headline", "bio", "subjects", "languages", "hourly_rate", "currency", "rating", "reviews", "create_time", "update_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    BIO_FIELD_NUMBER: _ClassVar[int]
    SUBJECTS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    HOURLY_RATE_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    REVIEWS_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    user_id: str
    display_name: str
    headline: str
    bio: str
    subjects: _containers.RepeatedScalarFieldContainer[str]
    languages: _containers.RepeatedScalarFieldContainer[str]
    hourly_rate: int
    currency: str
    rating: float
    reviews: int
    create_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., headline: _Optional[str] = ..., bio: _Optional[str] = ..., subjects: _Optional[_Iterable[str]] = ..., languages: _Optional[_Iterable[str]] = ..., hourly_rate: _Optional[int] = ..., currency: _Optional[str] = ..., rating: _Optional[float] = ..., reviews: _Optional[int] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PutReviewRequest(_message.Message):
    __slots__ = ("tutor_id", "rating", "comment")
    TUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    tutor_id: str
    rating: int
    comment: str
    def __init__(self, tutor_id: _Optional[str] = ..., rating: _Optional[int] = ..., comment: _Optional[str] = ...) -> None: ...

class ListReviewsRequest(_message.Message):
    __slots__ = ("tutor_id", "page_size", "page_token")
    TUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tutor_id: str
    page_size: int
    page_token: str
    def __init__(self, tutor_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReviewsResponse(_message.Message):
    __slots__ = ("reviews", "next_page_token")
    REVIEWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    reviews: _containers.RepeatedCompositeFieldContainer[Review]
    next_page_token: str
    def __init__(self, reviews: _Optional[_Iterable[_Union[Review, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Review(_message.Message):
    __slots__ = ("tutor_id", "rating", "comment", "create_time")
    TUTOR_ID_FIELD_NUMBER: _ClassVar[int]
    RATING_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    tutor_id: str
    rating: int
    comment: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, tutor_id: _Optional[str] = ..., rating: _Optional[int] = ..., comment: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
