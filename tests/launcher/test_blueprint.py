"""The script that makes an empty database's tables says what the migrations say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from itsm.devtools import blueprint as writing
from itsm.devtools.processes import clean_environment
from itsm.environment import BASE_DIR, database_url
from itsm.launcher import blueprint, database

ANEW = "blueprint.sql is behind the migrations: ./run blueprint"


def test_the_script_holds_every_migration() -> None:
    """Otherwise each start and each run of the tests pays for those that are missing."""
    text = blueprint.SCRIPT.read_text(encoding="utf-8")
    missing = [
        f"{app}.{name}"
        for app, name in MigrationLoader(None).disk_migrations
        if f"'{app}', '{name}'" not in text
    ]
    assert not missing, f"{ANEW} ({', '.join(sorted(missing))})"


@contextmanager
def empty_database(name: str) -> Iterator[str]:
    """The address of a database of its own on the test server."""
    with database.spare(database_url(connection.settings_dict, "postgres"), name):
        yield database_url(connection.settings_dict, name)


def migrate(url: str) -> None:
    env = clean_environment() | {
        "DATABASE_URL": url,
        "ITSM_TESTING": "1",
        "DJANGO_SETTINGS_MODULE": "itsm.settings",
    }
    subprocess.run([sys.executable, "-c", writing.MIGRATE], env=env, cwd=BASE_DIR, check=True)


def test_the_script_makes_what_the_migrations_make() -> None:
    """Table by table, function by function, row by row; and nothing is left to migrate on top."""
    with empty_database("maru_by_migrations") as url:
        migrate(url)
        assert writing.settled(url) == blueprint.SCRIPT.read_text(encoding="utf-8"), ANEW
    with empty_database("maru_by_script") as url:
        assert blueprint.lay(url)
        migrate(url)
        assert writing.HEAD + writing.dump(url) == blueprint.SCRIPT.read_text(encoding="utf-8")


def test_a_database_with_tables_is_left_alone() -> None:
    with empty_database("maru_in_use") as url:
        with database.cursor(url) as run:
            run.execute("CREATE TABLE somebody_elses (id int)")
        assert not blueprint.lay(url)
        with database.cursor(url) as run:
            run.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert run.fetchone()[0] == 1


def test_a_script_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken.sql"
    broken.write_text("CREATE TABLE first (id int); CREATE TABLE first (id int);", encoding="utf-8")
    monkeypatch.setattr(blueprint, "SCRIPT", broken)
    with empty_database("maru_broken") as url:
        with pytest.raises(psycopg2.errors.DuplicateTable):
            blueprint.lay(url)
        with database.cursor(url) as run:
            run.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert run.fetchone()[0] == 0


def test_without_a_script_the_migrations_do_it_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(blueprint, "SCRIPT", tmp_path / "none.sql")
    with empty_database("maru_without") as url:
        assert not blueprint.lay(url)
