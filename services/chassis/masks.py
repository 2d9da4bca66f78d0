"""Partial updates: which fields of a request to take."""

from collections.abc import Iterable

from google.protobuf.message import Message

from services.chassis import errors


def chosen(request: Message, fields: Iterable[str]) -> set[str]:
    """The fields among `fields` that an update request means to change: those in its `update_mask`, or without one those that are set.

    A field in the mask that is not set is emptied. Raises InvalidArgument / FIELD_MASK_INVALID for a path that cannot be changed.
    """
    allowed = set(fields)
    paths = set(request.update_mask.paths)  # type: ignore[attr-defined]
    if paths:
        if not paths <= allowed:
            wrong = ", ".join(sorted(paths - allowed))[:200]
            raise errors.invalid_field(
                "update_mask", "FIELD_MASK_INVALID", f"cannot change {wrong}; it can change {', '.join(sorted(allowed))}"
            )
        return paths
    return {field.name for field, _ in request.ListFields() if field.name in allowed}
