"""Memory and processes of a whole stack."""

from __future__ import annotations

from pathlib import Path


def pss_mib(pids: list[int]) -> float:
    """Proportional set size of the processes together, in MiB: shared pages are counted once."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024
