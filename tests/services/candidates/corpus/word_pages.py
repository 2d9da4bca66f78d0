"""Made CVs as Word documents: styles and tabs, layout tables, text boxes, headers, the strict form, tracked changes."""

import io
import zipfile

import docx
from docx.document import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.shared import Cm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from tests.services.candidates.corpus.forms import Entry, Section, contacts, sections
from tests.services.candidates.corpus.truth import Truth

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SIDE = ("skills", "languages", "certifications")


def plain(truth: Truth) -> bytes:
    """Built-in heading and list styles, dates at a tab stop on the right."""
    page = docx.Document()
    page.add_heading(truth.name, 0)
    if truth.headline:
        page.add_paragraph(truth.headline)
    page.add_paragraph(" | ".join(contacts(truth)))
    for section in sections(truth).values():
        page.add_heading(section.heading, 1)
        _fill(page, page, section, items=", " if section.kind == "skills" else "")
    return _saved(page)


def table(truth: Truth) -> bytes:
    """One table of two cells, the narrow one with contacts and lists."""
    page = docx.Document()
    whole = page.add_table(1, 2)
    side, main = whole.rows[0].cells
    for line in contacts(truth):
        side.add_paragraph(line)
    _run(main.add_paragraph(), truth.name, size=22, bold=True)
    if truth.headline:
        main.add_paragraph(truth.headline)
    for section in sections(truth).values():
        cell = side if section.kind in _SIDE else main
        _run(cell.add_paragraph(), section.heading, size=13, bold=True)
        _fill(page, cell, section, items="")
    return _saved(page)


def text_box(truth: Truth) -> bytes:
    """The contacts in a text box, a change with tracking on, bold paragraphs for headings, and the strict namespace."""
    page = docx.Document()
    _run(page.add_paragraph(), truth.name, size=20, bold=True)
    inner = "".join(f'<w:p><w:r><w:t xml:space="preserve">{line}</w:t></w:r></w:p>' for line in contacts(truth))
    page.add_paragraph()._p.append(parse_xml(
        f'<w:r xmlns:w="{_W}" xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent>'
        "</v:textbox></v:shape></w:pict></w:r>"
    ))  # fmt: skip
    changed = page.add_paragraph()
    changed._p.append(parse_xml(
        f'<w:del xmlns:w="{_W}" w:id="1" w:author="x"><w:r><w:delText>old.address@example.com 0000</w:delText></w:r></w:del>'
    ))  # fmt: skip
    if truth.headline:
        changed._p.append(parse_xml(f'<w:ins xmlns:w="{_W}" w:id="2" w:author="x"><w:r><w:t>{truth.headline}</w:t></w:r></w:ins>'))
    for section in sections(truth).values():
        _run(page.add_paragraph(), section.heading.upper(), size=12, bold=True)
        _fill(page, page, section, items=" • " if section.kind == "skills" else "")
    return _strict(_saved(page))


def date_table(truth: Truth) -> bytes:
    """The contacts in the page's header, and for each section a table with dates or labels in its first column."""
    page = docx.Document()
    header = page.sections[0].header
    header.paragraphs[0].text = truth.name
    header.add_paragraph(" · ".join(contacts(truth)))
    for section in sections(truth).values():
        page.add_heading(section.heading, 2)
        if not section.entries:
            _fill(page, page, section, items="; " if section.kind == "skills" else "")
            continue
        grid = page.add_table(0, 2)
        for entry in section.entries:
            left, right = grid.add_row().cells
            rows = list(entry.rows)
            dated = next((row for row in rows if row.right and row.right[-1:].isalnum() and any(map(str.isdigit, row.right))), None)
            left.text = entry.beside or (dated.right if dated else "")
            for row in rows:
                _run(right.add_paragraph(), row.left if row is dated else "  ".join(filter(None, (row.left, row.right))), bold=row.bold)
            for bullet in entry.bullets:
                right.add_paragraph(bullet, style="List Bullet")
    return _saved(page)


def _fill(page: Document, to: Document | _Cell, section: Section, *, items: str) -> None:
    if section.paragraph:
        to.add_paragraph(section.paragraph)
    if section.items and items:
        to.add_paragraph(items.join(section.items))
    elif section.items:
        for item in section.items:
            to.add_paragraph(item, style="List Bullet")
    for entry in section.entries:
        _entry(to, entry)


def _entry(to: Document | _Cell, entry: Entry) -> None:
    for number, row in enumerate(entry.rows):
        paragraph = to.add_paragraph()
        left = f"{entry.beside}\t{row.left}" if entry.beside and number == 0 else row.left
        _run(paragraph, left, bold=row.bold, italic=row.italic)
        if row.right:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(15), WD_TAB_ALIGNMENT.RIGHT)
            paragraph.add_run("\t" + row.right)
    for bullet in entry.bullets:
        to.add_paragraph(bullet, style="List Bullet")


def _run(paragraph: Paragraph, text: str, *, size: float | None = None, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)


def _saved(page: Document) -> bytes:
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()


def _strict(data: bytes) -> bytes:
    """The namespaces of the strict form of the standard in place of the usual ones."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = old.read(name)
            if name.endswith((".xml", ".rels")):
                member = member.replace(_W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main").replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
                )
            new.writestr(name, member)
    return out.getvalue()
