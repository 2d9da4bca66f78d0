"""Deleting a data folder with all that it keeps, also outside: `python -m cli.stack.remove FOLDER`."""

import sys
from pathlib import Path

from cli.stack.errors import StackError
from cli.stack.folder import DataFolder


def main() -> None:
    try:
        DataFolder(Path(sys.argv[1])).remove()
    except StackError as error:
        sys.exit(f"not removed: {error}")


if __name__ == "__main__":
    main()
