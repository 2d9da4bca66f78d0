"""A stack in a process of its own, for tests that kill its supervisor: `python -m tests.cli.running FOLDER`."""

import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from cli.stack.folder import DataFolder
from cli.stack.postgres import Postgres
from cli.stack.supervisor import Supervisor
from cli.stack.valkey import Valkey

_say = partial(print, flush=True)


def main() -> None:
    folder = DataFolder(Path(sys.argv[1]))
    # A signal may come before anybody waits for one.
    with suppress(KeyboardInterrupt), folder.held(), Supervisor(folder, say=_say) as supervisor:
        postgres, valkey = Postgres.prepare(folder, durable=False, say=_say), Valkey.prepare(folder)
        supervisor.start(postgres.child(), valkey.child())
        folder.announce("http://127.0.0.1:8080")
        _say("up")
        supervisor.wait()


if __name__ == "__main__":
    main()
