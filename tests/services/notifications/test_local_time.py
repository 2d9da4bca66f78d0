"""Quiet hours and reminders by the clock on somebody's wall, clock changes among them."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.chassis import errors
from services.notifications import local_time, rules
from services.notifications.local_time import QuietHours

NIGHT = ("22:00", "07:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def quiet(hours: tuple[str, str]) -> QuietHours:
    return QuietHours(*(time.fromisoformat(each) for each in hours))


# Where, from when to when, what the time is, and when it is over: None where it is not quiet.
@pytest.mark.parametrize(
    ("zone", "hours", "now", "until"),
    [
        pytest.param("Europe/Berlin", NIGHT, "2026-11-20T21:59:59+01:00", None, id="a second before they begin"),
        pytest.param("Europe/Berlin", NIGHT, "2026-11-20T22:00+01:00", "2026-11-21T07:00+01:00", id="as they begin, over midnight"),
        pytest.param("Europe/Berlin", NIGHT, "2026-11-21T06:59:59+01:00", "2026-11-21T07:00+01:00", id="a second before they end"),
        pytest.param("Europe/Berlin", NIGHT, "2026-11-21T07:00+01:00", None, id="as they end"),
        pytest.param("America/New_York", ("12:00", "13:30"), "2026-07-01T17:00Z", "2026-07-01T17:30Z", id="at noon, within a day"),
        pytest.param("Europe/Berlin", NIGHT, "2026-03-28T23:30+01:00", "2026-03-29T07:00+02:00", id="the night that is an hour shorter"),
        pytest.param("Europe/Berlin", NIGHT, "2026-10-24T23:30+02:00", "2026-10-25T07:00+01:00", id="the night that is an hour longer"),
        pytest.param("Europe/Berlin", ("22:00", "02:30"), "2026-03-29T00:30Z", "2026-03-29T01:30Z", id="they end at a time that clocks leap over"),
        pytest.param("Europe/Berlin", ("02:30", "06:00"), "2026-03-29T01:15Z", None, id="they begin at a time that clocks leap over"),
        pytest.param("Europe/Berlin", ("22:00", "02:30"), "2026-10-25T00:15Z", "2026-10-25T00:30Z", id="they end at a time that comes twice: the first"),
        pytest.param("Europe/Berlin", ("22:00", "02:30"), "2026-10-25T01:15Z", None, id="the second time of an end that was"),
        pytest.param("Australia/Lord_Howe", NIGHT, "2026-04-04T22:00+11:00", "2026-04-05T07:00+10:30", id="clocks go back by half an hour"),
        pytest.param("Australia/Lord_Howe", ("22:00", "02:15"), "2026-10-03T15:20Z", "2026-10-03T15:45Z", id="a gap of half an hour"),
        pytest.param("Africa/Cairo", ("00:00", "08:00"), "2026-04-23T22:00Z", "2026-04-24T05:00Z", id="a day that begins at one o'clock"),
        pytest.param("Asia/Kathmandu", NIGHT, "2026-05-01T16:14Z", None, id="three quarters of an hour off, before"),
        pytest.param("Asia/Kathmandu", NIGHT, "2026-05-01T16:15Z", "2026-05-02T01:15Z", id="three quarters of an hour off, as they begin"),
        pytest.param("Pacific/Kiritimati", NIGHT, "2026-05-01T09:00Z", "2026-05-01T17:00Z", id="tomorrow already, fourteen hours ahead"),
    ],
)  # fmt: skip
def test_quiet_hours_are_those_of_the_clock_on_the_wall(zone: str, hours: tuple[str, str], now: str, until: str | None) -> None:
    assert quiet(hours).until(at(now), ZoneInfo(zone)) == (at(until) if until else None)


# Where, when the interview is, and when its reminder comes.
@pytest.mark.parametrize(
    ("zone", "interview", "reminder"),
    [
        pytest.param("Europe/Berlin", "2026-11-24T15:00+01:00", "2026-11-23T15:00+01:00", id="the day before"),
        pytest.param("Europe/Berlin", "2026-03-29T15:00+02:00", "2026-03-28T15:00+01:00", id="23 hours before, over the change of spring"),
        pytest.param("Europe/Berlin", "2026-10-25T15:00+01:00", "2026-10-24T15:00+02:00", id="25 hours before, over the change of autumn"),
        pytest.param("Europe/Berlin", "2026-03-30T02:30+02:00", "2026-03-29T03:30+02:00", id="at a time that clocks leap over"),
        pytest.param("Europe/Berlin", "2026-10-26T02:30+01:00", "2026-10-25T02:30+02:00", id="at a time that comes twice: the first"),
        pytest.param("Europe/Berlin", "2026-10-25T01:30Z", "2026-10-24T02:30+02:00", id="of an interview in the second of two hours"),
        pytest.param("Australia/Lord_Howe", "2026-10-04T15:00+11:00", "2026-10-03T15:00+10:30", id="23 and a half hours before"),
        pytest.param("Pacific/Apia", "2011-12-31T10:00+14:00", "2011-12-30T10:00+14:00", id="in a zone that has no such day"),
        pytest.param("America/New_York", "2026-11-24T00:30-05:00", "2026-11-23T00:30-05:00", id="after midnight"),
    ],
)  # fmt: skip
def test_a_reminder_comes_at_the_same_time_of_the_clock_the_day_before(zone: str, interview: str, reminder: str) -> None:
    assert rules.remind_at(at(interview), None, zone, now=datetime(2011, 1, 1, tzinfo=UTC)) == at(reminder)


def test_what_is_urgent_and_what_would_come_too_late_does_not_wait() -> None:
    zone, now, until = ZoneInfo("Europe/Berlin"), at("2026-11-20T23:00+01:00"), at("2026-11-21T07:00+01:00")
    assert local_time.release(quiet(NIGHT), zone, now, urgent=False, needed_by=None) == until
    assert local_time.release(quiet(NIGHT), zone, now, urgent=True, needed_by=None) is None
    assert local_time.release(None, zone, now, urgent=False, needed_by=None) is None
    assert local_time.release(quiet(NIGHT), zone, now, urgent=False, needed_by=at("2026-11-21T08:00+01:00")) == until
    assert local_time.release(quiet(NIGHT), zone, now, urgent=False, needed_by=at("2026-11-21T07:59+01:00")) is None


def test_a_zone_that_nobody_knows_is_refused() -> None:
    for name in ("Europe/Atlantis", "../../etc/passwd", "", "europe/berlin"):
        with pytest.raises(errors.InvalidArgument) as refusal:
            local_time.zone_of(name)
        assert refusal.value.reason == "TIME_ZONE_UNKNOWN"
