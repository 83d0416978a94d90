"""The shell lines of the documentation do what they say, against a running installation (API A-61)."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from itsm.environment import BASE_DIR
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e

EXPECTED = [
    r"^REQ\d{7}$",
    r"^\[\('Approval', 'now', \['Seoyeon Lee'\]\), \('Purchase', 'todo', \[\]\), .*\]$",
    r"^approved$",
    r"^\(409, 'already_decided', '.*'\)$",
    r"^closed_complete$",
    r"^\('REQ\d{7}', 'closed_complete'\)$",
    r"^\[\('Approval', 'done'\), \('Purchase', 'done'\), \('Ready', 'done'\)\]$",
    r"^\('High', .*'network'.*\['cancel', 'hold', 'merge', 'resolve', 'start'\]\)$",
    r"^in_progress$",
    r"^on_hold$",
    r"^Haneul Telecom$",
    r"^in_progress$",
    r"^Moderate$",
    r"^\(412, 'stale_version'\)$",
    r"^resolved$",
    r"^in_progress$",
    r"^resolved$",
    r"^\[.*\('state', 'reopen'\).*\]$",
]


def test_the_stories_by_curl_run_as_they_stand(stack: PrivateStack) -> None:
    text = (BASE_DIR / "docs" / "stories.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    script = script.replace("http://127.0.0.1:8000", stack.url).replace("sleep ", "sleep 1; sleep ")
    script = script.replace("./run manage", f"'{sys.executable}' -m itsm manage")
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=BASE_DIR,
        env=stack.env | {"ITSM_DATA_DIR": str(stack.layout.data)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == len(EXPECTED), f"{done.stdout}\n{done.stderr}"
    for line, pattern in zip(lines, EXPECTED, strict=True):
        assert re.match(pattern, line), f"{line!r} is not {pattern}\n{done.stdout}\n{done.stderr}"
