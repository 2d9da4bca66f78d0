"""Who the CV is of and how to reach them: name, email, phone, location and links."""
# ruff: noqa: RUF001 - the dashes that CVs use

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers

from services.candidates.parsing.parsed import Found
from services.candidates.parsing.sections import Section, Text, heading_kind

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}")
_URL = re.compile(
    r"(?:https?://|www\.)[^\s|<>\"]{3,300}|(?<![\w@.])(?:[a-z]{2,3}\.)?(?:linkedin\.com|github\.com|gitlab\.com|xing\.com)/[^\s|<>\",]{2,200}",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[|•·;\t]\s*|\s+[–—]\s+")
_LABEL = re.compile(r"(?:name|address|location|adresse|anschrift|wohnort|ort|lieu|dirección|ubicación|ciudad)\s*:\s*", re.IGNORECASE)
_PHONE_LABEL = re.compile(r"\b(?:tel|phone|mobile?|mobil|telefon|handy|téléphone|teléfono|móvil|cell)\b", re.IGNORECASE)
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['\u2019.-])*")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "la",
        "le",
        "du",
        "el",
        "al",
        "bin",
        "ibn",
        "zu",
        "y",
        "e",
        "ter",
        "ten",
        "af",
        "av",
    ]
)
_NOT_NAMES = re.compile(
    r"\b(?:curriculum|vitae|resume|résumé|lebenslauf|engineer|developer|analyst|manager|designer|consultant|architect|scientist|student"
    r"|director|lead|"
    r"senior|junior|entwickler|entwicklerin|ingenieur|page|cv|company|university|gmbh)\b", re.IGNORECASE,
)  # fmt: skip
_PLACE = re.compile(r"[A-ZÀ-ÝŁŚŠŽ][\w .'\u2019/-]{1,40}, ?[A-ZÀ-ÝŁŚŠŽÖÅÄÜ][\w .'\u2019-]{1,40}")
_POSTAL = re.compile(
    r"(?:[\w .'\u2019-]{3,40} \d{1,4}[a-z]?, ?)?(?:[A-Z]{1,2}-)?\d{4,5} [A-ZÀ-ÝÖÄÜ][^\W\d][\w .'\u2019/-]{1,40}(?:, ?[\w .]{3,30})?"
)
_COUNTRIES = {
    "DE": "germany deutschland allemagne alemania", "AT": "austria österreich autriche", "CH": "switzerland schweiz suisse suiza",
    "FR": "france frankreich francia", "ES": "spain españa spanien espagne", "IT": "italy italia italien italie", "PT": "portugal",
    "GB": "united_kingdom uk england scotland wales great_britain", "IE": "ireland irland",
    "NL": "netherlands niederlande the_netherlands",
    "BE": "belgium belgien belgique", "LU": "luxembourg luxemburg", "SE": "sweden sverige schweden suède suecia",
    "NO": "norway norge norwegen",
    "DK": "denmark danmark dänemark", "FI": "finland suomi finnland", "IS": "iceland", "PL": "poland polska polen",
    "CZ": "czechia czech_republic tschechien",
    "SK": "slovakia", "HU": "hungary ungarn", "RO": "romania rumänien", "BG": "bulgaria", "GR": "greece griechenland",
    "HR": "croatia kroatien",
    "SI": "slovenia", "RS": "serbia", "EE": "estonia", "LV": "latvia", "LT": "lithuania", "UA": "ukraine", "TR": "turkey türkiye türkei",
    "US": "usa united_states united_states_of_america", "CA": "canada kanada", "MX": "mexico méxico", "BR": "brazil brasil",
    "AR": "argentina",
    "CL": "chile", "CO": "colombia", "PE": "peru perú", "IN": "india indien inde", "PK": "pakistan", "BD": "bangladesh",
    "LK": "sri_lanka",
    "CN": "china", "JP": "japan", "KR": "south_korea korea", "SG": "singapore", "MY": "malaysia", "ID": "indonesia", "PH": "philippines",
    "VN": "vietnam", "TH": "thailand", "AU": "australia", "NZ": "new_zealand", "ZA": "south_africa", "NG": "nigeria", "KE": "kenya",
    "EG": "egypt",
    "MA": "morocco", "TN": "tunisia", "IL": "israel", "AE": "united_arab_emirates uae", "SA": "saudi_arabia",
}  # fmt: skip
_NAME_IN_EMAIL = 3
_REGION_OF = {name.replace("_", " "): region for region, names in _COUNTRIES.items() for name in names.split()}


