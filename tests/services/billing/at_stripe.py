"""What people do on Stripe's own pages, and somebody at Stripe's desk, past billing."""

from collections.abc import Callable
from random import Random
from typing import Any

from cli.stack.stripe_stand_in import StripeServer

DECLINES = ("generic_decline", "insufficient_funds", "stolen_card")
METHODS = ("pm_card_visa",) * 6 + ("pm_card_authenticationRequired", "pm_card_chargeDeclined")


class AtStripe:
    """Whatever happens there is drawn from the same random numbers as the life that it belongs to."""

    def __init__(self, stripe: StripeServer, random: Random, say: Callable[[str], None]) -> None:
        self.stripe, self.random, self._say = stripe, random, say

    def visit_the_page(self) -> None:
        """The person pays, gives up, or has a card that is declined, on the provider's own page."""
        open_ = [each["id"] for each in self.stripe.objects.values() if each["object"] == "checkout.session" and each["status"] == "open"]
        if open_:
            session = self.random.choice(open_)
            if self.random.random() < 0.85:
                self._say(f"pays on {session}")
                self.stripe.pay(session, self.random.choice(METHODS[:6]))
            else:
                self._say(f"leaves {session}")
                self.stripe.expire(session)

    def refund_at_the_desk(self) -> None:
        """Somebody at the provider sends money back, past us."""
        found = [each for each in self.stripe.objects.values() if each["object"] == "payment_intent" and each["status"] == "succeeded"]
        if found and self.random.random() < 0.5:
            intent = self.random.choice(found)
            charge = self.stripe.objects[intent["latest_charge"]]
            left = charge["amount"] - charge["amount_refunded"]
            if left:
                amount = self.random.randint(1, left)
                self._say(f"{amount} go back at the desk, of {intent['id']}")
                self.stripe.refund_at_the_desk(intent["id"], amount)

    def authenticate(self) -> None:
        for each in list(self.stripe.objects.values()):
            if each["object"] == "payment_intent" and each["status"] == "requires_action":
                self._say(f"authenticates {each['id']}")
                self.stripe.authenticate(each["id"])

    def decide(self, intent: dict[str, Any]) -> str:
        if intent["payment_method"] == "pm_card_chargeDeclined":
            return "insufficient_funds"
        return self.random.choice(DECLINES) if self.random.random() < 0.1 else ""
