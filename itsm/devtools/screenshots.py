"""``./run screenshots``: makes the pictures of ``docs/images`` anew, on a private installation."""

from __future__ import annotations

import argparse

from itsm.devtools import browser
from itsm.devtools.processes import clean_environment, python


def main(argv: list[str]) -> int:
    """The exit code; 1 when there is no browser to take them with."""
    asked = argparse.ArgumentParser(prog="./run screenshots", description=__doc__)
    asked.add_argument("--beside", metavar="FOLDER", help="reference pages to lay the same pages beside")
    asked.parse_args(argv)
    program = browser.find() or browser.install()
    if program is None:
        print(browser.MISSING)
        return 1
    environment = clean_environment() | {"ITSM_TEST_CHROMIUM": program}
    return python(["-m", "tests.e2e.screenshots", *argv], environment)
