"""Hand-written CVs, each a file with its truth at the top: what the page shows is set by Typst, a browser, WeasyPrint or python-docx."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import typst

from tests.services.candidates.corpus.truth import Job, School, Truth

FOLDER = Path(__file__).with_name("strangers")
_TOLD = re.compile(r"\A(?:/\*|<!--)\n(.*?)\n(?:\*/|-->)\n|\A(.*?)\n======\n", re.DOTALL)
_ONE = ("name", "email", "phone", "location", "summary")


def batches() -> list[str]:
    return sorted({path.name[0] for path in FOLDER.iterdir()})


def strangers(batch: str, *, every: int = 1, browser: bool = False) -> Iterator[tuple[str, Truth, bytes]]:
    """Name, truth and file of every so many of a batch; pages for printing go through Chromium if it is wanted and there."""
    for path in sorted(FOLDER.glob(f"{batch}*"))[::every]:
        told = _TOLD.match(path.read_text())
        assert told, path.name
        truth, body = _truth(told[1] or told[2]), path.read_text()[told.end() :]
        yield path.name, truth, _made(path.name, body, browser=browser)


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
        work=tuple(Job(company, title, start, end or None, "", ()) for company, title, start, end in jobs),
        education=tuple(School(degree, school, int(start or 0), int(end or 0)) for degree, school, start, end in schools),
        skills=several("skills"), certifications=tuple((title, "", "") for title in several("certs")),
        languages=tuple((name, "") for name in several("languages")), projects=tuple((name, "") for name in several("projects")), headline="",
    )  # fmt: skip


def _made(name: str, body: str, *, browser: bool) -> bytes:
    if name.endswith(".typ"):
        made = typst.compile(body.encode(), format="pdf")
        assert isinstance(made, bytes)
        return made
    if name.endswith(".print.html"):
        return _printed(body) if browser and which("chromium") else _set(body)
    if name.endswith(".docx.html"):
        from tests.services.candidates.corpus.stranger_words import written  # noqa: PLC0415

        return written(body)
    return body.encode()


def _set(body: str) -> bytes:
    from weasyprint import HTML  # noqa: PLC0415 - it needs Pango, which not every machine has

    made = HTML(string=body).write_pdf()
    assert isinstance(made, bytes)
    return made


def _printed(body: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        page, made = Path(folder, "cv.html"), Path(folder, "cv.pdf")
        page.write_text(body)
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
        subprocess.run(["chromium", *arguments, f"--print-to-pdf={made}", page.as_uri()], check=True, capture_output=True, timeout=120)
        return made.read_bytes()
