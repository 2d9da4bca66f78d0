"""How the demo looks on a terminal: steps, calls with their time, and the interesting part of each answer."""

import re
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_INDENT = "     "
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # shown by its last digits, as ids of one moment begin alike
_WIDTH = 118


class Page:
    """Writes as it goes; plain text where the output is no terminal."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=False)
        if not self._console.is_terminal or self._console.width > _WIDTH:
            self._console = Console(highlight=False, width=_WIDTH)
        self._steps = 0

    def step(self, title: str) -> None:
        self._steps += 1
        self._console.print()
        self._console.print(Text(f" {self._steps}  {title}", style="bold"))

    def call(self, method: str, path: str, status: object, milliseconds: float) -> None:
        """One call: what was asked, what came back, and how long it took."""
        line = Text(_INDENT)
        line.append(f"{method:6} ", style="cyan")
        line.append(_ID.sub(lambda found: f"…{found[0][-4:]}", path)[:78])
        dots = max(2, 92 - len(line.plain))
        line.append(" " + "·" * dots + " ", style="dim")
        line.append(f"{status}", style="green" if str(status).startswith(("1", "2")) else "yellow")
        line.append(f"{milliseconds:7.0f} ms", style="dim")
        self._console.print(line)

    def say(self, text: str) -> None:
        self._console.print(Padding(Text(text, style="dim"), (0, 0, 0, 2 * len(_INDENT))))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(str(cell)) for cell in row))
        self._console.print(Padding(table, (0, 0, 0, 2 * len(_INDENT))))

    def note(self, text: str = "") -> None:
        self._console.print(text, markup=False)

    def problem(self, text: str) -> None:
        self._console.print()
        self._console.print(Text(f" ✗  {text}", style="bold red"))
