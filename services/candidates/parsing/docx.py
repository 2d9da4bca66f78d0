"""Word documents, read as a stream of XML events: paragraphs, tables, text boxes, headers and footers in reading order."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from services.candidates.parsing.archive import Package
from services.candidates.parsing.limits import DOCX, MAX_CHARACTERS, MAX_XML_DEPTH, Unreadable, too_much_text
from services.candidates.parsing.lines import Document, Line, bounded, clean, seams_of
from services.candidates.parsing.upload import open_docx

_HEADING, _BODY = 20.0, 11.0  # points, where the document leaves them to its styles
_ON = frozenset({"", "1", "true", "on"})
_VALUED = frozenset({"sz", "color", "rStyle"})
_LOOKS = frozenset({"b", "i", "caps", "smallCaps"}) | _VALUED
_SKIPPED = frozenset({"Fallback", "del", "moveFrom", "instrText", "delText"})


def read_docx(data: bytes) -> Document:
    """Headers come first, footers last, because a name or an address is often there. Text that was deleted with tracking on is left out."""
    package = open_docx(data)
    main = _main_part(package)
    styles = _Styles()
    folder = posixpath.dirname(main)
    if posixpath.join(folder, "styles.xml") in package.names:
        _parse(package, posixpath.join(folder, "styles.xml"), styles)
    relations = _relations(package, main)
    headers = sorted({target for kind, target in relations.values() if kind == "header"} & package.names)
    footers = sorted({target for kind, target in relations.values() if kind == "footer"} & package.names)
    lines: list[Line] = []
    seen: set[str] = set()
    pages = 1
    for part in [*headers, main, *footers]:
        body = _Body({key: target for key, (kind, target) in _relations(package, part).items() if kind == "hyperlink"}, styles)
        _parse(package, part, body)
        if part == main:
            pages = body.page
            lines += body.lines
        else:  # the first page's header and the others' are often the same text
            lines += [line for line in body.lines if line.text not in seen]
            seen |= {line.text for line in body.lines}
    return Document(DOCX, pages, bounded(lines), wrapped=False)


class _Events:
    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


def _parse(package: Package, name: str, events: _Events) -> None:
    """Feed a part's XML to the events. A document type is refused, and with it every entity."""
    try:
        xml = package.read(name)
    except KeyError as error:
        raise Unreadable("FILE_CORRUPT", "The document lacks a part that it names.") from error
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_XML_DEPTH:
            raise Unreadable("FILE_CORRUPT", "The document nests its parts too deep.")
        events.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        events.end(_local(tag))

    def refuse(*_: object) -> NoReturn:
        raise Unreadable("FILE_CORRUPT", "The document declares XML entities, which no Word document does.")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, events.text
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler, parser.ExternalEntityRefHandler = refuse, refuse, refuse
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable("FILE_CORRUPT", "The document's XML is damaged.") from error


def _local(name: str) -> str:
    return name.rpartition("}")[2]


class _Relations(_Events):
    def __init__(self, part: str) -> None:
        self.found: dict[str, tuple[str, str]] = {}
        self._folder = posixpath.dirname(part)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            if attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", self._folder, target)).lstrip("/")
            self.found[attributes.get("Id", "")] = (posixpath.basename(attributes.get("Type", "")), target)


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Each relation's kind and target, by its id."""
    events = _Relations(part)
    name = posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")
    if name in package.names:
        _parse(package, name, events)
    return events.found


def _main_part(package: Package) -> str:
    for kind, target in _relations(package, "").values():
        if kind == "officeDocument":
            return target
    raise Unreadable("FILE_CORRUPT", "The document does not say which of its parts is the text.")


class _Styles(_Events):
    """Which paragraph styles are headings or list items, by their built-in names, as the ids are translated, and about how large."""

    def __init__(self) -> None:
        self.headings: set[str] = set()
        self.sizes: dict[str, float] = {}
        self.bullets: set[str] = set()
        self._style = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style":
            self._style = attributes.get("styleId", "")
        elif tag == "name":
            name = attributes.get("val", "").lower()
            if name.startswith("heading "):
                self.headings.add(self._style)
                self.sizes[self._style] = _HEADING - (int(name[8:]) if name[8:].isdecimal() else 9)
            elif name == "title":
                self.sizes[self._style] = _HEADING + 4
            elif name.startswith("list "):
                self.bullets.add(self._style)


@dataclass(slots=True)
class _Paragraph:
    pieces: list[str] = field(default_factory=list)
    looks: list[frozenset[str]] = field(default_factory=list)  # of each piece
    links: list[str] = field(default_factory=list)
    style: str = ""
    numbered: bool = False
    bold: int = 0  # characters
    size: float | None = None

    def rows(self) -> list[list[tuple[str, frozenset[str]]]]:
        """Its pieces and how they look, line by line."""
        rows: list[list[tuple[str, frozenset[str]]]] = [[]]
        for piece, look in zip(self.pieces, self.looks, strict=True):
            begun, *others = piece.split("\n")
            rows[-1].append((begun, look))
            rows += [[(other, look)] for other in others]
        return rows


