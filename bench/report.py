"""Lines for people, goals with verdicts, and the noise of the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from itsm.environment import BASE_DIR

NOISE_CORES, NOISE_SPREAD = 0.3, 0.25


@dataclass
class Report:
    """Collects figures and verdicts of one run."""

    lines: list[str] = field(default_factory=list)
    goals: list[str] = field(default_factory=list)
    wrong: int = 0

    def say(self, text: str) -> None:
        """Print and keep one line."""
        print(text, flush=True)
        self.lines.append(text)

    def goal(
        self, name: str, figure: float, limit: float, *, at_most: bool, unit: str, noisy: bool = False
    ) -> None:
        """Judge one figure; a noisy one gets no verdict."""
        met = figure <= limit if at_most else figure >= limit
        verdict = "noisy" if noisy else "met" if met else "missed"
        self.goals.append(f"GOAL {name}: {figure:.2f} {unit} ({'≤' if at_most else '≥'} {limit:g}) {verdict}")

    def end(self) -> int:
        """Print the goals; 1 only when an answer was wrong."""
        for line in self.goals:
            print(line, flush=True)
        return 1 if self.wrong else 0


def header() -> str:
    """Machine, versions and commit."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if "model name" in line), platform.machine()
    )
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=BASE_DIR, capture_output=True, text=True, check=False
    ).stdout.strip()
    system = f"Linux {platform.release()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {system}, commit {commit}"


def cpu_seconds() -> tuple[float, float]:
    """(busy seconds of all cores, monotonic seconds): the difference of two readings tells the load."""
    fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK"), time.monotonic()


def tree_cpu_seconds(pids: list[int]) -> float:
    """CPU seconds the processes have used so far, with those of their children that have ended since.

    One that is replaced meanwhile would else take its seconds along, and they would look like others' work.
    """
    total = 0
    for pid in pids:
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(map(int, words[11:15]))
    return total / os.sysconf("SC_CLK_TCK")
