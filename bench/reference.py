"""Starts the references beside our stack: same PostgreSQL, same server, same workers and threads."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from itsm.environment import BASE_DIR, Environment, database_settings, inherited
from itsm.launcher.embedded import SUPERUSER
from itsm.launcher.ports import free_port

# Sixty words, as a ticket's description has.
ROWS = (
    "INSERT INTO floor_thing (id, title, description, impact, urgency, created_at)"
    " SELECT n, 'Thing ' || md5(n::text), repeat(md5(n::text) || ' ', 12), 2, 2, now()"
    " FROM generate_series(%s, %s) n"
)
WIDE = """
    INSERT INTO floor_entry (id, number, kind, kind_label, title, description, category, channel,
        channel_label, state, state_label, phase, phase_label, active, reason, impact, impact_label, urgency,
        urgency_label, priority, priority_label, priority_override_reason, requester, requester_name, "group",
        group_name, assignee, assignee_name, ci, ci_name, reassignment_count, reopen_count,
        last_public_from, due_at, opened_at, updated_at, close_code, major_status, hold_reason)
    SELECT n, 'ENT' || n, 'incident', 'Incident', 'Entry ' || md5(n::text), '', 'network', 'portal', 'Portal',
        'new', 'New', 'open', 'Open', true, '', 2, 'Medium', 2, 'Medium',
        3, 'Moderate', '', 'person' || n %% 1000, 'Person ' || n %% 1000, 'team' || n %% 20,
        'Team ' || n %% 20, '', '', '', '', 0, 0, 'requester', now(),
        now(), now(), '', 'none', ''
    FROM generate_series(%s, %s) n
"""
ROOM = 2_000_000  # keys of what is created begin behind all that may still be appended


def connect(url: str) -> psycopg2.extensions.connection:
    """A connection of its own to the database behind ``url``."""
    given = database_settings(url)
    connection = psycopg2.connect(
        dbname=given["NAME"], user=given["USER"], host=given["HOST"] or None, port=given["PORT"] or None
    )
    connection.autocommit = True
    return connection


@dataclass(frozen=True)
class Reference:
    """A running reference: its address, and a token for the rows as wide as a ticket."""

    url: str
    token: str


@contextmanager
def bare_drf(owner_url: str) -> Iterator[Reference]:
    """The running references, in a database of their own in that cluster; gone afterwards.

    The owner of our tables may not create databases, so the embedded cluster's superuser does.
    """
    admin_url, floor_url = _as_superuser(owner_url, "postgres"), _as_superuser(owner_url, "floor")
    with closing(connect(admin_url)) as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS floor")
        cursor.execute("CREATE DATABASE floor")
    environment = inherited() | {"FLOOR_DATABASE_URL": floor_url, "DJANGO_SETTINGS_MODULE": ""}
    made = subprocess.run(
        [sys.executable, "-m", "bench.floor_app"],
        cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    port = free_port()
    ours = Environment()
    options = ["--interface", "wsgi", "--workers", str(ours.web_workers)]
    options += ["--blocking-threads", str(ours.web_threads)]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *options, "--host", "127.0.0.1", "--port", str(port), "--no-ws",
         "--log-level", "warning", "bench.floor_app:application"],
        cwd=BASE_DIR,
        env=environment,
    )  # fmt: skip
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_up(base + "/things/")
        yield Reference(base, made.stdout.strip())
    finally:
        process.terminate()
        process.wait(20)
        with closing(connect(admin_url)) as connection, connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS floor WITH (FORCE)")


def append_things(owner_url: str, first: int, last: int) -> None:
    """Fill the tables of the running references with the rows ``first`` to ``last``."""
    with closing(connect(_as_superuser(owner_url, "floor"))) as connection, connection.cursor() as cursor:
        for table, rows in (("floor_thing", ROWS), ("floor_entry", WIDE)):
            cursor.execute(rows, (first, last))
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(%s, max(id))) FROM {table}",
                (ROOM,),
            )
            cursor.execute(f"VACUUM ANALYZE {table}")


def _as_superuser(owner_url: str, database: str) -> str:
    parts = urlsplit(owner_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{SUPERUSER}@{place}", path=f"/{database}"))


def wait_until_up(url: str, seconds: float = 30.0) -> None:
    """Until something answers HTTP there, whatever the status."""
    limit = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        else:
            return
