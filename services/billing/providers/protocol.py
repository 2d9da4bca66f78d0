"""What billing asks of a provider of payments, whichever it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Charge:
    """What is to be taken. `reference` is our own id: the provider's idempotency key, and what it gives back to find us by.

    With a `method` it is taken at once, where nobody is present (`off_session`) or somebody is; without one the person goes to a page of the provider's.
    """

    reference: UUID
    amount: int
    currency: str
    description: str
    customer: str = ""
    method: str = ""
    off_session: bool = False
    success_url: str = ""
    cancel_url: str = ""


@dataclass(frozen=True)
class Outcome:
    """What is true of a charge, as the provider says now: `pending`, `requires_action`, `succeeded` or `failed`.

    `url` or `form` is where the person goes on, `client_secret` what their browser needs. A `final` failure is not worth another try with the same method.
    """

    status: str
    handle: str
    reference: UUID | None = None
    received: int = 0
    refunded: int = 0
    currency: str = ""
    url: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    client_secret: str = ""
    failure: str = ""
    final: bool = False
    customer: str = ""
    method: str = ""


@dataclass(frozen=True)
class Refunded:
    """What became of money that was sent back: `pending`, `succeeded` or `failed`."""

    status: str
    handle: str


@dataclass(frozen=True)
class Notice:
    """A webhook whose signature is right. It says what to ask about, by the provider's handle or by our reference; empty where it is about nothing of ours."""

    event_id: str
    kind: str
    handle: str = ""
    reference: str = ""


class Provider(Protocol):
    """One provider. Every method may raise Unavailable / PROVIDER_UNAVAILABLE, and is then tried again."""

    @property
    def name(self) -> str: ...

    @property
    def saves_methods(self) -> bool:
        """Whether it can take money for a renewal, with nobody present."""

    def start(self, charge: Charge) -> Outcome:
        """Asks for the charge. The same reference again is the same charge."""

    def find(self, charge: Charge, handle: str) -> Outcome:
        """What is true of a charge that was started."""

    def save(self, tenant_id: UUID, customer: str, method: str) -> str:
        """Keeps a method for renewals and returns the customer that it belongs to. Raises InvalidArgument / PAYMENT_METHOD_INVALID."""

    def refund(self, charge: Charge, handle: str, reference: UUID, amount: int) -> Refunded:
        """Sends money back. The same reference again is the same refund."""

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        """Verifies a webhook on its raw body. Raises Unauthenticated / SIGNATURE_INVALID, SIGNATURE_EXPIRED."""

    def since(self, moment: datetime) -> Iterator[Outcome]:
        """Every charge that the provider has from then on, to compare the books."""
