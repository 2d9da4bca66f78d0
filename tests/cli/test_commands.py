"""The operator's commands as the parser knows them."""

import argparse
import inspect
from collections.abc import Iterator

from cli.__main__ import _parser


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for action in inner:
        for each in action.choices.values():
            yield from leaves(each)
    if not inner:
        yield parser


def test_every_command_knows_the_arguments_that_its_work_reads() -> None:
    for parser in leaves(_parser()):
        known = {action.dest for action in parser._actions}
        read = set(inspect.getsource(parser.get_default("run")).split("arguments.")[1:])
        asked = {words.split(",")[0].split(")")[0].split(":")[0].split()[0].split(".")[0] for words in read}
        assert asked <= known, f"{parser.prog} reads {asked - known}"
