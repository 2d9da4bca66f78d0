"""Members, invitations, seats and suspension over gRPC."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import grpc
import psycopg2
import pytest

from einstellen.auth.v1 import auth_pb2, invitations_pb2, organizations_pb2, workspaces_pb2
from einstellen.billing.v1 import subscriptions_pb2, subscriptions_pb2_grpc
from services.auth import admin
from services.chassis.database import Database
from tests.conftest import Account, House, until
from tests.refusals import refused, told

SECONDS = 5.0
DENIED, PRECONDITION = grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.FAILED_PRECONDITION


def invite(account: Account, email: str, role: str = "member") -> Any:
    return invitations_pb2.CreateInvitationRequest(organization_id=account.tenant_id, email=email, role=role)


def give(account: Account, other: Account, role: str) -> Any:
    return organizations_pb2.UpdateMemberRequest(organization_id=account.tenant_id, user_id=other.user_id, role=role)


def remove(account: Account, other: Account) -> Any:
    return organizations_pb2.RemoveMemberRequest(organization_id=account.tenant_id, user_id=other.user_id)


def leave(account: Account) -> Any:
    return organizations_pb2.LeaveOrganizationRequest(organization_id=account.tenant_id)


def roles(organizations: Any, account: Account) -> dict[str, str]:
    request = organizations_pb2.ListMembersRequest(organization_id=account.tenant_id)
    return {member.user_id: member.role for member in organizations.ListMembers(request, metadata=account.metadata).members}


def test_who_is_invited_by_mail_becomes_a_member_with_that_role_once(
    house: House, organizations: Any, invitations: Any, team: Account
) -> None:
    bo, stranger = house.register("Bo"), house.register()
    token = house.invited(team, bo.email.upper(), "viewer")
    accept = invitations_pb2.AcceptInvitationRequest(token=token)
    with refused(DENIED, "INVITATION_NOT_YOURS"):
        invitations.AcceptInvitation(accept, metadata=stranger.metadata)
    assert invitations.AcceptInvitation(accept, metadata=bo.metadata).role == "viewer"
    with refused(PRECONDITION, "INVITATION_INVALID"):
        invitations.AcceptInvitation(accept, metadata=bo.metadata)
    with refused(grpc.StatusCode.ALREADY_EXISTS, "MEMBER_EXISTS"):
        invitations.CreateInvitation(invite(team, bo.email), metadata=team.metadata)
    assert roles(organizations, team) == {team.user_id: "owner", bo.user_id: "viewer"}
    switched = house.switched(bo, team.tenant_id)
    assert (switched.role, switched.tenant_id) == ("viewer", team.tenant_id)


def test_an_invitation_that_was_taken_back_replaced_or_is_too_old_is_good_for_nothing(
    house: House, invitations: Any, team: Account
) -> None:
    bo = house.register("Bo")
    replaced, taken_back = house.invited(team, bo.email), house.invited(team, bo.email)
    listing = invitations_pb2.ListInvitationsRequest(organization_id=team.tenant_id)
    (waiting,) = invitations.ListInvitations(listing, metadata=team.metadata).invitations
    request = invitations_pb2.RevokeInvitationRequest(organization_id=team.tenant_id, invitation_id=waiting.id)
    for _ in range(2):
        invitations.RevokeInvitation(request, metadata=team.metadata)
    expired = house.invited(team, bo.email)
    with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection, connection.cursor() as cursor:
        cursor.execute("UPDATE invitations SET expires_at = now() WHERE tenant_id = %s", (team.tenant_id,))
    assert not invitations.ListInvitations(listing, metadata=team.metadata).invitations
    for token in (replaced, taken_back, expired, "no-such-token"):
        with refused(PRECONDITION, "INVITATION_INVALID"):
            invitations.AcceptInvitation(invitations_pb2.AcceptInvitationRequest(token=token), metadata=bo.metadata)


def test_invitations_take_seats_and_no_more_are_given_than_the_plan_has(house: House, invitations: Any, team: Account) -> None:
    def ask(number: int) -> str:
        try:
            invitations.CreateInvitation(invite(team, f"seat{number}-{team.user_id}@example.com"), metadata=team.metadata)
        except grpc.RpcError as error:
            return told(error).reason
        return "OK"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(14)))
    assert sorted(answers) == ["OK"] * 9 + ["SEATS_TAKEN"] * 5  # of ten seats the owner has one
    with refused(PRECONDITION, "SEATS_TAKEN"):
        alone = house.employer()
        invitations.CreateInvitation(invite(alone, "first@example.com"), metadata=alone.metadata)


def test_an_admin_manages_members_and_viewers_and_nobody_above(house: House, organizations: Any, invitations: Any, team: Account) -> None:
    manager, other, member = (house.colleague(team, role) for role in ("admin", "admin", "member"))
    organizations.UpdateMember(give(manager, member, "viewer"), metadata=manager.metadata)
    for request in (
        give(manager, member, "admin"),
        give(manager, other, "member"),
        give(manager, team, "member"),
        give(manager, manager, "owner"),
    ):
        with refused(DENIED, "ROLE_TOO_LOW"):
            organizations.UpdateMember(request, metadata=manager.metadata)
    with refused(DENIED, "ROLE_TOO_LOW"):
        organizations.RemoveMember(remove(manager, team), metadata=manager.metadata)
    with refused(DENIED, "ROLE_TOO_LOW"):
        invitations.CreateInvitation(invite(manager, "boss@example.com", "owner"), metadata=manager.metadata)
    organizations.RemoveMember(remove(manager, member), metadata=manager.metadata)
    assert roles(organizations, team) == {team.user_id: "owner", manager.user_id: "admin", other.user_id: "admin"}


def test_the_last_owner_cannot_leave_be_removed_or_be_demoted_however_many_try(house: House, organizations: Any, team: Account) -> None:
    for attempt in (
        lambda: organizations.LeaveOrganization(leave(team), metadata=team.metadata),
        lambda: organizations.RemoveMember(remove(team, team), metadata=team.metadata),
        lambda: organizations.UpdateMember(give(team, team, "viewer"), metadata=team.metadata),
    ):
        with refused(PRECONDITION, "LAST_OWNER"):
            attempt()
    other = house.colleague(team, "owner")

    def go(account: Account) -> str:
        try:
            organizations.LeaveOrganization(leave(account), metadata=account.metadata)
        except grpc.RpcError as error:
            return told(error).reason
        return "OK"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, (team, other))) == ["LAST_OWNER", "OK"]
    with closing(psycopg2.connect(house.owner_url("auth"))) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.user_id = o.owner_id, m.role FROM members m JOIN organizations o ON o.id = m.tenant_id WHERE o.id = %s",
            (team.tenant_id,),
        )
        assert cursor.fetchall() == [(True, "owner")]


def test_who_is_removed_is_refused_within_five_seconds_and_goes_on_in_their_own_organization(
    house: House, auth: Any, organizations: Any, team: Account
) -> None:
    bo = house.colleague(team)
    organizations.RemoveMember(remove(team, bo), metadata=team.metadata)

    def refused_now() -> bool:
        try:
            organizations.ListOrganizations(organizations_pb2.ListOrganizationsRequest(), metadata=bo.metadata)
        except grpc.RpcError as error:
            return told(error).reason == "TOKEN_REVOKED"
        return False

    until(refused_now, "the removed member's token is refused", SECONDS)
    pair = auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=bo.refresh))
    assert (pair.organization_id, pair.role) == (pair.user.personal_organization_id, "owner")
    metadata = (("authorization", f"Bearer {pair.access_token}"),)
    listed = organizations.ListOrganizations(organizations_pb2.ListOrganizationsRequest(), metadata=metadata).organizations
    assert [organization.kind for organization in listed] == ["personal"]


def test_a_changed_role_counts_within_five_seconds_by_a_fresh_token(house: House, auth: Any, organizations: Any, team: Account) -> None:
    bo = house.colleague(team, "admin")
    changed = organizations.UpdateMember(give(team, bo, "viewer"), metadata=team.metadata)
    assert (changed.role, changed.email) == ("viewer", bo.email)

    def reason() -> str:
        try:
            organizations.UpdateOrganization(
                organizations_pb2.UpdateOrganizationRequest(organization_id=bo.tenant_id, name="Mine"), metadata=bo.metadata
            )
        except grpc.RpcError as error:
            return told(error).reason
        return "OK"

    until(lambda: reason() == "TOKEN_REVOKED", "the admin's token is refused", SECONDS)
    pair = auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=bo.refresh))
    assert (pair.organization_id, pair.role) == (team.tenant_id, "viewer")


def test_who_is_removed_and_let_in_again_at_once_has_one_token_that_counts(
    house: House, organizations: Any, invitations: Any, team: Account
) -> None:
    bo = house.colleague(team)
    organizations.RemoveMember(remove(team, bo), metadata=team.metadata)
    token = house.invited(team, bo.email)
    back = house.signed_in(bo)
    invitations.AcceptInvitation(invitations_pb2.AcceptInvitationRequest(token=token), metadata=back.metadata)
    fresh = house.switched(back, team.tenant_id)

    def reason(account: Account) -> str:
        try:
            roles(organizations, account)
        except grpc.RpcError as error:
            return told(error).reason
        return "OK"

    until(lambda: reason(bo) == "TOKEN_REVOKED", "the old token is refused", SECONDS)
    assert reason(fresh) == "OK"


def test_nobody_acts_in_a_suspended_organization_until_it_is_resumed(house: House, auth: Any, organizations: Any, team: Account) -> None:
    request = organizations_pb2.SuspendTenantRequest(organization_id=team.tenant_id, why="unpaid")
    with refused(DENIED, "PLATFORM_ADMIN_ONLY"):
        organizations.SuspendTenant(request, metadata=team.metadata)
    assert organizations.SuspendTenant(request, metadata=house.administrator().metadata).HasField("suspend_time")

    def refused_now() -> bool:
        try:
            roles(organizations, team)
        except grpc.RpcError as error:
            return told(error).reason == "TOKEN_REVOKED"
        return False

    until(refused_now, "the owner's token is refused", SECONDS)
    pair = auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=team.refresh))
    assert pair.organization_id == pair.user.personal_organization_id
    switch = organizations_pb2.SwitchOrganizationRequest(organization_id=team.tenant_id, refresh_token=pair.refresh_token)
    metadata = (("authorization", f"Bearer {pair.access_token}"),)
    with refused(DENIED, "ORGANIZATION_SUSPENDED"):
        organizations.SwitchOrganization(switch, metadata=metadata)
    organizations.ResumeTenant(
        organizations_pb2.ResumeTenantRequest(organization_id=team.tenant_id), metadata=house.administrator().metadata
    )
    assert organizations.SwitchOrganization(switch, metadata=metadata).organization_id == team.tenant_id


def test_whose_personal_organization_is_suspended_cannot_sign_in(house: House, auth: Any, organizations: Any) -> None:
    person = house.register()
    organizations.SuspendTenant(
        organizations_pb2.SuspendTenantRequest(organization_id=person.tenant_id), metadata=house.administrator().metadata
    )
    with refused(DENIED, "ORGANIZATION_SUSPENDED"):
        house.signed_in(person)
    with refused(DENIED, "ORGANIZATION_SUSPENDED"):
        auth.RefreshToken(auth_pb2.RefreshTokenRequest(refresh_token=person.refresh))


def test_workspaces_are_as_many_as_the_plan_has_and_have_names_of_their_own(house: House, workspaces: Any) -> None:
    account = house.employer()
    house.take_plan(account, "Pro")

    def make(name: str) -> str:
        try:
            workspaces.CreateWorkspace(workspaces_pb2.CreateWorkspaceRequest(name=name), metadata=account.metadata)
        except grpc.RpcError as error:
            return told(error).reason
        return "OK"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(make, "ABCDEF")) == ["OK"] * 3 + ["WORKSPACES_TAKEN"] * 3
    first, second, _ = workspaces.ListWorkspaces(workspaces_pb2.ListWorkspacesRequest(), metadata=account.metadata).workspaces
    rename = workspaces_pb2.UpdateWorkspaceRequest(workspace_id=first.id, name=second.name.lower())
    with refused(grpc.StatusCode.ALREADY_EXISTS, "WORKSPACE_EXISTS"):
        workspaces.UpdateWorkspace(rename, metadata=account.metadata)
    rename.name = "Sales"
    assert workspaces.UpdateWorkspace(rename, metadata=account.metadata).name == "Sales"
    other = house.employer()
    delete = workspaces_pb2.DeleteWorkspaceRequest(workspace_id=first.id)
    with refused(grpc.StatusCode.NOT_FOUND, "WORKSPACE_NOT_FOUND"):
        workspaces.DeleteWorkspace(delete, metadata=other.metadata)
    workspaces.DeleteWorkspace(delete, metadata=account.metadata)
    assert make("G") == "OK"


def test_a_changed_plan_counts_for_the_next_seat_and_the_next_workspace(house: House, invitations: Any, workspaces: Any) -> None:
    account, made = house.employer(), iter(range(100))

    def refusals() -> tuple[str, str]:
        """Why no seat and no workspace more is to be had."""
        return (
            _reason(lambda: invitations.CreateInvitation(invite(account, f"seat{next(made)}@example.com"), metadata=account.metadata)),
            _reason(
                lambda: workspaces.CreateWorkspace(workspaces_pb2.CreateWorkspaceRequest(name=str(next(made))), metadata=account.metadata)
            ),
        )

    assert [refusals() for _ in range(2)] == [("SEATS_TAKEN", ""), ("SEATS_TAKEN", "WORKSPACES_TAKEN")]
    house.take_plan(account, "Pro")
    assert [refusals() for _ in range(3)] == [("SEATS_TAKEN", ""), ("SEATS_TAKEN", ""), ("SEATS_TAKEN", "WORKSPACES_TAKEN")]
    house.take_plan(account, "Team")
    assert refusals() == ("", "")
    subscriptions = house.stub("billing", subscriptions_pb2_grpc.SubscriptionServiceStub)
    (bought,) = subscriptions.ListSubscriptions(subscriptions_pb2.ListSubscriptionsRequest(), metadata=account.metadata).subscriptions
    cancel = subscriptions_pb2.CancelSubscriptionRequest(subscription_id=bought.id)
    assert subscriptions.CancelSubscription(cancel, metadata=account.metadata).status == "cancelled"
    assert refusals() == ("SEATS_TAKEN", "WORKSPACES_TAKEN"), "what there is stays, and nothing comes to it"


def _reason(call: Callable[[], object]) -> str:
    try:
        call()
    except grpc.RpcError as error:
        return str(told(error).reason)
    return ""


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_members_and_viewers_see_and_manage_nothing(house: House, organizations: Any, invitations: Any, team: Account, role: str) -> None:
    account = house.colleague(team, role)
    read = organizations_pb2.GetOrganizationRequest(organization_id=account.tenant_id)
    assert organizations.GetOrganization(read, metadata=account.metadata).role == role
    for call, request in (
        (organizations.RemoveMember, remove(account, team)), (organizations.UpdateMember, give(account, account, "owner")),
        (invitations.CreateInvitation, invite(account, "x@example.com")),
        (invitations.ListInvitations, invitations_pb2.ListInvitationsRequest(organization_id=account.tenant_id)),
    ):  # fmt: skip
        with refused(DENIED, "ROLE_NOT_ALLOWED"):
            call(request, metadata=account.metadata)


def test_who_is_made_an_administrator_is_one_until_the_operator_says_otherwise(house: House, organizations: Any) -> None:
    account, database = house.register(), Database(house.app_url("auth"), pool_size=1)
    assert admin.create(database, account.email, account.password) is False  # no new account
    granted, listing = house.signed_in(account), organizations_pb2.ListTenantsRequest()
    assert organizations.ListTenants(listing, metadata=granted.metadata).tenants
    assert account.email in admin.list_all(database)
    assert (admin.remove(database, account.email), admin.remove(database, account.email)) == (True, False)
    database.close()

    def reason(metadata: Any) -> str:
        try:
            organizations.ListTenants(listing, metadata=metadata)
        except grpc.RpcError as error:
            return told(error).reason
        return "OK"

    until(lambda: reason(granted.metadata) == "TOKEN_REVOKED", "the administrator's token is refused", SECONDS)
    assert reason(house.signed_in(account).metadata) == "PLATFORM_ADMIN_ONLY"
