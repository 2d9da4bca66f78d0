"""An auditor, who reads an organization's books and the provider's, and works out on his own whether they can be right."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Rows = Callable[..., list[dict[str, Any]]]


@dataclass
class _Account:
    monthly: int = 0
    lasting: int = 0
    held: int = 0
    until: datetime | None = None

    def taken(self, amount: int, now: datetime) -> tuple[int, int]:
        """What a booking of this amount must take from the monthly credits, and what from the lasting ones."""
        monthly = min(amount, self.monthly if self.until and self.until > now else 0)
        return monthly, amount - monthly


def audit(rows: Rows, tenant_id: UUID, taken: Mapping[str, int]) -> None:
    """Everything of one organization after all of its tasks have run. `taken` is what the provider has, net, by our reference."""
    invoices = {each["id"]: each for each in rows("SELECT * FROM invoices WHERE tenant_id = %s", tenant_id)}
    payments = rows("SELECT * FROM payments WHERE tenant_id = %s", tenant_id)
    bookings = rows("SELECT * FROM credit_transactions WHERE tenant_id = %s AND unit IS NOT NULL ORDER BY position", tenant_id)
    for unit in ("hiring", "ai"):
        account = _replay([each for each in bookings if each["unit"] == unit], invoices)
        [kept] = rows("SELECT * FROM credit_accounts WHERE tenant_id = %s AND unit = %s", tenant_id, unit)
        assert (account.monthly, account.lasting, account.held) == (kept["monthly"], kept["lasting"], kept["held"]), f"{unit} adds up"
        assert account.held == 0, "nothing is held when all is over"
    _money(list(invoices.values()), payments, taken)
    _bought(list(invoices.values()), bookings)
    numbers = sorted(each["number"] for each in invoices.values() if each["number"])
    assert numbers == list(range(1, len(numbers) + 1)), "invoices are numbered without gaps"
    for table, state in (("payments", "pending"), ("payments", "requires_action"), ("refunds", "pending"), ("credit_holds", "open")):
        assert not rows(f"SELECT 1 FROM {table} WHERE tenant_id = %s AND status = %s", tenant_id, state), f"{table} left {state}"
    assert not rows("SELECT kind, last_error FROM tasks WHERE tenant_id = %s AND state NOT IN ('done', 'cancelled')", tenant_id)


def _replay(bookings: list[dict[str, Any]], invoices: Mapping[UUID, dict[str, Any]]) -> _Account:
    account = _Account()
    held: dict[UUID, dict[str, Any]] = {}
    by_key = {each["key"]: each for each in bookings}
    for each in bookings:
        legs, now, told = (each["monthly"], each["lasting"], each["held"]), each["created_at"], f"{each['type']} {each['key']}"
        match each["type"]:
            case "INTERVIEW" | "TAILOR" if each["key"].startswith("end:"):
                hold = held.pop(UUID(each["key"].removeprefix("end:")))
                assert legs[2] == -hold["held"], told
                assert 0 <= legs[0] + legs[1] <= hold["held"], told
            case "INTERVIEW" | "TAILOR":
                monthly, lasting = account.taken(each["outside"], now)
                assert legs == (-monthly, -lasting, 0), f"{told}: monthly credits first"
            case "HOLD":
                monthly, lasting = account.taken(each["held"], now)
                assert legs == (-monthly, -lasting, each["held"]), f"{told}: monthly credits first"
                held[each["id"]] = each
            case "RELEASE":
                hold = held.pop(UUID(each["key"].removeprefix("end:")))
                assert (legs[2], each["outside"]) == (-hold["held"], 0), told
            case "EXPIRY":
                assert legs == (-account.monthly, 0, 0), told
                assert account.until is not None, told
                assert account.until <= now, f"{told}: expired before its month was over"
            case "PURCHASE":
                invoice = invoices[UUID(each["key"].removeprefix("invoice:"))]
                if invoice["kind"] in ("first", "renewal"):
                    runs = account.until is not None and account.until > now
                    assert runs or account.monthly == 0, f"{told}: what was left of the month before has run out"
                    account.until = max(account.until, invoice["period_end"]) if runs else invoice["period_end"]
                assert legs == ((0, invoice["credits"], 0) if invoice["kind"] == "package" else (invoice["credits"], 0, 0)), told
            case "REFUND" if each["key"].startswith("refund:"):
                assert each["outside"] == -by_key[each["key"].removeprefix("refund:")]["outside"], told
            case "REFUND":
                note = invoices[UUID(each["key"].removeprefix("invoice:"))]
                of_a_package = invoices[note["credited_id"]]["kind"] == "package"
                assert of_a_package or note["period_end"] > now, f"{told}: a month that is over has nothing left to take back"
                monthly, lasting = account.taken(each["outside"], now)
                assert legs == (-monthly, -lasting, 0), told
        account.monthly, account.lasting, account.held = account.monthly + legs[0], account.lasting + legs[1], account.held + legs[2]
        assert min(account.monthly, account.lasting, account.held) >= 0, f"{told}: never below zero"
        assert each["balance_after"] == account.monthly + account.lasting + account.held, told
    return account


def _money(invoices: list[dict[str, Any]], payments: list[dict[str, Any]], taken: Mapping[str, int]) -> None:
    """Each charge of the provider's is written down once, and what it has is what the paid invoices say, to the cent."""
    written = {str(each["id"]): each["amount"] - each["refunded"] for each in payments if each["status"] == "succeeded"}
    assert written == dict(taken), "what was taken is written down, and nothing else is"
    paid = [each for each in invoices if each["status"] == "paid"]
    assert sum(each["amount"] for each in paid) == sum(taken.values()), "what is invoiced and paid is what the provider has"
    paying = {each["payment_id"] for each in paid if each["kind"] != "credit_note"} - {None}
    for each in payments:
        if each["status"] == "succeeded" and each["id"] not in paying:
            assert each["refunded"] == each["amount"], "what paid for nothing went back"
    assert all(each["payment_id"] or each["amount"] == 0 for each in paid), "nothing is paid by nobody"


