import datetime

from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from einstellen.rooms.v1 import media_pb2 as _media_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class JoinRoomRequest(_message.Message):
    __slots__ = ("room_name", "service")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    service: str
    def __init__(self, room_name: _Optional[str] = ..., service: _Optional[str] = ...) -> None: ...

class GiveConsentRequest(_message.Message):
    __slots__ = ("room_name", "agrees")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    AGREES_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    agrees: bool
    def __init__(self, room_name: _Optional[str] = ..., agrees: _Optional[bool] = ...) -> None: ...

class TakeLeadRequest(_message.Message):
    __slots__ = ("room_name", "active")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    active: bool
    def __init__(self, room_name: _Optional[str] = ..., active: _Optional[bool] = ...) -> None: ...

class RoomAccess(_message.Message):
    __slots__ = ("room_id", "room_name", "user_id", "display_name", "last_seq", "read_seq", "kind", "may", "agrees", "lead_user_id")
    ROOM_ID_FIELD_NUMBER: _ClassVar[int]
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    READ_SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MAY_FIELD_NUMBER: _ClassVar[int]
    AGREES_FIELD_NUMBER: _ClassVar[int]
    LEAD_USER_ID_FIELD_NUMBER: _ClassVar[int]
    room_id: str
    room_name: str
    user_id: str
    display_name: str
    last_seq: int
    read_seq: int
    kind: str
    may: _containers.RepeatedScalarFieldContainer[str]
    agrees: bool
    lead_user_id: str
    def __init__(self, room_id: _Optional[str] = ..., room_name: _Optional[str] = ..., user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., last_seq: _Optional[int] = ..., read_seq: _Optional[int] = ..., kind: _Optional[str] = ..., may: _Optional[_Iterable[str]] = ..., agrees: _Optional[bool] = ..., lead_user_id: _Optional[str] = ...) -> None: ...

class AppendMessageRequest(_message.Message):
    __slots__ = ("room_name", "content", "client_id", "target_seq", "deletes", "attachments", "mentions")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    TARGET_SEQ_FIELD_NUMBER: _ClassVar[int]
    DELETES_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    MENTIONS_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    content: str
    client_id: str
    target_seq: int
    deletes: bool
    attachments: _containers.RepeatedCompositeFieldContainer[Attachment]
    mentions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, room_name: _Optional[str] = ..., content: _Optional[str] = ..., client_id: _Optional[str] = ..., target_seq: _Optional[int] = ..., deletes: _Optional[bool] = ..., attachments: _Optional[_Iterable[_Union[Attachment, _Mapping]]] = ..., mentions: _Optional[_Iterable[str]] = ...) -> None: ...

class Attachment(_message.Message):
    __slots__ = ("reference", "name", "media_type", "size")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    reference: str
    name: str
    media_type: str
    size: int
    def __init__(self, reference: _Optional[str] = ..., name: _Optional[str] = ..., media_type: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class RoomMessage(_message.Message):
    __slots__ = ("id", "seq", "sender_id", "sender_name", "content", "client_id", "sent_time", "target_seq", "edited_time", "deleted", "attachments", "mentions")
    ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    SENT_TIME_FIELD_NUMBER: _ClassVar[int]
    TARGET_SEQ_FIELD_NUMBER: _ClassVar[int]
    EDITED_TIME_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    MENTIONS_FIELD_NUMBER: _ClassVar[int]
    id: str
    seq: int
    sender_id: str
    sender_name: str
    content: str
    client_id: str
    sent_time: _timestamp_pb2.Timestamp
    target_seq: int
    edited_time: _timestamp_pb2.Timestamp
    deleted: bool
    attachments: _containers.RepeatedCompositeFieldContainer[Attachment]
    mentions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., seq: _Optional[int] = ..., sender_id: _Optional[str] = ..., sender_name: _Optional[str] = ..., content: _Optional[str] = ..., client_id: _Optional[str] = ..., sent_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., target_seq: _Optional[int] = ..., edited_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., deleted: _Optional[bool] = ..., attachments: _Optional[_Iterable[_Union[Attachment, _Mapping]]] = ..., mentions: _Optional[_Iterable[str]] = ...) -> None: ...

class LoadMessagesRequest(_message.Message):
    __slots__ = ("room_name", "after", "limit", "before", "service")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    after: int
    limit: int
    before: int
    service: str
    def __init__(self, room_name: _Optional[str] = ..., after: _Optional[int] = ..., limit: _Optional[int] = ..., before: _Optional[int] = ..., service: _Optional[str] = ...) -> None: ...

