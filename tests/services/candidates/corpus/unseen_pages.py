"""Made CVs in layouts that were scored before anything was fitted to them; bench/parsing/unfitted.md has the score."""

import io
import textwrap
from html import escape

import docx
from docx.shared import Pt, RGBColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Spacer, Table

from tests.services.candidates.corpus.forms import contacts, period
from tests.services.candidates.corpus.truth import Truth
from tests.services.candidates.corpus.typst_pages import _compile
from tests.services.candidates.corpus.web_pages import _pdf

_HEAD = """
#let date(e) = e.rows.map(r => r.right).filter(r => r.match(regex("\\d{4}|\\d/\\d|\\d\\d$")) != none).at(0, default: "")
#let place(e) = e.rows.map(r => r.right).filter(r => r != "" and r != date(e)).at(0, default: "")
"""
_BANKING = (
    _HEAD
    + """
#set page(paper: "a4", margin: 2.2cm)
#set text(font: "New Computer Modern Sans", size: 10.5pt, lang: cv.language, hyphenate: true)
#set par(justify: true)
#align(center)[#text(size: 27pt, weight: "light", cv.name) \\ #v(-4pt) #text(size: 9pt, cv.contacts.join("  |  "))]
#for s in cv.sections {
  block(above: 14pt, below: 8pt, grid(columns: (auto, 1fr), column-gutter: 6pt, align: horizon, text(size: 14pt, fill: rgb("#1a6"), s.heading), line(length: 100%, stroke: 0.8pt + rgb("#1a6"))))
  if s.paragraph != "" { s.paragraph }
  if s.items.len() > 0 { if s.kind == "skills" [#s.items.join(", ").] else { for i in s.items [#i #linebreak()] } }
  for e in s.entries {
    [*#e.rows.at(0).left* #h(1fr) #date(e) \\ #if e.rows.len() > 1 { emph(e.rows.at(1).left) } #h(1fr) #emph(place(e))]
    list(indent: 6pt, ..e.bullets.map(b => [#b]))
  }
}
"""
)
_SHADED = (
    _HEAD
    + """
#set page(paper: "us-letter", margin: 0pt)
#set text(font: "Libertinus Serif", size: 10pt, hyphenate: false)
#let side-kinds = ("summary", "skills", "languages", "certifications")
#let title(s) = block(above: 16pt, below: 7pt)[■ #text(weight: "bold", size: 11.5pt, s.heading)]
#grid(columns: (1fr, 31%),
  pad(left: 1.6cm, right: 0.7cm, top: 1.5cm)[
    #text(size: 23pt, weight: "bold", cv.name) \\ #text(size: 12pt, fill: gray, cv.headline)
    #for s in cv.sections.filter(s => s.kind not in side-kinds) {
      title(s)
      for e in s.entries {
        block(spacing: 5pt)[*#e.rows.at(1, default: e.rows.at(0)).left*#if place(e) != "" [ — #place(e)] #h(1fr) #text(size: 9pt, date(e))]
        if e.rows.len() > 1 { block(spacing: 5pt, emph(e.rows.at(0).left)) }
        for b in e.bullets { block(spacing: 5pt, inset: (left: 10pt))[#box(width: 0pt, move(dx: -8pt)[›])#b] }
      }
    }
  ],
  block(fill: luma(238), height: 100%, width: 100%, inset: (x: 0.6cm, top: 1.5cm))[
    #for c in cv.contacts { block(spacing: 6pt, text(size: 8.5pt, c)) }
    #for s in cv.sections.filter(s => s.kind in side-kinds) {
      title(s)
      if s.paragraph != "" { text(size: 9pt, s.paragraph) }
      for i in s.items { block(spacing: 6pt, text(size: 9pt, i)) }
    }
  ])
"""
)


def banking(truth: Truth) -> bytes:
    return _compile(_BANKING, truth)


def shaded(truth: Truth) -> bytes:
    return _compile(_SHADED, truth)


