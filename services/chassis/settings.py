"""Settings: typed, read once from the environment and a `.env` file, refused at start with a message that says what to do."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from dotenv import dotenv_values
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator

_WEAK = ("secret", "changeme", "change-me", "password", "insecure", "example", "default", "test", "123456")
_SECRET_LENGTH = 32

_Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: tuple(filter(None, str(value).replace(",", " ").split())))]


def _named_urls(value: object) -> object:
    """`name=url` pairs with spaces between."""
    if not isinstance(value, str):
        return value
    found = [each.partition("=") for each in value.split()]
    wrong = [name for name, _, url in found if not name.isidentifier() or name == "main" or "://" not in url]
    if wrong:
        raise ValueError("is not `name=postgresql://...` with spaces between; `main` is taken")
    return {name: url for name, _, url in found}


Urls = Annotated[Mapping[str, str], BeforeValidator(_named_urls)]


class SettingsError(Exception):
    """The environment is not as it must be; the text says which variables and what to do."""


class Settings(BaseModel):
    """What every service reads. A variable may carry the service's name in front (AUTH_DATABASE_URL), which wins in a process that runs several."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)

    service: str
    database_url: str = Field("", alias="DATABASE_URL", description="PostgreSQL, by a role that does not own the tables.")
    database_owner_url: str = Field("", alias="DATABASE_OWNER_URL", description="The same database by its owner; read by migrations only.")
    redis_url: str = Field("redis://127.0.0.1:6379/0", alias="REDIS_URL", description="Redis or Valkey.")
    listen: str = Field("127.0.0.1:0", alias="LISTEN", description="The address that the service's gRPC server listens on.")
    workers: int = Field(8, ge=1, le=128, alias="WORKERS", description="Threads that answer RPCs, for each service.")
    secret_key: SecretStr = Field(
        SecretStr(""), alias="SECRET_KEY", description="Encrypts what is stored encrypted. 32 characters or more."
    )
    service_token: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("SERVICE_TOKEN", "SCHEDULER_SERVICE_TOKEN"),
        description="The key that services sign their calls to each other with. 32 characters or more.",
    )
    metrics_listen: str = Field(
        "", alias="METRICS_LISTEN", description="The operator's address for Prometheus metrics, as 127.0.0.1:9100; off without it."
    )
    debug: bool = Field(default=False, alias="DEBUG", description="Readable logs in place of JSON.")
    jwt_issuer: str = Field("einstellen", alias="JWT_ISSUER", description="The `iss` and `aud` of access tokens.")
    keys_url: str = Field("127.0.0.1:50051", alias="AUTH_SERVICE_URL", description="gRPC address of whoever signs access tokens.")
    problems_url: str = Field(
        "",
        alias="NOTIFICATION_SERVICE_URL",
        description="gRPC address of notifications, which tells the operator of errors; only logged without it.",
    )
    upload_dir: str = Field(".data/objects", alias="UPLOAD_DIR", description="The folder of the object store, where no bucket is named.")
    bucket: str = Field("", alias="AWS_STORAGE_BUCKET_NAME", description="The S3 bucket of the object store.")
    s3_endpoint: str = Field("", alias="AWS_ENDPOINT_URL", description="The address of an S3-compatible store that is not Amazon's.")
    s3_region: str = Field("us-east-1", alias="AWS_REGION", description="The region of the bucket.")
    aws_access_key_id: str = Field("", alias="AWS_ACCESS_KEY_ID", description="S3 credentials.")
    aws_secret_access_key: SecretStr = Field(SecretStr(""), alias="AWS_SECRET_ACCESS_KEY", description="S3 credentials.")
    otel_endpoint: str = Field(
        "", alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="An OpenTelemetry collector (OTLP over gRPC); traces are off without it."
    )
    cors_origins: _Words = Field(
        (), validation_alias=AliasChoices("CORS_ORIGINS", "CORS_ALLOWED_ORIGINS"), description="Web origins that browsers may call from."
    )

    @model_validator(mode="after")
    def _refuse_weak_keys(self) -> Self:
        for name, secret in (("SECRET_KEY", self.secret_key), ("SERVICE_TOKEN", self.service_token)):
            text = secret.get_secret_value()
            if len(text) < _SECRET_LENGTH or len(set(text)) < 10 or any(text.lower().startswith(word) for word in _WEAK):
                raise ValueError(f"{name} is missing or weak: set it to 32 or more random characters, as `openssl rand -hex 32` prints")
        return self


Kind = TypeVar("Kind", bound=Settings)


def load(kind: type[Kind], service: str, environment: Mapping[str, str] | None = None) -> Kind:
    """The settings of a service. Raises SettingsError, naming every variable that is wrong; values are never printed."""
    found: dict[str, Any] = {}
    if environment is None:
        found.update({name: value for name, value in dotenv_values(Path(".env")).items() if value is not None})
        environment = os.environ
    found.update(environment)
    prefix = service.upper() + "_"
    own = {name.removeprefix(prefix): value for name, value in found.items() if name.startswith(prefix)}
    known = {variable for field in kind.model_fields.values() for variable in variables(field.alias, field.validation_alias)}
    values = {
        name: value
        for name, value in {**found, **{n: v for n, v in own.items() if n in known and v != ""}}.items()
        if name in known and value != ""
    }
    try:
        return kind(service=service, **values)
    except ValidationError as problem:
        lines = [f"  {'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg'].removeprefix('Value error, ')}" for e in problem.errors()]
        raise SettingsError(f"the settings of {service} are not right:\n" + "\n".join(lines)) from None


def variables(alias: str | None, validation_alias: object) -> list[str]:
    """The names of environment variables that a field is read from, the first being the one to use."""
    if isinstance(validation_alias, AliasChoices):
        return [str(choice) for choice in validation_alias.choices]
    return [str(validation_alias or alias)] if validation_alias or alias else []
