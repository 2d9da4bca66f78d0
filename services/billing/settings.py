"""What billing reads from the environment."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr

from services.chassis import settings as chassis

_Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(lambda value: tuple(str(value).replace(",", " ").split()))]
_Words = Annotated[tuple[str, ...], BeforeValidator(lambda value: tuple(str(value).replace(",", " ").split()))]


class Settings(chassis.Settings):
    """The chassis' settings, the providers of payments, and when credits are few. A provider whose settings are missing is off."""

    notifications_url: str = Field("127.0.0.1:50054", alias="NOTIFICATION_SERVICE_URL", description="gRPC address of notifications.")
    public_url: str = Field(
        "http://127.0.0.1:8080", alias="PUBLIC_URL", description="Where people reach the product; providers send them back to it."
    )
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
    invoice_from: str = Field(
        "Einstellen",
        alias="INVOICE_FROM",
        description="Whom invoices are from: name, address, tax number; each semicolon begins another line.",
    )
    reconcile_days: int = Field(
        3,
        ge=0,
        le=30,
        alias="RECONCILE_DAYS",
        description="So many days back the books are compared with the providers' each night; 0 is never.",
    )
    stripe_secret_key: SecretStr = Field(SecretStr(""), alias="STRIPE_SECRET_KEY", description="Stripe's key; Stripe is off without it.")
    stripe_webhook_secrets: _Secrets = Field(
        (), validate_default=False, alias="STRIPE_WEBHOOK_SECRET",
        description="What Stripe signs webhooks with; while it is rotated both, with a comma between.",
    )  # fmt: skip
    stripe_base_url: str = Field("", alias="STRIPE_BASE_URL", description="The address of Stripe's API where it is not Stripe's own.")
    razorpay_key_id: str = Field("", alias="RAZORPAY_KEY_ID", description="Razorpay's key; Razorpay is off without it.")
    razorpay_key_secret: SecretStr = Field(SecretStr(""), alias="RAZORPAY_KEY_SECRET", description="The secret of that key.")
    razorpay_webhook_secrets: _Secrets = Field(
        (), validate_default=False, alias="RAZORPAY_WEBHOOK_SECRET",
        description="What Razorpay signs webhooks with; while it is rotated both, with a comma between.",
    )  # fmt: skip
    razorpay_base_url: str = Field(
        "", alias="RAZORPAY_BASE_URL", description="The address of Razorpay's API where it is not Razorpay's own."
    )
    paypal_client_id: str = Field("", alias="PAYPAL_CLIENT_ID", description="PayPal's client; PayPal is off without it.")
    paypal_client_secret: SecretStr = Field(SecretStr(""), alias="PAYPAL_CLIENT_SECRET", description="The secret of that client.")
    paypal_webhook_ids: _Words = Field(
        (), validate_default=False, alias="PAYPAL_WEBHOOK_ID",
        description="The id of PayPal's webhook, which its signatures cover; while it is replaced both, with a comma between.",
    )  # fmt: skip
    paypal_base_url: str = Field(
        "",
        alias="PAYPAL_BASE_URL",
        description="The address of PayPal's API where it is not the live one, as https://api-m.sandbox.paypal.com.",
    )
    paypal_certificate_roots: str = Field(
        "",
        alias="PAYPAL_CERTIFICATE_ROOTS",
        description="A PEM file of the roots that may vouch for PayPal's signatures; the usual public ones without it.",
    )
    jazzcash_merchant_id: str = Field(
        "", alias="JAZZCASH_MERCHANT_ID", description="JazzCash's merchant; JazzCash is off without it or its salt."
    )
    jazzcash_password: SecretStr = Field(SecretStr(""), alias="JAZZCASH_PASSWORD", description="The merchant's password.")
    jazzcash_salts: _Secrets = Field(
        (), validate_default=False, alias="JAZZCASH_INTEGRITY_SALT",
        description="The salt of JazzCash's secure hash; while it is rotated the new and the old, with a comma between.",
    )  # fmt: skip
    jazzcash_rupees: Decimal = Field(
        Decimal(280), gt=0, alias="JAZZCASH_RUPEES_PER_DOLLAR", description="JazzCash takes rupees: so many for a dollar."
    )
    jazzcash_base_url: str = Field(
        "",
        alias="JAZZCASH_BASE_URL",
        description="The address of JazzCash where it is not the live one, as https://sandbox.jazzcash.com.pk.",
    )
