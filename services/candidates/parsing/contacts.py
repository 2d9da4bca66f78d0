"""How to reach who the CV is of: the lines that say so, email address and links, and what names, places and telephone numbers are told apart by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.lines import Line, plain
from services.candidates.parsing.parsed import Found
from services.candidates.parsing.text import Section, Text

EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9_][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s|<>\"\u2022\u00b7]{3,300}"
    r"|(?<![\w@./-])(?:[a-z0-9-]{1,40}\.){1,3}(?:com|org|net|io|dev|me|de|at|ch|fr|es|co\.uk|uk|eu|info|app|tech|ai|in|ca|nl|be|it|se|pl|mx|ar|blog|design|page|site|ie|pt|gr|cz|dk|no|fi|ro|hu|sk|si|hr|tr|br|co|cl|za|ng|gh|au|nz|jp|kr|sg|lu|is|xyz|online|studio|cloud|pro|name|art|berlin|london|edu|gov|cc|ly|gg|so|sh|rs|pk|ph|ae|cat|eus|scot|wales|cymru|irish|nrw|bayern|koeln|paris|nyc|tokyo|amsterdam|brussels|swiss|wien|photography|works|space|website|digital|academy|ink|one|world|team|codes|live|store|link|bio|care|law|legal)\b(?:/[^\s|<>\",;\u2022\u00b7]{0,200})?",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"(?:linkedin|github|gitlab|xing|twitter|x|behance|dribbble|medium|stackoverflow|orcid|kaggle|youtube|instagram|facebook)\.(?:com|org)/",
    re.IGNORECASE,
)
PARTS = re.compile(
    r"\s*[|\u2022\u00b7\u25cf\u25aa\u2666\u25c6\u2023\u25a0-\u25ff\u2700-\u27bf\u2b00-\u2bff;\t\uf000-\uf8ff]\s*|\s+(?://|[\u2013\u2014/~*\u22c4\u25c7\u2b25])\s+|\s{3,}"
)
LABELS = (
    r"(?<!\w)(?:full name|name|home address|postal address|address|location|lives in|based in|residence|city|current location|(?:present|permanent|current|correspondence|mailing|contact) address|place of residence|adresse|wohnsitz|standort|localidad|población|localité|localidade|cidade|endereço|morada|indirizzo|anschrift|wohnort|wohnhaft in|ort|lieu|ville|domicile|dirección|direccion|ubicación"
    "|ciudad|residencia|domicilio|lugar|nom|prénom et nom|nombre|nombre y apellidos|vorname und name|vorname,? name|vor- und nachname|nom,? pr\u00e9nom|pr\u00e9nom,? nom|nombre completo)"
)
LABEL = re.compile(rf"{LABELS}\s*[:\t]\s*:?\s*", re.IGNORECASE)
LABEL_CELL = re.compile(rf"(?<![^\t])({LABELS})\s*:?\t\s*:?", re.IGNORECASE)
PHONE_LABEL = re.compile(r"\b(?:tel|phone|mobile?|mobil|telefon|handy|téléphone|teléfono|móvil|cell|portable|tél|tfno|ph)\b", re.IGNORECASE)
NOT_NAMES = re.compile(
    r"\b(?:curriculum|vitae|vitæ|resume|résumé|lebenslauf|page|seite|cv|gmbh|portfolio|currículum|confidential|references?|student|senior|junior|father|mother|husband|spouse|guardian)\b",
    re.IGNORECASE,
)
_AROUND, _SHORT = 4, 60


def contact_lines(text: Text, sections: list[Section]) -> list[int]:
    """The lines before any heading or under one that announces contacts: where a person speaks of themselves, not of employers.

    Where none of them has an email address, the lines about the first one that there is.
    """
    near = [index for section in sections if section.kind in ("", "contact") for index in section.lines]
    if any(EMAIL.search(text.lines[index].text) for index in near):
        return near
    at = next((index for index, line in enumerate(text.lines) if EMAIL.search(line.text)), None)
    if at is None:
        return near
    around = [
        index
        for index in range(max(0, at - _AROUND), min(len(text.lines), at + _AROUND + 1))
        if len(text.lines[index].text) < _SHORT or index == at
    ]
    headings = [index for index in around if heading_kind(text.lines[index].text)]
    told = {index for section in sections for index in section.lines}  # without the headings
    around = [
        index for index in around if index in told and not any(index <= heading < at or at < heading <= index for heading in headings)
    ]
    return sorted({*near, *around})


def find_email(text: Text, near: list[int]) -> Found[str] | None:
    for index, sure in first_near(text, near, 0.98, 0.6):
        line = text.lines[index]
        targets = [match[0] for link in line.links if link.lower().startswith("mailto:") and (match := EMAIL.search(link))]
        match = EMAIL.search(line.text)
        if match:
            whole = _whole(text, index, match.span(), EMAIL)
            target = next((target for target in targets if match[0].casefold() in target.casefold()), None)
            return text.found(target or whole[0], sure, whole[1], whole[2])
        broken = _broken(text, index, EMAIL)
        if broken:
            return text.found(broken, round(sure - 0.05, 2), index, index + 1)
        if targets:
            return text.found(targets[0], round(sure - 0.08, 2), index, index)
    return None


def _whole(text: Text, index: int, span: tuple[int, int], pattern: re.Pattern[str]) -> tuple[str, int, int]:
    """An address at the edge of its line together with what a narrow column broke off it, and the lines that it then takes."""
    line = text.lines[index].text
    found = line[slice(*span)]
    first = last = index
    if (
        text.wrapped
        and span[0] == 0
        and index
        and (tail := re.search(r"(?<!\S)[\w.+-]*[_.-]$", text.lines[index - 1].text))
        and "@" not in tail[0]
        and _is_right_below(text.lines[index - 1], text.lines[index])
    ):
        match = pattern.search(tail[0] + line)
        if match and match[0].endswith(found):
            found, first = match[0], index - 1
    if text.wrapped and span[1] == len(line) and index + 1 < len(text.lines) and re.search(r"[-_./]$", line):
        match = pattern.match(found + text.lines[index + 1].text)
        if match:
            found, last = match[0], index + 1
    return found, first, last


def _is_right_below(above: Line, line: Line) -> bool:
    """Whether they are neighbours in one column, as far as the format tells where lines stand."""
    if above.y0 is None or line.y0 is None or above.x0 is None or line.x0 is None:
        return True
    return above.page == line.page and 0 < line.y0 - above.y0 < 3 * ((line.y1 or 0) - line.y0) and abs(above.x0 - line.x0) < 3


def _broken(text: Text, index: int, pattern: re.Pattern[str]) -> str | None:
    """An address that two lines share, none of which holds one alone."""
    if not text.wrapped or index + 1 >= len(text.lines):
        return None
    tail = re.search(r"\S*@\S*$|[\w.+-]+$", text.lines[index].text)
    head = text.lines[index + 1].text
    if tail is None or not ("@" in tail[0] or head.startswith("@")):
        return None
    match = pattern.match(tail[0] + head)
    return match[0] if match else None


def find_links(text: Text, near: list[int]) -> tuple[Found[str], ...]:
    """Profiles and sites, written out or behind a word; written ones elsewhere than beside the contacts are not the person's own."""
    found: dict[str, Found[str]] = {}
    inside = set(near)
    for index, line in enumerate(text.lines):
        targets = [link for link in line.links if link.lower().startswith(("http://", "https://"))]
        emails = [match.span() for match in EMAIL.finditer(line.text)]
        if index in inside or _PROFILE.search(line.text):
            for match in _URL.finditer(line.text):
                if match.start() == 0 and index and not EMAIL.search(text.lines[index - 1].text) and _broken(text, index - 1, EMAIL):
                    continue  # the end of an address
                if any(begin <= match.start() < end or begin < match.end() <= end for begin, end in emails):
                    continue
                words, first, last = _whole(text, index, match.span(), _URL)
                if index not in inside and not _PROFILE.search(words):
                    continue
                words = words.rstrip(".,;:)")
                target = next((target for target in targets if _key(target).startswith(_key(words).rstrip("-_"))), None)
                url = target or (words if words.lower().startswith("http") else f"https://{words}")
                if not any(_key(url) != known and known.startswith(_key(url)) for known in found):
                    found.setdefault(_key(url), text.found(url, 0.95, first, last, words))
        for link in targets:
            if index in inside or _PROFILE.search(link):
                found.setdefault(_key(link), text.found(link, 0.85, index, index))
    return tuple(found.values())


