"""Made CVs in layouts that were scored before anything was fitted to them; bench/parsing/unfitted.md has the score."""

import io
from html import escape

import docx
from docx.document import Document
from docx.shared import Pt
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from tests.services.candidates.corpus.forms import contacts, period
from tests.services.candidates.corpus.truth import Truth
from tests.services.candidates.corpus.typst_pages import _compile
from tests.services.candidates.corpus.web_pages import _pdf

_STACKED = """
#let date(e) = e.rows.map(r => r.right).filter(r => r.match(regex("\\d{4}|\\d/\\d|\\d\\d$")) != none).at(0, default: "")
#let place(e) = e.rows.map(r => r.right).filter(r => r != "" and r != date(e)).at(0, default: "")
#set page(paper: "a4", margin: (x: 1.7cm, y: 1.3cm), footer: align(center, text(size: 8pt, fill: gray)[#cv.name #h(1fr) #context counter(page).display()]))
#set text(font: "Libertinus Serif", size: 10pt)
#align(center)[
  #let parts = cv.name.split(" ")
  #text(size: 28pt, fill: gray, parts.at(0)) #text(size: 28pt, weight: "bold", parts.slice(1).join(" ")) \\
  #text(size: 9pt, fill: rgb("#a22"), smallcaps(cv.headline)) \\
  #text(size: 8.5pt, cv.contacts.at(0)) \\ #text(size: 8.5pt, cv.contacts.slice(1).join(" ⋅ "))]
#for s in cv.sections {
  let cut = calc.min(3, s.heading.clusters().len())
  block(above: 13pt, below: 7pt, text(size: 14pt, weight: "bold")[#text(fill: rgb("#a22"), s.heading.clusters().slice(0, cut).join())#s.heading.clusters().slice(cut).join() #box(width: 1fr, line(length: 100%, stroke: 0.6pt + gray))])
  if s.paragraph != "" { s.paragraph }
  if s.kind == "skills" { grid(columns: (90pt, 1fr), row-gutter: 5pt, align(right, strong(s.heading)), s.items.join(", ")) }
  else { for i in s.items { block(spacing: 5pt, i) } }
  for e in s.entries {
    grid(columns: (1fr, auto), row-gutter: 4pt, strong(e.rows.at(if e.rows.len() > 1 {1} else {0}).left), text(fill: rgb("#a22"), size: 9pt, place(e)), if e.rows.len() > 1 { smallcaps(text(size: 9pt, e.rows.at(0).left)) }, text(size: 8pt, style: "italic", date(e)))
    list(..e.bullets.map(b => text(size: 9.5pt, b)))
  }
}
"""


def stacked(truth: Truth) -> bytes:
    """Headings in two colours, the place above the dates at the right, a footer with the name."""
    return _compile(_STACKED, truth)


def line_post(truth: Truth) -> bytes:
    """HTML made to PDF: a line down the left with dots, the dates above each title, a column on the right."""
    style = (
        "@page{size:A4;margin:14mm} body{font:9.5pt/1.4 serif} .w{display:flex} .m{flex:2;padding-right:22px} .s{flex:1} h1{font-size:25pt;margin:0;letter-spacing:1px} h2{font-size:12pt;border-bottom:1px solid #b85}"
        " .e{border-left:2px solid #b85;padding-left:12px;margin:0 0 8px 3px} .d{font-size:8pt;color:#b85;text-transform:uppercase} .t{font-weight:bold} ul{margin:2px 0;padding-left:14px;list-style:square}"
    )
    work = "".join(
        f'<div class="e"><div class="d">{escape(period(truth, job.start, job.end))}</div><div class="t">{escape(job.title)}</div><div><i>{escape(job.company)}, {escape(job.place)}</i></div><ul>{"".join(f"<li>{escape(each)}</li>" for each in job.bullets)}</ul></div>'
        for job in truth.work
    )
    schools = "".join(
        f'<div class="e"><div class="d">{one.start} – {one.end}</div><div class="t">{escape(one.degree)}</div><div><i>{escape(one.university)}</i></div></div>'
        for one in truth.education
    )
    side = (
        "".join(f"<div>{escape(each)}</div>" for each in contacts(truth))
        + f"<h2>{truth.headings['skills']}</h2>"
        + "".join(f"<div>{escape(each)}</div>" for each in truth.skills)
    )
    side += "".join(
        f"<h2>{truth.headings[kind]}</h2>{''.join(f'<div>{escape(each)}</div>' for each in told)}"
        for kind, told in _told(truth)
        if kind != "projects"
    )
    projects = "".join(
        f"<h2>{truth.headings[kind]}</h2>{''.join(f'<p>{escape(each)}</p>' for each in told)}"
        for kind, told in _told(truth)
        if kind == "projects"
    )
    main = f"<h2>{truth.headings['summary']}</h2><p>{escape(truth.summary)}</p><h2>{truth.headings['experience']}</h2>{work}<h2>{truth.headings['education']}</h2>{schools}{projects}"
    return _pdf(
        f'<html><head><meta charset="utf-8"><style>{style}</style></head><body><h1>{escape(truth.name)}</h1><div>{escape(truth.headline)}</div><div class="w"><div class="m">{main}</div><div class="s">{side}</div></div></body></html>'.encode()
    )


