"""What auth keeps of a person, and how an account ends."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.auth.tables import (
    api_keys,
    exports,
    identities,
    invitations,
    login_challenges,
    mailed_links,
    members,
    organizations,
    recovery_codes,
    refresh_tokens,
    second_factors,
    sessions,
    users,
    workspaces,
)
from services.chassis import events, objects
from services.chassis.persons import Kept, Person, drop_tasks

EXPORTS = "exports"  # the kind of their files
# A person's rows in these go with the account.
_THEIRS = (mailed_links, second_factors, recovery_codes, login_challenges, identities, members)


def read(connection: Connection, person: Person) -> Kept:
    kept, me = Kept(), person.user_id
    kept.add(connection, users, users.c.id == me, "password_hash")
    mine = [row["tenant_id"] for row in kept.add(connection, members, members.c.user_id == me)]
    kept.add(connection, organizations, organizations.c.id.in_(mine))
    for table in (sessions, identities, mailed_links, second_factors, exports, api_keys):
        kept.add(connection, table, table.c.user_id == me)
    for table in (workspaces, invitations):
        kept.add(connection, table, table.c.tenant_id.in_(person.organizations))
    kept.add(connection, invitations, sa.and_(_of_invited(person), invitations.c.tenant_id.not_in(person.organizations)))
    return kept


def _of_invited(person: Person) -> sa.ColumnElement[bool]:
    """By them, or to their address."""
    address = sa.select(sa.func.lower(users.c.email)).where(users.c.id == person.user_id).scalar_subquery()
    return sa.or_(invitations.c.invited_by == person.user_id, sa.func.lower(invitations.c.email) == address)


def erase(connection: Connection, person: Person) -> Sequence[str]:
    """The account, its sessions, and the organizations that nobody else belongs to; in others an heir owns what the person owned."""
    me, gone = person.user_id, person.organizations
    theirs = sa.or_(api_keys.c.user_id == me, api_keys.c.tenant_id.in_(gone))
    keys = connection.execute(api_keys.delete().where(theirs).returning(api_keys.c.id, api_keys.c.tenant_id, api_keys.c.user_id)).all()
    address = sa.select(sa.func.lower(users.c.email)).where(users.c.id == me).scalar_subquery()
    asked = sa.or_(invitations.c.tenant_id.in_(gone), sa.func.lower(invitations.c.email) == address)
    connection.execute(invitations.delete().where(asked))
    connection.execute(workspaces.delete().where(workspaces.c.tenant_id.in_(gone)))
    for table in _THEIRS:
        connection.execute(table.delete().where(table.c.user_id == me))
    ended = sa.select(sessions.c.id).where(sessions.c.user_id == me)
    connection.execute(refresh_tokens.delete().where(refresh_tokens.c.session_id.in_(ended)))
    connection.execute(sessions.delete().where(sessions.c.user_id == me))
    files = connection.execute(exports.delete().where(exports.c.user_id == me).returning(exports.c.tenant_id, exports.c.id)).all()
    # Sessions of others that have acted there once act in their own organization when they go on.
    elsewhere = sa.and_(sessions.c.tenant_id.in_(gone), users.c.id == sessions.c.user_id)
    connection.execute(sessions.update().where(elsewhere).values(tenant_id=users.c.personal_organization_id))
    connection.execute(members.delete().where(members.c.tenant_id.in_(gone)))
    connection.execute(organizations.delete().where(organizations.c.id.in_(gone)))
    for tenant_id, heir in person.heirs.items():
        owned = sa.and_(organizations.c.id == tenant_id, organizations.c.owner_id == me)
        connection.execute(organizations.update().where(owned).values(owner_id=heir))
    by_them = sa.and_(invitations.c.invited_by == me, organizations.c.id == invitations.c.tenant_id)
    connection.execute(invitations.update().where(by_them).values(invited_by=organizations.c.owner_id))
    connection.execute(users.delete().where(users.c.id == me))
    drop_tasks(connection, person)
    for key in keys:
        events.record(connection, "api_key.revoked", key.id, key.tenant_id, user_id=key.user_id)
    return [objects.key_of(row.tenant_id, EXPORTS, row.id) for row in files]
