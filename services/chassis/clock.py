"""The time, passed in wherever it decides something, so that tests can drive it."""

from collections.abc import Callable
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

Clock = Callable[[], datetime]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    return datetime.now(UTC)


def to_timestamp(moment: datetime | None) -> Timestamp | None:
    """A proto timestamp of an aware datetime; None stays None, which protobuf leaves unset."""
    if moment is None:
        return None
    since = moment - _EPOCH  # exact, and a third of what Timestamp.FromDatetime costs
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000)


def from_timestamp(stamp: Timestamp) -> datetime:
    """An aware UTC datetime, to the microsecond. Raises ValueError outside the years 1 to 9999, which validation refuses before."""
    return stamp.ToDatetime(tzinfo=UTC)
