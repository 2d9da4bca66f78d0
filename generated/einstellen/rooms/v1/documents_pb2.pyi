import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OpenDocumentRequest(_message.Message):
    __slots__ = ("room_name",)
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    def __init__(self, room_name: _Optional[str] = ...) -> None: ...

class Document(_message.Message):
    __slots__ = ("state", "state_seq", "last_seq")
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_SEQ_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    state: bytes
    state_seq: int
    last_seq: int
    def __init__(self, state: _Optional[bytes] = ..., state_seq: _Optional[int] = ..., last_seq: _Optional[int] = ...) -> None: ...

class AppendUpdatesRequest(_message.Message):
    __slots__ = ("room_name", "updates", "batch_id")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    updates: _containers.RepeatedScalarFieldContainer[bytes]
    batch_id: str
    def __init__(self, room_name: _Optional[str] = ..., updates: _Optional[_Iterable[bytes]] = ..., batch_id: _Optional[str] = ...) -> None: ...

class AppendUpdatesResponse(_message.Message):
    __slots__ = ("first_seq",)
    FIRST_SEQ_FIELD_NUMBER: _ClassVar[int]
    first_seq: int
    def __init__(self, first_seq: _Optional[int] = ...) -> None: ...

class LoadUpdatesRequest(_message.Message):
    __slots__ = ("room_name", "after")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    after: int
    def __init__(self, room_name: _Optional[str] = ..., after: _Optional[int] = ...) -> None: ...

class LoadUpdatesResponse(_message.Message):
    __slots__ = ("updates", "more")
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    updates: _containers.RepeatedCompositeFieldContainer[DocumentUpdate]
    more: bool
    def __init__(self, updates: _Optional[_Iterable[_Union[DocumentUpdate, _Mapping]]] = ..., more: _Optional[bool] = ...) -> None: ...

class DocumentUpdate(_message.Message):
    __slots__ = ("seq", "update", "sender_id", "stored_time")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    STORED_TIME_FIELD_NUMBER: _ClassVar[int]
    seq: int
    update: bytes
    sender_id: str
    stored_time: _timestamp_pb2.Timestamp
    def __init__(self, seq: _Optional[int] = ..., update: _Optional[bytes] = ..., sender_id: _Optional[str] = ..., stored_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class KeepStateRequest(_message.Message):
    __slots__ = ("room_name", "state", "seq")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    state: bytes
    seq: int
    def __init__(self, room_name: _Optional[str] = ..., state: _Optional[bytes] = ..., seq: _Optional[int] = ...) -> None: ...

class KeepStateResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DocumentNews(_message.Message):
    __slots__ = ("process", "first_seq", "last_seq", "update", "awareness", "asks")
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    FIRST_SEQ_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    AWARENESS_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    process: str
    first_seq: int
    last_seq: int
    update: bytes
    awareness: bytes
    asks: bool
    def __init__(self, process: _Optional[str] = ..., first_seq: _Optional[int] = ..., last_seq: _Optional[int] = ..., update: _Optional[bytes] = ..., awareness: _Optional[bytes] = ..., asks: _Optional[bool] = ...) -> None: ...
