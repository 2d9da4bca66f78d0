"""What a CV lists: skills, certifications and languages."""
# ruff: noqa: RUF001 - the dashes that CVs use

from __future__ import annotations

import re

from services.candidates.parsing.dates import Period, find_period
from services.candidates.parsing.parsed import Certification, Found, Language, Source
from services.candidates.parsing.sections import Item, Section, Text, items
from services.chassis.skills import find_skills

_LANGUAGES = {
    "English": "englisch anglais inglés inglese", "German": "deutsch allemand alemán tedesco",
    "French": "französisch français francés francese",
    "Spanish": "spanisch espagnol español spagnolo", "Italian": "italienisch italien italiano",
    "Portuguese": "portugiesisch portugais portugués português",
    "Dutch": "niederländisch néerlandais neerlandés nederlands", "Swedish": "schwedisch suédois sueco svenska",
    "Norwegian": "norwegisch norvégien noruego norsk",
    "Danish": "dänisch danois danés dansk", "Finnish": "finnisch finnois finés suomi", "Polish": "polnisch polonais polaco polski",
    "Czech": "tschechisch tchèque checo", "Hungarian": "ungarisch hongrois húngaro", "Romanian": "rumänisch roumain rumano",
    "Greek": "griechisch grec griego",
    "Russian": "russisch russe ruso", "Ukrainian": "ukrainisch ukrainien ucraniano", "Turkish": "türkisch turc turco türkçe",
    "Arabic": "arabisch arabe árabe",
    "Hebrew": "hebräisch hébreu hebreo", "Persian": "persisch persan persa farsi", "Hindi": "", "Urdu": "", "Bengali": "", "Punjabi": "",
    "Tamil": "",
    "Chinese": "chinesisch chinois chino mandarin", "Japanese": "japanisch japonais japonés", "Korean": "koreanisch coréen coreano",
    "Vietnamese": "vietnamesisch",
    "Croatian": "kroatisch croate croata", "Serbian": "serbisch serbe serbio", "Catalan": "katalanisch catalán català",
}  # fmt: skip
_LANGUAGE_OF = {word: name for name, words in _LANGUAGES.items() for word in [name.lower(), *words.split()]}
_LANGUAGE = re.compile(r"(?P<name>[^\W\d_]{3,20})\s*(?:(?:[–—:-]|\t|,)?\s*[(\[]?\s*(?P<level>[^()\[\]]{1,40}?)\s*[)\]]?)?")
_LEVEL = re.compile(
    r"\b(?:[ABC][12]|native|mother|fluent|basic|intermediate|advanced|conversational|professional|proficient|muttersprache|fließend"
    r"|verhandlungssicher|grundkenntnisse|gut|maternelle|courant|débutant|nativ[oa]|fluido|básico|avanzado)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[^:\t,]{2,40}[:\t]\s*")
_MAX_UNKNOWN = 12


def find_skill_names(text: Text, sections: list[Section], names: list[Source]) -> tuple[tuple[Found[str], ...], list[str]]:
    """Canonical names, each with its surest mention, and the items of a skills section that no canonical name covers.

    A mention within the name of an employer, a school or an issuer is none: who worked at a consultancy has not said that they consult.
    """
    kind_of = {index: section.kind for section in sections for index in section.lines}
    found: dict[str, Found[str]] = {}
    mentions = [(text.line_of(mention.start), mention) for mention in find_skills(text.text)]
    for line, mention in mentions:
        kind = kind_of.get(line, "heading")
        if kind in ("contact", "languages", "heading") or any(name.start <= mention.start < name.end for name in names):
            continue
        sure = {"skills": 0.95, "experience": 0.85, "certifications": 0.8, "other": 0.7, "education": 0.6}.get(kind, 0.75)
        if mention.skill not in found or found[mention.skill].confidence < sure:
            found[mention.skill] = text.at(mention.skill, sure, mention.start, mention.end)
    named = " ".join(text.text[mention.start : mention.end].casefold() for line, mention in mentions if kind_of.get(line) == "skills")
    unknown = []
    for section in sections:
        if section.kind == "skills":
            for item in items(text, section.lines):
                for word in re.split(r"[,;|•·/]\s+|\t", _LABEL.sub("", item.text)):
                    name = word.strip(" .,:;")
                    if 1 < len(name) <= 40 and len(name.split()) <= 4 and not _is_covered(name.casefold(), named):
                        unknown.append(name)
    return tuple(found.values()), list(dict.fromkeys(unknown))[:_MAX_UNKNOWN]


def _is_covered(name: str, named: str) -> bool:
    return name in named or any(len(word) > 2 and word in named for word in name.split())


def find_certifications(text: Text, indices: list[int]) -> tuple[Certification, ...]:
    found = []
    for item in items(text, indices):
        period = find_period(item.text)
        words = item.text[: period.begin] + "\t" + item.text[period.until :] if period else item.text
        parts = [_trimmed(part) for part in re.split(r"\t|,\s+|\s+\|\s+", words)]
        if sum(map(bool, parts)) < 2:
            parts = [_trimmed(part) for part in re.split(r"\t|\s+[–—-]\s+", words)]
        parts = [part for part in parts if part]
        if not parts:
            continue
        found.append(Certification(
            title=text.found(parts[0], 0.9 if period else 0.75, item.first, item.last),
            issued_by=text.found(parts[1], 0.8, item.first, item.last) if len(parts) > 1 else None,
            issue_date=_issued(text, item, period) if period else None,
        ))  # fmt: skip
    return tuple(found)


def _issued(text: Text, item: Item, period: Period) -> Found[str]:
    date = period.start or period.end  # a range is from issue to expiry
    assert date is not None
    return text.found(date, 0.9, item.first, item.last, item.text[period.begin : period.until])


def _trimmed(part: str) -> str:
    """Without the marks around it, and without a bracket whose partner went with the date."""
    part = part.strip(" ,;:|–—-")
    if part.count("(") > part.count(")"):
        return part.replace("(", "", 1).strip() if part.startswith("(") else part.rstrip("( ")
    return part.lstrip(") ") if part.count(")") > part.count("(") else part


def find_languages(text: Text, indices: list[int]) -> tuple[Language, ...]:
    """By their English names; a word that is no language known here is not taken for one."""
    found: dict[str, Language] = {}
    for item in items(text, indices):
        for words in re.split(r",\s*(?![^(]*\))|[;|•·/]\s*", item.text):
            match = _LANGUAGE.fullmatch(words.strip(" ."))
            name = _LANGUAGE_OF.get(match["name"].casefold()) if match else None
            if not match or not name:
                continue
            level = match["level"]
            found.setdefault(name, Language(
                text.found(name, 0.95, item.first, item.last, match["name"]),
                text.found(level, 0.95 if _LEVEL.search(level) else 0.6, item.first, item.last) if level else None,
            ))  # fmt: skip
    return tuple(found.values())
