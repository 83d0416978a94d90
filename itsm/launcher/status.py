"""``./run status``: what runs, where, since when and with how much memory."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from itsm.environment import Environment
from itsm.launcher.layout import Layout
from itsm.launcher.output import Console
from itsm.launcher.state import running

NOT_RUNNING = 3


def main(argv: list[str]) -> int:
    """Print the state of the installation; 0 when it runs, 3 when it does not."""
    parser = argparse.ArgumentParser(prog="./run status")
    parser.add_argument("--data", type=Path, default=Environment().data_dir)
    layout = Layout(parser.parse_args(argv).data.resolve())
    console = Console()
    found = running(layout)
    if found is None:
        console.line(f"Nothing runs in {layout.data}.")
        return NOT_RUNNING
    console.line(f"{found.phase}: {found.url}  (live stream {found.live_url}, data {found.data})")
    rows = [("process", "pid", "MiB", "restarts")]
    measured = [("launcher", found.pid, 0, memory_mib([found.pid]))]
    for name, child in found.children.items():
        pid, restarts = int(child["pid"] or 0), int(child["restarts"])
        measured.append((name, pid, restarts, memory_mib(family(pid))))
    rows += [(name, str(pid or "-"), f"{mib:.0f}", str(restarts)) for name, pid, restarts, mib in measured]
    console.table([*rows, ("together", "", f"{sum(memory for *_, memory in measured):.0f}", "")])
    return 0


def family(pid: int | None) -> list[int]:
    """A process and all that it started."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, IndexError, ValueError):
                text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                children.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found: list[int] = []
    todo = [pid] if pid else []
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def memory_mib(pids: Iterable[int]) -> float:
    """Proportional set size: memory shared by several processes is counted once."""
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024
