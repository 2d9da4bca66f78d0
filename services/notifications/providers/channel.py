"""The protocol behind which every outside party that carries notifications stands."""

from typing import Protocol

from services.notifications.tables import Notification


class Undeliverable(Exception):  # noqa: N818 - an outcome, not a fault
    """The party refused it for good: sending it again would be refused again."""


class Channel(Protocol):
    """Carries a notification to its recipient. Any error but Undeliverable means: try again later."""

    def send(self, notification: Notification, *, again: bool) -> None:
        """`again` says that an earlier attempt may have gone through: whoever can look that up does so before sending."""
