"""How the supervisor treats children, shown with small ones."""

import os
import signal
import time

import pytest

from cli.stack.errors import ChildFailedError
from cli.stack.supervisor import Child, Supervisor

SHELL = "/bin/sh"


def shell(name: str, script: str, **settings) -> Child:
    return Child(name=name, command=[SHELL, "-c", script], **{"ready": lambda: True, **settings})


def test_a_crash_loop_ends_the_supervisor_with_its_reason_and_the_end_of_the_log(folder, said):
    broken = shell("broken", "echo no such setting: colour; exit 3", ready=lambda: False)
    with Supervisor(folder, said.append) as supervisor, pytest.raises(ChildFailedError) as failure:
        supervisor.start(shell("sound", "exec sleep 600"), broken)
    assert "broken exited with status 3, 5 times in a row before it was ready" in str(failure.value)
    assert "    no such setting: colour" in str(failure.value)
    assert said.count("broken exited with status 3; restarting (1)") == 1
    assert folder.recorded() == []


def test_a_crash_loop_after_the_start_is_told_to_whoever_waits(folder, said):
    flag = folder.root / "flag"
    with Supervisor(folder, said.append) as supervisor:
        child = shell("fragile", f"test -e {flag} && exit 4; exec sleep 600", ready=lambda: not flag.exists())
        supervisor.start(child)
        flag.touch()
        pid = supervisor.pid("fragile")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ChildFailedError, match="fragile exited with status 4"):
            supervisor.wait()


def test_a_child_that_never_becomes_ready_is_named_with_what_its_probe_met(folder, said):
    def probe() -> bool:
        raise ConnectionRefusedError("nobody listens")

    with (
        Supervisor(folder, said.append) as supervisor,
        pytest.raises(ChildFailedError, match=r"mute was not ready within 0.2 s.*nobody listens"),
    ):
        supervisor.start(shell("mute", "exec sleep 600", ready=probe, ready_timeout=0.2))


def test_children_stop_in_reverse_order_and_a_deaf_one_is_killed(folder, said):
    order = folder.root / "order"

    def stops_slowly(name: str) -> Child:
        up = folder.root / f"{name}-up"
        return shell(name, f"trap 'echo {name} >> {order}; exit 0' TERM; touch {up}; while :; do sleep 0.01; done", ready=up.exists)

    deaf_up = folder.root / "deaf-up"
    deaf = shell("deaf", f"trap '' TERM; touch {deaf_up}; while :; do sleep 0.01; done", ready=deaf_up.exists, stop_timeout=0.2)
    with Supervisor(folder, said.append) as supervisor:
        supervisor.start(stops_slowly("first"))
        supervisor.start(stops_slowly("second"))
        supervisor.start(deaf)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert order.read_text().split() == ["second", "first"]
    assert said == ["deaf did not stop within 0.2 s; killing it"]


def test_a_program_that_is_not_there_is_said(folder, said):
    missing = Child(name="missing", command=["/nowhere/server"], ready=lambda: False)
    with Supervisor(folder, said.append) as supervisor, pytest.raises(ChildFailedError, match="cannot run /nowhere/server: No such file"):
        supervisor.start(missing)
