"""Made CVs in layouts unlike those of the other halves: timelines, ruled tables, grouped positions, tracked letters, two pages, lists of definitions."""

import io
import textwrap
from html import escape

import docx
from docx.shared import Cm, Pt
from docx.table import _Cell
from reportlab.lib.pagesizes import LETTER
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from tests.services.candidates.corpus.forms import contacts, period
from tests.services.candidates.corpus.truth import Job, Truth
from tests.services.candidates.corpus.typst_pages import _compile
from tests.services.candidates.corpus.web_pages import _pdf

_TYPST = """
#set page(paper: "a4", margin: (x: 1.6cm, y: 1.4cm))
#let section(kind) = cv.sections.find(s => s.kind == kind)
#let has(kind) = section(kind) != none
"""
_TIMELINE = (
    _TYPST
    + """
#set text(font: "Libertinus Serif", size: 10pt)
#rect(width: 100%, fill: rgb("#20405f"), inset: 14pt, text(fill: white)[
  #text(size: 22pt, weight: "bold", cv.name) #h(1fr) #cv.headline \\
  #text(size: 9pt)[⌂ #cv.contacts.at(0) #h(10pt) ☎ #cv.contacts.at(1) #h(10pt) ✉ #cv.contacts.at(2) #for l in cv.contacts.slice(3) [#h(10pt) #l]]
])
#for s in cv.sections {
  block(above: 14pt, below: 8pt, text(fill: rgb("#20405f"), size: 12.5pt, tracking: 1.5pt, upper(s.heading)))
  if s.paragraph != "" { s.paragraph }
  if s.kind == "skills" { grid(columns: (80pt, 1fr), row-gutter: 6pt, strong[Main], s.items.slice(0, 4).join(" · "), strong[Further], s.items.slice(4).join(" · ")) }
  else if s.items.len() > 0 { s.items.join("  |  ") }
  for e in s.entries {
    let date = e.rows.map(r => r.right).filter(r => r.match(regex("\\d{4}|\\d/\\d")) != none).at(0, default: "")
    let place = e.rows.map(r => r.right).filter(r => r != "" and r != date).at(0, default: "")
    grid(columns: (96pt, 10pt, 1fr), text(size: 8.5pt, fill: gray)[#date \\ #place], line(length: 40pt, angle: 90deg, stroke: 0.6pt + gray),
      { strong(e.rows.at(0).left); if e.rows.len() > 1 [ \\ #emph(e.rows.at(1).left)]; for b in e.bullets [ \\ – #b] })
    v(4pt)
  }
}
"""
)
_NEWSPAPER = (
    _TYPST
    + """
#set text(font: "New Computer Modern", size: 9.5pt)
#set page(columns: 2)
#place(top + center, scope: "parent", float: true)[#text(size: 24pt, smallcaps(cv.name)) \\ #cv.contacts.join(" — ")]
#for s in cv.sections {
  block(above: 12pt, below: 6pt)[*#s.heading* #box(width: 1fr, line(length: 100%, stroke: 0.4pt))]
  if s.paragraph != "" { par(justify: true, s.paragraph) }
  if s.items.len() > 0 { s.items.join(", ") }
  for e in s.entries {
    for r in e.rows { block(spacing: 4.5pt)[#if r.bold {strong(r.left)} else {r.left} #h(1fr) #r.right] }
    list(marker: [▪], ..e.bullets.map(b => [#b]))
  }
}
"""
)


def timeline(truth: Truth) -> bytes:
    return _compile(_TIMELINE, truth)


def newspaper(truth: Truth) -> bytes:
    return _compile(_NEWSPAPER, truth)


def ruled_table(truth: Truth) -> bytes:
    """Work and schools as tables with a row of column titles, as forms have them."""
    head = {
        "en": ("Period", "Position", "Employer"),
        "de": ("Zeitraum", "Position", "Arbeitgeber"),
        "fr": ("Période", "Poste", "Employeur"),
        "es": ("Periodo", "Puesto", "Empresa"),
    }[truth.language]
    work = "".join(
        f"<tr><td>{escape(period(truth, job.start, job.end))}</td><td>{escape(job.title)}</td><td>{escape(job.company)}, {escape(job.place)}</td></tr>"
        for job in truth.work
    )
    schools = "".join(
        f"<tr><td>{one.start} – {one.end}</td><td>{escape(one.degree)}</td><td>{escape(one.university)}</td></tr>"
        for one in truth.education
    )
    style = "body{font:10pt sans-serif} table{border-collapse:collapse;width:100%} td,th{border:0.5pt solid #999;padding:3px 6px;text-align:left;vertical-align:top} h2{font-size:12pt;color:#744}"
    body = (
        f"<h1>{escape(truth.name)}</h1><table>" + "".join(f"<tr><td>{label}</td><td>{escape(value)}</td></tr>" for label, value in _labelled(truth)) + "</table>"
        f"<h2>{truth.headings['summary']}</h2><p>{escape(truth.summary)}</p><h2>{truth.headings['experience']}</h2>"
        f"<table><tr>{''.join(f'<th>{each}</th>' for each in head)}</tr>{work}</table><h2>{truth.headings['education']}</h2><table>{schools}</table>{_lists(truth)}"
    )  # fmt: skip
    return _pdf(f'<html><head><meta charset="utf-8"><style>{style}</style></head><body>{body}</body></html>'.encode())


