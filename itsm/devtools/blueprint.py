"""``./run blueprint``: writes ``itsm/launcher/blueprint.sql`` from the migrations, on throw-away servers."""

from __future__ import annotations

import re
import subprocess
import sys

from itsm.devtools.processes import clean_environment, python
from itsm.devtools.throwaway import servers
from itsm.environment import BASE_DIR, database_settings, database_url
from itsm.launcher import binaries, blueprint, database
from itsm.launcher.errors import StartError
from itsm.launcher.waiting import Signals

# Reference data comes with the signal after a migration, in every start: the script holds none of it.
MIGRATE = """
import django; django.setup()
from django.core.management import call_command
from django.db.models.signals import post_migrate
post_migrate.receivers = []; post_migrate.sender_receivers_cache.clear()
call_command("migrate", interactive=False, verbosity=0)
"""
_STAMP = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*\+00'")
# Orders to psql, headings that name versions, and what only the owner of an extension may say.
_LEFT_OUT = re.compile(r"^(\\.*|--|-- .*|COMMENT ON EXTENSION .*)\n", re.MULTILINE)
_GAPS = re.compile(r"\n{3,}")
HEAD = "-- Written by ./run blueprint from the migrations. Not edited by hand: change the models.\n"


def main(argv: list[str]) -> int:
    """Zero when the file was written."""
    signals = Signals()
    signals.install()
    try:
        with servers(signals) as addresses:
            env = (
                clean_environment()
                | addresses
                | {"ITSM_TESTING": "1", "DJANGO_SETTINGS_MODULE": "itsm.settings"}
            )
            if code := python(["-c", MIGRATE], env):
                return code
            script = settled(addresses["DATABASE_URL"])
            blueprint.SCRIPT.write_text(script, encoding="utf-8")
    except StartError as error:
        print(f"maru: {error}", file=sys.stderr)
        return 1
    print(f"{blueprint.SCRIPT.relative_to(BASE_DIR)} written")
    return 0


def settled(url: str) -> str:
    """The script of a database, dumped once more from what it makes.

    PostgreSQL words some conditions another way once it has read them back; after that they stay.
    """
    found = database_settings(url)
    with database.spare(database_url(found, "postgres"), "maru_settling") as name:
        spare = database_url(found, name)
        blueprint.run_on_empty(spare, dump(url))
        return HEAD + dump(spare)


def dump(url: str) -> str:
    """Tables, functions, triggers and rows as SQL that any driver can run; the same text each time."""
    found = database_settings(url)
    done = subprocess.run(
        [
            str(binaries.postgres_home() / "bin" / "pg_dump"),
            *("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=1000"),
            *("--host", str(found["HOST"]), "--port", str(found["PORT"] or 5432)),
            *("--username", str(found["USER"]), "--dbname", str(found["NAME"])),
        ],
        env=clean_environment() | {"PGPASSWORD": str(found["PASSWORD"])},
        capture_output=True,
        text=True,
        check=True,
    )
    text = _LEFT_OUT.sub("", done.stdout)
    return _STAMP.sub("'2026-01-01 00:00:00+00'", _GAPS.sub("\n", text)).lstrip()
