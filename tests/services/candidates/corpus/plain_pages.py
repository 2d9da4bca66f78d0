"""Made CVs as plain text in two manners, and as JSON Resume."""

import json
import textwrap

from tests.services.candidates.corpus.forms import contacts, sections
from tests.services.candidates.corpus.truth import Truth


def underlined(truth: Truth) -> bytes:
    """Headings with a line of dashes below, bullets with hyphens."""
    out = [truth.name, truth.headline, *contacts(truth), ""]
    for section in sections(truth).values():
        out += [section.heading, "-" * len(section.heading)]
        out += textwrap.wrap(section.paragraph, 76)
        out += [", ".join(section.items)] if section.kind == "skills" else [f"- {item}" for item in section.items]
        for entry in section.entries:
            out += [entry.beside] if entry.beside else []
            out += [f"{row.left}    {row.right}".rstrip() for row in entry.rows]
            for bullet in entry.bullets:
                out += textwrap.wrap(bullet, 74, initial_indent="- ", subsequent_indent="  ")
            out.append("")
        out.append("")
    return "\n".join(out).encode()


def starred(truth: Truth) -> bytes:
    """Headings in capitals, everything set in, dates far to the right; in the encoding of old Windows programs where that suffices."""
    out = [truth.name.upper(), "   ".join(contacts(truth)[:3]), "   ".join(contacts(truth)[3:]), ""]
    for section in sections(truth).values():
        out += ["", f"*** {section.heading.upper()} ***", ""]
        out += textwrap.wrap(section.paragraph, 70, initial_indent="  ", subsequent_indent="  ")
        out += [f"  * {item}" for item in section.items]
        for entry in section.entries:
            out += [f"  {entry.beside}"] if entry.beside else []
            out += [f"  {row.left:<50}{row.right:>24}".rstrip() if row.right else f"  {row.left}" for row in entry.rows]
            for bullet in entry.bullets:
                out += textwrap.wrap(bullet, 70, initial_indent="    * ", subsequent_indent="      ")
            out.append("")
    text = "\r\n".join(out)
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        return text.encode("utf-8-sig")


def json_resume(truth: Truth) -> bytes:
    """See jsonresume.org/schema."""
    resume = {
        "basics": {
            "name": truth.name, "label": truth.headline, "email": truth.email, "phone": truth.phone_printed, "summary": truth.summary,
            "location": {"city": truth.location}, "profiles": [{"network": "", "url": f"https://{link}"} for link in truth.links],
        },
        "work": [
            {"name": job.company, "position": job.title, "startDate": job.start, **({"endDate": job.end} if job.end else {}), "highlights": list(job.bullets)}
            for job in truth.work
        ],
        "education": [
            {"institution": school.university, "studyType": school.degree, "startDate": f"{school.start}", "endDate": f"{school.end}"}
            for school in truth.education
        ],
        "skills": [{"name": skill} for skill in truth.skills],
        "certificates": [{"name": title, "issuer": issuer, "date": date} for title, issuer, date in truth.certifications],
        "languages": [{"language": name, "fluency": level} for name, level in truth.languages],
        "projects": [{"name": name, "description": words} for name, words in truth.projects],
    }  # fmt: skip
    return json.dumps(resume, ensure_ascii=False, indent=1).encode()
