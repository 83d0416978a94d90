"""Who reaches which address: ``access_matrix.csv`` against the running code (SECURITY AC-12).

Columns are people as ``own`` sees them: nobody, the employee whose things the addresses name, another
employee, an agent of the group, the person asked for a decision. Cells: ``yes`` the gate is passed, ``no``
403, ``gone`` 404, ``in`` sign in first. An address or method without a row, or a row without one, fails.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from rest_framework.settings import api_settings

from tests.security.world import World, build, routes

MATRIX = Path(__file__).with_name("access_matrix.csv")
METHODS = ("get", "post", "patch", "delete")
ROLES = ("anonymous", "own", "other", "agent", "approver")
SHARES = 4


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """The expected answers by address and method."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {(row["route"], row["method"]): row for row in csv.DictReader(file)}


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")
    monkeypatch.setattr("allauth.core.ratelimit.consume", lambda *_args, **_kwargs: True, raising=False)
    return build()


def cell(world: World, role: str, method: str, path: str) -> str:
    """What that person gets there; whatever it writes is undone."""
    client = Client(raise_request_exception=False, headers={"Accept-Language": "en"})
    with transaction.atomic():
        if world.people[role] is not None:
            client.force_login(world.people[role])
        answer = _call(client, method, path, world.body(path))
        _close(answer)
        transaction.set_rollback(True)
    assert answer.status_code < 500 or path == "/readyz", (role, method, path, answer.content[-800:])
    return _word(answer)


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


def test_the_rows_are_those_of_the_url_map():
    known = {route for route, _view in routes()}
    assert not sorted({route for route, _method in rows()} - known), "rows without an address"
    assert not sorted(known - {route for route, _method in rows()}), "addresses without a row"


@pytest.mark.parametrize("share", range(SHARES))
def test_every_cell_is_as_written(world, share):
    expected = rows()
    wrong = []
    for route, _view in list(routes())[share::SHARES]:
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
    assert not wrong, "\n".join(wrong)


def test_a_guest_reaches_little():
    """SECURITY AC-13: all that answers without a sign-in."""
    public = {route for (route, _method), row in rows().items() if row["anonymous"] == "yes"}
    assert public == PUBLIC


PUBLIC = {
    "healthz",
    "readyz",
    "accounts/login/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/signup/",  # answers that nobody signs up
    "accounts/confirm-email/",
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/done/",
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "a/<str:token>/",  # the secret in the mail is the credential
    "w/on-call/feeds/<str:token>/calendar.ics",  # so it is here: calendar programs cannot sign in
    "me/language/",  # a cookie for the sign-in page
    "me/theme/",
}


def test_the_session_cookie_is_not_readable_by_scripts():
    assert settings.SESSION_COOKIE_HTTPONLY
