"""PDF pages as lines in reading order, through PDFium's characters and their boxes."""

from __future__ import annotations

import ctypes
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from services.candidates.parsing.dates import MONTHS
from services.candidates.parsing.layout import reading_order
from services.candidates.parsing.limits import MAX_CHARACTERS, MAX_PAGES, PDF, Unreadable, too_many_pages, too_much_text
from services.candidates.parsing.lines import Document, Line, bounded, clean, seams_of
from services.candidates.parsing.segments import Word

_HYPHENS = (2, 0xAD)  # what PDFium makes of a hyphen at a line's end, and what fonts call the glyph that some programs set for every hyphen
_BOLD_WEIGHT = 600
_MAX_LINKS = 200
_FEW_LETTERS = 4
_BLANK = 0.17  # of the size: the narrowest gap between words that nothing else parts
_TIGHT_BLANK = 0.11  # where the letters themselves stand without any gap, as in a line that was squeezed to fit
_NO_GAP = 0.01
_RUNNING = re.compile(r"(?:page|seite|p\u00e1gina|p\.)?\s*\d{1,2}\s*(?:(?:/|of|von|de|sur)\s*\d{1,2})?", re.IGNORECASE)
_MARGIN = 0.07
_TOP = 80.0
_PAGE_WORDS = frozenset(
    [
        "page",
        "seite",
        "página",
        "of",
        "von",
        "de",
        "sur",
        "cv",
        "resume",
        "curriculum",
        "vitae",
        "lebenslauf",
        "continued",
        "résumé",
        "confidential",
        "vertraulich",
    ]
)


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
        said = {word for line in (lines or found)[:8] for word in _words_of(line)}
        lines += [line for line in found if not _is_running(line, page.get_height(), said)]
        page.close()
    lines = _without_running_lines(_without_running_name(lines))
    return Document(PDF, pages, bounded(lines), tuple(unread))


def _is_running(line: Line, height: float, said: set[str]) -> bool:
    """Whether it is a page's number, or a footer that says the name, the date and the page once more."""
    at = (line.y0 or 0) / height
    if _MARGIN < at < 1 - _MARGIN:
        return False
    words = _words_of(line)
    footer = (
        at > 0.5
        and bool(words)
        and not words & {"www", "com"}
        and words <= said | _PAGE_WORDS | MONTHS.keys()
        and bool(words & (_PAGE_WORDS | MONTHS.keys()))
    )
    return footer or bool(_RUNNING.fullmatch(line.text))


def _without_running_name(lines: list[Line]) -> list[Line]:
    """Without what heads or ends a further page and says nothing but what the head of the first page says, such as the name."""
    first = [line for line in lines if line.page == 1][:8]
    said = {word for line in first for word in _words_of(line)}
    tops: dict[int, float] = {}
    for line in lines:
        tops[line.page] = min(tops.get(line.page, line.y0 or 0), line.y0 or 0)
    return [
        line for line in lines
        if line.page == 1 or (line.y0 or 0) > min(tops[line.page] + 3, _TOP) or not (words := _words_of(line)) or not words <= said | _PAGE_WORDS
    ]  # fmt: skip


def _words_of(line: Line) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", line.text.casefold()))


def _without_running_lines(lines: list[Line]) -> list[Line]:
    """Without what stands at the same height of several pages, but for its number: the first of them may be the contacts and stays if nothing is above it."""
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for line in lines:
        places[_running_key(line)].add(line.page)
    first_of: dict[int, float] = {}
    for line in lines:
        first_of[line.page] = min(first_of.get(line.page, line.y0 or 0), line.y0 or 0)
    kept = []
    for line in lines:
        repeated = len(places[_running_key(line)]) > 1
        is_top = line.page == min(places[_running_key(line)]) and (line.y0 or 0) <= first_of[line.page] + 40
        if not repeated or is_top:
            kept.append(line)
    return kept


def _running_key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round((line.y0 or 0) / 4)


@dataclass(frozen=True, slots=True)
class _Link:
    x0: float
    y0: float
    x1: float
    y1: float
    target: str


@dataclass(slots=True)
class _Letter:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    size: float
    index: int


def _words(page: pypdfium2.PdfPage) -> list[Word]:
    text_page = page.get_textpage()
    count = text_page.count_chars()
    if count > 2 * MAX_CHARACTERS:
        raise too_much_text()
    words: list[Word] = []
    run: list[_Letter | None] = []
    for letter in _letters(text_page, count, page.get_height()):
        last = next((each for each in reversed(run) if each), None)
        if letter and last and (abs(letter.base - last.base) > 0.5 or abs(letter.size - last.size) > 0.5 or letter.x0 < last.x0 - 1):
            words += _split(text_page, run)
            run = []
        run.append(letter)
    return _with_small_capitals([*words, *_split(text_page, run)])


