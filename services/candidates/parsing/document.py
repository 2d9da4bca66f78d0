"""A file of bytes turned into lines of text, whichever of the three formats its content is."""

from __future__ import annotations

from services.candidates.parsing.limits import DOCX, PDF, TXT
from services.candidates.parsing.lines import Document, Line, bounded, clean
from services.candidates.parsing.upload import check_upload, decode_text


def read(data: bytes) -> Document:
    """Raises Unreadable. Native code sees the bytes here: call it in a process that may die, which `parse_isolated` starts."""
    kind = check_upload(data)
    if kind == PDF:
        from services.candidates.parsing.pdf import read_pdf  # noqa: PLC0415 - PDFium is loaded only for a PDF

        return read_pdf(data)
    if kind == DOCX:
        from services.candidates.parsing.docx import read_docx  # noqa: PLC0415

        return read_docx(data)
    return _read_text(data)


def _read_text(data: bytes) -> Document:
    """A form feed starts a page, as in text made from a PDF."""
    pages = decode_text(data).split("\f")
    lines = [
        Line(clean(text.expandtabs(4) if text[:1] == "\t" else text), number)
        for number, page in enumerate(pages, 1)
        for text in page.splitlines()
    ]
    return Document(TXT, len(pages), bounded(lines))
