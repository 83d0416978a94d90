"""Asking the running code what people get at an address, for the tests that compare it with the matrix."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from accounts.access.report import MATRIX
from tests.security.world import World

METHODS = ("get", "post", "patch", "delete")
ROLES = (
    "anonymous",
    "own",
    "other",
    "agent",
    "approver",
    "other_agent",
    "supplier",
    "super",
    "other_company",
)


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """The expected answers by address and method."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {(row["route"], row["method"]): row for row in csv.DictReader(file)}


def wrong_cells(world: World, routes: Iterable[str]) -> list[str]:
    """Where these addresses answer otherwise than the matrix says, and where it says nothing of a method."""
    expected, wrong = rows(), []
    for route in routes:
        path = world.path(route)
        for method in METHODS:
            row = expected.get((route, method))
            if row is None:
                word = cell(world, "agent", method, path)
                if word != "405":
                    wrong.append(f"{route},{method}: no row, but an agent gets {word}")
                continue
            for role in ROLES:
                word = cell(world, role, method, path)
                if word != row[role]:
                    wrong.append(f"{route},{method},{role}: {row[role]} expected, {word} found")
    return wrong


def cell(world: World, role: str, method: str, path: str) -> str:
    """What that person gets there; whatever it writes is undone."""
    return _word(ask(world, role, method, path))


def ask(world: World, role: str, method: str, path: str) -> Any:
    """The answer to that person; whatever it writes is undone."""
    client = world.client(role)
    with transaction.atomic():
        answer = _call(client, method, path, world.body(path))
        _close(answer)
        transaction.set_rollback(True)
    assert answer.status_code < 500 or path == "/readyz", (role, method, path, answer.content[-800:])
    return answer


def _call(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    if method == "get":
        return client.get(path)
    if method == "post" and path.endswith("/attachments/"):
        return client.post(path, {"file": SimpleUploadedFile("b.txt", b"x")})
    if not path.startswith("/api/"):
        return client.generic(method.upper(), path)
    extra = {}
    if method == "patch":
        before = client.get(path)
        _close(before)
        extra = {"If-Match": before.headers.get("ETag", "*")}
    return getattr(client, method)(path, body, content_type="application/json", headers=extra)


def _close(answer: Any) -> None:
    """A file that was read to its end is closed."""
    if answer.streaming:
        list(answer)


def _word(answer: Any) -> str:
    place = answer.headers.get("Location", "")
    if answer.status_code == 401 or (answer.status_code == 302 and place.startswith("/accounts/login/")):
        return "in"
    return {403: "no", 404: "gone", 405: "405"}.get(answer.status_code, "yes")