def contact_lines(sections: list[Section]) -> list[int]:
    """The lines before any heading or under one that announces contacts: where a person speaks of themselves, not of employers."""
    return [index for section in sections if section.kind in ("", "contact") for index in section.lines]


def find_name(text: Text, near: list[int], email: Found[str] | None) -> Found[str] | None:
    """The largest line that could be a name, or the first one; surer when the email's first half repeats it."""
    best: tuple[float, Found[str]] | None = None
    for order, index in enumerate(near):
        line = text.lines[index]
        if line.page > 1:
            continue
        for part in _PARTS.split(line.text)[:1]:
            words = _LABEL.sub("", part)
            if not _could_be_name(words):
                continue
            value = words.title() if words.isupper() else words
            known = email is not None and _repeats(email.value, value)
            score = (line.size or 0) + (8 if known else 0) - 0.2 * order
            sure = min(0.97, 0.6 + (0.25 if known else 0) + (0.12 if line.size and line.size >= 14 else 0))
            if best is None or score > best[0]:
                best = (score, text.found(value, round(sure, 2), index, index, words))
    return best[1] if best else None


def _repeats(email: str, name: str) -> bool:
    local = email.casefold().partition("@")[0]
    return any(word.casefold() in local for word in name.split() if len(word) >= _NAME_IN_EMAIL)


def _could_be_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 5 or len(text) > 60 or heading_kind(text) or _NOT_NAMES.search(text):
        return False
    if any(word.casefold() in _REGION_OF for word in words):
        return False
    return all(_NAME_WORD.fullmatch(word) and (word[0].isupper() or word.casefold() in _PARTICLES) for word in words)


def find_email(text: Text, near: list[int]) -> Found[str] | None:
    for index, sure in _first_near(text, near, 0.98, 0.6):
        match = _EMAIL.search(text.lines[index].text)
        if match:
            return text.found(match[0], sure, index, index)
        for link in text.lines[index].links:
            match = _EMAIL.search(link) if link.lower().startswith("mailto:") else None
            if match:
                return text.found(match[0], round(sure - 0.08, 2), index, index)
    return None


def find_location(text: Text, near: list[int]) -> Found[str] | None:
    best: Found[str] | None = None
    for index in near:
        for part in _PARTS.split(text.lines[index].text):
            label = _LABEL.match(part)
            words = part[label.end() :] if label and not label[0].lower().startswith("name") else part
            sure = 0.0
            if _PLACE.fullmatch(words):
                sure = 0.92 if words.rpartition(",")[2].strip().casefold() in _REGION_OF else 0.55
            elif _POSTAL.fullmatch(words):
                sure = 0.75
            elif label and words != part and not any(map(str.isdigit, words)):
                sure = 0.8
            if sure and not _NOT_NAMES.search(words) and (best is None or sure > best.confidence):
                best = text.found(words, sure, index, index)
    return best


def find_phone(text: Text, near: list[int], location: Found[str] | None, region: str | None) -> Found[str] | None:
    """In E.164. A number without a country's prefix is read in the country of the location, or else in the given region."""
    home = _REGION_OF.get(location.value.rpartition(",")[2].strip().casefold()) if location else None
    for index, sure in _first_near(text, near, 0.95, 0.6):
        line = text.lines[index].text
        if sure < 0.9 and not _PHONE_LABEL.search(line):
            continue
        for match in phonenumbers.PhoneNumberMatcher(line, home or region):
            value = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            guessed = not match.raw_string.strip().startswith(("+", "00", "("))
            return text.found(value, round(sure - (0.1 if guessed else 0), 2), index, index, match.raw_string)
    return None


def find_links(text: Text, near: list[int]) -> tuple[Found[str], ...]:
    """Profiles and sites, written out or behind a word; written ones elsewhere than beside the contacts are not the person's own."""
    found: dict[str, Found[str]] = {}
    for index, line in enumerate(text.lines):
        if index in near:
            for match in _URL.finditer(line.text):
                words = match[0].rstrip(".,;:)")
                url = words if words.lower().startswith("http") else f"https://{words}"
                found.setdefault(url.rstrip("/").casefold(), text.found(url, 0.95, index, index, words))
        for link in line.links:
            if link.lower().startswith(("http://", "https://")):
                found.setdefault(link.rstrip("/").casefold(), text.found(link, 0.85, index, index))
    return tuple(found.values())


def _first_near(text: Text, near: list[int], sure: float, unsure: float) -> Iterable[tuple[int, float]]:
    inside = set(near)
    yield from ((index, sure) for index in near)
    yield from ((index, unsure) for index in range(len(text.lines)) if index not in inside)
