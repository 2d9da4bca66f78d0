"""The tables that the chassis keeps in every service's database; migrations/ makes them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INET, JSONB

metadata = sa.MetaData()

audit_log = sa.Table(
    "audit_log", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid),
    sa.Column("user_id", sa.Uuid),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("ip_address", INET),
    sa.Column("details", JSONB, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)  # fmt: skip

audit_chain = sa.Table(
    "audit_chain", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("entry_id", sa.Uuid, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)  # fmt: skip

events = sa.Table(
    "events", metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True)),  # the primary key; not said here, or an insert would ask for it back
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("tenant_id", sa.Uuid),
    sa.Column("details", JSONB, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)  # fmt: skip

cursors = sa.Table(
    "event_cursors", metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)  # fmt: skip

idempotency_keys = sa.Table(
    "idempotency_keys", metadata,
    sa.Column("scope_id", sa.Uuid, primary_key=True),
    sa.Column("method", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("tenant_id", sa.Uuid),
    sa.Column("request_hash", sa.LargeBinary, nullable=False),
    sa.Column("answer", sa.LargeBinary),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)  # fmt: skip

placements = sa.Table(
    "placements", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("other", sa.Text),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
)  # fmt: skip

tenant_gates = sa.Table(
    "tenant_gates", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("open", sa.Boolean, nullable=False),
)  # fmt: skip

tasks = sa.Table(
    "tasks", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("tenant_id", sa.Uuid),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("max_attempts", sa.Integer, nullable=False),
    sa.Column("leased_until", sa.DateTime(timezone=True)),
    sa.Column("lease_id", sa.Uuid),
    sa.Column("last_error", sa.Text),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("traceparent", sa.Text),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
)  # fmt: skip
