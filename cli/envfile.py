"""What `.env.example` says: every setting of every process with its meaning, made from the settings classes by `python -m cli.envfile`."""

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from cli.services import SERVICES
from gateway.settings import Settings as GatewaySettings
from services.chassis.settings import Settings, variables
from services.interviews.interviewer.settings import Settings as InterviewerSettings

TARGET = Path(__file__).parents[1] / ".env.example"
_REQUIRED = ("SECRET_KEY", "SERVICE_TOKEN")
_WIDTH = 118

_OPENING = """\
# What Einstellen reads from its environment. Copy this file to .env and fill in what has no default; a variable of the process's own environment
# wins over the file. A line with a # in front shows a default.
#
# Any variable may carry a service's name in front, which wins in that service: AUTH_DATABASE_URL, JOBS_WORKERS, GATEWAY_LISTEN. Where one
# process runs several services (`einstellen up`), each needs its own DATABASE_URL that way. docker-compose.yml sets the addresses itself.
"""

# What docker-compose.yml reads besides the settings: its own secrets, which have no default, and where it is reached.
COMPOSE: dict[str, tuple[str, str | None]] = {
    "POSTGRES_PASSWORD": ("The password of PostgreSQL's superuser, which only makes the databases.", None),
    "REDIS_PASSWORD": ("The password of Valkey.", None),
    **{
        f"{service.name.upper()}_{role.upper()}_PASSWORD": (f"The password of the role {service.name}_{role}, {words}.", None)
        for service in SERVICES
        for role, words in (("owner", "which migrates"), ("app", "which the service works with"))
    },
    "PUBLIC_ADDRESS": ("The address of this machine that Envoy's port is published on.", "127.0.0.1"),
    "PUBLIC_PORT": ("The port that everything is reached by.", "8080"),
    "EINSTELLEN_VERSION": ("The tag of the image.", "local"),
}


def render() -> str:
    """The whole file."""
    readers: dict[str, list[str]] = {}
    fields: dict[str, FieldInfo] = {}
    for process, kind in [
        *((service.name, service.settings) for service in SERVICES),
        ("gateway", GatewaySettings),
        ("interviewer", InterviewerSettings),
    ]:
        for field in _fields(kind, above=Settings):
            name = names_of(field)[0]
            fields.setdefault(name, field)
            readers.setdefault(name, []).append(process)
    sections = [_OPENING, _section("Every process", map(_setting, _fields(Settings)))]
    sections += [
        _section(f"Read by {', '.join(who)}", [_setting(fields[name]) for name in fields if tuple(readers[name]) == who])
        for who in dict.fromkeys(map(tuple, readers.values()))
    ]
    own = [f"{_comment(words)}\n{_line(name, default)}" for name, (words, default) in COMPOSE.items()]
    sections.append(_section("docker-compose.yml; `sh deploy/secrets.sh >> .env` writes random passwords and keys", own))
    return "\n".join(sections)


def _fields(kind: type[Settings], above: type[Settings] | None = None) -> Iterator[FieldInfo]:
    known = set(above.model_fields) if above else {"service"}
    return (field for name, field in kind.model_fields.items() if name not in known and names_of(field))


def names_of(field: FieldInfo) -> list[str]:
    """The variables that a field is read from; the first is the one to use."""
    return variables(field.alias, field.validation_alias)


def _section(title: str, entries: Iterable[str]) -> str:
    return "\n".join([f"# ---- {title} ----", *entries]) + "\n"


def _setting(field: FieldInfo) -> str:
    name, *aliases = names_of(field)
    words = (field.description or "") + (f" Also read from {', '.join(aliases)}." if aliases else "")
    return f"{_comment(words)}\n{_line(name, None if name in _REQUIRED else _text(field.default))}"


def _comment(words: str) -> str:
    return textwrap.fill(words, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _line(name: str, default: str | None) -> str:
    """What has to be filled in stands open; a default stands behind a #."""
    return f"{name}=" if default is None else f"#{name}={default}"


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


if __name__ == "__main__":
    TARGET.write_text(render())
