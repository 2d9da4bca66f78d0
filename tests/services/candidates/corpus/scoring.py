"""The score of readings of the made CVs: for each kind of value, how many were right of how many there were or were read."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.candidates.parsing import fields
from services.candidates.parsing.limits import Unreadable
from services.candidates.parsing.parsed import Found, ParsedCv
from services.chassis.skills import find_skills, normalise
from tests.services.candidates.corpus import (
    drawn_pages,
    fresh_pages,
    plain_pages,
    typst_pages,
    unseen_pages,
    varied_pages,
    web_pages,
    word_pages,
)
from tests.services.candidates.corpus.people import people
from tests.services.candidates.corpus.truth import Truth

Page = Callable[[Truth], bytes]
LAYOUTS: dict[str, list[Page]] = {
    "develop": [
        typst_pages.single, word_pages.plain, drawn_pages.two_columns, web_pages.floats_pdf, typst_pages.sidebar_left, plain_pages.underlined,
        word_pages.table, web_pages.page,
    ],
    "measure": [
        typst_pages.labels, word_pages.text_box, web_pages.columns_pdf, drawn_pages.boxes, word_pages.date_table, typst_pages.sidebar_right,
        plain_pages.starred, web_pages.tables, plain_pages.json_resume,
    ],
    "varied": [
        varied_pages.timeline, varied_pages.word_columns, varied_pages.newspaper, varied_pages.ruled_table, varied_pages.two_pages,
        varied_pages.word_tabs, varied_pages.cards, varied_pages.grouped, varied_pages.definitions, varied_pages.at_company,
    ],
    "unseen": [
        unseen_pages.banking, unseen_pages.headed_posts, unseen_pages.shaded, unseen_pages.flowing, unseen_pages.boxed_cards,
        unseen_pages.entry_tables, unseen_pages.colons, unseen_pages.articles, unseen_pages.europass,
    ],
    "fresh": [
        fresh_pages.stacked, fresh_pages.line_post, fresh_pages.numbered_word, fresh_pages.dark_side, fresh_pages.side_by_side, fresh_pages.markdown,
        fresh_pages.listed,
    ],
}  # fmt: skip
CONTACT = ("name", "email", "phone", "location", "links")
FLOORS = {
    "name": 0.98, "email": 0.98, "phone": 0.98, "location": 0.98, "links": 0.98, "employer": 0.92, "title": 0.92, "dates": 0.92, "education": 0.92, "skills": 0.90
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A CV of the corpus: who it is of and what drew it."""

    name: str
    truth: Truth
    data: bytes


def corpus(half: str, every: int = 1) -> Iterator[Made]:
    """Every so many of a half. Those whose generator is not installed are left out."""
    for number, truth in list(enumerate(people(half)))[::every]:
        page = LAYOUTS[half][number % len(LAYOUTS[half])]
        try:
            yield Made(
                f"{number:02} {truth.language} {page.__module__.rpartition('.')[2]}.{page.__name__} {truth.entry}", truth, page(truth)
            )
        except (ImportError, OSError):
            continue


def parse_bytes(data: bytes) -> ParsedCv | None:
    try:
        return fields.parse(data)
    except Unreadable:
        return None


def parse(made: Made) -> ParsedCv | None:
    return parse_bytes(made.data)


