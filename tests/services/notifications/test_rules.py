"""What notifications decides and writes, without any I/O."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import Address
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.chassis import errors
from services.notifications import letters, rules
from services.notifications.providers.channel import Undeliverable
from services.notifications.providers.smtp import compose
from services.notifications.tables.notifications import Notification

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SAMPLES = {
    "first_name": "Ada", "job_title": "Data Engineer", "company_name": "Sand & Söhne <GmbH>", "candidate_name": "Ada Lindqvist", "status": "interview",
    "note": "Bring a coffee.", "interview_time": "2026-11-24T15:00:00+01:00", "application_id": str(UUID(int=7)), "minutes": "30", "location": "Room 2",
    "title": "Systems design", "start_time": "2026-11-24T14:00:00Z", "reference": "B-12", "description": "100 credits", "amount": "49.00 EUR",
    "paid_time": "2026-11-20T08:00:00Z", "refund_time": "2026-11-20T08:00:00Z",
    "invoice_number": "2026-7", "balance": "8.5", "threshold": "10", "sender_name": "Erik", "subject": "Tomorrow",
    "message": "See you <there>.", "link": "https://example.com/account/verify-email#token=a&b", "expires_time": "2026-11-24T14:00:00Z",
    "plan_name": "Pro & More", "url": "https://example.com/hooks?a=b&c=d", "endpoint_id": str(UUID(int=8)), "gone": "gone",
    "service": "jobs", "method": "JobService/CreateJob", "exception": "KeyError", "place": "rpc.py:7", "request": "r-1", "first_time": "2026-11-24T14:00:00Z",
    "count": "3", "lines": "jobs KeyError <there>: 3",
    "organization_name": "Sand & Söhne <GmbH>", "inviter_name": "Erik", "role": "member", "audience": "employer",
}  # fmt: skip


def written(subject: str = "Hello", recipient: str = "ada@example.com", **changes: str) -> Notification:
    return Notification(
        UUID(int=1),
        uuid4(),
        None,
        None,
        "email",
        "",
        subject,
        "Text.",
        changes.get("html", ""),
        changes.get("calendar", ""),
        recipient,
        "queued",
        None,
        None,
        NOW,
    )


@pytest.mark.parametrize("language", letters.LANGUAGES)
@pytest.mark.parametrize("name", sorted(letters.TEMPLATES))
def test_each_template_is_filled_by_its_declared_variables_and_html_is_escaped(name: str, language: str) -> None:
    template = letters.TEMPLATES[name]
    assert template.kind in rules.KINDS
    samples = SAMPLES | ({"message": "<there>"} if "message" in template.variables else {})
    named, nameless = letters.Reader(language, "Europe/Berlin", "Ada"), letters.Reader(language)
    whole = letters.render(name, {key: samples[key] for key in template.variables}, named, now=NOW)
    least = letters.render(name, {key: samples[key] for key in template.required}, nameless, now=NOW)
    spoken = language if language in template.languages else "en"
    for letter in (whole, least):
        assert letter.subject
        assert "\n" not in letter.subject + letter.sms + letter.push_text
        assert letter.text.startswith({"en": "Hello", "de": "Hallo", "fr": "Bonjour", "es": "Hola"}[spoken])
        assert "{" not in letter.text + letter.html.replace("{margin", "") + letter.sms + letter.push_text
        assert "<GmbH>" not in letter.html
        assert "<there>" not in letter.html
        assert "<script" not in letter.html
        assert f'<html lang="{spoken}">' in letter.html
        assert "http" not in letter.push_text
    assert " Ada" in whole.text.splitlines()[0]
    assert bool(whole.calendar) == template.calendar


def test_every_template_but_the_operators_speaks_every_language() -> None:
    fewer = {name for name, template in letters.TEMPLATES.items() if template.languages != letters.LANGUAGES}
    assert fewer == {"operator_problem", "operator_digest"}


def test_a_template_that_does_not_speak_a_language_is_sent_in_english_and_says_so() -> None:
    values = {"count": "3", "lines": "one\ntwo"}
    letter = letters.render("operator_digest", values, letters.Reader("de"), now=NOW)
    assert (letter.language, letter.subject) == ("en", "3 errors of services")


def test_times_are_told_by_the_readers_own_clock_and_in_their_language() -> None:
    values = {"interview_time": "2026-11-24T15:00:00+01:00"}
    told = [
        letters.render("interview_reminder", values, letters.Reader(language, zone), now=NOW).subject
        for language, zone in (("en", "UTC"), ("de", "Europe/Berlin"), ("fr", "America/Montreal"), ("es", "Asia/Kathmandu"))
    ]
    assert told == [
        "Reminder: your interview, Tuesday, 24 November 2026, 14:00 UTC",
        "Erinnerung: Ihr Gespräch, Dienstag, 24. November 2026, 15:00 CET",
        "Rappel : votre entretien, mardi 24 novembre 2026, 09:00 EST",
        "Recordatorio: su entrevista, martes, 24 de noviembre de 2026, 19:45 UTC+0545",
    ]


def test_a_mail_says_where_to_turn_its_kind_off_in_both_forms() -> None:
    reader = letters.Reader(unsubscribe="https://example.com/u/abc")
    letter = letters.render("welcome", {}, reader, now=NOW)
    assert "https://example.com/u/abc" in letter.text
    assert 'href="https://example.com/u/abc"' in letter.html


def test_what_stands_on_a_locked_screen_is_short_and_has_no_secret() -> None:
    letter = letters.render("verify_email", {key: SAMPLES[key] for key in ("link", "expires_time")}, now=NOW)
    assert "token" not in letter.words("push") + letter.subject
    assert "token" in letter.words("sms")
    long = letters.render("personal_message", {"sender_name": "a", "subject": "b", "message": "ü" * 5000}, now=NOW)
    assert len(long.words("push")) <= letters.LONGEST_PUSH
    assert len(letters.Letter("a", "ü" * 5000).words("sms")) == letters.LONGEST_SMS


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": None}, "variables[status]"),
        ({"status": " "}, "variables[status]"),
        ({"sttaus": "x"}, "variables[sttaus]"),
    ],
)
def test_a_missing_or_unknown_variable_is_named(change: dict[str, str | None], field: str) -> None:
    values = {"job_title": "a", "company_name": "b", "status": "c"} | change
    with pytest.raises(errors.InvalidArgument) as refusal:
        letters.render("application_status", {key: value for key, value in values.items() if value is not None}, now=NOW)
    assert (refusal.value.reason, refusal.value.fields[0].field) == ("TEMPLATE_VARIABLES_INVALID", field)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("interview_time", "tomorrow"),
        ("interview_time", "2026-11-24T14:00:00"),
        ("application_id", "7"),
        ("minutes", "-1"),
        ("minutes", "1441"),
    ],
)
def test_a_variable_of_the_wrong_kind_is_named(name: str, value: str) -> None:
    values = {key: SAMPLES[key] for key in letters.TEMPLATES["interview_invitation"].required} | {name: value}
    with pytest.raises(errors.InvalidArgument) as refusal:
        letters.render("interview_invitation", values, now=NOW)
    assert refusal.value.fields[0].field == f"variables[{name}]"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "example.com", "https://", 'https://example.com/"onclick="x', "https://a b"])
def test_a_link_is_an_address_of_the_web(link: str) -> None:
    with pytest.raises(errors.InvalidArgument) as refusal:
        letters.render("verify_email", {"link": link, "expires_time": SAMPLES["expires_time"]}, now=NOW)
    assert refusal.value.fields[0].field == "variables[link]"


@pytest.mark.parametrize("balance", ["many", "NaN", "1,5"])
def test_a_number_is_a_number(balance: str) -> None:
    with pytest.raises(errors.InvalidArgument) as refusal:
        letters.render("low_credit", {"balance": balance}, now=NOW)
    assert refusal.value.fields[0].field == "variables[balance]"


def test_a_variable_is_text_and_never_a_template() -> None:
    letter = letters.render("application_status", {"job_title": "{{ 7 * 6 }}", "company_name": "{% raw %}", "status": "x"}, now=NOW)
    assert "{{ 7 * 6 }}" in letter.text
    assert "42" not in letter.text


def test_two_invitations_of_one_application_are_one_calendar_entry() -> None:
    values = {key: SAMPLES[key] for key in letters.TEMPLATES["interview_invitation"].required}
    first = letters.render("interview_invitation", values, now=NOW)
    moved = letters.render("interview_invitation", values | {"interview_time": "2026-11-25T09:00:00Z"}, now=NOW + timedelta(hours=1))
    one, other = (Calendar.from_ical(letter.calendar).walk("VEVENT")[0] for letter in (first, moved))
    assert one["UID"] == other["UID"]
    assert one.decoded("DTSTART") == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    assert other.decoded("DTSTAMP") > one.decoded("DTSTAMP")
    assert "Tuesday, 24 November 2026, 14:00 UTC" in first.text


@given(st.text(max_size=300), st.text(max_size=80))
def test_no_text_becomes_a_header_of_its_own(subject: str, recipient: str) -> None:
    try:
        mail = bytes(compose(written(letters.one_line(subject), recipient), Address("Einstellen", addr_spec="no-reply@example.com")))
    except Undeliverable:
        return
    assert set(message_from_bytes(mail, policy=policy.default).keys()) <= {
        "From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "recipient"), [("a\r\nBcc: eve@example.com", "ada@example.com"), ("a", "ada@example.com\r\nBcc: eve@example.com")]
)
def test_a_line_break_in_a_header_is_undeliverable(subject: str, recipient: str) -> None:
    with pytest.raises(Undeliverable):
        compose(written(subject, recipient), Address("Einstellen", addr_spec="no-reply@example.com"))


def test_a_second_attempt_has_the_message_id_of_the_first() -> None:
    sender = Address("Einstellen", addr_spec="no-reply@example.com")
    first, second = compose(written(), sender), compose(written(), sender)
    assert first["Message-ID"] == second["Message-ID"] == f"<{UUID(int=1)}@example.com>"


def test_a_reminder_comes_a_day_before_or_at_once() -> None:
    assert rules.remind_at(NOW + timedelta(days=3), None, "UTC", now=NOW) == NOW + timedelta(days=2)
    assert rules.remind_at(NOW + timedelta(hours=3), None, "UTC", now=NOW) == NOW
    assert rules.remind_at(NOW + timedelta(hours=3), NOW + timedelta(hours=2), "UTC", now=NOW) == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("interview", "wanted", "field", "reason"),
    [
        (-1, None, "interview_time", "REMINDER_TIME_PAST"),
        (5, -1, "reminder_time", "REMINDER_TIME_PAST"),
        (5, 5, "reminder_time", "REMINDER_AFTER_INTERVIEW"),
        (5, 6, "reminder_time", "REMINDER_AFTER_INTERVIEW"),
    ],
)
def test_a_reminder_at_a_time_that_makes_no_sense_is_refused(interview: int, wanted: int | None, field: str, reason: str) -> None:
    with pytest.raises(errors.InvalidArgument) as refusal:
        rules.check_reminder(NOW + timedelta(hours=interview), None if wanted is None else NOW + timedelta(hours=wanted), now=NOW)
    assert (refusal.value.reason, refusal.value.fields[0].field) == (reason, field)


def test_two_people_have_one_room_whoever_asks() -> None:
    ada, bo, eve = uuid4(), uuid4(), uuid4()
    assert rules.direct_room(ada, bo) == rules.direct_room(bo, ada) != rules.direct_room(ada, eve)
