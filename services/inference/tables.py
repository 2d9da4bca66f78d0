"""The tables of inference, and what their rows become."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

metadata = sa.MetaData()

usage = sa.Table(
    "usage", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("prompt_tokens", sa.BigInteger, nullable=False),
    sa.Column("completion_tokens", sa.BigInteger, nullable=False),
    sa.Column("requests", sa.BigInteger, nullable=False),
    sa.Column("audio_milliseconds", sa.BigInteger, nullable=False, server_default="0"),
)  # fmt: skip


@dataclass(frozen=True)
class UsageDay:
    """What one organization used of one provider for one purpose on one day (UTC)."""

    tenant_id: UUID
    day: date
    purpose: str
    provider: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: int = 1
    audio_milliseconds: int = 0
