"""The protocol behind which every outside party that carries notifications stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.notifications.tables.notifications import Notification, PushSubscription


class Undeliverable(Exception):  # noqa: N818 - an outcome, not a fault
    """The party refused it for good: sending it again would be refused again.

    `failure` is a stable word for why; `suppress` says that the address itself is no good, for whatever is sent.
    """

    def __init__(self, words: str, failure: str, *, suppress: bool = False) -> None:
        super().__init__(words)
        self.failure = failure
        self.suppress = suppress


class Patience(Exception):  # noqa: N818 - an outcome, not a fault
    """The party answered, and asks for this one to come again later: in so many seconds where it says, else after the usual pause."""

    def __init__(self, words: str, seconds: float = 0.0) -> None:
        super().__init__(words)
        self.seconds = seconds


@dataclass(frozen=True)
class Device:
    """A browser that is to show a notification; `has_it` is called once it does, `is_gone` where there is no such browser any more."""

    subscription: PushSubscription
    has_it: Callable[[], None]
    is_gone: Callable[[], None]


class Channel(Protocol):
    """Carries a notification to its recipient. Any error but Undeliverable and Patience means: the party is not there, try again later."""

    def send(self, notification: Notification, devices: Sequence[Device], *, again: bool) -> str:
        """Returns the party's own id of it, where it has one.

        `again` says that an earlier attempt may have gone through: whoever can look that up does so before sending.
        """
