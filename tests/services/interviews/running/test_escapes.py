"""More than forty programs that try to get out of the sandbox, to take the machine with them, or to stay in it for ever."""

import json
import re
import socket
from collections.abc import Iterator

import pytest

from services.interviews.running.limits import Limits
from services.interviews.running.modules import default_folder
from services.interviews.running.programs import Call, Outcome, Program
from services.interviews.running.sandbox import SandboxRunner

SECRET = "a-secret-of-the-service"
NOTHING = r"null|false|\[\]|\"\""
# Each is a function's body, and what its outcome has to look like: the state, and the value or error.
PYTHON = {
    "network": ("import socket\ns = socket.socket()\ns.connect(('127.0.0.1', PORT))\nreturn 'connected'", r"raised .*"),
    "network_by_library": ("import urllib.request\nreturn urllib.request.urlopen('http://127.0.0.1:PORT/').read().decode()", r"raised .*"),
    "names": ("import socket\nreturn socket.gethostbyname('localhost')", r"raised .*"),
    "read_file": ("return open('/etc/passwd').read()", r"raised (FileNotFound|Permission|OS)Error.*"),
    "read_memory": ("import os\nreturn os.open('/proc/self/mem', os.O_RDONLY)", r"raised (FileNotFound|Permission|OS)Error.*"),
    "write_file": ("open('/tmp/escaped', 'w').write('x')\nreturn 'written'", r"raised (FileNotFound|Permission|OS)Error.*"),
    "list_folder": ("import os\nreturn [name for name in os.listdir('/') if name != 'usr']", r"returned \[\]|raised .*"),
    "symlink": ("import os\nos.symlink('/etc/passwd', '/usr/link')\nreturn open('/usr/link').read()", r"raised .*"),
    "environment": ("import os\nreturn sorted(os.environ)", r'returned \["PYTHONHASHSEED"\]'),
    "fork": ("import os\nreturn os.fork()", r"raised AttributeError.*"),
    "program": ("import subprocess\nreturn subprocess.check_output(['id']).decode()", r"raised .*"),
    "shell": ("import os\nreturn os.system('id')", r"raised AttributeError.*"),
    "exec": ("import os\nos.execv('/bin/sh', ['sh'])", r"raised .*"),
    "signal": ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nreturn 'killed'", r"raised .*"),
    "thread": ("import threading\nthreading.Thread(target=print).start()\nreturn 'started'", r"raised .*"),
    "machine_code": ("import ctypes\nreturn ctypes.string_at(0, 8).hex()", r"raised (ModuleNotFound|Import)Error.*"),
    "descriptors": ("import os\nreturn [number for number in range(3, 60) if readable(number)]", rf"returned ({NOTHING})"),
    "memory": ("kept = []\nwhile True:\n    kept.append(bytearray(10**6))", r"raised MemoryError.*"),
    "huge_number": ("return len(str(7 ** (10 ** 8)))", r"(out_of_time|raised) .*"),
    "recursion": ("import sys\nsys.setrecursionlimit(10**9)\ndef again(): return again()\nreturn again()", r"(too_deep|crashed|raised|out_of_time) .*"),
    "broken_bytecode": ("f = lambda: 0\nf.__code__ = f.__code__.replace(co_code=bytes([100, 255]) * 9)\nreturn f()", r"(crashed|raised|out_of_time) .*"),
    "regex": ("import re\nreturn bool(re.match('(a+)+$', 'a' * 40 + 'b'))", r"out_of_time .*"),
    "loop": ("while True: pass", r"out_of_time .*"),
    "output": ("while True: print('x' * 1000)", r"too_much_output .*"),
    "sleep": ("import time\ntime.sleep(3600)\nreturn 'slept'", r"raised OSError.*"),
    "end": ("import os\nos._exit(0)", r"crashed .*"),
}  # fmt: skip
JAVASCRIPT = {
    "read_file": ("return std.loadFile('/etc/passwd')", rf"returned ({NOTHING})"),
    "open_file": ("const file = std.open('/etc/passwd', 'r'); return file ? file.readAsString() : null", rf"returned ({NOTHING})"),
    "list_folder": ("return os.readdir('/')[0]", rf"returned ({NOTHING})|raised .*"),
    "symlink": ("return os.symlink('/etc/passwd', '/link') === 0", rf"returned ({NOTHING})|raised .*"),
    "environment": ("return Object.keys(std.getenviron())", r'returned (\["PYTHONHASHSEED"\]|\{\}|\[\])|raised .*'),
    "program": ("return os.exec(['id'])", r"raised .*"),
    "shell": ("return std.popen('id', 'r').readAsString()", r"raised .*"),
    "signal": ("return os.kill(os.getpid(), 9)", r"raised .*"),
    "worker": ("new os.Worker('/x.js'); return 'started'", r"raised .*"),
    "network": ("return fetch('http://127.0.0.1:PORT/')", r"raised ReferenceError.*"),
    "network_by_library": ("return std.urlGet('http://127.0.0.1:PORT/')", r"raised .*"),
    "memory": ("const kept = []; for (;;) kept.push(new Uint8Array(1e6))", r"raised InternalError: out of memory.*"),
    "huge_number": ("return String(7n ** (10n ** 8n)).length", r"(out_of_time|raised) .*"),
    "recursion": ("const again = () => again(); return again()", r"(too_deep|raised) .*"),
    "regex": ("return /^(a+)+$/.test('a'.repeat(40) + 'b')", r"out_of_time .*|raised .*"),
    "loop": ("for (;;);", r"out_of_time .*"),
    "output": ("for (;;) console.log('x'.repeat(1000))", r"too_much_output .*"),
    "end": ("std.exit(0)", r"crashed .*"),
    "constructor": ("return Function('return this')().process === undefined ? null : 'node'", rf"returned ({NOTHING})"),
}  # fmt: skip
READABLE = (
    "def readable(number):\n    import os\n    try:\n        return bool(os.read(number, 1))\n    except OSError:\n        return False\n"
)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def attempted(runner: SandboxRunner, language: str, port: int) -> dict[str, Outcome]:
    """What came of each attempt, all in one run: none keeps the others from being made."""
    if language == "python":
        code = READABLE + "".join(
            f"def {name}():\n" + "".join(f"    {line}\n" for line in body.splitlines()) for name, (body, _) in PYTHON.items()
        )
    else:
        code = "".join(f"function {name}() {{ {body} }}\n" for name, (body, _) in JAVASCRIPT.items())
    names = PYTHON if language == "python" else JAVASCRIPT
    program = Program(language, code.replace("PORT", str(port)), tuple(Call(name, "[]") for name in names))
    return dict(zip(names, runner.run(program), strict=True))


@pytest.mark.parametrize(("language", "attempts"), [("python", PYTHON), ("javascript", JAVASCRIPT)])
def test_no_attempt_gets_out_of_the_sandbox(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, language: str, attempts: dict[str, tuple[str, str]]
) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    # Little fuel, so that the many that run for ever do so for a moment only.
    runner = SandboxRunner(default_folder(), seconds=120, limits=Limits(fuel=700_000_000, timeouts=100))
    found = attempted(runner, language, listener.getsockname()[1])
    told = {name: f"{one.state} {one.value or one.error}" for name, one in found.items()}
    escaped = {name: words[:200] for name, words in told.items() if not re.fullmatch(attempts[name][1], words, re.DOTALL)}
    assert not escaped
    assert SECRET not in json.dumps(told)
    with pytest.raises(BlockingIOError):
        listener.accept()
