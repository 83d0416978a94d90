"""The guide by curl: its lines work as they stand against the demo data."""

from __future__ import annotations

import re
import subprocess

import pytest
from django.core.management import call_command

from accounts import tokens
from accounts.selectors import person_named
from itsm.environment import BASE_DIR

GUIDE = BASE_DIR / "docs" / "api.md"
SHOWN = BASE_DIR / "templates" / "api" / "curl.txt"


def block() -> str:
    """The shell lines of the guide."""
    found = re.search(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_the_page_shows_the_lines_of_the_guide():
    assert SHOWN.read_text(encoding="utf-8") == block()


@pytest.mark.django_db(transaction=True)
def test_every_line_of_the_guide_works(live_server, tmp_path):
    call_command("demo_data", verbosity=0)
    admin = person_named(None, "admin")
    assert admin is not None
    _row, token = tokens.mint(actor=admin, owner=admin, name="guide")
    script = block().replace("http://127.0.0.1:8000", live_server.url)
    strict = (
        'curl() { command curl --fail-with-body "$@" || { echo "FAILED: $*" >&2; exit 22; }; }\nset -eu\n'
    )
    done = subprocess.run(
        ["/bin/bash", "-c", strict + script],
        env={"ITSM_TOKEN": token, "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    assert '"state":"resolved"' in done.stdout
    assert '"results":[{"number":"RITM' in done.stdout, "the progress of the order"
