"""Invented people with CVs: drawn from word lists by a seed, so that every run makes the same ones."""

import random
import unicodedata

import phonenumbers

from tests.services.candidates.corpus import words_develop, words_fresh, words_measure, words_unseen, words_varied
from tests.services.candidates.corpus.truth import Job, School, Truth
from tests.services.candidates.corpus.words import Tongue

_TLDS = ("example.com", "example.org", "mail.example.net", "example.co.uk")


def people(half: str) -> list[Truth]:
    """The develop half is for looking at; the measure half has other words, fields of work, entry forms and date forms."""
    tongues = {"develop": words_develop, "measure": words_measure, "varied": words_varied, "unseen": words_unseen, "fresh": words_fresh}[
        half
    ].TONGUES
    made = []
    for tongue in tongues:
        dice = random.Random(f"{half}/{tongue.language}")
        names = [f"{first} {last}" for first, last in zip(_mixed(dice, tongue.first), _mixed(dice, tongue.last), strict=False)]
        made += [_person(dice, tongue, name, number) for number, name in enumerate(names[: tongue.count])]
    return made


def _person(dice: random.Random, tongue: Tongue, name: str, number: int) -> Truth:
    field = tongue.fields[number % len(tongue.fields)]
    place, region = tongue.places[number % len(tongue.places)]
    phone = _phone(dice, region)
    international = phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.NATIONAL)
    spoken = (national if number % 3 == 2 else international).replace(" ", dice.choice([" ", " ", "-", "."]) if number % 3 != 2 else " ")
    ascii_name = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o")).encode("ascii", "ignore").decode().lower()
    parts = ascii_name.replace("'", "").split()
    local = dice.choice(
        [f"{parts[0]}.{parts[-1]}", f"{parts[0][0]}{parts[-1]}", f"{parts[-1]}_{parts[0]}{dice.randrange(70, 99)}", f"{parts[0]}"]
    )
    links = [f"linkedin.com/in/{parts[0]}-{parts[-1]}"]
    if number % 2 == 0:
        links.append(
            dice.choice([f"github.com/{parts[0]}{parts[-1]}", f"www.{parts[-1]}.example.com", f"xing.com/profile/{parts[0]}_{parts[-1]}"])
        )
    years = _years(dice, tongue.dates[number % len(tongue.dates)])
    companies, titles = _mixed(dice, field.companies), _mixed(dice, field.titles)
    jobs = tuple(
        Job(
            companies[index % len(companies)], titles[index % len(titles)], start, end, dice.choice(tongue.places)[0].split(",")[0],
            tuple(_mixed(dice, field.bullets)[: dice.randrange(2, 5)]),
        )
        for index, (start, end) in enumerate(years)
    )  # fmt: skip
    first = int(years[-1][0][:4])
    schools, degrees = _mixed(dice, tongue.schools), _mixed(dice, field.degrees)
    education = [School(degrees[0], schools[0], first - dice.choice([2, 3]), first)]
    if dice.random() < 0.6 and len(degrees) > 1:
        education.append(School(degrees[1], schools[1], education[0].start - 3, education[0].start))
    skills = tuple(_mixed(dice, field.skills)[: dice.randrange(7, 12)])
    certificates = tuple(
        (title, issuer, f"{dice.randrange(2012, 2024)}") for title, issuer in _mixed(dice, field.certificates)[: dice.randrange(0, 3)]
    )
    return Truth(
        tongue.language, name, f"{local}@{dice.choice(_TLDS)}", phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164), spoken,
        place, tuple(links), dice.choice(field.summaries), jobs, tuple(education), skills, certificates,
        tuple(_mixed(dice, tongue.languages)[: dice.randrange(2, 4)]), tuple(_mixed(dice, field.projects)[: dice.randrange(0, 2)]),
        titles[0] if number % 3 else "", {kind: dice.choice(choices) for kind, choices in tongue.headings.items()},
        tongue.dates[number % len(tongue.dates)], dice.choice(tongue.now), tongue.entries[number % len(tongue.entries)], number % 4 == 1,
    )  # fmt: skip


def _phone(dice: random.Random, region: str) -> phonenumbers.PhoneNumber:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    while True:
        digits = str(example.national_number)
        made = phonenumbers.parse(digits[:4] + "".join(str(dice.randrange(10)) for _ in digits[4:]), region)
        if phonenumbers.is_valid_number(made):
            return made


def _years(dice: random.Random, form: str) -> list[tuple[str, str | None]]:
    """Two to four jobs, newest first, without overlap."""
    found: list[tuple[str, str | None]] = []
    month = 2025 * 12 - dice.randrange(0, 30)
    end: int | None = None if dice.random() < 0.75 else month
    for _ in range(dice.randrange(2, 5)):
        start = (end or month) - dice.randrange(14, 60)
        found.append((_point(start, form), _point(end, form) if end else None))
        end = start - dice.randrange(1, 3)
    return found


def _point(month: int, form: str) -> str:
    year, rest = divmod(month, 12)
    return f"{year}" if form == "YYYY" else f"{year}-{rest + 1:02}"


def _mixed(dice: random.Random, values):  # type: ignore[no-untyped-def]
    return dice.sample(list(values), len(values))
