import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MoveApplicationsRequest(_message.Message):
    __slots__ = ("application_ids", "status", "reason")
    APPLICATION_IDS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    application_ids: _containers.RepeatedScalarFieldContainer[str]
    status: str
    reason: str
    def __init__(self, application_ids: _Optional[_Iterable[str]] = ..., status: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class MoveApplicationsResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[MoveOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[MoveOutcome, _Mapping]]] = ...) -> None: ...

class MoveOutcome(_message.Message):
    __slots__ = ("application_id", "status", "refusal")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    status: str
    refusal: str
    def __init__(self, application_id: _Optional[str] = ..., status: _Optional[str] = ..., refusal: _Optional[str] = ...) -> None: ...

class AddNoteRequest(_message.Message):
    __slots__ = ("application_id", "text", "request_id")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    text: str
    request_id: str
    def __init__(self, application_id: _Optional[str] = ..., text: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ListNotesRequest(_message.Message):
    __slots__ = ("application_id", "page_size", "page_token")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    page_size: int
    page_token: str
    def __init__(self, application_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListNotesResponse(_message.Message):
    __slots__ = ("notes", "next_page_token")
    NOTES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    notes: _containers.RepeatedCompositeFieldContainer[Note]
    next_page_token: str
    def __init__(self, notes: _Optional[_Iterable[_Union[Note, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Note(_message.Message):
    __slots__ = ("id", "application_id", "author_id", "text", "create_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    application_id: str
    author_id: str
    text: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., application_id: _Optional[str] = ..., author_id: _Optional[str] = ..., text: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PutScorecardRequest(_message.Message):
    __slots__ = ("application_id", "ratings", "recommendation", "comment")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    RATINGS_FIELD_NUMBER: _ClassVar[int]
    RECOMMENDATION_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    ratings: _containers.RepeatedCompositeFieldContainer[Rating]
    recommendation: str
    comment: str
    def __init__(self, application_id: _Optional[str] = ..., ratings: _Optional[_Iterable[_Union[Rating, _Mapping]]] = ..., recommendation: _Optional[str] = ..., comment: _Optional[str] = ...) -> None: ...

class Rating(_message.Message):
    __slots__ = ("criterion", "value")
    CRITERION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    criterion: str
    value: int
    def __init__(self, criterion: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...

class ListScorecardsRequest(_message.Message):
    __slots__ = ("application_id",)
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    def __init__(self, application_id: _Optional[str] = ...) -> None: ...

class ListScorecardsResponse(_message.Message):
    __slots__ = ("scorecards",)
    SCORECARDS_FIELD_NUMBER: _ClassVar[int]
    scorecards: _containers.RepeatedCompositeFieldContainer[Scorecard]
    def __init__(self, scorecards: _Optional[_Iterable[_Union[Scorecard, _Mapping]]] = ...) -> None: ...

class Scorecard(_message.Message):
    __slots__ = ("application_id", "author_id", "ratings", "recommendation", "comment", "update_time")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    AUTHOR_ID_FIELD_NUMBER: _ClassVar[int]
    RATINGS_FIELD_NUMBER: _ClassVar[int]
    RECOMMENDATION_FIELD_NUMBER: _ClassVar[int]
    COMMENT_FIELD_NUMBER: _ClassVar[int]
    UPDATE_TIME_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    author_id: str
    ratings: _containers.RepeatedCompositeFieldContainer[Rating]
    recommendation: str
    comment: str
    update_time: _timestamp_pb2.Timestamp
    def __init__(self, application_id: _Optional[str] = ..., author_id: _Optional[str] = ..., ratings: _Optional[_Iterable[_Union[Rating, _Mapping]]] = ..., recommendation: _Optional[str] = ..., comment: _Optional[str] = ..., update_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetPipelineReportRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class PipelineReport(_message.Message):
    __slots__ = ("job_id", "stages", "sources", "applications")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    stages: _containers.RepeatedCompositeFieldContainer[Stage]
    sources: _containers.RepeatedCompositeFieldContainer[Source]
    applications: int
    def __init__(self, job_id: _Optional[str] = ..., stages: _Optional[_Iterable[_Union[Stage, _Mapping]]] = ..., sources: _Optional[_Iterable[_Union[Source, _Mapping]]] = ..., applications: _Optional[int] = ...) -> None: ...

class Stage(_message.Message):
    __slots__ = ("status", "reached", "current", "advanced", "conversion", "median_days", "mean_days", "median_lead_days")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REACHED_FIELD_NUMBER: _ClassVar[int]
    CURRENT_FIELD_NUMBER: _ClassVar[int]
    ADVANCED_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_DAYS_FIELD_NUMBER: _ClassVar[int]
    MEAN_DAYS_FIELD_NUMBER: _ClassVar[int]
    MEDIAN_LEAD_DAYS_FIELD_NUMBER: _ClassVar[int]
    status: str
    reached: int
    current: int
    advanced: int
    conversion: float
    median_days: float
    mean_days: float
    median_lead_days: float
    def __init__(self, status: _Optional[str] = ..., reached: _Optional[int] = ..., current: _Optional[int] = ..., advanced: _Optional[int] = ..., conversion: _Optional[float] = ..., median_days: _Optional[float] = ..., mean_days: _Optional[float] = ..., median_lead_days: _Optional[float] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("source", "applications", "interviews", "hires")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    INTERVIEWS_FIELD_NUMBER: _ClassVar[int]
    HIRES_FIELD_NUMBER: _ClassVar[int]
    source: str
    applications: int
    interviews: int
    hires: int
    def __init__(self, source: _Optional[str] = ..., applications: _Optional[int] = ..., interviews: _Optional[int] = ..., hires: _Optional[int] = ...) -> None: ...

class PutSelfIdentificationRequest(_message.Message):
    __slots__ = ("application_id", "answers")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    answers: SelfIdentification
    def __init__(self, application_id: _Optional[str] = ..., answers: _Optional[_Union[SelfIdentification, _Mapping]] = ...) -> None: ...

class SelfIdentification(_message.Message):
    __slots__ = ("gender", "ethnicity", "age_group", "disability")
    GENDER_FIELD_NUMBER: _ClassVar[int]
    ETHNICITY_FIELD_NUMBER: _ClassVar[int]
    AGE_GROUP_FIELD_NUMBER: _ClassVar[int]
    DISABILITY_FIELD_NUMBER: _ClassVar[int]
    gender: str
    ethnicity: str
    age_group: str
    disability: str
    def __init__(self, gender: _Optional[str] = ..., ethnicity: _Optional[str] = ..., age_group: _Optional[str] = ..., disability: _Optional[str] = ...) -> None: ...

class GetAdverseImpactReportRequest(_message.Message):
    __slots__ = ("job_id", "stage")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    stage: str
    def __init__(self, job_id: _Optional[str] = ..., stage: _Optional[str] = ...) -> None: ...

class AdverseImpactReport(_message.Message):
    __slots__ = ("job_id", "stage", "applications", "decided", "comparisons")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    APPLICATIONS_FIELD_NUMBER: _ClassVar[int]
    DECIDED_FIELD_NUMBER: _ClassVar[int]
    COMPARISONS_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    stage: str
    applications: int
    decided: int
    comparisons: _containers.RepeatedCompositeFieldContainer[Comparison]
    def __init__(self, job_id: _Optional[str] = ..., stage: _Optional[str] = ..., applications: _Optional[int] = ..., decided: _Optional[int] = ..., comparisons: _Optional[_Iterable[_Union[Comparison, _Mapping]]] = ...) -> None: ...

class Comparison(_message.Message):
    __slots__ = ("question", "groups", "not_shown")
    QUESTION_FIELD_NUMBER: _ClassVar[int]
    GROUPS_FIELD_NUMBER: _ClassVar[int]
    NOT_SHOWN_FIELD_NUMBER: _ClassVar[int]
    question: str
    groups: _containers.RepeatedCompositeFieldContainer[Group]
    not_shown: int
    def __init__(self, question: _Optional[str] = ..., groups: _Optional[_Iterable[_Union[Group, _Mapping]]] = ..., not_shown: _Optional[int] = ...) -> None: ...

class Group(_message.Message):
    __slots__ = ("answer", "applicants", "selected", "selection_rate", "impact_ratio", "below_four_fifths")
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    APPLICANTS_FIELD_NUMBER: _ClassVar[int]
    SELECTED_FIELD_NUMBER: _ClassVar[int]
    SELECTION_RATE_FIELD_NUMBER: _ClassVar[int]
    IMPACT_RATIO_FIELD_NUMBER: _ClassVar[int]
    BELOW_FOUR_FIFTHS_FIELD_NUMBER: _ClassVar[int]
    answer: str
    applicants: int
    selected: int
    selection_rate: float
    impact_ratio: float
    below_four_fifths: bool
    def __init__(self, answer: _Optional[str] = ..., applicants: _Optional[int] = ..., selected: _Optional[int] = ..., selection_rate: _Optional[float] = ..., impact_ratio: _Optional[float] = ..., below_four_fifths: _Optional[bool] = ...) -> None: ...
