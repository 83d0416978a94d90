"""Who looks at reports in these tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def desk(agent: Any, client_of: Any, own_cache: None) -> Client:
    """The agent's browser on a second visit: the company's name is in the cache."""
    client: Client = client_of(agent)
    assert client.get("/w/tasks/").status_code == 200
    return client
