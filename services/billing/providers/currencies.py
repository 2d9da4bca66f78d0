"""How amounts of a currency are written, whose smallest unit need not be a hundredth."""

from decimal import Decimal

# By ISO 4217, of those that providers take; all others have two decimals.
_NONE = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"})
_THREE = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def decimals(currency: str) -> int:
    return 0 if currency in _NONE else 3 if currency in _THREE else 2


def written(amount: int, currency: str) -> str:
    """An amount of the smallest unit as people and PayPal write it: 900 cents are 9.00, and 900 yen are 900."""
    places = decimals(currency)
    return f"{Decimal(amount).scaleb(-places):.{places}f}"


def smallest(text: str, currency: str) -> int:
    """What was written so, in the smallest unit."""
    return int(Decimal(text).scaleb(decimals(currency)))