def numbered_word(truth: Truth) -> bytes:
    """Word: employers in capitals with the place, "title - dates" below, headings of small size in capitals with a number of blanks."""
    page = docx.Document()
    page.add_paragraph().add_run(truth.name.upper()).bold = True
    page.add_paragraph(truth.headline)
    for start in (0, 2):
        page.add_paragraph("    ".join(contacts(truth)[start : start + 2 if start == 0 else None]))

    def heading(kind: str) -> None:
        run = page.add_paragraph().add_run(truth.headings[kind].upper())
        run.bold, run.font.size = True, Pt(11)

    heading("summary")
    page.add_paragraph(truth.summary)
    heading("experience")
    for job in truth.work:
        page.add_paragraph().add_run(f"{job.company.upper()}, {job.place}").bold = True
        page.add_paragraph().add_run(f"{job.title} – {period(truth, job.start, job.end)}").italic = True
        for bullet in job.bullets:
            page.add_paragraph(bullet, style="List Number")
    heading("education")
    for one in truth.education:
        page.add_paragraph(f"{one.degree}, {one.university}, {one.start} – {one.end}")
    heading("skills")
    page.add_paragraph("; ".join(truth.skills))
    for kind, told in _told(truth):
        heading(kind)
        for each in told:
            page.add_paragraph(each)
    return _saved(page)


def side_by_side(truth: Truth) -> bytes:
    """Word: a table with dates and place in its left cells, the rest in one paragraph with line breaks on the right."""
    page = docx.Document()
    page.add_heading(truth.name, 0)
    page.add_paragraph("\n".join(contacts(truth)))
    page.add_heading(truth.headings["summary"], 1)
    page.add_paragraph(truth.summary)
    page.add_heading(truth.headings["experience"], 1)
    grid = page.add_table(0, 2)
    for job in truth.work:
        left, right = grid.add_row().cells
        left.text = f"{period(truth, job.start, job.end)}\n{job.place}"
        right.paragraphs[0].add_run(job.title).bold = True
        right.paragraphs[0].add_run(f"\n{job.company}")
        for bullet in job.bullets:
            right.add_paragraph(bullet, style="List Bullet")
    page.add_heading(truth.headings["education"], 1)
    grid = page.add_table(0, 2)
    for one in truth.education:
        left, right = grid.add_row().cells
        left.text = f"{one.start} – {one.end}"
        right.paragraphs[0].add_run(one.degree).bold = True
        right.paragraphs[0].add_run(f"\n{one.university}")
    page.add_heading(truth.headings["skills"], 1)
    page.add_paragraph(", ".join(truth.skills))
    for kind, told in _told(truth):
        page.add_heading(truth.headings[kind], 1)
        page.add_paragraph("\n".join(told))
    return _saved(page)


