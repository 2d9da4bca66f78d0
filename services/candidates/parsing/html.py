"""Web pages as lines: blocks, headings, lists and tables of their text; nothing is fetched and nothing is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from services.candidates.parsing.limits import HTML, MAX_CHARACTERS, MAX_XML_DEPTH, Unreadable, too_much_text
from services.candidates.parsing.lines import Document, Line, bounded, clean, seams_of
from services.candidates.parsing.upload import decode_text

_UNSEEN = frozenset({"script", "style", "head", "template", "noscript", "svg", "math", "select", "iframe", "object"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_HEADINGS = {"h1": 24.0, "h2": 16.0, "h3": 13.0, "h4": 12.0, "h5": 12.0, "h6": 12.0}
_BOLD = frozenset({"b", "strong", "th"})
_LOOKS = _BOLD | {"i", "em", "cite", "small", "span", "time", "a", "u", "font"}
_FONT = {"7": 36.0, "6": 24.0, "5": 18.0, "4": 14.0}


def read_html(data: bytes) -> Document:
    """Raises Unreadable for one that nests too deep or says too much."""
    reader = _Reader()
    reader.feed(decode_text(data))
    reader.close()
    reader.end_line()
    return Document(HTML, 1, bounded(reader.lines), wrapped=False)


@dataclass(slots=True)
class _Row:
    """A table's row; each cell has its own lines."""

    cells: list[list[Line]] = field(default_factory=list)


class _Reader(HTMLParser):
    """A tab takes the place of a seam between two parts of a line that nothing but their boxes sets apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._outputs: list[list[Line]] = [self.lines]
        self._rows: list[_Row] = []
        self._open: list[str] = []
        self._unseen = 0
        self._pieces: list[str] = []
        self._looks: list[tuple[str, frozenset[str]]] = []
        self._links: list[str] = []
        self._bold = self._characters = 0
        self._size: float | None = None
        self._bullet = False
        self._seam = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "br":
            self.end_line()
        elif tag in _BLOCKS:
            self.end_line()
            self._bullet = tag == "li"
        elif tag in ("span", "a", "strong", "em", "b", "i", "time", "small"):
            self._seam = bool(self._pieces)
        if tag in _VOID:
            return
        if len(self._open) >= MAX_XML_DEPTH:
            raise Unreadable("FILE_CORRUPT", "The page nests its parts too deep.")
        self._open.append(tag)
        if tag in _UNSEEN or "hidden" in said or "display:none" in (said.get("style") or "").replace(" ", ""):
            self._unseen = self._unseen or len(self._open)
        if tag == "font":
            self._size = _FONT.get(said.get("size") or "", self._size)
        if tag == "a" and said.get("href"):
            self._links.append(clean(str(said["href"]))[:500])
        if tag == "tr":
            self._rows.append(_Row())
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].cells.append([])
            self._outputs.append(self._rows[-1].cells[-1])

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        if tag in _BLOCKS:
            self.end_line()
        else:
            self._seam = tag in ("span", "a", "time") and bool(self._pieces)
        while self._open:
            ended = self._open.pop()
            if self._unseen > len(self._open):
                self._unseen = 0
            if ended in ("td", "th") and len(self._outputs) > 1:
                self._outputs.pop()
            elif ended == "tr" and self._rows:
                self._end_row(self._rows.pop())
            if ended == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._unseen or not data:
            return
        self._characters += len(data)
        if self._characters > 4 * MAX_CHARACTERS:
            raise too_much_text()
        if "pre" not in self._open:
            data = " ".join(data.split()).join((" " if data[:1].isspace() else "", " " if data[-1:].isspace() else ""))
        if self._seam and data[:1].isalnum() and self._pieces and self._pieces[-1][-1:].isalnum():
            self._pieces.append("\t")
        self._seam = False
        self._pieces.append(data)
        self._looks.append((data, _LOOKS.intersection(self._open)))
        if _BOLD.intersection(self._open):
            self._bold += len(data)

    def end_line(self) -> None:
        whole = "".join(self._pieces)
        level = next((tag for tag in reversed(self._open) if tag in _HEADINGS), "")
        text = clean(whole.replace("\n", " "))
        if text:
            bold = bool(level) or 2 * self._bold > len(whole.strip())
            size = _HEADINGS.get(level, self._size or 11.0)
            line = Line(
                text,
                1,
                size=size,
                bold=bold,
                heading=level in ("h2", "h3") or level == "h1",
                bullet=self._bullet,
                links=tuple(self._links),
                seams=seams_of(self._looks),
            )
            self._outputs[-1].append(line)
            self._bullet = False
            self._links = []
        self._pieces, self._looks, self._bold, self._seam, self._size = [], [], 0, False, None

    def _end_row(self, row: _Row) -> None:
        """Cells of one line each are one line with gaps; else they follow one another, as in a page laid out by a table."""
        filled = [cell for cell in row.cells if cell]
        output = self._outputs[-1]
        if len(filled) > 1 and all(len(cell) == 1 for cell in filled):
            first = filled[0][0]
            links = tuple(link for cell in filled for link in cell[0].links)
            seams = tuple(seam for cell in filled for seam in cell[0].seams)
            output.append(Line("\t".join(cell[0].text for cell in filled), 1, size=first.size, bold=first.bold, links=links, seams=seams))
            return
        for cell in filled:
            output.extend(cell)