@dataclass(slots=True)
class _Cell:
    lines: list[Line] = field(default_factory=list)


class _Body(_Events):
    """Turns the events of a text part into lines; paragraphs and tables nest, because a text box holds paragraphs."""

    def __init__(self, hyperlinks: dict[str, str], styles: _Styles) -> None:
        self.lines: list[Line] = []
        self.page = 1
        self._hyperlinks, self._styles = hyperlinks, styles
        self._paragraphs: list[_Paragraph] = []
        self._rows: list[list[_Cell]] = []
        self._outputs: list[list[Line]] = [self.lines]
        self._skipping = 0
        self._in_text = self._in_run = self._bold = False
        self._look: set[str] = set()
        self._size: float | None = None
        self._characters = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
            return
        paragraph = self._paragraphs[-1] if self._paragraphs else None
        if tag == "p":
            self._paragraphs.append(_Paragraph())
        elif tag == "tr":
            self._rows.append([])
        elif tag == "tc" and self._rows:
            cell = _Cell()
            self._rows[-1].append(cell)
            self._outputs.append(cell.lines)
        elif tag == "br" and attributes.get("type") == "page":
            self.page += 1
        elif paragraph is None:
            return
        elif tag == "t":
            self._in_text = True
        elif tag == "r":
            self._in_run, self._bold, self._size, self._look = True, False, None, set()
        elif tag in ("tab", "ptab") and self._in_run:
            self._add(paragraph, "\t")
        elif tag in ("br", "cr"):
            self._add(paragraph, "\n")
        elif tag == "noBreakHyphen":
            self._add(paragraph, "-")
        elif tag == "pStyle":
            paragraph.style = attributes.get("val", "")
        elif tag == "numPr":
            paragraph.numbered = True
        elif tag in _LOOKS and self._in_run:
            self._set(tag, attributes.get("val", ""))
        elif tag == "hyperlink" and attributes.get("id") in self._hyperlinks:
            paragraph.links.append(clean(self._hyperlinks[attributes["id"]])[:500])

    def _set(self, tag: str, value: str) -> None:
        if tag == "sz":
            self._size = _half_points(value)
        elif tag == "b":
            self._bold = value in _ON
        if tag in _VALUED or value in _ON:
            self._look.add(f"{tag} {value}" if tag in _VALUED else tag)

    def _add(self, paragraph: _Paragraph, piece: str) -> None:
        paragraph.pieces.append(piece)
        paragraph.looks.append(frozenset(self._look))

    def end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        if tag == "t":
            self._in_text = False
        elif tag == "r":
            self._in_run = False
        elif tag == "p" and self._paragraphs:
            self._end_paragraph(self._paragraphs.pop())
        elif tag == "tc" and len(self._outputs) > 1:
            self._outputs.pop()
        elif tag == "tr" and self._rows:
            self._end_row(self._rows.pop())

    def text(self, text: str) -> None:
        if not self._in_text or self._skipping or not self._paragraphs:
            return
        self._characters += len(text)
        if self._characters > MAX_CHARACTERS:
            raise too_much_text()
        paragraph = self._paragraphs[-1]
        self._add(paragraph, text)
        if self._bold:
            paragraph.bold += len(text)
        if self._size is not None:
            paragraph.size = max(paragraph.size or 0, self._size)

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        whole = "".join(paragraph.pieces)
        heading = paragraph.style in self._styles.headings
        bullet = paragraph.numbered or paragraph.style in self._styles.bullets
        bold = 2 * paragraph.bold > len(whole)
        seams = [seams_of(row) for row in paragraph.rows()]
        for index, piece in enumerate(whole.split("\n")):
            links = tuple(paragraph.links) if index == 0 else ()
            size = paragraph.size or self._styles.sizes.get(paragraph.style, _BODY)
            line = Line(
                clean(piece),
                self.page,
                size=size,
                bold=bold,
                heading=heading,
                bullet=bullet and index == 0,
                links=links,
                seams=seams[index],
            )
            if line.text:
                self._outputs[-1].append(line)

    def _end_row(self, cells: list[_Cell]) -> None:
        """A row of single lines is one line with gaps, as in a table of values; else the cells follow one another, as in a layout table."""
        filled = [cell.lines for cell in cells if cell.lines]
        output = self._outputs[-1]
        if len(filled) > 1 and all(len(lines) == 1 for lines in filled):
            parts = [lines[0] for lines in filled]
            links = tuple(link for part in parts for link in part.links)
            seams = tuple(seam for part in parts for seam in part.seams)
            output.append(
                Line(
                    "\t".join(part.text.removeprefix(":").lstrip() for part in parts),
                    self.page,
                    size=parts[0].size,
                    bold=parts[0].bold,
                    links=links,
                    seams=seams,
                )
            )
        else:
            for lines in filled:
                output.extend(lines)


def _half_points(value: str) -> float | None:
    return int(value) / 2 if value.isdecimal() and len(value) <= 4 else None
