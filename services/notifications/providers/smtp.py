"""Mail by SMTP (RFC 5321), with STARTTLS wherever the server offers it."""

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from services.notifications.providers.channel import Device, Patience, Undeliverable
from services.notifications.settings import Settings
from services.notifications.tables.notifications import Notification

_TIMEOUT_SECONDS = 15.0
_TLS_PORT = 465
_PERMANENT = range(500, 600)
# That there is no such mailbox, rather than that it is full or this mail unwanted (RFC 5321 and RFC 3463).
_NO_MAILBOX = (550, 551, 553)
_ENHANCED = re.compile(rb"\A\s*(\d)\.(\d{1,3})\.(\d{1,3})\b")


class Smtp:
    """One connection a mail: tasks are few and far between beside the cost of keeping a connection healthy."""

    def __init__(self, settings: Settings, unsubscribe: Callable[[Notification], str]) -> None:
        """`unsubscribe` is where the recipient turns such mails off, or nothing."""
        self._host, self._port = settings.email_host, settings.email_port
        self._user, self._password = settings.email_host_user, settings.email_host_password.get_secret_value()
        name, address = parseaddr(settings.email_from)
        self._sender = Address(name, addr_spec=address)
        self._bounces = settings.email_bounces
        self._unsubscribe = unsubscribe

    def send(self, notification: Notification, devices: Sequence[Device], *, again: bool) -> str:
        message = compose(notification, self._sender, self._unsubscribe(notification))
        try:
            with self._connect() as server:
                server.send_message(message, self._envelope(notification), [notification.recipient])
        except smtplib.SMTPRecipientsRefused as problem:
            code, words = next(iter(problem.recipients.values()))
            if code in _PERMANENT:
                suppress = code in _NO_MAILBOX and (_ENHANCED.match(words) or [b"", b"5", b"1"])[2] == b"1"
                raise Undeliverable("the recipient was refused", f"SMTP_{code}", suppress=suppress) from problem
            raise Patience("the recipient was refused for now") from problem
        except smtplib.SMTPAuthenticationError:
            raise  # ours to mend, not the mail's fault
        except smtplib.SMTPNotSupportedError as problem:
            raise Undeliverable("the server cannot take such an address", "ADDRESS_NOT_SUPPORTED") from problem
        except smtplib.SMTPDataError as problem:
            if problem.smtp_code in _PERMANENT:
                raise Undeliverable(f"the server answered {problem.smtp_code}", f"SMTP_{problem.smtp_code}") from problem
            raise Patience(f"the server answered {problem.smtp_code}") from problem
        return ""

    def _envelope(self, notification: Notification) -> str:
        """Where a bounce comes back to: it names the notification, whatever is left of the mail in it (variable envelope return path)."""
        if not self._bounces:
            return self._sender.addr_spec
        local, _, domain = self._bounces.rpartition("@")
        return f"{local}+{notification.id.hex}@{domain}"

    def _connect(self) -> smtplib.SMTP:
        if self._port == _TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context())
            secure = True
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_SECONDS)
            secure = False
        try:
            server.ehlo()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
                secure = True
            if self._user:
                if not secure and not _is_loopback(self._host):
                    raise ConnectionError("the SMTP server offers no TLS: the password is not sent in the clear")  # noqa: TRY301
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def compose(notification: Notification, sender: Address, unsubscribe: str = "") -> EmailMessage:
    """The mail, the same at each attempt: mail systems know a repeat after a lost answer by its Message-ID. Raises Undeliverable."""
    message = EmailMessage(SMTP)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=notification.recipient)
        message["Subject"] = notification.subject
    except (ValueError, IndexError, MessageError) as problem:  # an IndexError is what the parser has for an empty address
        raise Undeliverable("the address or the subject cannot stand in a mail", "ADDRESS_INVALID") from problem
    message["Message-ID"] = f"<{notification.id}@{sender.domain}>"
    message["Date"] = format_datetime(notification.created_at)
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(notification.message)
    if notification.html:
        message.add_alternative(notification.html, subtype="html")
    if notification.calendar:
        message.add_attachment(notification.calendar, subtype="calendar", filename="interview.ics", params={"method": "PUBLISH"})
    return message


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
