"""What auth decides: names, passwords, whether a refresh token still counts, what an access token says."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from zxcvbn import zxcvbn

from services.auth.tables import ApiKey, Belonging, Invitation, LoginChallenge, Organization, Profile, RefreshToken, Session, User
from services.chassis import errors, ids

SHORTEST_PASSWORD = 10
_SCORED = 72  # characters; more would let a long password cost seconds
_STRONG = 3  # of 4: 10^8 guesses or more
FORGIVEN_FOR = timedelta(seconds=10)
CHALLENGE_FOR = timedelta(minutes=5)
CODES_FOR_EACH_CHALLENGE = 5
INVITED_FOR = timedelta(days=7)
UNLIMITED = -1
KEY_MARK = "ek_"
_KEY_LENGTH = len(KEY_MARK) + 43
_SHOWN = len(KEY_MARK) + 5
_MOST_KEYS = 100
# What API keys can be narrowed to: the scopes of the contracts, and the gateway's own.
SCOPES = frozenset(
    f"{what}.{how}"
    for what in ("billing", "candidates", "inference", "interviews", "jobs", "notifications", "organizations", "webhooks")
    for how in ("read", "write")
) | {"rooms.write"}
SIGN_IN_FOR = timedelta(minutes=10)
_LONGEST_PICTURE = 500

# The events that revoke tokens signed before them: those of a session or an API key, of a member of an organization, of all its members.
OF_SESSIONS = frozenset({"session.revoked", "api_key.revoked"})
OF_MEMBERS = frozenset({"member.removed", "member.changed"})
REVOKING = OF_SESSIONS | OF_MEMBERS | {"organization.suspended"}


class TokenState(Enum):
    """What a refresh token that was presented is worth."""

    GOOD = "good"
    FORGIVEN = "forgiven"
    REUSED = "reused"
    DEAD = "dead"


def check_password(password: str, email: str, names: tuple[str, ...], *, field: str = "password") -> None:
    """Refuses what is guessed first (NIST SP 800-63B, 5.1.1.2): the person's own address or name, and what fewer than 10^8 guesses find.

    The guesses are counted by zxcvbn, which knows the most used passwords of past breaches, words, names, dates, rows of keys and how people bend them.
    """
    plain = password.casefold()
    own = [word for word in (email.casefold(), email.casefold().partition("@")[0], *(name.casefold() for name in names)) if len(word) > 2]
    if any(len(plain.replace(word, "")) < SHORTEST_PASSWORD // 2 for word in own):
        raise errors.invalid_field(field, "PASSWORD_TOO_WEAK", "is too close to the address or the name")
    found = zxcvbn(password[:_SCORED], user_inputs=["einstellen", *own])
    if found["score"] < _STRONG:
        raise errors.invalid_field(
            field, "PASSWORD_TOO_WEAK", "is among the first that are guessed; take several words that do not belong together"
        )


def split_name(first_name: str, last_name: str, full_name: str) -> tuple[str, str]:
    """First and last name; where only a full name is given, its last word is the last name."""
    if (first_name or last_name) or not full_name.strip():
        return first_name.strip(), last_name.strip()
    first, _, last = full_name.strip().rpartition(" ")
    return (first.strip(), last) if first else (last, "")


def register(email: str, password_hash: str | None, first_name: str, last_name: str, *, now: datetime) -> tuple[User, Organization]:
    """A new account and its personal organization."""
    user_id, organization_id = ids.mint(), ids.mint()
    user = User(user_id, email, password_hash, first_name, last_name, "", False, organization_id, 1, now)
    return user, Organization(organization_id, user_id, f"{first_name or email.partition('@')[0]} (personal)", "personal", now, "owner")


def check_link(profile: Profile, existing: User | None) -> None:
    """Whether a provider's word about an address is enough to sign in by, for the first time.

    Raises FailedPrecondition / EMAIL_NOT_VERIFIED where the provider itself has not verified the address, and ACCOUNT_NOT_VERIFIED where our account with it
    has not: somebody else may have registered it and wait for its owner to come.
    """
    if not profile.email or not profile.is_email_verified:
        raise errors.FailedPrecondition("EMAIL_NOT_VERIFIED", "Google has not verified the address of this account; verify it there first")
    if existing is not None and existing.email_verified_at is None:
        raise errors.FailedPrecondition(
            "ACCOUNT_NOT_VERIFIED", "there is an account with this address that has not verified it; set its password by mail first"
        )


def register_elsewhere(profile: Profile, *, now: datetime) -> tuple[User, Organization]:
    """A new account for somebody who signs in at a provider: with a verified address and without a password."""
    user, organization = register(profile.email, None, profile.first_name, profile.last_name, now=now)
    picture = profile.picture_url if profile.picture_url.startswith("https://") and len(profile.picture_url) <= _LONGEST_PICTURE else ""
    return replace(user, email_verified_at=now, picture_url=picture), organization


def find_heirs(belongings: Iterable[Belonging]) -> dict[UUID, UUID]:
    """Who takes somebody's place when they go, in each organization that stays.

    Raises FailedPrecondition / LAST_OWNER where that is nobody: an organization with members is not left without an owner.
    """
    heirs = {}
    for each in belongings:
        if not each.is_alone:
            if each.heir is None:
                raise errors.FailedPrecondition(
                    "LAST_OWNER", "you are the only owner of an organization that others belong to: make somebody else an owner first"
                )
            heirs[each.id] = each.heir
    return heirs


def keep_refresh_token(token: str, session_id: UUID, *, now: datetime, days: int) -> RefreshToken:
    """What is kept of a refresh token."""
    return RefreshToken(hash_token(token), session_id, now, now + timedelta(days=days))


def hash_token(token: str) -> bytes:
    """SHA-256 is enough for what has 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def judge(token: RefreshToken | None, session: Session | None, successor: RefreshToken | None, *, now: datetime) -> TokenState:
    """What a presented refresh token is worth.

    A used one was stolen, or its thief was first; but whoever lost the answer to its use may ask once more, while nobody has used what they were given.
    """
    if token is None or session is None or session.revoked_at is not None or token.expires_at <= now:
        return TokenState.DEAD
    if token.used_at is None:
        return TokenState.GOOD
    unused = successor is not None and successor.used_at is None and token.forgiven_at is None
    return TokenState.FORGIVEN if unused and now - token.used_at <= FORGIVEN_FOR else TokenState.REUSED


