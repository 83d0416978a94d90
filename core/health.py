"""Is this process alive, and is the whole ready (RELIABILITY RL-44)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from core import sweep

SWEEP_LIMIT_SECONDS = 15


@dataclass(frozen=True)
class Health:
    """Whether requests can be served, and each part's state; ages in seconds."""

    ready: bool
    parts: dict[str, object]


def check() -> Health:
    """Ready if the database can be written and somebody swept within 15 s; worker and beat ages beside it.

    While migrations run it is not ready. What they made after a look had found it missing is looked at anew.
    """
    try:
        return _look()
    except ProgrammingError:
        return _look() if is_migrated() else Health(ready=False, parts={"database": "not_migrated"})


def _look() -> Health:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool")
            writable = not cursor.fetchone()[0]
            cursor.execute(
                "SELECT role, extract(epoch FROM clock_timestamp() - max(beat_at))::float8"
                " FROM core_processheartbeat GROUP BY role"
            )
            ages = dict(cursor.fetchall())
        age = sweep.last_age_seconds()
    except (OperationalError, InterfaceError):
        return Health(ready=False, parts={"database": "away"})
    fresh = age < SWEEP_LIMIT_SECONDS
    parts: dict[str, object] = {
        "database": "ok" if writable else "read_only",
        "sweep_age_seconds": round(age, 1) if age != float("inf") else None,
        "worker_age_seconds": ages.get("worker"),
        "beat_age_seconds": ages.get("beat"),
    }
    return Health(ready=writable and fresh, parts=parts)


def is_migrated() -> bool:
    """Whether the database has all tables and columns that this code asks for: no migration is left to run.

    It reads every migration, a tenth of a second: for when something was found missing.
    """
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except ProgrammingError:
        return False  # not even the list of migrations may be read yet
