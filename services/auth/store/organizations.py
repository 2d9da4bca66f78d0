"""Every query of organizations and their members."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import (
    Belonging,
    Organization,
    members,
    organizations,
    users,
)
from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page

_MEMBERS = sa.select(users.c.id, users.c.email, users.c.first_name, users.c.last_name, members.c.role, members.c.created_at).join(
    members, members.c.user_id == users.c.id
)


def add_organization(connection: Connection, organization: Organization) -> None:
    """Adds it with its owner as the first member."""
    row = asdict(organization)
    role = row.pop("role")
    connection.execute(organizations.insert(), row)
    connection.execute(
        members.insert(),
        {"tenant_id": organization.id, "user_id": organization.owner_id, "role": role, "created_at": organization.created_at},
    )


def find_membership(connection: Connection, organization_id: UUID, user_id: UUID) -> Organization | None:
    """The organization with the user's role in it, where they are a member."""
    query = (
        sa.select(organizations, members.c.role)
        .join(members, members.c.tenant_id == organizations.c.id)
        .where(organizations.c.id == organization_id, members.c.user_id == user_id)
    )
    row = connection.execute(query).first()
    return Organization(**row._mapping) if row else None


def get_organization(connection: Connection, organization_id: UUID) -> Organization:
    row = connection.execute(sa.select(organizations).where(organizations.c.id == organization_id)).first()
    if row is None:
        raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization")
    return Organization(**row._mapping)


def lock_organization(connection: Connection, organization_id: UUID) -> Organization:
    """Holds the organization until commit, so that changes of who belongs to it, and of what it has, come one after the other."""
    row = connection.execute(sa.select(organizations).where(organizations.c.id == organization_id).with_for_update()).first()
    if row is None:
        raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization")
    return Organization(**row._mapping)


def rename_organization(connection: Connection, organization_id: UUID, name: str) -> None:
    connection.execute(organizations.update().where(organizations.c.id == organization_id).values(name=name))


def suspend_organization(connection: Connection, organization_id: UUID, now: datetime | None, why: str | None) -> None:
    """From now; `now` None resumes it."""
    connection.execute(organizations.update().where(organizations.c.id == organization_id).values(suspended_at=now, suspended_for=why))


def find_role(connection: Connection, organization_id: UUID, user_id: UUID) -> str | None:
    return connection.execute(sa.select(members.c.role).where(_of(organization_id, user_id))).scalar()


def get_role(connection: Connection, organization_id: UUID, user_id: UUID) -> str:
    role = find_role(connection, organization_id, user_id)
    if role is None:
        raise errors.NotFound("MEMBER_NOT_FOUND", "there is no such member")
    return role


def count_members(connection: Connection, organization_id: UUID, role: str = "") -> int:
    query = sa.select(sa.func.count()).where(members.c.tenant_id == organization_id)
    return connection.execute(query.where(members.c.role == role) if role else query).scalar_one()


def has_member_with(connection: Connection, organization_id: UUID, email: str) -> bool:
    """Whether somebody with this address is a member."""
    same = sa.and_(members.c.tenant_id == organization_id, sa.func.lower(users.c.email) == email.lower())
    return connection.execute(
        sa.select(sa.exists(sa.select(users.c.id).join(members, members.c.user_id == users.c.id).where(same)))
    ).scalar_one()


def add_member(connection: Connection, organization_id: UUID, user_id: UUID, role: str, now: datetime) -> None:
    row = {"tenant_id": organization_id, "user_id": user_id, "role": role, "created_at": now}
    with refusing({"members_pkey": errors.AlreadyExists("MEMBER_EXISTS", "this person is a member already")}):
        connection.execute(members.insert(), row)


def change_role(connection: Connection, organization_id: UUID, user_id: UUID, role: str) -> None:
    connection.execute(members.update().where(_of(organization_id, user_id)).values(role=role))
    _name_owner(connection, organization_id)


def remove_member(connection: Connection, organization_id: UUID, user_id: UUID) -> None:
    connection.execute(members.delete().where(_of(organization_id, user_id)))
    _name_owner(connection, organization_id)


def _name_owner(connection: Connection, organization_id: UUID) -> None:
    """Where the owner that is named is one no longer, the oldest of the others is."""
    owners = members.alias()
    owns = sa.and_(owners.c.tenant_id == organization_id, owners.c.role == "owner")
    oldest = sa.select(owners.c.user_id).where(owns).order_by(owners.c.created_at, owners.c.user_id).limit(1).scalar_subquery()
    stale = organizations.c.owner_id.not_in(sa.select(owners.c.user_id).where(owns))
    connection.execute(organizations.update().where(organizations.c.id == organization_id, stale).values(owner_id=oldest))


def _of(organization_id: UUID, user_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(members.c.tenant_id == organization_id, members.c.user_id == user_id)


def lock_organizations_of(connection: Connection, user_id: UUID) -> None:
    """Holds all that somebody belongs to until commit, always in one order."""
    mine = sa.select(members.c.tenant_id).where(members.c.user_id == user_id)
    connection.execute(sa.select(organizations.c.id).where(organizations.c.id.in_(mine)).order_by(organizations.c.id).with_for_update())


def list_belongings(connection: Connection, user_id: UUID) -> Sequence[Belonging]:
    others = members.alias()
    elsewhere = sa.and_(others.c.tenant_id == organizations.c.id, others.c.user_id != user_id)
    heir = sa.select(others.c.user_id).where(elsewhere, others.c.role == "owner").order_by(others.c.created_at, others.c.user_id).limit(1)
    query = (
        sa.select(
            organizations.c.id, organizations.c.kind, members.c.role, sa.exists().where(elsewhere).label("has_others"),
            heir.correlate(organizations).scalar_subquery().label("heir"),
        )
        .join(members, members.c.tenant_id == organizations.c.id)
        .where(members.c.user_id == user_id)
        .order_by(organizations.c.id)
    )  # fmt: skip
    return [Belonging(**row._mapping) for row in connection.execute(query)]


def list_organizations(connection: Connection, user_id: UUID, page: Page) -> Sequence[Organization]:
    query = (
        sa.select(organizations, members.c.role)
        .join(members, members.c.tenant_id == organizations.c.id)
        .where(members.c.user_id == user_id)
        .order_by(organizations.c.id)
        .limit(page.fetch)
    )
    if page.after:
        query = query.where(organizations.c.id > page.after[0])
    return [Organization(**row._mapping) for row in connection.execute(query)]


def list_all_organizations(connection: Connection, page: Page) -> Sequence[Organization]:
    query = sa.select(organizations).order_by(organizations.c.id).limit(page.fetch)
    if page.after:
        query = query.where(organizations.c.id > page.after[0])
    return [Organization(**row._mapping) for row in connection.execute(query)]


def get_member(connection: Connection, tenant_id: UUID, user_id: UUID) -> Any:
    query = _MEMBERS.where(members.c.tenant_id == tenant_id, members.c.user_id == user_id)
    return connection.execute(query).one()


def list_members(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Any]:
    query = _MEMBERS.where(members.c.tenant_id == tenant_id).order_by(users.c.id).limit(page.fetch)
    if page.after:
        query = query.where(users.c.id > page.after[0])
    return connection.execute(query).all()
