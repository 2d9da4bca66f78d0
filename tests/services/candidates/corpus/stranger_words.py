"""Word documents from a few tags: paragraphs with their looks, lists, tables, text boxes, headers and columns."""

import io

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from lxml import etree

_BOX = (
    f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape style="position:absolute;width:{{width}}pt;height:500pt">'
    "<v:textbox><w:txbxContent/></v:textbox></v:shape></w:pict></w:r>"
)


def written(body: str) -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    for child in etree.fromstring(f"<body>{body}</body>".encode()):
        _add(document, document, child)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add(document, place, element):  # type: ignore[no-untyped-def]
    if element.tag == "p":
        _fill(place.add_paragraph(style=element.get("style")), element)
    elif element.tag == "ul":
        for item in element:
            _fill(place.add_paragraph(style="List Bullet"), item)
    elif element.tag == "table":
        _table(document, place, element)
    elif element.tag in ("header", "footer"):
        for child in element:
            _add(document, getattr(document.sections[0], element.tag), child)
    elif element.tag == "columns":
        document.add_section(0)
        columns = document.sections[-1]._sectPr.find(qn("w:cols"))
        columns.set(qn("w:num"), element.get("n", "2"))
        for child in element:
            _add(document, place, child)
    elif element.tag == "box":
        holder = place.add_paragraph()
        run = parse_xml(_BOX.format(width=element.get("width", "150")))
        holder._p.append(run)
        inside = next(run.iter(qn("w:txbxContent")))
        before = len(document.element.body)
        for child in element:
            _add(document, document, child)
        for made in list(document.element.body)[before - 1 : -1]:
            inside.append(made)
    else:
        raise ValueError(element.tag)


def _table(document, place, element):  # type: ignore[no-untyped-def]
    widths = [Cm(float(width)) for width in element.get("widths").split(",")]
    table = place.add_table(0, len(widths))
    if element.get("grid"):
        table.style = "Table Grid"
    for row in element:
        cells = table.add_row().cells
        for cell, width, told in zip(cells, widths, row, strict=True):
            cell.width = width
            for child in told:
                _add(document, cell, child)
            if len(told):
                cell._tc.remove(cell.paragraphs[0]._p)


def _fill(paragraph, element):  # type: ignore[no-untyped-def]
    if element.get("align"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH[element.get("align").upper()]
    if element.get("tab"):
        paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(float(element.get("tab"))), WD_TAB_ALIGNMENT.RIGHT)
    if element.get("border"):
        borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
        bottom.set(qn("w:val"), "single")
        borders.append(bottom)
        paragraph._p.get_or_add_pPr().append(borders)
    _runs(paragraph, element, dict(element.attrib))


def _runs(paragraph, element, look):  # type: ignore[no-untyped-def]
    if element.text:
        _run(paragraph, element.text, look)
    for child in element:
        if child.tag == "tab":
            _run(paragraph, "\t", look)
        elif child.tag == "br":
            paragraph.add_run().add_break()
        else:
            _runs(paragraph, child, {**look, **child.attrib, child.tag: "1"})
        if child.tail:
            _run(paragraph, child.tail, look)


def _run(paragraph, text, look):  # type: ignore[no-untyped-def]
    run = paragraph.add_run(" ".join(text.split("\n")))
    run.bold, run.italic, run.underline = bool(look.get("b")) or None, bool(look.get("i")) or None, bool(look.get("u")) or None
    run.font.all_caps, run.font.small_caps = bool(look.get("caps")) or None, bool(look.get("sc")) or None
    if look.get("size"):
        run.font.size = Pt(float(look["size"]))
    if look.get("color"):
        run.font.color.rgb = RGBColor.from_string(look["color"])
    if look.get("font"):
        run.font.name = look["font"]
