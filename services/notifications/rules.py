"""Decisions of notifications: for whom a call acts, what may be sent where and when, and when an interview is reminded of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from services.chassis import errors
from services.chassis.calls import Call
from services.notifications import local_time
from services.notifications.local_time import QuietHours
from services.notifications.tables.notifications import Notification, Wishes

_YEAR = timedelta(days=366)
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
DIRECT = "direct-"


@dataclass(frozen=True)
class Kind:
    """What is mandatory cannot be turned off; what is urgent does not wait for quiet hours to end."""

    mandatory: bool = False
    urgent: bool = False


KINDS: Mapping[str, Kind] = {
    "security": Kind(mandatory=True, urgent=True),
    "account": Kind(),
    "billing": Kind(mandatory=True),
    "credits": Kind(),
    "applications": Kind(),
    "interviews": Kind(),
    "reminders": Kind(),
    "bookings": Kind(),
    "messages": Kind(),
    "operations": Kind(mandatory=True, urgent=True),
}


@dataclass(frozen=True)
class Course:
    """What is to become of a notification: its status, when to look again where it waits, and why where it is withheld."""

    status: str
    at: datetime | None = None
    failure: str = ""


def course(notification: Notification, wishes: Wishes | None, *, suppressed: bool, now: datetime) -> Course:
    """Decided when it is recorded and again when it is to go out, since wishes change meanwhile.

    A security mail goes also to an address that has bounced: somebody has just asked for it, and knows no other way in.
    """
    kind, type_ = KINDS[notification.kind], notification.notification_type
    if wishes and not kind.mandatory and (notification.kind, type_) in wishes.off:
        return Course("withheld", failure="TURNED_OFF")
    if suppressed and notification.kind != "security":
        return Course("withheld", failure="ADDRESS_BOUNCED")
    if notification.send_at and notification.send_at > now:
        return Course("scheduled", notification.send_at)
    if wishes and wishes.quiet_start is not None and wishes.quiet_end is not None and type_ != "in_app":
        quiet, zone = QuietHours(wishes.quiet_start, wishes.quiet_end), local_time.zone_of(wishes.time_zone)
        until = local_time.release(quiet, zone, now, urgent=kind.urgent, needed_by=notification.needed_by)
        if until is not None:
            return Course("held", until)
    return Course("queued")


def send_time(wanted: datetime | None, *, now: datetime) -> datetime | None:
    """Raises InvalidArgument / SEND_TIME_TOO_FAR."""
    if wanted is not None and wanted > now + _YEAR:
        raise errors.invalid_field("send_time", "SEND_TIME_TOO_FAR", "is more than a year ahead")
    return wanted if wanted is not None and wanted > now else None


def tenant_of(call: Call, given: str) -> UUID:
    """The organization that a call is for: a person's active one; a service says which, or acts in that of the person it brings.

    Raises InvalidArgument / TENANT_MISSING, TENANT_NOT_YOURS.
    """
    if call.service and given:
        return UUID(given)
    if call.person is None:
        raise errors.invalid_field("tenant_id", "TENANT_MISSING", "a service says which organization it sends for")
    if given and UUID(given) != call.person.tenant_id:
        raise errors.invalid_field("tenant_id", "TENANT_NOT_YOURS", "is not your active organization: leave it out")
    return call.person.tenant_id


def check_words(*, template: str, subject: str, message: str, needs_subject: bool) -> None:
    """A notification is by a template or in words of its own.

    Raises InvalidArgument / WORDS_AND_TEMPLATE, MESSAGE_MISSING, SUBJECT_MISSING.
    """
    if template and (subject or message):
        raise errors.invalid_field("message" if message else "subject", "WORDS_AND_TEMPLATE", "comes from the template: leave it out")
    if template:
        return
    if not message.strip():
        raise errors.invalid_field("message", "MESSAGE_MISSING", "say what to send, or name a template")
    if needs_subject and not subject.strip():
        raise errors.invalid_field("subject", "SUBJECT_MISSING", "a mail needs a subject")


def check_recipient(notification_type: str, recipient: str) -> None:
    """Raises InvalidArgument / RECIPIENT_INVALID for what is no address, or no number, that the channel could reach."""
    if notification_type == "email" and not _MAIL.fullmatch(recipient):
        raise errors.invalid_field("recipient", "RECIPIENT_INVALID", "is not a mail address")
    if notification_type == "sms" and not _NUMBER.fullmatch(recipient):
        raise errors.invalid_field("recipient", "RECIPIENT_INVALID", "is not a number like +491701234567")
    if notification_type in ("in_app", "push"):
        raise errors.invalid_field("recipient", "RECIPIENT_INVALID", "has no use here: give user_id")


def direct_room(one: UUID, other: UUID) -> str:
    """The name of the room of two people, the same whoever asks."""
    first, second = sorted((one, other))
    return f"{DIRECT}{uuid5(NAMESPACE_URL, f'einstellen:direct:{first}:{second}')}"


def check_reminder(interview_at: datetime, wanted: datetime | None, *, now: datetime) -> None:
    """Raises InvalidArgument / REMINDER_TIME_PAST, REMINDER_AFTER_INTERVIEW."""
    if interview_at <= now:
        raise errors.invalid_field("interview_time", "REMINDER_TIME_PAST", "has passed")
    if wanted is not None and wanted < now:
        raise errors.invalid_field("reminder_time", "REMINDER_TIME_PAST", "has passed")
    if wanted is not None and wanted >= interview_at:
        raise errors.invalid_field("reminder_time", "REMINDER_AFTER_INTERVIEW", "must be before the interview")


def remind_at(interview_at: datetime, wanted: datetime | None, time_zone: str, *, now: datetime) -> datetime:
    """When to remind somebody who lives by this clock: as wanted, or on the day before at the same time, or at once where that has passed."""
    return max(wanted or local_time.day_before(interview_at, local_time.zone_of(time_zone)), now)
