"""The templates of notifications: which there are, what fills them, and what comes out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jinja2
from icalendar import Calendar, Event
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.chassis import errors

_FOLDER = Path(__file__).parent / "templates"
_INTERVIEW_MINUTES = 45
_DAY = "%A, %-d %B %Y, %H:%M UTC"


@dataclass(frozen=True)
class Template:
    """The variables of a template: those that must be there, and those that may.

    Names that end in `_time` hold RFC 3339 times, in `_id` UUIDs. Every template may have `first_name`, which is the recipient's own unless given.
    Those for people may be sent by a person, the others by services alone. The words of a secret one are kept only until it is sent.
    """

    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    for_people: bool = False
    calendar: bool = False
    secret: bool = False


def _of(*names: str) -> frozenset[str]:
    return frozenset(names)


TEMPLATES: Mapping[str, Template] = {
    "welcome": Template(_of()),
    "verify_email": Template(_of("link", "expires_time"), secret=True),
    "password_reset": Template(_of("link", "expires_time"), secret=True),
    "password_changed": Template(_of()),
    "email_change": Template(_of("link", "expires_time"), secret=True),
    "email_changed": Template(_of()),
    "export_ready": Template(_of()),
    "google_linked": Template(_of()),
    "second_factor_on": Template(_of()),
    "second_factor_off": Template(_of()),
    "organization_invitation": Template(_of("organization_name", "inviter_name", "role", "link", "expires_time"), secret=True),
    "application_received": Template(_of("job_title", "company_name"), _of("candidate_name"), for_people=True),
    "application_status": Template(_of("job_title", "company_name", "status"), _of("candidate_name", "note"), for_people=True),
    "interview_invitation": Template(
        _of("job_title", "company_name", "interview_time", "application_id"),
        _of("candidate_name", "minutes", "location", "note"),
        for_people=True,
        calendar=True,
    ),
    "interview_reminder": Template(_of("interview_time"), _of("title", "job_title", "company_name", "location"), for_people=True),
    "booking_confirmation": Template(_of("title", "start_time"), _of("minutes", "location", "reference")),
    "payment_receipt": Template(_of("description", "amount", "paid_time"), _of("invoice_number")),
    "payment_refunded": Template(_of("description", "amount", "refund_time"), _of("invoice_number")),
    "subscription_status": Template(_of("plan_name", "status")),
    "low_credit": Template(_of("balance"), _of("threshold")),
    # What a person writes in their own words, sent by mail in their name.
    "personal_message": Template(_of("sender_name", "subject", "message")),
}
_EVERYWHERE = _of("first_name")


@dataclass(frozen=True)
class Letter:
    """What is sent: a subject of one line, text, the same as HTML, and a calendar file where there is a date in it."""

    subject: str
    text: str
    html: str = ""
    calendar: str = ""


_text = ImmutableSandboxedEnvironment(
    loader=jinja2.FileSystemLoader(_FOLDER), undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)  # fmt: skip
_html = ImmutableSandboxedEnvironment(
    loader=jinja2.FileSystemLoader(_FOLDER), undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def render(name: str, variables: Mapping[str, str], *, now: datetime) -> Letter:
    """The letter that a template makes of these variables.

    Raises InvalidArgument / TEMPLATE_UNKNOWN, TEMPLATE_VARIABLES_INVALID.
    """
    template = TEMPLATES.get(name)
    if template is None:
        raise errors.invalid_field("template", "TEMPLATE_UNKNOWN", f"is not one of {', '.join(sorted(TEMPLATES))}")
    values = _values(template, variables)
    subject = one_line(_text.get_template(f"{name}/subject.txt").render(values))
    text = re.sub(r"\n{3,}", "\n\n", _text.get_template(f"{name}/body.txt").render(values)).strip() + "\n"
    html = _html.get_template(f"{name}/body.html").render(values | {"heading": subject})
    return Letter(subject, text, html, _calendar(subject, text, values, now) if template.calendar else "")


def one_line(text: str) -> str:
    """Without line breaks and other control characters, so that no value of a variable becomes a header of its own."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _values(template: Template, variables: Mapping[str, str]) -> dict[str, object]:
    given, allowed = frozenset(variables), template.required | template.optional | _EVERYWHERE
    missing = template.required - {name for name in given if variables[name].strip()}
    if missing:
        raise _wrong(min(missing), f"misses {', '.join(sorted(missing))}")
    unknown = given - allowed
    if unknown:
        raise _wrong(min(unknown), f"{', '.join(sorted(unknown))}: this template knows {', '.join(sorted(allowed))}")
    values: dict[str, object] = dict.fromkeys(allowed, "")
    for name, text in variables.items():
        values[name] = _typed(name, text) if text.strip() else ""
    return values


def _typed(name: str, text: str) -> object:
    if name.endswith("_time"):
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None:
                return moment
        except ValueError:
            pass
        raise _wrong(name, f"{name} is not an RFC 3339 time with its offset, as 2026-11-24T14:00:00Z")
    if name.endswith("_id"):
        try:
            return UUID(text)
        except ValueError:
            raise _wrong(name, f"{name} is not a UUID") from None
    if name == "minutes" and not (text.isascii() and text.isdecimal() and 0 < int(text) <= 24 * 60):
        raise _wrong(name, "minutes is not a number of minutes, 1 to 1440")
    return text.strip()


def _wrong(name: str, words: str) -> errors.InvalidArgument:
    return errors.invalid_field(f"variables[{name}]", "TEMPLATE_VARIABLES_INVALID", words)


def _calendar(subject: str, text: str, values: Mapping[str, object], now: datetime) -> str:
    """An iCalendar file (RFC 5545). Its UID is the application's, so that a later invitation moves the entry."""
    start = values["interview_time"]
    assert isinstance(start, datetime)
    event = Event()
    event.add("uid", f"application-{values['application_id']}@einstellen")
    event.add("dtstamp", now)
    event.add("dtstart", start.astimezone(now.tzinfo))
    event.add("dtend", start.astimezone(now.tzinfo) + timedelta(minutes=int(str(values["minutes"] or _INTERVIEW_MINUTES))))
    event.add("summary", subject)
    event.add("description", text)
    if values["location"]:
        event.add("location", values["location"])
    calendar = Calendar()
    calendar.add("prodid", "-//Einstellen//Notifications//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())


def _when(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_DAY)


for _environment in (_text, _html):
    _environment.filters["when"] = _when
