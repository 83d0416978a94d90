"""A kept connection is asked whether it still serves only when there is a sign that it does not.

The name of this file is Django's.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """See Django."""

    def is_usable(self) -> bool:
        """Whether the connection still serves, at the beginning of a request or a task.

        Django sends ``SELECT 1``: one round trip in four of a list. A server that ends a connection, that was
        killed or that stopped says so on the socket: until something has come unasked, nothing ended. What
        vanished without a sign (a cut cable) would not answer the question either.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        sign = select.poll()
        sign.register(connection.fileno(), select.POLLIN | select.POLLPRI)
        return not sign.poll(0) or super().is_usable()