def new_challenge(user_id: UUID, *, now: datetime) -> tuple[str, LoginChallenge]:
    """A token for whoever has shown the password and not yet a code, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, LoginChallenge(hash_token(token), user_id, now, now + CHALLENGE_FOR, 0, None)


def is_open(challenge: LoginChallenge, *, now: datetime) -> bool:
    return challenge.used_at is None and challenge.attempts < CODES_FOR_EACH_CHALLENGE and now < challenge.expires_at


def claims(
    user: User, organization: Organization, session_id: UUID, *, revision: int, rate: int, issuer: str, now: datetime, seconds: int,
    scopes: Sequence[str] | None = None,
) -> dict[str, object]:  # fmt: skip
    """What an access token says (RFC 9068): who, in which organization and role, by which session, until when, and up to which event that was looked at.

    `rate` is how many requests a minute the edge lets through for the organization.
    With scopes it is an API key's, whose id stands for the session's; a key never has the rights of a platform administrator.
    """
    issued = int(now.timestamp())
    said: dict[str, object] = {
        "iss": issuer, "aud": issuer, "sub": str(user.id), "iat": issued, "exp": issued + seconds, "jti": str(ids.mint()),
        "org": str(organization.id), "kind": organization.kind, "role": organization.role, "sid": str(session_id),
        "rev": revision, "rate": rate,
    }  # fmt: skip
    if scopes is not None:
        said["scope"] = " ".join(scopes)
    elif user.is_platform_admin:
        said["admin"] = True
    return said


def check_open(organization: Organization | None) -> Organization:
    """The organization, where its member may act in it. Raises NotFound / ORGANIZATION_NOT_FOUND, PermissionDenied / ORGANIZATION_SUSPENDED."""
    if organization is None:
        raise errors.NotFound("ORGANIZATION_NOT_FOUND", "there is no such organization, or you do not belong to it")
    if organization.suspended_at is not None:
        raise errors.PermissionDenied("ORGANIZATION_SUSPENDED", "this organization is suspended; ask those who run this platform")
    return organization


def check_manages(actor: str, *roles: str) -> None:
    """An owner manages everybody, an admin members and viewers: `roles` are what the other is, and what they are to become.

    Raises PermissionDenied / ROLE_TOO_LOW.
    """
    if actor != "owner" and not (actor == "admin" and {"member", "viewer"}.issuperset(roles)):
        raise errors.PermissionDenied("ROLE_TOO_LOW", "admins manage members and viewers; the rest is for an owner to do")


def check_owner_stays(owners: int, role: str, becomes: str = "") -> None:
    """Raises FailedPrecondition / LAST_OWNER where the only owner would be one no longer."""
    if role == "owner" and becomes != "owner" and owners < 2:
        raise errors.FailedPrecondition("LAST_OWNER", "the last owner stays: make somebody else an owner first")


def invite(invitation_id: UUID, tenant_id: UUID, email: str, role: str, token: str, invited_by: UUID, *, now: datetime) -> Invitation:
    return Invitation(invitation_id, tenant_id, email.strip(), role, hash_token(token), invited_by, now, now + INVITED_FOR)


def check_invitation(invitation: Invitation | None, user: User, *, now: datetime) -> Invitation:
    """The invitation, where it is open and was sent to this person's address.

    Raises FailedPrecondition / INVITATION_INVALID, PermissionDenied / INVITATION_NOT_YOURS.
    """
    closed = invitation is None or invitation.accepted_at is not None or invitation.revoked_at is not None
    if invitation is None or closed or invitation.expires_at <= now:
        raise errors.FailedPrecondition("INVITATION_INVALID", "this invitation is not good, or no longer; ask for another")
    if invitation.email.casefold() != user.email.casefold():
        raise errors.PermissionDenied("INVITATION_NOT_YOURS", "this invitation was sent to another address; sign in with that one")
    return invitation


def check_seats(taken: int, seats: int) -> None:
    """Raises FailedPrecondition / SEATS_TAKEN where the plan has no seat left; who is invited takes one too."""
    if seats != UNLIMITED and taken >= seats:
        raise errors.FailedPrecondition(
            "SEATS_TAKEN", f"the plan has {seats} seats, and all are taken: remove somebody, or take a larger plan"
        )


def check_workspaces(taken: int, allowed: int) -> None:
    """Raises FailedPrecondition / WORKSPACES_TAKEN where the plan has no workspace left."""
    if allowed != UNLIMITED and taken >= allowed:
        raise errors.FailedPrecondition("WORKSPACES_TAKEN", f"the plan has {allowed} workspaces: delete one, or take a larger plan")


def check_key(scopes: Sequence[str], expires_at: datetime | None, *, now: datetime) -> None:
    """Raises InvalidArgument / SCOPE_UNKNOWN, EXPIRY_PAST."""
    unknown = sorted(set(scopes) - SCOPES)
    if unknown:
        raise errors.invalid_field("scopes", "SCOPE_UNKNOWN", f"{unknown[0]} is none of {', '.join(sorted(SCOPES))}")
    if expires_at is not None and expires_at <= now:
        raise errors.invalid_field("expire_time", "EXPIRY_PAST", "is over")


def check_keys(count: int) -> None:
    """Raises FailedPrecondition / TOO_MANY_KEYS."""
    if count >= _MOST_KEYS:
        raise errors.FailedPrecondition("TOO_MANY_KEYS", f"an organization has at most {_MOST_KEYS} API keys: revoke some")


def make_key(
    key_id: UUID, tenant_id: UUID, user_id: UUID, name: str, whole: str, scopes: list[str], expires_at: datetime | None, *, now: datetime
) -> ApiKey:
    return ApiKey(key_id, tenant_id, user_id, name, whole[:_SHOWN], hash_token(whole), scopes, now, expires_at)


def looks_like_key(text: str) -> bool:
    return len(text) == _KEY_LENGTH and text.startswith(KEY_MARK)


def is_good(key: ApiKey, *, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)
