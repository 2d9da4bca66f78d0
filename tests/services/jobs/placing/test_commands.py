"""What an operator does with places: `einstellen tenants`, and a backup that has them."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cli import backup, placing
from cli.__main__ import main
from tests.services.jobs.placing.conftest import JOBS, Sides
from tests.services.jobs.placing.test_moving import EMPTY, FULL, counted, fill, note

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(sides: Sides, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `einstellen` with these words; the answer is its exit status and what it printed."""
    for name, value in sides.values.items():
        monkeypatch.setenv(name, value)

    def einstellen(*words: object) -> tuple[int, str]:
        status = main([str(word) for word in words])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return einstellen


def broken_off(sides: Sides, tenant_id: UUID) -> None:
    """A move that ends when the organization's writes are paused."""

    class Killed(BaseException):
        pass

    def say(words: str) -> None:
        if "paused" in words:
            raise Killed

    mover = placing.mover_of(JOBS, JOBS.load(sides.values), say=say, settle=0)
    with pytest.raises(Killed):
        mover.move(tenant_id, "big")
    mover.close()


def test_an_organization_that_has_nothing_yet_is_placed_and_listed(sides: Sides, run: Run) -> None:
    tenant_id = uuid4()
    assert run("tenants", "place", "jobs", tenant_id, "big")[0] == 0
    assert sides.placement(tenant_id) == ("big", "settled")
    assert f"jobs  {tenant_id}  big\n" in run("tenants", "list")[1]
    fill(sides, "big", tenant_id)
    status, words = run("tenants", "place", "jobs", tenant_id, "main")
    assert status == 1
    assert words.startswith("einstellen: ")
    assert counted(sides, "big", tenant_id) == FULL


def test_a_move_that_broke_off_is_listed_and_undone(sides: Sides, run: Run) -> None:
    tenant_id = uuid4()
    rows = fill(sides, "main", tenant_id)
    broken_off(sides, tenant_id)
    assert f"jobs  {tenant_id}  main  a move to big is under way" in run("tenants", "list", "--target", "jobs")[1]
    assert run("tenants", "undo", "jobs", tenant_id)[0] == 0
    assert str(tenant_id) not in run("tenants", "list")[1]
    note(sides, "main", rows)  # its writes go on
    assert counted(sides, "main", tenant_id) == FULL | {"notes": 21}
    assert run("tenants", "undo", "jobs", tenant_id)[0] == 1


@pytest.mark.parametrize("words", [("undo", "jobs", "nobody"), ("place", "jobs", uuid4(), "nowhere")], ids=["no id", "no place"])
def test_what_cannot_be_done_is_said_in_a_line(run: Run, words: tuple[object, ...]) -> None:
    status, said = run("tenants", *words)
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("einstellen: ")


def test_a_backup_has_the_places_and_brings_them_back(sides: Sides, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(backup, "SERVICES", (JOBS,))  # the other databases are the house's, which goes on
    here, there = uuid4(), uuid4()
    fill(sides, "main", here)
    sides.mover.place(there, "big")
    fill(sides, "big", there)
    backup.backup(sides.values, tmp_path / "kept")
    assert {path.name for path in (tmp_path / "kept").glob("*.dump")} == {"job_db.dump", "job_db@big.dump"}
    for name, tenant_id in (("main", here), ("big", there)):
        sides.sql(name, "DELETE FROM notes WHERE tenant_id = %s", str(tenant_id))
    sides.sql("main", "DELETE FROM placements WHERE tenant_id = %s", str(there))
    backup.restore(sides.values, tmp_path / "kept")
    assert (counted(sides, "main", here), counted(sides, "big", there)) == (FULL, FULL)
    assert (counted(sides, "big", here), counted(sides, "main", there)) == (EMPTY, EMPTY)
    assert sides.placement(there) == ("big", "settled")
