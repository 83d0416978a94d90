"""What keeps one bad target from harming the others: a breaker per destination, slots per connector (F-23).

Both are rows, so that all processes go by the same state; nothing is held open while a call runs.
"""

from __future__ import annotations

import uuid

from django.db import connection, transaction

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 60
RETRY_BUSY_SECONDS = 2.0
_GRACE_SECONDS = 30  # as in the engine's lease (RELIABILITY RL-13)


def wait_of(origin: str) -> float:
    """Seconds until this destination may be called; 0.0 when it may be called now.

    When the time of an open breaker is over, exactly one caller gets 0.0 for a trial call; the others wait
    for its outcome, or 60 s more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT open_until IS NOT NULL AND open_until <= clock_timestamp(),"
            " extract(epoch FROM open_until - clock_timestamp()) FROM connectors_breaker WHERE origin = %s",
            [origin],
        )
        row = cursor.fetchone()
        if row is None or row[1] is None:
            return 0.0
        is_over, left = row
        if not is_over:
            return float(left)
        cursor.execute(
            "UPDATE connectors_breaker SET open_until = clock_timestamp() + %s * interval '1 second'"
            " WHERE origin = %s AND open_until <= clock_timestamp()",
            [OPEN_SECONDS, origin],
        )
        return 0.0 if cursor.rowcount else float(OPEN_SECONDS)


def succeeded(origin: str) -> None:
    """The destination answered: its failures are forgotten. Writes nothing when there were none."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM connectors_breaker WHERE origin = %s", [origin])


def failed(origin: str) -> None:
    """One failure more; the fifth in a row, and each one after it, closes the way for a minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO connectors_breaker AS held (origin, failures) VALUES (%s, 1)"
            " ON CONFLICT (origin) DO UPDATE SET failures = least(held.failures + 1, 1000000),"
            " open_until = CASE WHEN held.failures + 1 >= %s"
            " THEN clock_timestamp() + %s * interval '1 second' END",
            [origin, FAILURES_TO_OPEN, OPEN_SECONDS],
        )


def take_slot(connector_id: int, cap: int, seconds: float) -> uuid.UUID | None:
    """A slot for one call of at most ``seconds``, None when all ``cap`` are taken.

    Callers of one connector stand in line for the moment of counting, under a lock that ends with it.
    """
    token = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('connectors_callslot'), %s)", [connector_id])
        cursor.execute(
            "DELETE FROM connectors_callslot WHERE connector_id = %s AND until <= clock_timestamp()",
            [connector_id],
        )
        cursor.execute(
            "INSERT INTO connectors_callslot (connector_id, token, until)"
            " SELECT %s, %s, clock_timestamp() + %s * interval '1 second'"
            " WHERE (SELECT count(*) FROM connectors_callslot WHERE connector_id = %s) < %s",
            [connector_id, token, seconds + _GRACE_SECONDS, connector_id, cap],
        )
        return token if cursor.rowcount else None


def give_back(token: uuid.UUID) -> None:
    """End of the call: its slot is free."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM connectors_callslot WHERE token = %s", [token])