def definitions(truth: Truth) -> bytes:
    """A page of lists of definitions: the dates are what is defined."""
    work = "".join(
        f"<dt>{escape(period(truth, job.start, job.end))}</dt><dd><b>{escape(job.title)}</b>, {escape(job.company)} ({escape(job.place)})<ul>{''.join(f'<li>{escape(each)}</li>' for each in job.bullets)}</ul></dd>"
        for job in truth.work
    )
    schools = "".join(f"<dt>{one.start}–{one.end}</dt><dd>{escape(one.degree)}<br>{escape(one.university)}</dd>" for one in truth.education)
    told = "<br/>".join(escape(line) for line in contacts(truth))
    return (
        f'<html><head><meta charset="utf-8"><title>{escape(truth.name)}</title></head><body><h1>{escape(truth.name)}</h1><address>{told}</address><p>{escape(truth.summary)}</p>'
        f"<h2>{truth.headings['experience']}</h2><dl>{work}</dl><h2>{truth.headings['education']}</h2><dl>{schools}</dl>{_lists(truth)}</body></html>"
    ).encode()


def cards(truth: Truth) -> bytes:
    """As site builders print: a dark band on the left, cards with the date below the title, skills with bars."""
    style = (
        "@page{margin:0;size:letter} body{margin:0;font:9.5pt sans-serif} .s{position:absolute;left:0;top:0;bottom:0;width:190px;background:#243;color:#fff;padding:24px 16px}"
        " .m{margin-left:240px;padding:24px 24px 0 0} h2{font-size:11pt;text-transform:uppercase;letter-spacing:3px} h3{margin:8px 0 0;font-size:10.5pt} .d{color:#777;font-size:8.5pt} .bar{height:4px;background:#9c9}"
    )
    side = "".join(f"<div>{escape(line)}</div>" for line in contacts(truth)) + f"<h2>{truth.headings['skills']}</h2>"
    side += "".join(f'<div>{escape(skill)}<div class="bar"></div></div>' for skill in truth.skills)
    side += f"<h2>{truth.headings['languages']}</h2>" + "".join(
        f"<div>{escape(name)}<br><small>{escape(level)}</small></div>" for name, level in truth.languages
    )
    work = "".join(
        f'<h3>{escape(job.title)}</h3><div class="d">{escape(job.company)} · {escape(period(truth, job.start, job.end))} · {escape(job.place)}</div><ul>{"".join(f"<li>{escape(each)}</li>" for each in job.bullets)}</ul>'
        for job in truth.work
    )
    schools = "".join(
        f'<h3>{escape(one.degree)}</h3><div class="d">{escape(one.university)} · {one.start} – {one.end}</div>' for one in truth.education
    )
    main = f"<h1>{escape(truth.name)}</h1><div>{escape(truth.headline)}</div><h2>{truth.headings['summary']}</h2><p>{escape(truth.summary)}</p><h2>{truth.headings['experience']}</h2>{work}<h2>{truth.headings['education']}</h2>{schools}{_certificates(truth)}"
    return _pdf(
        f'<html><head><meta charset="utf-8"><style>{style}</style></head><body><div class="s">{side}</div><div class="m">{main}</div></body></html>'.encode()
    )


