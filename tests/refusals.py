"""What a client learns when a call is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status


@dataclass
class Told:
    """The status, as the client sees it."""

    code: grpc.StatusCode | None = None
    message: str = ""
    reason: str = ""
    request_id: str = ""
    fields: list[error_details_pb2.BadRequest.FieldViolation] = field(default_factory=list)


def told(error: grpc.RpcError) -> Told:
    status = rpc_status.from_call(error)
    if status is None:
        return Told(error.code(), error.details() or "")
    found = Told(error.code(), status.message)
    for detail in status.details:
        info, bad, request = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.RequestInfo()
        if detail.Unpack(info):
            assert not found.reason, "one ErrorInfo, exactly"
            found.reason = info.reason
        elif detail.Unpack(bad):
            found.fields = list(bad.field_violations)
        elif detail.Unpack(request):
            found.request_id = request.request_id
    return found


@contextmanager
def refused(code: grpc.StatusCode, reason: str, *, field: str = "") -> Iterator[Told]:
    """The block ends in a refusal with this code and reason, about this field; what was told is filled in afterwards."""
    answer = Told()
    with pytest.raises(grpc.RpcError) as caught:
        yield answer
    vars(answer).update(vars(told(caught.value)))
    assert (answer.code, answer.reason) == (code, reason), answer
    assert answer.request_id
    if field:
        assert field in [violation.field for violation in answer.fields], answer
