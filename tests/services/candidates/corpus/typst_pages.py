"""Made CVs drawn by Typst: its own paragraphs, grids, hyphenation and ligatures."""

import json
from dataclasses import asdict

import typst

from tests.services.candidates.corpus.forms import contacts, sections
from tests.services.candidates.corpus.truth import Truth

_PARTS = """
#let cv = json(bytes(sys.inputs.cv))
#let row(r, space: 1fr) = {
  let t = if r.bold { strong(r.left) } else if r.italic { emph(r.left) } else { [#r.left] }
  block(spacing: 5pt, if r.right == "" { t } else { t; h(space); r.right })
}
#let entry(e) = {
  let body = { for r in e.rows { row(r) }; if e.bullets.len() > 0 { list(..e.bullets.map(b => [#b])) } }
  if e.beside == "" { body } else { grid(columns: (92pt, 1fr), column-gutter: 8pt, text(size: 0.9em, e.beside), body) }
}
#let fill(s) = {
  if s.paragraph != "" { par(s.paragraph) }
  for e in s.entries { entry(e); v(2pt) }
}
"""
_SINGLE = """
#set page(paper: "a4", margin: 2cm)
#set text(font: "New Computer Modern", size: 10pt, lang: cv.language, ligatures: true)
#set par(justify: true)
#align(center)[#text(size: 20pt, weight: "bold", cv.name) \\ #if cv.headline != "" [#text(size: 11pt, cv.headline) \\ ] #cv.contacts.join("  •  ")]
#for s in cv.sections {
  block(above: 12pt, below: 7pt)[#text(size: 13pt, smallcaps(s.heading)) #v(-8pt) #line(length: 100%, stroke: 0.5pt)]
  fill(s)
  if s.items.len() > 0 { if s.kind == "skills" { s.items.join(", ") } else { list(..s.items.map(i => [#i])) } }
}
"""
_SIDE = """
#set page(paper: "a4", margin: 0pt)
#set text(font: "Libertinus Serif", size: 9.5pt, lang: cv.language, hyphenate: true)
#let narrow = ("skills", "languages", "certifications")
#let head(s) = block(above: 14pt, below: 6pt, text(size: 12pt, weight: "bold", s.heading))
#let side = box(width: 100%, height: 100%, fill: rgb("#e8edf2"), inset: 18pt)[
  #for c in cv.contacts [#text(size: 8.5pt, c) \\ ]
  #for s in cv.sections.filter(s => s.kind in narrow) { head(s); for i in s.items [#i \\ ] }
]
#let main = box(width: 100%, inset: 24pt)[
  #text(size: 24pt, weight: "bold", cv.name) \\ #cv.headline
  #for s in cv.sections.filter(s => s.kind not in narrow) { head(s); fill(s) }
]
"""
_LEFT = _SIDE + "#grid(columns: (170pt, 1fr), side, main)"
_RIGHT = _SIDE.replace("hyphenate: true", 'hyphenate: true, weight: "regular"') + "#grid(columns: (1fr, 190pt), main, side)"
_LABELS = """
#set page(paper: "us-letter", margin: (x: 1.8cm, y: 1.5cm))
#set text(font: "Libertinus Serif", size: 10pt, lang: cv.language)
#grid(columns: (1fr, auto), [#text(size: 26pt, cv.name) \\ #emph(cv.headline)], align(right)[#for c in cv.contacts [#c \\ ]])
#v(8pt)
#for s in cv.sections {
  grid(columns: (95pt, 1fr), column-gutter: 14pt,
    align(right, text(fill: rgb("#365"), weight: "bold", s.heading)),
    { fill(s); if s.items.len() > 0 { if s.kind == "skills" { grid(columns: (1fr, 1fr, 1fr), row-gutter: 5pt, ..s.items.map(i => [#i])) } else { for i in s.items [#i \\ ] } } })
  v(6pt)
}
"""


def single(truth: Truth) -> bytes:
    return _compile(_SINGLE, truth)


def sidebar_left(truth: Truth) -> bytes:
    return _compile(_LEFT, truth)


def sidebar_right(truth: Truth) -> bytes:
    return _compile(_RIGHT, truth)


def labels(truth: Truth) -> bytes:
    """Headings in a margin of their own, as the classic LaTeX class has them."""
    return _compile(_LABELS, truth)


def _compile(page: str, truth: Truth) -> bytes:
    data = {
        "name": truth.name, "headline": truth.headline, "language": truth.language, "contacts": contacts(truth),
        "sections": [asdict(section) for section in sections(truth).values()],
    }  # fmt: skip
    made = typst.compile((_PARTS + page).encode(), sys_inputs={"cv": json.dumps(data)}, format="pdf")
    assert isinstance(made, bytes)
    return made
