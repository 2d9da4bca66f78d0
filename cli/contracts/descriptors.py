"""A descriptor set opened for reading: its services, options and comments."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, MethodDescriptor, OneofDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import Message

Described = Descriptor | EnumDescriptor | FieldDescriptor | MethodDescriptor | OneofDescriptor | ServiceDescriptor

# Field numbers of descriptor.proto, which is how a comment says where it belongs.
_MESSAGES, _ENUMS, _SERVICES = 4, 5, 6
_FIELDS, _NESTED_MESSAGES, _NESTED_ENUMS, _ONEOFS = 2, 3, 4, 8
_VALUES = _METHODS = 2

# Lines for tools that stand in comments.
_DIRECTIVE = re.compile(r"^\s*(buf:lint:|@exclude).*$", re.MULTILINE)


class Contracts:
    """Reads options with the types of the set itself.

    So it needs no generated code, which may be missing or older than the set, and takes a set that a test has just compiled.
    """

    def __init__(self, files: FileDescriptorSet) -> None:
        self.pool = descriptor_pool.DescriptorPool()
        self._files = list(files.file)
        self._comments: dict[str, str] = {}
        for file in self._files:
            self.pool.Add(file)
            self._comments.update(_comments(file))

    def services(self) -> Iterator[ServiceDescriptor]:
        """In the order of the files."""
        for file in self._files:
            for service in file.service:
                yield self.pool.FindServiceByName(f"{file.package}.{service.name}")

    def find_message(self, name: str) -> Descriptor | None:
        try:
            return self.pool.FindMessageTypeByName(name)
        except KeyError:
            return None

    def comment(self, described: Described) -> str:
        """What stands above a declaration, or behind it on its line; one paragraph a line, empty where nothing is said."""
        return self._comments.get(described.full_name, "")

    def value_comment(self, enum: EnumDescriptor, value: str) -> str:
        return self._comments.get(f"{enum.full_name}.{value}", "")

    def option(self, described: Described, name: str) -> Message | str | None:
        """An extension's value beside a declaration, None where it is not set or the set does not know the extension."""
        kind = described.GetOptions().DESCRIPTOR.full_name
        try:
            extension: Any = self.pool.FindExtensionByName(name)
            options_type = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(kind))
        except KeyError:
            return None
        options = options_type.FromString(described.GetOptions().SerializeToString())
        if not options.HasExtension(extension):
            return None
        value: Message | str = options.Extensions[extension]
        return value


def _comments(file: FileDescriptorProto) -> dict[str, str]:
    names = dict(_places(file))
    comments = {}
    for location in file.source_code_info.location:
        name = names.get(tuple(location.path))
        text = location.leading_comments or location.trailing_comments
        if name and text:
            lines = (line.strip() for line in _DIRECTIVE.sub("", text).strip().splitlines())
            comments[name] = "\n".join(lines)
    return comments


def _places(file: FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], str]]:
    scope = f"{file.package}." if file.package else ""
    for index, message in enumerate(file.message_type):
        yield from _message_places(message, (_MESSAGES, index), scope + message.name)
    for index, enum in enumerate(file.enum_type):
        yield from _enum_places(enum, (_ENUMS, index), scope + enum.name)
    for index, service in enumerate(file.service):
        yield (_SERVICES, index), scope + service.name
        for position, method in enumerate(service.method):
            yield (_SERVICES, index, _METHODS, position), f"{scope}{service.name}.{method.name}"


def _message_places(message: DescriptorProto, path: tuple[int, ...], name: str) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, name
    holds: tuple[tuple[int, Sequence[Any]], ...] = ((_FIELDS, message.field), (_ONEOFS, message.oneof_decl))
    for number, members in holds:
        for index, member in enumerate(members):
            yield (*path, number, index), f"{name}.{member.name}"
    for index, nested in enumerate(message.nested_type):
        yield from _message_places(nested, (*path, _NESTED_MESSAGES, index), f"{name}.{nested.name}")
    for index, enum in enumerate(message.enum_type):
        yield from _enum_places(enum, (*path, _NESTED_ENUMS, index), f"{name}.{enum.name}")


def _enum_places(enum: EnumDescriptorProto, path: tuple[int, ...], name: str) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, name
    for index, value in enumerate(enum.value):
        yield (*path, _VALUES, index), f"{name}.{value.name}"
