"""Protobuf types as JSON Schema, in the JSON mapping that the REST door speaks."""

from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from cli.contracts import rules
from cli.contracts.descriptors import Contracts
from cli.contracts.rules import Schema

_SCALARS: dict[int, Schema] = {
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    # JSON's numbers lose digits past 53 bits, so the mapping prints the wide ones as strings.
    FieldDescriptor.TYPE_INT64: {"type": "string", "format": "int64"},
    FieldDescriptor.TYPE_SINT64: {"type": "string", "format": "int64"},
    FieldDescriptor.TYPE_SFIXED64: {"type": "string", "format": "int64"},
    FieldDescriptor.TYPE_UINT64: {"type": "string", "format": "uint64"},
    FieldDescriptor.TYPE_FIXED64: {"type": "string", "format": "uint64"},
    FieldDescriptor.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_SINT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_SFIXED32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_UINT32: {"type": "integer", "format": "uint32"},
    FieldDescriptor.TYPE_FIXED32: {"type": "integer", "format": "uint32"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}

_WELL_KNOWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$", "examples": ["1.5s"]},
    "google.protobuf.FieldMask": {"type": "string", "description": "Names of fields, separated by commas."},
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
    "google.protobuf.Value": {},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Empty": {"type": "object", "additionalProperties": False},
    "google.protobuf.Any": {
        "type": "object",
        "properties": {"@type": {"type": "string"}},
        "required": ["@type"],
        "additionalProperties": True,
    },
    "google.protobuf.DoubleValue": {"type": ["number", "null"], "format": "double"},
    "google.protobuf.FloatValue": {"type": ["number", "null"], "format": "float"},
    "google.protobuf.Int64Value": {"type": ["string", "null"], "format": "int64"},
    "google.protobuf.UInt64Value": {"type": ["string", "null"], "format": "uint64"},
    "google.protobuf.Int32Value": {"type": ["integer", "null"], "format": "int32"},
    "google.protobuf.UInt32Value": {"type": ["integer", "null"], "format": "uint32"},
    "google.protobuf.BoolValue": {"type": ["boolean", "null"]},
    "google.protobuf.StringValue": {"type": ["string", "null"]},
    "google.protobuf.BytesValue": {"type": ["string", "null"], "contentEncoding": "base64"},
    "google.api.HttpBody": {"type": "string", "format": "binary"},
}


def is_scalar_in_json(message: Descriptor) -> bool:
    """Whether a message is written as one JSON value that fits into a query parameter."""
    kind = _WELL_KNOWN.get(message.full_name, {}).get("type", "object")
    return kind not in ("object", "array")


class Schemas:
    """The schemas that a document refers to, written down as they are first asked for."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._written: dict[str, Schema] = {}

    def components(self) -> dict[str, Schema]:
        return dict(sorted(self._written.items()))

    def message(self, message: Descriptor) -> Schema:
        if message.full_name in _WELL_KNOWN:
            return _copy(_WELL_KNOWN[message.full_name])
        name = message.full_name.removeprefix("einstellen.")
        if name not in self._written:
            self._written[name] = {}  # its place, for messages that hold themselves
            self._written[name] = self.object(message, message.fields)
        return {"$ref": f"#/components/schemas/{name}"}

    def object(self, message: Descriptor, fields: Iterable[FieldDescriptor]) -> Schema:
        """A message, or what is left of it when its other fields travel in path and query."""
        fields = list(fields)
        described = [self._contracts.comment(message), *self._message_words(message)]
        schema: Schema = {"type": "object", "title": message.name}
        if text := "\n".join(part for part in described if part):
            schema["description"] = text
        schema["properties"] = {field.name: self.field(field) for field in fields}
        if required := [field.name for field in fields if self.is_required(field)]:
            schema["required"] = required
        choices = [
            [{"required": [field.name]} for field in oneof.fields]
            for oneof in message.oneofs
            if _is_true(self._contracts.option(oneof, "buf.validate.oneof"), "required") and all(field in fields for field in oneof.fields)
        ]
        if len(choices) == 1:
            schema["oneOf"] = choices[0]
        elif choices:
            schema["allOf"] = [{"oneOf": choice} for choice in choices]
        return schema

    def field(self, field: FieldDescriptor) -> Schema:
        schema: Schema
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            schema = {"type": "object", "additionalProperties": self._single(field.message_type.fields_by_name["value"])}
        elif field.is_repeated:
            schema = {"type": "array", "items": self._single(field)}
        else:
            schema = self._single(field)
        found = self._contracts.option(field, "buf.validate.field")
        words = rules.apply(schema, found) if isinstance(found, Message) else []
        oneof = field.containing_oneof
        if oneof is not None and len(oneof.fields) > 1:
            words.append(f"At most one of {', '.join(f'`{other.name}`' for other in oneof.fields)} is set.")
        if text := "\n".join(part for part in (self._contracts.comment(field), schema.get("description", ""), *words) if part):
            schema["description"] = text
        if field.GetOptions().deprecated:
            schema["deprecated"] = True
        return schema

    def is_required(self, field: FieldDescriptor) -> bool:
        found = self._contracts.option(field, "buf.validate.field")
        return rules.is_required(field, found if isinstance(found, Message) else None)

    def _single(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None:
            return self.message(field.message_type)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        return _copy(_SCALARS[field.type])

    def _enum(self, enum: EnumDescriptor) -> Schema:
        if enum.full_name == "google.protobuf.NullValue":
            return {"type": "null"}
        name = enum.full_name.removeprefix("einstellen.")
        if name not in self._written:
            schema: Schema = {"type": "string", "title": enum.name, "enum": [value.name for value in enum.values]}
            lines = [self._contracts.comment(enum)]
            comments = ((value.name, self._contracts.value_comment(enum, value.name)) for value in enum.values)
            lines += [f"* `{value}`: {comment}" for value, comment in comments if comment]
            if text := "\n".join(line for line in lines if line):
                schema["description"] = text
            self._written[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}

    def _message_words(self, message: Descriptor) -> list[str]:
        found: Any = self._contracts.option(message, "buf.validate.message")
        if found is None:
            return []
        words = [f"Refused where {rule.message.rstrip('.')}." for rule in found.cel if rule.message]
        for rule in found.oneof:
            names = ", ".join(f"`{name}`" for name in rule.fields)
            words.append(f"{'Exactly' if rule.required else 'At most'} one of {names} is set.")
        return words


def _is_true(option: object, name: str) -> bool:
    return bool(getattr(option, name, False))


def _copy(schema: Schema) -> Schema:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in schema.items()}
