"""How many transactions this thread has tried to commit: what may have been stored cannot be done again.

Imported by the settings, so it needs nothing of Django.
"""

from __future__ import annotations

import threading

from psycopg2.extensions import connection as plain_connection

_begun = threading.local()


class CountingConnection(plain_connection):  # type: ignore[misc] # psycopg2 has no types
    """Counts each COMMIT before it is sent: without an answer nobody knows what came of it."""

    def commit(self) -> None:
        """See psycopg2."""
        _begun.count = begun() + 1
        super().commit()


def begun() -> int:
    """COMMITs of this thread since ``forget``, with and without an answer."""
    return getattr(_begun, "count", 0)


def forget() -> None:
    """Count anew."""
    _begun.count = 0


def remember(count: int) -> None:
    """Count ``count`` more: what was committed before a part of the work began to count for itself."""
    _begun.count = begun() + count
