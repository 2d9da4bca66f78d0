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

class CreateReminderRequest(_message.Message):
    __slots__ = ("application_id", "candidate_id", "employer_id", "interview_time", "reminder_time", "title", "tenant_id", "request_id", "candidate_hidden")
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    EMPLOYER_ID_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_TIME_FIELD_NUMBER: _ClassVar[int]
    REMINDER_TIME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TENANT_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    application_id: str
    candidate_id: str
    employer_id: str
    interview_time: _timestamp_pb2.Timestamp
    reminder_time: _timestamp_pb2.Timestamp
    title: str
    tenant_id: str
    request_id: str
    candidate_hidden: bool
    def __init__(self, application_id: _Optional[str] = ..., candidate_id: _Optional[str] = ..., employer_id: _Optional[str] = ..., interview_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reminder_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., title: _Optional[str] = ..., tenant_id: _Optional[str] = ..., request_id: _Optional[str] = ..., candidate_hidden: _Optional[bool] = ...) -> None: ...

class MoveReminderRequest(_message.Message):
    __slots__ = ("reminder_id", "interview_time", "reminder_time")
    REMINDER_ID_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_TIME_FIELD_NUMBER: _ClassVar[int]
    REMINDER_TIME_FIELD_NUMBER: _ClassVar[int]
    reminder_id: str
    interview_time: _timestamp_pb2.Timestamp
    reminder_time: _timestamp_pb2.Timestamp
    def __init__(self, reminder_id: _Optional[str] = ..., interview_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reminder_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Reminder(_message.Message):
    __slots__ = ("id", "application_id", "candidate_id", "employer_id", "title", "interview_time", "reminder_time", "status", "is_sent", "create_time", "recipients")
    ID_FIELD_NUMBER: _ClassVar[int]
    APPLICATION_ID_FIELD_NUMBER: _ClassVar[int]
    CANDIDATE_ID_FIELD_NUMBER: _ClassVar[int]
    EMPLOYER_ID_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    INTERVIEW_TIME_FIELD_NUMBER: _ClassVar[int]
    REMINDER_TIME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    IS_SENT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    RECIPIENTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    application_id: str
    candidate_id: str
    employer_id: str
    title: str
    interview_time: _timestamp_pb2.Timestamp
    reminder_time: _timestamp_pb2.Timestamp
    status: str
    is_sent: bool
    create_time: _timestamp_pb2.Timestamp
    recipients: _containers.RepeatedCompositeFieldContainer[Recipient]
    def __init__(self, id: _Optional[str] = ..., application_id: _Optional[str] = ..., candidate_id: _Optional[str] = ..., employer_id: _Optional[str] = ..., title: _Optional[str] = ..., interview_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reminder_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[str] = ..., is_sent: _Optional[bool] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recipients: _Optional[_Iterable[_Union[Recipient, _Mapping]]] = ...) -> None: ...

class Recipient(_message.Message):
    __slots__ = ("user_id", "remind_time", "status")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    REMIND_TIME_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    remind_time: _timestamp_pb2.Timestamp
    status: str
    def __init__(self, user_id: _Optional[str] = ..., remind_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., status: _Optional[str] = ...) -> None: ...

class ListRemindersRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRemindersResponse(_message.Message):
    __slots__ = ("reminders", "next_page_token")
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    reminders: _containers.RepeatedCompositeFieldContainer[Reminder]
    next_page_token: str
    def __init__(self, reminders: _Optional[_Iterable[_Union[Reminder, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class CancelReminderRequest(_message.Message):
    __slots__ = ("reminder_id",)
    REMINDER_ID_FIELD_NUMBER: _ClassVar[int]
    reminder_id: str
    def __init__(self, reminder_id: _Optional[str] = ...) -> None: ...
