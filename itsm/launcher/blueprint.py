"""The tables of an empty database from one script instead of a hundred migrations.

Django builds every model anew for each step of a migration: half a minute of a first start, of each run of
the tests and of each installation that a browser test makes. ``blueprint.sql`` is what the migrations lead
to, so they have nothing left to do; those that came after it run on top, and a server of another major
version gets none of it. ``./run blueprint`` writes it anew; ``tests/launcher/test_blueprint.py`` holds both
ways together.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from itsm.launcher import database

SCRIPT = Path(__file__).with_name("blueprint.sql")
MAJOR_VERSION = 18  # of the server that wrote the script


def lay(url: str) -> bool:
    """Bring an empty database to the state of the script; whether it did.

    A database with any table of its own is left alone.
    """
    return SCRIPT.exists() and run_on_empty(url, SCRIPT.read_text(encoding="utf-8"))


def run_on_empty(url: str, script: str) -> bool:
    """The same with another script. One transaction: all or nothing."""
    with closing(database.connect(url)) as connection:
        connection.autocommit = False
        if connection.server_version // 10_000 != MAJOR_VERSION:
            return False
        with connection.cursor() as run:
            run.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
            if run.fetchone()[0]:
                return False
            run.execute("SET LOCAL statement_timeout = 0")
            run.execute(script)
            run.execute("UPDATE public.django_migrations SET applied = now()")
        connection.commit()
    return True