def score(truth: Truth, cv: ParsedCv | None, *, whole: bool = True) -> tuple[Counter[str], Counter[str], list[str]]:
    """What was right and what it is out of, by kind, and words on each miss. A truth that is not the whole of the page has no bullets."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    misses: list[str] = []

    def note(kind: str, hits: int, of: int, said: object) -> None:
        right[kind] += hits
        total[kind] += of
        if hits < of:
            misses.append(f"{kind}: {said}")

    if cv is None:
        cv = ParsedCv("", 0, "")
    note("name", _fold(_value(cv.name)) == _fold(truth.name), 1, (truth.name, _value(cv.name)))
    note("email", _value(cv.email) == truth.email, 1, (truth.email, _value(cv.email)))
    note("phone", (_value(cv.phone) or "") == truth.phone, 1, (truth.phone, _value(cv.phone), truth.phone_printed))
    note("location", _fold(_value(cv.location)) == _fold(truth.location), 1, (truth.location, _value(cv.location)))
    links = {_link(link.value) for link in cv.links}
    wanted = {_link(link) for link in truth.links}
    note("links", len(links & wanted), len(links | wanted), (wanted, links))
    _entries(note, truth, cv)
    expected = {_skill(skill) for skill in truth.skills}
    told_elsewhere = [
        truth.summary, truth.headline, *(title for title, _, _ in truth.certifications), *(words for project in truth.projects for words in project),
        *(words for job in truth.work for words in (job.title, *job.bullets)), *(one.degree for one in truth.education),
    ]  # fmt: skip
    prose = "\n\n".join(told_elsewhere) if whole else cv.text
    allowed = {mention.skill.casefold() for mention in find_skills(prose)}
    found = {_skill(skill.value) for skill in cv.skills}
    extra = found - expected - allowed
    note("skills", len(expected & found), len(expected | extra), ("missing", expected - found, "extra", extra))
    certified = {_fold(one.title.value) for one in cv.certifications}
    titles = {_fold(title) for title, _, _ in truth.certifications}
    note("certifications", len(titles & certified), len(titles | certified), (titles, certified))
    spoken = len(cv.languages)
    note("languages", min(spoken, len(truth.languages)), max(spoken, len(truth.languages)), [_value(one.name) for one in cv.languages])
    note("summary", _fold(truth.summary) == _fold(_value(cv.summary)), 1, (truth.summary, _value(cv.summary)))
    if not whole:
        return right, total, misses
    bullets = {_fold(bullet) for job in truth.work for bullet in job.bullets}
    told = {_fold(bullet.value) for job in cv.work_experience for bullet in job.bullets}
    note("bullets", len(bullets & told), len(bullets | told), (bullets - told, told - bullets))
    if hasattr(cv, "projects"):
        names = {_fold(name) for name, _ in truth.projects}
        shown = {_fold(one.name.value) for one in cv.projects}
        note("projects", len(names & shown), len(names | shown), (names, shown))
    return right, total, misses


def _entries(note: Callable[[str, int, int, object], None], truth: Truth, cv: ParsedCv) -> None:
    """Entries are compared in their order: one that is made up or left out shifts nothing, it counts as wrong."""
    read_jobs = [
        (_value(job.company_name), _value(job.job_title), _value(job.start_date), "present" if job.current else _value(job.end_date))
        for job in cv.work_experience
    ]
    jobs = [(job.company, job.title, job.start, job.end or "present") for job in truth.work]
    size = max(len(jobs), len(read_jobs))
    for kind, at in (("employer", 0), ("title", 1)):
        note(
            kind,
            _hits([_fold(job[at]) for job in jobs], [_fold(job[at]) for job in read_jobs]),
            size,
            ([job[at] for job in jobs], [job[at] for job in read_jobs]),
        )
    note(
        "dates",
        _hits([job[2:] for job in jobs], [job[2:] for job in read_jobs]),
        size,
        ([job[2:] for job in jobs], [job[2:] for job in read_jobs]),
    )
    schools = [(_fold(one.degree), _fold(one.university), one.start or None, one.end or None) for one in truth.education]
    read_schools = [
        (_fold(_value(one.degree)), _fold(_value(one.university)), _value(one.start_year), _value(one.end_year)) for one in cv.education
    ]
    note("education", _hits(schools, read_schools), max(len(schools), len(read_schools)), (schools, read_schools))


def _hits(wanted: list[object], found: list[object]) -> int:
    return sum((Counter(wanted) & Counter(found)).values())


def _value(found: Found | None):  # type: ignore[no-untyped-def, type-arg]
    return found.value if found else None


def _fold(text: str | None) -> str:
    return "".join(filter(str.isalnum, (text or "").casefold().replace("ß", "ss")))


def _link(text: str) -> str:
    return text.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def _skill(name: str) -> str:
    return (normalise(name) or " ".join(name.split())).casefold()
