"""When something happens by the clock on somebody's wall: quiet hours, and reminders the day before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from services.chassis import errors

_DAY = timedelta(days=1)
_zones = cache(available_timezones)
# Held until after this long before it is needed, a notification would be of little use: then it comes in quiet hours.
_IN_TIME = timedelta(hours=1)


def zone_of(name: str) -> ZoneInfo:
    """Raises InvalidArgument / TIME_ZONE_UNKNOWN."""
    if name not in _zones():
        raise errors.invalid_field("time_zone", "TIME_ZONE_UNKNOWN", "is no time zone of the IANA database, as Europe/Berlin is")
    return ZoneInfo(name)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When a clock in the zone shows this, as RFC 5545 has it: the first time of two, and where clocks leap over it, as if they had not."""
    return datetime.combine(day, at, zone).replace(fold=0).astimezone(UTC)


@dataclass(frozen=True)
class QuietHours:
    """From `start` to `end` by the clock; where `end` is not after `start`, over midnight."""

    start: time
    end: time

    def until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours that are now end; None where it is not quiet."""
        today = now.astimezone(zone).date()
        for day in (today - _DAY, today):
            begins, ends = instant(day, self.start, zone), instant(day + _DAY if self.end <= self.start else day, self.end, zone)
            if begins <= now < ends:
                return ends
        return None


def release(quiet: QuietHours | None, zone: ZoneInfo, now: datetime, *, urgent: bool, needed_by: datetime | None) -> datetime | None:
    """Until when a notification is held; None where it goes at once, as what is urgent does, and what would come too late afterwards."""
    until = quiet.until(now, zone) if quiet and not urgent else None
    return None if until is None or (needed_by is not None and until > needed_by - _IN_TIME) else until


def day_before(interview_at: datetime, zone: ZoneInfo) -> datetime:
    """The same time of the clock on the day before, which is 24 hours earlier only where clocks did not change between."""
    local = interview_at.astimezone(zone)
    before = instant(local.date() - _DAY, local.time(), zone)
    # A zone that leapt over the date line has no such day.
    return before if before < interview_at else interview_at - _DAY
