"""Step-up: what is dangerous asks to sign in again, and what was typed goes on from there (SECURITY SE-5)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from accounts.factors import services as factors
from accounts.models import ApiToken, Attempt, Role
from tests.accounts.test_second_factor import SECRET, code, enrolled
from tests.api.calls import problem
from tests.factories.accounts import UserFactory
from tests.stepped import PASSWORD, stepped_up

NEW = "/account/tokens/new/"
TYPED = {
    "name": "a & b <c>",
    "scopes": ["incidents:read", "tickets:read"],
    "days": "9",
    "networks": "10.0.0.0/8\n::1",
}


@pytest.fixture
def keeper(db):
    found = UserFactory(roles=["administrator"])
    found.set_password(PASSWORD)
    found.save()
    return found


@pytest.fixture
def browser(keeper):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(keeper)
    return client


def asked(page) -> dict[str, list[str]]:
    """The hidden fields of the question, as a browser sends them."""
    assert b'name="stepup_password"' in page.content
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()
    ):
        found.setdefault(unescape(name), []).append(unescape(value))
    found.pop("csrfmiddlewaretoken", None)
    return found


def test_the_form_comes_first_and_the_question_at_the_sending(browser):
    assert b'name="days"' in browser.get(NEW).content
    page = browser.post(NEW, TYPED)
    assert not ApiToken.objects.exists()
    assert "a & b <c>" not in str(dict(browser.session)), "what was typed is kept nowhere"
    before = browser.session.session_key
    done = browser.post(NEW, asked(page) | {"stepup_password": PASSWORD})
    assert b"itsm_pat_" in done.content
    row = ApiToken.objects.get()
    assert (row.name, row.scopes, row.networks) == (
        "a & b <c>", ["incidents:read", "tickets:read"], ["10.0.0.0/8", "::1/128"],
    )  # fmt: skip
    assert browser.session.session_key != before


def test_what_was_typed_wrong_comes_back_with_the_form(browser):
    page = browser.post(NEW, TYPED | {"days": "999"})
    form = browser.post(NEW, asked(page) | {"stepup_password": PASSWORD})
    assert form.status_code == 422
    assert 'value="a &amp; b &lt;c&gt;"' in form.content.decode()
    assert "stepup" not in form.content.decode()


def test_a_wrong_password_asks_again_and_loses_nothing(browser):
    page = browser.post(NEW, asked(browser.post(NEW, TYPED)) | {"stepup_password": "wrong wrong wrong"})
    assert page.status_code == 422
    assert asked(page)["name"] == ["a & b <c>"]
    assert not ApiToken.objects.exists()
    for _ in range(6):
        page = browser.post(NEW, asked(page) | {"stepup_password": "wrong wrong wrong"})
    page = browser.post(NEW, asked(page) | {"stepup_password": PASSWORD})
    assert page.status_code == 422, "guessing is stopped, with the right password too"
    Attempt.objects.all().delete()
    assert browser.post(NEW, asked(page) | {"stepup_password": PASSWORD}).status_code == 200


def test_nothing_at_all_is_no_answer(browser):
    for extra in ({}, {"stepup_code": "123456"}, {"stepup_credential": "{}"}):
        page = browser.post(NEW, asked(browser.post(NEW, TYPED)) | extra)
        assert page.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_code_of_the_app_will_do(browser, keeper):
    enrolled(keeper)
    page = browser.post(NEW, TYPED)
    assert b'name="stepup_code"' in page.content
    refused = browser.post(NEW, asked(page) | {"stepup_code": "000000"})
    assert refused.status_code == 422
    now = code(SECRET)
    assert b"itsm_pat_" in browser.post(NEW, asked(refused) | {"stepup_code": now}).content
    assert factors.use_code(keeper, now) is None, "and is used then"


def test_it_holds_for_ten_minutes(browser):
    stepped_up(browser, ago=599)
    assert b"itsm_pat_" in browser.post(NEW, TYPED).content
    stepped_up(browser, ago=601)
    asked(browser.post(NEW, TYPED))
    assert ApiToken.objects.count() == 1


def test_it_is_of_this_session_alone(browser, keeper):
    stepped_up(browser)
    other = Client()
    other.force_login(keeper)
    asked(other.post(NEW, TYPED))
    browser.post("/accounts/logout/")
    browser.force_login(keeper)
    asked(browser.post(NEW, TYPED))
    assert not ApiToken.objects.exists()


def test_a_page_whose_form_cannot_wait_asks_at_once(browser):
    path = "/account/second-factor/app/"
    page = browser.get(path)
    assert b"data:image" not in page.content
    answer = browser.post(path, asked(page) | {"stepup_password": PASSWORD})
    assert answer["Location"] == path
    assert b"data:image" in browser.get(path).content


def test_who_calls_the_api_from_a_browser_is_sent_there_and_back(browser):
    answer = browser.post("/api/v1/tokens/", {"name": "x"}, content_type="application/json")
    problem(answer, 403, "reauthenticate")
    path = "/accounts/reauthenticate/?next=/account/tokens/"
    back = browser.post(path, asked(browser.get(path)) | {"stepup_password": PASSWORD})
    assert browser.get(back["Location"])["Location"] == "/account/tokens/"
    answer = browser.post("/api/v1/tokens/", {"name": "x"}, content_type="application/json")
    assert answer.status_code == 201


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test"])
def test_nobody_is_sent_to_another_site(browser, target):
    stepped_up(browser)
    assert browser.get("/accounts/reauthenticate/", {"next": target})["Location"] == "/"


DANGEROUS = [
    ("/design/roles/new/", {"key": "x", "name_ko": "x"}),
    ("/design/roles/agent/", {"name_ko": "x", "lock_version": "1"}),
    ("/design/service-accounts/new/", {"username": "x-y", "name_ko": "x"}),
    ("/design/webhooks/new/", {"url": "https://x.example/"}),
    ("/account/second-factor/recovery-codes/", {}),
    ("/account/tokens/new/", TYPED),
]


@pytest.mark.parametrize(("path", "body"), DANGEROUS, ids=[path for path, _body in DANGEROUS])
def test_what_is_dangerous_asks(browser, path, body):
    roles = list(Role.objects.order_by("pk").values())
    asked(browser.post(path, body))
    assert list(Role.objects.order_by("pk").values()) == roles


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "roles/", {"key": "x", "name_ko": "x"}),
        ("post", "service-accounts/", {"username": "x-y", "name_ko": "x"}),
        ("post", "tokens/", {"name": "x"}),
    ],
)
def test_so_does_the_api_for_a_browser(browser, method, path, body):
    answer = getattr(browser, method)(f"/api/v1/{path}", body, content_type="application/json")
    problem(answer, 403, "reauthenticate")


def test_who_may_not_do_it_is_not_asked_for_a_password(client_of, db):
    assert client_of(UserFactory()).post("/design/roles/new/", {}).status_code == 403
