"""The OpenAPI 3.1 document of the REST door, made from the contracts alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from cli.contracts.descriptors import Contracts
from cli.contracts.responses import error_responses, status_schemas
from cli.contracts.rules import Schema
from cli.contracts.schemas import Schemas, is_scalar_in_json

_VARIABLE = re.compile(r"\{([^}=]+)(?:=([^}]*))?\}")
_HTTP_BODY = "google.api.HttpBody"

_ABOUT = """\
From CV to hired to trained. Every operation here is an RPC of the gRPC contracts, reached as JSON over HTTP on the same address.

* A path works as it is written, without `/api/v1` or with `/api` alone in front, and with a slash at its end.
* Names are those of the contracts, in snake_case; default values are printed; times are RFC 3339 in UTC; 64-bit integers are strings.
* An error is a `google.rpc.Status`: its details hold a stable reason, and name the field where one is wrong.
  An unknown field or parameter is an error too.
* Lists page by `page_size` and an opaque `page_token`; on the last page `next_page_token` is empty.
"""


def document(files: FileDescriptorSet, version: str) -> dict[str, Any]:
    """Describe every HTTP binding in a descriptor set with imports and comments.

    Raises ValueError where two bindings share a method and a path, or a binding names a field that its message lacks.
    """
    contracts = Contracts(files)
    schemas = Schemas(contracts)
    paths: dict[str, dict[str, Any]] = {}
    tags = []
    taken: dict[tuple[str, str], str] = {}
    for service in contracts.services():
        found = [(method, binding) for method in service.methods for binding in bindings(contracts, method)]
        if not found:
            continue
        tag: dict[str, str] = {"name": service.name}
        if comment := contracts.comment(service):
            tag["description"] = comment
        tags.append(tag)
        for method, binding in found:
            # Two templates that differ in the names of their variables alone take the same requests.
            place = (binding.verb, _VARIABLE.sub("{}", binding.template))
            if place in taken:
                raise ValueError(f"{method.full_name} and {taken[place]} are both bound to {binding.verb.upper()} {binding.template}")
            taken[place] = method.full_name
            paths.setdefault(_VARIABLE.sub(r"{\1}", binding.template), {})[binding.verb] = _operation(contracts, schemas, method, binding)
    errors = error_responses()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Einstellen",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas.components() | status_schemas(),
            "responses": errors,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `access_token` that signing in answers with.",
                },
                "api_key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-API-Key",
                    "description": "An API key with the scope that the operation names.",
                },
            },
        },
    }


@dataclass(frozen=True)
class Binding:
    """One way to reach an RPC: the verb in lower case, the path as the contract writes it, and which fields are bodies."""

    verb: str
    template: str
    body: str
    response_body: str
    position: int


def bindings(contracts: Contracts, method: MethodDescriptor) -> Iterator[Binding]:
    """The binding of an RPC and its additional ones, in their order; none where it has no HTTP door."""
    rule: Any = contracts.option(method, "google.api.http")
    if rule is None:
        return
    for position, bound in enumerate([rule, *rule.additional_bindings]):
        pattern = bound.WhichOneof("pattern")
        verb, template = (bound.custom.kind.lower(), bound.custom.path) if pattern == "custom" else (pattern, getattr(bound, pattern))
        yield Binding(verb, template, bound.body, bound.response_body, position)


def scope_of(contracts: Contracts, method: MethodDescriptor) -> str:
    """What an API key needs to call an RPC that needs a token; empty where none may."""
    scope = contracts.option(method.containing_service, "einstellen.options.v1.scope")
    allow: Any = contracts.option(method, "einstellen.options.v1.allow")
    if not scope or allow is None or not (allow.self or allow.roles):
        return ""
    first = next(bindings(contracts, method), None)
    return f"{scope}.{'read' if first is not None and first.verb == 'get' else 'write'}"


def _operation(contracts: Contracts, schemas: Schemas, method: MethodDescriptor, binding: Binding) -> dict[str, Any]:
    comment = contracts.comment(method)
    summary = _first_sentence(comment)
    # The first sentence stands above as the summary; repeating it would say everything twice on the page.
    rest = comment[len(summary) :].lstrip(". \n") if summary else comment
    allow: Any = contracts.option(method, "einstellen.options.v1.allow")
    operation: dict[str, Any] = {
        "tags": [method.containing_service.name],
        "operationId": f"{method.containing_service.name}_{method.name}" + (f"_{binding.position + 1}" if binding.position else ""),
        "summary": summary or method.name,
        "description": "\n\n".join(part for part in (*rest.split("\n"), _who_may_call(allow)) if part),
    }
    in_path = [name for name, _ in _VARIABLE.findall(binding.template)]
    parameters = [_path_parameter(schemas, method.input_type, name, segments) for name, segments in _VARIABLE.findall(binding.template)]
    if binding.body != "*":
        parameters += _query_parameters(schemas, method.input_type, {*in_path, binding.body})
    if binding.verb != "get" and "request_id" in method.input_type.fields_by_name:
        parameters.append(_IDEMPOTENCY_KEY)
    if parameters:
        operation["parameters"] = parameters
    if binding.body:
        operation["requestBody"] = _request_body(schemas, method, binding, in_path)
    operation["responses"] = {
        "200": _answer(contracts, schemas, method, binding),
        **{code: {"$ref": f"#/components/responses/{code}"} for code in error_responses()},
    }
    if allow is not None and allow.public:
        operation["security"] = []
    elif scope := scope_of(contracts, method):
        operation["security"] = [{"bearer": []}, {"api_key": []}]
        operation["description"] = "\n\n".join(filter(None, [operation["description"], f"API keys need the scope `{scope}`."]))
    if method.GetOptions().deprecated:
        operation["deprecated"] = True
    return operation


_IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same as `request_id`: the key of this request, so that repeating it returns the first answer.",
    "schema": {"type": "string", "maxLength": 100},
}


def _path_parameter(schemas: Schemas, message: Descriptor, name: str, segments: str) -> dict[str, Any]:
    schema = schemas.field(_find_field(message, name))
    if segments not in ("", "*"):
        schema["pattern"] = f"^{segments.replace('**', '.+').replace('*', '[^/]+')}$"
    return _parameter(name, "path", schema, required=True)


def _query_parameters(
    schemas: Schemas, message: Descriptor, taken: set[str], prefix: str = "", above: tuple[str, ...] = ()
) -> Iterator[dict[str, Any]]:
    for field in message.fields:
        name = f"{prefix}{field.name}"
        if name in taken:
            continue
        nested = field.message_type
        if nested is None or is_scalar_in_json(nested):
            yield _parameter(name, "query", schemas.field(field), required=not prefix and schemas.is_required(field))
        elif not field.is_repeated and nested.full_name not in above and nested.file.package != "google.protobuf":
            # A message in a query is written as a.b=1; one that holds itself has no end and is left out below its first level.
            yield from _query_parameters(schemas, nested, taken, f"{name}.", (*above, nested.full_name))


def _parameter(name: str, place: str, schema: Schema, *, required: bool) -> dict[str, Any]:
    parameter: dict[str, Any] = {"name": name, "in": place}
    if required:
        parameter["required"] = True
    if "description" in schema:
        parameter["description"] = schema.pop("description")
    if schema.pop("deprecated", False):
        parameter["deprecated"] = True
    parameter["schema"] = schema
    return parameter


def _request_body(schemas: Schemas, method: MethodDescriptor, binding: Binding, in_path: list[str]) -> dict[str, Any]:
    message = method.input_type
    field = None if binding.body == "*" else _find_field(message, binding.body)
    kind = message if field is None else field.message_type
    if kind is not None and kind.full_name == _HTTP_BODY:
        return {"required": True, "content": _file()}
    if field is not None:
        return {"required": schemas.is_required(field), "content": {"application/json": {"schema": schemas.field(field)}}}
    left = [candidate for candidate in message.fields if candidate.name not in in_path]
    schema = schemas.message(message) if len(left) == len(message.fields) else schemas.object(message, left)
    return {"required": any(map(schemas.is_required, left)), "content": {"application/json": {"schema": schema}}}


def _file() -> dict[str, Any]:
    binary = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": binary}, "required": ["file"]}
    return {"multipart/form-data": {"schema": form}, "application/octet-stream": {"schema": binary}}


def _answer(contracts: Contracts, schemas: Schemas, method: MethodDescriptor, binding: Binding) -> dict[str, Any]:
    message = method.output_type
    field = _find_field(message, binding.response_body) if binding.response_body else None
    kind = message if field is None else field.message_type
    if kind is not None and kind.full_name == _HTTP_BODY:
        return {
            "description": "The content, of the type that its header names.",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    schema = schemas.message(message) if field is None else schemas.field(field)
    if method.server_streaming:
        return {
            "description": "Server-sent events, each with one of these as JSON in its data.",
            "content": {"text/event-stream": {"schema": schema}},
        }
    description = _first_sentence(contracts.comment(message)) or "The answer."
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _find_field(message: Descriptor, path: str) -> FieldDescriptor:
    """Follow a path of names, as `job.id`, into a message."""
    inner: Descriptor | None = message
    field: FieldDescriptor | None = None
    for name in path.split("."):
        field = inner.fields_by_name.get(name) if inner is not None else None
        if field is None:
            raise ValueError(f"a binding names {path}, which {message.full_name} does not have")
        inner = field.message_type
    assert field is not None
    return field


def _first_sentence(text: str) -> str:
    """Without its full stop, as titles are written."""
    found = re.match(r"(.+?)[.](?=\s|$)", text, re.DOTALL)
    return " ".join((found.group(1) if found else text).split())


def _who_may_call(allow: Any) -> str:
    callers = []
    if allow is not None:
        if allow.public:
            callers.append("anybody, signed in or not")
        if allow.self:
            callers.append("any signed-in person, for what is their own")
        if allow.roles:
            callers.append(f"{_listed(allow.roles)} of the active {f'{allow.kind} ' if allow.kind else ''}organization")
        if allow.platform_admin:
            callers.append("platform administrators")
        if allow.services:
            callers.append("other services" if "*" in allow.services else f"the service {_listed(allow.services)}")
    return f"Who may call: {'; '.join(callers) or 'nobody'}."


def _listed(words: Any) -> str:
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
