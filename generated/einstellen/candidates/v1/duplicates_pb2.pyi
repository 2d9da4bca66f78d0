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

class ListDuplicatesRequest(_message.Message):
    __slots__ = ("decision", "page_size", "page_token")
    DECISION_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    decision: str
    page_size: int
    page_token: str
    def __init__(self, decision: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListDuplicatesResponse(_message.Message):
    __slots__ = ("duplicates", "next_page_token")
    DUPLICATES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    duplicates: _containers.RepeatedCompositeFieldContainer[Duplicate]
    next_page_token: str
    def __init__(self, duplicates: _Optional[_Iterable[_Union[Duplicate, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class MergeDuplicateRequest(_message.Message):
    __slots__ = ("duplicate_id", "keep_candidate_id")
    DUPLICATE_ID_FIELD_NUMBER: _ClassVar[int]
    KEEP_CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    duplicate_id: str
    keep_candidate_id: str
    def __init__(self, duplicate_id: _Optional[str] = ..., keep_candidate_id: _Optional[str] = ...) -> None: ...

class DismissDuplicateRequest(_message.Message):
    __slots__ = ("duplicate_id",)
    DUPLICATE_ID_FIELD_NUMBER: _ClassVar[int]
    duplicate_id: str
    def __init__(self, duplicate_id: _Optional[str] = ...) -> None: ...

class Duplicate(_message.Message):
    __slots__ = ("id", "candidates", "reasons", "likeness", "decision", "kept_candidate_id", "create_time")
    class Likeness(_message.Message):
        __slots__ = ("candidate_id", "name", "email", "phone", "location")
        CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        EMAIL_FIELD_NUMBER: _ClassVar[int]
        PHONE_FIELD_NUMBER: _ClassVar[int]
        LOCATION_FIELD_NUMBER: _ClassVar[int]
        candidate_id: str
        name: str
        email: str
        phone: str
        location: str
        def __init__(self, candidate_id: _Optional[str] = ..., name: _Optional[str] = ..., email: _Optional[str] = ..., phone: _Optional[str] = ..., location: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    LIKENESS_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    KEPT_CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    candidates: _containers.RepeatedCompositeFieldContainer[Duplicate.Likeness]
    reasons: _containers.RepeatedScalarFieldContainer[str]
    likeness: float
    decision: str
    kept_candidate_id: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., candidates: _Optional[_Iterable[_Union[Duplicate.Likeness, _Mapping]]] = ..., reasons: _Optional[_Iterable[str]] = ..., likeness: _Optional[float] = ..., decision: _Optional[str] = ..., kept_candidate_id: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