def boxed_cards(truth: Truth) -> bytes:
    """Bordered boxes with the title left and the employer with the dates at the right."""
    style = (
        "@page{size:A4;margin:12mm} body{font:9.5pt/1.35 sans-serif;color:#222} header{display:flex;justify-content:space-between;border-bottom:3px solid #36c} h1{font-size:21pt;margin:0}"
        " h2{font-size:10pt;color:#36c;text-transform:uppercase;margin:12px 0 4px} .c{border:1px solid #ddd;border-radius:6px;padding:6px 10px;margin:5px 0} .t{display:flex;justify-content:space-between}"
        " .g{display:grid;grid-template-columns:1fr 1fr 1fr;gap:2px 12px} ul{margin:3px 0;padding-left:16px} .to{text-align:right;font-size:8.5pt}"
    )
    work = "".join(
        f'<div class="c"><div class="t"><b>{escape(job.title)}</b><span>{escape(job.company)} | {escape(period(truth, job.start, job.end))}</span></div><ul>{"".join(f"<li>{escape(each)}</li>" for each in job.bullets)}</ul></div>'
        for job in truth.work
    )
    schools = "".join(
        f'<div class="c"><div class="t"><b>{escape(one.degree)}</b><span>{escape(one.university)} | {one.start} – {one.end}</span></div></div>'
        for one in truth.education
    )
    to = "".join(f"<div>{escape(each)}</div>" for each in contacts(truth))
    body = (
        f'<header><div><h1>{escape(truth.name)}</h1><div>{escape(truth.headline)}</div></div><div class="to">{to}</div></header><h2>{truth.headings["summary"]}</h2><p>{escape(truth.summary)}</p>'
        f'<h2>{truth.headings["experience"]}</h2>{work}<h2>{truth.headings["education"]}</h2>{schools}<h2>{truth.headings["skills"]}</h2><div class="g">{"".join(f"<div>{escape(each)}</div>" for each in truth.skills)}</div>{_rest(truth)}'
    )
    return _pdf(f'<html><head><meta charset="utf-8"><style>{style}</style></head><body>{body}</body></html>'.encode())


def entry_tables(truth: Truth) -> bytes:
    """Word; each position a table: title and dates, employer and place, then one cell for the rest."""
    page = docx.Document()
    page.add_paragraph().add_run(truth.name).font.size = Pt(24)
    page.add_paragraph(" • ".join(contacts(truth)[:3]))
    page.add_paragraph(" • ".join(contacts(truth)[3:]))

    def heading(kind: str) -> None:
        run = page.add_paragraph().add_run(truth.headings[kind].upper())
        run.font.size, run.font.color.rgb = Pt(12), RGBColor(0x22, 0x55, 0x88)

    def table(rows: list[tuple[str, str]], bullets: tuple[str, ...] = ()) -> None:
        grid = page.add_table(0, 2)
        for left, right in rows:
            cells = grid.add_row().cells
            cells[0].text, cells[1].text = left, right
        if bullets:
            cells = grid.add_row().cells
            whole = cells[0].merge(cells[1])
            whole.text = bullets[0]
            for bullet in bullets[1:]:
                whole.add_paragraph(bullet)
            for paragraph in whole.paragraphs:
                paragraph.style = "List Bullet"

    heading("summary")
    page.add_paragraph(truth.summary)
    heading("experience")
    for job in truth.work:
        table([(job.title, period(truth, job.start, job.end)), (job.company, job.place)], job.bullets)
    heading("education")
    for one in truth.education:
        table([(one.degree, f"{one.start} – {one.end}"), (one.university, "")])
    heading("skills")
    grid = page.add_table(0, 3)
    for start in range(0, len(truth.skills), 3):
        for cell, skill in zip(grid.add_row().cells, truth.skills[start : start + 3], strict=False):
            cell.text = skill
    _word_lists(page, truth, heading)
    return _saved(page)


def headed_posts(truth: Truth) -> bytes:
    """Word; positions are headings of the second level, dates and place below in italics."""
    page = docx.Document()
    page.add_heading(truth.name, 1)
    for line in contacts(truth):
        page.add_paragraph(line)
    page.add_heading(truth.headings["summary"], 1)
    page.add_paragraph(truth.summary)
    page.add_heading(truth.headings["experience"], 1)
    for job in truth.work:
        page.add_heading(f"{job.title} — {job.company}", 2)
        page.add_paragraph().add_run(f"{period(truth, job.start, job.end)} · {job.place}").italic = True
        for bullet in job.bullets:
            page.add_paragraph(bullet, style="List Bullet")
    page.add_heading(truth.headings["education"], 1)
    for one in truth.education:
        page.add_heading(f"{one.degree} — {one.university}", 2)
        page.add_paragraph().add_run(f"{one.start} – {one.end}").italic = True
    page.add_heading(truth.headings["skills"], 1)
    page.add_paragraph(" | ".join(truth.skills))
    _word_lists(page, truth, lambda kind: page.add_heading(truth.headings[kind], 1))
    return _saved(page)


