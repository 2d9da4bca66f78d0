"""The tables of billing and what their rows become, by what they are about."""

from services.billing.tables import payments, subscriptions
from services.billing.tables.credits import metadata

__all__ = ["metadata", "payments", "subscriptions"]
