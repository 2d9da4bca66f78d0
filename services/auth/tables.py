"""The tables of auth, and what their rows become."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INET, JSONB

metadata = sa.MetaData()

users = sa.Table(
    "users", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("first_name", sa.Text, nullable=False),
    sa.Column("last_name", sa.Text, nullable=False),
    sa.Column("picture_url", sa.Text, nullable=False),
    sa.Column("is_platform_admin", sa.Boolean, nullable=False),
    sa.Column("personal_organization_id", sa.Uuid, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("email_verified_at", sa.DateTime(timezone=True)),
)  # fmt: skip

organizations = sa.Table(
    "organizations", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("suspended_at", sa.DateTime(timezone=True)),
    sa.Column("suspended_for", sa.Text),
)  # fmt: skip

members = sa.Table(
    "members", metadata,
    sa.Column("tenant_id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

sessions = sa.Table(
    "sessions", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("ip_address", INET),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.Column("user_agent", sa.Text, nullable=False),
    sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

refresh_tokens = sa.Table(
    "refresh_tokens", metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("session_id", sa.Uuid, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True)),
    sa.Column("successor_hash", sa.LargeBinary),
    sa.Column("forgiven_at", sa.DateTime(timezone=True)),
)  # fmt: skip

signing_keys = sa.Table(
    "signing_keys", metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("algorithm", sa.Text, nullable=False),
    sa.Column("private_key", sa.LargeBinary, nullable=False),
    sa.Column("public_key", JSONB, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("retired_at", sa.DateTime(timezone=True)),
)  # fmt: skip

mailed_links = sa.Table(
    "mailed_links", metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True)),
)  # fmt: skip

second_factors = sa.Table(
    "second_factors", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("last_step", sa.BigInteger, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True)),
)  # fmt: skip

recovery_codes = sa.Table(
    "recovery_codes", metadata,
    sa.Column("user_id", sa.Uuid, primary_key=True),
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    sa.Column("used_at", sa.DateTime(timezone=True)),
)  # fmt: skip

login_challenges = sa.Table(
    "login_challenges", metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True)),
)  # fmt: skip

identities = sa.Table(
    "identities", metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

sign_in_attempts = sa.Table(
    "sign_in_attempts", metadata,
    sa.Column("state_hash", sa.LargeBinary, primary_key=True),
    sa.Column("browser_hash", sa.LargeBinary, nullable=False),
    sa.Column("nonce", sa.Text, nullable=False),
    sa.Column("verifier", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("used_at", sa.DateTime(timezone=True)),
)  # fmt: skip

exports = sa.Table(
    "exports", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ready_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
)  # fmt: skip

invitations = sa.Table(
    "invitations", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("invited_by", sa.Uuid, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("accepted_at", sa.DateTime(timezone=True)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
)  # fmt: skip

workspaces = sa.Table(
    "workspaces", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip

api_keys = sa.Table(
    "api_keys", metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("tenant_id", sa.Uuid, nullable=False),
    sa.Column("user_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("prefix", sa.Text, nullable=False),
    sa.Column("key_hash", sa.LargeBinary, nullable=False),
    sa.Column("scopes", JSONB, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("last_used_at", sa.DateTime(timezone=True)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
)  # fmt: skip


@dataclass(frozen=True)
class User:
    """An account. `version` grows with each change, for those who keep a copy; without a password it signs in elsewhere."""

    id: UUID
    email: str
    password_hash: str | None
    first_name: str
    last_name: str
    picture_url: str
    is_platform_admin: bool
    personal_organization_id: UUID
    version: int
    created_at: datetime
    email_verified_at: datetime | None = None


@dataclass(frozen=True)
class Organization:
    """A tenant; `role` is that of the user who asked, empty where they are no member."""

    id: UUID
    owner_id: UUID
    name: str
    kind: str
    created_at: datetime
    role: str = ""
    suspended_at: datetime | None = None
    suspended_for: str | None = None


@dataclass(frozen=True)
class Invitation:
    """Somebody who is asked to become a member; only the SHA-256 of the mailed token is kept."""

    id: UUID
    tenant_id: UUID
    email: str
    role: str
    token_hash: bytes
    invited_by: UUID
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Workspace:
    """A part of an organization's work."""

    id: UUID
    tenant_id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True)
class ApiKey:
    """A key by which a program acts for its maker in one organization, narrowed to scopes; only its SHA-256 is kept, and how it begins."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    name: str
    prefix: str
    key_hash: bytes
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Belonging:
    """An organization that somebody belongs to, whether others do, and another owner of it who would take their place."""

    id: UUID
    kind: str
    role: str
    has_others: bool
    heir: UUID | None

    @property
    def is_alone(self) -> bool:
        """Whether it ends with the person."""
        return self.kind == "personal" or not self.has_others


@dataclass(frozen=True)
class Export:
    """An archive of all that is kept of somebody; it is deleted when it expires."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    status: str
    created_at: datetime
    ready_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """A signed-in device, acting in one organization at a time."""

    id: UUID
    user_id: UUID
    tenant_id: UUID
    ip_address: str | None
    created_at: datetime
    revoked_at: datetime | None
    user_agent: str
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class RefreshToken:
    """One token of a session's chain of refresh tokens; only its SHA-256 is kept, and that of its successor.

    `forgiven_at` is when it was presented once more just after its use, as a client does that lost the answer.
    """

    token_hash: bytes
    session_id: UUID
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    successor_hash: bytes | None = None
    forgiven_at: datetime | None = None


@dataclass(frozen=True)
class MailedLink:
    """What was mailed to prove who reads an address, for one purpose; only the SHA-256 of its token is kept."""

    token_hash: bytes
    user_id: UUID
    purpose: str
    email: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Profile:
    """What an OpenID provider says of a person; their `subject` there never changes, all else may."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    first_name: str
    last_name: str
    picture_url: str


@dataclass(frozen=True)
class Identity:
    """An account at an OpenID provider that signs in to one of ours."""

    issuer: str
    subject: str
    user_id: UUID
    created_at: datetime


@dataclass(frozen=True)
class SignInAttempt:
    """A sign-in that was begun here and goes on at a provider; the PKCE verifier is encrypted, the rest says whose answer it may be."""

    state_hash: bytes
    browser_hash: bytes
    nonce: str
    verifier: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True)
class SecondFactor:
    """A person's authenticator: its secret, encrypted, and the last time step whose code was used. It counts once it is confirmed."""

    user_id: UUID
    secret: bytes
    last_step: int
    created_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True)
class LoginChallenge:
    """What stands between the password and the code."""

    token_hash: bytes
    user_id: UUID
    created_at: datetime
    expires_at: datetime
    attempts: int
    used_at: datetime | None
