"""A worker in a process of its own, which a test kills while it runs a task: `python -m tests.chassis.dying_worker URL WHEN`."""

import sys
import threading

from services.chassis import calls, tasks
from services.chassis.database import Database
from tests.chassis.notes import notes

WHEN = ("before the effect", "before the commit", "after the commit", "after finish")


def main(url: str, when: str) -> None:
    database = Database(url)

    def handle(task: tasks.Task) -> None:
        if when == "before the effect":
            _wait_to_be_killed()
        with database.begin(calls.SYSTEM) as connection:
            connection.execute(notes.insert(), {"body": f"run {task.attempts}"})
            if when == "after finish":
                tasks.finish(connection, task)
            if when == "before the commit":
                _wait_to_be_killed()
        _wait_to_be_killed()

    tasks.Worker("trial", database, {"work": handle}).start()
    threading.Event().wait()


def _wait_to_be_killed() -> None:
    sys.stdout.write("here\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
