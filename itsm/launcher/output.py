"""What the person at the terminal reads: one line per step, with the seconds since the start."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable


class Console:
    """Prints steps with their time; quiet ones print nothing but errors."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.started = time.monotonic()
        self.quiet = quiet

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def step(self, text: str) -> None:
        """A step that is done."""
        self.line(f"  {text:<52}{self.seconds:6.1f} s")

    def headline(self, word: str, url: str) -> None:
        """One of the two lines that scripts wait for: ``web up URL`` and ``READY URL``."""
        self.line(f"{word} {url}  ({self.seconds:.1f} s)")

    def line(self, text: str = "") -> None:
        """Any other line."""
        if not self.quiet:
            self._write(sys.stdout, text)

    def table(self, rows: Iterable[tuple[str, ...]]) -> None:
        """Rows in columns."""
        found = list(rows)
        widths = [max(len(cell) for cell in column) for column in zip(*found, strict=True)]
        for row in found:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.line("  " + "  ".join(cells).rstrip())

    def error(self, text: str) -> None:
        """Why it did not work."""
        self._write(sys.stderr, text)

    def _write(self, stream: object, text: str) -> None:
        # The reader may be gone (``./run | head``); that is no reason to stop a running installation.
        try:
            print(text, file=stream, flush=True)  # type: ignore[call-overload]  # a text stream
        except (BrokenPipeError, ValueError):
            self.quiet = True