def flowing(truth: Truth) -> bytes:
    """ReportLab's own paragraphs: tables of two cells, lists, more than a page where it is long."""
    out = io.BytesIO()
    body = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=12.5)
    bold = ParagraphStyle("bold", parent=body, fontName="Helvetica-Bold")
    right = ParagraphStyle("right", parent=body, alignment=2, textColor="#666666")
    head = ParagraphStyle("head", parent=bold, fontSize=13, leading=17, spaceBefore=10, textColor="#884400")
    story = [
        Paragraph(_latin(truth.name), ParagraphStyle("name", parent=bold, fontSize=22, leading=28)),
        Paragraph(escape(" / ".join(contacts(truth))), body),
    ]

    def row(left: str, beside: str, style: ParagraphStyle = bold) -> Table:
        return Table(
            [[Paragraph(_latin(left), style), Paragraph(_latin(beside), right)]],
            colWidths=[115 * mm, 55 * mm],
            style=[("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")],
        )

    story += [
        Paragraph(truth.headings["summary"], head),
        Paragraph(_latin(truth.summary), body),
        Paragraph(truth.headings["experience"], head),
    ]
    for job in truth.work:
        story += [row(f"{job.company}, {job.place}", period(truth, job.start, job.end)), Paragraph(_latin(job.title), body)]
        story.append(
            ListFlowable([ListItem(Paragraph(_latin(each), body)) for each in job.bullets], bulletType="bullet", start="•", leftIndent=12)
        )
    story.append(Paragraph(truth.headings["education"], head))
    for one in truth.education:
        story += [row(one.university, f"{one.start} – {one.end}"), Paragraph(_latin(one.degree), body)]
    story += [Paragraph(truth.headings["skills"], head), Paragraph(_latin(", ".join(truth.skills)), body)]
    for kind, told in _told(truth):
        story += [Paragraph(truth.headings[kind], head), *(Paragraph(_latin(each), body) for each in told), Spacer(1, 4)]
    SimpleDocTemplate(out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, invariant=1).build(story)
    return out.getvalue()


def colons(truth: Truth) -> bytes:
    """Plain text with headings that end in a colon, dates first, employers with the place in brackets."""
    out = [
        truth.name,
        "",
        *contacts(truth),
        "",
        f"{truth.headings['summary']}:",
        *textwrap.wrap(truth.summary, 72),
        "",
        f"{truth.headings['experience']}:",
        "",
    ]
    for job in truth.work:
        out += [f"{period(truth, job.start, job.end)}    {job.title}", f"{job.company} ({job.place})"]
        for bullet in job.bullets:
            out += textwrap.wrap(bullet, 72, initial_indent="  o ", subsequent_indent="    ")
        out.append("")
    out += [f"{truth.headings['education']}:", ""]
    for one in truth.education:
        out += [f"{one.start} - {one.end}    {one.degree}", one.university, ""]
    out += [f"{truth.headings['skills']}:", *textwrap.wrap(", ".join(truth.skills), 72), ""]
    for kind, told in _told(truth):
        out += [f"{truth.headings[kind]}:", *told, ""]
    return "\n".join(out).encode()


def articles(truth: Truth) -> bytes:
    """A page of sections and articles: the employer above the title, the dates in an element of their own."""
    work = "".join(
        f"<article><h3>{escape(job.company)}</h3><h4>{escape(job.title)}</h4><time>{escape(period(truth, job.start, job.end))}</time> <span>{escape(job.place)}</span><ul>{''.join(f'<li>{escape(each)}</li>' for each in job.bullets)}</ul></article>"
        for job in truth.work
    )
    schools = "".join(
        f"<article><h3>{escape(one.university)}</h3><h4>{escape(one.degree)}</h4><time>{one.start} – {one.end}</time></article>"
        for one in truth.education
    )
    to = "".join(f"<p>{escape(each)}</p>" for each in contacts(truth))
    return (
        f'<!doctype html><html lang="{truth.language}"><head><meta charset="utf-8"><title>CV</title></head><body><aside><h1>{escape(truth.name)}</h1>{to}<section><h2>{truth.headings["skills"]}</h2>'
        f"<p>{'</p><p>'.join(map(escape, truth.skills))}</p></section></aside><main><section><h2>{truth.headings['summary']}</h2><p>{escape(truth.summary)}</p></section>"
        f"<section><h2>{truth.headings['experience']}</h2>{work}</section><section><h2>{truth.headings['education']}</h2>{schools}</section>{_rest(truth)}</main></body></html>"
    ).encode()


