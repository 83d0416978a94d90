"""What holds for every test: test settings, no network, a cache of its own, no file left behind; an agent."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pgtrigger
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client

from core import settings_store
from core.trail.tracking import NoTruncate
from tests.factories.accounts import AgentFactory, GroupFactory
from workflows import published

_connect = socket.socket.connect
_flush = DatabaseOperations.execute_sql_flush
_LOOPBACK = ("127.", "::1", "localhost")

hypothesis.settings.register_profile(
    "maru",
    deadline=None,  # a busy machine is not a failure
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("maru")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--rewrite``: tests that compare the server with a file write it anew, for a person to review."""
    parser.addoption("--rewrite", action="store_true", help="write tests/security/field_*.csv anew")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse settings that could reach a real installation."""
    if not settings.TESTING:
        pytest.exit(
            "These tests need throw-away servers: ./run test (or ITSM_TESTING=1 and DATABASE_URL).", 2
        )
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    if worker and settings.REDIS_URL:
        # Parallel workers must not empty each other's cache, nor hear each other's live messages.
        place = settings.REDIS_URL.split("?")[0]
        settings.REDIS_URL = f"{place}?db={int(worker.removeprefix('gw')) + 1}"
        settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell at once why a test failed: a run that is cut off never comes to its summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} {report.when}\n{report.longreprtext[-4000:]}", flush=True)


def _guarded(self: socket.socket, address: Any) -> None:
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        raise AssertionError(f"A test tried to reach {address}: no network in tests.")
    _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded)


@pytest.fixture(autouse=True)
def _settings_as_they_ship() -> Iterator[None]:
    """What a test changed is undone with its transaction; the process would remember it for two seconds."""
    yield
    if settings_store._cache[1]:
        settings_store.forget()


def _flush_all(self: DatabaseOperations, sql_list: Any) -> None:
    """Empty the tables of a test that committed, also those that nobody may empty otherwise."""
    guards = [
        (model._meta.db_table, trigger.get_pgid(model))
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, NoTruncate)
    ]
    off = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in guards]
    on = [f"ALTER TABLE {table} ENABLE TRIGGER {name}" for table, name in guards]
    _flush(self, [*off, *sql_list, *on])


DatabaseOperations.execute_sql_flush = _flush_all  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _no_triggers_of_other_tests() -> Iterator[None]:
    """What a test published is rolled back; a process that keeps it would start flows that are gone."""
    yield
    published.forget()


@pytest.fixture(autouse=True)
def _own_media(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Path:
    """Attachments of a test go to a folder that pytest removes."""
    folder = tmp_path_factory.mktemp("media")
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def group(db: Any) -> Any:
    """The agent's group."""
    return GroupFactory()


@pytest.fixture
def agent(group: Any) -> Any:
    """An agent of that group."""
    return AgentFactory(groups=[group])


@pytest.fixture
def client_of() -> Any:
    """Signs a person in: ``client_of(person)``."""

    def sign_in(person: Any) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in
