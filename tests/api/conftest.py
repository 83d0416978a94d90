"""Callers of the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, UserFactory


@pytest.fixture
def agent(db: None) -> Any:
    """An agent."""
    return AgentFactory()


@pytest.fixture
def requester(db: None) -> Any:
    """An employee."""
    return UserFactory()


@pytest.fixture
def agent_api(agent: Any) -> Caller:
    """An agent's calls."""
    return Caller(agent)


@pytest.fixture
def requester_api(requester: Any) -> Caller:
    """An employee's calls."""
    return Caller(requester)
