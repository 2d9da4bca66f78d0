"""What a fresh clone installs: the locks are whole, hashed, and say nothing of any one machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = {"requirements.lock": [], "requirements-dev.lock": ["dev", "embedded"]}


def logical_lines(lock: str) -> list[str]:
    return (ROOT / lock).read_text().replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("lock", LOCKS)
def test_each_line_of_a_lock_is_one_version_with_hashes_and_no_address(lock):
    pinned = re.compile(r"[a-z0-9.-]+==[^ ]+( ; [^-]+)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in logical_lines(lock) if not pinned.fullmatch(line.strip())] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_every_package_that_the_project_names_at_a_version_that_it_allows(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = project["dependencies"] + [text for extra in LOCKS[lock] for text in project["optional-dependencies"][extra]]
    wanted = [requirement for text in texts if (requirement := Requirement(text)).name != project["name"]]
    locked = [Requirement(line.split(" ")[0]) for line in logical_lines(lock)]
    versions = {canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==") for requirement in locked}
    missing = [str(need) for need in wanted if not need.specifier.contains(versions.get(canonicalize_name(need.name), "0"))]
    absent = [str(need) for need in wanted if canonicalize_name(need.name) not in versions]
    assert missing + absent == [], "make lock writes the locks anew"
