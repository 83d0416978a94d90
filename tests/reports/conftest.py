"""Who looks at reports in these tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories.accounts import AgentFactory, GroupFactory


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
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture
def desk(agent: Any, client_of: Any, settings: Any) -> Client:
    """The agent's browser on a second visit: the company's name is in a cache that only this test has."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    client: Client = client_of(agent)
    assert client.get("/w/tasks/").status_code == 200
    return client
