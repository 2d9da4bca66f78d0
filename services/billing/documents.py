"""Invoices as PDF."""

from io import BytesIO

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from services.billing.tables import Invoice

_LEFT, _RIGHT = 60, 535


def invoice_pdf(invoice: Invoice, tax_name: str) -> bytes:
    """One page. The same invoice is the same file, byte for byte."""
    file = BytesIO()
    page = Canvas(file, pagesize=A4, invariant=True)
    title = "Credit note" if invoice.kind == "credit_note" else "Invoice"
    page.setTitle(f"{title} {invoice.number}")
    page.setFont("Helvetica-Bold", 20)
    page.drawString(_LEFT, 760, f"{title} {invoice.number}")
    page.setFont("Helvetica", 10)
    facts = [
        f"Organization {invoice.tenant_id}", f"Date {invoice.invoice_date:%-d %B %Y}",
        f"Paid {invoice.invoice_date:%-d %B %Y}" if invoice.status == "paid" else f"Due {invoice.due_date:%-d %B %Y}",
    ]  # fmt: skip
    for number, fact in enumerate(facts):
        page.drawString(_LEFT, 730 - 15 * number, fact)
    rows = [(invoice.description, invoice.subtotal)] + ([(tax_name, invoice.tax)] if invoice.tax else []) + [("Total", invoice.amount)]
    for number, (words, amount) in enumerate(rows):
        page.setFont("Helvetica-Bold" if words == "Total" else "Helvetica", 11)
        page.drawString(_LEFT, 650 - 22 * number, words)
        page.drawRightString(_RIGHT, 650 - 22 * number, money(amount, invoice.currency))
    page.showPage()
    page.save()
    return file.getvalue()


def money(amount: int, currency: str) -> str:
    """Cents as people read them."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d} {currency}"
