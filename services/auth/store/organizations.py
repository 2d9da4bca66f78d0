"""Every query of organizations and their members."""

from collections.abc import Sequence
from dataclasses import asdict
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
from services.chassis.paging import Page


def add_organization(connection: Connection, organization: Organization) -> None:
    """Adds it with its owner as the first member."""
    row = asdict(organization)
    role = row.pop("role")
    connection.execute(organizations.insert(), row)
    connection.execute(
        members.insert(),
        {"tenant_id": organization.id, "user_id": organization.owner_id, "role": role, "created_at": organization.created_at},
    )


def get_membership(connection: Connection, organization_id: UUID, user_id: UUID) -> Organization:
    """The organization with the user's role in it; NotFound where they are no member."""
    query = (
        sa.select(organizations, members.c.role)
        .join(members, members.c.tenant_id == organizations.c.id)
        .where(organizations.c.id == organization_id, members.c.user_id == user_id)
    )
    row = connection.execute(query).first()
    if row is None:
        raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization, or you do not belong to it")
    return Organization(**row._mapping)


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


def list_members(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Any]:
    query = (
        sa.select(users.c.id, users.c.email, users.c.first_name, users.c.last_name, members.c.role, members.c.created_at)
        .join(members, members.c.user_id == users.c.id)
        .where(members.c.tenant_id == tenant_id)
        .order_by(users.c.id)
        .limit(page.fetch)
    )
    if page.after:
        query = query.where(users.c.id > page.after[0])
    return connection.execute(query).all()
