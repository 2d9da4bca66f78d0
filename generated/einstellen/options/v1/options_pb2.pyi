from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor
ALLOW_FIELD_NUMBER: _ClassVar[int]
allow: _descriptor.FieldDescriptor
NO_HTTP_FIELD_NUMBER: _ClassVar[int]
no_http: _descriptor.FieldDescriptor
SCOPE_FIELD_NUMBER: _ClassVar[int]
scope: _descriptor.FieldDescriptor

class Allow(_message.Message):
    __slots__ = ("public", "self", "roles", "kind", "services", "platform_admin")
    PUBLIC_FIELD_NUMBER: _ClassVar[int]
    SELF_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    SERVICES_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_ADMIN_FIELD_NUMBER: _ClassVar[int]
    public: bool
    self: bool
    roles: _containers.RepeatedScalarFieldContainer[str]
    kind: str
    services: _containers.RepeatedScalarFieldContainer[str]
    platform_admin: bool
    def __init__(self_, public: _Optional[bool] = ..., self: _Optional[bool] = ..., roles: _Optional[_Iterable[str]] = ..., kind: _Optional[str] = ..., services: _Optional[_Iterable[str]] = ..., platform_admin: _Optional[bool] = ...) -> None: ...
