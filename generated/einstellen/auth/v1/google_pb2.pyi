from buf.validate import validate_pb2 as _validate_pb2
from einstellen.auth.v1 import auth_pb2 as _auth_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class StartGoogleSignInRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StartGoogleSignInResponse(_message.Message):
    __slots__ = ("authorization_url",)
    AUTHORIZATION_URL_FIELD_NUMBER: _ClassVar[int]
    authorization_url: str
    def __init__(self, authorization_url: _Optional[str] = ...) -> None: ...

class FinishGoogleSignInRequest(_message.Message):
    __slots__ = ("state", "code", "error", "error_description", "iss", "scope", "authuser", "prompt", "hd")
    STATE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ERROR_DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ISS_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    AUTHUSER_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    HD_FIELD_NUMBER: _ClassVar[int]
    state: str
    code: str
    error: str
    error_description: str
    iss: str
    scope: str
    authuser: str
    prompt: str
    hd: str
    def __init__(self, state: _Optional[str] = ..., code: _Optional[str] = ..., error: _Optional[str] = ..., error_description: _Optional[str] = ..., iss: _Optional[str] = ..., scope: _Optional[str] = ..., authuser: _Optional[str] = ..., prompt: _Optional[str] = ..., hd: _Optional[str] = ...) -> None: ...