def spoken_in(titles: Iterable[str]) -> str:
    """The language of most headings, as far as their own words tell it."""
    counts = Counter(
        language for title in titles for language, words in _TOLD_BY.items() if set(plain(title).replace("-", " ").split()) & words
    )
    return (
        counts.most_common(1)[0][0]
        if (counts and len(counts.most_common(2)) == 1) or (counts and counts.most_common(2)[0][1] > counts.most_common(2)[1][1])
        else ""
    )


_TOLD_BY = {
    "de": frozenset(["berufserfahrung", "ausbildung", "werdegang", "kenntnisse", "sprachen", "sprachkenntnisse", "bildungsweg", "bildung", "berufliche", "beruflicher", "lebenslauf", "kompetenzen", "fahigkeiten", "zertifikate", "fremdsprachen", "kernkompetenzen", "fachkenntnisse", "studium", "erfahrungen", "zusammenfassung", "schul", "praktische"]),
    "fr": frozenset(["formation", "formations", "langues", "competences", "parcours", "professionnelle", "professionnelles", "diplomes", "etudes", "certificats", "savoir", "loisirs", "projets"]),
    "es": frozenset(["experiencia", "laboral", "formacion", "idiomas", "habilidades", "educacion", "estudios", "competencias", "perfil", "trayectoria", "conocimientos", "aptitudes", "certificaciones", "capacidades", "historial"]),
}  # fmt: skip


def _key(url: str) -> str:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url.casefold()).rstrip("/")


def first_near(text: Text, near: list[int], sure: float, unsure: float) -> Iterable[tuple[int, float]]:
    inside = set(near)
    yield from ((index, sure) for index in near)
    yield from ((index, unsure) for index in range(len(text.lines)) if index not in inside)
