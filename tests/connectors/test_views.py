"""The pages under /design/connect/."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from connectors.models import Breaker, Connector, ConnectorCall, ConnectorSecret
from core.time import db_now
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.connectors import make_connector
from tests.stepped import stepped_up

CANARY = "canary-7c1f-secret"


@pytest.fixture
def browser(db: None) -> Client:
    return browser_of(administrator())


def browser_of(user: Any, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client


def fields_of(page: Any) -> dict[str, str]:
    """What the settings form of a page would send, as a browser reads it."""
    form = re.findall(r"<form[^>]*novalidate.*?</form>", page.content.decode(), re.DOTALL)[-1]
    values: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found.get("type") == "checkbox":
            if re.search(r"\bchecked\b", tag):
                values[found["name"]] = "on"
        elif "name" in found:
            values[found["name"]] = html.unescape(found.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        values[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


def test_the_empty_list_says_what_it_is_for(browser):
    Connector.objects.all().delete()  # also the one that ships
    page = browser.get("/design/connect/").content.decode()
    assert "No connection yet" in page
    assert page.count('href="/design/connect/new/"') == 1


def test_the_list_tells_how_each_one_stands(browser):
    make_connector("https://a.example", key="good")
    make_connector("https://b.example", key="off", enabled=False)
    make_connector("https://c.example", key="bare", auth="bearer")
    make_connector("https://d.example", key="ill")
    Breaker.objects.create(origin="https://d.example:443", failures=5, open_until=db_now().replace(year=2090))
    page = browser.get("/design/connect/").content.decode()
    rows = re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", page, re.DOTALL)
    words = {re.search(r"connect/([\w-]+)/", row)[1]: row for row in rows}
    for key, word in {"good": "On", "off": "Off", "bare": "Secret missing", "ill": "Not answering"}.items():
        assert re.search(rf">\s*{word}\s*</span>", words[key]), (key, words[key])


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_any_number_of_rows(browser, rows, django_assert_num_queries):
    for _each in range(rows):
        make_connector(auth="bearer", secret=CANARY)
    browser.get("/design/connect/")
    with django_assert_num_queries(9):
        assert browser.get("/design/connect/").status_code == 200


@pytest.mark.parametrize("rows", [2, 20])
def test_a_page_costs_the_same_for_any_number_of_calls(browser, rows, django_assert_num_queries):
    row = make_connector()
    ConnectorCall.objects.bulk_create(
        ConnectorCall(connector=row, method="GET", url="x") for _each in range(rows)
    )
    browser.get(f"/design/connect/{row.key}/")
    with django_assert_num_queries(10):
        assert browser.get(f"/design/connect/{row.key}/").status_code == 200


@pytest.mark.parametrize("person", [AgentFactory, UserFactory])
def test_others_are_told_whom_it_is_for(person, db):
    make_connector(key="erp", auth="bearer")
    client = browser_of(person())
    for path in ("", "new/", "erp/", "none/", "erp/secrets/token/"):
        answer = client.get(f"/design/connect/{path}")
        assert answer.status_code == 403
        assert "people who edit the configuration" in answer.content.decode()
    assert client.post("/design/connect/erp/test/").status_code == 403
    assert "/design/connect/" not in client.get("/").content.decode()


def test_the_menu_leads_there(browser):
    assert '"/design/connect/"' in browser.get("/").content.decode()


def test_a_connector_is_made_and_changed_by_form(browser):
    form = fields_of(browser.get("/design/connect/new/"))
    form |= {
        "key": "erp",
        "name_ko": "전사자원",
        "base_url": "https://erp.example",
        "headers": "X-A: 1\r\nX-B: b:c",
    }
    answer = browser.post("/design/connect/new/", form)
    assert answer["Location"] == "/design/connect/erp/"
    row = Connector.objects.get(key="erp")
    assert (row.headers, row.allowed_hosts, row.enabled) == (
        {"X-A": "1", "X-B": "b:c"},
        ["erp.example"],
        True,
    )
    form = fields_of(browser.get("/design/connect/erp/"))
    assert "key" not in form
    del form["enabled"]
    assert browser.post("/design/connect/erp/", form | {"name_en": "ERP"}).status_code == 302
    row.refresh_from_db()
    assert (row.name_en, row.enabled, row.headers) == ("ERP", False, {"X-A": "1", "X-B": "b:c"})


def test_the_same_form_sent_twice_changes_nothing(browser):
    row = make_connector(headers={"X-A": "1"}, allowed_hosts=["idp.example:8443"])
    form = fields_of(browser.get(f"/design/connect/{row.key}/"))
    for _turn in range(2):
        assert browser.post(f"/design/connect/{row.key}/", form).status_code == 302
    row.refresh_from_db()
    assert row.lock_version == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"base_url": "ftp://x"}, "base_url"), ({"headers": "no colon"}, "headers"),
        ({"auth": "basic"}, "username"),
        ({"timeout_seconds": "90"}, "timeout_seconds"), ({"allowed_hosts": "a b"}, "allowed_hosts"),
    ],
)  # fmt: skip
def test_a_bad_form_comes_back_with_what_was_typed(browser, change, field):
    row = make_connector()
    form = fields_of(browser.get(f"/design/connect/{row.key}/")) | change | {"name_en": "Typed"}
    answer = browser.post(f"/design/connect/{row.key}/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert 'value="Typed"' in page
    row.refresh_from_db()
    assert row.lock_version == 1


def test_a_change_by_someone_else_is_shown_before_it_is_replaced(browser):
    row = make_connector()
    form = fields_of(browser.get(f"/design/connect/{row.key}/"))
    Connector.objects.update(lock_version=2, name_en="Theirs")
    answer = browser.post(f"/design/connect/{row.key}/", form | {"name_en": "Mine"})
    assert answer.status_code == 409
    assert browser.post(f"/design/connect/{row.key}/", fields_of(answer)).status_code == 302
    row.refresh_from_db()
    assert row.name_en == "Mine"


def test_a_secret_needs_a_fresh_sign_in(browser):
    make_connector(key="erp", auth="bearer")
    path = "/design/connect/erp/secrets/token/"
    asked = browser.post(path, {"value": CANARY})
    assert b'name="stepup_password"' in asked.content
    assert not ConnectorSecret.objects.exists()
    assert CANARY not in str(dict(browser.session)), "what was typed is not kept in the session"


def test_a_secret_is_typed_in_and_never_shown(browser):
    make_connector(key="erp", auth="bearer")
    path = "/design/connect/erp/secrets/token/"
    stepped_up(browser)
    short = browser.post(path, {"value": "short"})
    assert short.status_code == 422
    assert "short" not in re.findall(r'value="([^"]*)"', short.content.decode())
    assert browser.post(path, {"value": CANARY}).status_code == 302
    assert ConnectorSecret.objects.count() == 1
    for place in ("/design/connect/", "/design/connect/erp/", path):
        assert CANARY not in browser.get(place).content.decode()
    assert browser.post(path, {"remove": "1", "value": ""}).status_code == 302
    assert not ConnectorSecret.objects.exists()


def test_another_kinds_secret_has_no_page(browser):
    make_connector(key="erp", auth="bearer")
    stepped_up(browser)
    assert browser.get("/design/connect/erp/secrets/password/").status_code == 404


def test_a_new_address_tells_that_the_secret_was_forgotten(browser):
    row = make_connector(auth="bearer", secret=CANARY)
    form = fields_of(browser.get(f"/design/connect/{row.key}/")) | {"base_url": "https://new.example"}
    page = browser.post(f"/design/connect/{row.key}/", form, follow=True).content.decode()
    assert "The secret was forgotten" in page


def test_calls_are_paged_and_escaped(browser):
    row = make_connector()
    for number in range(25):
        ConnectorCall.objects.create(
            connector=row,
            method="GET",
            url=f"https://x/{number:02}",
            status=200,
            response_body="<script>1</script>",
        )
    page = browser.get(f"/design/connect/{row.key}/").content.decode()
    assert (page.count('class="call"'), "https://x/24" in page, "https://x/04" in page) == (20, True, False)
    assert "<script>1" not in page
    older = re.search(r'href="(\?before=\d+)"', page)[1]
    page = browser.get(f"/design/connect/{row.key}/{older}").content.decode()
    assert (page.count('class="call"'), "https://x/04" in page) == (5, True)
    for bad in ("x", "-1", "9" * 30):
        assert browser.get(f"/design/connect/{row.key}/?before={bad}").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_test_button_shows_the_answer(sink):
    client = browser_of(administrator())
    row = make_connector(sink.url, auth="bearer", secret=CANARY)
    page = client.post(
        f"/design/connect/{row.key}/test/", {"method": "GET", "path": "/echo"}
    ).content.decode()
    assert CANARY not in page
    assert "•••" in page
    assert "Status 200 after" in page
    bad = client.post(f"/design/connect/{row.key}/test/", {"method": "BREW", "path": ""})
    assert bad.status_code == 422
    assert len(sink.requests) == 1
