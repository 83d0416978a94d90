"""A kept connection is asked whether it serves only when there is a sign that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.faults.story import until

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> Iterator[Any]:
    """A connection as a web worker keeps it between two requests."""
    other = connection.copy()
    other.connect()
    yield other
    other.close()


def pid_of(kept: Any) -> int:
    """Its process at the server; also the last statement that the connection has sent."""
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def last_statement(pid: int) -> str:
    """What the server was told last on that connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
        return str(cursor.fetchone()[0])


def test_a_quiet_connection_serves_and_is_not_asked(kept: Any) -> None:
    pid = pid_of(kept)
    assert kept.is_usable()
    assert last_statement(pid) == "SELECT pg_backend_pid()"


def test_an_ended_connection_serves_no_more(kept: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid_of(kept)])
    assert until(lambda: not kept.is_usable(), 10)


def test_a_connection_that_was_told_something_is_asked_and_serves(kept: Any) -> None:
    pid = pid_of(kept)
    with kept.cursor() as cursor:
        cursor.execute("LISTEN something")
    with connection.copy().cursor() as other:
        other.execute("NOTIFY something")
        other.connection.close()
    assert until(lambda: kept.is_usable() and last_statement(pid) == "SELECT 1", 10)


def test_a_connection_never_made_or_closed_does_not_serve(kept: Any) -> None:
    assert not connection.copy().is_usable()
    kept.connection.close()
    assert not kept.is_usable()
