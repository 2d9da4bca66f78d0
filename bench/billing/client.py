"""A process of clients who spend one half-credit after the other from the same account: by our one call, or by the ORM's SELECT FOR UPDATE."""

import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from services.billing.store import credits as store
from services.billing.tables.credits import Booking, credit_accounts, credit_transactions
from services.chassis import audit, frame, ids
from services.chassis.database import Database, driver_url


class Base(DeclarativeBase):
    pass


class Account(Base):
    __table__ = credit_accounts.to_metadata(Base.metadata)
    __mapper_args__ = {"primary_key": [__table__.c.tenant_id, __table__.c.unit]}


class Transaction(Base):
    __tablename__ = "credit_transactions"
    position: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    __table_args__ = ()
    id: Mapped[UUID]
    tenant_id: Mapped[UUID]
    unit: Mapped[str]
    type: Mapped[str]
    key: Mapped[str]
    monthly: Mapped[int]
    lasting: Mapped[int]
    held: Mapped[int]
    outside: Mapped[int]
    balance_after: Mapped[int]
    description: Mapped[str]
    reference_id: Mapped[str]
    tokens_used: Mapped[int]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))


class AuditRow(Base):
    __table__ = frame.audit_log.to_metadata(Base.metadata)
    __mapper_args__ = {"primary_key": [__table__.c.id]}


def ours(url: str, tenant_id: UUID, threads: int) -> Callable[[], bool]:
    database = Database(url, pool_size=threads)

    def spend() -> bool:
        booking = Booking(ids.mint(), "INTERVIEW", f"spend:{ids.mint()}", "An interview")
        audited = audit.row("credits.spent", tenant_id=tenant_id, transaction_id=booking.id)
        return store.spend(database, tenant_id, "hiring", 1, booking, audited, now=datetime.now(UTC)) is not None

    return spend


def orm(url: str, tenant_id: UUID, threads: int) -> Callable[[], bool]:
    """The same work as it is usually written: lock the row, decide in Python, add the rows, commit."""
    engine = sa.create_engine(driver_url(url), pool_size=threads, max_overflow=0)

    def spend() -> bool:
        now = datetime.now(UTC)
        with Session(engine) as session, session.begin():
            session.execute(sa.text(f"SET LOCAL app.tenant_id = '{tenant_id}'"))
            query = sa.select(Account).where(Account.tenant_id == tenant_id, Account.unit == "hiring").with_for_update()
            account = session.execute(query).scalar_one()
            monthly = min(1, account.monthly) if account.monthly_until and account.monthly_until > now else 0
            if account.lasting < 1 - monthly:
                return False
            account.monthly -= monthly
            account.lasting -= 1 - monthly
            booked = Transaction(
                id=ids.mint(),
                tenant_id=tenant_id,
                unit="hiring",
                type="INTERVIEW",
                key=f"spend:{ids.mint()}",
                monthly=-monthly,
                lasting=monthly - 1,
                held=0,
                outside=1,
                balance_after=account.monthly + account.lasting + account.held,
                description="An interview",
                reference_id="",
                tokens_used=0,
                prompt_tokens=0,
                completion_tokens=0,
                created_at=now,
            )
            session.add(booked)
            session.add(AuditRow(**audit.row("credits.spent", tenant_id=tenant_id, transaction_id=booked.id)))
        return True

    return spend


def main(kind: str, url: str, tenant: str, seconds: str, each: str, threads: str) -> None:
    spend = {"ours": ours, "orm": orm}[kind](url, UUID(tenant), int(threads))
    done, ended = [0] * int(threads), [0.0] * int(threads)
    gate = threading.Barrier(int(threads) + 1)

    def work(number: int) -> None:
        gate.wait()
        until = time.perf_counter() + float(seconds)
        for _ in range(int(each)):
            if time.perf_counter() > until:
                break
            done[number] += spend()
        ended[number] = time.perf_counter()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(int(threads))]
    for worker in workers:
        worker.start()
    print("ready", flush=True)
    sys.stdin.readline()
    began, busy = time.perf_counter(), time.process_time()
    gate.wait()
    for worker in workers:
        worker.join()
    print(json.dumps({"done": sum(done), "seconds": max(ended) - began, "cpu": time.process_time() - busy}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
