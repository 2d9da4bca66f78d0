"""What notifications reads from the environment."""

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr

from services.chassis import settings as chassis

_Words = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: value if isinstance(value, tuple) else tuple(str(value).replace(",", " ").split()))
]


class Settings(chassis.Settings):
    """The chassis' settings, and the outside parties that carry mail and SMS. A channel whose settings are missing is off, and says so."""

    email_host: str = Field("", alias="EMAIL_HOST", description="The SMTP server; mail is off without it.")
    email_port: int = Field(
        587, ge=1, le=65535, alias="EMAIL_PORT", description="Its port; 465 means TLS from the first byte, any other STARTTLS when offered."
    )
    email_host_user: str = Field("", alias="EMAIL_HOST_USER", description="The account at the SMTP server, if it wants one.")
    email_host_password: SecretStr = Field(SecretStr(""), alias="EMAIL_HOST_PASSWORD", description="Its password.")
    email_from: str = Field("Einstellen <no-reply@localhost>", alias="EMAIL_FROM", description="The sender of every mail.")
    email_bounces: str = Field(
        "",
        alias="EMAIL_BOUNCES",
        description="Where bounces are sent to, as bounces@example.com: each mail gets +<its id> in it. EMAIL_FROM without it.",
    )
    operator_email: str = Field("", alias="OPERATOR_EMAIL", description="Who is mailed the errors of services; nobody without it.")
    public_url: str = Field(
        "http://127.0.0.1:8080", alias="PUBLIC_URL", description="Where people reach the product; links in mails begin with it."
    )
    twilio_account_sid: str = Field("", alias="TWILIO_ACCOUNT_SID", description="The Twilio account; SMS is off without it.")
    twilio_auth_token: SecretStr = Field(SecretStr(""), alias="TWILIO_AUTH_TOKEN", description="Its token.")
    twilio_from: str = Field("", alias="TWILIO_FROM", description="The number that SMS come from.")
    twilio_base_url: str = Field("", alias="TWILIO_BASE_URL", description="The address of Twilio's API where it is not Twilio's own.")
    push_private_key: SecretStr = Field(
        SecretStr(""),
        alias="VAPID_PRIVATE_KEY",
        description="The key that web push is signed with, as `einstellen push key` makes it; push is off without it.",
    )
    push_subject: str = Field(
        "mailto:operator@localhost",
        alias="VAPID_SUBJECT",
        description="Whom push services write to about it: mailto: or https: (RFC 8292).",
    )
    push_hosts: _Words = Field(
        ("fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "*.push.apple.com"),
        alias="PUSH_HOSTS", description="The push services that browsers may name; others are refused, since the address comes from outside.",
    )  # fmt: skip
    candidates_url: str = Field("127.0.0.1:50052", alias="CANDIDATE_SERVICE_URL", description="gRPC address of candidates.")
    jobs_url: str = Field("127.0.0.1:50053", alias="JOB_SERVICE_URL", description="gRPC address of jobs.")
    billing_url: str = Field("127.0.0.1:50056", alias="BILLING_SERVICE_URL", description="gRPC address of billing.")
    interviews_url: str = Field("127.0.0.1:50057", alias="INTERVIEW_SERVICE_URL", description="gRPC address of interviews.")
    webhooks_private: bool = Field(
        default=False,
        alias="WEBHOOKS_PRIVATE",
        description="Lets webhooks go to private addresses and over plain HTTP: for tests and development alone.",
    )
