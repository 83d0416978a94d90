"""S-14: wherever a form or address names where to go next, it stays on the same host."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.factories.accounts import UserFactory
from tests.security.world import World

EVIL = "evil.test"
FORMS = [
    f"//{EVIL}",
    f"///{EVIL}",
    f"////{EVIL}/%2e%2e",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"\\/{EVIL}",
    f"/\t/{EVIL}",
    f"/\n/{EVIL}",
    f"https:{EVIL}",
    f"https:/{EVIL}",
    f"https:///{EVIL}",
    f"http://{EVIL}",
    f"HTTPS://{EVIL}",
    f"http://testserver@{EVIL}/",
    f"http://testserver.{EVIL}/",
    f"http:\\\\{EVIL}",
    f"//{EVIL}\\@testserver/",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    f"/my/\r\nLocation: http://{EVIL}",
    f"%0d%0aLocation:%20http://{EVIL}",
    f" //{EVIL}",
    f"\u2044\u2044{EVIL}",
    f"/%09/{EVIL}",
    "ftp://testserver/",
]
PASSWORD = "correct horse battery"


def lands(place: str) -> str:
    """The host that a browser goes to from a page of ours; they read a backslash as a slash and drop tabs."""
    seen = re.sub(r"[\t\r\n]", "", place.strip(" ")).replace("\\", "/")
    seen = re.sub(r"^(https:)/*|^/{2,}", r"\1//", seen, flags=re.IGNORECASE)
    return urlsplit(urljoin("http://testserver/here/", seen)).netloc


def is_ours(answer) -> bool:
    """Whether the answer sends nobody elsewhere, in a header or in a page."""
    place = answer.headers.get("Location", answer.headers.get("HX-Redirect", "/"))
    scheme = urlsplit(urljoin("http://testserver/", place)).scheme
    return lands(place) == "testserver" and scheme == "http" and "\n" not in place and "\r" not in place


@pytest.mark.parametrize("target", FORMS)
def test_sign_in_leads_nowhere_else(db, monkeypatch, target):
    monkeypatch.setattr("allauth.core.ratelimit.consume", lambda *_args, **_kwargs: True, raising=False)
    person = UserFactory(username="jimin")
    person.set_password(PASSWORD)
    person.save()
    answer = Client().post("/accounts/login/", {"login": "jimin", "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert is_ours(answer), answer["Location"]
    client = Client()
    client.force_login(person)
    again = client.get("/accounts/login/", {"next": target})
    assert again.status_code in {200, 302}
    assert is_ours(again)
    form = Client().get("/accounts/login/", {"next": target}).content.decode()
    for place in re.findall(r'(?:href|action)="([^"]*)"', form):
        assert lands(place) == "testserver", place


@pytest.mark.parametrize("target", FORMS)
def test_no_form_of_ours_leads_elsewhere(world: World, target: str):
    number = world.parts["incidents", "number"]
    approval = world.parts["approvals", "public_id"]
    calls = [
        (None, "/me/language/", {"language": "en"}),
        (None, "/me/theme/", {"theme": "dark"}),
        ("approver", f"/approvals/{approval}/decide/", {"decision": "approve"}),
        ("agent", "/w/incidents/take/", {"take": f"{number}/1"}),
        ("own", "/accounts/logout/", {}),
        ("own", "/notifications/read/", {}),
    ]
    for role, path, body in calls:
        client = Client(raise_request_exception=False)
        if role:
            client.force_login(world.people[role])
        answer = client.post(path, body | {"next": target})
        assert answer.status_code < 500, path
        assert is_ours(answer), (path, answer.headers.get("Location"))
        answer = client.get(path, {"next": target})
        assert is_ours(answer), (path, answer.headers.get("Location"))


def test_the_measure_sees_another_host():
    assert {lands(target) for target in FORMS[:13]} == {EVIL}