def _bought(invoices: list[dict[str, Any]], bookings: list[dict[str, Any]]) -> None:
    """Each paid invoice gave its credits once, and no other did."""
    given = Counter(each["key"] for each in bookings if each["type"] == "PURCHASE")
    due = Counter(
        f"invoice:{each['id']}" for each in invoices if each["status"] == "paid" and each["kind"] != "credit_note" and each["credits"]
    )
    assert given == due, "credits for what was paid, once"


def audit_refunds(rows: Rows, tenant_id: UUID, back: Iterable[str]) -> None:
    """`back` is what went back at the provider, by our reference."""
    sent = rows("SELECT id FROM refunds WHERE tenant_id = %s AND status = 'succeeded'", tenant_id)
    assert Counter(back) == Counter(str(each["id"]) for each in sent), "what was sent back went back once"


def audit_answers(
    rows: Rows, tenant_id: UUID, spent: Mapping[str, tuple[str, float]], reversed_: Collection[str], settled: Mapping[str, float]
) -> None:
    """What was answered is booked, and nothing else: spends by their keys, those that were to be taken back, and how much each hold was settled by."""
    booked = {each["key"]: each for each in rows("SELECT key, outside, unit FROM credit_transactions WHERE tenant_id = %s", tenant_id)}
    asked = {key if key.startswith("consume:") else f"spend:{key}": answer for key, answer in spent.items()}
    for name, (unit, amount) in asked.items():
        assert (booked[name]["unit"], booked[name]["outside"]) == (unit, round(2 * amount)), f"{name} was answered and is booked"
    for name, each in booked.items():
        if name.startswith(("spend:", "consume:")) and each["unit"] is not None:
            assert name in asked or name.removeprefix("spend:") in reversed_, f"{name} was never answered"
    for key in reversed_:
        assert f"refund:spend:{key}" in booked or booked[f"spend:{key}"]["unit"] is None, f"{key} was taken back"
    for hold, amount in settled.items():
        assert booked[f"end:{hold}"]["outside"] == round(2 * amount), f"{hold} was settled by {amount}"
    ended = {name for name, each in booked.items() if name.startswith("end:") and each["outside"]}
    assert ended == {f"end:{hold}" for hold in settled}, "what was settled is what was answered"
