"""What billing reads from the environment."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr

from services.chassis import settings as chassis

_Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(lambda value: tuple(str(value).replace(",", " ").split()))]


class Settings(chassis.Settings):
    """The chassis' settings, the providers of payments, and when credits are few. A provider whose settings are missing is off."""

    notifications_url: str = Field("127.0.0.1:50054", alias="NOTIFICATION_SERVICE_URL", description="gRPC address of notifications.")
    low_credits: int = Field(10, ge=0, alias="LOW_CREDIT_THRESHOLD", description="Below this many credits of a unit its owner is warned.")
    tokens_per_credit: int = Field(
        2000, ge=2, alias="TOKENS_PER_CREDIT", description="How many tokens of a model one `ai` credit pays for."
    )
    tax_percent: Decimal = Field(
        Decimal(0),
        ge=0,
        le=100,
        alias="TAX_PERCENT",
        description="Added to every price as a line of its own, in percent; no line without it.",
    )
    tax_name: str = Field("VAT", alias="TAX_NAME", description="What invoices call the tax.")
    stripe_secret_key: SecretStr = Field(SecretStr(""), alias="STRIPE_SECRET_KEY", description="Stripe's key; Stripe is off without it.")
    stripe_webhook_secrets: _Secrets = Field(
        (), validate_default=False, alias="STRIPE_WEBHOOK_SECRET",
        description="What Stripe signs webhooks with; while it is rotated both, with a comma between.",
    )  # fmt: skip
    stripe_base_url: str = Field("", alias="STRIPE_BASE_URL", description="The address of Stripe's API where it is not Stripe's own.")
