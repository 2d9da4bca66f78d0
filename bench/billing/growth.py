"""`python -m bench.billing.growth`: what one spend costs as the ledger grows from a thousand entries to ten million, half of them the spender's own."""

import argparse
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from statistics import median
from uuid import UUID

import psycopg2

from bench.billing.ledger import Books, running
from services.billing.store import credits as store
from services.billing.tables.credits import Booking
from services.chassis import audit, ids

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_WORTH = 10  # half-credits of an entry, so that the smallest ledger pays for all that is spent of it
_MORE = """
INSERT INTO credit_transactions (id, tenant_id, unit, type, key, monthly, lasting, held, outside, balance_after, description, reference_id, tokens_used,
    prompt_tokens, completion_tokens, created_at)
SELECT gen_random_uuid(), %s, 'hiring', 'GRANT', 'grant:' || gen_random_uuid(), 0, %s, 0, -%s, %s + %s * number, 'An entry', '', 0, 0, 0, now()
FROM generate_series(1, %s) AS number"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the size to end with (10,000,000)")
    parser.add_argument("--spends", type=int, default=2000, help="spends measured at each size (2000)")
    asked = parser.parse_args()
    with running(durable=False) as books:
        tenants, entries = (books.organization(1), books.organization(1)), 2
        for size in (each for each in SIZES if each <= asked.most):
            for tenant_id in tenants:
                _grow(books, tenant_id, (size - entries) // 2)
            entries = size
            _settle(books)
            costs = sorted(_spend(books, tenants[0]) for _ in range(asked.spends))
            print(f"| {size:,} | **{median(costs) * 1000:.2f}** | {costs[int(len(costs) * 0.95)] * 1000:.2f} |", flush=True)
    return 0


def _grow(books: Books, tenant_id: UUID, more: int) -> None:
    with closing(psycopg2.connect(books.owner_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT monthly + lasting + held FROM credit_accounts WHERE tenant_id = %s AND unit = 'hiring'", (str(tenant_id),))
        (before,) = cursor.fetchone()
        cursor.execute(_MORE, (str(tenant_id), _WORTH, _WORTH, before, _WORTH, more))
        cursor.execute(
            "UPDATE credit_accounts SET lasting = lasting + %s WHERE tenant_id = %s AND unit = 'hiring'", (_WORTH * more, str(tenant_id))
        )


def _settle(books: Books) -> None:
    """What autovacuum does beside a ledger that grows over years; here it would be done beside what is measured."""
    with closing(psycopg2.connect(books.owner_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("VACUUM (ANALYZE) credit_transactions")


def _spend(books: Books, tenant_id: UUID) -> float:
    booking = Booking(ids.mint(), "INTERVIEW", f"spend:{ids.mint()}", "An interview")
    audited = audit.row("credits.spent", tenant_id=tenant_id, transaction_id=booking.id)
    began = time.perf_counter()
    if store.spend(books.database, tenant_id, "hiring", 1, booking, audited, now=datetime.now(UTC)) is None:
        raise RuntimeError("there are too few credits")
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
