"""The time, passed in wherever it decides something, so that tests can drive it."""

from collections.abc import Callable
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def to_timestamp(moment: datetime | None) -> Timestamp | None:
    """A proto timestamp of an aware datetime; None stays None, which protobuf leaves unset."""
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def from_timestamp(stamp: Timestamp) -> datetime:
    """An aware UTC datetime, to the microsecond. Raises ValueError outside the years 1 to 9999, which validation refuses before."""
    return stamp.ToDatetime(tzinfo=UTC)