def word_columns(truth: Truth) -> bytes:
    """A name over a table of two cells; positions as "title | company" above "dates | place"."""
    page = docx.Document()
    name = page.add_paragraph().add_run(truth.name)
    name.font.size, name.bold = Pt(26), True
    main, side = page.add_table(1, 2).rows[0].cells
    _bold(side, {"en": "Contact", "de": "Kontakt", "fr": "Contact", "es": "Contacto"}[truth.language].upper())
    for line in contacts(truth):
        side.add_paragraph(line)
    for kind, told in (
        ("skills", truth.skills),
        ("languages", [f"{name}: {level}" for name, level in truth.languages]),
        ("certifications", [f"{title} ({issuer}, {year})" for title, issuer, year in truth.certifications]),
    ):
        if told:
            _bold(side, truth.headings[kind].upper())
            for item in told:
                side.add_paragraph(item)
    _bold(main, truth.headings["summary"].upper())
    main.add_paragraph(truth.summary)
    _bold(main, truth.headings["experience"].upper())
    for job in truth.work:
        _bold(main, f"{job.title} | {job.company}")
        main.add_paragraph(f"{period(truth, job.start, job.end)} | {job.place}")
        for bullet in job.bullets:
            main.add_paragraph(bullet, style="List Bullet")
    _bold(main, truth.headings["education"].upper())
    for one in truth.education:
        _bold(main, f"{one.degree} | {one.university}")
        main.add_paragraph(f"{one.start} – {one.end}")
    return _saved(page)


def word_tabs(truth: Truth) -> bytes:
    """Nothing but paragraphs and tabs: dates on the left, bullets typed, headings bold and underlined."""
    page = docx.Document()
    head = page.add_paragraph()
    head.add_run(f"CURRICULUM VITAE\n{truth.name}\n").bold = True
    head.add_run("\n".join(f"{label}:\t{value}" for label, value in _labelled(truth)))

    def heading(kind: str) -> None:
        run = page.add_paragraph().add_run(truth.headings[kind])
        run.bold = run.underline = True

    heading("summary")
    page.add_paragraph(truth.summary)
    heading("experience")
    for job in truth.work:
        line = page.add_paragraph()
        line.paragraph_format.tab_stops.add_tab_stop(Cm(4.5))
        line.add_run(f"{period(truth, job.start, job.end)}\t")
        line.add_run(job.company).bold = True
        line.add_run(f", {job.place}\n\t{job.title}")
        for bullet in job.bullets:
            page.add_paragraph(f"\t•\t{bullet}")
    heading("education")
    for one in truth.education:
        page.add_paragraph(f"{one.start} – {one.end}\t{one.university}\n\t{one.degree}")
    heading("skills")
    page.add_paragraph(", ".join(truth.skills))
    if truth.certifications:
        heading("certifications")
        for title, issuer, year in truth.certifications:
            page.add_paragraph(f"{year}\t{title}, {issuer}")
    heading("languages")
    page.add_paragraph("; ".join(f"{name} ({level})" for name, level in truth.languages))
    return _saved(page)


def grouped(truth: Truth) -> bytes:
    """Plain text; an employer once, with two positions below, where there are enough."""
    out = [
        truth.name,
        " | ".join(contacts(truth)),
        "",
        truth.headings["summary"].upper(),
        *textwrap.wrap(truth.summary, 90),
        "",
        truth.headings["experience"].upper(),
        "",
    ]
    for job in truth.work:
        out += [f"{job.company} - {job.place}", f"{job.title} ({period(truth, job.start, job.end)})"]
        for bullet in job.bullets:
            out += textwrap.wrap(bullet, 86, initial_indent="• ", subsequent_indent="  ")
        out.append("")
    out += [truth.headings["education"].upper(), ""]
    out += [f"{one.degree} - {one.university} ({one.start} - {one.end})" for one in truth.education]
    out += ["", truth.headings["skills"].upper(), "", *textwrap.wrap(" • ".join(truth.skills), 80)]
    if truth.certifications:
        out += [
            "",
            truth.headings["certifications"].upper(),
            "",
            *(f"{title} - {issuer} - {year}" for title, issuer, year in truth.certifications),
        ]
    out += ["", truth.headings["languages"].upper(), "", " | ".join(f"{name} - {level}" for name, level in truth.languages)]
    return "\n".join(out).encode()


