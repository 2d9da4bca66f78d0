"""What a CV lists: skills and certifications."""
# ruff: noqa: RUF001 - the dashes that CVs use

from __future__ import annotations

import re
from collections.abc import Sequence

from services.candidates.parsing import evidence
from services.candidates.parsing.dates import Period, find_period
from services.candidates.parsing.items import items
from services.candidates.parsing.languages import language_name
from services.candidates.parsing.parsed import Certification, Found, Source
from services.candidates.parsing.places import is_town
from services.candidates.parsing.text import Item, Section, Text
from services.chassis.skills import Mention, find_skills, normalise, taxonomy

_LABEL = re.compile(r"^[^:\t,;|]{2,40}:\s+|^[^:\t,;|•·]{2,40}\t(?![•·▪●◦])(?=[^\t]*[,;|•·])")
_MARKS = re.compile(r"^[\u2190-\u2bff]\s*|[●○◐★☆■□▪▫⬤◯•·]{2,}|\b\d{1,3}\s?%|\d\s?/\s?(?:5|10)\b")
_LEVEL = re.compile(
    r"\s*(?:[(\[–—:-]\s*)?\b(?:expert|advanced|intermediate|beginner|basic|proficient|excellent|very good|good|experte|fortgeschritten|sehr gut|gut|grundkenntnisse|avancé|intermédiaire|débutant"
    r"|notions|avanzado|intermedio|básico|nivel \w+|\d{1,2}\+?\s?(?:years?|yrs?|jahre|ans|años))\b\s*[)\]]?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[,;|•·▪●◦\t]\s*(?![^()]*\))|\s+[/–—]\s+|\s{2,}|(?<=[^\W\d_])\.\s+(?=[A-Z])|`\s+(?=`)")
_SURE = {"skills": 0.95, "experience": 0.85, "projects": 0.8, "certifications": 0.8, "other": 0.7, "education": 0.6}
_LONGEST_NAME, _MOST_WORDS, _MOST_LISTED = 48, 5, 60
_SENTENCES = re.compile(
    r"^(?=[^,]*$)[A-Z\u00c0-\u00dd](?:\S+ ){3,}\S*[^\W\d_]{2}[.!] [A-Z\u00c0-\u00dd](?:\S+ ){3,}\S*[.!]$"
)  # two of them, and no list
_SHORT_FORM = re.compile(r"(.{6,}) \(([A-Z][A-Za-z/&]{1,7})\)")
_GENERIC = frozenset(
    [
        "and",
        "or",
        "of",
        "in",
        "with",
        "the",
        "a",
        "using",
        "advanced",
        "basic",
        "basics",
        "good",
        "strong",
        "expert",
        "fluent",
        "certified",
        "modern",
        "core",
        "skills",
        "skill",
        "knowledge",
        "experience",
        "programming",
        "language",
        "development",
        "tools",
        "tool",
        "software",
        "suite",
        "framework",
        "platform",
        "systems",
        "management",
        "ms",
        "microsoft",
        "google",
        "adobe",
        "apache",
        "office",
        "und",
        "mit",
        "sehr",
        "gute",
        "gut",
        "kenntnisse",
        "grundkenntnisse",
        "programmierung",
        "et",
        "de",
        "du",
        "en",
        "bases",
        "maîtrise",
        "y",
        "con",
        "manejo",
        "básico",
        "avanzado",
        "nivel",
        "usuario",
        "dominio",
    ]
)
_ELSE = re.compile(
    r"(?:interests?|hobbies|references?|interessen|loisirs|intereses|(?P<spoken>languages?|sprachen|langues|idiomas))\s?[:\t]",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"(?:[(\u2013\u2014,-]|\b)\s*\b(?:to|until|till|exp\.?|expires|expiry|valid (?:until|to|through)|gültig bis|bis|valable jusqu'en|jusqu'en|válido hasta|hasta)\s*(?=\t)",
    re.IGNORECASE,
)
_GRADES = frozenset(
    ["associate", "professional", "expert", "specialty", "foundation", "practitioner", "advanced", "fundamentals"]
)  # of a certificate, behind its dash
_DATED = re.compile(
    r"(?:date )?(?:issued|obtained|awarded|completed|expires|valid|erworben|obtenu|obtenida?)(?: on| in| am| le| en)?:?", re.IGNORECASE
)
_CLASS = re.compile(
    r"(?:class|level|grade|part|stage|tier|category|cat|type|niveau|stufe|klasse|nivel|clase|categor\u00eda)\b", re.IGNORECASE
)  # goes on with the title
_SIGNED = re.compile(r",?\s+(?:den|the|le|a)$")  # "Köln, den", before the day
_STATED = 0.6
_ENOUGH = 5  # skills that somebody lists
_LINES_OF_WORK = frozenset(
    [
        "agriculture", "construction", "customer service", "education", "finance", "healthcare", "hospitality", "human resources", "law", "logistics",
        "manufacturing", "marketing", "media", "personal services", "public sector", "retail", "sales", "social services",
    ]
)  # fmt: skip
_SMALL = frozenset(["and", "or", "of", "in", "und", "oder", "et", "ou", "y", "e", "o", "the", "mit", "with"])


