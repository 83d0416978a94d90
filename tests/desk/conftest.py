"""Who looks at the workspace in these tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from core import settings_store
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """What is asked without a request speaks English too, whatever language the last request left behind."""
    with translation.override("en"):
        yield


@pytest.fixture
def desk(agent: Any, client_of: Any) -> Client:
    """The agent's browser."""
    return client_of(agent)


@pytest.fixture
def requester(db: Any) -> Any:
    """An employee."""
    return UserFactory()


HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def hx() -> Any:
    """Headers of an htmx request for the element with that id: ``**hx("ticket")``."""

    def headers(target: str = "") -> dict[str, str]:
        return HX | ({"HTTP_HX_TARGET": target} if target else {})

    return headers


@pytest.fixture
def warm(desk: Client, own_cache: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The agent's browser on a second visit: what is kept in the cache (the company's name) is there.

    Settings are read once, however long the test takes.
    """
    monkeypatch.setattr(settings_store, "_FRESH_SECONDS", 3600.0)
    settings_store.value("problem.candidate_days")
    assert desk.get("/w/tasks/").status_code == 200
    return desk
