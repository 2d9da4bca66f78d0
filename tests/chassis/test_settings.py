"""Settings, read from an environment that a test writes."""

import pytest
from pydantic import AliasChoices, Field, SecretStr

from services.chassis.settings import Settings, SettingsError, load

GOOD = "3f9c1e7ab25d4860c1f2a9e8b7d60514"
SOUND = {"SECRET_KEY": GOOD, "SERVICE_TOKEN": GOOD[::-1]}


class Own(Settings):
    """A service's settings, as a service adds them."""

    seats: int = Field(3, ge=1, alias="SEATS", description="How many.")
    minutes: int = Field(15, validation_alias=AliasChoices("LIFETIME", "LIFETIME_MINUTES"), description="How long.")
    secret: SecretStr = Field(SecretStr(""), alias="OWN_SECRET", description="What nobody sees.")


def test_what_is_not_set_has_its_default() -> None:
    found = load(Own, "own", SOUND)
    assert (found.service, found.seats, found.minutes, found.debug) == ("own", 3, 15, False)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SERVICE_TOKEN"])
@pytest.mark.parametrize("weak", ["", "short", "a" * 64, "changeme-3f9c1e7ab25d4860c1f2a9e8b7d60514", "0123456" * 9])
def test_a_weak_key_is_refused_by_the_name_of_its_variable(name: str, weak: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(Own, "own", {**SOUND, name: weak})
    assert name in str(refusal.value)
    assert "openssl rand" in str(refusal.value)
    assert not weak or weak not in str(refusal.value)


def test_every_wrong_variable_is_named_and_no_value_shown() -> None:
    with pytest.raises(SettingsError) as refusal:
        load(Own, "own", {**SOUND, "SEATS": "hunter2", "WORKERS": "9999", "LIFETIME": "xyzzy"})
    text = str(refusal.value)
    assert all(name in text for name in ("SEATS", "WORKERS", "LIFETIME"))
    assert not any(value in text for value in ("hunter2", "9999", "xyzzy"))


def test_the_services_own_variable_wins_over_the_common_one() -> None:
    environment = {
        **SOUND,
        "DATABASE_URL": "postgres://common",
        "OWN_DATABASE_URL": "postgres://own",
        "OTHER_DATABASE_URL": "postgres://other",
    }
    assert load(Own, "own", environment).database_url == "postgres://own"
    assert load(Own, "third", environment).database_url == "postgres://common"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load(Own, "own", {**SOUND, "SEATS": ""}).seats == 3
    assert load(Own, "own", {**SOUND, "SEATS": "5", "OWN_SEATS": ""}).seats == 5


def test_a_variable_answers_to_each_of_its_names_and_the_first_wins() -> None:
    assert load(Own, "own", {**SOUND, "LIFETIME_MINUTES": "5"}).minutes == 5
    assert load(Own, "own", {**SOUND, "LIFETIME_MINUTES": "5", "LIFETIME": "7"}).minutes == 7
    assert load(Own, "own", {"SECRET_KEY": GOOD, "SCHEDULER_SERVICE_TOKEN": GOOD}).service_token.get_secret_value() == GOOD


@pytest.mark.parametrize(("text", "words"), [("a,b", ("a", "b")), ("a b", ("a", "b")), (" a , ,b ", ("a", "b")), ("", ())])
def test_a_list_is_read_with_commas_or_spaces(text: str, words: tuple[str, ...]) -> None:
    assert load(Own, "own", {**SOUND, "CORS_ALLOWED_ORIGINS": text}).cors_origins == words


def test_a_secret_does_not_show_itself() -> None:
    found = load(Own, "own", {**SOUND, "OWN_SECRET": "hunter2"})
    assert found.secret.get_secret_value() == "hunter2"
    assert "hunter2" not in f"{found} {found!r}"
    assert GOOD not in f"{found} {found!r}"


def test_a_dot_env_file_stands_below_the_environment(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"SECRET_KEY={GOOD}\nSERVICE_TOKEN={GOOD}\nSEATS=8\nWORKERS=2\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKERS", "5")
    for name in ("SECRET_KEY", "SERVICE_TOKEN", "SEATS"):
        monkeypatch.delenv(name, raising=False)
    found = load(Own, "own")
    assert (found.seats, found.workers) == (8, 5)


@pytest.mark.parametrize("field", Settings.model_fields.values(), ids=lambda field: str(field.alias or field.validation_alias))
def test_every_setting_says_what_it_is_for(field) -> None:
    assert field.description or field.annotation is str  # the service's own name comes from no variable
