"""The templates of notifications: which there are, what fills them, and what comes out in each form and language."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import jinja2
from babel.dates import format_datetime
from icalendar import Calendar, Event
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from services.chassis import errors

LANGUAGES = ("en", "de", "fr", "es")
_FOLDER = Path(__file__).parent / "templates"
_INTERVIEW_MINUTES = 45
_PATTERNS = {
    "en": "EEEE, d MMMM y, HH:mm", "de": "EEEE, d. MMMM y, HH:mm", "fr": "EEEE d MMMM y, HH:mm", "es": "EEEE, d 'de' MMMM 'de' y, HH:mm"
}  # fmt: skip
# One SMS goes out in ten parts at the most, and a push message has to leave room for its address and keys.
LONGEST_SMS, LONGEST_PUSH = 1_530, 300
_TYPES = ("text", "number", "minutes", "time", "uuid", "url")


@dataclass(frozen=True)
class Template:
    """What `template.toml` declares: the kind of notification, and the type of each variable; those in `optional` may be left out.

    Every template may have `first_name`, which is the recipient's own unless given. Those for people may be sent by a person, the others by services alone.
    The words of a secret one are kept only until it is sent.
    """

    kind: str
    variables: Mapping[str, str]
    optional: frozenset[str]
    languages: tuple[str, ...]
    for_people: bool = False
    calendar: bool = False
    secret: bool = False

    @property
    def required(self) -> frozenset[str]:
        return frozenset(self.variables) - self.optional


def _declared(folder: Path) -> Template:
    said = tomllib.loads((folder / "template.toml").read_text())
    given: dict[str, str] = said.pop("variables", {})
    variables = {name: kind.removesuffix("?") for name, kind in given.items()}
    unknown = set(variables.values()) - set(_TYPES)
    if unknown:
        raise ValueError(f"{folder.name} declares {', '.join(sorted(unknown))}: there are {', '.join(_TYPES)}")
    optional = frozenset(name for name, kind in given.items() if kind.endswith("?"))
    languages = tuple(language for language in LANGUAGES if (folder / f"{language}.jinja").exists())
    return Template(variables=variables, optional=optional, languages=languages, **said)


TEMPLATES: Mapping[str, Template] = {path.parent.name: _declared(path.parent) for path in sorted(_FOLDER.glob("*/template.toml"))}


@dataclass(frozen=True)
class Reader:
    """Whom a letter is for: what they read, by which clock they live, and where they turn mails of its kind off, if they may."""

    language: str = "en"
    time_zone: str = "UTC"
    first_name: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True)
class Letter:
    """What is sent: a subject of one line and text, the same as HTML, short forms, and a calendar file where there is a date in it."""

    subject: str
    text: str
    html: str = ""
    calendar: str = ""
    sms: str = ""
    push_text: str = ""
    kind: str = "messages"
    language: str = "en"

    def words(self, notification_type: str) -> str:
        """What stands in a notification of this type, beside its subject."""
        if notification_type == "sms":
            return _cut(self.sms or self.text, LONGEST_SMS)
        return _cut(self.push_text or self.text, LONGEST_PUSH) if notification_type == "push" else self.text


def render(name: str, variables: Mapping[str, str], reader: Reader = Reader(), *, now: datetime) -> Letter:
    """The letter that a template makes of these variables, in the reader's language, or in English where the template does not speak it.

    Raises InvalidArgument / TEMPLATE_UNKNOWN, TEMPLATE_VARIABLES_INVALID.
    """
    template = TEMPLATES.get(name)
    if template is None:
        raise errors.invalid_field("template", "TEMPLATE_UNKNOWN", f"is not one of {', '.join(sorted(TEMPLATES))}")
    language = reader.language if reader.language in template.languages else "en"
    values = {"first_name": reader.first_name} | _values(template, variables)
    values |= {"zone": ZoneInfo(reader.time_zone), "language": language, "unsubscribe": reader.unsubscribe}
    text, html = (_Form(environment, name, language, values) for environment in (_text, _html))
    subject = one_line(text.block("subject"))
    parts = [text.block("greeting"), *_paragraphs(text.block("body"))]
    plain = "\n\n".join([*parts, "Einstellen", *([text.block("footer")] if reader.unsubscribe else [])]) + "\n"
    page = _page.render(
        language=language, subject=subject, greeting=html.block("greeting"), footer=html.block("footer") if reader.unsubscribe else "",
        paragraphs=[Markup(each) for each in _paragraphs(html.block("body"))],  # noqa: S704 - what the escaping environment wrote
    )  # fmt: skip
    calendar = _calendar(subject, plain, values, now) if template.calendar else ""
    # A secret link has no place on a locked screen.
    push = "" if template.secret else one_line(text.block("push") or parts[1])
    sms = one_line(text.block("sms")) or f"Einstellen: {one_line(' '.join(parts[1:])) if template.secret else subject}"
    return Letter(subject, plain, page, calendar, sms, push or subject, template.kind, language)


def one_line(text: str) -> str:
    """Without line breaks and other control characters, so that no value of a variable becomes a header of its own."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