def find_skill_names(text: Text, sections: list[Section], names: list[Source]) -> tuple[Found[str], ...]:
    """The known names, each with its surest mention, and what a list of skills calls one, as it is written there.

    A mention within the name of an employer, a school or an issuer is none: who worked at a consultancy has not said that they consult. Neither is the name of
    a line of work in passing ("an audit trail", "clients in the public sector") where somebody lists their skills and none of it is among them.
    """
    kind_of = {index: section.kind for section in sections for index in section.lines}
    found: dict[str, Found[str]] = {}
    listed = [skill for section in sections if section.kind == "skills" for skill in _listed(text, section)]
    for skill in listed[:_MOST_LISTED]:
        found.setdefault(skill.value.casefold(), skill)
    own = {_category(skill.value) for skill in listed}
    for mention in find_skills(text.text):
        if len(listed) >= _ENOUGH and text.text[mention.start : mention.end].islower() and _category(mention.skill) in _LINES_OF_WORK - own:
            continue
        kind = kind_of.get(text.line_of(mention.start), "heading")
        if kind in ("", "contact", "languages", "heading", "skills") or any(name.start <= mention.start < name.end for name in names):
            continue
        sure = _SURE.get(kind, 0.75)
        key = mention.skill.casefold()
        if key not in found or found[key].confidence < sure:
            found[key] = text.at(mention.skill, sure, mention.start, mention.end)
    return tuple(found.values())


def _category(name: str) -> str:
    skill = taxonomy().skills.get(name)
    return skill.category if skill else ""


def _listed(text: Text, section: Section) -> list[Found[str]]:
    """The items of a list of skills; a sentence among them gives the skills that it names and nothing else."""
    found: list[Found[str]] = []
    listed = items(text, section.lines, narrow=not any("," in text.lines[index].text for index in section.lines))
    bold = [text.lines[item.first].bold for item in listed]
    two = [item.text.split("\t") for item in listed if item.text.count("\t") == 1]
    formed = len(two) > 1 and len(two) == len(listed) and any(_BETWEEN.search(cells[1]) for cells in two)  # labels, each beside its skills
    for at, item in enumerate(listed):
        few = 2 * sum(bold) < len(bold) or (at + 1 < len(listed) and not bold[at + 1] and bool(_BETWEEN.search(listed[at + 1].text)))
        heads = bold[at] and few and not _BETWEEN.search(item.text) and normalise(item.text) is None
        if _SENTENCES.search(item.text):
            found += [
                text.found(mention.skill, 0.8, item.first, item.last, item.text[mention.start : mention.end])
                for mention in find_skills(item.text)
            ]
            continue
        if item.text.endswith(":") or _is_of_else(item.text) or (heads and not item.bullet):
            continue  # it names the group below
        cells = item.text.split("\t")
        words = cells[1] if formed and len(cells) == 2 else _LABEL.sub("", item.text)
        for part in _BETWEEN.split(words):
            name = _LEVEL.sub("", _MARKS.sub("", _LABEL.sub("", part))).strip(" .,:;–—-|•·`")
            if not name or not any(map(str.isalpha, name)) or name.casefold() in _SMALL:
                continue
            known = normalise(name) or _of_two(name)
            if not known and len(cells) > 1 and {*name.casefold().split()} <= _GENERIC:
                continue  # the title of a column
            if known:
                found.append(text.found(known, 0.95, item.first, item.last, name))
                continue
            mentions = find_skills(name)
            covered = sum(mention.end - mention.start for mention in mentions)
            if mentions and len(name.split()) <= 4 and not _is_but(_beside(name, mentions)):
                mentions = []  # "sage payroll" is not payroll
            if mentions and (2 * covered > len(name) or len(name.split()) > _MOST_WORDS or len(mentions) > 1):
                found += [text.found(mention.skill, 0.9, item.first, item.last, name[mention.start : mention.end]) for mention in mentions]
            elif len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_WORDS and not find_period(name):
                found.append(text.found(name, 0.65, item.first, item.last))
    return found


