"""What holds for every test: test settings, no network, a cache of its own, no file left behind; an agent."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import settings_store
from itsm.environment import database_url
from itsm.launcher import blueprint
from portal.selectors import home
from tests import clean_slate
from tests.factories.accounts import AgentFactory, GroupFactory
from workflows import published

_connect = socket.socket.connect
_create = DatabaseCreation._execute_create_test_db  # type: ignore[attr-defined]
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


@pytest.fixture(autouse=True)
def _frames_do_not_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page's frame keeps for a minute is read once: else a slow test counts its queries."""
    monkeypatch.setattr(home, "FRAME_SECONDS", math.inf)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Also keeps what a new database holds, for the tests that commit."""
    with django_db_blocker.unblock():
        clean_slate.keep()
    clean_slate.replace_flush()


def _create_with_tables(self: DatabaseCreation, cursor: Any, parameters: Any, keepdb: bool = False) -> None:
    """A test database begins as an installation does: with the script instead of all migrations."""
    _create(self, cursor, parameters, keepdb)
    blueprint.lay(database_url(self.connection.settings_dict, self._get_test_db_name()))


DatabaseCreation._execute_create_test_db = _create_with_tables  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def django_assert_num_queries() -> Any:
    """pytest-django's, but a failure says what was sent: what comes once is not seen again."""

    @contextmanager
    def counted(number: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as asked:
            yield
        if len(asked) != number:
            sent = "\n".join(each["sql"][:150] for each in asked)
            pytest.fail(f"{len(asked)} statements instead of {number}:\n{sent}")

    return counted


@pytest.fixture
def own_cache(settings: Any, request: pytest.FixtureRequest) -> None:
    """A cache that only this test has: others empty the shared one, and memory is shared by its name."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": request.node.nodeid}}


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
