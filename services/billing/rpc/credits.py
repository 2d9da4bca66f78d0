"""The RPCs of credits: balances, packages, the ledger, and what is granted, spent and taken back."""

from datetime import timedelta
from uuid import UUID

import grpc

from einstellen.billing.v1 import credits_pb2, credits_pb2_grpc
from services.billing import catalogue, ledger, rules
from services.billing.store import credits as store
from services.billing.tables.credits import Account, Booking, Hold, Transaction
from services.chassis import audit, calls, errors, idempotency, ids, paging
from services.chassis.calls import Scope
from services.chassis.clock import Clock, to_timestamp, utc_now
from services.chassis.database import Database

Context = grpc.ServicerContext
_HOLD_SECONDS = 3600


class CreditService(credits_pb2_grpc.CreditServiceServicer):
    """See credits.proto."""

    def __init__(self, database: Database, *, low: int, tokens_per_credit: int, clock: Clock = utc_now) -> None:
        self._database = database
        self._low = low
        self._tokens_per_credit = tokens_per_credit
        self._clock = clock

    def GetBalance(self, request: credits_pb2.GetBalanceRequest, context: Context) -> credits_pb2.CreditBalance:
        person = calls.person()
        with self._database.begin(person) as connection:
            accounts = store.get_accounts(connection, person.tenant_id)
        return credits_pb2.CreditBalance(balances=map(self._balance, accounts))

    def ListPackages(self, request: credits_pb2.ListPackagesRequest, context: Context) -> credits_pb2.ListPackagesResponse:
        return credits_pb2.ListPackagesResponse(
            packages=[
                credits_pb2.Package(
                    id=each.id, unit=each.unit, credits=each.credits / 2, price_amount=each.price, currency=each.currency
                ) for each in catalogue.PACKAGES
            ]
        )  # fmt: skip

    def ListTransactions(self, request: credits_pb2.ListTransactionsRequest, context: Context) -> credits_pb2.ListTransactionsResponse:
        person, page = calls.person(), paging.read(request, int)
        with self._database.begin(person) as connection:
            found = store.list_transactions(connection, person.tenant_id, request.unit, page)
        shown, token = page.cut(found, lambda each: [each.position])
        return credits_pb2.ListTransactionsResponse(transactions=map(to_transaction, shown), next_page_token=token)

    def GrantCredits(self, request: credits_pb2.GrantCreditsRequest, context: Context) -> credits_pb2.CreditTransaction:
        tenant_id, amount = UUID(request.tenant_id), rules.halves(request.amount)
        with self._database.begin(calls.SYSTEM) as connection:
            claim = idempotency.claim(connection, request, credits_pb2.CreditTransaction, scope_id=tenant_id)
            if claim.answer is not None:
                return claim.answer
            granted = ledger.grant(connection, tenant_id, request.unit, amount, request.description, now=self._clock())
            return claim.keep(to_transaction(granted))

    def SpendCredits(self, request: credits_pb2.SpendCreditsRequest, context: Context) -> credits_pb2.CreditTransaction:
        tenant_id, amount, now = _tenant(request.tenant_id), rules.halves(request.amount), self._clock()
        booking = Booking(
            ids.mint(), request.type, _spend_key(request.request_id), request.description, request.reference_id,
            request.prompt_tokens + request.completion_tokens, request.prompt_tokens, request.completion_tokens,
        )  # fmt: skip
        audited = audit.row("credits.spent", tenant_id=tenant_id, transaction_id=booking.id)
        spent = store.spend(self._database, tenant_id, request.unit, amount, booking, audited, now=now)
        if spent is not None:
            ledger.warn_if_low(self._database, spent, self._low)
        return to_transaction(spent or self._first_spend(tenant_id, request.unit, amount, booking))

    def ReverseSpend(self, request: credits_pb2.ReverseSpendRequest, context: Context) -> credits_pb2.ReverseSpendResponse:
        tenant_id, key, now = _tenant(request.tenant_id), _spend_key(request.request_id), self._clock()
        with self._database.begin(Scope(tenant_id)) as connection:
            tombstone = Booking(ids.mint(), "VOID", key, request.description)
            if store.void(connection, tenant_id, tombstone, now=now):
                audit.record(connection, "credits.voided", tenant_id=tenant_id, transaction_id=tombstone.id)
                return credits_pb2.ReverseSpendResponse()
            spent = store.find_booking(connection, tenant_id, key)
            if spent is None or spent.unit is None:
                return credits_pb2.ReverseSpendResponse()
            account = store.lock_account(connection, tenant_id, spent.unit)
            refund = store.find_booking(connection, tenant_id, _refund_key(key))
            if refund is None:
                booking = Booking(ids.mint(), "REFUND", _refund_key(key), request.description or spent.description, spent.reference_id)
                refund = store.book(connection, account, rules.give_back(account, spent, now=now), booking, now=now)
                audit.record(connection, "credits.refunded", tenant_id=tenant_id, transaction_id=refund.id)
            return credits_pb2.ReverseSpendResponse(refund=to_transaction(refund))

    def HoldCredits(self, request: credits_pb2.HoldCreditsRequest, context: Context) -> credits_pb2.CreditHold:
        tenant_id, amount, now = _tenant(request.tenant_id), rules.halves(request.amount), self._clock()
        booking = Booking(ids.mint(), "HOLD", f"hold:{request.request_id}", request.description, request.reference_id)
        expires_at = now + timedelta(seconds=request.seconds or _HOLD_SECONDS)
        with self._database.begin(Scope(tenant_id)) as connection:
            return to_hold(ledger.hold(connection, tenant_id, request.unit, amount, booking, expires_at, now=now))

    def SettleHold(self, request: credits_pb2.SettleHoldRequest, context: Context) -> credits_pb2.CreditTransaction:
        tenant_id, hold_id = _tenant(request.tenant_id), UUID(request.hold_id)
        tokens = request.prompt_tokens + request.completion_tokens
        used = rules.halves(request.amount) or rules.halves_for_tokens(tokens, self._tokens_per_credit)
        booking = Booking(
            ids.mint(), request.type, "", request.description, request.hold_id, tokens, request.prompt_tokens, request.completion_tokens
        )
        with self._database.begin(Scope(tenant_id)) as connection:
            settled = ended = ledger.end_hold(connection, tenant_id, hold_id, used, booking, "settled", now=self._clock())
            settled = settled or store.find_booking(connection, tenant_id, f"end:{hold_id}")
        if ended is not None:
            ledger.warn_if_low(self._database, ended, self._low)
        if settled is None or settled.type == "RELEASE":
            raise errors.FailedPrecondition("HOLD_ENDED", "this hold was released, or it has expired")
        if (settled.outside, settled.type) != (used, request.type):
            raise errors.AlreadyExists("HOLD_SETTLED", "this hold was settled by another amount")
        return to_transaction(settled)

    def ReleaseHold(self, request: credits_pb2.ReleaseHoldRequest, context: Context) -> credits_pb2.CreditHold:
        tenant_id, hold_id = _tenant(request.tenant_id), UUID(request.hold_id)
        with self._database.begin(Scope(tenant_id)) as connection:
            ledger.end_hold(connection, tenant_id, hold_id, 0, Booking(ids.mint(), "RELEASE", ""), "released", now=self._clock())
            ended = store.get_hold(connection, hold_id, tenant_id)
        if ended.status == "settled":
            raise errors.FailedPrecondition("HOLD_ENDED", "this hold was settled")
        return to_hold(ended)

    def _first_spend(self, tenant_id: UUID, unit: str, amount: int, again: Booking) -> Transaction:
        """The spend with this key where there is one, and the reason why there is none where there is not."""
        with self._database.begin(Scope(tenant_id)) as connection:
            first = store.find_booking(connection, tenant_id, again.key)
            if first is None:
                raise rules.insufficient(store.lock_account(connection, tenant_id, unit), amount, now=self._clock())
            taken_back = first.unit is None or store.find_booking(connection, tenant_id, _refund_key(again.key)) is not None
        store.keep(self._database, tenant_id)
        rules.check_same(first, unit, amount, again)
        if taken_back:
            raise errors.Aborted("SPEND_REVERSED", "this spend was taken back; it cannot happen any more")
        return first

    def _balance(self, account: Account) -> credits_pb2.UnitBalance:
        now = self._clock()
        amount = account.spendable(now)
        is_low = amount < 2 * self._low
        warning = f"{amount / 2:g} {account.unit} credits are left" if is_low else ""
        return credits_pb2.UnitBalance(
            unit=account.unit, amount=amount / 2, is_low=is_low, warning=warning, held=account.held / 2, monthly=account.live_monthly(now) / 2,
            monthly_until_time=to_timestamp(account.monthly_until),
        )  # fmt: skip


