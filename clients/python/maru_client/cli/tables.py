"""What people read in a terminal: aligned columns, wide letters counted as two, nothing that steers it."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from collections.abc import Sequence

_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
GAP = "  "


def plain(value: object) -> str:
    """One line without control characters: a title must not move the cursor or hide what follows."""
    return _STEERING.sub(" ", "" if value is None else str(value)).strip()


def block(value: object) -> str:
    """Several lines, each plain."""
    return "\n".join(_STEERING.sub(" ", line).rstrip() for line in str(value or "").splitlines())


def width(text: str) -> int:
    """Columns the text takes."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1


def cut(text: str, most: int) -> str:
    """The text in at most that many columns, with … where something is left out."""
    if width(text) <= most:
        return text
    taken, used = "", 0
    for letter in text:
        if used + _columns(letter) > most - 1:
            break
        taken, used = taken + letter, used + _columns(letter)
    return f"{taken}…"


def room() -> int | None:
    """Columns of the terminal; None where nothing needs cutting: a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, space: int | None = None) -> str:
    """Columns under their heads. The last one is cut to ``space`` columns in all."""
    lines = [list(heads), *([plain(cell) for cell in row] for row in rows)]
    widths = [max(width(line[at]) for line in lines) for at in range(len(heads))]
    return "\n".join(_line(line, widths, space) for line in lines)


def _line(cells: list[str], widths: list[int], space: int | None) -> str:
    last = len(cells) - 1
    padded = [cell + " " * (size - width(cell)) for cell, size in zip(cells[:last], widths)]
    text = GAP.join([*padded, cells[last]])
    return (cut(text, space) if space else text).rstrip()


def pairs(rows: Sequence[tuple[str, object]]) -> str:
    """Names and values, one a line; what is empty is left out."""
    told = [(name, plain(value)) for name, value in rows if value not in (None, "", [], {})]
    wide = max((width(name) for name, _value in told), default=0)
    return "\n".join(f"{name}{' ' * (wide - width(name))}{GAP}{value}" for name, value in told)