class _Form:
    """One template in one environment: its blocks, and those of the layout of its language."""

    def __init__(self, environment: jinja2.Environment, name: str, language: str, values: Mapping[str, object]) -> None:
        self._parts = [environment.get_template(f"{folder}/{language}.jinja") for folder in (name, "layout")]
        self._values = dict(values)

    def block(self, name: str) -> str:
        for part in self._parts:
            if name in part.blocks:
                return "".join(part.blocks[name](part.new_context(self._values))).strip()
        return ""


def _paragraphs(text: str) -> list[str]:
    return [one.strip() for one in re.split(r"\n\s*\n", text) if one.strip()]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _values(template: Template, variables: Mapping[str, str]) -> dict[str, object]:
    known = {"first_name": "text", **template.variables}
    missing = template.required - {name for name, text in variables.items() if text.strip()}
    if missing:
        raise _wrong(min(missing), f"misses {', '.join(sorted(missing))}")
    unknown = variables.keys() - known
    if unknown:
        raise _wrong(min(unknown), f"{', '.join(sorted(unknown))}: this template knows {', '.join(sorted(known))}")
    values: dict[str, object] = dict.fromkeys(template.variables, "")
    for name, text in variables.items():
        if text.strip() or name != "first_name":
            values[name] = _typed(name, known[name], text.strip()) if text.strip() else ""
    return values


def _typed(name: str, kind: str, text: str) -> object:
    try:
        if kind == "time":
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None:
                return moment
        elif kind == "uuid":
            return UUID(text)
        elif kind == "number":
            if Decimal(text).is_finite():
                return text
        elif kind == "minutes":
            if text.isascii() and text.isdecimal() and 0 < int(text) <= 24 * 60:
                return text
        elif kind == "url":
            if urlsplit(text).scheme in ("http", "https") and urlsplit(text).hostname and not re.search(r"[\s<>\"]", text):
                return text
        else:
            return text
    except (ValueError, InvalidOperation):
        pass
    raise _wrong(name, f"{name} is not {_SAID[kind]}")


_SAID = {
    "time": "an RFC 3339 time with its offset, as 2026-11-24T14:00:00Z", "uuid": "a UUID", "number": "a number",
    "minutes": "a number of minutes, 1 to 1440", "url": "an address that begins with https:// or http://",
}  # fmt: skip


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


@jinja2.pass_context
def _when(context: jinja2.runtime.Context, moment: datetime) -> str:
    """As the reader's own clock shows it, with the zone's name or offset."""
    language = str(context["language"])
    local = moment.astimezone(context["zone"])
    zone = local.tzname() or ""
    named = zone if zone.isalpha() else f"UTC{zone}"
    return f"{format_datetime(local, _PATTERNS[language], locale=language)} {named}"


@cache
def _environment(*, autoescape: bool) -> jinja2.Environment:
    return ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(_FOLDER), undefined=jinja2.StrictUndefined, autoescape=autoescape, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip


_text, _html = _environment(autoescape=False), _environment(autoescape=True)
_text.filters |= {"when": _when, "strong": str, "quote": str, "button": lambda link, label: f"{label}: {link}"}
_BUTTON = Markup(
    '<a href="{}" style="display:inline-block;padding:10px 18px;background:#1f5fbf;color:#ffffff;border-radius:6px;text-decoration:none">{}</a>'
)
# Line breaks as references: a blank line in what somebody wrote does not end the paragraph.
_QUOTE = Markup('<span style="display:block;padding:0 0 0 14px;border-left:3px solid #d5dae1">{}</span>')
_html.filters |= {
    "when": _when, "strong": Markup("<strong>{}</strong>").format, "button": _BUTTON.format,
    "quote": lambda text: _QUOTE.format(escape(text).replace("\r", "").replace("\n", Markup("&#10;"))),
}  # fmt: skip
_page = _html.from_string("""\
<!doctype html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ subject }}</title></head>
<body style="margin:0;padding:24px 12px;background:#f4f5f7;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#1f2733">
<div style="max-width:560px;margin:0 auto;background:#ffffff;border:1px solid #e3e6ea;border-radius:8px;padding:28px 32px;font-size:16px;line-height:1.55">
<p style="margin:0 0 16px">{{ greeting | safe }}</p>
{% for paragraph in paragraphs %}
<p style="margin:0 0 16px;white-space:pre-line">{{ paragraph }}</p>
{% endfor %}
<p style="margin:24px 0 0;color:#5c6773">Einstellen</p>
{% if footer %}
<p style="margin:16px 0 0;color:#5c6773;font-size:13px">{{ footer | safe }}</p>
{% endif %}
</div>
</body>
</html>
""")
