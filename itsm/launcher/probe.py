"""``python -m itsm probe URL``: a container's health check."""

from __future__ import annotations

import argparse

from itsm.environment import Environment
from itsm.launcher.readiness import HttpProbe


def main(argv: list[str]) -> int:
    """0 when the address answers 200 to a request for the first allowed host."""
    parser = argparse.ArgumentParser(prog="itsm probe")
    parser.add_argument("url")
    given = parser.parse_args(argv)
    return 0 if HttpProbe(given.url, host=Environment().allowed_hosts[0])() else 1