def europass(truth: Truth) -> bytes:
    """The old European form: what each value is stands in a column on its left."""
    words = {
        "en": (
            "Dates",
            "Occupation or position held",
            "Name of employer",
            "Main activities",
            "Title of qualification awarded",
            "Name of organisation",
        ),
        "de": (
            "Zeitraum",
            "Beruf oder Funktion",
            "Name des Arbeitgebers",
            "Tätigkeiten",
            "Bezeichnung der Qualifikation",
            "Name der Einrichtung",
        ),
        "fr": ("Dates", "Fonction ou poste occupé", "Nom de l'employeur", "Activités", "Intitulé du diplôme", "Nom de l'établissement"),
        "es": (
            "Fechas",
            "Profesión o cargo desempeñado",
            "Nombre del empleador",
            "Actividades",
            "Título de la cualificación",
            "Nombre de la organización",
        ),
    }[truth.language]
    rows = [[truth.name, "name"], *([each, ""] for each in contacts(truth))]
    body = f"<h1>{escape(rows[0][0])}</h1>" + "".join(f"<p>{escape(each[0])}</p>" for each in rows[1:])

    def table(told: list[tuple[str, str]]) -> str:
        return (
            "<table>"
            + "".join(f"<tr><td class='l'>{escape(label)}</td><td>{escape(value)}</td></tr>" for label, value in told)
            + "</table>"
        )

    body += f"<h2>{truth.headings['summary']}</h2><p>{escape(truth.summary)}</p><h2>{truth.headings['experience']}</h2>"
    for job in truth.work:
        body += table(
            [(words[0], period(truth, job.start, job.end)), (words[1], job.title), (words[2], job.company), (words[3], job.bullets[0])]
        )
    body += f"<h2>{truth.headings['education']}</h2>"
    for one in truth.education:
        body += table([(words[0], f"{one.start} – {one.end}"), (words[4], one.degree), (words[5], one.university)])
    body += f"<h2>{truth.headings['skills']}</h2><p>{escape(', '.join(truth.skills))}</p>{_rest(truth)}"
    style = "body{font:10pt sans-serif} .l{width:165px;text-align:right;padding-right:12px;color:#555;vertical-align:top} table{margin-bottom:8px} h2{font-size:12pt;color:#249}"
    return _pdf(f'<html><head><meta charset="utf-8"><style>{style}</style></head><body>{body}</body></html>'.encode())


def _told(truth: Truth) -> list[tuple[str, list[str]]]:
    told = [
        ("certifications", [f"{title}, {issuer}, {year}" for title, issuer, year in truth.certifications]),
        ("languages", [f"{name} – {level}" for name, level in truth.languages]),
        ("projects", [f"{name}: {words}" for name, words in truth.projects]),
    ]
    return [(kind, lines) for kind, lines in told if lines]


def _rest(truth: Truth) -> str:
    return "".join(
        f"<section><h2>{truth.headings[kind]}</h2><ul>{''.join(f'<li>{escape(each)}</li>' for each in told)}</ul></section>"
        for kind, told in _told(truth)
    )


def _word_lists(page: object, truth: Truth, heading: object) -> None:
    for kind, told in _told(truth):
        heading(kind)  # type: ignore[operator]
        for each in told:
            page.add_paragraph(each, style="List Bullet")  # type: ignore[attr-defined]


def _latin(text: str) -> str:
    """The standard fonts have the letters of Western Europe alone."""
    return escape(text.encode("cp1252", "replace").decode("cp1252"))


def _saved(page: object) -> bytes:
    out = io.BytesIO()
    page.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
