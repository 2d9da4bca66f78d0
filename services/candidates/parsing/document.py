"""A file of bytes turned into lines of text, whichever of the formats its content is."""

from __future__ import annotations

import re

from services.candidates.parsing.limits import DOCX, HTML, PDF, TXT
from services.candidates.parsing.lines import Document, Line, bounded, clean
from services.candidates.parsing.upload import check_upload, decode_text

_MARKED = re.compile(r"(#{1,6}) +(\S.*?)(?: +#+)?\s*$")
_QUOTED = re.compile(r"^(?:> ?)+")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\(((?:https?://|mailto:)[^\s()]{3,300})\)")
_CELLS = re.compile(r"^\s*\|(.+)\|\s*$")
_EMPHASIS = re.compile(r"(?<![\w*])(?:\*\*([^*\s](?:[^*]*[^*\s])?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*)(?![\w*])")
_GAP = re.compile(r"(?<=\S) {3,}(?=\S)|(?<=\w{6}) {2}(?=[^\W\d_a-z]\w{2})")
_WIDTH, _HEIGHT = 6.0, 12.0


def read(data: bytes) -> Document:
    """Raises Unreadable. Native code sees the bytes here: call it in a process that may die, which `parse_isolated` starts."""
    kind = check_upload(data)
    if kind == PDF:
        from services.candidates.parsing.pdf import read_pdf  # noqa: PLC0415 - PDFium is loaded only for a PDF

        return read_pdf(data)
    if kind == DOCX:
        from services.candidates.parsing.docx import read_docx  # noqa: PLC0415

        return read_docx(data)
    if kind == HTML:
        from services.candidates.parsing.html import read_html  # noqa: PLC0415

        return read_html(data)
    return _read_text(data)


def _read_text(data: bytes) -> Document:
    """A form feed starts a page, as in text made from a PDF. Letters are taken to be as wide and high as a typewriter's."""
    pages = decode_text(data).split("\f")
    lines = [_typed(text.expandtabs(4), number, row) for number, page in enumerate(pages, 1) for row, text in enumerate(page.splitlines())]
    return Document(TXT, len(pages), bounded(lines))


def _typed(text: str, page: int, row: int) -> Line:
    """Three blanks within a line are a gap, and two between a word and a capital; number signs before words make a heading, as in Markdown."""
    targets = tuple(dict.fromkeys(match[2] for match in _LINK.finditer(text)))[:20]
    text = _LINK.sub(r"\1", text)
    marked = _MARKED.match(text)
    whole = _EMPHASIS.sub(r"\1\2", _QUOTED.sub("", marked[2] if marked else text)).rstrip()
    indent = len(whole) - len(whole.lstrip())
    if cells := _CELLS.match(whole):
        whole = "\t".join(cell.strip() for cell in cells[1].split("|"))
    words = clean(_GAP.sub("\t", whole))
    return Line(
        words,
        page,
        indent * _WIDTH,
        row * _HEIGHT,
        len(whole) * _WIDTH,
        (row + 1) * _HEIGHT,
        size=20.0 - 2 * len(marked[1]) if marked else None,
        heading=marked is not None,
        links=targets,
    )
