"""Clocks of their own for parts of a private installation, which a drill moves while they run.

Started as a program it is the launcher, with libfaketime in front of the chosen children: each of them reads
how far its clock is off from a file. The monotonic clock stays the real one, as when a clock is set.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.faults.stack import PrivateStack

# libfaketime 0.9.10 refuses the sleeps of Python 3.11, which name the end by the monotonic clock.
_SLEEP = """
import select
import time


def sleep(seconds):
    select.select([], [], [], seconds)


time.sleep = sleep
"""
PARTS = {"app": ("web", "live"), "worker": ("worker", "beat"), "database": ("postgres",)}
RIGHT = "+0"
_FOLDER, _LIBRARY = "DRILL_CLOCKS", "DRILL_FAKETIME"


def environment(folder: Path, library: Path) -> dict[str, str]:
    """What the stack that is started by this program needs; all clocks are right at first."""
    folder.mkdir()
    folder.chmod(0o755)  # the database may run as another account
    (folder / "sitecustomize.py").write_text(_SLEEP, encoding="ascii")
    move(folder, PARTS, RIGHT)
    return {_FOLDER: str(folder), _LIBRARY: str(library)}


def move(folder: Path, parts: Iterable[str], offset: str) -> None:
    """Set the clocks of these parts, such as ``+2h``; they notice within two seconds."""
    for part in parts:
        fresh = folder / f"{part}.new"
        fresh.write_text(offset + "\n", encoding="ascii")
        fresh.chmod(0o644)
        fresh.rename(folder / part)


def untouched(stack: PrivateStack) -> list[str]:
    """The processes that should have a clock of their own and have none."""
    return [
        f"{role} {pid}"
        for roles in PARTS.values()
        for role in roles
        for pid in stack.pids(role)
        if "libfaketime" not in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    ]


def preloaded(name: str) -> dict[str, str]:
    """What a child of the launcher gets beside its own environment."""
    part = next((part for part, roles in PARTS.items() if name in roles), None)
    if part is None:
        return {}
    return {
        "LD_PRELOAD": os.environ[_LIBRARY],
        "FAKETIME_TIMESTAMP_FILE": str(Path(os.environ[_FOLDER]) / part),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DISABLE_SHM": "1",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": os.environ[_FOLDER],
    }


def main(argv: list[str]) -> int:
    """The launcher's exit code."""
    from itsm.__main__ import main as launcher
    from itsm.launcher.children import Child, Spec

    plain = Child.__init__

    def with_clock(self: Any, spec: Spec) -> None:
        plain(self, dataclasses.replace(spec, env={**spec.env, **preloaded(spec.name)}))

    Child.__init__ = with_clock  # type: ignore[method-assign]
    return launcher(argv)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)
    sys.exit(main(sys.argv[1:]))
