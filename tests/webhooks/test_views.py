"""The pages under /design/webhooks/."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.connectors.test_views import browser_of, fields_of
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.webhooks import URL, make_delivery, make_webhook
from tests.stepped import stepped_up
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookPulse

NEW = "/design/webhooks/new/"


@pytest.fixture
def browser(db: None) -> Client:
    return browser_of(administrator())


def place(row: Webhook, rest: str = "") -> str:
    return f"/design/webhooks/{row.public_id}/{rest}"


@pytest.mark.parametrize("person", [UserFactory, AgentFactory])
def test_others_see_no_webhooks(db, person):
    row = make_webhook()
    client = browser_of(person())
    for path in ("/design/webhooks/", NEW, place(row), place(row, "rotate/"), place(row, "remove/")):
        assert client.get(path).status_code == 403
    assert client.post(place(row, "test/")).status_code == 403


@pytest.mark.parametrize(("language", "title"), [("ko", "웹훅"), ("en", "Webhooks")])
def test_the_list_says_how_each_fares(db, language, title):
    reader = administrator()
    reader.language = language
    reader.save(update_fields=["language"])
    client = browser_of(reader, language)
    assert title in client.get("/design/webhooks/").content.decode()
    make_webhook(name="첫째")
    failing = make_webhook(name="둘째")
    WebhookPulse.objects.filter(webhook=failing).update(failures=2)
    page = client.get("/design/webhooks/").content.decode()
    assert "첫째" in page
    assert URL in page


@pytest.mark.parametrize("count", [2, 20])
def test_pages_cost_the_same_for_any_number_of_rows(browser, count, django_assert_max_num_queries):
    rows = [make_webhook() for _number in range(count)]
    for _number in range(count):
        delivery = make_delivery(rows[0], state="dead")
        WebhookAttempt.objects.create(delivery=delivery, number=1, url=URL, status=500, error="http_500")
    browser.get("/design/webhooks/")
    with django_assert_max_num_queries(12):
        browser.get("/design/webhooks/")
    with django_assert_max_num_queries(20):
        assert browser.get(place(rows[0])).status_code == 200


def test_a_new_one_shows_its_secret_once(browser):
    asked = browser.post(NEW, {"url": URL, "events": "ci.changed", "payload": "thin"})
    assert b'name="stepup_password"' in asked.content, "a fresh sign-in comes first"
    assert not Webhook.objects.exists()
    stepped_up(browser)
    values = fields_of(browser.get(NEW)) | {"url": URL, "events": "incident.*\nci.changed", "payload": "thin"}
    made = browser.post(NEW, values)
    assert made.status_code == 200
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.content.decode())
    assert secret is not None
    row = Webhook.objects.get()
    assert (row.events, row.run_as, row.condition) == (["incident.*", "ci.changed"], row.owner, {})
    assert secret[0] not in browser.get(place(row)).content.decode()


def test_what_is_wrong_stands_at_its_field(browser):
    stepped_up(browser)
    values = fields_of(browser.get(NEW)) | {
        "url": "https://10.0.0.1/", "events": "nothing.here", "payload": "thin", "condition": "{",
    }  # fmt: skip
    page = browser.post(NEW, values)
    assert page.status_code == 422
    assert "This is not JSON." in page.content.decode()
    page = browser.post(NEW, values | {"condition": ""})
    text = page.content.decode()
    assert "This address is inside the network" in text
    assert "There is no event that" in text
    assert not Webhook.objects.exists()


def test_settings_are_changed_knowing_the_version(browser):
    row = make_webhook(owner=administrator())
    values = fields_of(browser.get(place(row)))
    assert values["events"] == "incident.*"
    changed = browser.post(place(row), values | {"name": "새 이름", "events": "*.moved"})
    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.events) == ("새 이름", ["*.moved"])
    stale = browser.post(place(row), values | {"name": "둘째 이름"})
    assert stale.status_code == 409
    assert Webhook.objects.get().name == "새 이름"


def test_the_condition_is_told_in_words(browser):
    row = make_webhook(condition={"f": "priority", "op": "lte", "v": 2})
    assert "Priority is at most" in browser.get(place(row)).content.decode()


def test_messages_are_filtered_and_sent_again(browser):
    row = make_webhook()
    dead = make_delivery(row, state="dead", error="http_500", status=500)
    make_delivery(row, state="sent")
    page = browser.get(place(row) + "?state=dead").content.decode()
    assert "The target answered with status 500." in page
    assert page.count('<details class="call">') == 1
    assert browser.post(place(row, f"replay/{dead.public_id}/")).status_code == 302
    dead.refresh_from_db()
    assert dead.state == "waiting"
    make_delivery(row, state="dead")
    assert browser.post(place(row, "replay/")).status_code == 302
    assert not WebhookDelivery.objects.filter(state="dead").exists()


def test_one_that_is_off_says_so_instead_of_sending_again(browser):
    row = make_webhook(enabled=False)
    dead = make_delivery(row, state="dead")
    page = browser.post(place(row, f"replay/{dead.public_id}/"), follow=True)
    assert "switch it on" in page.content.decode()


def test_a_new_secret_is_shown_after_the_password(browser):
    row = make_webhook()
    assert b'name="stepup_password"' in browser.post(place(row, "rotate/"), {"overlap_hours": 3}).content
    assert row.secrets.count() == 1
    stepped_up(browser)
    page = browser.post(place(row, "rotate/"), {"overlap_hours": 3})
    assert "whsec_" in page.content.decode()
    assert row.secrets.count() == 2
    assert browser.post(place(row, "rotate/"), {"overlap_hours": 30}).status_code == 422


def test_it_is_removed_after_a_question(browser):
    row = make_webhook()
    make_delivery(row)
    assert "1 message still waits" in browser.get(place(row, "remove/")).content.decode()
    assert Webhook.objects.exists()
    assert browser.post(place(row, "remove/")).status_code == 302
    assert not Webhook.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_test_message_shows_what_came(sink):
    row = make_webhook(sink.url + "/ok")
    page = browser_of(administrator()).post(place(row, "test/"))
    assert page.status_code == 200
    assert "Status 200" in page.content.decode()
    assert len(sink.requests) == 1
