"""What billing asks of a provider of payments, whichever it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.chassis import errors


@dataclass(frozen=True)
class Charge:
    """What is to be taken. `reference` is our own id: the provider's idempotency key, and what it gives back to find us by.

    With a `method` it is taken at once, where nobody is present (`off_session`) or somebody is; without one the person goes to a page of the provider's,
    which may `keep` the method for renewals. The page sends them back to `return_url` where we have something to do before their own `success_url`.
    """

    reference: UUID
    amount: int
    currency: str
    description: str
    began_at: datetime
    customer: str = ""
    method: str = ""
    off_session: bool = False
    keep: bool = False
    success_url: str = ""
    cancel_url: str = ""
    return_url: str = ""


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

    @property
    def refunds(self) -> bool:
        """Whether it sends money back when asked; where not, a person does so on its pages, and writes it down here."""

    def price(self, amount: int, currency: str) -> tuple[int, str]:
        """What it takes for a price, in a currency that it takes."""

    def start(self, charge: Charge) -> Outcome:
        """Asks for the charge. The same reference again is the same charge."""

    def find(self, charge: Charge, handle: str) -> Outcome:
        """What is true of a charge that was started."""

    def save(self, tenant_id: UUID, customer: str, method: str) -> str:
        """Keeps a method for renewals and returns the customer that it belongs to. Raises InvalidArgument / PAYMENT_METHOD_INVALID."""

    def forget(self, customer: str, method: str) -> None:
        """Deletes what it keeps of a customer, and their method, as far as it lets anybody; what is deleted already is well."""

    def refund(self, charge: Charge, handle: str, reference: UUID, amount: int) -> Refunded:
        """Sends money back. The same reference again is the same refund."""

    def read(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Notice:
        """Verifies a webhook on its raw body. Raises Unauthenticated / SIGNATURE_INVALID, SIGNATURE_EXPIRED, InvalidArgument / WEBHOOK_UNREADABLE."""

    def returned(self, body: bytes) -> bool:
        """Whether what the person's browser brought back from the provider's page is the provider's; true where it brings nothing."""

    def since(self, moment: datetime) -> Iterator[Outcome]:
        """Every charge that was taken from then on, or of which something went back, and that the provider can list: to find what was lost and to compare."""


def unanswered() -> errors.Unavailable:
    return errors.Unavailable("PROVIDER_UNAVAILABLE", "the provider of payments does not answer; try again")


def id_of(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
