"""What a lost connection or a deadlock interrupted is served again, if harmless (RELIABILITY RL-34)."""

from __future__ import annotations

import threading

import psycopg2
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.http import HttpResponse
from django.test import RequestFactory

from core import again, commits
from core.middleware import HonestFailureMiddleware

LOST, DEADLOCK, LOCKED, READ_ONLY = "", "40P01", "55P03", "25006"


def database_error(state: str) -> OperationalError:
    """What Django raises with this SQLSTATE."""
    error = OperationalError("the database says no")
    error.__cause__ = type("Told", (psycopg2.OperationalError,), {"pgcode": state or None})()
    return error


def bare_error() -> DatabaseError:
    """What psycopg2 makes of some connections that break while a query runs (seen in F-12)."""
    error = DatabaseError("server closed the connection unexpectedly")
    error.__cause__ = psycopg2.DatabaseError("server closed the connection unexpectedly")
    return error


class View:
    """Raises what it was given, call after call, then answers; sees what it was asked."""

    def __init__(self, *errors: BaseException | None, commit: bool = False) -> None:
        self.errors, self.commit = list(errors), commit
        self.bodies: list[bytes] = []

    def __call__(self, request):
        self.bodies.append(request.body)
        assert not hasattr(request, "left_behind")
        request.left_behind = True
        if self.commit:
            commits._begun.count = commits.begun() + 1
        error = self.errors.pop(0) if self.errors else None
        return middleware.process_exception(request, error) if error else HttpResponse("done")


middleware = HonestFailureMiddleware(lambda _request: HttpResponse())


def serve(view, method="POST", **headers):
    request = RequestFactory().generic(
        method, "/api/v1/incidents/", b'{"title": "VPN"}', content_type="application/json", headers=headers
    )
    request.user = AnonymousUser()
    return HonestFailureMiddleware(view)(request).status_code


@pytest.fixture(autouse=True)
def database_that_answers(monkeypatch):
    monkeypatch.setattr(again, "reconnect", lambda: True)


@pytest.mark.parametrize(
    ("states", "calls", "status"),
    [
        ([LOST], 2, 200),
        (["57P01"], 2, 200),
        (["08006"], 2, 200),
        ([LOST, LOST], 2, 503),
        ([DEADLOCK] * 3, 4, 200),
        (["40001"] * 4, 4, 503),
        ([DEADLOCK, LOST], 3, 200),
        ([LOCKED], 1, 503),
        ([READ_ONLY], 1, 503),
    ],
)
def test_how_often_which_error_is_tried_again(states, calls, status):
    view = View(*map(database_error, states))
    assert (serve(view), len(view.bodies)) == (status, calls)
    assert set(view.bodies) == {b'{"title": "VPN"}'}


def test_a_broken_connection_without_a_code_is_no_defect():
    view = View(bare_error())
    assert (serve(view), len(view.bodies)) == (200, 2)
    refused = ProgrammingError("no such column")
    refused.__cause__ = type("Told", (psycopg2.ProgrammingError,), {"pgcode": "42703"})()
    assert not again.is_outage(refused)
    assert again.is_outage(bare_error())


@pytest.mark.parametrize(
    ("method", "headers", "calls"),
    [
        ("POST", {}, 1),
        ("PATCH", {}, 1),
        ("DELETE", {}, 1),
        ("POST", {"Idempotency-Key": "a"}, 2),
        ("GET", {}, 2),
    ],
)
def test_after_a_commit_was_sent_only_what_cannot_happen_twice_is_repeated(method, headers, calls):
    view = View(InterfaceError("connection already closed"), commit=True)
    serve(view, method, **headers)
    assert len(view.bodies) == calls


def test_a_database_that_stays_away_is_told_at_once(monkeypatch):
    monkeypatch.setattr(again, "reconnect", lambda: False)
    view = View(database_error(LOST))
    assert (serve(view), len(view.bodies)) == (503, 1)


def test_only_the_first_requests_of_an_outage_wait(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(again.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(again, "_outage", again._Outage())
    waits = []
    for at in (100.0, 109.9, 110.1, 119.0, 128.9, 139.0):
        now[0] = at
        waits.append(again._may_wait())
    assert waits == [True, True, False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_an_outage_that_is_over_does_not_count_for_the_next(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(again, "_outage", again._Outage())
    assert again._may_wait()
    again._outage.since -= again.PATIENCE_SECONDS
    assert not again._may_wait()
    assert again.reconnect()
    assert again._may_wait()


def test_a_file_that_was_read_is_not_sent_again():
    view = View(database_error(LOST))
    request = RequestFactory().post("/report/", {"title": "VPN"})
    request.user = AnonymousUser()
    request.read()
    request.__class__ = type("Read", (type(request),), {"body": b""})
    assert HonestFailureMiddleware(view)(request).status_code == 503


@pytest.mark.django_db(transaction=True)
def test_commits_are_counted_per_thread():
    commits.forget()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert commits.begun() == 0
    assert commits.begun() == 1
    seen = []
    thread = threading.Thread(target=lambda: seen.append(commits.begun()))
    thread.start()
    thread.join()
    assert seen == [0]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_made_anew(monkeypatch):
    monkeypatch.undo()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        first = cursor.fetchone()[0]
        with pytest.raises(OperationalError) as told:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert again.is_lost(told.value)
    assert again.reconnect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != first
