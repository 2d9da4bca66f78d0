"""`python -m cli.contracts`: generate what follows from the contracts, and check them."""

import argparse
import sys
from pathlib import Path

from cli.contracts.check import check
from cli.contracts.generate import BufError, generate

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m cli.contracts", description="The contracts in proto/ and what is made from them.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate", help="write generated/: Python, the descriptor set and the OpenAPI document")
    commands.add_parser("check", help="lint the contracts, look for breaking changes, and see that generated/ is current and valid")
    if parser.parse_args().command == "check":
        return 0 if check(ROOT) else 1
    try:
        generate(ROOT, ROOT / "generated")
    except (BufError, ValueError) as error:
        print(f"{error}\nMend the contracts named above and generate again.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
