"""Hand-written CVs, each a file with its truth at the top, as Typst, python-docx and a browser set them.

What a browser prints lies beside its page; `python -m tests.services.candidates.corpus.strangers` prints anew.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typst

from tests.services.candidates.corpus.stranger_words import written
from tests.services.candidates.corpus.truth import Job, School, Truth

FOLDER = Path(__file__).with_name("strangers")
_TOLD = re.compile(r"\A(?:/\*|<!--)\n(.*?)\n(?:\*/|-->)\n|\A(.*?)\n======\n", re.DOTALL)
_ONE = ("name", "email", "phone", "location", "summary")


def batches() -> list[str]:
    return sorted({path.name[0] for path in FOLDER.iterdir() if path.is_file()})


def strangers(batch: str, *, every: int = 1) -> Iterator[tuple[str, Truth, bytes]]:
    """Name, truth and file of every so many of a batch."""
    for path in [path for path in sorted(FOLDER.glob(f"{batch}*")) if path.suffix != ".pdf"][::every]:
        told = _TOLD.match(path.read_text())
        assert told, path.name
        yield path.name, _truth(told[1] or told[2]), _made(path, path.read_text()[told.end() :])


def _truth(head: str) -> Truth:
    said: dict[str, list[str]] = {}
    for line in head.splitlines():
        kind, _, value = line.partition(":")
        said.setdefault(kind, []).append(value.strip())
    one = {kind: said.get(kind, [""])[0] for kind in _ONE}
    jobs = [[part.strip() for part in job.split("|")] for job in said.get("job", [])]
    schools = [[part.strip() for part in school.split("|")] for school in said.get("edu", [])]

    def several(kind: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in said.get(kind, [""])[0].split(";") if part.strip())

    return Truth(
        "", **one, phone_printed="", links=several("links"),
        work=tuple(Job(company, title, start or None, end or None, "", ()) for company, title, start, end in jobs),
        education=tuple(School(degree, school, int(start or 0), int(end or 0)) for degree, school, start, end in schools),
        skills=several("skills"), certifications=tuple((title, "", "") for title in several("certs")),
        languages=tuple((name, "") for name in several("languages")), projects=tuple((name, "") for name in several("projects")), headline="",
    )  # fmt: skip


def _made(path: Path, body: str) -> bytes:
    if path.name.endswith(".print.html"):
        return path.with_suffix(".pdf").read_bytes()
    if path.suffix == ".typ":
        made = typst.compile(body.encode(), format="pdf")
        assert isinstance(made, bytes)
        return made
    return written(body) if path.name.endswith(".docx.html") else body.encode()


def _print(path: Path) -> None:
    """By Chromium, which breaks lines, floats and letters otherwise than what else makes PDF here."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "cv.html")
        page.write_text(_TOLD.sub("", path.read_text()))
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        subprocess.run(
            ["chromium", *arguments, f"--print-to-pdf={path.with_suffix('.pdf')}", page.as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )


if __name__ == "__main__":
    for page in sorted(FOLDER.glob("*.print.html")):
        if page.name[0] in sys.argv[1:] or not sys.argv[1:]:
            _print(page)
