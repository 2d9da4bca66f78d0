"""Which providers of payments there are, by the settings."""

from services.billing.providers.jazzcash import JazzCash
from services.billing.providers.paypal import PayPal
from services.billing.providers.protocol import Provider
from services.billing.providers.razorpay import Razorpay
from services.billing.providers.stripe import Stripe
from services.billing.settings import Settings


def providers_of(settings: Settings) -> dict[str, Provider]:
    """The providers whose settings are there."""
    found: dict[str, Provider] = {}
    if settings.stripe_secret_key.get_secret_value():
        found["stripe"] = Stripe(settings)
    if settings.razorpay_key_id:
        found["razorpay"] = Razorpay(settings)
    if settings.paypal_client_id:
        found["paypal"] = PayPal(settings)
    if settings.jazzcash_merchant_id and settings.jazzcash_salts:
        found["jazzcash"] = JazzCash(settings)
    return found
