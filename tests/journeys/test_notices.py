"""What mail programs and Twilio call at the public address, as they call it: forms, and nobody signed in."""

from uuid import UUID

import pytest

from services.notifications.unsubscribing import Unsubscribing
from tests.conftest import Account, House
from tests.journeys.conftest import Edge

FORM = b"List-Unsubscribe=One-Click"
PARTS = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("kind", "content_type", "body"),
    [("messages", "application/x-www-form-urlencoded", FORM), ("credits", "multipart/form-data; boundary=b", PARTS)],
)
def test_one_click_unsubscribes_without_signing_in(edge: Edge, house: House, kind: str, content_type: str, body: bytes) -> None:
    person = house.register()
    links = Unsubscribing(house.environment["SECRET_KEY"], edge.url)
    path = links.link(UUID(person.user_id), kind).removeprefix(edge.url)
    shown = edge.http()("GET", path)
    assert (shown.status, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b'<form method="post">' in shown.body
    done = edge.http()("POST", path, raw=body, content_type=content_type)
    assert (done.status, done.headers["content-type"]) == (200, "text/html; charset=utf-8")
    found = edge.http(person.access)("GET", "/notifications/preferences/").json
    assert found["off"] == [{"kind": kind, "notification_type": "email"}]
    wrong = edge.http()("POST", path[:-2], raw=body, content_type=content_type)
    assert (wrong.status, wrong.reason) == (404, "UNSUBSCRIBE_TOKEN_INVALID")


def test_preferences_are_changed_over_rest(edge: Edge, person: Account) -> None:
    http = edge.http(person.access)
    hours = {"start": "22:00", "end": "07:00"}
    changed = http("PATCH", "/notifications/preferences", {"preferences": {"time_zone": "Europe/Berlin", "quiet_hours": hours}})
    assert (changed.status, changed.json["quiet_hours"]) == (200, hours)
    unknown = http("PATCH", "/notifications/preferences", {"preferences": {"quiet_hours": {**hours, "until": "08:00"}}})
    assert unknown.status == 400
    http("PUT", "/notifications/preferences", {"preferences": {}, "update_mask": "quietHours,timeZone"})


def test_twilio_reaches_its_door_with_a_form(edge: Edge) -> None:
    path = "/api/v1/notifications/callbacks/twilio/01900000-0000-7000-8000-000000000000"
    found = edge.http()("POST", path, raw=b"MessageSid=SM0", content_type="application/x-www-form-urlencoded", x_twilio_signature="x")
    assert (found.status, found.reason) == (400, "CHANNEL_NOT_CONFIGURED")  # SMS are off here, and it was the service that said so
