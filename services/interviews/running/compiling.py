"""The command that compiles the sandbox's languages beforehand, as `make setup` and the image do."""

import os
import sys
import time
from pathlib import Path

from services.interviews.running.modules import GUESTS, compile_into, compiled, default_folder


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default_folder()
    os.nice(10)
    missing = False
    for guest in GUESTS.values():
        path = compiled(guest, folder)
        if path is None:
            print(f"{guest.language}: {guest.package} is not installed")  # noqa: T201 - a command
            missing = True
        elif not path.exists():
            print(f"{guest.language}: compiling for the sandbox, once; this takes a while ...", flush=True)  # noqa: T201
            began = time.monotonic()
            compile_into(folder, guest)
            print(f"{guest.language}: compiled in {time.monotonic() - began:.0f} s")  # noqa: T201
    return int(missing)


if __name__ == "__main__":
    sys.exit(main())
