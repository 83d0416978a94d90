"""The dated summary of a run: ``docs/security/<date>-<tool>.md``."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from itsm.environment import BASE_DIR
from tests.security.scanners.tools import Tool


@dataclass
class Summary:
    """What is written down: how it was run, one row per part of the run, what was found."""

    tool: Tool
    how: list[str]
    columns: tuple[str, ...]
    rows: list[Sequence[object]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code: 0 nothing found, 1 something, 2 a part did not get to its end."""
        return 2 if self.unfinished else 1 if self.findings else 0

    def write(self, folder: Path) -> Path:
        """Write it; a second run on one day replaces the first."""
        today = dt.datetime.now(dt.UTC).date().isoformat()
        place = folder / f"{today}-{self.tool.name}.md"
        folder.mkdir(parents=True, exist_ok=True)
        place.write_text(self._text(today), encoding="utf-8")
        print(f"{place}: exit {self.code}")
        return place

    def _text(self, today: str) -> str:
        lines = [
            f"# {self.tool.name} {self.tool.version}, {today}",
            "",
            f"Against commit {commit()} in a private installation with the demo company, on loopback.",
            "",
            *[f"- {each}" for each in self.how],
            "",
            "| " + " | ".join(self.columns) + " |",
            "| " + " | ".join("---" for _ in self.columns) + " |",
            *["| " + " | ".join(str(each) for each in row) + " |" for row in self.rows],
            "",
            f"Exit code {self.code}.",
            "",
            "## Found",
            "",
            *([f"- {each}" for each in self.findings] or ["Nothing."]),
        ]
        if self.unfinished:
            lines += ["", "## Not finished", "", *[f"- {each}" for each in self.unfinished]]
        return "\n".join(lines) + "\n"


def commit() -> str:
    """The commit that was scanned; with ``+`` when files differed from it."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=BASE_DIR, capture_output=True, text=True).stdout.strip()

    return git("rev-parse", "--short=10", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")
