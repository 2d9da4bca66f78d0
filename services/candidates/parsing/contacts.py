"""Who the CV is of and how to reach them: name, email, phone, location and links."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from statistics import median

import phonenumbers

from services.candidates.parsing import evidence
from services.candidates.parsing.dates import find_period
from services.candidates.parsing.headings import heading_kind
from services.candidates.parsing.parsed import Found
from services.candidates.parsing.places import placeness, region_of
from services.candidates.parsing.sections import Section, Text

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9_][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s|<>\"\u2022\u00b7]{3,300}"
    r"|(?<![\w@./-])(?:[a-z0-9-]{1,40}\.){1,3}(?:com|org|net|io|dev|me|de|at|ch|fr|es|co\.uk|uk|eu|info|app|tech|ai|in|ca|nl|be|it|se|pl|mx|ar|blog|design|page|site)\b(?:/[^\s|<>\",;\u2022\u00b7]{0,200})?",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"(?:linkedin|github|gitlab|xing|twitter|x|behance|dribbble|medium|stackoverflow|orcid|kaggle|youtube|instagram|facebook)\.(?:com|org)/",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[|\u2022\u00b7\u25cf\u25aa\u2666\u25c6\u2023\u25a0-\u25ff\u2700-\u27bf\u2b00-\u2bff;\t\uf000-\uf8ff]\s*|\s+[\u2013\u2014/~\u22c4\u25c7\u2b25]\s+|\s{3,}")
_LABELS = (
    r"(?<!\w)(?:full name|name|home address|postal address|address|location|lives in|based in|residence|city|adresse|anschrift|wohnort|wohnhaft in|ort|lieu|ville|domicile|dirección|direccion|ubicación"
    "|ciudad|residencia|domicilio|lugar|nom|prénom et nom|nombre|nombre y apellidos|vorname und name|vorname,? name|vor- und nachname|nom,? pr\u00e9nom|pr\u00e9nom,? nom|nombre completo)"
)
_LABEL = re.compile(rf"{_LABELS}\s*[:\t]\s*", re.IGNORECASE)
_LABEL_CELL = re.compile(rf"(?<![^\t])({_LABELS})\s*:?\t", re.IGNORECASE)
_FIRST_NAME = re.compile(r"(?:first names?|given names?|forenames?|vornamen?|pr\u00e9noms?|nombres?)\s?[:\t]\s*(?P<name>[^\t:,|]+)", re.IGNORECASE)
_LAST_NAME = re.compile(r"(?:last name|surname|family name|nachname|familienname|zuname|name|nom(?: de famille)?|apellidos?)\s?[:\t]\s*(?P<name>[^\t:,|]+)", re.IGNORECASE)
_CREDENTIALS = re.compile(r",\s*(?:(?:[A-Z][A-Za-z.]*[A-Z.][A-Za-z.]*|[A-Z]{2,7}(?:-[A-Z]{1,3})?),?\s*)+$")
_STREET = re.compile(r"\d{1,5}[a-zA-Z]?(?: bis| ter)?,? [^\W\d_][^\t@:]{3,40}|[^\W\d_][^\t@:\d]{3,40},? \d{1,5} ?[a-zA-Z]?(?:[-/,] ?\w{1,4}){0,2}")
_TOWN_LINE = re.compile(r"[^,]*\d{4}|[^,]+, [A-Z]{2}\b|[^,\d]+$|[A-Z\d]{2,4} \d[A-Z]{2}|.*[A-Z]{1,2}\d")
_PREFIX = re.compile(r"\(\s*((?:\+|00)\d{1,3})\s*\)")
_DAY = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b")
_PHONE_LABEL = re.compile(
    r"\b(?:tel|phone|mobile?|mobil|telefon|handy|téléphone|teléfono|móvil|cell|portable|tél|tfno|ph)\b", re.IGNORECASE
)
_OTHER_LABEL = re.compile(
    r"\b(?:born|birth|nationality|geboren|geburts\w*|staatsangehörigkeit|familienstand|né|née|nationalité|nacimiento|nacionalidad|fecha|date|gender|status|permis|führerschein|driving|licen[cs]e)\b"
    r"|\b(?:e-?mail|web|website|linkedin|github|phone|tel|mobil)\b",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019.-])*")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "vom",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "la",
        "le",
        "les",
        "du",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
        "zu",
        "zum",
        "zur",
        "y",
        "e",
        "i",
        "ter",
        "ten",
        "af",
        "av",
        "d'",
        "o'",
        "mac",
        "st.",
        "san",
    ]
)
_TITLES = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|prof|herr|frau|mme|m|sr|sra|ing|dipl\.?-?ing)\b\.?\s+)+|,?\s+(?:mba|phd|ph\.d\.?|md|rn|cpa|msc|m\.sc\.|bsc|b\.sc\.|esq|pmp|cfa|acca|fcca|mrcp)\.?$",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"\b(?:curriculum|vitae|vitæ|resume|résumé|lebenslauf|page|seite|cv|gmbh|portfolio|currículum|confidential|references?|student|senior|junior)\b",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"I{2,3}|IV|VI{0,3}")
_OF_HOME = re.compile(r"\s*\((?:home|work|private|privat|domicile|permanent|current)\)?$", re.IGNORECASE)
_AROUND, _SHORT = 4, 60
_NAME_IN_EMAIL = 3
_LANGUAGE_REGION = {"de": "DE", "fr": "FR", "es": "ES"}


def contact_lines(text: Text, sections: list[Section]) -> list[int]:
    """The lines before any heading or under one that announces contacts: where a person speaks of themselves, not of employers.

    Where none of them has an email address, the lines about the first one that there is.
    """
    near = [index for section in sections if section.kind in ("", "contact") for index in section.lines]
    if any(_EMAIL.search(text.lines[index].text) for index in near):
        return near
    at = next((index for index, line in enumerate(text.lines) if _EMAIL.search(line.text)), None)
    if at is None:
        return near
    around = [
        index
        for index in range(max(0, at - _AROUND), min(len(text.lines), at + _AROUND + 1))
        if len(text.lines[index].text) < _SHORT or index == at
    ]
    headings = [index for index in around if heading_kind(text.lines[index].text)]
    around = [index for index in around if not any(index <= heading < at or at < heading <= index for heading in headings)]
    return sorted({*near, *around})


def find_name(text: Text, near: list[int], email: Found[str] | None) -> Found[str] | None:
    """The line on the first page that looks most like one: by its size, its place, and what the email's first half repeats of it."""
    sizes = [line.size for line in text.lines if line.size]
    body = median(sizes) if sizes else 0.0
    inside = set(near)
    best: tuple[float, Found[str]] | None = _name_of_two_fields(text, near)
    if best:
        return best[1]
    for index, line in enumerate(text.lines):
        if line.page > 1 or line.bullet:
            continue
        large = bool(line.size and line.size > 1.25 * body)
        if index not in inside and not large:
            continue
        whole = _LABEL.sub("", line.text)
        last = index
        while large and last < min(index + 2, len(text.lines) - 1) and text.lines[last + 1].size == line.size:
            more = f"{whole} {text.lines[last + 1].text}"  # a name that takes several lines
            if not _could_be_name(more) or _is_said_by(text.lines[last + 1].text):
                break
            whole, last = more, last + 1
        whole = _CREDENTIALS.sub("", whole)
        for order, part in enumerate(_PARTS.split(whole)[:2]):
            words = _TITLES.sub("", _TITLES.sub("", part.strip())).strip(" ,")
            if not _could_be_name(words):
                continue
            value = _cased(words)
            known = email is not None and _repeats(email.value, value)
            labelled = bool(_LABEL.search(line.text))
            score = (
                (line.size or 0)
                + 8 * known
                + 6 * labelled
                - 0.15 * index
                - 2 * order
                - (6 if evidence.title(words) > 0.9 or evidence.company(words) > 0.8 else 0)
            )
            score -= 3 if placeness(words) > 0.6 else 0
            sure = min(0.97, 0.6 + (0.25 if known else 0) + (0.12 if large or labelled else 0))
            if best is None or score > best[0]:
                best = (score, text.found(value, round(sure, 2), index, last, words))
    return best[1] if best else None


