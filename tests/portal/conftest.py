"""People with a browser, for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from portal.selectors import home
from tests.factories.accounts import AgentFactory, UserFactory


@pytest.fixture(autouse=True)
def _fresh_frames() -> None:
    home.forget()


@pytest.fixture
def browser() -> Callable[[Any], Client]:
    """Signs a person in; ``browser(None)`` is a guest."""

    def sign_in(person: Any) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def employee(db: None) -> Any:
    """Somebody who reports and orders."""
    return UserFactory(username="jimin", name_ko="김지민", name_en="Jimin Kim")


@pytest.fixture
def agent(db: None) -> Any:
    """Somebody who works tickets."""
    return AgentFactory(username="seojin")


@pytest.fixture
def own(browser: Any, employee: Any) -> Client:
    """The employee's browser."""
    return browser(employee)
