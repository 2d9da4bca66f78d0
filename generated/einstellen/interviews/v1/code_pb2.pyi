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

class GetCodeRunnerRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CodeRunner(_message.Message):
    __slots__ = ("name", "languages", "reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    languages: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    def __init__(self, name: _Optional[str] = ..., languages: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ...) -> None: ...

class RunCodeRequest(_message.Message):
    __slots__ = ("interview_id", "question_id", "code", "language", "request_id")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    question_id: str
    code: str
    language: str
    request_id: str
    def __init__(self, interview_id: _Optional[str] = ..., question_id: _Optional[str] = ..., code: _Optional[str] = ..., language: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CodeRun(_message.Message):
    __slots__ = ("id", "interview_id", "question_id", "language", "code", "is_final", "state", "problem", "runner", "results", "passed_count", "growth", "start_time", "end_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    IS_FINAL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    RUNNER_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    PASSED_COUNT_FIELD_NUMBER: _ClassVar[int]
    GROWTH_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    interview_id: str
    question_id: str
    language: str
    code: str
    is_final: bool
    state: str
    problem: str
    runner: str
    results: _containers.RepeatedCompositeFieldContainer[TestResult]
    passed_count: int
    growth: float
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., interview_id: _Optional[str] = ..., question_id: _Optional[str] = ..., language: _Optional[str] = ..., code: _Optional[str] = ..., is_final: _Optional[bool] = ..., state: _Optional[str] = ..., problem: _Optional[str] = ..., runner: _Optional[str] = ..., results: _Optional[_Iterable[_Union[TestResult, _Mapping]]] = ..., passed_count: _Optional[int] = ..., growth: _Optional[float] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TestResult(_message.Message):
    __slots__ = ("arguments", "expected", "is_hidden", "passed", "state", "value", "error", "output")
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    IS_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    PASSED_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    arguments: str
    expected: str
    is_hidden: bool
    passed: bool
    state: str
    value: str
    error: str
    output: str
    def __init__(self, arguments: _Optional[str] = ..., expected: _Optional[str] = ..., is_hidden: _Optional[bool] = ..., passed: _Optional[bool] = ..., state: _Optional[str] = ..., value: _Optional[str] = ..., error: _Optional[str] = ..., output: _Optional[str] = ...) -> None: ...

class ListCodeRunsRequest(_message.Message):
    __slots__ = ("interview_id", "page_size", "page_token")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    page_size: int
    page_token: str
    def __init__(self, interview_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCodeRunsResponse(_message.Message):
    __slots__ = ("runs", "next_page_token")
    RUNS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    runs: _containers.RepeatedCompositeFieldContainer[CodeRun]
    next_page_token: str
    def __init__(self, runs: _Optional[_Iterable[_Union[CodeRun, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListCodeEditsRequest(_message.Message):
    __slots__ = ("interview_id", "page_size", "page_token")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    page_size: int
    page_token: str
    def __init__(self, interview_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCodeEditsResponse(_message.Message):
    __slots__ = ("edits", "next_page_token")
    EDITS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    edits: _containers.RepeatedCompositeFieldContainer[CodeEdit]
    next_page_token: str
    def __init__(self, edits: _Optional[_Iterable[_Union[CodeEdit, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CodeEdit(_message.Message):
    __slots__ = ("seq", "editor", "sender_id", "update", "store_time")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    EDITOR_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    STORE_TIME_FIELD_NUMBER: _ClassVar[int]
    seq: int
    editor: str
    sender_id: str
    update: bytes
    store_time: _timestamp_pb2.Timestamp
    def __init__(self, seq: _Optional[int] = ..., editor: _Optional[str] = ..., sender_id: _Optional[str] = ..., update: _Optional[bytes] = ..., store_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetCodeRequest(_message.Message):
    __slots__ = ("interview_id", "seq", "time")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    seq: int
    time: _timestamp_pb2.Timestamp
    def __init__(self, interview_id: _Optional[str] = ..., seq: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SharedCode(_message.Message):
    __slots__ = ("texts", "seq", "store_time")
    TEXTS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    STORE_TIME_FIELD_NUMBER: _ClassVar[int]
    texts: _containers.RepeatedCompositeFieldContainer[CodeText]
    seq: int
    store_time: _timestamp_pb2.Timestamp
    def __init__(self, texts: _Optional[_Iterable[_Union[CodeText, _Mapping]]] = ..., seq: _Optional[int] = ..., store_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CodeText(_message.Message):
    __slots__ = ("question_id", "text")
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    question_id: str
    text: str
    def __init__(self, question_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...