def dark_side(truth: Truth) -> bytes:
    """Drawn: white words on a dark band at the left, "employer | title" and a line of dates and place in the main part, marks drawn as circles."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setFillColor(HexColor("#223344"))
    canvas.rect(0, 0, 178, A4[1], stroke=0, fill=1)
    canvas.setFillColor(white)
    y = 780.0
    for each in contacts(truth):
        for line in simpleSplit(_latin(each), "Helvetica", 8.5, 150):
            canvas.setFont("Helvetica", 8.5)
            canvas.drawString(16, y, line)
            y -= 12
    for kind, told in [
        ("skills", list(truth.skills)),
        *((kind, told) for kind, told in _told(truth) if kind in ("languages", "certifications")),
    ]:
        y -= 18
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(16, y, _latin(truth.headings[kind])[:26])
        y -= 16
        canvas.setFont("Helvetica", 9)
        for each in told:
            for line in simpleSplit(_latin(each), "Helvetica", 9, 148):
                canvas.drawString(16, y, line)
                y -= 12.5
    canvas.setFillColor(HexColor("#111111"))
    y = 775.0

    def write(text: str, font: str = "Helvetica", size: float = 9.5, *, x: float = 200, mark: bool = False) -> None:
        nonlocal y
        for number, line in enumerate(simpleSplit(_latin(text), font, size, 570 - x)):
            if mark and number == 0:
                canvas.circle(x - 7, y + 3, 1.5, fill=1)
            canvas.setFont(font, size)
            canvas.drawString(x, y, line)
            y -= 1.3 * size

    write(truth.name, "Helvetica-Bold", 24)
    write(truth.headline, size=12)
    for kind in ("summary", "experience", "education", "projects"):
        if kind == "projects" and not truth.projects:
            continue
        y -= 12
        write(truth.headings[kind].upper(), "Helvetica-Bold", 11.5)
        if kind == "summary":
            write(truth.summary)
        for job in truth.work if kind == "experience" else ():
            y -= 4
            write(f"{job.company}  |  {job.title}", "Helvetica-Bold")
            write(f"{period(truth, job.start, job.end)}  |  {job.place}", "Helvetica-Oblique", 8.5)
            for bullet in job.bullets:
                write(bullet, x=212, mark=True)
        for one in truth.education if kind == "education" else ():
            y -= 4
            write(f"{one.university}  |  {one.degree}", "Helvetica-Bold")
            write(f"{one.start} – {one.end}", "Helvetica-Oblique", 8.5)
        for name, words in truth.projects if kind == "projects" else ():
            write(name, "Helvetica-Bold")
            write(words)
    canvas.save()
    return out.getvalue()


def markdown(truth: Truth) -> bytes:
    """Markdown as it is kept in repositories: emphasis left in, headings of three levels, a rule between the parts."""
    out = [
        f"# {truth.name}",
        "",
        f"{' · '.join(contacts(truth))}",
        "",
        f"> {truth.summary}",
        "",
        "---",
        "",
        f"## {truth.headings['experience']}",
        "",
    ]
    for job in truth.work:
        out += [
            f"### {job.title}, {job.company}",
            f"*{period(truth, job.start, job.end)}, {job.place}*",
            "",
            *(f"- {bullet}" for bullet in job.bullets),
            "",
        ]
    out += [f"## {truth.headings['education']}", ""]
    for one in truth.education:
        out += [f"### {one.degree}, {one.university}", f"*{one.start} – {one.end}*", ""]
    out += [f"## {truth.headings['skills']}", "", ", ".join(truth.skills), ""]
    for kind, told in _told(truth):
        out += [f"## {truth.headings[kind]}", "", *(f"- {each}" for each in told), ""]
    return "\n".join(out).encode()


def listed(truth: Truth) -> bytes:
    """HTML where positions are items of a list: "title, employer — place (dates)" with a paragraph for each thing done."""
    work = "".join(
        f"<li><strong>{escape(job.title)}</strong>, {escape(job.company)} — <em>{escape(job.place)}</em> ({escape(period(truth, job.start, job.end))}){''.join(f'<p>{escape(each)}</p>' for each in job.bullets)}</li>"
        for job in truth.work
    )
    schools = "".join(
        f"<li><strong>{escape(one.degree)}</strong>, {escape(one.university)} ({one.start}–{one.end})</li>" for one in truth.education
    )
    rest = "".join(
        f"<h2>{truth.headings[kind]}</h2><ul>{''.join(f'<li>{escape(each)}</li>' for each in told)}</ul>"
        for kind, told in [("skills", list(truth.skills)), *_told(truth)]
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><center><h1>{escape(truth.name)}</h1>{" | ".join(map(escape, contacts(truth)))}</center><h2>{truth.headings["summary"]}</h2><p>{escape(truth.summary)}</p>'
        f"<h2>{truth.headings['experience']}</h2><ul>{work}</ul><h2>{truth.headings['education']}</h2><ul>{schools}</ul>{rest}</body></html>"
    ).encode()


def _told(truth: Truth) -> list[tuple[str, list[str]]]:
    told = [
        ("certifications", [f"{title}, {issuer}, {year}" for title, issuer, year in truth.certifications]),
        ("languages", [f"{name} ({level})" for name, level in truth.languages]),
        ("projects", [f"{name}: {words}" for name, words in truth.projects]),
    ]
    return [(kind, lines) for kind, lines in told if lines]


def _latin(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")


def _saved(page: Document) -> bytes:
    out = io.BytesIO()
    page.save(out)
    return out.getvalue()
