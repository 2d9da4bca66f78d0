"""What a text loses of who wrote it, before it is scored and before it is shown to who may not know."""

import pytest

from services.jobs.hiding import of_the_work, redact


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ada Lindqvist builds", "… … builds"),
        ("ADA's adapter", "…'s adapter"),
        ("Write to a.l@example.com or +49 (0)30 123-4567", "Write to … or …"),
        ("See https://ada.example/cv and github.com/ada", "See … and …"),
        ("From 2019 to 2024 in 3 teams", "From 2019 to 2024 in 3 teams"),
        ("2015 - 2019, 03.2019-06.2024, 10 000 000 users, 1.000.000 EUR", "2015 - 2019, 03.2019-06.2024, 10 000 000 users, 1.000.000 EUR"),
        ("Born 12 March 1985 in Ulm", "… in Ulm"),
        ("Date of birth: 12.03.1985; DOB March 12, 1985", "…; …"),
        ("geboren am 12. März 1985", "…"),
        ("née en 1980, 41 years old, age: 41", "…, …, …"),
        ("Born and raised in Ulm; 3 teams of newborn care", "Born and raised in Ulm; 3 teams of newborn care"),
    ],
)
def test_a_text_loses_names_birthdays_and_addresses_and_keeps_the_work(text: str, left: str) -> None:
    assert redact(text, "Ada Lindqvist") == left


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("JUERGEN MULLER", "Jürgen Müller"),
        ("Ju\u0308rgen Mu\u0308ller", "Jürgen Müller"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("lukasz oberg", "Łukasz Øberg"),
        ("Renee Strauß", "Renée Strauss"),
    ],
)
def test_a_name_is_known_however_its_accents_are_written(text: str, name: str) -> None:
    assert redact(text, name) == "… …"
    assert of_the_work(f"By {text}.", name, []) == "By …."


def test_what_is_scored_loses_whole_names_and_schools_and_no_word_of_a_trade() -> None:
    text = "Tom Baker, baker with a degree of the Universität Köln and of MIT, mit SQL von Design"
    left = "…, baker with a degree of the … and of …, mit SQL von Design"
    assert of_the_work(text, "Tom Baker", ["Universitaet Koeln", "MIT", "SQL", "Design"]) == left
    assert of_the_work("Baker", "Baker", []) == "Baker"
