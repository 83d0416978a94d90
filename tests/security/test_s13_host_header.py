"""S-13: what a caller writes into Host reaches no mail, no link and no redirect."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from core import dispatch
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.notifications.conftest import smtp, text_of

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
EVIL = "evil.test"
FORGED = [
    {"Host": EVIL},
    {"Host": f"testserver:80@{EVIL}"},
    {"Host": f"testserver.{EVIL}"},
    {"Host": f"{EVIL}#testserver"},
    {"Host": f"testserver, {EVIL}"},
    {"Host": f"testserver {EVIL}"},
    {"Host": "testserver:http"},
    {"Host": ""},
    {"X-Forwarded-Host": EVIL},
    {"X-Forwarded-Server": EVIL},
    {"X-Host": EVIL},
    {"X-Original-Host": EVIL},
    {"Forwarded": f"host={EVIL};proto=https"},
    {"X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}", "X-Forwarded-Proto": "https"},
    {"X-Original-URL": f"http://{EVIL}/", "X-Rewrite-URL": "/admin/"},
    {"Origin": f"http://{EVIL}", "Referer": f"http://{EVIL}/"},
]
__all__ = ["smtp"]


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_a_mailed_link_has_the_configured_address(smtp, settings, headers):
    settings.BASE_URL = "http://maru.example"
    UserFactory(email="jimin@example.test")
    answer = Client(raise_request_exception=False).post(
        RESET, {"email": "jimin@example.test"}, headers=headers
    )
    assert answer.status_code in {302, 400}
    assert EVIL not in answer.headers.get("Location", "")
    dispatch.send_due(limit=5)
    mails = smtp.to("jimin@example.test")
    assert len(mails) == int(answer.status_code == 302)
    for mail in mails:
        assert EVIL not in mail.as_string()
        assert set(re.findall(r"https?://[^/\s\"<]+", text_of(mail))) == {"http://maru.example"}


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_no_answer_of_the_api_names_another_host(headers):
    for _ in range(2):
        make_incident()
    caller = Caller(AgentFactory())
    answer = Client(raise_request_exception=False).get(
        "/api/v1/incidents/?page_size=1", headers=caller.headers | headers
    )
    assert answer.status_code in {200, 400}
    assert EVIL not in answer.content.decode()
    assert EVIL not in str(answer.headers)
    if answer.status_code == 200:
        assert answer.json()["next"].startswith("http://testserver/")


@pytest.mark.parametrize("headers", FORGED, ids=str)
def test_no_redirect_goes_to_another_host(client, headers):
    answer = client.get("/my/", headers=headers)
    assert answer.status_code in {302, 400}
    assert answer.headers.get("Location", "/").startswith("/")
