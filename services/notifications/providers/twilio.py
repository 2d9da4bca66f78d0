"""SMS by Twilio."""

from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from services.notifications.providers.channel import Undeliverable
from services.notifications.settings import Settings
from services.notifications.tables import Notification

_TIMEOUT_SECONDS = 15.0
_TOO_MANY = 429


class Twilio:
    """Twilio has no idempotency keys: before a second attempt its list of sent messages is asked for the first."""

    def __init__(self, settings: Settings) -> None:
        http = TwilioHttpClient(timeout=_TIMEOUT_SECONDS)
        self._client = Client(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), http_client=http)
        if settings.twilio_base_url:
            self._client.api.base_url = settings.twilio_base_url.rstrip("/")
        self._from = settings.twilio_from

    def send(self, notification: Notification, *, again: bool) -> None:
        try:
            if again and self._went_through(notification):
                return
            self._client.messages.create(to=notification.recipient, from_=self._from, body=notification.message)
        except TwilioRestException as problem:
            if 400 <= problem.status < 500 and problem.status not in (401, 403, _TOO_MANY):
                raise Undeliverable(f"Twilio refused it: {problem.code}") from problem
            raise

    def _went_through(self, notification: Notification) -> bool:
        found = self._client.messages.list(to=notification.recipient, from_=self._from, date_sent_after=notification.created_at, limit=50)
        return any(message.body == notification.message for message in found)
