"""Every query of workspaces."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import Workspace, workspaces
from services.chassis import errors
from services.chassis.database import refusing
from services.chassis.paging import Page


def add_workspace(connection: Connection, workspace: Workspace) -> None:
    with refusing({"workspaces_name": _taken()}):
        connection.execute(workspaces.insert(), asdict(workspace))


def count_workspaces(connection: Connection, tenant_id: UUID) -> int:
    return connection.execute(sa.select(sa.func.count()).where(workspaces.c.tenant_id == tenant_id)).scalar_one()


def list_workspaces(connection: Connection, tenant_id: UUID, page: Page) -> Sequence[Workspace]:
    query = sa.select(workspaces).where(workspaces.c.tenant_id == tenant_id).order_by(workspaces.c.id).limit(page.fetch)
    if page.after:
        query = query.where(workspaces.c.id > page.after[0])
    return [Workspace(**row._mapping) for row in connection.execute(query)]


def lock_workspace(connection: Connection, workspace_id: UUID, tenant_id: UUID) -> Workspace:
    mine = sa.and_(workspaces.c.id == workspace_id, workspaces.c.tenant_id == tenant_id)
    row = connection.execute(sa.select(workspaces).where(mine).with_for_update()).first()
    if row is None:
        raise _missing()
    return Workspace(**row._mapping)


def rename_workspace(connection: Connection, workspace_id: UUID, tenant_id: UUID, name: str) -> Workspace:
    mine = sa.and_(workspaces.c.id == workspace_id, workspaces.c.tenant_id == tenant_id)
    with refusing({"workspaces_name": _taken()}):
        row = connection.execute(workspaces.update().where(mine).values(name=name).returning(workspaces)).one()
    return Workspace(**row._mapping)


def delete_workspace(connection: Connection, workspace_id: UUID, tenant_id: UUID) -> None:
    mine = sa.and_(workspaces.c.id == workspace_id, workspaces.c.tenant_id == tenant_id)
    connection.execute(workspaces.delete().where(mine))


def _taken() -> errors.AlreadyExists:
    return errors.AlreadyExists("WORKSPACE_EXISTS", "there is a workspace with this name")


def _missing() -> errors.NotFound:
    return errors.NotFound("WORKSPACE_NOT_FOUND", "there is no such workspace")
