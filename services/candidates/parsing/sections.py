"""The sections of a CV by their headings in four languages, and the items within them; every item knows its lines and characters."""
# ruff: noqa: RUF001 - the dashes that CVs use

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate
from statistics import median

from services.candidates.parsing.dates import find_period
from services.candidates.parsing.lines import Document, Line
from services.candidates.parsing.parsed import Found, Source, Value

_HEADINGS = {
    "contact": "contact|contact details|contact information|personal details|personal information|kontakt|kontaktdaten"
    "|persönliche daten|persönliches"
    "|coordonnées|informations personnelles|contacto|datos personales|datos de contacto",
    "summary": "summary|professional summary|executive summary|profile|professional profile|about|about me|objective|career objective"
    "|profil|über mich"
    "|kurzprofil|zusammenfassung|profil professionnel|à propos|résumé|perfil|perfil profesional|sobre mí|resumen|resumen profesional",
    "experience": "experience|work experience|professional experience|employment|employment history|work history|career history|career"
    "|relevant experience|berufserfahrung|beruflicher werdegang|werdegang|berufspraxis|praktische erfahrung|expérience|expériences"
    "|expérience professionnelle|expériences professionnelles|parcours professionnel|experiencia|experiencia laboral"
    "|experiencia profesional",
    "education": "education|academic background|education and training|qualifications|academic qualifications|ausbildung|bildung"
    "|studium|bildungsweg"
    "|akademische ausbildung|schulbildung|aus- und weiterbildung|formation|formations|éducation|études|diplômes|educación|formación"
    "|formación académica|estudios",
    "skills": "skills|technical skills|key skills|core skills|core competencies|competencies|technologies|tech stack|tools"
    "|skills and tools|expertise"
    "|kenntnisse|it-kenntnisse|edv-kenntnisse|fachkenntnisse|fähigkeiten|kompetenzen|technische kenntnisse|compétences"
    "|compétences techniques"
    "|compétences clés|habilidades|competencias|aptitudes|conocimientos|habilidades técnicas",
    "certifications": "certifications|certificates|certification|licenses and certifications|certifications and licenses|zertifikate"
    "|zertifizierungen"
    "|weiterbildung|weiterbildungen|certificats|certificaciones|certificados",
    "languages": "languages|language skills|sprachen|sprachkenntnisse|langues|idiomas",
    "other": "interests|hobbies|hobbies and interests|projects|personal projects|side projects|publications|references|volunteering"
    "|volunteer experience"
    "|awards|honors|honours|awards and honors|activities|interessen|hobbys|projekte|publikationen|veröffentlichungen|referenzen"
    "|ehrenamt|ehrenamtliches engagement"
    "|auszeichnungen|centres d'intérêt|loisirs|projets|publications|références|bénévolat|intereses|proyectos|publicaciones|referencias"
    "|voluntariado|premios",
}
_KIND_OF = {name: kind for kind, names in _HEADINGS.items() for name in names.split("|")}
_BULLET = re.compile(r"[•●▪■◦‣∙·○–—*\-➢✓]\s+")
_LONGEST_HEADING = 48


@dataclass(slots=True)
class Section:
    kind: str  # "" before the first heading
    title: str
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet or a line with the lines that continue it."""

    first: int
    last: int
    text: str
    bullet: bool


class Text:
    """The document's text and where each line of it stands, so that every value can name its source."""

    def __init__(self, document: Document) -> None:
        self.lines = document.lines
        self.text = "\n".join(line.text for line in document.lines)
        self._starts = list(accumulate((len(line.text) + 1 for line in document.lines), initial=0))

    def found(self, value: Value, confidence: float, first: int, last: int, words: str | None = None) -> Found[Value]:
        """The value with its source: the words within the lines first to last, across a line's end too, or else the whole lines."""
        begin, end = self._starts[first], self._starts[last + 1] - 1
        sought = words if words is not None else str(value)
        match = re.search(r"-?\s+".join(map(re.escape, sought.split())), self.text[begin:end]) if sought.strip() else None
        if match:
            begin, end = begin + match.start(), begin + match.end()
            while self._starts[first + 1] <= begin:
                first += 1
        return Found(value, confidence, Source(self.lines[first].page, first, begin, end))

    def line_of(self, position: int) -> int:
        low, high = 0, len(self.lines) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._starts[middle] <= position else (low, middle - 1)
        return low

    def at(self, value: str, confidence: float, begin: int, end: int) -> Found[str]:
        line = self.line_of(begin)
        return Found(value, confidence, Source(self.lines[line].page, line, begin, end))


def heading_kind(text: str) -> str | None:
    """The kind of section that a line of these words alone would open."""
    key = re.sub(r"\s*&\s*", " and ", text.strip(" :.-–—_|*#\t").casefold().replace("\u2019", "'"))
    return _KIND_OF.get(key) if len(key) <= _LONGEST_HEADING else None


def find_sections(text: Text) -> list[Section]:
    """In reading order, the first without a heading. A large line at the top of another column leaves the section, as a name does there."""
    sizes = [line.size for line in text.lines if line.size]
    body = median(sizes) if sizes else 0.0
    looks = {(line.size, line.bold) for line in text.lines if line.size and line.size > body and heading_kind(line.text)}
    sections = [Section("", "")]
    previous: Line | None = None
    for index, line in enumerate(text.lines):
        first, tab, rest = line.text.partition("\t")
        kind = heading_kind(first)
        if kind and tab and (sections[-1].kind == "skills" or find_period(rest)):
            kind = None
        if kind and not line.bullet:
            sections.append(Section(kind, first))
            if tab:
                sections[-1].lines.append(index)
        elif previous and _is_column_top(previous, line) and line.size and line.size > 1.3 * body:
            sections.append(Section("", "", [index]))
        elif len(sections) > 1 and (line.heading or (line.size, line.bold) in looks) and len(line.text) <= _LONGEST_HEADING:
            sections.append(Section("other", line.text))
        else:
            sections[-1].lines.append(index)
        previous = line
    return sections


def items(text: Text, indices: list[int]) -> list[Item]:
    """Lines joined with their continuations: what is set deeper than its bullet, or goes on in small letters where there is no layout."""
    found: list[Item] = []
    for index in indices:
        line = text.lines[index]
        mark = _BULLET.match(line.text)
        words = line.text[mark.end() :] if mark else line.text
        last = found[-1] if found else None
        if last and not mark and not line.bullet and last.bullet and _continues(text.lines[last.first], line):
            found[-1] = Item(last.first, index, _joined(last.text, words), bullet=True)
        else:
            found.append(Item(index, index, words, bullet=bool(mark) or line.bullet))
    return found


def paragraph(text: Text, indices: list[int]) -> str:
    whole = ""
    for index in indices:
        whole = _joined(whole, text.lines[index].text)
    return whole


def _continues(bullet: Line, line: Line) -> bool:
    if bullet.x0 is not None and line.x0 is not None:
        return line.x0 > bullet.x0 + 2 and not line.bold
    return line.text[:1].islower() and not line.bold


def _joined(before: str, after: str) -> str:
    """A word that was divided at the line's end is made whole; a hyphen before a capital or a digit is the word's own."""
    if re.search(r"[^\W\d_]-$", before) and after[:1].islower() and not re.search(r"\b(?:und|and|oder|or)\b", after[:4]):
        return before[:-1] + after
    return f"{before} {after}" if before else after


def _is_column_top(previous: Line, line: Line) -> bool:
    return previous.page == line.page and previous.y0 is not None and line.y0 is not None and line.y0 < previous.y0 - 20
