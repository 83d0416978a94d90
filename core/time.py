"""The database's clock: the only clock that decides what is due (RELIABILITY RL-36)."""

from __future__ import annotations

import datetime as dt

from django.db import connection


def db_now() -> dt.datetime:
    """The present instant of the database, in UTC: the transaction's start when one is open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def clock_now() -> dt.datetime:
    """The database's wall clock, in UTC, which moves on inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]
