"""What auth reads from the environment."""

from typing import Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator

from services.chassis import settings as chassis


class Settings(chassis.Settings):
    """The chassis' settings, and how tokens are signed and how long they live."""

    notifications_url: str = Field("127.0.0.1:50054", alias="NOTIFICATION_SERVICE_URL", description="gRPC address of notifications.")
    candidates_url: str = Field("127.0.0.1:50052", alias="CANDIDATE_SERVICE_URL", description="gRPC address of candidates.")
    jobs_url: str = Field("127.0.0.1:50053", alias="JOB_SERVICE_URL", description="gRPC address of jobs.")
    billing_url: str = Field("127.0.0.1:50056", alias="BILLING_SERVICE_URL", description="gRPC address of billing.")
    inference_url: str = Field("127.0.0.1:50055", alias="INFERENCE_SERVICE_URL", description="gRPC address of inference.")
    interviews_url: str = Field("127.0.0.1:50057", alias="INTERVIEW_SERVICE_URL", description="gRPC address of interviews.")
    jwt_algorithm: Literal["ES256", "EdDSA"] = Field(
        "ES256", alias="JWT_ALGORITHM", description="How access tokens are signed; ES256 or EdDSA."
    )
    jwt_secret: SecretStr = Field(
        SecretStr(""), validation_alias=AliasChoices("JWT_SECRET", "JWT_SECRET_KEY"),
        description="Encrypts the signing keys in the database; SECRET_KEY does where it is not set.",
    )  # fmt: skip
    access_seconds: int = Field(0, ge=0, le=3600, alias="JWT_EXPIRY", description="Life of an access token in seconds; 900 unless set.")
    access_minutes: int = Field(
        15,
        ge=1,
        le=60,
        validation_alias=AliasChoices("JWT_EXPIRATION_MINUTES", "JWT_ACCESS_TOKEN_LIFETIME"),
        description="The same in minutes.",
    )
    refresh_days: int = Field(7, ge=1, le=90, alias="JWT_REFRESH_TOKEN_LIFETIME", description="Life of a refresh token in days.")
    public_url: str = Field(
        "http://127.0.0.1:8080", alias="PUBLIC_URL", description="Where people reach the product; links in mails begin with it."
    )
    google_client_id: str = Field("", alias="GOOGLE_CLIENT_ID", description="The OAuth client of signing in with Google; off without it.")
    google_client_secret: SecretStr = Field(SecretStr(""), alias="GOOGLE_CLIENT_SECRET", description="Its secret.")
    google_redirect_uri: str = Field(
        "",
        alias="GOOGLE_REDIRECT_URI",
        description="Where Google sends browsers back to, as registered there; PUBLIC_URL/api/auth/google/callback unless set.",
    )
    google_issuer: str = Field(
        "https://accounts.google.com", alias="GOOGLE_ISSUER", description="The OpenID provider; another one can stand in Google's place."
    )
    mail_attempts: int = Field(
        5,
        ge=1,
        alias="MAIL_ATTEMPTS",
        description="Links that one account may ask for in 15 minutes, and ten times as many from one address.",
    )
    invitations: int = Field(
        50,
        ge=1,
        alias="INVITATIONS",
        description="Invitations that one organization may mail in 15 minutes, and ten times as many from one address.",
    )
    login_attempts: int = Field(
        10,
        ge=1,
        alias="LOGIN_ATTEMPTS",
        description="Failed sign-ins in 15 minutes for one account, and ten times as many from one address, before a pause.",
    )

    @model_validator(mode="after")
    def _refuse_weak_jwt_secret(self) -> Self:
        text = self.jwt_secret.get_secret_value()
        if text and len(text) < 32:
            raise ValueError("JWT_SECRET is too short: set it to 32 or more random characters, or leave it out and set SECRET_KEY")
        return self

    @property
    def access_lifetime(self) -> int:
        """Seconds."""
        return self.access_seconds or self.access_minutes * 60

    @property
    def key_secret(self) -> str:
        """What the signing keys are encrypted with."""
        return self.jwt_secret.get_secret_value() or self.secret_key.get_secret_value()