def _with_small_capitals(words: list[Word]) -> list[Word]:
    """A word whose first letter is set larger than the rest is one word."""
    whole: list[Word] = []
    for word in words:
        last = whole[-1] if whole else None
        if (
            last and last.text[-1:].isalpha() and word.text[:1].isalpha() and abs(word.base - last.base) < 0.5
            and last.size != word.size and -1 < word.x0 - last.x1 < 0.08 * word.size
        ):  # fmt: skip
            whole[-1] = replace(last, text=last.text + word.text, x1=word.x1, y0=min(last.y0, word.y0), y1=max(last.y1, word.y1))
        else:
            whole.append(word)
    return whole


def _letters(text_page: pypdfium2.PdfTextPage, count: int, height: float) -> Iterator[_Letter | None]:
    """None for a blank that the page itself has; those that PDFium guesses from gaps are not used, as wide tracking misleads it."""
    place = pdfium.FS_RECTF()
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        letter = "-" if code in _HYPHENS else _decode(code)
        if letter.isspace() or not letter:
            if not pdfium.FPDFText_IsGenerated(text_page, index):
                yield None
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, place) or not pdfium.FPDFText_GetCharBox(
            text_page, index, left, right, bottom, top
        ):
            continue
        pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        size = pdfium.FPDFText_GetFontSize(text_page, index) * _scale(text_page, index)
        # Across, the advance, where a "1" is as wide as a "0"; down, the ink, so that lines set close do not overlap.
        yield _Letter(letter, place.left, height - top.value, place.right, height - bottom.value, height - y.value, size, index)


def _split(text_page: pypdfium2.PdfTextPage, run: list[_Letter | None]) -> list[Word]:
    """The words of letters on one baseline: parted by blanks, and by gaps that are wide beside those between most letters."""
    pairs = [(one, other) for one, other in pairwise(run) if one and other]
    gaps = sorted(other.x0 - one.x1 for one, other in pairs)
    tracking = gaps[len(gaps) // 3] if len(gaps) >= _FEW_LETTERS else 0.0  # words may be as short as two letters
    blank = _TIGHT_BLANK if pairs and tracking < _NO_GAP * pairs[0][0].size else _BLANK
    words: list[Word] = []
    open_word: list[_Letter] = []
    for letter in [*run, None]:
        if open_word and (letter is None or letter.x0 - open_word[-1].x1 > _gap(open_word[-1], letter, blank) + max(tracking, 0)):
            first = open_word[0]
            words.append(
                Word(
                    "".join(each.text for each in open_word), min(each.x0 for each in open_word), min(each.y0 for each in open_word),
                    max(each.x1 for each in open_word), max(each.y1 for each in open_word), first.size, (look := _look(text_page, first))[0],
                    first.base, max(tracking, 0.0), look,
                )
            )  # fmt: skip
            open_word = []
        if letter:
            open_word.append(letter)
    return words


def _gap(last: _Letter, letter: _Letter, blank: float) -> float:
    """The narrowest gap that parts two words here: narrower where a capital follows a small letter, as where a blank is set smaller than the words."""
    return (min(blank, _BLANK / 2.5) if last.text.islower() and letter.text.isupper() else blank) * max(letter.size, 4)


def _look(text_page: pypdfium2.PdfTextPage, letter: _Letter) -> tuple[bool, bool, int, int]:
    """Whether it is bold and slanted, its size and its colour. The standard fonts state no weight, but every bold font says so in its name."""
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    length = pdfium.FPDFText_GetFontInfo(text_page, letter.index, name, len(name), flags)
    font = name.value.lower() if 0 < length <= len(name) else b""
    bold = pdfium.FPDFText_GetFontWeight(text_page, letter.index) >= _BOLD_WEIGHT or any(
        word in font for word in (b"bold", b"black", b"heavy")
    )
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFText_GetFillColor(text_page, letter.index, red, green, blue, alpha)
    colour = red.value << 16 | green.value << 8 | blue.value
    return bold, b"italic" in font or b"oblique" in font, round(2 * letter.size), colour


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
    seams = tuple(seam for cell in row for seam in seams_of((word.text, word.look) for word in cell))
    return Line(
        clean("\t".join(" ".join(word.text for word in cell) for cell in row)),
        page, round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1), sizes.most_common(1)[0][0],
        bold=words[0].bold, links=tuple(targets), slanted=(words[0].look[1], words[-1].look[1]), seams=seams,
    )  # fmt: skip
