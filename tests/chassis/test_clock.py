"""Times on the wire."""

from datetime import UTC, datetime, timedelta, timezone

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import from_timestamp, to_timestamp


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=30))])))
def test_a_moment_goes_over_the_wire_as_protobuf_itself_would_send_it(moment: datetime) -> None:
    if not datetime(1, 1, 2, tzinfo=UTC) < moment < datetime(9999, 12, 30, tzinfo=UTC):
        return
    own = Timestamp()
    own.FromDatetime(moment)
    stamp = to_timestamp(moment)
    assert stamp == own
    assert stamp is not None
    assert from_timestamp(stamp) == moment
