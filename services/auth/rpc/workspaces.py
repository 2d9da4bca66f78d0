"""The RPCs of workspaces."""

from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.auth.v1 import workspaces_pb2, workspaces_pb2_grpc
from services.auth import rules
from services.auth.plans import Plans
from services.auth.store import organizations
from services.auth.store import workspaces as store
from services.auth.tables import Workspace
from services.chassis import audit, calls, idempotency, ids, paging
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class WorkspaceService(workspaces_pb2_grpc.WorkspaceServiceServicer):
    """See workspaces.proto."""

    def __init__(self, database: Database, plans: Plans, clock: Clock = utc_now) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock

    def CreateWorkspace(self, request: workspaces_pb2.CreateWorkspaceRequest, context: Context) -> workspaces_pb2.Workspace:
        person = calls.person()
        allowed = self._plans.quotas(person.tenant_id).workspaces
        workspace = Workspace(ids.mint(), person.tenant_id, request.name, self._clock())
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, workspaces_pb2.Workspace)
            if claim.answer is not None:
                return claim.answer
            organizations.lock_organization(connection, person.tenant_id)
            rules.check_workspaces(store.count_workspaces(connection, person.tenant_id), allowed)
            store.add_workspace(connection, workspace)
            audit.record(connection, "workspace.created", workspace_id=workspace.id)
            return claim.keep(to_workspace(workspace))

    def ListWorkspaces(self, request: workspaces_pb2.ListWorkspacesRequest, context: Context) -> workspaces_pb2.ListWorkspacesResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_workspaces(connection, person.tenant_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return workspaces_pb2.ListWorkspacesResponse(workspaces=map(to_workspace, rows), next_page_token=token)

    def UpdateWorkspace(self, request: workspaces_pb2.UpdateWorkspaceRequest, context: Context) -> workspaces_pb2.Workspace:
        person = calls.person()
        with self._database.begin(person) as connection:
            before = store.lock_workspace(connection, UUID(request.workspace_id), person.tenant_id)
            renamed = store.rename_workspace(connection, before.id, person.tenant_id, request.name)
            audit.record(connection, "workspace.updated", workspace_id=renamed.id, **audit.change(before, renamed, "name"))
        return to_workspace(renamed)

    def DeleteWorkspace(self, request: workspaces_pb2.DeleteWorkspaceRequest, context: Context) -> Empty:
        person, workspace_id = calls.person(), UUID(request.workspace_id)
        with self._database.begin(person) as connection:
            before = store.lock_workspace(connection, workspace_id, person.tenant_id)
            store.delete_workspace(connection, workspace_id, person.tenant_id)
            audit.record(connection, "workspace.deleted", workspace_id=workspace_id, **audit.turned(name=(before.name, None)))
        return Empty()


def to_workspace(workspace: Workspace) -> workspaces_pb2.Workspace:
    return workspaces_pb2.Workspace(id=str(workspace.id), name=workspace.name, create_time=to_timestamp(workspace.created_at))
