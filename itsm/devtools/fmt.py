"""``./run fmt``: format Python and templates, sort imports."""

from __future__ import annotations

from itsm.devtools.processes import clean_environment, python


def main(argv: list[str]) -> int:
    """0 when all was formatted; ``argv`` may name the Python paths to format instead of everything."""
    env = clean_environment()
    paths = argv or ["."]
    code = python(["-m", "ruff", "check", "--quiet", "--select", "I", "--fix", *paths], env)
    code |= python(["-m", "ruff", "format", "--quiet", *paths], env)
    if not argv:
        # djlint answers 1 when it changed something, which is what it was asked to do.
        code |= 0 if python(["-m", "djlint", "templates", "--reformat", "--quiet"], env) in {0, 1} else 1
    return code
