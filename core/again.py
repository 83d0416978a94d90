"""Serving a request again that the database let down before anything of it was stored (RELIABILITY RL-34)."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest

from core import commits

log = structlog.get_logger(__name__)
CLASHES = frozenset({"40001", "40P01"})  # serialization failure, deadlock: the loser is to begin anew
LOCK_TIMEOUT = "55P03"
MAX_CLASHES = 3
CLASH_PAUSE = 0.05
# While the server ends all sessions and recovers, because one of its processes died, it takes no new ones:
# for about a second, and for six on a machine whose disk and processors were busy.
PATIENCE_SECONDS = 10.0
PAUSE = 0.2
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ENDED = frozenset({"57P01", "57P02", "57P03"})  # the server shuts down, crashed, starts


@dataclass
class _Outage:
    """Since when this process finds no database, and when it last looked in vain."""

    since: float = float("-inf")
    seen: float = float("-inf")


_outage = _Outage()


def sqlstate(error: BaseException | None) -> str:
    """The five letters of a database error; empty for a connection that broke."""
    return getattr(getattr(error, "__cause__", None), "pgcode", None) or ""


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is away or busy: no defect of ours.

    psycopg2 reports some broken connections as a bare DatabaseError, without SQLSTATE.
    """
    bare = type(error) is DatabaseError and not sqlstate(error)
    return bare or isinstance(error, OperationalError | InterfaceError)


def is_lost(error: BaseException) -> bool:
    """Whether the connection to the database is gone, or could not be made."""
    state = sqlstate(error)
    return (not state and is_outage(error)) or state in _ENDED or state.startswith("08")


class Repeat:
    """One request's right to be served again: once after a lost connection, three times after a clash.

    Only when it does no harm: nothing was committed, or it only reads, or its Idempotency-Key lets a repeat
    find what the first one did.
    """

    def __init__(self, request: HttpRequest) -> None:
        _keep_body(request)
        self._pristine = dict(request.__dict__)
        self._lost = self._clashes = 0
        commits.forget()

    def is_due(self, request: HttpRequest) -> bool:
        """Whether to serve it again now; the request is as it was and the database answers."""
        error = request.__dict__.pop("database_error", None)
        if error is None or not self._is_harmless(request) or not self._may(error):
            return False
        log.warning("request_repeated", sqlstate=sqlstate(error), error=repr(error)[:200])
        request.__dict__.clear()
        request.__dict__.update(self._pristine)
        commits.forget()
        return True

    @staticmethod
    def _is_harmless(request: HttpRequest) -> bool:
        if request.method in _SAFE:
            return True
        has_key = request.path.startswith("/api/") and "Idempotency-Key" in request.headers
        body_is_kept = hasattr(request, "_body") or not getattr(request, "_read_started", True)
        return body_is_kept and (has_key or not commits.begun())

    def _may(self, error: BaseException) -> bool:
        if sqlstate(error) in CLASHES and self._clashes < MAX_CLASHES:
            self._clashes += 1
            time.sleep(random.uniform(0, CLASH_PAUSE * self._clashes))  # noqa: S311 - jitter
            return True
        if is_lost(error) and not self._lost:
            self._lost = 1
            return reconnect()
        return False


def _keep_body(request: HttpRequest) -> None:
    """Read a small body now, so that it can be read again; files are not kept."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    small = length.isdigit() and 0 < int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if small and not str(request.content_type).startswith("multipart/"):
        _ = request.body


def reconnect() -> bool:
    """Whether this thread has a working connection again, after waiting for a server that recovers.

    When the server stays away, only the first requests wait; the later ones are told at once.
    """
    if connection.in_atomic_block:
        return False
    connection.close()
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if not _may_wait():
                return False
            time.sleep(PAUSE)
        else:
            _outage.seen = float("-inf")  # over; another one is waited for as well
            return True


def _may_wait() -> bool:
    """Whether this outage, which all requests of the process share, is still short."""
    now = time.monotonic()
    if now - _outage.seen > PATIENCE_SECONDS:
        _outage.since = now
    _outage.seen = now
    return now - _outage.since < PATIENCE_SECONDS