def _name_of_two_fields(text: Text, near: list[int]) -> tuple[float, Found[str]] | None:
    """First and last name of a form that asks for each of them."""
    said = [[(match["name"].strip(), index) for index in near if (match := field.match(text.lines[index].text))] for field in (_FIRST_NAME, _LAST_NAME)]
    if not all(said):
        return None
    (first, at), (last, below) = said[0][0], said[1][0]
    value = f"{first} {_cased(last)}"
    return (0.0, text.found(value, 0.95, min(at, below), max(at, below))) if _could_be_name(value) and abs(at - below) < 3 else None


def _is_said_by(words: str) -> bool:
    """Whether it says what somebody is, and is no part of a name."""
    return evidence.title(words) > 0.9 or evidence.company(words) > 0.8


def _cased(words: str) -> str:
    """Names in capitals are written as names are; a surname in capitals beside a first name too."""
    capitals = words.isupper()
    return " ".join(
        word.lower() if capitals and at and word.casefold() in _PARTICLES
        else re.sub(r"[^\W\d_]+", lambda match: match[0].capitalize(), word) if word.isupper() and len(word) > 2 and not _NUMERAL.fullmatch(word) else word
        for at, word in enumerate(words.split())
    )  # fmt: skip


def _repeats(email: str, name: str) -> bool:
    local = _plain(email.partition("@")[0])
    return any(len(word) >= _NAME_IN_EMAIL and word in local for word in _plain(name).split())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()


