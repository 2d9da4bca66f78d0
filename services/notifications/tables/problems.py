"""Errors of services, as the operator is told of them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from services.notifications.tables.notifications import metadata

problems = sa.Table(
    "problems", metadata,
    sa.Column("fingerprint", sa.Text, primary_key=True),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("exception", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("untold", sa.BigInteger, nullable=False),
    sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True)),
    sa.Column("mailed_at", sa.DateTime(timezone=True)),
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """A kind of error in a service, and how often it was seen since the service last said so."""

    service: str
    method: str
    exception: str
    place: str
    request_id: str
    count: int
    first_at: datetime
