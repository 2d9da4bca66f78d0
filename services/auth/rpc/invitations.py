"""The RPCs of invitations."""

from uuid import UUID

import grpc
from google.protobuf.empty_pb2 import Empty

from einstellen.auth.v1 import invitations_pb2, invitations_pb2_grpc, organizations_pb2
from services.auth import rules
from services.auth.limits import Limits
from services.auth.plans import Plans
from services.auth.rpc.organizations import active, to_organization
from services.auth.sealing import token_of
from services.auth.store import accounts, organizations
from services.auth.store import invitations as store
from services.auth.tables import Invitation
from services.chassis import audit, calls, errors, events, idempotency, ids, paging, tasks
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext


class InvitationService(invitations_pb2_grpc.InvitationServiceServicer):
    """See invitations.proto. `key` derives what is mailed from an invitation's id, so that it is stored nowhere; `mails` counts what an organization sends."""

    def __init__(self, database: Database, plans: Plans, key: bytes, mails: Limits, clock: Clock = utc_now) -> None:
        self._database = database
        self._plans = plans
        self._key = key
        self._mails = mails
        self._clock = clock

    def CreateInvitation(self, request: invitations_pb2.CreateInvitationRequest, context: Context) -> invitations_pb2.Invitation:
        person = active(request.organization_id)
        self._mails.count(str(person.tenant_id), calls.current().address)
        seats = self._plans.quotas(person.tenant_id).members
        now, invitation_id = self._clock(), ids.mint()
        token = token_of(self._key, str(invitation_id))
        invitation = rules.invite(invitation_id, person.tenant_id, request.email, request.role, token, person.user_id, now=now)
        with self._database.begin(person) as connection:
            claim = idempotency.claim(connection, request, invitations_pb2.Invitation)
            if claim.answer is not None:
                return claim.answer
            organizations.lock_organization(connection, person.tenant_id)
            rules.check_manages(organizations.get_role(connection, person.tenant_id, person.user_id), request.role)
            if organizations.has_member_with(connection, person.tenant_id, invitation.email):
                raise errors.AlreadyExists("MEMBER_EXISTS", "this person is a member already")
            waiting = store.count_waiting(connection, person.tenant_id, now, but=invitation.email)
            rules.check_seats(organizations.count_members(connection, person.tenant_id) + waiting, seats)
            store.add_invitation(connection, invitation)
            audit.record(connection, "invitation.created", invitation_id=invitation.id, role=invitation.role)
            tasks.enqueue(connection, "mail_invitation", {"invitation_id": invitation.id}, tenant_id=person.tenant_id)
            return claim.keep(to_invitation(invitation))

    def ListInvitations(self, request: invitations_pb2.ListInvitationsRequest, context: Context) -> invitations_pb2.ListInvitationsResponse:
        person, page = active(request.organization_id), paging.read(request, UUID)
        with self._database.begin(person) as connection:
            found = store.list_waiting(connection, person.tenant_id, page, self._clock())
        rows, token = page.cut(found, lambda row: [row.id])
        return invitations_pb2.ListInvitationsResponse(invitations=map(to_invitation, rows), next_page_token=token)

    def RevokeInvitation(self, request: invitations_pb2.RevokeInvitationRequest, context: Context) -> Empty:
        person = active(request.organization_id)
        with self._database.begin(person) as connection:
            invitation = store.get_invitation(connection, UUID(request.invitation_id), person.tenant_id)
            rules.check_manages(organizations.get_role(connection, person.tenant_id, person.user_id), invitation.role)
            if store.revoke_invitation(connection, invitation.id, self._clock()):
                audit.record(connection, "invitation.revoked", invitation_id=invitation.id, **audit.turned(role=(invitation.role, None)))
        return Empty()

    def AcceptInvitation(self, request: invitations_pb2.AcceptInvitationRequest, context: Context) -> organizations_pb2.Organization:
        """In the system scope: whoever accepts is not in the tenant yet."""
        person, now = calls.person(), self._clock()
        with self._database.begin(calls.SYSTEM) as connection:
            user = accounts.get_user(connection, person.user_id)
            shown = rules.check_invitation(store.find_by_token(connection, rules.hash_token(request.token)), user, now=now)
        seats = self._plans.quotas(shown.tenant_id).members
        with self._database.begin(calls.SYSTEM) as connection:
            organizations.lock_organization(connection, shown.tenant_id)
            user = accounts.get_user(connection, person.user_id)
            invitation = rules.check_invitation(store.find_invitation(connection, shown.id), user, now=now)
            rules.check_seats(organizations.count_members(connection, invitation.tenant_id), seats)
            organizations.add_member(connection, invitation.tenant_id, user.id, invitation.role, now)
            joined = rules.check_open(organizations.find_membership(connection, invitation.tenant_id, user.id))
            store.accept_invitation(connection, invitation.id, now)
            audit.record(
                connection, "member.added", tenant_id=joined.id, user_id=user.id, invitation_id=invitation.id, role=invitation.role,
                invited_by=invitation.invited_by,
            )  # fmt: skip
            events.record(connection, "member.added", user.id, joined.id, role=invitation.role)
        return to_organization(joined)


def to_invitation(invitation: Invitation) -> invitations_pb2.Invitation:
    return invitations_pb2.Invitation(
        id=str(invitation.id), email=invitation.email, role=invitation.role, invited_by=str(invitation.invited_by),
        create_time=to_timestamp(invitation.created_at), expire_time=to_timestamp(invitation.expires_at),
    )  # fmt: skip
