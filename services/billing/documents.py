"""Invoices as PDF, and the page that leads a person on."""

import html
import json
from pathlib import Path

import typst

from services.billing.providers import currencies
from services.billing.tables.payments import Invoice

_TEMPLATE = Path(__file__).with_name("invoice.typ")


def invoice_pdf(invoice: Invoice, tax_name: str, seller: str) -> bytes:
    """One page. The same invoice is the same file, byte for byte."""
    lines = [(invoice.description, invoice.subtotal)] + ([(tax_name, invoice.tax)] if invoice.tax else [])
    data = {
        "title": f"{'Credit note' if invoice.kind == 'credit_note' else 'Invoice'} {invoice.number}",
        "seller": [line.strip() for line in seller.split(";")],
        "buyer": invoice.billed_to.splitlines() or [f"Organization {invoice.tenant_id}"],
        "facts": [f"Date {invoice.invoice_date:%-d %B %Y}", *_state(invoice)],
        "lines": [[words, money(amount, invoice.currency)] for words, amount in lines],
        "total": money(invoice.amount, invoice.currency),
    }  # fmt: skip
    made = typst.compile(_TEMPLATE, format="pdf", ignore_system_fonts=True, sys_inputs={"invoice": json.dumps(data)})
    assert isinstance(made, bytes)
    return made


def _state(invoice: Invoice) -> list[str]:
    if invoice.kind == "credit_note":
        return []
    return [{"paid": "Paid", "void": "Void: nothing is owed"}.get(invoice.status, f"Due {invoice.due_date:%-d %B %Y}")]


def money(amount: int, currency: str) -> str:
    """An amount as people read it."""
    return f"{currencies.written(amount, currency)} {currency}"


def onward(url: str) -> str:
    """A page without scripts that goes on to the address, and has a link for whom it does not."""
    there = html.escape(url, quote=True)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={there}"><title>One moment</title></head>'
        f'<body><p><a href="{there}">Go on</a></p></body></html>'
    )
