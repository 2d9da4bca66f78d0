"""Every query of mailed links."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.auth.tables import MailedLink, mailed_links


def add_link(connection: Connection, link: MailedLink) -> None:
    """Adds it in place of those for the same purpose that are unused; adding it again changes nothing."""
    unused = sa.and_(
        mailed_links.c.user_id == link.user_id, mailed_links.c.purpose == link.purpose, mailed_links.c.used_at.is_(None),
        mailed_links.c.token_hash != link.token_hash,
    )  # fmt: skip
    connection.execute(mailed_links.delete().where(unused))
    connection.execute(insert(mailed_links).on_conflict_do_nothing(), asdict(link))


def take_link(connection: Connection, token_hash: bytes, purpose: str, now: datetime) -> MailedLink | None:
    """Uses a link that is good, so that of two who come with it one finds nothing."""
    good = sa.and_(
        mailed_links.c.token_hash == token_hash, mailed_links.c.purpose == purpose, mailed_links.c.used_at.is_(None), mailed_links.c.expires_at > now
    )  # fmt: skip
    row = connection.execute(mailed_links.update().where(good).values(used_at=now).returning(mailed_links)).first()
    return MailedLink(**row._mapping) if row else None


def drop_links(connection: Connection, user_id: UUID) -> None:
    """All that are unused: what they prove has changed."""
    connection.execute(mailed_links.delete().where(mailed_links.c.user_id == user_id, mailed_links.c.used_at.is_(None)))


def sweep_links(connection: Connection, before: datetime) -> None:
    connection.execute(mailed_links.delete().where(mailed_links.c.expires_at < before))
