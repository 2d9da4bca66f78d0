"""Made CVs as HTML, and as PDF that WeasyPrint makes of it where it and Pango are installed."""

from html import escape

from tests.services.candidates.corpus.forms import Entry, Section, contacts, sections
from tests.services.candidates.corpus.truth import Truth

_SIDE = ("skills", "languages", "certifications", "summary")
_FLOAT = """body{font-family:sans-serif;font-size:10pt} h1{text-align:center;margin-bottom:0} .to{text-align:center} h2{border-bottom:1px solid #888;font-size:13pt}
.r{float:right;font-weight:normal;font-style:normal} .pill{display:inline-block;background:#dde;border-radius:4px;padding:1px 6px;margin:2px} p{margin:2px 0}
.b{float:left;width:110px} .w{margin-left:120px}"""
_GRID = """@page{margin:1cm} body{font-family:serif;font-size:9.5pt} .cols{display:flex} .main{width:66%;padding-right:18px} .side{width:30%;border-left:2px solid #999;padding-left:14px}
h1{font-size:24pt;margin:0;text-transform:uppercase} h2{font-size:12pt;letter-spacing:2px} p{margin:2px 0} .row{display:flex;justify-content:space-between} .pill{display:block}
.b{font-weight:bold;color:#555}"""


def page(truth: Truth) -> bytes:
    """A plain semantic page: headings, paragraphs, lists."""
    body = "".join(_section(section, "li") for section in sections(truth).values())
    to = "".join(f"<li>{_contact(line)}</li>" for line in contacts(truth))
    return _html(
        truth, "", f"<header><h1>{escape(truth.name)}</h1><p>{escape(truth.headline)}</p><ul>{to}</ul></header><main>{body}</main>"
    )


def tables(truth: Truth) -> bytes:
    """As mail programs and old builders lay it out: tables, line breaks and bold words, no headings."""
    rows = "".join(
        f'<tr><td valign="top"><b>{escape(section.heading)}</b></td><td>{_section(section, "br", heading=False)}</td></tr>'
        for section in sections(truth).values()
    )
    to = "<br>".join(map(escape, contacts(truth)))
    return _html(
        truth, "", f'<table><tr><td><font size="6">{escape(truth.name)}</font></td><td>{to}</td></tr></table><table>{rows}</table>'
    )


def floats_pdf(truth: Truth) -> bytes:
    body = "".join(_section(section, "pill") for section in sections(truth).values())
    to = " &middot; ".join(map(_contact, contacts(truth)))
    return _pdf(
        _html(truth, _FLOAT, f'<h1>{escape(truth.name)}</h1><p class="to">{escape(truth.headline)}</p><p class="to">{to}</p>{body}')
    )


def columns_pdf(truth: Truth) -> bytes:
    """The narrow column on the right, after the wide one."""
    found = sections(truth)
    main = "".join(_section(section, "pill") for kind, section in found.items() if kind not in _SIDE)
    side = "".join(_section(section, "pill") for kind, section in found.items() if kind in _SIDE)
    to = "".join(f"<p>{_contact(line)}</p>" for line in contacts(truth))
    head = f"<h1>{escape(truth.name)}</h1><p>{escape(truth.headline)}</p>"
    return _pdf(
        _html(truth, _GRID, f'{head}<div class="cols"><div class="main">{main}</div><div class="side">{to}{side}</div></div>', flex=True)
    )


def _section(section: Section, items: str, *, heading: bool = True) -> str:
    out = f"<section><h2>{escape(section.heading)}</h2>" if heading else ""
    out += f"<p>{escape(section.paragraph)}</p>" if section.paragraph else ""
    words = [escape(item) for item in section.items]
    if words and items == "pill":
        out += "<div>" + "".join(f'<span class="pill">{word}</span> ' for word in words) + "</div>"
    elif words and items == "li":
        out += "<ul>" + "".join(f"<li>{word}</li>" for word in words) + "</ul>"
    elif words:
        out += "<br>".join(words)
    return out + "".join(map(_entry, section.entries)) + ("</section>" if heading else "")


def _entry(entry: Entry) -> str:
    out = ""
    for row in entry.rows:
        tag = "strong" if row.bold else "em" if row.italic else "span"
        right = f'<span class="r">{escape(row.right)}</span>' if row.right else ""
        out += f'<p class="row">{right or ""}<{tag}>{escape(row.left)}</{tag}></p>'
    out += "<ul>" + "".join(f"<li>{escape(bullet)}</li>" for bullet in entry.bullets) + "</ul>" if entry.bullets else ""
    return f'<div><div class="b">{escape(entry.beside)}</div><div class="w">{out}</div></div>' if entry.beside else f"<div>{out}</div>"


def _contact(line: str) -> str:
    if "@" in line:
        return f'<a href="mailto:{escape(line)}">{escape(line)}</a>'
    if "/" in line or line.startswith("www."):
        return f'<a href="https://{escape(line)}">{escape(line)}</a>'
    return escape(line)


def _html(truth: Truth, style: str, body: str, *, flex: bool = False) -> bytes:
    if flex:  # the left part first in the row
        body = body.replace('<p class="row"><span class="r">', '<p class="row" style="flex-direction:row-reverse"><span class="r">')
    return (
        f'<!DOCTYPE html><html lang="{truth.language}"><head><meta charset="utf-8"><title>CV</title><style>{style}</style></head><body>{body}</body></html>'
    ).encode()


def _pdf(html: bytes) -> bytes:
    from weasyprint import HTML  # noqa: PLC0415 - it needs Pango, which not every machine has

    made = HTML(string=html.decode()).write_pdf()
    assert isinstance(made, bytes)
    return made
