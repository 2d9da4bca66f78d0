"""How people write one word or one country in several ways, and the way that stands for all of them."""

import importlib.util
import unicodedata
from functools import cache
from pathlib import Path

import phonenumbers

# Letters that no accent can be taken from, and what a keyboard without them writes.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_MORE_NAMES = {
    "czech republic": "CZ", "england": "GB", "great britain": "GB", "holland": "NL", "ivory coast": "CI", "northern ireland": "GB", "scotland": "GB",
    "south korea": "KR", "the netherlands": "NL", "turkiye": "TR", "u.k.": "GB", "u.s.": "US", "u.s.a.": "US", "uae": "AE", "uk": "GB", "usa": "US",
    "vietnam": "VN", "wales": "GB",
}  # fmt: skip
# Codes of states and provinces, which are read as such where they are those of a country too.
_EAST = "AL CT DC DE FL GA IL IN KY MA MD ME MI MS NC NH NJ NY OH PA RI SC TN VA VT WI WV"
_WEST = "AK AR AZ CA CO HI IA ID KS LA MN MO MT ND NE NM NV OK OR SD TX UT WA WY"
_PROVINCES = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
_REGIONS = frozenset(f"{_EAST} {_WEST} {_PROVINCES}".split())


def fold(text: str) -> str:
    """The text in small letters without accents: `Łódź` is `lodz`, `Straße` is `strasse`."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))
    return plain.translate(_LETTERS)


def spell_out(text: str) -> str:
    """As fold(), with umlauts as two letters: `Zürich` is `zuerich`."""
    return fold(unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS))


def country(name: str) -> str | None:
    """The code by ISO 3166 of a country, by its name in any language or by the code; None for what may as well be a region, as Georgia or CA."""
    said = " ".join(name.split())
    if said.isupper() and said in _names() and said not in _REGIONS:
        return said
    return _countries().get(fold(said))


@cache
def _countries() -> dict[str, str]:
    found = {fold(name): code for code, names in _names().items() for name in names.values() if not name.startswith("*")}
    del found["georgia"]
    return found | _MORE_NAMES


@cache
def _names() -> dict[str, dict[str, str]]:
    """Of each country by language; one that begins with * is said elsewhere. Read as a file, as its package would load the telephone areas of the
    world beside it: a hundred megabytes.
    """
    file = Path(phonenumbers.__file__).with_name("geodata") / "locale.py"
    spec = importlib.util.spec_from_file_location("phonenumbers.geodata.locale", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names: dict[str, dict[str, str]] = module.LOCALE_DATA
    return names
