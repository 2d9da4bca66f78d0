import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.jobs.v1 import jobs_pb2 as _jobs_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ApplyRequest(_message.Message):
    __slots__ = ("job_id", "candidate_id", "cover_letter", "request_id", "source")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    COVER_LETTER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    candidate_id: str
    cover_letter: str
    request_id: str
    source: str
    def __init__(self, job_id: _Optional[str] = ..., candidate_id: _Optional[str] = ..., cover_letter: _Optional[str] = ..., request_id: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class ListApplicationsRequest(_message.Message):
    __slots__ = ("job_id", "status", "page_size", "page_token")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    status: str
    page_size: int
    page_token: str
    def __init__(self, job_id: _Optional[str] = ..., status: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListApplicationsResponse(_message.Message):
    __slots__ = ("applications", "next_page_token")
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    applications: _containers.RepeatedCompositeFieldContainer[Application]
    next_page_token: str
    def __init__(self, applications: _Optional[_Iterable[_Union[Application, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetApplicationRequest(_message.Message):
    __slots__ = ("application_id",)
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    def __init__(self, application_id: _Optional[str] = ...) -> None: ...

class UpdateApplicationStatusRequest(_message.Message):
    __slots__ = ("application_id", "status", "reason", "interview_time")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_TIME_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    status: str
    reason: str
    interview_time: _timestamp_pb2.Timestamp
    def __init__(self, application_id: _Optional[str] = ..., status: _Optional[str] = ..., reason: _Optional[str] = ..., interview_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Application(_message.Message):
    __slots__ = ("id", "job_id", "job_title", "candidate_id", "candidate_name", "status", "match_score", "cover_letter", "interview_time", "room_name", "history", "apply_time", "update_time", "user_id", "source", "blind", "profile")
    ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_TITLE_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_NAME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    MATCH_SCORE_FIELD_NUMBER: _ClassVar[int]
    COVER_LETTER_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_TIME_FIELD_NUMBER: _ClassVar[int]
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    APPLY_TIME_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BLIND_FIELD_NUMBER: _ClassVar[int]
    PROFILE_FIELD_NUMBER: _ClassVar[int]
    id: str
    job_id: str
    job_title: str
    candidate_id: str
    candidate_name: str
    status: str
    match_score: _jobs_pb2.MatchScore
    cover_letter: str
    interview_time: _timestamp_pb2.Timestamp
    room_name: str
    history: _containers.RepeatedCompositeFieldContainer[StatusChange]
    apply_time: _timestamp_pb2.Timestamp
    update_time: _timestamp_pb2.Timestamp
    user_id: str
    source: str
    blind: bool
    profile: Profile
    def __init__(self, id: _Optional[str] = ..., job_id: _Optional[str] = ..., job_title: _Optional[str] = ..., candidate_id: _Optional[str] = ..., candidate_name: _Optional[str] = ..., status: _Optional[str] = ..., match_score: _Optional[_Union[_jobs_pb2.MatchScore, _Mapping]] = ..., cover_letter: _Optional[str] = ..., interview_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., room_name: _Optional[str] = ..., history: _Optional[_Iterable[_Union[StatusChange, _Mapping]]] = ..., apply_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., user_id: _Optional[str] = ..., source: _Optional[str] = ..., blind: _Optional[bool] = ..., profile: _Optional[_Union[Profile, _Mapping]] = ...) -> None: ...

class Profile(_message.Message):
    __slots__ = ("titles", "summary", "positions", "skills", "degrees", "location")
    TITLES_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    DEGREES_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    titles: _containers.RepeatedScalarFieldContainer[str]
    summary: str
    positions: _containers.RepeatedCompositeFieldContainer[Position]
    skills: _containers.RepeatedScalarFieldContainer[str]
    degrees: _containers.RepeatedScalarFieldContainer[str]
    location: str
    def __init__(self, titles: _Optional[_Iterable[str]] = ..., summary: _Optional[str] = ..., positions: _Optional[_Iterable[_Union[Position, _Mapping]]] = ..., skills: _Optional[_Iterable[str]] = ..., degrees: _Optional[_Iterable[str]] = ..., location: _Optional[str] = ...) -> None: ...

class Position(_message.Message):
    __slots__ = ("title", "description", "start_date", "end_date")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    END_DATE_FIELD_NUMBER: _ClassVar[int]
    title: str
    description: str
    start_date: str
    end_date: str
    def __init__(self, title: _Optional[str] = ..., description: _Optional[str] = ..., start_date: _Optional[str] = ..., end_date: _Optional[str] = ...) -> None: ...

class StatusChange(_message.Message):
    __slots__ = ("from_status", "to_status", "reason", "user_id", "change_time")
    FROM_STATUS_FIELD_NUMBER: _ClassVar[int]
    TO_STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGE_TIME_FIELD_NUMBER: _ClassVar[int]
    from_status: str
    to_status: str
    reason: str
    user_id: str
    change_time: _timestamp_pb2.Timestamp
    def __init__(self, from_status: _Optional[str] = ..., to_status: _Optional[str] = ..., reason: _Optional[str] = ..., user_id: _Optional[str] = ..., change_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
