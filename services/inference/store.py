"""Every query of inference."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.chassis.paging import Page
from services.inference.tables import UsageDay, usage


def add_usage(connection: Connection, used: UsageDay) -> None:
    """Adds to what the day has so far, in one statement, so that answers that end together all count."""
    insert = postgresql.insert(usage).values(asdict(used))
    counted = {
        name: usage.c[name] + insert.excluded[name] for name in ("prompt_tokens", "completion_tokens", "requests", "audio_milliseconds")
    }
    connection.execute(insert.on_conflict_do_update(index_elements=list(usage.primary_key), set_=counted))


def list_usage(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[UsageDay]:
    """Newest day first, then by purpose and provider."""
    query = (
        sa.select(usage)
        .where(usage.c.tenant_id == tenant_id)
        .order_by(usage.c.day.desc(), usage.c.purpose, usage.c.provider)
        .limit(page.fetch)
    )
    if page.after:
        day, purpose, provider = page.after
        later = sa.tuple_(usage.c.purpose, usage.c.provider) > sa.tuple_(sa.literal(purpose), sa.literal(provider))
        query = query.where(sa.or_(usage.c.day < day.date(), sa.and_(usage.c.day == day.date(), later)))
    return [UsageDay(**row._mapping) for row in connection.execute(query)]