def two_pages(truth: Truth) -> bytes:
    """Letters set one by one with tracked headings in the middle; what follows stands on a second page below a running head."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=LETTER, invariant=1)
    y = 740.0

    def line(
        text: str, size: float = 10, font: str = "Times-Roman", *, x: float = 60, right: str = "", middle: bool = False, track: float = 0
    ) -> None:
        nonlocal y
        if y < 60:
            canvas.showPage()
            canvas.setFont("Times-Roman", 8)
            canvas.drawString(60, 760, f"{truth.name} · 2")
            y = 735
        width = sum(pdfmetrics.stringWidth(each, font, size) + track for each in text)
        at = 306 - width / 2 if middle else x
        canvas.setFont(font, size)
        for letter in text:
            if letter != " ":
                canvas.drawString(at, y, letter)
            at += pdfmetrics.stringWidth(letter, font, size) + track
        if right:
            canvas.setFont("Times-Roman", size)
            canvas.drawRightString(552, y, right)
        y -= 1.35 * size

    def heading(kind: str) -> None:
        nonlocal y
        y -= 10
        line(truth.headings[kind].upper(), 11, "Times-Bold", middle=True, track=2.2)

    line(truth.name.upper(), 20, "Times-Bold", middle=True, track=3)
    line(" · ".join(contacts(truth)), 9, middle=True)
    heading("summary")
    for each in textwrap.wrap(truth.summary, 95):
        line(each)
    heading("experience")
    for job in truth.work:
        y -= 6
        line(job.company.upper(), 10, "Times-Bold", right=job.place)
        line(job.title, 10, "Times-Italic", right=period(truth, job.start, job.end))
        for bullet in job.bullets:
            first, *rest = textwrap.wrap(bullet, 84)
            line("- " + first, x=72)
            for each in rest:
                line(each, x=79)
        y -= 40
    heading("education")
    for one in truth.education:
        line(one.university, 10, "Times-Bold", right=f"{one.start} – {one.end}")
        line(one.degree, 10, "Times-Italic")
    heading("skills")
    for each in textwrap.wrap(", ".join(truth.skills), 90):
        line(each)
    heading("languages")
    line(", ".join(f"{name} ({level})" for name, level in truth.languages))
    if truth.certifications:
        heading("certifications")
        for title, issuer, year in truth.certifications:
            line(f"{title}, {issuer}", right=year)
    canvas.save()
    return out.getvalue()


def at_company(truth: Truth) -> bytes:
    """Markdown-like text: the dates lead, then "title at company"."""
    word = {"en": "at", "de": "bei", "fr": "chez", "es": "en"}[truth.language]

    def told(job: Job) -> list[str]:
        return [
            f"{period(truth, job.start, job.end)}: {job.title} {word} {job.company}, {job.place}",
            *(f"  - {bullet}" for bullet in job.bullets),
            "",
        ]

    out = [f"# {truth.name}", "", *contacts(truth), "", truth.summary, "", f"## {truth.headings['experience']}", ""]
    for job in truth.work:
        out += told(job)
    out += [f"## {truth.headings['education']}", ""]
    out += [f"{one.start} - {one.end}: {one.degree}, {one.university}" for one in truth.education]
    out += ["", f"## {truth.headings['skills']}", "", *(f"* {skill}" for skill in truth.skills)]
    if truth.certifications:
        out += [
            "",
            f"## {truth.headings['certifications']}",
            "",
            *(f"* {year}: {title} ({issuer})" for title, issuer, year in truth.certifications),
        ]
    out += ["", f"## {truth.headings['languages']}", "", *(f"* {name}: {level}" for name, level in truth.languages)]
    return "\n".join(out).encode()


def _labelled(truth: Truth) -> list[tuple[str, str]]:
    words = {
        "en": ("Address", "Phone", "E-mail", "Web"), "de": ("Adresse", "Telefon", "E-Mail", "Web"), "fr": ("Adresse", "Téléphone", "Courriel", "Web"),
        "es": ("Dirección", "Teléfono", "Correo", "Web"),
    }[truth.language]  # fmt: skip
    return [*zip(words, (truth.location, truth.phone_printed, truth.email), strict=False), (words[3], ", ".join(truth.links))]


def _lists(truth: Truth) -> str:
    out = f"<h2>{truth.headings['skills']}</h2><p>{escape(', '.join(truth.skills))}</p><h2>{truth.headings['languages']}</h2><ul>"
    return out + "".join(f"<li>{escape(name)}: {escape(level)}</li>" for name, level in truth.languages) + "</ul>" + _certificates(truth)


def _certificates(truth: Truth) -> str:
    if not truth.certifications:
        return ""
    told = "".join(f"<li>{escape(title)} – {escape(issuer)} ({year})</li>" for title, issuer, year in truth.certifications)
    return f"<h2>{truth.headings['certifications']}</h2><ul>{told}</ul>"


def _bold(cell: _Cell, text: str) -> None:
    cell.add_paragraph().add_run(text).bold = True


def _saved(page: object) -> bytes:
    out = io.BytesIO()
    page.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
