import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from einstellen.rooms.v1 import rooms_pb2 as _rooms_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LeaseRoomRequest(_message.Message):
    __slots__ = ("holder",)
    HOLDER_FIELD_NUMBER: _ClassVar[int]
    holder: str
    def __init__(self, holder: _Optional[str] = ...) -> None: ...

class LeaseRoomResponse(_message.Message):
    __slots__ = ("lease",)
    LEASE_FIELD_NUMBER: _ClassVar[int]
    lease: Lease
    def __init__(self, lease: _Optional[_Union[Lease, _Mapping]] = ...) -> None: ...

class Lease(_message.Message):
    __slots__ = ("lease_id", "interview_id", "tenant_id", "room_name", "expire_time", "user_id", "vocabulary", "unspoken", "question_id", "draft", "lead_user_id", "is_wanted", "end_time", "spoken_seq")
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    VOCABULARY_FIELD_NUMBER: _ClassVar[int]
    UNSPOKEN_FIELD_NUMBER: _ClassVar[int]
    QUESTION_ID_FIELD_NUMBER: _ClassVar[int]
    DRAFT_FIELD_NUMBER: _ClassVar[int]
    LEAD_USER_ID_FIELD_NUMBER: _ClassVar[int]
    IS_WANTED_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SPOKEN_SEQ_FIELD_NUMBER: _ClassVar[int]
    lease_id: str
    interview_id: str
    tenant_id: str
    room_name: str
    expire_time: _timestamp_pb2.Timestamp
    user_id: str
    vocabulary: _containers.RepeatedScalarFieldContainer[str]
    unspoken: _containers.RepeatedCompositeFieldContainer[_rooms_pb2.RoomMessage]
    question_id: str
    draft: str
    lead_user_id: str
    is_wanted: bool
    end_time: _timestamp_pb2.Timestamp
    spoken_seq: int
    def __init__(self, lease_id: _Optional[str] = ..., interview_id: _Optional[str] = ..., tenant_id: _Optional[str] = ..., room_name: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., user_id: _Optional[str] = ..., vocabulary: _Optional[_Iterable[str]] = ..., unspoken: _Optional[_Iterable[_Union[_rooms_pb2.RoomMessage, _Mapping]]] = ..., question_id: _Optional[str] = ..., draft: _Optional[str] = ..., lead_user_id: _Optional[str] = ..., is_wanted: _Optional[bool] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., spoken_seq: _Optional[int] = ...) -> None: ...

class RenewLeaseRequest(_message.Message):
    __slots__ = ("interview_id", "lease_id", "candidate_is_here")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_IS_HERE_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    lease_id: str
    candidate_is_here: bool
    def __init__(self, interview_id: _Optional[str] = ..., lease_id: _Optional[str] = ..., candidate_is_here: _Optional[bool] = ...) -> None: ...

class ReleaseRoomRequest(_message.Message):
    __slots__ = ("interview_id", "lease_id", "is_done")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    IS_DONE_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    lease_id: str
    is_done: bool
    def __init__(self, interview_id: _Optional[str] = ..., lease_id: _Optional[str] = ..., is_done: _Optional[bool] = ...) -> None: ...

class ReleaseRoomResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class AnticipateRequest(_message.Message):
    __slots__ = ("interview_id", "lease_id", "text")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    lease_id: str
    text: str
    def __init__(self, interview_id: _Optional[str] = ..., lease_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class AnticipateResponse(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class TakeUtteranceRequest(_message.Message):
    __slots__ = ("interview_id", "lease_id", "utterance_id", "text", "ends_turn", "heard_seq")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ENDS_TURN_FIELD_NUMBER: _ClassVar[int]
    HEARD_SEQ_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    lease_id: str
    utterance_id: str
    text: str
    ends_turn: bool
    heard_seq: int
    def __init__(self, interview_id: _Optional[str] = ..., lease_id: _Optional[str] = ..., utterance_id: _Optional[str] = ..., text: _Optional[str] = ..., ends_turn: _Optional[bool] = ..., heard_seq: _Optional[int] = ...) -> None: ...

class TakeUtteranceResponse(_message.Message):
    __slots__ = ("unspoken",)
    UNSPOKEN_FIELD_NUMBER: _ClassVar[int]
    unspoken: _containers.RepeatedCompositeFieldContainer[_rooms_pb2.RoomMessage]
    def __init__(self, unspoken: _Optional[_Iterable[_Union[_rooms_pb2.RoomMessage, _Mapping]]] = ...) -> None: ...

class NoteSpokenRequest(_message.Message):
    __slots__ = ("interview_id", "lease_id", "seq")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    lease_id: str
    seq: int
    def __init__(self, interview_id: _Optional[str] = ..., lease_id: _Optional[str] = ..., seq: _Optional[int] = ...) -> None: ...

class NoteSpokenResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class AddPieceRequest(_message.Message):
    __slots__ = ("interview_id", "lease_id", "track_id", "number", "user_id", "start_time", "milliseconds", "data", "kind")
    INTERVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_ID_FIELD_NUMBER: _ClassVar[int]
    TRACK_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    interview_id: str
    lease_id: str
    track_id: str
    number: int
    user_id: str
    start_time: _timestamp_pb2.Timestamp
    milliseconds: int
    data: bytes
    kind: str
    def __init__(self, interview_id: _Optional[str] = ..., lease_id: _Optional[str] = ..., track_id: _Optional[str] = ..., number: _Optional[int] = ..., user_id: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., milliseconds: _Optional[int] = ..., data: _Optional[bytes] = ..., kind: _Optional[str] = ...) -> None: ...

class AddPieceResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
