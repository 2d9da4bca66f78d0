import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Participant(_message.Message):
    __slots__ = ("participant_id", "user_id", "display_name", "kind", "may", "agrees")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MAY_FIELD_NUMBER: _ClassVar[int]
    AGREES_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    user_id: str
    display_name: str
    kind: str
    may: _containers.RepeatedScalarFieldContainer[str]
    agrees: bool
    def __init__(self, participant_id: _Optional[str] = ..., user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., kind: _Optional[str] = ..., may: _Optional[_Iterable[str]] = ..., agrees: _Optional[bool] = ...) -> None: ...

class Participants(_message.Message):
    __slots__ = ("participants",)
    PARTICIPANTS_FIELD_NUMBER: _ClassVar[int]
    participants: _containers.RepeatedCompositeFieldContainer[Participant]
    def __init__(self, participants: _Optional[_Iterable[_Union[Participant, _Mapping]]] = ...) -> None: ...

class IceServer(_message.Message):
    __slots__ = ("urls", "username", "credential", "expire_time")
    URLS_FIELD_NUMBER: _ClassVar[int]
    USERNAME_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    urls: _containers.RepeatedScalarFieldContainer[str]
    username: str
    credential: str
    expire_time: _timestamp_pb2.Timestamp
    def __init__(self, urls: _Optional[_Iterable[str]] = ..., username: _Optional[str] = ..., credential: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PeerSignal(_message.Message):
    __slots__ = ("to", "sender_id", "session", "description", "candidate", "closed")
    TO_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    to: str
    sender_id: str
    session: str
    description: Description
    candidate: IceCandidate
    closed: bool
    def __init__(self, to: _Optional[str] = ..., sender_id: _Optional[str] = ..., session: _Optional[str] = ..., description: _Optional[_Union[Description, _Mapping]] = ..., candidate: _Optional[_Union[IceCandidate, _Mapping]] = ..., closed: _Optional[bool] = ...) -> None: ...

class Description(_message.Message):
    __slots__ = ("type", "sdp")
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SDP_FIELD_NUMBER: _ClassVar[int]
    type: str
    sdp: str
    def __init__(self, type: _Optional[str] = ..., sdp: _Optional[str] = ...) -> None: ...

class IceCandidate(_message.Message):
    __slots__ = ("candidate", "sdp_mid", "sdp_m_line_index")
    CANDIDATE_FIELD_NUMBER: _ClassVar[int]
    SDP_MID_FIELD_NUMBER: _ClassVar[int]
    SDP_M_LINE_INDEX_FIELD_NUMBER: _ClassVar[int]
    candidate: str
    sdp_mid: str
    sdp_m_line_index: int
    def __init__(self, candidate: _Optional[str] = ..., sdp_mid: _Optional[str] = ..., sdp_m_line_index: _Optional[int] = ...) -> None: ...

class Consent(_message.Message):
    __slots__ = ("agrees",)
    AGREES_FIELD_NUMBER: _ClassVar[int]
    agrees: bool
    def __init__(self, agrees: _Optional[bool] = ...) -> None: ...

class TakeLead(_message.Message):
    __slots__ = ("active",)
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    active: bool
    def __init__(self, active: _Optional[bool] = ...) -> None: ...

class Lead(_message.Message):
    __slots__ = ("user_id",)
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    def __init__(self, user_id: _Optional[str] = ...) -> None: ...

class Caption(_message.Message):
    __slots__ = ("participant_id", "utterance_id", "text", "is_final")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    UTTERANCE_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    IS_FINAL_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    utterance_id: str
    text: str
    is_final: bool
    def __init__(self, participant_id: _Optional[str] = ..., utterance_id: _Optional[str] = ..., text: _Optional[str] = ..., is_final: _Optional[bool] = ...) -> None: ...

class Activity(_message.Message):
    __slots__ = ("state", "is_recording")
    STATE_FIELD_NUMBER: _ClassVar[int]
    IS_RECORDING_FIELD_NUMBER: _ClassVar[int]
    state: str
    is_recording: bool
    def __init__(self, state: _Optional[str] = ..., is_recording: _Optional[bool] = ...) -> None: ...
