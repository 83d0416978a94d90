"""``python -m itsm serve ROLE``: become one process of a deployment; the image's command."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from itsm.environment import BASE_DIR, inherited
from itsm.launcher import programs

EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside a container; the proxy in front is what others reach
ROLES = ("web", "live", "worker", "beat")


def main(argv: list[str]) -> int:
    """Become ``web`` (port 8000), ``live`` (8001), ``worker`` or ``beat``; every setting is a variable."""
    parser = argparse.ArgumentParser(prog="itsm serve")
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--host", default=EVERYWHERE)
    parser.add_argument("--port", type=int)
    given = parser.parse_args(argv)
    command = {
        "web": programs.web_command(given.host, given.port or 8000),
        "live": programs.live_command(given.host, given.port or 8001),
        "worker": programs.worker_command(),
        "beat": programs.beat_command(Path(tempfile.gettempdir()) / "maru-beat"),
    }[given.role]
    os.chdir(BASE_DIR)
    environment = inherited() | {"ITSM_ROLE": given.role}
    return os.execve(sys.executable, [sys.executable, *command], environment)  # noqa: S606 - our interpreter
