"""Mail by SMTP (RFC 5321), with STARTTLS wherever the server offers it."""

import ipaddress
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from services.notifications.providers.channel import Undeliverable
from services.notifications.settings import Settings
from services.notifications.tables import Notification

_TIMEOUT_SECONDS = 15.0
_TLS_PORT = 465
_PERMANENT = range(500, 600)


class Smtp:
    """One connection a mail: tasks are few and far between beside the cost of keeping a connection healthy."""

    def __init__(self, settings: Settings) -> None:
        self._host, self._port = settings.email_host, settings.email_port
        self._user, self._password = settings.email_host_user, settings.email_host_password.get_secret_value()
        name, address = parseaddr(settings.email_from)
        self._sender = Address(name, addr_spec=address)

    def send(self, notification: Notification, *, again: bool) -> None:
        message = compose(notification, self._sender)
        try:
            with self._connect() as server:
                server.send_message(message, self._sender.addr_spec, [notification.recipient])
        except smtplib.SMTPRecipientsRefused as problem:
            if all(code in _PERMANENT for code, _ in problem.recipients.values()):
                raise Undeliverable("the recipient was refused") from problem
            raise
        except smtplib.SMTPAuthenticationError:
            raise  # ours to mend, not the mail's fault
        except smtplib.SMTPNotSupportedError as problem:
            raise Undeliverable("the server cannot take such an address") from problem
        except smtplib.SMTPResponseException as problem:
            if problem.smtp_code in _PERMANENT:
                raise Undeliverable(f"the server answered {problem.smtp_code}") from problem
            raise

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


def compose(notification: Notification, sender: Address) -> EmailMessage:
    """The mail, the same at each attempt: mail systems know a repeat after a lost answer by its Message-ID. Raises Undeliverable."""
    message = EmailMessage(SMTP)
    try:
        message["From"] = sender
        message["To"] = Address(addr_spec=notification.recipient)
        message["Subject"] = notification.subject
    except (ValueError, IndexError, MessageError) as problem:  # an IndexError is what the parser has for an empty address
        raise Undeliverable("the address or the subject cannot stand in a mail") from problem
    message["Message-ID"] = f"<{notification.id}@{sender.domain}>"
    message["Date"] = format_datetime(notification.created_at)
    message["Auto-Submitted"] = "auto-generated"
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
