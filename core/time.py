"""The database's clock: the only clock that decides what is due (RELIABILITY RL-36)."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from core import rehearsing

FIRST_YEAR, LAST_YEAR = 1900, 9000


def instant(text: str) -> dt.datetime:
    """The instant that somebody sent as RFC 3339, in UTC: PostgreSQL takes no offset beyond 15:59 h.

    Raises ValueError for another form, without an offset, and for years in which nothing here happens.
    """
    return in_utc(dt.datetime.fromisoformat(text))


def in_utc(moment: dt.datetime) -> dt.datetime:
    """The same instant in UTC. Raises ValueError as ``instant`` does."""
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(moment)
    return moment.astimezone(dt.UTC)


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
