"""Calling the API as a program does: JSON in, JSON out, a bearer token."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from accounts import tokens


class Caller:
    """A client of one person; ``get``, ``post`` and the rest take paths below ``/api/v1/``."""

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
        """One call; ``body`` becomes JSON, ``raw`` goes as it is. Header names take _ for -."""
        address = path if path.startswith("/") else f"/api/v1/{path}"
        kind = headers.pop("content_type", "application/json")
        every = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None and raw is None:
            return self.client.generic(method, address, headers=every)
        data = raw if raw is not None else json.dumps(body).encode()
        return self.client.generic(method, address, data, content_type=kind, headers=every)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: Any) -> Any:
        """POST; no body is an empty object."""
        return self.call("POST", path, {} if body is None and "raw" not in headers else body, **headers)

    def patch(self, path: str, body: Any, **headers: Any) -> Any:
        """PATCH."""
        return self.call("PATCH", path, body, **headers)

    def change(self, path: str, body: Any) -> Any:
        """PATCH with the tag read just before."""
        return self.patch(path, body, If_Match=self.get(path)["ETag"])

    def delete(self, path: str, **headers: str) -> Any:
        """DELETE."""
        return self.call("DELETE", path, **headers)

    def upload(self, path: str, file: Any, **headers: str) -> Any:
        """A multipart POST of one file."""
        every = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1/{path}", {"file": file}, headers=every)


def problem(response: Any, status: int, code: str, *places: str) -> dict[str, Any]:
    """The problem document, checked: status, code and exactly these pointers, parameters or headers."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/problems/{code.replace('_', '-')}"
    assert body["request_id"] == response["X-Request-Id"]
    assert body["title"]
    assert body["detail"]
    found = [e.get("pointer") or e.get("parameter") or e.get("header") or "" for e in body.get("errors", [])]
    if places:
        assert sorted(found) == sorted(places)
    return body
