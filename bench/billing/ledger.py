"""A billing database on an embedded PostgreSQL, with organizations that have credits."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from bench.servers import tree_seconds
from cli import environment
from cli.migrate import migrate_all
from cli.services import SERVICES
from cli.stack.databases import ensure_databases
from cli.stack.folder import DataFolder
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey
from services.billing import ledger
from services.billing.store import credits as store
from services.billing.tables.credits import Organization
from services.chassis import calls, ids
from services.chassis.database import Database


@dataclass
class Books:
    """The database, by the role that works on it and by the one that owns it."""

    database: Database
    url: str
    owner_url: str
    supervisor: Supervisor

    def server_seconds(self) -> float:
        """CPU that PostgreSQL has used so far, with all of its processes."""
        return tree_seconds(self.supervisor.pid("postgres") or 0)

    def organization(self, credits: int) -> UUID:
        """A new one with so many `hiring` credits."""
        tenant_id, now = ids.mint(), datetime.now(UTC)
        with self.database.begin(calls.SYSTEM) as connection:
            store.add_organization(connection, Organization(tenant_id, ids.mint(), "business", now))
            ledger.grant(connection, tenant_id, "hiring", credits * 2, "A start", now=now)
        return tenant_id

    def spent(self, tenant_id: UUID) -> tuple[int, int]:
        """The half-credits that are left, and how many bookings there are beside the grant."""
        with self.database.begin(calls.SYSTEM) as connection:
            left = store.lock_account(connection, tenant_id, "hiring").total
            count = connection.exec_driver_sql("SELECT count(*) FROM credit_transactions WHERE tenant_id = %s", (tenant_id,)).scalar_one()
        return left, int(count) - 1


@contextmanager
def running(*, durable: bool) -> Iterator[Books]:
    """`durable` as in production, where a commit waits for the disk."""
    root = Path(tempfile.mkdtemp(prefix="einstellen-bench-"))
    root.chmod(0o755)  # PostgreSQL may run as another user
    folder = DataFolder(root / "data")
    try:
        with folder.held(), Supervisor(folder, say=lambda _: None) as supervisor:
            postgres, valkey = Postgres.prepare(folder, durable=durable, say=lambda _: None), Valkey.prepare(folder)
            supervisor.start(postgres.child(), valkey.child())
            urls = ensure_databases(postgres, folder, {service.name: service.database for service in SERVICES})
            values = environment.of(folder, urls, valkey, {service.name: 1 for service in SERVICES}, smtp_port=1)
            migrate_all([service for service in SERVICES if service.name == "billing"], values, say=lambda _: None)
            database = Database(urls["billing"].app, pool_size=4)
            yield Books(database, urls["billing"].app, urls["billing"].owner, supervisor)
            database.close()
    finally:
        shutil.rmtree(folder.outside(), ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)
