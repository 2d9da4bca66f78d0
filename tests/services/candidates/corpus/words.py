"""The form of the word lists that invented CVs are drawn from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field of work."""

    companies: tuple[str, ...]
    titles: tuple[str, ...]
    degrees: tuple[str, ...]
    skills: tuple[str, ...]
    bullets: tuple[str, ...]
    summaries: tuple[str, ...]
    certificates: tuple[tuple[str, str], ...]
    projects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Tongue:
    """A language; `places` go with the region that their telephone numbers are of, `entries` and `dates` name forms of `forms.py`."""

    language: str
    count: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    schools: tuple[str, ...]
    languages: tuple[tuple[str, str], ...]
    headings: dict[str, tuple[str, ...]]
    now: tuple[str, ...]
    dates: tuple[str, ...]
    entries: tuple[str, ...]
    fields: tuple[Field, ...]


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(tuple(part.strip() for part in line.split("|")) for line in lines(text))  # type: ignore[misc]


def headings(text: str) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(word.strip() for word in words.split("|")) for kind, words in (line.split(":", 1) for line in lines(text))}
