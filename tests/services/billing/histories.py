"""Random lives of an organization: it buys, holds, spends and subscribes, hears of it late, twice or never, and the process dies anywhere in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from cli.stack.stripe_stand_in import StripeServer
from services.chassis import calls, errors
from tests.services.billing.at_stripe import METHODS, AtStripe
from tests.services.billing.auditor import Rows, audit, audit_answers, audit_refunds
from tests.services.billing.breaks import Breaks, Died, Wish, cut_the_line
from tests.services.billing.shop import Shop

_PLANS = ("HumanLite", "HumanAdv", "HumanPro")


class History:
    """One organization's life, as a seed tells it."""

    def __init__(self, shop: Shop, stripe: StripeServer, breaks: Breaks, rows: Rows, seed: int) -> None:
        self.shop, self.stripe, self.breaks, self.rows, self.seed = shop, stripe, breaks, rows, seed
        self.random = Random(seed)
        self.told: list[str] = []
        self.outside = AtStripe(stripe, self.random, self._say)
        self.person = shop.open_account()
        self.unanswered: list[Wish] = []
        self.packages: list[str] = []
        self.holds: list[tuple[str, str, float]] = []
        self.subscription = ""
        self.spent: dict[str, tuple[str, float]] = {}
        self.reversed: set[str] = set()
        self.settled: dict[str, float] = {}
        self.deaths = self.interruptions = self._keys = 0
        self.calm = False
        self._days: list[Callable[[], None]] = [
            self.buy, self.buy, *[self.outside.visit_the_page] * 3, self.look, self.hear, self.hear, self.hear,
            self.spend, self.spend, self.spend, self.take_back, self.hold, self.hold, self.settle, self.settle, self.release, self.subscribe, self.subscribe,
            self.consume, self.consume, self.change_plan, self.cancel, self.resume, self.pay_what_is_open, self.send_back, self.outside.refund_at_the_desk,
            self.outside.authenticate, self.work, self.work, self.work, self.wait, self.wait, self.wait_long, self.ask_again, self.ask_again,
        ]  # fmt: skip

    def live(self) -> None:
        """Some things happen, then everything comes to its end, and the books are read."""
        stripe = self.stripe
        stripe.objects.clear(), stripe.events.clear(), stripe.keys.clear(), stripe.requests.clear()  # another organization's are another's
        stripe.decide = self.outside.decide
        self.wish(Wish("grant", lambda: self.shop.grant(self.person, "hiring", 3, "start"), repeatable=False))
        self.wish(Wish("grant", lambda: self.shop.grant(self.person, "ai", 40, "start too"), repeatable=False))
        for _ in range(self.random.randint(6, 26)):
            self.shop.clock.pass_by(seconds=self.random.randint(0, 40))
            self.random.choice(self._days)()
        self.end()
        self.check()

    # What people and services do.

    def buy(self) -> None:
        package, key = self.random.choice(("ai-50", "ai-100", "ai-250")), self._key()
        self.wish(Wish(f"buy {package}", lambda: self.shop.buy(self.person, package, key), lambda made: self.packages.append(made.id)))

    def look(self) -> None:
        if self.packages:
            payment = self.random.choice(self.packages)
            self.wish(Wish("look", lambda: self.shop.payment(self.person, payment), repeatable=False))

    def hear(self) -> None:
        """A webhook comes: any that there is, in no order, as often as it likes."""
        if self.stripe.events:
            self._deliver(self.random.choice(self.stripe.events))

    def spend(self) -> None:
        unit, amount, key = self.random.choice(("hiring", "ai")), self.random.randint(1, 12) / 2, self._key()
        if self._spends and self.random.random() < 0.2:
            key = self.random.choice(self._spends)  # again, perhaps with another body
        if self.random.random() < 0.8 and key in self.spent:
            unit, amount = self.spent[key]

        def then(answer: Any) -> None:
            assert self.spent.setdefault(key, (unit, amount)) == (unit, amount), "a key is one spend"
            assert -answer.amount == amount

        def refused(reason: str) -> None:
            expected = {"CREDITS_INSUFFICIENT"} | (
                {"IDEMPOTENCY_KEY_REUSED"} if self.spent.get(key, (unit, amount)) != (unit, amount) else set()
            )
            assert reason in expected | ({"SPEND_REVERSED"} if key in self.reversed else set()), reason

        self.wish(Wish(f"spend {amount} {unit} {key}", lambda: self.shop.spend(self.person, unit, amount, key), then, refused))

    def take_back(self) -> None:
        key = self.random.choice(self._spends) if self._spends and self.random.random() < 0.9 else self._key()
        self.reversed.add(key)  # from when it is asked for: it may be done and not answered
        self.wish(Wish(f"take back {key}", lambda: self.shop.reverse(self.person, key)))

    def hold(self) -> None:
        unit, amount, key = self.random.choice(("hiring", "ai")), self.random.randint(1, 12) / 2, self._key()
        seconds = self.random.choice((60, 3600, 86400 * 20))
        self.wish(
            Wish(
                f"hold {amount} {unit}",
                lambda: self.shop.hold(self.person, unit, amount, key, seconds),
                lambda made: self.holds.append((made.id, unit, amount)),
                lambda reason: self._expect(reason, "CREDITS_INSUFFICIENT"),
            )
        )

    def settle(self) -> None:
        if self.holds:
            hold, _, amount = self.random.choice(self.holds)
            used = self.random.randint(1, round(2 * amount) + (self.random.random() < 0.1)) / 2

            def then(answer: Any) -> None:
                assert self.settled.setdefault(hold, used) == used, "a hold is settled once"

            self.wish(
                Wish(
                    f"settle {hold} by {used}", lambda: self.shop.settle(self.person, hold, used), then,
                    lambda reason: self._expect(reason, "HOLD_ENDED", "HOLD_SETTLED", "FIELDS_INVALID", "HOLD_EXCEEDED"),
                )
            )  # fmt: skip

    def release(self) -> None:
        if self.holds:
            hold = self.random.choice(self.holds)[0]

            def then(answer: Any) -> None:
                assert hold not in self.settled, "what is settled is not released"

            self.wish(
                Wish(
                    f"release {hold}",
                    lambda: self.shop.release(self.person, hold),
                    then,
                    lambda reason: self._expect(reason, "HOLD_ENDED"),
                )
            )

    def subscribe(self) -> None:
        plan, method, key = self.random.choice(_PLANS), self.random.choice((*METHODS, "")), self._key()

        def then(made: Any) -> None:
            self.subscription = made.id

        self.wish(
            Wish(
                f"subscribe {plan} by {method or 'page'}", lambda: self.shop.subscribe(self.person, plan, key, method), then,
                lambda reason: self._expect(reason, "SUBSCRIPTION_EXISTS"),
            )
        )  # fmt: skip

    def consume(self) -> None:
        if self.subscription:
            amount, key, subscription = self.random.randint(1, 6) / 2, self._key(), self.subscription

            def then(answer: Any) -> None:
                self.spent[f"consume:{key}"] = ("hiring", amount)

            self.wish(
                Wish(
                    f"consume {amount}", lambda: self.shop.consume(self.person, subscription, amount, key), then,
                    lambda reason: self._expect(reason, "CREDITS_INSUFFICIENT", "SUBSCRIPTION_NOT_ACTIVE"),
                )
            )  # fmt: skip

    def change_plan(self) -> None:
        if self.subscription:
            plan, key, subscription = self.random.choice(_PLANS), self._key(), self.subscription
            self.wish(
                Wish(
                    f"change to {plan}", lambda: self.shop.change_plan(self.person, subscription, plan, key),
                    refused=lambda reason: self._expect(reason, "SUBSCRIPTION_NOT_ACTIVE", "FIELDS_INVALID", "PLAN_SAME", "UPGRADE_UNPAID"),
                )
            )  # fmt: skip

    def cancel(self) -> None:
        if self.subscription and self.random.random() < 0.5:
            subscription, at_end = self.subscription, self.random.random() < 0.6
            self.wish(
                Wish(f"cancel {at_end=}", lambda: self.shop.cancel(self.person, subscription, at_period_end=at_end), repeatable=False)
            )

    def resume(self) -> None:
        if self.subscription:
            subscription = self.subscription
            self.wish(
                Wish(
                    "resume", lambda: self.shop.resume(self.person, subscription),
                    refused=lambda reason: self._expect(reason, "SUBSCRIPTION_CANCELLED"), repeatable=False,
                )
            )  # fmt: skip

    def pay_what_is_open(self) -> None:
        found = self.rows("SELECT id FROM invoices WHERE tenant_id = %s AND status = 'open'", self.person.tenant_id)
        if found:
            invoice = str(self.random.choice(found)["id"])
            self.wish(
                Wish(
                    "pay", lambda: self.shop.pay(self.person, invoice),
                    refused=lambda reason: self._expect(reason, "INVOICE_NOT_OPEN"), repeatable=False,
                )
            )  # fmt: skip

    def send_back(self) -> None:
        found = self.rows("SELECT id, amount FROM payments WHERE tenant_id = %s AND status = 'succeeded'", self.person.tenant_id)
        if found:
            chosen, key = self.random.choice(found), self._key()
            amount = self.random.choice((0, 1, self.random.randint(1, chosen["amount"])))
            self.wish(
                Wish(
                    f"send back {amount} of {chosen['amount']}", lambda: self.shop.refund(self.person, str(chosen["id"]), amount, key),
                    refused=lambda reason: self._expect(reason, "FIELDS_INVALID", "REFUND_TOO_LARGE"),
                )
            )  # fmt: skip

    def work(self) -> None:
        self._say("work")
        with self._breaking():
            self.shop.worker.run_due()

    def wait(self) -> None:
        seconds = self.random.choice((20, 120, 1800, 86400))
        self._pass(timedelta(seconds=seconds))

    def wait_long(self) -> None:
        if self.random.random() < 0.4:
            self._pass(timedelta(days=self.random.choice((3, 12, 32))))

    def ask_again(self) -> None:
        if self.unanswered:
            self.wish(self.unanswered.pop(self.random.randrange(len(self.unanswered))))

    # How things happen.

    def wish(self, wish: Wish) -> None:
        self._say(wish.name)
        asked = False
        try:
            with self._breaking():
                answer = wish.ask()
                asked = True
        except (errors.Unavailable, errors.Aborted) as problem:
            if problem.reason == "SPEND_REVERSED":
                wish.refused(problem.reason)
            else:
                self._say(f"  {problem.reason}")
                self.unanswered.append(wish)
            return
        except errors.Refusal as problem:
            self._say(f"  {problem.reason}")
            wish.refused(problem.reason)
            return
        if not asked:
            self.unanswered.append(wish)
            return
        wish.then(answer)
        if wish.repeatable and self.random.random() < 0.15:
            with suppress(errors.Unavailable):
                again = wish.ask()
                assert getattr(again, "id", "") == getattr(answer, "id", ""), "the same key has the same answer"

    @contextmanager
    def _breaking(self) -> Iterator[None]:
        """What may break does so now and then, at a step that nobody knows beforehand."""
        kind = 1.0 if self.calm else self.random.random()
        if kind < 0.16:
            self.breaks.arm(self.random.randint(1, 45), None)
        elif kind < 0.26:
            self.breaks.arm(self.random.randint(1, 12), self._interrupt)
        elif kind < 0.32:
            cut_the_line(self.stripe, self.random.randint(1, 2))
        try:
            yield
        except Died as death:
            self.deaths += 1
            self._say(f"  died at {death}")
            self.shop.clock.pass_by(seconds=16)  # its leases run out
        finally:
            self.breaks.disarm()
            self.stripe.before_answer = lambda verb, path: True

    def _interrupt(self) -> None:
        """Somebody else is served, in the middle of it."""
        self.interruptions += 1
        self._say("  meanwhile")
        before = calls.current()
        what = self.random.choice(("work", "hear", "page", "look"))
        if what == "page":
            self.outside.visit_the_page()
        elif what == "hear" and self.stripe.events:
            self._send(self.random.choice(self.stripe.events))
        elif what == "look" and self.packages:
            with suppress(errors.Refusal):
                self.shop.payment(self.person, self.random.choice(self.packages))
        self.shop.worker.run_due()
        calls.enter(before)

    def _deliver(self, event: dict[str, Any]) -> None:
        self._say(f"hears {event['type']}")
        with self._breaking():
            self._send(event)

    def _send(self, event: dict[str, Any]) -> None:
        self.shop.tell(*self.stripe.signed(event, at=self.shop.clock().timestamp()))

    def _pass(self, delta: timedelta) -> None:
        """Time passes, and what is due in it happens, perhaps late."""
        self._say(f"{delta} pass")
        end = self.shop.clock() + delta
        while (coming := self._next_task()) is not None and coming <= end:
            self.shop.clock.now = max(self.shop.clock(), coming) + timedelta(milliseconds=1)
            if self.random.random() < 0.3:
                break
            with self._breaking():
                self.shop.worker.run_due()
        self.shop.clock.now = max(self.shop.clock(), end)

    def _next_task(self) -> datetime | None:
        return self.rows(
            "SELECT least((SELECT min(run_at) FROM tasks WHERE state = 'ready'), (SELECT min(leased_until) FROM tasks WHERE state = 'running')) AS at"
        )[0]["at"]

    # The end.

    def end(self) -> None:
        """Whoever has no answer asks until there is one; every webhook comes at least once; then time passes until there is nothing to do."""
        self._say("the end")
        self.calm = True
        while self.unanswered:
            self.wish(self.unanswered.pop())
        for found in self.rows("SELECT id FROM subscriptions WHERE tenant_id = %s AND status <> 'cancelled'", self.person.tenant_id):
            self.shop.cancel(self.person, str(found["id"]))
        self.outside.authenticate()
        for each in list(self.stripe.objects.values()):
            if each["object"] == "checkout.session" and each["status"] == "open":
                self.stripe.expire(each["id"])
        rounds = 0
        while True:
            heard = len(self.stripe.events)
            for event in self.random.sample(self.stripe.events, heard):
                self._send(event)
            while (coming := self._next_task()) is not None:
                rounds += 1
                assert rounds < 300, (
                    f"it comes to no end: {self.rows('SELECT kind, payload, last_error FROM tasks WHERE state = %s', 'ready')}"
                )
                self.shop.clock.now = max(self.shop.clock(), coming) + timedelta(milliseconds=1)
                self.shop.worker.run_due()
            if len(self.stripe.events) == heard:
                return

    def check(self) -> None:
        audit(self.rows, self.person.tenant_id, self.stripe.taken())
        back = [each["metadata"]["reference"] for each in self.stripe.objects.values() if each["object"] == "refund" and each["metadata"]]
        audit_refunds(self.rows, self.person.tenant_id, back)
        audit_answers(self.rows, self.person.tenant_id, self.spent, self.reversed, self.settled)
        assert not self.rows("SELECT kind, last_error FROM tasks WHERE state = 'dead'"), "nothing was given up"
        self.rows("DELETE FROM tasks")  # the next is alone, and finds no long table

    def _expect(self, reason: str, *known: str) -> None:
        assert reason in known, reason

    @property
    def _spends(self) -> list[str]:
        return [key for key in self.spent if not key.startswith("consume:")]

    def _key(self) -> str:
        self._keys += 1
        return f"key-{self._keys}"

    def _say(self, words: str) -> None:
        self.told.append(f"{self.shop.clock():%m-%d %H:%M:%S} {words}")
