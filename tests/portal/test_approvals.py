"""Deciding in the portal and by a mailed link."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from approvals.models import Approval, DecisionLink
from approvals.services import link_for
from core.models import OutboxEvent
from core.time import db_now
from tests.factories.accounts import UserFactory
from tests.factories.approvals import answer, make_approval_request, make_delegation, row_of
from tests.factories.incidents import make_incident

pytestmark = pytest.mark.django_db
SUMMARY = {
    "what": {"ko": "노트북", "en": "A laptop"},
    "why": "The old one is broken.",
    "cost": {"amount": "2190000", "currency": "KRW"},
    "rows": [{"label": {"ko": "모델", "en": "Model"}, "value": "14 inch"}],
}


@pytest.fixture
def boss():
    return UserFactory(username="seoyeon", name_en="Seoyeon Lee")


@pytest.fixture
def asked(boss, employee):
    return make_approval_request(boss, ticket=make_incident(requester=employee), summary=SUMMARY)


def at(request, person):
    return f"/approvals/{row_of(request, person).public_id}/"


def test_the_inbox_shows_what_waits_with_cost_and_reason(browser, boss, asked):
    html = browser(boss).get("/approvals/").content.decode()
    for words in ("A laptop", "The old one is broken.", "₩ 2,190,000", "14 inch", at(asked, boss)):
        assert words in html
    assert '<span class="count">1</span>' in html


def test_approving_decides_once_and_goes_back(browser, boss, asked):
    client = browser(boss)
    url = f"{at(asked, boss)}decide/"
    taken = client.post(url, {"decision": "approved", "next": "/"})
    assert taken["Location"] == "/"
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == ("approved", boss)
    assert client.post(url, {"decision": "rejected", "comment": "No"}).status_code == 409
    assert "A laptop" in client.get("/approvals/?tab=done").content.decode()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_the_way_back_never_leaves_the_site(browser, boss, asked, target):
    answered = browser(boss).post(f"{at(asked, boss)}decide/", {"decision": "approved", "next": target})
    assert answered["Location"] == "/approvals/"


@pytest.mark.parametrize("sent", [{"decision": "rejected"}, {"decision": "maybe"}, {}])
def test_declining_needs_a_reason_and_a_decision_is_one_of_two(browser, boss, asked, sent):
    answered = browser(boss).post(f"{at(asked, boss)}decide/", sent)
    assert answered.status_code == 422
    assert 'id="comment-error"' in answered.content.decode()
    asked.refresh_from_db()
    assert asked.status == "requested"


def test_a_stranger_finds_no_sheet(browser, boss, asked, own):
    for client in (browser(UserFactory()), own):
        assert client.get(at(asked, boss)).status_code == 404
        assert client.post(f"{at(asked, boss)}decide/", {"decision": "approved"}).status_code == 404
    asked.refresh_from_db()
    assert asked.status == "requested"


def test_a_stand_in_sees_for_whom_they_decide(browser, boss, asked):
    helper = UserFactory()
    make_delegation(boss, helper)
    client = browser(helper)
    assert "Seoyeon Lee" in client.get("/approvals/").content.decode()
    client.post(f"{at(asked, boss)}decide/", {"decision": "approved"})
    assert row_of(asked, boss).decided_by == helper


def test_a_decided_sheet_has_no_buttons(browser, boss, asked):
    answer(asked, boss)
    html = browser(boss).get(at(asked, boss)).content.decode()
    assert 'name="decision"' not in html
    assert "Approved" in html


# the link in a mail


@pytest.fixture
def link(boss, asked):
    return link_for(row_of(asked, boss).pk)


def test_looking_at_a_link_changes_nothing_however_often(link, asked):
    events = OutboxEvent.objects.count()
    guest = Client()
    for method in (guest.get, guest.head, guest.get, guest.options):
        assert method(link).status_code in {200, 405}
    assert OutboxEvent.objects.count() == events
    assert DecisionLink.objects.get().used_at is None
    asked.refresh_from_db()
    assert asked.status == "requested"


def test_the_page_of_a_link_leaks_nothing_and_starts_no_session(link):
    shown = Client().get(link)
    assert shown["Referrer-Policy"] == "no-referrer"
    assert "no-store" in shown["Cache-Control"]
    assert "maru_session" not in shown.cookies
    html = shown.content.decode()
    assert "A laptop" in html
    assert "/my/" not in html


def test_a_post_decides_once_as_the_person_it_was_sent_to(link, boss, asked):
    guest = Client(enforce_csrf_checks=True)
    done = guest.post(link, {"decision": "approved"}, headers={"Origin": "null"})
    assert done.status_code == 200
    assert "You approved it." in done.content.decode()
    row = row_of(asked, boss)
    assert (row.decided_by, row.channel) == (boss, "mail")
    again = guest.post(link, {"decision": "rejected", "comment": "No"})
    assert again.status_code == 409
    assert "Already decided by Seoyeon Lee: Approved." in again.content.decode()
    assert guest.get(link).status_code == 409


def test_declining_by_link_needs_a_reason(link, asked):
    guest = Client()
    assert guest.post(link, {"decision": "rejected"}).status_code == 422
    assert guest.post(link, {"decision": "rejected", "comment": "Too much"}).status_code == 200
    asked.refresh_from_db()
    assert asked.status == "rejected"


def test_a_link_speaks_its_persons_language(boss, link):
    boss.language = "ko"
    boss.save()
    assert "노트북" in Client().get(link, headers={"Accept-Language": "en"}).content.decode()


def test_an_expired_or_invented_link_opens_nothing(link, asked):
    DecisionLink.objects.update(expires_at=db_now() - dt.timedelta(seconds=1))
    guest = Client()
    assert guest.get(link).status_code == 410
    assert guest.post(link, {"decision": "approved"}).status_code == 410
    assert guest.get("/a/invented/").status_code == 404
    assert guest.post("/a/invented/", {"decision": "approved"}).status_code == 404
    assert Approval.objects.get().status == "requested"
