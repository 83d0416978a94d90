"""``./run test``: the suite on throw-away servers; ``--e2e`` the browser, ``--faults`` the drills."""

from __future__ import annotations

import re
import sys

from itsm.devtools import browser, faults, second_try
from itsm.devtools.processes import clean_environment, python
from itsm.devtools.throwaway import servers
from itsm.environment import BASE_DIR
from itsm.launcher.errors import StartError, StopRequestedError
from itsm.launcher.output import Console
from itsm.launcher.waiting import Signals

WORKERS = "2"
_FAULTS = re.compile(r"F-\d\d(,F-\d\d)*")


def main(argv: list[str]) -> int:
    """The exit code of pytest or of the drills."""
    if "--faults" in argv:
        return _faults(argv)
    if "--e2e" in argv:
        return _browser([word for word in argv if word != "--e2e"])
    return _suite(argv)


def _suite(argv: list[str], *marks: str) -> int:
    console = Console()
    signals = Signals()
    signals.install()
    # Who has nothing left takes from the other: the slow tests lie together.
    parallel = [] if _chooses_workers(argv) else ["-n", WORKERS, "--dist", "worksteal"]
    try:
        with servers(signals) as addresses:
            console.step("test servers up")
            env = clean_environment() | addresses | {"ITSM_TESTING": "1"}
            return _pytest([*parallel, *argv], env, *marks, again=bool(parallel))
    except StartError as error:
        console.error(f"maru: {error}")
        return 1
    except StopRequestedError:
        return 130


def _chooses_workers(argv: list[str]) -> bool:
    return any(word == "--pdb" or word.startswith(("-n", "--numprocesses")) for word in argv)


def _browser(argv: list[str]) -> int:
    """The tests start a real installation themselves (``tests/e2e/conftest.py``)."""
    program = browser.find() or browser.install()
    if program is None:
        print(browser.MISSING, file=sys.stderr)
        return 1
    env = clean_environment() | {"ITSM_TESTING": "1", "ITSM_TEST_CHROMIUM": program}
    places = [] if any((BASE_DIR / word.split("::")[0]).exists() for word in argv) else ["tests/e2e"]
    # A browser waits half of the time. Each of the two has its own installation, and all of a file's tests.
    parallel = ["-n", WORKERS, "--dist", "loadfile"] if places and not _chooses_workers(argv) else []
    return _pytest([*parallel, *places, *argv], env, "-m", "e2e", again=bool(parallel))


def _pytest(arguments: list[str], env: dict[str, str], *marks: str, again: bool) -> int:
    """Whoever chooses the workers looks at single tests and hears of the first failure."""
    if again:
        return second_try.suite(arguments, env, *marks)
    return python(["-m", "pytest", *marks, *arguments], env)


def _faults(argv: list[str]) -> int:
    """Drills by name, or all of them and the slow tests of the launcher."""
    at = argv.index("--faults")
    rest = argv[:at] + argv[at + 1 :]
    named = argv[at + 1].split(",") if at + 1 < len(argv) and _FAULTS.fullmatch(argv[at + 1]) else []
    if named:
        return faults.main([*named, *[word for word in rest if word != argv[at + 1]]])
    pytest_code = _suite(["-n", "0"], "-m", "faults")
    drills_code = faults.main(rest)
    return pytest_code or drills_code
