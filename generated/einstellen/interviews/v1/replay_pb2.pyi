import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.interviews.v1 import interviews_pb2 as _interviews_pb2
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

class ListMomentsRequest(_message.Message):
    __slots__ = ("interview_id", "page_size", "page_token", "from_milliseconds")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FROM_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    page_size: int
    page_token: str
    from_milliseconds: int
    def __init__(self, interview_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., from_milliseconds: _Optional[int] = ...) -> None: ...

class ListMomentsResponse(_message.Message):
    __slots__ = ("moments", "next_page_token")
    MOMENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    moments: _containers.RepeatedCompositeFieldContainer[Moment]
    next_page_token: str
    def __init__(self, moments: _Optional[_Iterable[_Union[Moment, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Moment(_message.Message):
    __slots__ = ("at_milliseconds", "time", "line", "voice", "code", "signal", "edits", "video")
    AT_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    EDITS_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FIELD_NUMBER: _ClassVar[int]
    at_milliseconds: int
    time: _timestamp_pb2.Timestamp
    line: _interviews_pb2.TranscriptLine
    voice: VoicePiece
    code: _interviews_pb2.Question
    signal: _interviews_pb2.Signal
    edits: CodeEdits
    video: VideoPiece
    def __init__(self, at_milliseconds: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., line: _Optional[_Union[_interviews_pb2.TranscriptLine, _Mapping]] = ..., voice: _Optional[_Union[VoicePiece, _Mapping]] = ..., code: _Optional[_Union[_interviews_pb2.Question, _Mapping]] = ..., signal: _Optional[_Union[_interviews_pb2.Signal, _Mapping]] = ..., edits: _Optional[_Union[CodeEdits, _Mapping]] = ..., video: _Optional[_Union[VideoPiece, _Mapping]] = ...) -> None: ...

class CodeEdits(_message.Message):
    __slots__ = ("editor", "first_seq", "last_seq", "milliseconds")
    EDITOR_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQ_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    editor: str
    first_seq: int
    last_seq: int
    milliseconds: int
    def __init__(self, editor: _Optional[str] = ..., first_seq: _Optional[int] = ..., last_seq: _Optional[int] = ..., milliseconds: _Optional[int] = ...) -> None: ...

class VoicePiece(_message.Message):
    __slots__ = ("speaker", "track_id", "number", "milliseconds", "size_bytes")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    TRACK_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    track_id: str
    number: int
    milliseconds: int
    size_bytes: int
    def __init__(self, speaker: _Optional[str] = ..., track_id: _Optional[str] = ..., number: _Optional[int] = ..., milliseconds: _Optional[int] = ..., size_bytes: _Optional[int] = ...) -> None: ...

class VideoPiece(_message.Message):
    __slots__ = ("speaker", "track_id", "number", "milliseconds", "size_bytes")
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    TRACK_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    speaker: str
    track_id: str
    number: int
    milliseconds: int
    size_bytes: int
    def __init__(self, speaker: _Optional[str] = ..., track_id: _Optional[str] = ..., number: _Optional[int] = ..., milliseconds: _Optional[int] = ..., size_bytes: _Optional[int] = ...) -> None: ...

class DownloadVoiceRequest(_message.Message):
    __slots__ = ("interview_id", "speaker", "from_milliseconds")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    FROM_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    speaker: str
    from_milliseconds: int
    def __init__(self, interview_id: _Optional[str] = ..., speaker: _Optional[str] = ..., from_milliseconds: _Optional[int] = ...) -> None: ...

class DownloadVideoRequest(_message.Message):
    __slots__ = ("interview_id", "speaker", "from_milliseconds", "track_id")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    SPEAKER_FIELD_NUMBER: _ClassVar[int]
    FROM_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    TRACK_ID_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    speaker: str
    from_milliseconds: int
    track_id: str
    def __init__(self, interview_id: _Optional[str] = ..., speaker: _Optional[str] = ..., from_milliseconds: _Optional[int] = ..., track_id: _Optional[str] = ...) -> None: ...
