"""Which fields a JSON body may have, as Lua tables for Envoy, whose transcoder drops what it does not know without a word."""

import re

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from cli.contracts.descriptors import Contracts
from cli.contracts.openapi import bindings

# What the JSON mapping writes as one value, or as an object of any fields.
_FREE = ("google.protobuf.", "google.api.")
# Words of Lua's own that a field may be called.
_RESERVED = frozenset({"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
    "repeat", "return", "then", "true", "until", "while"})  # fmt: skip


def script(files: FileDescriptorSet, checker: str) -> str:
    """The tables with the checker behind them: one file for Envoy to load."""
    contracts = Contracts(files)
    shapes: dict[str, Descriptor] = {}
    exact: dict[str, str] = {}
    patterns: list[tuple[str, str, str]] = []
    for service in contracts.services():
        for method in service.methods:
            for binding in bindings(contracts, method):
                shape = _body(method.input_type, binding.body)
                if shape is None:
                    continue
                _collect(shape, shapes)
                verb = binding.verb.upper()
                if "{" in binding.template:
                    patterns.append((verb, _pattern(binding.template), shape.full_name))
                else:
                    exact[f"{verb} {binding.template}"] = shape.full_name
    lines = ["-- Made from the contracts by `make generate`; the checker below is deploy/envoy/bodies.lua.", "", "SHAPES = {"]
    for name, message in sorted(shapes.items()):
        fields = {spelling: _value(field) for field in message.fields for spelling in (field.name, field.json_name)}
        lines.append(f'  ["{name}"] = {{{", ".join(f"{_key(spelling)} = {value}" for spelling, value in sorted(fields.items()))}}},')
    lines += ["}", "", "EXACT = {", *(f'  ["{path}"] = "{name}",' for path, name in sorted(exact.items())), "}", "", "PATTERNS = {"]
    lines += [*(f'  {{"{verb}", "{pattern}", "{name}"}},' for verb, pattern, name in patterns), "}", "", checker]
    return "\n".join(lines)


def _body(request: Descriptor, body: str) -> Descriptor | None:
    """The message that the body is, or None where there is no body or it is no JSON of ours."""
    message = request if body == "*" else request.fields_by_name[body].message_type if body else None
    return None if message is None or message.full_name.startswith(_FREE) else message


def _collect(message: Descriptor, shapes: dict[str, Descriptor]) -> None:
    if message.full_name in shapes:
        return
    shapes[message.full_name] = message
    for field in message.fields:
        if field.message_type is not None and _value(field) != "true":
            _collect(field.message_type, shapes)


def _key(name: str) -> str:
    return f'["{name}"]' if name in _RESERVED else name


def _value(field: FieldDescriptor) -> str:
    message = field.message_type
    if message is None or message.GetOptions().map_entry or message.full_name.startswith(_FREE):
        return "true"
    return f'"{message.full_name}"'


def _pattern(path: str) -> str:
    """A Lua pattern: what is no letter or digit is escaped, a variable is one segment."""
    parts = re.split(r"(\{[^}]*\})", path)
    return "^" + "".join("[^/]+" if part.startswith("{") else re.sub(r"([^A-Za-z0-9/_])", r"%\1", part) for part in parts) + "$"
