"""A database that is away or busy is 503 with Retry-After, on pages and in the API, whoever met it first."""

from __future__ import annotations

import psycopg2
import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory

from accounts.sessions.store import SessionStore
from core import health, sweep
from core.errors import NotVisibleError, RuleRefusedError
from core.middleware import outcome


def lost(state: str | None = None) -> OperationalError:
    """What Django raises when the database refuses."""
    error = OperationalError("server closed the connection")
    error.__cause__ = psycopg2.OperationalError("gone")
    if state:
        error.__cause__ = type("Locked", (psycopg2.OperationalError,), {"pgcode": state})()
    return error


@pytest.mark.parametrize(("state", "seconds"), [(None, "5"), ("25006", "5"), ("55P03", "1")])
def test_the_api_says_when_to_try_again(state, seconds):
    request = RequestFactory().get("/api/v1/incidents/")
    response = outcome(request, lost(state))
    assert (response.status_code, response["Retry-After"]) == (503, seconds)
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["SELECT 1 FROM not_there", "SELECT not_there FROM django_session"])
def test_what_a_migration_has_not_made_yet_is_not_there_for_a_moment(client, query):
    with pytest.raises(ProgrammingError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)
    for path in ("/", "/api/v1/incidents/"):
        assert outcome(RequestFactory().get(path), raised.value) is None  # all is migrated: a defect
    MigrationRecorder.Migration.objects.filter(app="tickets").latest("pk").delete()
    for path in ("/", "/api/v1/incidents/"):
        response = outcome(RequestFactory().get(path), raised.value)
        assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("migrated", "status", "told"), [(False, 503, "not_migrated"), (True, 503, "ok")], ids=["runs", "ended"]
)
def test_a_database_without_tables_is_not_ready(client, monkeypatch, migrated, status, told):
    """``ended``: what the first look missed was made before the second; nobody has swept yet."""
    looks = []

    def nothing_there():
        looks.append(1)
        if len(looks) == 1:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM not_there")
        return float("inf")

    monkeypatch.setattr(sweep, "last_age_seconds", nothing_there)
    monkeypatch.setattr(health, "is_migrated", lambda: migrated)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"], len(looks)) == (status, told, 1 + migrated)


def test_a_defect_is_no_outcome():
    assert outcome(RequestFactory().get("/"), ValueError("defect")) is None


@pytest.mark.django_db
def test_a_nul_that_reached_a_query_is_malformed_input():
    with pytest.raises(ValueError, match="NUL") as raised, connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["a\0b"])
    for path in ("/", "/api/v1/x/"):
        assert outcome(RequestFactory().get(path), raised.value).status_code == 400


@pytest.mark.parametrize(("error", "status"), [(NotVisibleError(), 404), (RuleRefusedError("no"), 422)])
def test_a_refusal_keeps_its_status(error, status):
    assert outcome(RequestFactory().get("/api/v1/x/"), error).status_code == status


@pytest.mark.django_db
def test_a_database_lost_before_the_view_is_not_a_500(monkeypatch):
    client = Client(raise_request_exception=False)
    client.cookies["maru_session"] = "a" * 32

    def gone(self):
        raise lost()

    monkeypatch.setattr(SessionStore, "load", gone)
    response = client.get("/api/v1/incidents/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    page = client.get("/")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
