"""The refusals that services raise: one class for each gRPC status, each with a stable reason, and their form on the wire."""

from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

DOMAIN = "einstellen"


@dataclass(frozen=True)
class FieldViolation:
    """What is wrong with one field, by its path in the request (`skill.skill_name`)."""

    field: str
    description: str
    reason: str = ""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """A request that cannot be done, with a reason that clients may rely on and a message that people may read."""

    code: int = code_pb2.UNKNOWN

    def __init__(self, reason: str, message: str, *, fields: Sequence[FieldViolation] = (), **metadata: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.fields = tuple(fields)
        self.metadata = metadata


class InvalidArgument(Refusal):
    """The request itself is wrong."""

    code = code_pb2.INVALID_ARGUMENT


class OutOfRange(Refusal):
    """A value, or a file, is past a limit."""

    code = code_pb2.OUT_OF_RANGE


class Unauthenticated(Refusal):
    """Nobody known is asking."""

    code = code_pb2.UNAUTHENTICATED


class PermissionDenied(Refusal):
    """The caller is known and may not."""

    code = code_pb2.PERMISSION_DENIED


class NotFound(Refusal):
    """There is no such thing, or none that the caller may know of."""

    code = code_pb2.NOT_FOUND


class AlreadyExists(Refusal):
    """It is there already."""

    code = code_pb2.ALREADY_EXISTS


class FailedPrecondition(Refusal):
    """The state of things does not allow it."""

    code = code_pb2.FAILED_PRECONDITION


class Aborted(Refusal):
    """Somebody else was faster; the caller may try again."""

    code = code_pb2.ABORTED


class ResourceExhausted(Refusal):
    """Too much, too often."""

    code = code_pb2.RESOURCE_EXHAUSTED


class Unavailable(Refusal):
    """Something that is needed is down; the caller may try again."""

    code = code_pb2.UNAVAILABLE


class DeadlineExceeded(Refusal):
    """It took longer than the caller would wait."""

    code = code_pb2.DEADLINE_EXCEEDED


_KINDS: dict[int, type[Refusal]] = {
    kind.code: kind
    for kind in (
        InvalidArgument, OutOfRange, Unauthenticated, PermissionDenied, NotFound, AlreadyExists, FailedPrecondition, Aborted,
        ResourceExhausted, Unavailable, DeadlineExceeded,
    )
}  # fmt: skip


def invalid_field(field: str, reason: str, description: str) -> InvalidArgument:
    """The refusal of one field's value."""
    return InvalidArgument(reason, f"{field}: {description}", fields=[FieldViolation(field, description, reason)])


def to_status(refusal: Refusal, request_id: str) -> grpc.Status:
    """The refusal as `google.rpc.Status` with one ErrorInfo, the fields' violations and the request's id."""
    status = status_pb2.Status(code=refusal.code, message=refusal.message)
    details = [error_details_pb2.ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=refusal.metadata)]
    if refusal.fields:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=v.field, description=v.description, reason=v.reason) for v in refusal.fields
        ]
        details.append(error_details_pb2.BadRequest(field_violations=violations))
    details.append(error_details_pb2.RequestInfo(request_id=request_id))
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    found: grpc.Status = rpc_status.to_status(status)
    return found


def internal_status(request_id: str) -> grpc.Status:
    """What a client learns of a fault of ours: that there was one, and the id to ask us with."""
    status = status_pb2.Status(code=code_pb2.INTERNAL, message="internal error")
    for detail in (error_details_pb2.ErrorInfo(reason="INTERNAL", domain=DOMAIN), error_details_pb2.RequestInfo(request_id=request_id)):
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    found: grpc.Status = rpc_status.to_status(status)
    return found


def from_rpc(error: grpc.RpcError) -> Refusal:
    """The refusal that a peer answered with; a peer's own fault, or its absence, is Unavailable."""
    try:
        status = rpc_status.from_call(error)  # type: ignore[arg-type] # the error is the call
    except ValueError:
        status = None
    if status is not None and status.code in _KINDS:
        info, fields = error_details_pb2.ErrorInfo(), []
        for detail in status.details:
            if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                detail.Unpack(info)
            elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                bad = error_details_pb2.BadRequest()
                detail.Unpack(bad)
                fields = [FieldViolation(v.field, v.description, v.reason) for v in bad.field_violations]
        if info.domain == DOMAIN:
            return _KINDS[status.code](info.reason, status.message, fields=fields, **dict(info.metadata))
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        return DeadlineExceeded("PEER_TOO_SLOW", "a service that is needed for this did not answer in time")
    return Unavailable("PEER_UNAVAILABLE", "a service that is needed for this is not available; try again")
