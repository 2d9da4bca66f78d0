"""Decisions of notifications: for whom a call acts, what may be sent where, and when an interview is reminded of."""

import re
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from services.chassis import errors
from services.chassis.calls import Call

_AHEAD = timedelta(hours=24)
_MAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
DIRECT = "direct-"


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


def reminder_time(interview_at: datetime, wanted: datetime | None, *, now: datetime) -> datetime:
    """When to remind of an interview: as wanted, or a day before, or at once where that has passed.

    Raises InvalidArgument / REMINDER_TIME_PAST, REMINDER_AFTER_INTERVIEW.
    """
    if interview_at <= now:
        raise errors.invalid_field("interview_time", "REMINDER_TIME_PAST", "has passed")
    if wanted is None:
        return max(interview_at - _AHEAD, now)
    if wanted < now:
        raise errors.invalid_field("reminder_time", "REMINDER_TIME_PAST", "has passed")
    if wanted >= interview_at:
        raise errors.invalid_field("reminder_time", "REMINDER_AFTER_INTERVIEW", "must be before the interview")
    return wanted
