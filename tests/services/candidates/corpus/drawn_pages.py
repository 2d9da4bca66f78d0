"""Made CVs drawn word by word with ReportLab: balanced columns with divided words, and boxes on one page."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.services.candidates.corpus.forms import Entry, Section, contacts, sections
from tests.services.candidates.corpus.truth import Truth

_BODY, _BOLD = "Vera", "VeraBd"
_LEADING = 12.0


class _Column:
    """A cursor that writes wrapped lines downwards and asks for the next place when it is full."""

    def __init__(self, canvas: Canvas, places: list[tuple[float, float, float]]) -> None:
        self._canvas, self._places = canvas, places
        self._next()

    def _next(self) -> None:
        if not self._places:
            self._canvas.showPage()
            self._places = [(50, 790, 495)]
        self.x, self.y, self.width = self._places.pop(0)

    def write(self, text: str, *, font: str = _BODY, size: float = 9, indent: float = 0, right: str = "", first: str = "") -> None:
        for number, line in enumerate(_wrapped(text, font, size, self.width - indent - (_width(right, size) + 8 if right else 0))):
            if self.y < 50:
                self._next()
            self._canvas.setFont(font, size)
            if number == 0 and first:
                self._canvas.drawString(self.x + indent - 10, self.y, first)
            self._canvas.drawString(self.x + indent, self.y, line)
            if number == 0 and right:
                self._canvas.setFont(_BODY, size)
                self._canvas.drawRightString(self.x + self.width, self.y, right)
            self.y -= _LEADING * size / 9

    def gap(self, height: float) -> None:
        self.y -= height


def two_columns(truth: Truth) -> bytes:
    """As an article in two columns: the head over both, sections flow from the left one into the right one."""
    out, canvas = _canvas()
    canvas.setFont(_BOLD, 18)
    canvas.drawCentredString(A4[0] / 2, 800, truth.name)
    canvas.setFont(_BODY, 8)
    words = contacts(truth)
    canvas.drawCentredString(A4[0] / 2, 784, " | ".join(words[:3]))
    canvas.drawCentredString(A4[0] / 2, 772, " | ".join(words[3:]))
    column = _Column(canvas, [(45, 745, 240), (310, 745, 240)])
    for section in sections(truth).values():
        _section(column, section, commas=section.kind == "skills")
    canvas.save()
    return out.getvalue()


def boxes(truth: Truth) -> bytes:
    """Contacts down the right of the name; skills in three short columns; dates in a column on the left."""
    out, canvas = _canvas()
    canvas.setFont(_BODY, 22)
    canvas.drawString(50, 790, truth.name)
    canvas.setFont(_BODY, 8.5)
    for number, line in enumerate(contacts(truth)):
        canvas.drawRightString(545, 800 - 11 * number, line)
    column = _Column(canvas, [(50, 735, 495)])
    for section in sections(truth).values():
        if section.kind != "skills":
            _section(column, section, commas=False)
            continue
        column.gap(8)
        column.write(section.heading, font=_BOLD, size=12)
        for start in range(0, len(section.items), 3):
            for number, item in enumerate(section.items[start : start + 3]):
                canvas.setFont(_BODY, 9)
                canvas.drawString(50 + 165 * number, column.y, item)
            column.gap(_LEADING)
    canvas.save()
    return out.getvalue()


def _section(column: _Column, section: Section, *, commas: bool) -> None:
    column.gap(8)
    column.write(section.heading, font=_BOLD, size=12)
    if section.paragraph:
        column.write(section.paragraph)
    if commas:
        column.write(", ".join(section.items))
    else:
        for item in section.items:
            column.write(item, indent=10, first="•")
    for entry in section.entries:
        _entry(column, entry)


def _entry(column: _Column, entry: Entry) -> None:
    column.gap(3)
    if entry.beside:
        column.write(entry.beside, size=8)
    for row in entry.rows:
        column.write(row.left, font=_BOLD if row.bold else _BODY, right=row.right)
    for bullet in entry.bullets:
        column.write(bullet, indent=10, first="•")


def _canvas() -> tuple[io.BytesIO, Canvas]:
    for name in (_BODY, _BOLD):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    out = io.BytesIO()
    return out, Canvas(out, pagesize=A4, invariant=1)


def _wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than asked; a long word at the end of a line is divided with a hyphen."""
    lines, line = [], ""
    for word in text.split(" "):
        whole = f"{line} {word}".strip()
        if pdfmetrics.stringWidth(whole, font, size) <= width:
            line = whole
            continue
        half = len(word) // 2
        if word.isalpha() and len(word) > 9 and pdfmetrics.stringWidth(f"{line} {word[:half]}-", font, size) <= width:
            lines.append(f"{line} {word[:half]}-".strip())
            line = word[half:]
        else:
            lines.append(line)
            line = word
    return [each for each in [*lines, line] if each]


def _width(text: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, _BODY, size))
