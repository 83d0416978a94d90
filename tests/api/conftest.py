"""Callers of the API: people with a token, and a browser with a session."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts import tokens
from tests.factories.accounts import AgentFactory, UserFactory


class Caller:
    """A client that speaks JSON with a bearer token; ``get``, ``post`` and the rest take paths below v1."""

    def __init__(self, user: Any = None, *, token: str = "", language: str = "en", **headers: str) -> None:
        self.user = user
        self.client = Client()
        self.headers = {"Accept-Language": language, **headers}
        if user is not None and not token:
            _row, token = tokens.mint(actor=user, owner=user, name="test")
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Any:
        """One call; ``body`` becomes JSON, ``raw`` goes as it is."""
        address = path if path.startswith("/") else f"/api/v1/{path}"
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        kind = headers.pop("content_type", "application/json")
        every = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if data == b"" and body is None and raw is None:
            return self.client.generic(method, address, headers=every)
        return self.client.generic(method, address, data, content_type=kind, headers=every)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: Any) -> Any:
        """POST."""
        return self.call("POST", path, {} if body is None and "raw" not in headers else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """PATCH."""
        return self.call("PATCH", path, body, **headers)

    def upload(self, path: str, file: Any, **headers: str) -> Any:
        """A multipart POST of one file."""
        every = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1/{path}", {"file": file}, headers=every)


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
