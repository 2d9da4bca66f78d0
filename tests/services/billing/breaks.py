"""How a life goes wrong: a process that dies at some step, somebody else who is served in between, and wishes that nobody has answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cli.stack.stripe_stand_in import StripeServer
from tests.services.billing.shop import Shop

_QUIET = ("begin", "committed", "asking", "answered")


class Died(BaseException):
    """The process is gone; what it had in memory is gone with it."""


@dataclass
class Wish:
    """Something that is asked for under a key, and asked for again until there is an answer."""

    name: str
    ask: Callable[[], Any]
    then: Callable[[Any], None] = lambda answer: None
    refused: Callable[[str], None] = lambda reason: None
    repeatable: bool = True


class Breaks:
    """What happens at the steps of a shop: nothing, until a fuse has burnt down. Then the process dies, or somebody else is served in between."""

    def __init__(self) -> None:
        self.shop: Shop | None = None
        self.disarm()

    def disarm(self) -> None:
        self._left, self._then = -1, None

    def arm(self, steps: int, then: Callable[[], None] | None) -> None:
        """Without a `then` the process dies."""
        self._left, self._then = steps, then

    def __call__(self, where: str) -> None:
        if self._left < 0:
            return
        self._left = max(self._left - 1, 0)
        if self._left:
            return
        if self._then is None:
            self.disarm()
            raise Died(where)
        if where in _QUIET and self.shop is not None and self.shop.database.depth == 0:
            then = self._then
            self.disarm()
            then()


def cut_the_line(stripe: StripeServer, after: int) -> None:
    """The provider does what it is asked, and its answer to the `after`-th question is lost."""
    left = [after]

    def before_answer(verb: str, path: str) -> bool:
        left[0] -= 1
        return left[0] != 0

    stripe.before_answer = before_answer
