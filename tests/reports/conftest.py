"""Who looks at reports in these tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def desk(agent: Any, client_of: Any, settings: Any) -> Client:
    """The agent's browser on a second visit: the company's name is in a cache that only this test has."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    client: Client = client_of(agent)
    assert client.get("/w/tasks/").status_code == 200
    return client