class LoadMessagesResponse(_message.Message):
    __slots__ = ("messages", "more")
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[RoomMessage]
    more: bool
    def __init__(self, messages: _Optional[_Iterable[_Union[RoomMessage, _Mapping]]] = ..., more: _Optional[bool] = ...) -> None: ...

class MarkRoomReadRequest(_message.Message):
    __slots__ = ("room_name", "seq")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    seq: int
    def __init__(self, room_name: _Optional[str] = ..., seq: _Optional[int] = ...) -> None: ...

class ClientFrame(_message.Message):
    __slots__ = ("authenticate", "say", "typing", "read", "history", "edit", "remove", "signal", "consent", "lead", "caption", "activity")
    AUTHENTICATE_FIELD_NUMBER: _ClassVar[int]
    SAY_FIELD_NUMBER: _ClassVar[int]
    TYPING_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    EDIT_FIELD_NUMBER: _ClassVar[int]
    REMOVE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    CONSENT_FIELD_NUMBER: _ClassVar[int]
    LEAD_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_FIELD_NUMBER: _ClassVar[int]
    authenticate: Authenticate
    say: Say
    typing: Typing
    read: Read
    history: History
    edit: Edit
    remove: Remove
    signal: _media_pb2.PeerSignal
    consent: _media_pb2.Consent
    lead: _media_pb2.TakeLead
    caption: _media_pb2.Caption
    activity: _media_pb2.Activity
    def __init__(self, authenticate: _Optional[_Union[Authenticate, _Mapping]] = ..., say: _Optional[_Union[Say, _Mapping]] = ..., typing: _Optional[_Union[Typing, _Mapping]] = ..., read: _Optional[_Union[Read, _Mapping]] = ..., history: _Optional[_Union[History, _Mapping]] = ..., edit: _Optional[_Union[Edit, _Mapping]] = ..., remove: _Optional[_Union[Remove, _Mapping]] = ..., signal: _Optional[_Union[_media_pb2.PeerSignal, _Mapping]] = ..., consent: _Optional[_Union[_media_pb2.Consent, _Mapping]] = ..., lead: _Optional[_Union[_media_pb2.TakeLead, _Mapping]] = ..., caption: _Optional[_Union[_media_pb2.Caption, _Mapping]] = ..., activity: _Optional[_Union[_media_pb2.Activity, _Mapping]] = ...) -> None: ...

class Authenticate(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: str
    def __init__(self, token: _Optional[str] = ...) -> None: ...

class Say(_message.Message):
    __slots__ = ("content", "client_id", "attachments", "mentions")
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTACHMENTS_FIELD_NUMBER: _ClassVar[int]
    MENTIONS_FIELD_NUMBER: _ClassVar[int]
    content: str
    client_id: str
    attachments: _containers.RepeatedCompositeFieldContainer[Attachment]
    mentions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, content: _Optional[str] = ..., client_id: _Optional[str] = ..., attachments: _Optional[_Iterable[_Union[Attachment, _Mapping]]] = ..., mentions: _Optional[_Iterable[str]] = ...) -> None: ...

class Edit(_message.Message):
    __slots__ = ("seq", "content", "client_id")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    seq: int
    content: str
    client_id: str
    def __init__(self, seq: _Optional[int] = ..., content: _Optional[str] = ..., client_id: _Optional[str] = ...) -> None: ...

class Remove(_message.Message):
    __slots__ = ("seq", "client_id")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    seq: int
    client_id: str
    def __init__(self, seq: _Optional[int] = ..., client_id: _Optional[str] = ...) -> None: ...

class Typing(_message.Message):
    __slots__ = ("active",)
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    active: bool
    def __init__(self, active: _Optional[bool] = ...) -> None: ...

class Read(_message.Message):
    __slots__ = ("seq",)
    SEQ_FIELD_NUMBER: _ClassVar[int]
    seq: int
    def __init__(self, seq: _Optional[int] = ...) -> None: ...

