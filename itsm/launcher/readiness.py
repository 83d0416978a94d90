"""Probes for ``wait_for``: each asks the thing itself and answers ``None`` while it is not ready."""

from __future__ import annotations

import http.client
from contextlib import closing
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from itsm.launcher import database
from itsm.launcher.embedded import Valkey
from itsm.launcher.errors import NoAnswerError


class HttpProbe:
    """Whether an address answers 200 to a request for ``host``; NoAnswerError when it answers 500."""

    def __init__(self, url: str, *, host: str = "") -> None:
        self.address = urlsplit(url)
        self.headers = {"Host": host} if host else {}

    def __call__(self) -> bool | None:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=5)
        try:
            with closing(connection):
                connection.request("GET", self.address.path or "/", headers=self.headers)
                status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            # Health needs nothing that may be late: a fault in the code, and waiting does not mend it.
            raise NoAnswerError(f"{self.address.geturl()} answers {status}.")
        return True if status == HTTPStatus.OK else None


class HeartbeatProbe:
    """Whether the given processes have all written a heartbeat; keeps one connection while asking."""

    def __init__(self, url: str, pids: dict[str, int]) -> None:
        self.url = url
        self.pids = pids
        self._connection: Any = None

    def __call__(self) -> bool | None:
        try:
            if self._connection is None:
                self._connection = database.connect(self.url)
            with self._connection.cursor() as run:
                return all(database.has_heartbeat(run, role, pid) for role, pid in self.pids.items()) or None
        except psycopg2.Error:
            self.close()
            return None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def postgres_answers(url: str) -> bool | None:
    """Whether the server takes connections; it answers "starting up" while it recovers."""
    return database.answers(url)


def valkey_answers(valkey: Valkey) -> bool | None:
    """Whether the broker says PONG."""
    return valkey.answers() or None
