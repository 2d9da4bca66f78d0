"""The RPCs of the organizations that people act in."""

from uuid import UUID

import grpc

from einstellen.auth.v1 import auth_pb2, organizations_pb2, organizations_pb2_grpc
from services.auth.rpc.sessions import Sessions
from services.auth.store import organizations as store
from services.auth.tables import Organization, Session
from services.chassis import audit, calls, errors, events, idempotency, ids, paging
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class OrganizationService(organizations_pb2_grpc.OrganizationServiceServicer):
    """See organizations.proto."""

    def __init__(self, database: Database, sessions: Sessions, clock: Clock = utc_now) -> None:
        self._database = database
        self._sessions = sessions
        self._clock = clock

    def CreateOrganization(self, request: organizations_pb2.CreateOrganizationRequest, context: Context) -> organizations_pb2.Organization:
        person = calls.person()
        organization = Organization(ids.mint(), person.user_id, request.name, "business", self._clock(), "owner")
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, organizations_pb2.Organization)
            if claim.answer is not None:
                return claim.answer
            store.add_organization(connection, organization)
            audit.record(connection, "organization.created", tenant_id=organization.id)
            answer = claim.keep(to_organization(organization))
            events.record(connection, "organization.created", organization.id, organization.id, owner_id=person.user_id)
        return answer

    def ListOrganizations(
        self, request: organizations_pb2.ListOrganizationsRequest, context: Context
    ) -> organizations_pb2.ListOrganizationsResponse:
        person, page = calls.person(), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_organizations(connection, person.user_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return organizations_pb2.ListOrganizationsResponse(organizations=map(to_organization, rows), next_page_token=token)

    def ListMembers(self, request: organizations_pb2.ListMembersRequest, context: Context) -> organizations_pb2.ListMembersResponse:
        person, page = calls.person(), paging.read(request, UUID)
        if UUID(request.organization_id) != person.tenant_id:
            raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization, or it is not the active one")
        with self._database.begin(person) as connection:
            found = store.list_members(connection, person.tenant_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        members = [
            organizations_pb2.Member(
                user_id=str(row.id), email=row.email, first_name=row.first_name, last_name=row.last_name, role=row.role,
                create_time=to_timestamp(row.created_at),
            )
            for row in rows
        ]  # fmt: skip
        return organizations_pb2.ListMembersResponse(members=members, next_page_token=token)

    def SwitchOrganization(self, request: organizations_pb2.SwitchOrganizationRequest, context: Context) -> auth_pb2.TokenPair:
        person = calls.person()

        def choose(session: Session) -> UUID:
            if session.user_id != person.user_id:
                raise errors.Unauthenticated("REFRESH_TOKEN_INVALID", "the refresh token is not valid; sign in again")
            return UUID(request.organization_id)

        return self._sessions.rotate(request.refresh_token, choose)

    def ListTenants(self, request: organizations_pb2.ListTenantsRequest, context: Context) -> organizations_pb2.ListTenantsResponse:
        page = paging.read(request, UUID)
        with self._database.begin(calls.SYSTEM) as connection:
            found = store.list_all_organizations(connection, page)
            audit.record(connection, "tenants.listed")
        rows, token = page.cut(found, lambda row: [row.id])
        return organizations_pb2.ListTenantsResponse(tenants=map(to_organization, rows), next_page_token=token)


def to_organization(organization: Organization) -> organizations_pb2.Organization:
    return organizations_pb2.Organization(
        id=str(organization.id), name=organization.name, kind=organization.kind, owner_id=str(organization.owner_id), role=organization.role,
        create_time=to_timestamp(organization.created_at),
    )  # fmt: skip
