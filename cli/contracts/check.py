"""What has to hold before contracts are merged, each failure with what to do about it."""

import filecmp
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from cli.contracts import thirdparty
from cli.contracts.generate import DESCRIPTORS, OPENAPI, BufError, buf, generate


class CheckError(Exception):
    """A check that did not hold: what is wrong, and what to do."""


def check(root: Path) -> bool:
    """Run every check, also after one failed, and print how each went; True when all hold."""
    thirdparty.write_protos(root / ".cache/proto")
    checks: list[tuple[str, Callable[[Path], str]]] = [
        ("style of the contracts", lint),
        ("no breaking change", breaking),
        ("generated code is current", current),
        ("OpenAPI is valid", openapi),
    ]
    passed = True
    for name, run in checks:
        try:
            said = run(root)
            print(f"ok    {name}{f': {said}' if said else ''}")
        except CheckError as error:
            passed = False
            print(f"FAIL  {name}\n{_indented(str(error))}")
    return passed


def lint(root: Path) -> str:
    try:
        buf(root, "lint")
    except BufError as error:
        raise CheckError(f"{error}\nChange the contracts named above; `buf lint` alone repeats this check.") from error
    return ""


def breaking(root: Path) -> str:
    found = _earlier_contracts(root)
    if found is None:
        return "skipped, there is no earlier version to compare with"
    revision, image = found
    with tempfile.TemporaryDirectory() as folder:
        before, now = Path(folder) / "before.binpb", Path(folder) / "now.binpb"
        before.write_bytes(image)
        try:
            buf(root, "build", "--output", str(now))
            # A descriptor set does not tell ours from what we import; the path does.
            buf(root, "breaking", str(now), "--against", str(before), "--path", "einstellen", "--exclude-imports")
        except BufError as error:
            raise CheckError(
                f"{error}\nClients built from {revision} would break. Add fields and RPCs beside the old ones, "
                "reserve what goes, or put the new form into a package v2."
            ) from error
    return f"compared with {revision}"


def current(root: Path) -> str:
    committed = root / "generated"
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        try:
            generate(root, fresh)
        except (BufError, ValueError) as error:
            raise CheckError(f"{error}\nNothing can be generated until this is mended.") from error
        differing = sorted(_differing(committed, fresh))
    if differing:
        names = "\n".join(f"  {name}" for name in differing)
        raise CheckError(
            f"{names}\nThese differ from what the contracts say. Run `python -m cli.contracts generate` and commit the result."
        )
    return ""


def openapi(root: Path) -> str:
    path = root / "generated" / OPENAPI
    if not path.exists():
        raise CheckError(f"generated/{OPENAPI} is missing. Run `python -m cli.contracts generate`.")
    errors = list(OpenAPIV31SpecValidator(json.loads(path.read_text())).iter_errors())
    if errors:
        lines = "\n".join(f"  {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in errors[:20])
        raise CheckError(f"{lines}\nThe document is made by cli/contracts/openapi.py; mend it there or in the contract that it reads.")
    return ""


def _differing(committed: Path, fresh: Path) -> Iterator[str]:
    names = {path.relative_to(folder) for folder in (committed, fresh) for path in folder.rglob("*") if path.is_file()}
    for name in names:
        if "__pycache__" in name.parts:
            continue
        if not (committed / name).exists():
            yield f"{name} (missing)"
        elif not (fresh / name).exists():
            yield f"{name} (of no contract)"
        elif not filecmp.cmp(committed / name, fresh / name, shallow=False):
            yield str(name)


def _earlier_contracts(root: Path) -> tuple[str, bytes] | None:
    """The descriptors of the newest tag that has them, for those are what clients hold; before the first, of the main branch."""
    tags = _git(root, "tag", "--sort=-creatordate", "--merged", "HEAD")
    revisions = tags.decode().split() if tags else []
    for revision in [*revisions, "main", "origin/main"]:
        image = _git(root, "show", f"{revision}:generated/{DESCRIPTORS}")
        if image:
            return revision, image
    return None


def _git(root: Path, *arguments: str) -> bytes | None:
    """None where git is missing, this is no repository, or it knows no such thing."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def _indented(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.splitlines())