def _could_be_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 8 or len(text) > 60 or heading_kind(text) or _NOT_NAMES.search(text):
        return False
    if region_of(words[-1]) and placeness(text) > 0.8:
        return False
    return all(
        _NAME_WORD.fullmatch(word) and (word[0].isupper() or word.casefold() in _PARTICLES or word[:2].casefold() in ("d'", "d\u2019"))
        for word in words
    )


def find_email(text: Text, near: list[int]) -> Found[str] | None:
    for index, sure in _first_near(text, near, 0.98, 0.6):
        line = text.lines[index]
        targets = [match[0] for link in line.links if link.lower().startswith("mailto:") and (match := _EMAIL.search(link))]
        match = _EMAIL.search(line.text)
        if match:
            whole = _whole(text, index, match.span(), _EMAIL)
            target = next((target for target in targets if match[0].casefold() in target.casefold()), None)
            return text.found(target or whole[0], sure, whole[1], whole[2])
        broken = _broken(text, index, _EMAIL)
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
    ):
        match = pattern.search(tail[0] + line)
        if match and match[0].endswith(found):
            found, first = match[0], index - 1
    if text.wrapped and span[1] == len(line) and index + 1 < len(text.lines) and re.search(r"[-_./]$", line):
        match = pattern.match(found + text.lines[index + 1].text)
        if match:
            found, last = match[0], index + 1
    return found, first, last


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


def find_location(text: Text, near: list[int], name: Found[str] | None, email: Found[str] | None) -> Found[str] | None:
    """A place among the contacts: said by a label, a postal code or a known name, or alone beside the other ways to reach the person."""
    beside = {email.source.line} if email else set()
    best: Found[str] | None = None
    for index in near:
        line = text.lines[index]
        if name and {*_plain(line.text).split()} <= {*_plain(name.value).split()}:
            continue
        cells = _LABEL_CELL.sub(r"\1: ", line.text)
        for part in _PARTS.split(cells):
            label = _LABEL.match(part)
            named = label is not None and re.match(r"(?:full )?n|vor|pr", label[0], re.IGNORECASE)
            words = re.sub(r"^[^\w(]+|\W+$", "", part[label.end() :] if label and not named else part)
            words = _OF_HOME.sub("", words)
            words += ")" if words.count("(") > words.count(")") and part.rstrip().endswith(")") else ""
            if (
                not words
                or named
                or (name and words.casefold() == name.value.casefold())
                or _EMAIL.search(words)
                or _OTHER_LABEL.search(words)
                or _NOT_NAMES.search(words)
            ):
                continue
            sure = placeness(words)
            if label and sum(map(str.isdigit, words)) < 12:
                sure = max(sure, 0.85)
            elif _is_street(words):
                sure = max(sure, 0.8)
            elif evidence.title(words) > 0.9 or evidence.company(words) > 0.8 or heading_kind(words):
                continue
            elif 0.25 <= sure < 0.5:
                sure += 0.15 if _is_beside(text, index, beside) else -0.1
            if sure >= 0.4 and (best is None or sure > best.confidence + 0.01):
                best = text.found(words, min(0.95, round(sure, 2)), index, index)
    return _with_street(text, near, best) if best else None


def _with_street(text: Text, near: list[int], town: Found[str]) -> Found[str]:
    """The town together with the street before it, in its line or in the one above."""
    at = town.source.line
    if not _TOWN_LINE.match(town.value):
        return town
    before = text.lines[at].text.partition(town.value)[0]
    first = at
    if not before.strip() and at and at - 1 in near and text.lines[at - 1].page == text.lines[at].page:
        first, before = at - 1, text.lines[at - 1].text
    elif not before.strip():
        return town
    parts = [part for part in _PARTS.split(_LABEL.sub("", _LABEL_CELL.sub(r"\1: ", before))) if part.strip(" ,")]
    street = parts[-1 if first == at else 0].strip(" ,") if parts else ""
    if not _STREET.fullmatch(street) or find_period(street):
        return town
    return text.found(f"{street}, {town.value}", town.confidence, first, at, f"{street} {town.value}")


