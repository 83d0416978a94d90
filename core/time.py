"""The database's clock: the only clock that decides what is due (RELIABILITY RL-36)."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from core import rehearsing


def db_now() -> dt.datetime:
    """The present instant of the database, in UTC: the transaction's start when one is open.

    In a rehearsal it is the instant that has been reached there.
    """
    return _asked("SELECT now()")


def clock_now() -> dt.datetime:
    """The database's wall clock, in UTC, which moves on inside a transaction."""
    return _asked("SELECT clock_timestamp()")


def _asked(query: str) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: dt.datetime = cursor.fetchone()[0]
    return found + rehearsing.shift()
