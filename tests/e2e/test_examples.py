"""Every example of the OpenAPI document is taken by the demo company as it stands (API A-57)."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from api.examples import SOMETHING
from itsm.environment import BASE_DIR
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e

# Of these there are none yet: a task waits for the manager, a definition's draft for somebody to begin one,
# a question how it went for the end of its ticket. A macro has an id that each installation makes for itself.
NOT_THERE = (SOMETHING, "SCTASK0001001", "incident_resolution_p1/draft/", "/survey/", "/run-macro/")
# Each is a move of the same incident, of which only some follow each other; the body is looked at before.
NOT_NOW = ("/major/", "/unmerge/", "/transitions/merge/")
# A message is named by an id that each installation makes for itself.
NOBODY_SAID = "/split/"


@pytest.fixture(scope="module")
def fresh() -> Iterator[PrivateStack]:
    """The demo company as it begins: its numbers are those of the examples; nobody needs it afterwards."""
    with PrivateStack(options=()) as stack:
        yield stack


def examples() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and body of each example; what ends something comes last."""
    document = json.loads((BASE_DIR / "docs" / "openapi.json").read_text(encoding="utf-8"))
    for path in sorted(document["paths"], key=_late):
        operations = document["paths"][path]
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for example in content.get("examples", {}).values():
                places = {each["name"]: each.get("example") for each in operation["parameters"]}
                yield method.upper(), path.removeprefix("/api/v1").format_map(places), example["value"]


def _late(path: str) -> tuple[bool, bool, str]:
    """Where a path stands: moves after all else, and after those what ends a ticket in another one."""
    return path.endswith("/merge/"), "/transitions/" in path, path


def test_every_example_is_taken(fresh: PrivateStack) -> None:
    # Two: who cancels an item ends its order soon after.
    assert [Story(fresh).order() for _ in range(2)] == ["REQ0001001", "REQ0001002"]
    token = fresh.manage("mint_token", "admin", "--name", "examples").stdout.split()[-1]
    refused, taken = [], 0
    for method, path, body in examples():
        tag = call(fresh, token, "GET", path)[2] if method == "PATCH" else ""
        status, told, _tag = call(fresh, token, method, path, body, tag)
        taken += status < 300
        is_away = status == 404 and any(each in path for each in (*NOT_THERE, *NOT_NOW))
        is_late = status == 409 and any(each in path for each in NOT_NOW)
        is_unsaid = status == 422 and NOBODY_SAID in path and "does_not_exist" in told
        if status >= 300 and not (is_away or is_late or is_unsaid):
            refused.append(f"{method} {path}: {status} {told}")
    assert not refused, "\n".join(refused)
    assert taken > 50


def call(
    stack: PrivateStack, token: str, method: str, path: str, body: dict[str, Any] | None = None, tag: str = ""
) -> tuple[int, str, str]:
    """Status, body and ETag of the answer."""
    parts = urlsplit(stack.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    headers |= {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
    headers |= {"If-Match": tag} if tag else {}
    payload = None if body is None else json.dumps(body).encode()
    try:
        connection.request(method, f"/api/v1{path}", body=payload, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("ETag", "")
    finally:
        connection.close()