class History(_message.Message):
    __slots__ = ("after", "before", "limit")
    AFTER_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    after: int
    before: int
    limit: int
    def __init__(self, after: _Optional[int] = ..., before: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class ServerFrame(_message.Message):
    __slots__ = ("welcome", "message", "presence", "typing", "read", "error", "reconnect", "page", "participants", "signal", "lead", "caption", "activity")
    WELCOME_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_FIELD_NUMBER: _ClassVar[int]
    TYPING_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    RECONNECT_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANTS_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    LEAD_FIELD_NUMBER: _ClassVar[int]
    CAPTION_FIELD_NUMBER: _ClassVar[int]
    ACTIVITY_FIELD_NUMBER: _ClassVar[int]
    welcome: Welcome
    message: RoomMessage
    presence: Presence
    typing: PersonTyping
    read: PersonRead
    error: FrameError
    reconnect: Reconnect
    page: HistoryPage
    participants: _media_pb2.Participants
    signal: _media_pb2.PeerSignal
    lead: _media_pb2.Lead
    caption: _media_pb2.Caption
    activity: _media_pb2.Activity
    def __init__(self, welcome: _Optional[_Union[Welcome, _Mapping]] = ..., message: _Optional[_Union[RoomMessage, _Mapping]] = ..., presence: _Optional[_Union[Presence, _Mapping]] = ..., typing: _Optional[_Union[PersonTyping, _Mapping]] = ..., read: _Optional[_Union[PersonRead, _Mapping]] = ..., error: _Optional[_Union[FrameError, _Mapping]] = ..., reconnect: _Optional[_Union[Reconnect, _Mapping]] = ..., page: _Optional[_Union[HistoryPage, _Mapping]] = ..., participants: _Optional[_Union[_media_pb2.Participants, _Mapping]] = ..., signal: _Optional[_Union[_media_pb2.PeerSignal, _Mapping]] = ..., lead: _Optional[_Union[_media_pb2.Lead, _Mapping]] = ..., caption: _Optional[_Union[_media_pb2.Caption, _Mapping]] = ..., activity: _Optional[_Union[_media_pb2.Activity, _Mapping]] = ...) -> None: ...

class HistoryPage(_message.Message):
    __slots__ = ("messages", "more")
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[RoomMessage]
    more: bool
    def __init__(self, messages: _Optional[_Iterable[_Union[RoomMessage, _Mapping]]] = ..., more: _Optional[bool] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("room_name", "user_id", "last_seq", "read_seq", "present", "participant_id", "ice_servers", "may", "agrees", "lead_user_id")
    ROOM_NAME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQ_FIELD_NUMBER: _ClassVar[int]
    READ_SEQ_FIELD_NUMBER: _ClassVar[int]
    PRESENT_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ICE_SERVERS_FIELD_NUMBER: _ClassVar[int]
    MAY_FIELD_NUMBER: _ClassVar[int]
    AGREES_FIELD_NUMBER: _ClassVar[int]
    LEAD_USER_ID_FIELD_NUMBER: _ClassVar[int]
    room_name: str
    user_id: str
    last_seq: int
    read_seq: int
    present: _containers.RepeatedCompositeFieldContainer[Presence]
    participant_id: str
    ice_servers: _containers.RepeatedCompositeFieldContainer[_media_pb2.IceServer]
    may: _containers.RepeatedScalarFieldContainer[str]
    agrees: bool
    lead_user_id: str
    def __init__(self, room_name: _Optional[str] = ..., user_id: _Optional[str] = ..., last_seq: _Optional[int] = ..., read_seq: _Optional[int] = ..., present: _Optional[_Iterable[_Union[Presence, _Mapping]]] = ..., participant_id: _Optional[str] = ..., ice_servers: _Optional[_Iterable[_Union[_media_pb2.IceServer, _Mapping]]] = ..., may: _Optional[_Iterable[str]] = ..., agrees: _Optional[bool] = ..., lead_user_id: _Optional[str] = ...) -> None: ...

class Presence(_message.Message):
    __slots__ = ("user_id", "display_name", "online")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    ONLINE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    display_name: str
    online: bool
    def __init__(self, user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., online: _Optional[bool] = ...) -> None: ...

class PersonTyping(_message.Message):
    __slots__ = ("user_id", "active")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    active: bool
    def __init__(self, user_id: _Optional[str] = ..., active: _Optional[bool] = ...) -> None: ...

class PersonRead(_message.Message):
    __slots__ = ("user_id", "seq")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    seq: int
    def __init__(self, user_id: _Optional[str] = ..., seq: _Optional[int] = ...) -> None: ...

class Reconnect(_message.Message):
    __slots__ = ("after_milliseconds",)
    AFTER_MILLISECONDS_FIELD_NUMBER: _ClassVar[int]
    after_milliseconds: int
    def __init__(self, after_milliseconds: _Optional[int] = ...) -> None: ...

class FrameError(_message.Message):
    __slots__ = ("reason", "message", "client_id")
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ID_FIELD_NUMBER: _ClassVar[int]
    reason: str
    message: str
    client_id: str
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., client_id: _Optional[str] = ...) -> None: ...
