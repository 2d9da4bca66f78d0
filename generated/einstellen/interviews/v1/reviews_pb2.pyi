from buf.validate import validate_pb2 as _validate_pb2
from einstellen.interviews.v1 import interviews_pb2 as _interviews_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class ScoreAgainRequest(_message.Message):
    __slots__ = ("interview_id",)
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    def __init__(self, interview_id: _Optional[str] = ...) -> None: ...

class OverrideScoreRequest(_message.Message):
    __slots__ = ("interview_id", "question_id", "value", "reason", "request_id")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    question_id: str
    value: float
    reason: str
    request_id: str
    def __init__(self, interview_id: _Optional[str] = ..., question_id: _Optional[str] = ..., value: _Optional[float] = ..., reason: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ShareReportRequest(_message.Message):
    __slots__ = ("interview_id", "share_report")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    SHARE_REPORT_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    share_report: bool
    def __init__(self, interview_id: _Optional[str] = ..., share_report: _Optional[bool] = ...) -> None: ...
