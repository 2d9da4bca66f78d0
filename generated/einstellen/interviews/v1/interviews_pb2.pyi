import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.api import httpbody_pb2 as _httpbody_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StartInterviewRequest(_message.Message):
    __slots__ = ("candidate_id", "job_id", "subscription_id", "question_count", "share_report", "request_id")
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_COUNT_FIELD_NUMBER: _ClassVar[int]
    SHARE_REPORT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    candidate_id: str
    job_id: str
    subscription_id: str
    question_count: int
    share_report: bool
    request_id: str
    def __init__(self, candidate_id: _Optional[str] = ..., job_id: _Optional[str] = ..., subscription_id: _Optional[str] = ..., question_count: _Optional[int] = ..., share_report: _Optional[bool] = ..., request_id: _Optional[str] = ...) -> None: ...

class Interview(_message.Message):
    __slots__ = ("id", "candidate_id", "user_id", "candidate_name", "job_id", "job_title", "subscription_id", "status", "asked_count", "open_question", "share_report", "room_name", "overall_score", "is_recording_allowed", "create_time", "start_time", "end_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_NAME_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    JOB_TITLE_FIELD_NUMBER: _ClassVar[int]
    SUBSCRIPTION_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ASKED_COUNT_FIELD_NUMBER: _ClassVar[int]
    OPEN_QUESTION_FIELD_NUMBER: _ClassVar[int]
    SHARE_REPORT_FIELD_NUMBER: _ClassVar[int]
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    OVERALL_SCORE_FIELD_NUMBER: _ClassVar[int]
    IS_RECORDING_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    candidate_id: str
    user_id: str
    candidate_name: str
    job_id: str
    job_title: str
    subscription_id: str
    status: str
    asked_count: int
    open_question: Question
    share_report: bool
    room_name: str
    overall_score: float
    is_recording_allowed: bool
    create_time: _timestamp_pb2.Timestamp
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., candidate_id: _Optional[str] = ..., user_id: _Optional[str] = ..., candidate_name: _Optional[str] = ..., job_id: _Optional[str] = ..., job_title: _Optional[str] = ..., subscription_id: _Optional[str] = ..., status: _Optional[str] = ..., asked_count: _Optional[int] = ..., open_question: _Optional[_Union[Question, _Mapping]] = ..., share_report: _Optional[bool] = ..., room_name: _Optional[str] = ..., overall_score: _Optional[float] = ..., is_recording_allowed: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetInterviewRequest(_message.Message):
    __slots__ = ("interview_id",)
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    def __init__(self, interview_id: _Optional[str] = ...) -> None: ...

class ListInterviewsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "job_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    job_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., job_id: _Optional[str] = ...) -> None: ...

class ListInterviewsResponse(_message.Message):
    __slots__ = ("interviews", "next_page_token")
    INTERVIEWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    interviews: _containers.RepeatedCompositeFieldContainer[Interview]
    next_page_token: str
    def __init__(self, interviews: _Optional[_Iterable[_Union[Interview, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListQuestionsRequest(_message.Message):
    __slots__ = ("interview_id",)
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    def __init__(self, interview_id: _Optional[str] = ...) -> None: ...

class ListQuestionsResponse(_message.Message):
    __slots__ = ("questions",)
    QUESTIONS_FIELD_NUMBER: _ClassVar[int]
    questions: _containers.RepeatedCompositeFieldContainer[Question]
    def __init__(self, questions: _Optional[_Iterable[_Union[Question, _Mapping]]] = ...) -> None: ...

class Question(_message.Message):
    __slots__ = ("id", "number", "kind", "skill", "level", "text", "asks_for_code", "signature", "tests", "hidden_test_count", "follows_id", "state", "answer", "code", "language", "source", "problem", "score", "ask_time", "answer_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SKILL_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ASKS_FOR_CODE_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    TESTS_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_TEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    FOLLOWS_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    ASK_TIME_FIELD_NUMBER: _ClassVar[int]
    ANSWER_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    number: int
    kind: str
    skill: str
    level: int
    text: str
    asks_for_code: bool
    signature: str
    tests: _containers.RepeatedCompositeFieldContainer[CodeTest]
    hidden_test_count: int
    follows_id: str
    state: str
    answer: str
    code: str
    language: str
    source: str
    problem: str
    score: AnswerScore
    ask_time: _timestamp_pb2.Timestamp
    answer_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., number: _Optional[int] = ..., kind: _Optional[str] = ..., skill: _Optional[str] = ..., level: _Optional[int] = ..., text: _Optional[str] = ..., asks_for_code: _Optional[bool] = ..., signature: _Optional[str] = ..., tests: _Optional[_Iterable[_Union[CodeTest, _Mapping]]] = ..., hidden_test_count: _Optional[int] = ..., follows_id: _Optional[str] = ..., state: _Optional[str] = ..., answer: _Optional[str] = ..., code: _Optional[str] = ..., language: _Optional[str] = ..., source: _Optional[str] = ..., problem: _Optional[str] = ..., score: _Optional[_Union[AnswerScore, _Mapping]] = ..., ask_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., answer_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AnswerScore(_message.Message):
    __slots__ = ("value", "is_deviated", "relevance", "points", "notes", "code")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    IS_DEVIATED_FIELD_NUMBER: _ClassVar[int]
    RELEVANCE_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    value: float
    is_deviated: bool
    relevance: float
    points: _containers.RepeatedCompositeFieldContainer[Point]
    notes: _containers.RepeatedScalarFieldContainer[str]
    code: CodeScore
    def __init__(self, value: _Optional[float] = ..., is_deviated: _Optional[bool] = ..., relevance: _Optional[float] = ..., points: _Optional[_Iterable[_Union[Point, _Mapping]]] = ..., notes: _Optional[_Iterable[str]] = ..., code: _Optional[_Union[CodeScore, _Mapping]] = ...) -> None: ...

class CodeScore(_message.Message):
    __slots__ = ("passed_count", "test_count", "growth", "good_growth")
    PASSED_COUNT_FIELD_NUMBER: _ClassVar[int]
    TEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    GROWTH_FIELD_NUMBER: _ClassVar[int]
    GOOD_GROWTH_FIELD_NUMBER: _ClassVar[int]
    passed_count: int
    test_count: int
    growth: float
    good_growth: float
    def __init__(self, passed_count: _Optional[int] = ..., test_count: _Optional[int] = ..., growth: _Optional[float] = ..., good_growth: _Optional[float] = ...) -> None: ...

class CodeTest(_message.Message):
    __slots__ = ("arguments", "expected")
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_FIELD_NUMBER: _ClassVar[int]
    arguments: str
    expected: str
    def __init__(self, arguments: _Optional[str] = ..., expected: _Optional[str] = ...) -> None: ...

class Point(_message.Message):
    __slots__ = ("text", "found", "quote")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    FOUND_FIELD_NUMBER: _ClassVar[int]
    QUOTE_FIELD_NUMBER: _ClassVar[int]
    text: str
    found: bool
    quote: str
    def __init__(self, text: _Optional[str] = ..., found: _Optional[bool] = ..., quote: _Optional[str] = ...) -> None: ...

class AnswerQuestionRequest(_message.Message):
    __slots__ = ("interview_id", "question_id", "text", "code", "request_id", "language")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    question_id: str
    text: str
    code: str
    request_id: str
    language: str
    def __init__(self, interview_id: _Optional[str] = ..., question_id: _Optional[str] = ..., text: _Optional[str] = ..., code: _Optional[str] = ..., request_id: _Optional[str] = ..., language: _Optional[str] = ...) -> None: ...

class AnswerQuestionResponse(_message.Message):
    __slots__ = ("answered", "next_question", "is_complete")
    ANSWERED_FIELD_NUMBER: _ClassVar[int]
    NEXT_QUESTION_FIELD_NUMBER: _ClassVar[int]
    IS_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    answered: Question
    next_question: Question
    is_complete: bool
    def __init__(self, answered: _Optional[_Union[Question, _Mapping]] = ..., next_question: _Optional[_Union[Question, _Mapping]] = ..., is_complete: _Optional[bool] = ...) -> None: ...

class UploadAnswerRequest(_message.Message):
    __slots__ = ("interview_id", "question_id", "body")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    BODY_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    question_id: str
    body: _httpbody_pb2.HttpBody
    def __init__(self, interview_id: _Optional[str] = ..., question_id: _Optional[str] = ..., body: _Optional[_Union[_httpbody_pb2.HttpBody, _Mapping]] = ...) -> None: ...

class ConsentToRecordingRequest(_message.Message):
    __slots__ = ("interview_id", "agrees")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    AGREES_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    agrees: bool
    def __init__(self, interview_id: _Optional[str] = ..., agrees: _Optional[bool] = ...) -> None: ...

class RecordSignalsRequest(_message.Message):
    __slots__ = ("interview_id", "signals", "request_id")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    SIGNALS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    signals: _containers.RepeatedCompositeFieldContainer[Signal]
    request_id: str
    def __init__(self, interview_id: _Optional[str] = ..., signals: _Optional[_Iterable[_Union[Signal, _Mapping]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class RecordSignalsResponse(_message.Message):
    __slots__ = ("signal_count",)
    SIGNAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    signal_count: int
    def __init__(self, signal_count: _Optional[int] = ...) -> None: ...

class DownloadRecordingRequest(_message.Message):
    __slots__ = ("interview_id", "question_id")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    question_id: str
    def __init__(self, interview_id: _Optional[str] = ..., question_id: _Optional[str] = ...) -> None: ...

class ListTranscriptRequest(_message.Message):
    __slots__ = ("interview_id", "page_size", "page_token")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    page_size: int
    page_token: str
    def __init__(self, interview_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTranscriptResponse(_message.Message):
    __slots__ = ("lines", "next_page_token")
    LINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[TranscriptLine]
    next_page_token: str
    def __init__(self, lines: _Optional[_Iterable[_Union[TranscriptLine, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TranscriptLine(_message.Message):
    __slots__ = ("id", "seq", "speaker", "speaker_name", "text", "question_id", "say_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_NAME_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    SAY_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    seq: int
    speaker: str
    speaker_name: str
    text: str
    question_id: str
    say_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., seq: _Optional[int] = ..., speaker: _Optional[str] = ..., speaker_name: _Optional[str] = ..., text: _Optional[str] = ..., question_id: _Optional[str] = ..., say_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class EndInterviewRequest(_message.Message):
    __slots__ = ("interview_id",)
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    def __init__(self, interview_id: _Optional[str] = ...) -> None: ...

class CancelInterviewRequest(_message.Message):
    __slots__ = ("interview_id",)
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    def __init__(self, interview_id: _Optional[str] = ...) -> None: ...

class GetReportRequest(_message.Message):
    __slots__ = ("interview_id", "version")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    version: int
    def __init__(self, interview_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class FeedbackReport(_message.Message):
    __slots__ = ("id", "interview_id", "version", "overall_score", "skills", "questions", "strengths", "gaps", "comments", "rubric_version", "generate_time", "overrides", "signals")
    ID_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OVERALL_SCORE_FIELD_NUMBER: _ClassVar[int]
    SKILLS_FIELD_NUMBER: _ClassVar[int]
    QUESTIONS_FIELD_NUMBER: _ClassVar[int]
    STRENGTHS_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    COMMENTS_FIELD_NUMBER: _ClassVar[int]
    RUBRIC_VERSION_FIELD_NUMBER: _ClassVar[int]
    GENERATE_TIME_FIELD_NUMBER: _ClassVar[int]
    OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    SIGNALS_FIELD_NUMBER: _ClassVar[int]
    id: str
    interview_id: str
    version: int
    overall_score: float
    skills: _containers.RepeatedCompositeFieldContainer[SkillScore]
    questions: _containers.RepeatedCompositeFieldContainer[Question]
    strengths: _containers.RepeatedScalarFieldContainer[str]
    gaps: _containers.RepeatedScalarFieldContainer[str]
    comments: str
    rubric_version: str
    generate_time: _timestamp_pb2.Timestamp
    overrides: _containers.RepeatedCompositeFieldContainer[ScoreOverride]
    signals: _containers.RepeatedCompositeFieldContainer[Signal]
    def __init__(self, id: _Optional[str] = ..., interview_id: _Optional[str] = ..., version: _Optional[int] = ..., overall_score: _Optional[float] = ..., skills: _Optional[_Iterable[_Union[SkillScore, _Mapping]]] = ..., questions: _Optional[_Iterable[_Union[Question, _Mapping]]] = ..., strengths: _Optional[_Iterable[str]] = ..., gaps: _Optional[_Iterable[str]] = ..., comments: _Optional[str] = ..., rubric_version: _Optional[str] = ..., generate_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., overrides: _Optional[_Iterable[_Union[ScoreOverride, _Mapping]]] = ..., signals: _Optional[_Iterable[_Union[Signal, _Mapping]]] = ...) -> None: ...

class ScoreOverride(_message.Message):
    __slots__ = ("id", "question_id", "value", "reason", "user_id", "create_time")
    ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    id: str
    question_id: str
    value: float
    reason: str
    user_id: str
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., question_id: _Optional[str] = ..., value: _Optional[float] = ..., reason: _Optional[str] = ..., user_id: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Signal(_message.Message):
    __slots__ = ("kind", "time", "amount", "question_id")
    KIND_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    kind: str
    time: _timestamp_pb2.Timestamp
    amount: float
    question_id: str
    def __init__(self, kind: _Optional[str] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., amount: _Optional[float] = ..., question_id: _Optional[str] = ...) -> None: ...

class SkillScore(_message.Message):
    __slots__ = ("skill", "score", "question_count", "is_required")
    SKILL_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    QUESTION_COUNT_FIELD_NUMBER: _ClassVar[int]
    IS_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    skill: str
    score: float
    question_count: int
    is_required: bool
    def __init__(self, skill: _Optional[str] = ..., score: _Optional[float] = ..., question_count: _Optional[int] = ..., is_required: _Optional[bool] = ...) -> None: ...
