"""What an error looks like over REST: `google.rpc.Status` with its details, for each HTTP status that an operation may answer with."""

from typing import Any

_TYPES = "type.googleapis.com/google.rpc."

# HTTP status: the gRPC status behind it, when it comes, and a message and reason to show.
_ERRORS: dict[int, tuple[int, str, str, str]] = {
    400: (3, "The request is not as it should be; BadRequest names the fields.", "the request is not valid", "INVALID_ARGUMENT"),
    401: (16, "No token, or one that is not valid any more.", "sign in first", "TOKEN_INVALID"),
    403: (7, "The caller may not do this.", "not allowed", "PERMISSION_DENIED"),
    404: (5, "There is no such thing, or none that the caller may see.", "not found", "NOT_FOUND"),
    409: (6, "It exists already, or somebody changed it meanwhile.", "it exists already", "ALREADY_EXISTS"),
    429: (8, "Too much, or too often; RetryInfo says how long to wait.", "too many requests", "RATE_LIMITED"),
    500: (13, "Something broke on our side; the request id finds it in the log.", "internal error", "INTERNAL"),
}


def error_responses() -> dict[str, Any]:
    return {str(status): _response(status, *error) for status, error in _ERRORS.items()}


def _response(status: int, code: int, description: str, message: str, reason: str) -> dict[str, Any]:
    details: list[dict[str, Any]] = [{"@type": f"{_TYPES}ErrorInfo", "reason": reason, "domain": "einstellen", "metadata": {}}]
    if status == 400:
        violation = {"field": "email", "description": "must be a valid email address", "reason": "STRING_EMAIL"}
        details.append({"@type": f"{_TYPES}BadRequest", "field_violations": [violation]})
    return {
        "description": description,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/google.rpc.Status"},
                "example": {"code": code, "message": message, "details": details},
            },
        },
    }


def status_schemas() -> dict[str, Any]:
    """Written by hand, because the details are of a few known types where the message says Any."""
    text = {"type": "string"}
    details: dict[str, dict[str, Any]] = {
        "ErrorInfo": {
            "reason": {**text, "description": "Stable, in capitals: what programs decide by. The operation's description lists its own."},
            "domain": text,
            "metadata": {"type": "object", "additionalProperties": text},
        },
        "BadRequest": {
            "field_violations": {
                "type": "array",
                "items": {"type": "object", "properties": {"field": text, "description": text, "reason": text}},
            },
        },
        "RetryInfo": {"retry_delay": {**text, "pattern": r"^[0-9]+(\.[0-9]{1,9})?s$"}},
        "RequestInfo": {"request_id": text, "serving_data": text},
    }
    schemas: dict[str, Any] = {
        f"google.rpc.{name}": {
            "type": "object",
            "title": name,
            "properties": {"@type": {"const": f"{_TYPES}{name}"}, **properties},
            "required": ["@type"],
        }
        for name, properties in details.items()
    }
    other = {"type": "object", "title": "Another detail", "properties": {"@type": text}, "required": ["@type"]}
    schemas["google.rpc.Status"] = {
        "type": "object",
        "title": "Status",
        "description": "An error: the gRPC status and its details.",
        "properties": {
            "code": {"type": "integer", "format": "int32", "description": "The number of the gRPC status."},
            "message": {**text, "description": "For people; programs look at the reason in ErrorInfo."},
            "details": {"type": "array", "items": {"anyOf": [*({"$ref": f"#/components/schemas/{name}"} for name in schemas), other]}},
        },
        "required": ["code", "message"],
    }
    return schemas
