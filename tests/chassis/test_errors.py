"""Refusals on the wire: what a client is told, and what a service makes of a peer's."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from cli.stack.ports import free_port
from services.chassis import errors
from tests.refusals import told

KINDS = sorted(errors.Refusal.__subclasses__(), key=lambda kind: kind.__name__)
Ask = Callable[..., grpc.RpcError]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Has a real server end a call with a status, and returns the error that its client gets."""
    answers: list[Callable[[grpc.ServicerContext], None]] = []
    handler = grpc.unary_unary_rpc_method_handler(lambda _, context: answers[-1](context))
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("trial", {"Ask": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def call(answer: Callable[[grpc.ServicerContext], None], timeout: float = 10.0) -> grpc.RpcError:
        answers.append(answer)
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel, pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary("/trial/Ask")(b"", timeout=timeout)
        return caught.value

    yield call
    server.stop(0)


def aborting(status: grpc.Status) -> Callable[[grpc.ServicerContext], None]:
    return lambda context: context.abort_with_status(status)


def test_there_is_a_class_for_each_status_that_services_answer_with() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS) == 11
    assert code_pb2.INTERNAL not in {kind.code for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_comes_out_of_the_wire_as_it_went_in(ask: Ask, kind: type[errors.Refusal]) -> None:
    refusal = kind("SEAT_TAKEN", "the seat is taken", fields=[errors.FieldViolation("seat.row", "is taken", "TAKEN")], lesson="7")
    found = errors.from_rpc(ask(aborting(errors.to_status(refusal, "request-1"))))
    assert type(found) is kind
    assert (found.reason, found.message, found.fields, found.metadata) == (refusal.reason, refusal.message, refusal.fields, {"lesson": "7"})


def test_a_client_is_told_one_reason_the_fields_and_the_requests_id(ask: Ask) -> None:
    refusal = errors.invalid_field("seat.row", "ROW_UNKNOWN", "is not a row")
    answer = told(ask(aborting(errors.to_status(refusal, "request-1"))))
    assert (answer.code, answer.reason, answer.request_id) == (grpc.StatusCode.INVALID_ARGUMENT, "ROW_UNKNOWN", "request-1")
    assert [(field.field, field.description, field.reason) for field in answer.fields] == [("seat.row", "is not a row", "ROW_UNKNOWN")]
    assert answer.message == "seat.row: is not a row"


def test_a_fault_of_ours_tells_nothing_but_the_requests_id(ask: Ask) -> None:
    answer = told(ask(aborting(errors.internal_status("request-1"))))
    assert (answer.code, answer.message, answer.reason) == (grpc.StatusCode.INTERNAL, "internal error", "INTERNAL")
    assert answer.request_id == "request-1"


def test_a_peers_fault_is_an_unavailable(ask: Ask) -> None:
    found = errors.from_rpc(ask(aborting(errors.internal_status("request-1"))))
    assert (type(found), found.reason) == (errors.Unavailable, "PEER_UNAVAILABLE")
    assert "internal" not in found.message


@pytest.mark.parametrize("domain", ["", "googleapis.com"])
def test_a_refusal_of_somebody_elses_is_not_passed_on_as_ours(ask: Ask, domain: str) -> None:
    status, info = status_pb2.Status(code=code_pb2.NOT_FOUND, message="no"), any_pb2.Any()
    info.Pack(error_details_pb2.ErrorInfo(reason="GONE", domain=domain))
    status.details.append(info)
    found = errors.from_rpc(ask(aborting(rpc_status.to_status(status))))
    assert (type(found), found.reason) == (errors.Unavailable, "PEER_UNAVAILABLE")


def test_a_peer_that_is_too_slow_is_a_deadline_exceeded(ask: Ask) -> None:
    found = errors.from_rpc(ask(_until_the_client_has_gone, timeout=0.05))
    assert (type(found), found.reason) == (errors.DeadlineExceeded, "PEER_TOO_SLOW")


def _until_the_client_has_gone(context: grpc.ServicerContext) -> None:
    gone = threading.Event()
    if context.add_callback(gone.set):
        gone.wait(10)


def test_a_peer_that_is_not_there_is_an_unavailable() -> None:
    with grpc.insecure_channel(f"127.0.0.1:{free_port()}") as channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/trial/Ask")(b"", timeout=5)
    assert errors.from_rpc(caught.value).reason == "PEER_UNAVAILABLE"


def test_a_status_that_contradicts_itself_is_an_unavailable(ask: Ask) -> None:
    def contradict(context: grpc.ServicerContext) -> None:
        details = status_pb2.Status(code=code_pb2.NOT_FOUND, message="one").SerializeToString()
        context.set_trailing_metadata((("grpc-status-details-bin", details),))
        context.abort(grpc.StatusCode.ALREADY_EXISTS, "another")

    assert errors.from_rpc(ask(contradict)).reason == "PEER_UNAVAILABLE"
