"""PDF pages as lines in reading order, through PDFium's characters and their boxes."""

from __future__ import annotations

import ctypes
from collections import Counter
from dataclasses import dataclass

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from services.candidates.parsing.layout import Word, reading_order
from services.candidates.parsing.limits import MAX_CHARACTERS, MAX_PAGES, PDF, Unreadable, too_many_pages, too_much_text
from services.candidates.parsing.lines import Document, Line, bounded, clean

_SOFT_HYPHEN = 2  # what PDFium makes of a hyphen at a line's end
_BOLD_WEIGHT = 600
_MAX_LINKS = 200


def read_pdf(data: bytes) -> Document:
    """Raises Unreadable; a page without text is no error but a note, and so is a whole scanned document."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable("FILE_ENCRYPTED", "The PDF is encrypted. Save it without a password and upload it again.") from error
        raise Unreadable("FILE_CORRUPT", "The PDF is damaged or incomplete and cannot be opened.") from error
    pages = len(document)
    if pages > MAX_PAGES:
        raise too_many_pages(pages)
    if pages == 0:
        raise Unreadable("FILE_CORRUPT", "The PDF has no pages.")
    lines: list[Line] = []
    unread: list[str] = []
    characters = 0
    for number in range(1, pages + 1):
        try:
            page = document[number - 1]
            words = _words(page)
        except pypdfium2.PdfiumError:
            unread.append(f"Page {number} is damaged and was not read.")
            continue
        characters += sum(len(word.text) for word in words)
        if characters > MAX_CHARACTERS:
            raise too_much_text()
        links = _links(page)
        found = [_line(row, number, links) for row in reading_order(words)]
        if not found:
            unread.append(f"Page {number} has no text layer; it may be a scan or empty.")
        lines += found
        page.close()
    return Document(PDF, pages, bounded(lines), tuple(unread))


@dataclass(frozen=True, slots=True)
class _Link:
    x0: float
    y0: float
    x1: float
    y1: float
    target: str


def _words(page: pypdfium2.PdfPage) -> list[Word]:
    text_page = page.get_textpage()
    height = page.get_height()
    place = pdfium.FS_RECTF()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    count = text_page.count_chars()
    if count > 2 * MAX_CHARACTERS:
        raise too_much_text()
    words: list[Word] = []
    letters: list[str] = []
    box = (0.0, 0.0, 0.0, 0.0)
    size, bold = 0.0, False

    def finish() -> None:
        if letters:
            words.append(Word("".join(letters), *box, size, bold))
            letters.clear()

    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        letter = "-" if code == _SOFT_HYPHEN else _decode(code)
        if letter.isspace() or not letter:
            finish()
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, place):
            continue
        if not pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top):
            continue
        # Across, the advance, where a "1" is as wide as a "0"; down, the ink, so that lines set close do not overlap.
        x0, x1, y0, y1 = place.left, place.right, height - top.value, height - bottom.value
        if letters and (x0 - box[2] > 0.25 * max(size, 4) or x0 < box[0] - 1 or y0 > box[3] + 1 or y1 < box[1] - 1):
            finish()
        if not letters:
            size = pdfium.FPDFText_GetFontSize(text_page, index) * _scale(text_page, index)
            bold = _is_bold(text_page, index)
            box = (x0, y0, x1, y1)
        letters.append(letter)
        box = (min(box[0], x0), min(box[1], y0), max(box[2], x1), max(box[3], y1))
    finish()
    return words


def _is_bold(text_page: pypdfium2.PdfTextPage, index: int) -> bool:
    """The standard fonts state no weight, but every bold font says so in its name."""
    if pdfium.FPDFText_GetFontWeight(text_page, index) >= _BOLD_WEIGHT:
        return True
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(text_page, index, name, len(name), flags)
    return 0 < length <= len(name) and any(word in name.value.lower() for word in (b"bold", b"black", b"heavy"))


def _decode(code: int) -> str:
    return "" if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def _scale(text_page: pypdfium2.PdfTextPage, index: int) -> float:
    """Some writers set a font of one point and enlarge it by the matrix."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(text_page, index, matrix):
        return 1.0
    scale = (matrix.b**2 + matrix.d**2) ** 0.5
    return scale if 0 < scale < 1000 else 1.0


def _links(page: pypdfium2.PdfPage) -> list[_Link]:
    """The web addresses behind areas of the page, which often stand behind a mere word."""
    links: list[_Link] = []
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    height = page.get_height()
    rectangle = pdfium.FS_RECTF()
    while len(links) < _MAX_LINKS and pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        if not action or not pdfium.FPDFLink_GetAnnotRect(link, rectangle):
            continue
        length = pdfium.FPDFAction_GetURIPath(page.pdf, action, None, 0)
        if not 1 < length <= 500:
            continue
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(page.pdf, action, buffer, length)
        target = clean(buffer.raw[: length - 1].decode("utf-8", "replace"))
        links.append(_Link(rectangle.left, height - rectangle.top, rectangle.right, height - rectangle.bottom, target))
    return links


def _line(row: list[list[Word]], page: int, links: list[_Link]) -> Line:
    """One line from its cells, which a tab parts."""
    words = [word for cell in row for word in cell]
    x0, y0 = min(word.x0 for word in words), min(word.y0 for word in words)
    x1, y1 = max(word.x1 for word in words), max(word.y1 for word in words)
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(word.size, 1)] += len(word.text)
    middle = (y0 + y1) / 2
    targets = dict.fromkeys(link.target for link in links if link.y0 <= middle <= link.y1 and link.x0 < x1 and link.x1 > x0)
    return Line(
        clean("\t".join(" ".join(word.text for word in cell) for cell in row)),
        page, round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1), sizes.most_common(1)[0][0],
        bold=words[0].bold, links=tuple(targets),
    )  # fmt: skip
