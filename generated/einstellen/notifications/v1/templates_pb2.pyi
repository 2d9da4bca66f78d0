from buf.validate import validate_pb2 as _validate_pb2
from einstellen.options.v1 import options_pb2 as _options_pb2
from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListTemplatesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListTemplatesResponse(_message.Message):
    __slots__ = ("templates",)
    TEMPLATES_FIELD_NUMBER: _ClassVar[int]
    templates: _containers.RepeatedCompositeFieldContainer[Template]
    def __init__(self, templates: _Optional[_Iterable[_Union[Template, _Mapping]]] = ...) -> None: ...

class Template(_message.Message):
    __slots__ = ("name", "kind", "variables", "languages", "for_people")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    FOR_PEOPLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: str
    variables: _containers.RepeatedCompositeFieldContainer[Variable]
    languages: _containers.RepeatedScalarFieldContainer[str]
    for_people: bool
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[str] = ..., variables: _Optional[_Iterable[_Union[Variable, _Mapping]]] = ..., languages: _Optional[_Iterable[str]] = ..., for_people: _Optional[bool] = ...) -> None: ...

class Variable(_message.Message):
    __slots__ = ("name", "type", "optional")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    optional: bool
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., optional: _Optional[bool] = ...) -> None: ...

class PreviewTemplateRequest(_message.Message):
    __slots__ = ("template", "variables", "language", "time_zone")
    class VariablesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    VARIABLES_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    template: str
    variables: _containers.ScalarMap[str, str]
    language: str
    time_zone: str
    def __init__(self, template: _Optional[str] = ..., variables: _Optional[_Mapping[str, str]] = ..., language: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class Preview(_message.Message):
    __slots__ = ("language", "subject", "text", "html", "sms", "push_title", "push_text")
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    HTML_FIELD_NUMBER: _ClassVar[int]
    SMS_FIELD_NUMBER: _ClassVar[int]
    PUSH_TITLE_FIELD_NUMBER: _ClassVar[int]
    PUSH_TEXT_FIELD_NUMBER: _ClassVar[int]
    language: str
    subject: str
    text: str
    html: str
    sms: str
    push_title: str
    push_text: str
    def __init__(self, language: _Optional[str] = ..., subject: _Optional[str] = ..., text: _Optional[str] = ..., html: _Optional[str] = ..., sms: _Optional[str] = ..., push_title: _Optional[str] = ..., push_text: _Optional[str] = ...) -> None: ...
