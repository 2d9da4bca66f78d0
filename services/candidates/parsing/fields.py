"""From the lines of a document to a parsed CV: rules only, so the same file always gives the same answer."""

from __future__ import annotations

from dataclasses import replace

from services.candidates.parsing.contacts import contact_lines, find_email, find_links, spoken_in
from services.candidates.parsing.content import told_by_content
from services.candidates.parsing.document import read
from services.candidates.parsing.history import find_education, find_work
from services.candidates.parsing.inline_headings import with_headings_apart
from services.candidates.parsing.items import paragraph
from services.candidates.parsing.languages import find_languages, labelled
from services.candidates.parsing.limits import JSON
from services.candidates.parsing.lines import Document, Line
from services.candidates.parsing.lists import find_certifications, find_skill_names
from services.candidates.parsing.locations import find_location
from services.candidates.parsing.names import find_name
from services.candidates.parsing.parsed import ParsedCv
from services.candidates.parsing.phones import find_phone
from services.candidates.parsing.projects import find_projects
from services.candidates.parsing.sections import find_sections, opening, without_signature
from services.candidates.parsing.text import Section, Text
from services.candidates.parsing.upload import check_upload


def parse(data: bytes, region: str | None = None) -> ParsedCv:
    """Raises Unreadable; see `read` for where to call it."""
    if check_upload(data) == JSON:
        from services.candidates.parsing.json_resume import read_json_resume  # noqa: PLC0415 - each format's reader is loaded for its files

        return read_json_resume(data)
    return understand(read(data), region)


def understand(document: Document, region: str | None = None) -> ParsedCv:
    """Every value stands in the document. The region is where a phone number without prefix is dialled when the CV names no country."""
    if not document.lines:
        note = "The document has no text layer; it may be a scan. Upload a PDF with text in it, or fill in the profile by hand."
        return ParsedCv(document.kind, document.pages, "", unread=(note,), reason="FILE_NO_TEXT_LAYER")
    text = Text(with_headings_apart(document))
    sections = told_by_content(text, find_sections(text))
    near = contact_lines(text, sections)
    email = find_email(text, near)
    name = find_name(text, near, email)
    location = find_location(text, near, name, email)
    sections = without_signature(text, sections, name.value if name else "")
    summary_lines = _lines(sections, "summary") or opening(text, sections, name.source.line if name else 0)
    summary = paragraph(text, summary_lines)
    education = find_education(text, _each(sections, "education"))
    work = find_work(text, _each(sections, "experience"))
    certifications = find_certifications(text, _lines(sections, "certifications"))
    names = [*(job.company_name for job in work), *(one.university for one in education), *(one.issued_by for one in certifications)]
    skills = find_skill_names(text, sections, [name.source for name in names if name])
    cv = ParsedCv(
        content_type=document.kind,
        pages=document.pages,
        text=text.text,
        name=name,
        email=email,
        phone=find_phone(text, near, location, region, spoken_in(section.title for section in sections)),
        location=location,
        summary=text.found(summary, 0.9, summary_lines[0], summary_lines[-1]) if summary else None,
        links=find_links(text, near),
        education=education,
        work_experience=work,
        skills=skills,
        certifications=certifications,
        languages=find_languages(text, _lines(sections, "languages") or labelled(text)),
        projects=find_projects(text, _lines(sections, "projects")),
        page_lines=tuple(index for index, line in enumerate(text.lines) if index == 0 or line.page != text.lines[index - 1].page),
        boxes=tuple(_box(line) for line in text.lines),
    )
    notes = (*document.unread, *_missing(cv, sections), *_unclear(cv))
    return replace(cv, unread=notes)


def _box(line: Line) -> tuple[float, float, float, float] | None:
    if line.x0 is None or line.y0 is None or line.x1 is None or line.y1 is None:
        return None
    return line.x0, line.y0, line.x1, line.y1


def _lines(sections: list[Section], kind: str) -> list[int]:
    return [index for section in sections if section.kind == kind for index in section.lines]


def _each(sections: list[Section], kind: str) -> list[list[int]]:
    return [section.lines for section in sections if section.kind == kind]


def _missing(cv: ParsedCv, sections: list[Section]) -> list[str]:
    notes = [
        f"No {what} was found."
        for what, value in (("name", cv.name), ("email address", cv.email), ("phone number", cv.phone))
        if value is None
    ]
    headed = {section.kind for section in sections if section.lines}
    for kind, what, found in (
        ("experience", "work experience", cv.work_experience), ("education", "education", cv.education),
        ("certifications", "certifications", cv.certifications), ("languages", "languages", cv.languages),
    ):  # fmt: skip
        if kind in headed and not found:
            notes.append(f"The section on {what} could not be read.")
        elif kind not in headed and kind in ("experience", "education"):
            notes.append(f"No section on {what} was found.")
    notes += [f"The section '{section.title}' is kept as text only." for section in sections if section.kind == "other"]
    return notes


def _unclear(cv: ParsedCv) -> list[str]:
    notes = []
    for number, work in enumerate(cv.work_experience, 1):
        lacking = [
            what
            for what, value in (("company", work.company_name), ("title", work.job_title), ("start date", work.start_date))
            if value is None
        ]
        if work.end_date is None and not work.current:
            lacking.append("end date")
        if lacking:
            notes.append(f"Work experience {number}: no {', no '.join(lacking)} could be read.")
    for number, education in enumerate(cv.education, 1):
        lacking = [what for what, value in (("degree", education.degree), ("university", education.university)) if value is None]
        if lacking:
            notes.append(f"Education {number}: no {', no '.join(lacking)} could be read.")
    return notes
