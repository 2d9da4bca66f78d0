"""People in rooms."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from einstellen.notifications.v1 import messages_pb2, messages_pb2_grpc
from tests.conftest import Account, House


@pytest.fixture
def meet(house: House) -> Callable[..., str]:
    """Puts people into a new room; the answer is its name."""
    messages = house.stub("notifications", messages_pb2_grpc.MessageServiceStub)

    def open_room(*people: Account) -> str:
        name = f"application-{uuid4()}"
        request = messages_pb2.OpenRoomRequest(room_name=name, tenant_id=people[0].tenant_id, user_ids=[one.user_id for one in people])
        messages.OpenRoom(request, metadata=house.as_service("jobs", "notifications"))
        return name

    return open_room
