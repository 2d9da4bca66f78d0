"""One word and one country in the ways that people write them."""

import subprocess
import sys

import pytest

from services.jobs.matching.spelling import country, fold, spell_out


@pytest.mark.parametrize(
    ("text", "folded", "spelt"),
    [
        ("Łódź", "lodz", "lodz"), ("Straße", "strasse", "strasse"), ("ZÜRICH", "zurich", "zuerich"), ("Zu\u0308rich", "zurich", "zuerich"),
        ("Ærø", "aero", "aeroe"),
    ],
)  # fmt: skip
def test_a_word_is_folded_to_what_any_keyboard_writes(text: str, folded: str, spelt: str) -> None:
    assert (fold(text), spell_out(text)) == (folded, spelt)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Germany", "DE"), ("deutschland", "DE"), ("Suisse", "CH"), ("CH", "CH"), ("UK", "GB"), ("United  States", "US"), ("Türkiye", "TR"),
        ("Georgia", None), ("CA", None), ("DE", None), ("ch", None), ("Berlin", None), ("", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names_and_a_region_is_none(name: str, code: str | None) -> None:
    assert country(name) == code


def test_the_names_of_countries_cost_no_telephone_areas() -> None:
    said = (
        "import sys; from services.jobs.matching.spelling import country; print(country('Alemania'), 'phonenumbers.geodata' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, text=True).stdout == "DE False\n"
