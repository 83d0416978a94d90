"""``python -m tests.security.scanners TOOL``: run one scanner and write its dated summary."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from itsm.environment import BASE_DIR
from tests.security.scanners import schemathesis, sqlmap, wapiti

TOOLS = {"schemathesis": schemathesis, "sqlmap": sqlmap, "wapiti": wapiti}


def main() -> int:
    """0 when the tool found nothing, 1 when it did, 2 when it did not get to the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.security.scanners", description=__doc__)
    parser.add_argument(
        "--tools",
        type=Path,
        default=BASE_DIR / "var" / "scanners",
        help="folder for the tools' own environments and their logs",
    )
    parser.add_argument(
        "--reports",
        type=Path,
        default=BASE_DIR / "docs" / "security",
        help="folder for the dated summary",
    )
    chosen = parser.add_subparsers(dest="tool", required=True)
    for name, module in TOOLS.items():
        module.add_arguments(chosen.add_parser(name, help=module.__doc__))
    given = parser.parse_args()
    return TOOLS[given.tool].run(given)


if __name__ == "__main__":
    sys.exit(main())