def _is_street(words: str) -> bool:
    """A house number with a postal code or a town behind it."""
    return bool(re.search(r"\d", words)) and bool(
        re.fullmatch(
            r"(?:\d{1,5}[a-z]?,? )?[^\W\d_][\w .'\u2019/-]{2,40}(?: \d{1,4} ?[a-z]?)?, ?(?:[A-Z]{1,2}-)?(?:\d{4,5} )?[^\W\d_][\w .'\u2019/-]{2,40}(?:, ?[\w .]{2,30}){0,2}",
            words,
        )
    )


def _is_beside(text: Text, index: int, others: set[int]) -> bool:
    lines = range(max(0, index - 2), min(len(text.lines), index + 3))
    return any(
        at in others or _PHONE_LABEL.search(text.lines[at].text) or re.search(r"\+?\d[\d ()./-]{7,}", text.lines[at].text) for at in lines
    )


def find_phone(text: Text, near: list[int], location: Found[str] | None, region: str | None, language: str = "") -> Found[str] | None:
    """In E.164. A number without a country's prefix is read in the country of the location, or else in the given region, or that of the CV's language."""
    told = region_of(location.value) if location else None
    homes = [*dict.fromkeys(home for home in (told, region, *_countries_of(text, language), "US") if home)]
    best: Found[str] | None = None
    for index, sure in _first_near(text, near, 0.95, 0.6):
        line = _PREFIX.sub(r"\1 ", text.lines[index].text)
        if sure < 0.9 and (best or not _PHONE_LABEL.search(line)):
            continue
        for value, words, likely in next((found for home in homes if (found := _numbers(line, home))), []):
            likeliest = round(sure + likely, 2)
            if best is None or likeliest > best.confidence:
                best = text.found(value, likeliest, index, index, words)
    return best


def _numbers(line: str, home: str) -> list[tuple[str, str, float]]:
    """The numbers of a line, each as it is written, and how much less likely it is the person's own than one with all its digits."""
    found = []
    for match in phonenumbers.PhoneNumberMatcher(line, home):
        whole = match.raw_string.strip().startswith(("+", "00", "("))
        fax = re.search(r"\bfax\b[^\d]*$", line[: match.start], re.IGNORECASE)
        if not _DAY.search(match.raw_string):
            found.append((phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164), match.raw_string, (0 if whole else -0.1) - (0.3 if fax else 0)))
    loose = _loosely(line, home) if not found else None
    return [(*loose, -0.15)] if loose else found


def _countries_of(text: Text, language: str) -> list[str]:
    """The countries of the places that the document names in lines of their own or at the ends of lines, and of its language, the likeliest first."""
    ends = (cell.split(", ", 1)[-1] if cell.count(",") > 1 else cell for line in text.lines if len(line.text) < 100 for cell in _PARTS.split(line.text))
    counts = Counter(region for words in ends if 2 < len(words) < 50 and placeness(words) >= 0.6 and (region := region_of(words)))
    if language in _LANGUAGE_REGION:
        counts[_LANGUAGE_REGION[language]] += 1
    return [region for region, _ in counts.most_common(3)]


def _loosely(line: str, home: str) -> tuple[str, str] | None:
    """A number that is grouped as nobody groups it there, yet is a valid one as a whole."""
    for match in re.finditer(r"(?<![\w/.@-])(?:\+|00)?\(?\d[\d ()./\u2011-]{6,22}\d(?![\w/@])", line):
        if re.fullmatch(r"(?:19|20)\d\d\s?[-/.]\s?(?:19|20)?\d\d", match[0]) or _DAY.search(match[0]):
            continue
        try:
            number = phonenumbers.parse(match[0].replace("00", "+", 1) if match[0].startswith("00") else match[0], home)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), match[0]
    return None


def find_links(text: Text, near: list[int]) -> tuple[Found[str], ...]:
    """Profiles and sites, written out or behind a word; written ones elsewhere than beside the contacts are not the person's own."""
    found: dict[str, Found[str]] = {}
    inside = set(near)
    for index, line in enumerate(text.lines):
        targets = [link for link in line.links if link.lower().startswith(("http://", "https://"))]
        emails = [match.span() for match in _EMAIL.finditer(line.text)]
        if index in inside or _PROFILE.search(line.text):
            for match in _URL.finditer(line.text):
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
        language for title in titles for language, words in _TOLD_BY.items() if set(_plain(title).replace("-", " ").split()) & words
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


def _first_near(text: Text, near: list[int], sure: float, unsure: float) -> Iterable[tuple[int, float]]:
    inside = set(near)
    yield from ((index, sure) for index in near)
    yield from ((index, unsure) for index in range(len(text.lines)) if index not in inside)
