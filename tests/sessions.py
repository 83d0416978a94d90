"""A session of the database beside the test's own, as another process has one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def beside() -> Iterator[Any]:
    """A cursor in a transaction of another session, rolled back at the end: its locks are gone by then.

    Closing alone would not do: the server notices that later.
    """
    other = connection.copy()
    try:
        other.connect()
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            yield cursor
            cursor.execute("ROLLBACK")
    finally:
        other.close()


@contextmanager
def impatient() -> Iterator[None]:
    """The test's own session waits for a lock for 200 ms at most."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")
