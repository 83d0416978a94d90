"""Whether ``docs/features.md`` is honest in form: each row has a state, a finished one names a real test."""

from __future__ import annotations

import re

from itsm.environment import BASE_DIR

DOCUMENT = BASE_DIR / "docs" / "features.md"
STATES = ("works", "partly", "not yet")
_ROW = re.compile(r"^\|\s*(FT-\d+)\s*\|(.*)\|\s*$", re.MULTILINE)
_TEST = re.compile(r"tests/[\w./-]+\.py(?:::(\w+))?")


def complaints() -> str:
    """One line per row that is wrong; empty when none is."""
    if not DOCUMENT.exists():
        return "docs/features.md is missing."
    found: list[str] = []
    seen: set[str] = set()
    for number, rest in _ROW.findall(DOCUMENT.read_text(encoding="utf-8")):
        if number in seen:
            found.append(f"{number} has two rows.")
        seen.add(number)
        found += [f"{number}: {problem}" for problem in _row_problems(rest)]
    return "\n".join(found) if seen else "docs/features.md has no FT row."


def _row_problems(rest: str) -> list[str]:
    state = next((state for state in STATES if any(cell.strip() == state for cell in rest.split("|"))), None)
    if state is None:
        return [f"its state is none of {', '.join(STATES)}."]
    tests = list(_TEST.finditer(rest))
    problems = [f"{test.group(0)} does not exist." for test in tests if not _exists(test)]
    if state == "works" and not tests:
        problems.append("it works, but no test is named.")
    return problems


def _exists(test: re.Match[str]) -> bool:
    path = BASE_DIR / test.group(0).split("::")[0]
    name = test.group(1)
    return path.is_file() and (name is None or f"def {name}(" in path.read_text(encoding="utf-8"))
