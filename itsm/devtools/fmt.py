"""``./run fmt``: format Python and sort its imports."""

from __future__ import annotations

from itsm.devtools.processes import clean_environment, python


def main(argv: list[str]) -> int:
    """0 when all was formatted; ``argv`` may name the Python paths to format instead of everything."""
    env = clean_environment()
    paths = argv or ["."]
    code = python(["-m", "ruff", "check", "--quiet", "--select", "I", "--fix", *paths], env)
    code |= python(["-m", "ruff", "format", "--quiet", *paths], env)
    return code
