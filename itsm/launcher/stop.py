"""``./run stop``: ask the launcher to stop, and wait until it has."""

from __future__ import annotations

import argparse
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from itsm.environment import Environment
from itsm.launcher.layout import Layout
from itsm.launcher.output import Console
from itsm.launcher.state import running

PATIENCE_SECONDS = 90.0


def main(argv: list[str]) -> int:
    """0 when nothing runs any more."""
    parser = argparse.ArgumentParser(prog="./run stop")
    parser.add_argument("--data", type=Path, default=Environment().data_dir)
    layout = Layout(parser.parse_args(argv).data.resolve())
    console = Console()
    found = running(layout)
    if found is None:
        console.line(f"Nothing runs in {layout.data}.")
        return 0
    if not found.pid:
        console.error("maru: something holds the lock but does not say who it is. Try again in a moment.")
        return 1
    with suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
    limit = time.monotonic() + PATIENCE_SECONDS
    while running(layout) is not None:
        if time.monotonic() > limit:
            console.error(f"maru: pid {found.pid} still runs after {PATIENCE_SECONDS:.0f} seconds.")
            return 1
        time.sleep(0.1)
    console.line("Stopped.")
    return 0