def _of_two(name: str) -> str | None:
    """What a name and its short form in brackets are called."""
    both = _SHORT_FORM.fullmatch(name)
    initials = "".join(word[0] for word in both[1].split()) if both else ""
    return (normalise(both[1]) or normalise(both[2])) if both and initials.casefold() == both[2].casefold() else None


def _beside(name: str, mentions: Sequence[Mention]) -> str:
    """What is left of a name without the skills in it."""
    starts = [0, *(mention.end for mention in mentions)]
    ends = [*(mention.start for mention in mentions), len(name)]
    return " ".join(name[start:end] for start, end in zip(starts, ends, strict=True))


def _is_of_else(words: str) -> bool:
    """Whether its label says that it tells of interests or of languages that are spoken."""
    label = _ELSE.match(words)
    return label is not None and (not label["spoken"] or any(map(language_name, re.findall(r"\w+", words[label.end() :]))))


def _is_but(rest: str) -> bool:
    """Whether the words beside a known skill say no more than how well or as what it is known."""
    return all(word in _GENERIC or not word.isalpha() for word in re.findall(r"\w+", rest.casefold()))


def find_certifications(text: Text, indices: list[int]) -> tuple[Certification, ...]:
    found = []
    listed = _each(items(text, indices, narrow=True))
    for item in listed:
        period = find_period(item.text)
        words = item.text[: period.begin] + "\t" + item.text[period.until :] if period else item.text
        words = _UNTIL.sub("", words)
        title, issuer = _certificate(re.sub(r"\(\s*\)", "", re.sub(r"[\s,;]*\t\s*\)", ")", re.sub(r"\(\s*\t[\s,;]*", "(", words))))
        signed = (
            period is not None
            and item is listed[-1]
            and is_town(_SIGNED.sub("", title))
            and evidence.place(_SIGNED.sub("", title)) >= _STATED
        )
        if title and not signed:
            found.append(Certification(
                title=text.found(title, 0.9 if period else 0.75, item.first, item.last),
                issued_by=text.found(issuer, 0.8, item.first, item.last) if issuer else None,
                issue_date=_issued(text, item, period) if period else None,
            ))  # fmt: skip
    return tuple(found)


def _each(listed: list[Item]) -> list[Item]:
    """Several in one line, each with its own date, are told apart."""
    found = []
    for item in listed:
        parts = [part for part in re.split(r"\s+[|•·]\s+|;\s+", item.text) if part]
        several = len(parts) > 1 and all(find_period(part) for part in parts)
        found += [Item(item.first, item.last, part, item.bullet) for part in parts] if several else [item]
    return found


def _certificate(words: str) -> tuple[str, str]:
    """Its title and who issued it, which stands behind a gap, in brackets, behind a comma, or behind the last dash."""
    parts = [part for part in map(_trimmed, re.split(r"\t|\s+\|\s+|\s+[·•]\s+", words)) if part and not _DATED.fullmatch(part)]
    if len(parts) > 1:
        return parts[0], parts[1]
    whole = parts[0] if parts else ""
    bracket = re.fullmatch(r"(.{4,}?)\s*\(([^()]{6,}),?\)", whole)
    if bracket and bracket[2].strip(" ,") and bracket[2][0].isupper():
        return bracket[1], bracket[2].strip(" ,")
    for separator in (r",\s+(?![^()]*\))", r"\s+[–—-]\s+"):
        pieces = [piece for piece in map(_trimmed, re.split(separator, whole)) if piece]
        if len(pieces) > 1 and pieces[-1].casefold() not in _GRADES and not _CLASS.match(pieces[1]):
            at = 1 if separator.startswith(",") else -1
            begin = whole.rindex(pieces[-1]) if at == -1 else whole.index(pieces[1], len(pieces[0]))
            return _trimmed(whole[:begin]), pieces[at]
    return whole, ""


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
