"""What the operator's command does to auth and no RPC can: platform administrators, and new signing keys."""

from collections.abc import Sequence

from services.auth import passwords, rules
from services.auth.keys import SigningKeys
from services.auth.settings import Settings
from services.auth.store import accounts, organizations, sessions
from services.chassis import audit, calls, events, tasks
from services.chassis.clock import utc_now
from services.chassis.database import Database


def create(database: Database, email: str, password: str) -> bool:
    """Makes the account a platform administrator; says whether it is a new one. The password of one that is there stays as it is."""
    rules.check_password(password, email, ())
    password_hash = passwords.make_hash(password)
    with database.begin(calls.SYSTEM) as connection:
        user = accounts.find_user_by_email(connection, email)
        if user is not None:
            accounts.update_user(connection, user.id, {"is_platform_admin": True})
            flag = audit.turned(is_platform_admin=(user.is_platform_admin, True))
            audit.record(connection, "admin.granted", tenant_id=user.personal_organization_id, user_id=user.id, **flag)
            return False
        user, organization = rules.register(email, password_hash, "", "", now=utc_now())
        accounts.add_user(connection, user)
        organizations.add_organization(connection, organization)
        accounts.update_user(connection, user.id, {"is_platform_admin": True})
        audit.record(connection, "admin.created", tenant_id=organization.id, user_id=user.id)
        tasks.enqueue(connection, "put_contact", {"user_id": user.id}, tenant_id=organization.id)
        events.record(connection, "user.registered", user.id, organization.id)
    return True


def remove(database: Database, email: str) -> bool:
    """Makes the account an ordinary one, and ends its sessions, whose tokens say otherwise; says whether it was an administrator."""
    with database.begin(calls.SYSTEM) as connection:
        user = accounts.find_user_by_email(connection, email)
        if user is None or not user.is_platform_admin:
            return False
        accounts.lock_user(connection, user.id)
        accounts.update_user(connection, user.id, {"is_platform_admin": False})
        ended = sessions.revoke_sessions(connection, user.id, utc_now())
        audit.record(
            connection, "admin.removed", tenant_id=user.personal_organization_id, user_id=user.id, session_ids=[str(each) for each in ended],
            **audit.turned(is_platform_admin=(True, False)),
        )  # fmt: skip
        for session_id in ended:
            events.record(connection, "session.revoked", session_id, user.personal_organization_id, user_id=user.id)
    return True


def list_all(database: Database) -> Sequence[str]:
    """The addresses of the platform administrators."""
    with database.begin(calls.SYSTEM) as connection:
        return accounts.list_administrators(connection)


def rotate_keys(database: Database, settings: Settings) -> str:
    """Makes a new signing key and returns its id."""
    key_id = SigningKeys(database, settings.key_secret, settings.jwt_algorithm, settings.access_lifetime, utc_now).rotate()
    with database.begin(calls.SYSTEM) as connection:
        audit.record(connection, "keys.rotated", key_id=key_id)
    return key_id
