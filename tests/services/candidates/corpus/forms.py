"""How a made CV writes its dates and its entries, independent of what draws the page."""

from dataclasses import dataclass, field

from tests.services.candidates.corpus.truth import Truth

_MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"],
    "fr": ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"],
    "es": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"],
}
_SHORT = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "de": ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
    "es": ["ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic."],
}


@dataclass(frozen=True)
class Row:
    """A line of an entry: what stands left, and at the right margin."""

    left: str
    right: str = ""
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Entry:
    """`beside` is a date for a column of its own."""

    rows: tuple[Row, ...]
    bullets: tuple[str, ...] = ()
    beside: str = ""


@dataclass(frozen=True)
class Section:
    """One of entries, a paragraph, or a list of short items."""

    kind: str
    heading: str
    entries: tuple[Entry, ...] = ()
    paragraph: str = ""
    items: tuple[str, ...] = field(default=())


def sections(truth: Truth) -> dict[str, Section]:
    """By kind, in the order of a usual CV; without those that would be empty."""
    heading = {kind: words.upper() if truth.upper else words for kind, words in truth.headings.items()}
    schools = tuple(_school(truth, index) for index in range(len(truth.education)))
    certificates = tuple(", ".join(filter(None, certificate)) for certificate in truth.certifications)
    languages = tuple(f"{name} ({level})" if len(truth.name) % 2 else f"{name} – {level}" for name, level in truth.languages)
    projects = tuple(Entry((Row(name, bold=True),), (words,)) for name, words in truth.projects)
    found = [
        Section("summary", heading["summary"], paragraph=truth.summary),
        Section("experience", heading["experience"], _work(truth)),
        Section("education", heading["education"], schools),
        Section("skills", heading["skills"], items=truth.skills),
        Section("certifications", heading["certifications"], items=certificates),
        Section("languages", heading["languages"], items=languages),
        Section("projects", heading["projects"], projects),
    ]
    return {section.kind: section for section in found if section.entries or section.paragraph or section.items}


def contacts(truth: Truth) -> list[str]:
    return [truth.location, truth.phone_printed, truth.email, *truth.links]


def _work(truth: Truth) -> tuple[Entry, ...]:
    entries = []
    for job in truth.work:
        dates = period(truth, job.start, job.end)
        title, company, place = job.title, job.company, job.place
        rows, beside = {
            "title-first": ((Row(title, dates, bold=True), Row(company, place, italic=True)), ""),
            "company-first": ((Row(company, place, bold=True), Row(title, dates, italic=True)), ""),
            "one-line": ((Row(f"{title} – {company} ({dates})", bold=True),), ""),
            "dates-below": ((Row(title, bold=True), Row(f"{company}, {place}"), Row(dates, italic=True)), ""),
            "dates-above": ((Row(dates), Row(title, bold=True), Row(f"{company}, {place}")), ""),
            "three-lines": ((Row(company, bold=True), Row(title), Row(f"{dates} | {place}")), ""),
            "margin": ((Row(title, bold=True), Row(f"{company}, {place}")), dates),
            "networked": ((Row(title, bold=True), Row(company), Row(dates), Row(place)), ""),
            "comma-line": ((Row(f"{title}, {company}", dates, bold=True), Row(place, italic=True)), ""),
            "title-at-company": ((Row(f"{title}, {company}, {place}", bold=True), Row(dates)), ""),
            "pipe-line": ((Row(f"{company} | {title} | {dates}", bold=True),), ""),
            "company-roles": ((Row(company, bold=True), Row(title, dates, italic=True)), ""),
        }[truth.entry]
        entries.append(Entry(rows, job.bullets, beside))
    return tuple(entries)


def _school(truth: Truth, index: int) -> Entry:
    school = truth.education[index]
    dates = f"{school.start} – {school.end}" if truth.dates != "MM/YYYY" else f"09/{school.start} - 07/{school.end}"
    if truth.entry == "margin":
        return Entry((Row(school.degree, bold=True), Row(school.university)), (), dates)
    if truth.entry in ("company-first", "networked", "dates-below"):
        return Entry((Row(school.university, dates, bold=True), Row(school.degree)))
    if truth.entry in ("one-line", "comma-line", "title-at-company"):
        return Entry((Row(f"{school.degree}, {school.university}", dates),))
    return Entry((Row(school.degree, dates, bold=True), Row(school.university, italic=True)))


def period(truth: Truth, start: str, end: str | None) -> str:
    """A range of dates in the form that the CV writes them."""
    form, now = truth.dates, truth.now
    if form.startswith(("seit", "ab", "depuis", "desde")) and end is None:
        word, _, rest = form.partition(" ")
        return f"{word} {point(truth, start, rest)}"
    if form == "du MM/YYYY":
        return f"du {point(truth, start, 'MM/YYYY')} {'au' if end else ''} {point(truth, end, 'MM/YYYY') if end else 'à ce jour'}".replace(
            "  ", " "
        )
    form = form.partition(" ")[2] if form.startswith(("seit", "ab", "depuis", "desde")) else form
    dash = {"MM/YYYY": " - ", "YYYY/MM": " - ", "Month YYYY": " – ", "MM.YYYY": "–", "Month YYYY to": " to ", "Month de YYYY": " a "}.get(
        form, " – "
    )
    if form == "Month YYYY to" and now == "to date":
        dash = " to " if end else " "
    whole = f"{point(truth, start, form)}{dash}{point(truth, end, form) if end else now}".replace("– bis", "bis")
    return f"{whole} (2 yrs 3 mos)" if "duration" in form else whole


def point(truth: Truth, date: str, form: str) -> str:
    year, _, month = date.partition("-")
    if not month:
        return year
    long, short = _MONTHS[truth.language][int(month) - 1], _SHORT[truth.language][int(month) - 1]
    return {
        "Mon YYYY": f"{short} {year}", "Mon YYYY (duration)": f"{short} {year}", "Month YYYY": f"{long} {year}", "Month YYYY to": f"{long} {year}",
        "MM/YYYY": f"{month}/{year}", "MM.YYYY": f"{month}.{year}", "YYYY/MM": f"{year}/{month}", "YYYY": year, "MM/YY": f"{month}/{year[2:]}",
        "Mon 'YY": f"{short} ’{year[2:]}", "Mon YY": f"{short} {year[2:]}", "DD/MM/YYYY": f"01/{month}/{year}", "DD.MM.YYYY": f"01.{month}.{year}",
        "Month de YYYY": f"{long} de {year}",
    }[form]  # fmt: skip
