"""What the launcher itself asks of PostgreSQL: roles, rights, the stored version, heartbeats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from psycopg2 import sql

from itsm.environment import database_settings
from itsm.launcher.embedded import APPLICATION, DATABASE, OWNER
from itsm.launcher.errors import StartError

OLDEST_SERVER = 180000
MIGRATION_LOCK = 0x6D617275  # "maru"
# No web request hangs on a lock or a query; set on the role, so that it holds behind PgBouncer (RL-33).
ROLE_SETTINGS = {
    "lock_timeout": "3s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "30s",
    # Our queries begin with the table they are about and join what it names by key. Trying every order of ten
    # such joins took 10 ms of planning, a third of answering a GET of one incident.
    "join_collapse_limit": "4",
}


def connect(url: str, *, seconds: int = 10) -> Any:
    """A psycopg2 connection in autocommit mode."""
    found = database_settings(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    arguments = {target: found[source] for source, target in names.items() if found[source]}
    options = dict(found["OPTIONS"]) | {"connect_timeout": seconds}
    connection = psycopg2.connect(**arguments, **options)
    connection.autocommit = True
    return connection


@contextmanager
def cursor(url: str) -> Iterator[Any]:
    """A cursor on a connection of its own."""
    with closing(connect(url)) as connection, connection.cursor() as found:
        yield found


def answers(url: str) -> bool | None:
    """``True`` when the server takes connections; ``None`` while it starts or recovers."""
    try:
        connect(url, seconds=5).close()
    except psycopg2.OperationalError:
        return None
    return True


def check_server(url: str) -> None:
    """Refuse a server that is too old for ``uuidv7()``."""
    try:
        with cursor(url) as run:
            version = run.connection.server_version
    except psycopg2.OperationalError as error:
        raise StartError(f"DATABASE_URL: {error}".strip()) from error
    if version < OLDEST_SERVER:
        raise StartError(
            f"PostgreSQL 18 or newer is needed (uuidv7()); DATABASE_URL leads to {version // 10000}."
        )


def create_roles(superuser_url: str, *, may_create_databases: bool = False) -> None:
    """The owner, who migrates, and ``itsm_app``, who runs (SECURITY AU-2); and the database. Repeatable."""
    with cursor(superuser_url) as run:
        for role in (OWNER, APPLICATION):
            run.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if run.fetchone() is None:
                run.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if may_create_databases:
            run.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
        limit_role(run, APPLICATION)
        run.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if run.fetchone() is None:
            run.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )


@contextmanager
def spare(server_url: str, name: str) -> Iterator[str]:
    """An empty database of that name, dropped at the end with whoever is still connected."""
    with cursor(server_url) as run:
        run.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield name
        finally:
            run.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def limit_role(run: Any, role: str) -> None:
    """Set ``ROLE_SETTINGS`` on a role."""
    for name, value in ROLE_SETTINGS.items():
        run.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
            )
        )


def allow_application(owner_url: str, role: str) -> None:
    """Let ``role`` read and write the owner's tables, present and future; it creates and drops none."""
    with cursor(owner_url) as run:
        run.execute("SELECT current_user")
        if run.fetchone()[0] == role:
            return
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
        ):
            run.execute(sql.SQL(statement).format(sql.Identifier(role)))


def take_away(owner_url: str, role: str, forbidden: dict[str, set[str]]) -> None:
    """Revoke the named rights per table."""
    with cursor(owner_url) as run:
        for table, words in forbidden.items():
            for word in sorted(words):
                run.execute(
                    sql.SQL("REVOKE {} ON {} FROM {}").format(
                        sql.SQL(word), sql.Identifier(table), sql.Identifier(role)
                    )
                )


def remembered(url: str, key: str) -> str:
    """A value that an earlier start stored in this database; empty when there is none."""
    with cursor(url) as run:
        run.execute("SELECT to_regclass('public.itsm_installation')")
        if run.fetchone()[0] is None:
            return ""
        run.execute("SELECT value FROM itsm_installation WHERE key = %s", [key])
        row = run.fetchone()
        return row[0] if row else ""


def remember(url: str, key: str, value: str) -> None:
    """Store a value for the next start in the database, where a dump takes it along."""
    with cursor(url) as run:
        run.execute(
            "CREATE TABLE IF NOT EXISTS itsm_installation (key text PRIMARY KEY, value text NOT NULL);"
            "INSERT INTO itsm_installation VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )


@contextmanager
def migration_lock(url: str) -> Iterator[None]:
    """One process of all hosts migrates, others wait here; a transaction's lock works behind PgBouncer."""
    with closing(connect(url)) as connection:
        connection.autocommit = False
        with connection.cursor() as run:
            run.execute("SET LOCAL statement_timeout = 0")
            run.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            run.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        yield
        connection.rollback()


def has_heartbeat(run: Any, role: str, pid: int) -> bool:
    """Whether this very process wrote a heartbeat lately."""
    run.execute(
        "SELECT 1 FROM core_processheartbeat"
        " WHERE role = %s AND pid = %s AND beat_at > now() - interval '30 seconds'",
        [role, pid],
    )
    return run.fetchone() is not None
