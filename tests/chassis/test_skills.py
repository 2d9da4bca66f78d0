"""The shared skills: what a text mentions, what an alias means, and that neither an ordinary word nor a hostile text gets in the way."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import skills
from services.chassis.skills import Mention, Taxonomy, all_skills, find_skills, implied_skills, normalise


def named(text: str) -> list[str]:
    return [mention.skill for mention in find_skills(text)]


def row(name: str, *, aliases: str = "", implies: str = "", match: str = "") -> dict[str, str]:
    return {"name": name, "category": "test", "match": match, "aliases": aliases, "implies": implies}


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("k8s", "Kubernetes"),
        ("Postgres", "PostgreSQL"),
        ("POSTGRESQL", "PostgreSQL"),
        ("node js", "Node.js"),
        ("Node-JS", "Node.js"),
        ("CI CD", "CI/CD"),
        ("c ++", "C++"),
        ("c sharp", "C#"),
        ("dotnet", ".NET"),
        ("go", "Go"),
        ("R & D", "Research"),
        ("book keeping", "Bookkeeping"),
        ("haccp", "Food safety"),
    ],
)
def test_an_alias_means_its_skill_whatever_its_case_and_punctuation(alias, name):
    assert normalise(alias) == name


@pytest.mark.parametrize("unknown", ["", " ", "underwater basket weaving", "+", "c+", "&"])
def test_a_name_that_nobody_listed_is_unknown(unknown):
    assert normalise(unknown) is None


def test_every_name_and_every_alias_leads_to_its_own_skill():
    listed = all_skills()
    assert len(listed) >= 500
    for skill in listed:
        assert {normalise(spelling) for spelling in (skill.name, *skill.aliases)} == {skill.name}


def test_every_skill_is_found_in_a_list_by_its_name():
    missed = [skill.name for skill in all_skills() if skill.name not in named(f"Python, {skill.name}, SQL")]
    assert missed == []


def test_the_fields_of_work_are_covered():
    assert {
        "programming language", "cloud", "data science", "design", "marketing", "sales", "finance", "human resources", "healthcare",
        "education", "manufacturing", "logistics", "law", "hospitality", "language", "construction", "retail", "customer service",
    } <= {skill.category for skill in all_skills()}  # fmt: skip


def test_a_mention_carries_the_characters_that_named_it():
    text = "Deployed with k8s and scikit-learn."
    assert find_skills(text) == [Mention("Kubernetes", 14, 17), Mention("scikit-learn", 22, 34)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C/C++/C#, .NET and Node.js; CI/CD", ["C", "C++", "C#", ".NET", "Node.js", "CI/CD"]),
        ("ASP.NET Core on C++17 and Python3.11", ["ASP.NET", "C++", "Python"]),
        ("Spring Boot, React Native", ["Spring Boot", "React Native"]),
        ("machine\nlearning in a wrapped line", ["Machine learning"]),
        ("Accounts payable, month-end close & VAT returns", ["Accounts payable", "Month-end closing", "VAT"]),
        ("Menüs planen, HACCP, (sous chef)", ["Food safety", "Kitchen management"]),
        ("English (C1), German native", ["English", "German"]),
    ],
)
def test_names_with_punctuation_and_long_names_are_found_whole(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We go to the market and go home",
        "Go to the door",
        "C-level talks",
        "Vitamin C and hepatitis B, C",
        "R. Smith, apartment C",
        "I excel at what I do",
        "Excel at everything you try",
        "React to what guests say",
        "Rust removal on ships",
        "Spring 2020 to summer 2021",
        "a word of thanks, access to the outlook from the sketch",
        "swift and helm were notions of unity",
        "polish the floors, turn the sap off",
        "go@example.com, sap@example.org",
        "see https://example.com/python/react",
        "mail.react.com",
    ],
)
def test_an_ordinary_word_is_not_a_skill(text):
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Python, Go, R", ["Python", "Go", "R"]),
        ("docker, go, react, excel", ["Docker", "Go", "React", "Microsoft Excel"]),
        ("Word, Excel, Outlook", ["Microsoft Word", "Microsoft Excel", "Microsoft Outlook"]),
        ("Skills:\n• Go\n• Rust", ["Go", "Rust"]),
        ("Go developer", ["Go"]),
        ("services written in Go.", ["Go"]),
        ("shipped it with React and tests", ["React"]),
        ("Go 1.21 in production", ["Go"]),
        ("Go", ["Go"]),
    ],
)
def test_the_same_word_is_a_skill_in_a_list_or_beside_a_word_that_says_so(text, expected):
    assert named(text) == expected


def test_a_skill_implies_its_parents_over_any_number_of_steps():
    assert "Python" in implied_skills("FastAPI")
    assert {"React", "JavaScript"} <= implied_skills("Next.js")
    assert implied_skills("Python") == frozenset()
    assert implied_skills("nothing of the kind") == frozenset()


def test_implications_may_form_a_circle():
    circle = Taxonomy([row("One", implies="Two"), row("Two", implies="One")])
    assert circle.implied("One") == {"Two"}


def test_a_file_of_ones_own_is_read_in_the_same_form(tmp_path):
    path = tmp_path / "skills.csv"
    path.write_text("name,category,match,aliases,implies\nGlassblowing,craft,,blown glass|listed:Glass,\n", encoding="utf-8")
    mine = skills.load(path)
    assert [mention.skill for mention in mine.find("a glass of blown glass")] == ["Glassblowing"]


@pytest.mark.parametrize(
    "rows",
    [
        [row("One", aliases="same"), row("Two", aliases="same")],
        [row("One", implies="Missing")],
        [row("One", match="sometimes")],
        [row("One", aliases="...")],
    ],
)
def test_a_file_that_contradicts_itself_is_refused(rows):
    with pytest.raises(ValueError, match=r"names both|is not a skill|cannot be matched"):
        Taxonomy(rows)


HOSTILE = ["c++ ", "c#", "go, ", "and, ", "www.", "-\n", "machine ", "registered ", ". . ", "@", "a", "\u00ad", "C/", "Go,\n"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(piece):
    def spent(length: int) -> float:
        text = (piece * length)[:length]
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            find_skills(text)
            best = min(best, time.process_time() - begun)
        return best

    find_skills(piece)
    assert spent(80_000) < 20 * spent(10_000) + 0.05


@given(st.text(alphabet=st.sampled_from("GoRC#+.NET, /-\n&@Python excel"), max_size=200))
def test_mentions_are_in_order_apart_and_inside_the_text(text):
    found = find_skills(text)
    assert found == find_skills(text)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@given(st.text(max_size=300))
def test_no_text_is_too_strange_to_be_searched(text):
    names = {skill.name for skill in all_skills()}
    assert {mention.skill for mention in find_skills(text)} <= names
