"""Bounces: what mail servers report of mails that they could not deliver (RFC 3464), and what becomes of the address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from uuid import UUID

from sqlalchemy import Connection

from services.chassis import audit
from services.notifications.store import notifications as store
from services.notifications.store import wishes as wishes_store

_IN_ADDRESS = re.compile(r"\+([0-9a-f]{32})@")
_IN_MESSAGE_ID = re.compile(r"<([0-9a-f-]{36})@")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# That the mailbox is not there, or has moved (RFC 3463); one that is full or does not like this mail is reported, and may be written to again.
_NO_MAILBOX = ("5.1.", "5.2.1")


@dataclass(frozen=True)
class Bounce:
    """One recipient's failure: which notification it was, the status as x.y.z, and whether it is for good."""

    notification_id: UUID
    status: str
    permanent: bool


def read(mail: bytes) -> Bounce | None:
    """What a mail says of a notification; None where it is no report of a delivery, or of none of ours."""
    message = message_from_bytes(mail, policy=policy.default)
    reports = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    found = _notification(message)
    if not reports or found is None:
        return None
    for block in _blocks(reports[0]):
        status = _STATUS.search(str(block.get("Status", "")))
        if status is not None:
            failed = str(block.get("Action", "")).strip().lower() == "failed"
            return Bounce(found, status[0], failed and status[1] == "5")
    return None


def apply(connection: Connection, bounce: Bounce, *, now: datetime) -> bool:
    """Marks the notification, and its own recipient as an address that takes no mail: never one that the report names, since anybody may write one.

    Says whether it was news.
    """
    found = store.lock_notification(connection, bounce.notification_id)
    if found is None or found.notification_type != "email" or not bounce.permanent or found.status not in ("sent", "delivered"):
        return False
    store.set_notification(connection, found.id, status="bounced", failure=f"BOUNCED_{bounce.status}")
    if bounce.status.startswith(_NO_MAILBOX):
        wishes_store.suppress(connection, found.recipient, f"BOUNCED_{bounce.status}", found.id, now)
    audit.record(connection, "notification.bounced", tenant_id=found.tenant_id, notification_id=found.id)
    return True


def _notification(message: Message) -> UUID | None:
    """By the address that the report was sent to, or by the identity of the mail that it brings back."""
    for name in ("Delivered-To", "X-Original-To", "To"):
        for value in message.get_all(name, []):
            if found := _IN_ADDRESS.search(str(value)):
                return UUID(hex=found[1])
    for part in message.walk():
        if part is message or part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            continue
        if found := _IN_MESSAGE_ID.search(str(part.get("Message-ID", ""))):
            return UUID(found[1])
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers" and isinstance(part, EmailMessage):
            headers = message_from_bytes(part.get_content().encode() if isinstance(part.get_content(), str) else part.get_content())
            if found := _IN_MESSAGE_ID.search(str(headers.get("Message-ID", ""))):
                return UUID(found[1])
    return None


def _blocks(report: Message) -> Iterator[Message]:
    """The parts of a report: one for the message, then one for each recipient."""
    payload = report.get_payload()
    yield from (part for part in payload if isinstance(part, Message)) if isinstance(payload, list) else ()
