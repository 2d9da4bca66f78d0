"""The RPCs of the organizations that people act in."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty
from sqlalchemy import Connection

from einstellen.auth.v1 import auth_pb2, organizations_pb2, organizations_pb2_grpc
from services.auth import rules
from services.auth.rpc.sessions import Sessions
from services.auth.store import api_keys
from services.auth.store import organizations as store
from services.auth.tables import Organization, Session
from services.chassis import audit, calls, errors, events, idempotency, ids, paging
from services.chassis.calls import Person
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

    def GetOrganization(self, request: organizations_pb2.GetOrganizationRequest, context: Context) -> organizations_pb2.Organization:
        person = active(request.organization_id)
        with self._database.begin(person) as connection:
            return to_organization(rules.check_open(store.find_membership(connection, person.tenant_id, person.user_id)))

    def UpdateOrganization(self, request: organizations_pb2.UpdateOrganizationRequest, context: Context) -> organizations_pb2.Organization:
        person = active(request.organization_id)
        with self._database.begin(person) as connection:
            before = rules.check_open(store.find_membership(connection, person.tenant_id, person.user_id))
            store.rename_organization(connection, person.tenant_id, request.name)
            found = rules.check_open(store.find_membership(connection, person.tenant_id, person.user_id))
            # A personal organization may be called by its owner's name, which no log keeps.
            named = audit.change(before, found, "name") if found.kind == "business" else {}
            audit.record(connection, "organization.updated", fields=["name"], **named)
            events.record(connection, "organization.updated", found.id, found.id)
        return to_organization(found)

    def ListMembers(self, request: organizations_pb2.ListMembersRequest, context: Context) -> organizations_pb2.ListMembersResponse:
        person, page = active(request.organization_id), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_members(connection, person.tenant_id, page)
        rows, token = page.cut(found, lambda row: [row.id])
        return organizations_pb2.ListMembersResponse(members=map(to_member, rows), next_page_token=token)

    def UpdateMember(self, request: organizations_pb2.UpdateMemberRequest, context: Context) -> organizations_pb2.Member:
        person, member_id = active(request.organization_id), UUID(request.user_id)
        with self._database.begin(person) as connection:
            actor, role, owners = self._lock_members(connection, person, member_id)
            rules.check_manages(actor, role, request.role)
            rules.check_owner_stays(owners, role, request.role)
            if role != request.role:
                store.change_role(connection, person.tenant_id, member_id, request.role)
                audit.record(connection, "member.changed", member_id=member_id, **audit.turned(role=(role, request.role)))
            changed = store.get_member(connection, person.tenant_id, member_id)
            if role != request.role:
                events.record(connection, "member.changed", member_id, person.tenant_id, role=request.role)
        return to_member(changed)

    def RemoveMember(self, request: organizations_pb2.RemoveMemberRequest, context: Context) -> Empty:
        person, member_id = active(request.organization_id), UUID(request.user_id)
        with self._database.begin(person) as connection:
            actor, role, owners = self._lock_members(connection, person, member_id)
            rules.check_manages(actor, role)
            self._remove(connection, person, member_id, role, owners)
        return Empty()

    def LeaveOrganization(self, request: organizations_pb2.LeaveOrganizationRequest, context: Context) -> Empty:
        person = active(request.organization_id)
        with self._database.begin(person) as connection:
            _, role, owners = self._lock_members(connection, person, person.user_id)
            self._remove(connection, person, person.user_id, role, owners)
        return Empty()

    @staticmethod
    def _lock_members(connection: Connection, person: Person, member_id: UUID) -> tuple[str, str, int]:
        """What the caller's role is now, the other's, and how many owners there are: all three stay so until commit."""
        store.lock_organization(connection, person.tenant_id)
        actor = store.get_role(connection, person.tenant_id, person.user_id)
        return actor, store.get_role(connection, person.tenant_id, member_id), store.count_members(connection, person.tenant_id, "owner")

    def _remove(self, connection: Connection, person: Person, member_id: UUID, role: str, owners: int) -> None:
        rules.check_owner_stays(owners, role)
        store.remove_member(connection, person.tenant_id, member_id)
        keys = api_keys.revoke_keys_of(connection, person.tenant_id, member_id, self._clock())
        audit.record(
            connection, "member.removed", member_id=member_id, api_key_ids=[str(key) for key in keys], **audit.turned(role=(role, None))
        )
        # The keys' tokens name the member too, so this one event revokes them all.
        events.record(connection, "member.removed", member_id, person.tenant_id)

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

    def SuspendTenant(self, request: organizations_pb2.SuspendTenantRequest, context: Context) -> organizations_pb2.Organization:
        return self._suspend(UUID(request.organization_id), suspended=True, why=request.why or None)

    def ResumeTenant(self, request: organizations_pb2.ResumeTenantRequest, context: Context) -> organizations_pb2.Organization:
        return self._suspend(UUID(request.organization_id), suspended=False, why=None)

    def _suspend(self, organization_id: UUID, *, suspended: bool, why: str | None) -> organizations_pb2.Organization:
        with self._database.begin(calls.SYSTEM) as connection:
            found = store.lock_organization(connection, organization_id)
            if suspended == (found.suspended_at is not None):
                return to_organization(found)
            changed = replace(found, suspended_at=self._clock() if suspended else None, suspended_for=why)
            store.suspend_organization(connection, organization_id, changed.suspended_at, why)
            kind = "organization.suspended" if suspended else "organization.resumed"
            audit.record(connection, kind, tenant_id=organization_id, why=why or "")
            events.record(connection, kind, organization_id, organization_id)
        return to_organization(changed)


def active(organization_id: str) -> Person:
    """The caller, where the organization that a path names is the one that they act in. Raises NotFound / ORGANIZATION_NOT_FOUND."""
    person = calls.person()
    if UUID(organization_id) != person.tenant_id:
        raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization, or it is not the active one")
    return person


def to_member(row: Any) -> organizations_pb2.Member:
    return organizations_pb2.Member(
        user_id=str(row.id), email=row.email, first_name=row.first_name, last_name=row.last_name, role=row.role,
        create_time=to_timestamp(row.created_at),
    )  # fmt: skip


def to_organization(organization: Organization) -> organizations_pb2.Organization:
    return organizations_pb2.Organization(
        id=str(organization.id), name=organization.name, kind=organization.kind, owner_id=str(organization.owner_id), role=organization.role,
        create_time=to_timestamp(organization.created_at), suspend_time=to_timestamp(organization.suspended_at),
    )  # fmt: skip
