"""``./run bench NAME``: hands over to the package ``bench``."""

from __future__ import annotations

from itsm.devtools.processes import clean_environment, python


def main(argv: list[str]) -> int:
    """The benchmark's exit code; 0 unless an answer was wrong."""
    return python(["-m", "bench", *argv], clean_environment())