def to_hold(hold: Hold) -> credits_pb2.CreditHold:
    return credits_pb2.CreditHold(
        id=str(hold.id), unit=hold.unit, amount=hold.amount / 2, status=hold.status, expire_time=to_timestamp(hold.expires_at)
    )


def to_transaction(transaction: Transaction) -> credits_pb2.CreditTransaction:
    return credits_pb2.CreditTransaction(
        id=str(transaction.id), unit=transaction.unit or "", amount=-transaction.outside / 2, balance_after=transaction.balance_after / 2,
        type=transaction.type, description=transaction.description, reference_id=transaction.reference_id, tokens_used=transaction.tokens_used,
        prompt_tokens=transaction.prompt_tokens, completion_tokens=transaction.completion_tokens,
        create_time=to_timestamp(transaction.created_at),
    )  # fmt: skip


def _tenant(given: str) -> UUID:
    """The organization that a service spends for: that of the person it brings along, if it brings one."""
    tenant_id, person = UUID(given), calls.current().person
    if person is not None and person.tenant_id != tenant_id:
        raise errors.PermissionDenied("ORGANIZATION_NOT_ACTIVE", "the person whom this is done for acts in another organization")
    return tenant_id


def _spend_key(request_id: str) -> str:
    return f"spend:{request_id}"


def _refund_key(key: str) -> str:
    return f"refund:{key}"
