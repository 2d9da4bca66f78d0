"""Opens a shop on a database and a stand-in of Stripe of its own."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg2
import psycopg2.extras

from cli.stack.databases import copy_database, drop_database
from cli.stack.stripe_stand_in import StripeServer
from tests.conftest import House
from tests.services.billing.shop import At, Clock, Shop


@dataclass
class Opened:
    shop: Shop
    stripe: StripeServer
    clock: Clock
    at: At
    environment: dict[str, str]
    _owner: Any

    def pass_by(self, **delta: float) -> None:
        """Time passes, and what is due in it happens when it is due."""
        end = self.clock() + timedelta(**delta)
        while (coming := self.rows("SELECT min(run_at) AS at FROM tasks WHERE state = 'ready'")[0]["at"]) is not None and coming <= end:
            self.clock.now = max(self.clock(), coming) + timedelta(milliseconds=1)
            self.shop.worker.run_due()
        self.clock.now = end

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What the owner of the tables sees."""
        with self._owner.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(query, [str(each) for each in values])
            return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def open_shop(house: House, name: str, *, at: At = lambda where: None, **settings: str) -> Iterator[Opened]:
    database = f"{name}_{uuid4().hex[:8]}"
    urls = copy_database(house.postgres, house.folder, "billing", "billing_db", database)
    stripe, clock = StripeServer(), Clock(datetime(2090, 1, 1, tzinfo=UTC))
    stripe.clock = clock
    environment = house.environment | {
        "BILLING_DATABASE_URL": urls.app, "STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_BASE_URL": stripe.url, "STRIPE_WEBHOOK_SECRET": stripe.secret,
        "PUBLIC_URL": "https://einstellen.example", **settings,
    }  # fmt: skip
    shop = Shop(environment, clock, at)
    try:
        with closing(psycopg2.connect(urls.owner)) as owner:
            owner.autocommit = True
            yield Opened(shop, stripe, clock, at, environment, owner)
    finally:
        shop.close()
        stripe.close()
        drop_database(house.postgres, database)
