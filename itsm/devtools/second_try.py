"""A few failed tests get one second try (decision 0045)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from itsm.devtools.processes import python
from itsm.environment import BASE_DIR

MOST = 3  # more than this many failures are no accident of a busy machine
FAILED = 1  # pytest's exit code for "tests ran and some failed"
LAST = Path(".pytest_cache/v/cache/lastfailed")


def suite(arguments: Sequence[str], env: Mapping[str, str], *marks: str, folder: Path = BASE_DIR) -> int:
    """pytest's exit code for these arguments; what failed is run once more, alone, when it is very little.

    ``marks`` choose tests ("-m", "e2e") and hold for both runs. Tests that pass at the second try only are
    named at the end, as are those that fail twice: the former are faults too, of the test or of the product.
    """
    (folder / LAST).unlink(missing_ok=True)  # failures of an earlier run are not of this one
    code = python(["-m", "pytest", *marks, *arguments], env, folder)
    failed = _failed(folder)
    if code != FAILED or not 0 < len(failed) <= MOST:
        return code
    print(f"=== second try of {len(failed)}, alone", flush=True)
    second = python(["-m", "pytest", *marks, "-n", "0", *failed], env, folder)
    word = "UNSTABLE, passed at the second try" if second == 0 else "failed twice, or one of them"
    print(f"=== {word}:", *failed, sep="\n  ", flush=True)
    return second


def _failed(folder: Path) -> list[str]:
    try:
        return sorted(json.loads((folder / LAST).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []
