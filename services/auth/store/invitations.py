"""Every query of invitations."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import Invitation, invitations
from services.chassis import errors
from services.chassis.paging import Page

_UNANSWERED = sa.and_(invitations.c.accepted_at.is_(None), invitations.c.revoked_at.is_(None))


def add_invitation(connection: Connection, invitation: Invitation) -> None:
    """Adds it in place of the one before that waits for the same address."""
    same = sa.func.lower(invitations.c.email) == invitation.email.lower()
    earlier = sa.and_(invitations.c.tenant_id == invitation.tenant_id, same, _UNANSWERED)
    connection.execute(invitations.update().where(earlier).values(revoked_at=invitation.created_at))
    connection.execute(invitations.insert(), asdict(invitation))


def count_waiting(connection: Connection, tenant_id: UUID, now: datetime, *, but: str = "") -> int:
    """Those that wait for an answer, but for those to the address `but`."""
    query = sa.select(sa.func.count()).where(invitations.c.tenant_id == tenant_id, _UNANSWERED, invitations.c.expires_at > now)
    return connection.execute(query.where(sa.func.lower(invitations.c.email) != but.strip().lower())).scalar_one()


def list_waiting(connection: Connection, tenant_id: UUID, page: Page, now: datetime) -> Sequence[Invitation]:
    open_ = sa.and_(invitations.c.tenant_id == tenant_id, _UNANSWERED, invitations.c.expires_at > now)
    query = sa.select(invitations).where(open_).order_by(invitations.c.id).limit(page.fetch)
    if page.after:
        query = query.where(invitations.c.id > page.after[0])
    return [Invitation(**row._mapping) for row in connection.execute(query)]


def find_invitation(connection: Connection, invitation_id: UUID) -> Invitation | None:
    row = connection.execute(sa.select(invitations).where(invitations.c.id == invitation_id)).first()
    return Invitation(**row._mapping) if row else None


def get_invitation(connection: Connection, invitation_id: UUID, tenant_id: UUID) -> Invitation:
    found = find_invitation(connection, invitation_id)
    if found is None or found.tenant_id != tenant_id:
        raise errors.NotFound("INVITATION_NOT_FOUND", "there is no such invitation")
    return found


def find_by_token(connection: Connection, token_hash: bytes) -> Invitation | None:
    row = connection.execute(sa.select(invitations).where(invitations.c.token_hash == token_hash)).first()
    return Invitation(**row._mapping) if row else None


def accept_invitation(connection: Connection, invitation_id: UUID, now: datetime) -> None:
    connection.execute(invitations.update().where(invitations.c.id == invitation_id).values(accepted_at=now))


def revoke_invitation(connection: Connection, invitation_id: UUID, now: datetime) -> bool:
    """Says whether it waited until now."""
    waiting = sa.and_(invitations.c.id == invitation_id, _UNANSWERED)
    return connection.execute(invitations.update().where(waiting).values(revoked_at=now)).rowcount == 1
