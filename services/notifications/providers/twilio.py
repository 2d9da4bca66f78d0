"""SMS by Twilio, and what Twilio says became of them."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl
from uuid import UUID

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from services.chassis import errors
from services.notifications.providers.channel import Device, Patience, Undeliverable
from services.notifications.settings import Settings
from services.notifications.tables.notifications import Notification

_TIMEOUT_SECONDS = 10.0
_TOO_MANY = 429
# Of the states that Twilio tells, those that say more than that it has taken the message; the others are on the way there.
_OUTCOMES = {"sent": "sent", "delivered": "delivered", "read": "delivered", "undelivered": "failed", "failed": "failed"}


class Twilio:
    """Twilio has no idempotency keys: before a second attempt its list of sent messages is asked for the first.

    Each message has an address of its own to which Twilio tells its fate, so that news which comes before the answer to our request finds it too.
    """

    def __init__(self, settings: Settings, is_anothers: Callable[[str, UUID], bool]) -> None:
        """`is_anothers` says whether a message of Twilio's is known to be another notification than this one: two may say the same to one number."""
        http = TwilioHttpClient(timeout=_TIMEOUT_SECONDS)
        token = settings.twilio_auth_token.get_secret_value()
        self._client = Client(settings.twilio_account_sid, token, http_client=http)
        if settings.twilio_base_url:
            self._client.api.base_url = settings.twilio_base_url.rstrip("/")
        self._from = settings.twilio_from
        self._is_anothers = is_anothers
        self._validator = RequestValidator(token)
        self._callbacks = f"{settings.public_url.rstrip('/')}/api/v1/notifications/callbacks/twilio"

    def send(self, notification: Notification, devices: Sequence[Device], *, again: bool) -> str:
        try:
            if again and (found := self._went_through(notification)):
                return found
            made = self._client.messages.create(
                to=notification.recipient, from_=self._from, body=notification.message, status_callback=self._callback(notification.id)
            )
            return str(made.sid)
        except TwilioRestException as problem:
            if problem.status == _TOO_MANY:
                raise Patience("Twilio asks for patience") from problem
            if 400 <= problem.status < 500 and problem.status not in (401, 403):
                raise Undeliverable(f"Twilio refused it: {problem.code}", f"TWILIO_{problem.code}") from problem
            raise
        except RequestException as problem:
            raise ConnectionError("Twilio did not answer") from problem  # what it quotes has the number in it

    def read(self, notification: object, headers: Mapping[str, str], body: bytes) -> tuple[str, str, str]:
        """What a callback tells: Twilio's id, the outcome or nothing, and the code of a failure. Raises Unauthenticated / SIGNATURE_INVALID."""
        try:
            fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=100))
        except ValueError:
            fields = {}
        if not fields or not self._validator.validate(self._callback(notification), fields, headers.get("x-twilio-signature", "")):
            raise errors.Unauthenticated("SIGNATURE_INVALID", "the signature is not of this message")
        outcome = _OUTCOMES.get(fields.get("MessageStatus", ""), "")
        return fields.get("MessageSid", ""), outcome, f"TWILIO_{fields.get('ErrorCode') or 'UNDELIVERED'}" if outcome == "failed" else ""

    def _callback(self, notification: object) -> str:
        return f"{self._callbacks}/{notification}"

    def _went_through(self, notification: Notification) -> str:
        """Twilio's id of an earlier attempt. Not asked for by date: one that still waits at Twilio has none."""
        for message in self._client.messages.list(to=notification.recipient, from_=self._from, limit=50):
            ours = message.body == notification.message and message.date_created >= notification.created_at.replace(microsecond=0)
            if ours and not self._is_anothers(str(message.sid), notification.id):
                return str(message.sid)
        return ""
