"""The pages under /design/ticket-schedules/."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from incidents.models import Incident
from scheduled import services
from scheduled.models import Occurrence, TicketSchedule
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.cmdb import make_ci
from tests.factories.scheduled import DAY, make_due, make_schedule

pytestmark = pytest.mark.django_db
LIST = "/design/ticket-schedules/"
ONE = f"{LIST}backups/"


def browser(person: Any, language: str = "en") -> Client:
    User.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def boss() -> Any:
    return administrator()


def text(answer: Any) -> str:
    return answer.content.decode()


def filled(boss: Any, **change: Any) -> dict[str, Any]:
    given = {
        "key": "backups",
        "title": "Check the backups",
        "description": "All of them.",
        "requester": boss.username,
        "owner": boss.username,
        "impact": "3",
        "urgency": "3",
        "repeat": "monthly",
        "off_day": "open",
        "every": "1",
        "at": "09:00",
        "tz": "Asia/Seoul",
        "nth": "1",
        "nth_weekday": "0",
        "starts_on": "2026-01-01",
        "is_active": "on",
    }
    return {name: value for name, value in (given | change).items() if value is not None}


def test_a_schedule_is_made_changed_and_removed_from_the_pages(boss):
    client, group, ci = browser(boss), GroupFactory(), make_ci()
    page = client.get(f"{LIST}new/")
    assert page.status_code == 200
    more = {"group": group.key, "ci": ci.number.lower(), "category": "software"}
    answer = client.post(f"{LIST}new/", filled(boss, **more))
    assert answer["Location"] == ONE
    row = TicketSchedule.objects.get()
    assert (row.group, row.ci, row.category, row.nth, row.nth_weekday) == (group, ci, "software", 1, 0)
    shown = text(client.get(ONE))
    assert "Every month on the first Monday at 09:00" in shown
    assert "It has not come due yet" in shown
    assert f'value="{ci.number}"' in shown
    change = filled(boss, title="Look at them", lock_version=row.lock_version, **more)
    assert client.post(ONE, change)["Location"] == ONE
    row.refresh_from_db()
    assert (row.title, row.group) == ("Look at them", group)
    assert "goes away" in text(client.get(f"{ONE}remove/"))
    assert client.post(f"{ONE}remove/")["Location"] == LIST
    assert not TicketSchedule.objects.exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"title": ""}, "This field is required"),
        ({"key": "Not a key"}, "small letters"),
        ({"requester": "nobody"}, "no person with the user name"),
        ({"owner": "nobody"}, "no person with the user name"),
        ({"ci": "CI9999999"}, "no configuration item"),
        ({"group": "nothing"}, "Select a valid choice"),
        ({"nth_weekday": None}, "Choose a day of the week"),
        ({"at": "25:00"}, "Enter a valid time"),
        ({"ends_on": "2025-01-01"}, "must not lie before the first"),
        ({"ends_on": "2026-01-07"}, "No day of this schedule lies ahead"),
        ({"tz": "Mars/Base"}, "Select a valid choice"),
        ({"weekdays": ["9"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_on_the_page(boss, change, word):
    answer = browser(boss).post(f"{LIST}new/", filled(boss, **change))
    assert (answer.status_code, word in text(answer)) == (422, True)
    assert not TicketSchedule.objects.exists()


def test_somebody_was_faster(boss):
    client, row = browser(boss), make_schedule(owner=boss)
    services.update("backups", actor=None, every=2)
    given = {"requester": row.requester.username, "repeat": "daily", "title": "Mine"}
    answer = client.post(ONE, filled(boss, lock_version=row.lock_version, **given))
    assert (answer.status_code, "Someone changed this in the meantime" in text(answer)) == (409, True)
    assert TicketSchedule.objects.get().title == "Check the backups"


def test_what_was_right_once_does_not_stop_other_changes(boss):
    """The requester left: the form still saves another title, and does not lose them."""
    row = make_schedule(owner=boss)
    User.objects.filter(pk=row.requester_id).update(is_active=False)
    given = {"requester": row.requester.username, "repeat": "daily", "title": "Mine"}
    answer = browser(boss).post(ONE, filled(boss, lock_version=row.lock_version, **given))
    assert answer.status_code == 302
    changed = TicketSchedule.objects.get()
    assert (changed.title, changed.requester) == ("Mine", row.requester)


def test_it_is_switched_off_and_on(boss):
    client = browser(boss)
    make_schedule(owner=boss)
    client.post(f"{ONE}switch/", {"on": "0"})
    assert TicketSchedule.objects.get().next_at is None
    assert "opens nothing" in text(client.get(ONE))
    client.post(f"{ONE}switch/", {"on": "1"})
    assert TicketSchedule.objects.get().next_at is not None


def test_one_that_is_over_is_not_switched_on(boss):
    make_schedule(owner=boss)
    old = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 1, 2)}
    services.update("backups", actor=None, is_active=False, **old)
    answer = browser(boss).post(f"{ONE}switch/", {"on": "1"}, follow=True)
    assert "No day of this schedule lies ahead" in text(answer)
    assert TicketSchedule.objects.get().is_active is False


def test_run_now_opens_one_ticket_however_often_the_form_is_sent(boss):
    client = browser(boss)
    make_schedule(owner=boss)
    key = str(uuid.uuid4())
    for _again in range(2):
        answer = client.post(f"{ONE}run/", {"once_key": key}, follow=True)
    number = Incident.objects.get().number
    assert f"{number} was opened." in text(answer)
    assert f'href="/w/incidents/{number}/"' in text(answer) or "run by hand" in text(answer)
    client.post(f"{ONE}run/", {"once_key": str(uuid.uuid4())})
    assert Incident.objects.count() == 2


def test_what_failed_says_why_in_both_languages(boss):
    row = make_schedule(owner=boss)
    User.objects.filter(pk=row.requester_id).update(is_active=False)
    make_due(row)
    services.open_due(limit=50)
    assert "The newest ticket could not be opened: The requester is not active any more." in text(
        browser(boss).get(ONE)
    )
    shown = text(browser(boss, "ko").get(ONE))
    assert "요청자가 더 이상 활성 상태가 아닙니다." in shown
    answer = browser(boss).post(f"{ONE}run/", follow=True)
    assert "The requester is not active any more." in text(answer)


def test_occurrences_link_only_to_tickets_that_the_reader_sees(boss):
    agent = UserFactory(roles=["administrator", "agent"])
    make_schedule(owner=boss)
    ticket = services.run_now("backups", actor=None).ticket
    assert f"/{ticket.number}/" in text(browser(agent).get(ONE))
    hidden = GroupFactory(is_restricted=True)
    Incident.objects.filter(pk=ticket.pk).update(group=hidden)
    assert ticket.number not in text(browser(agent).get(ONE))


def test_long_histories_are_paged(boss):
    row = make_schedule(owner=boss)
    newest = make_due(row)
    make_due(row, at=newest - 30 * DAY)
    services.open_due(limit=50)
    client = browser(boss)
    first = text(client.get(ONE))
    assert "Older occurrences" in first
    last = Occurrence.objects.order_by("-pk")[19].pk
    older = text(client.get(f"{ONE}?before={last}"))
    assert "Older occurrences" not in older
    assert older.count('data-label="Outcome"') == 11
    assert client.get(f"{ONE}?before=x").status_code == 200


def test_markup_is_shown_as_text(boss):
    make_schedule(owner=boss, title="<script>__x=1</script>", description="<b>x</b>")
    for path in (LIST, ONE, f"{ONE}remove/"):
        page = text(browser(boss).get(path))
        assert "<script>__x" not in page
        assert "&lt;script&gt;__x=1" in page


def test_who_may_not_see_a_schedule_gets_no_page(boss):
    make_schedule(owner=boss)
    for person in (UserFactory(), AgentFactory()):
        for path in (LIST, f"{LIST}new/", ONE, f"{ONE}remove/"):
            assert browser(person).get(path).status_code == 403
    elsewhere = browser(UserFactory(company=CompanyFactory(), roles=["administrator"]))
    assert "Check the backups" not in text(elsewhere.get(LIST))
    assert [elsewhere.get(path).status_code for path in (ONE, f"{ONE}remove/")] == [404, 404]
    for path in ("run/", "switch/", "remove/"):
        assert elsewhere.post(f"{ONE}{path}").status_code == 404
    assert not Incident.objects.exists()
    assert TicketSchedule.objects.get().is_active


def test_an_empty_list_says_what_to_do(boss):
    assert "No schedule yet" in text(browser(boss).get(LIST))
    assert "아직 예약이 없습니다" in text(browser(boss, "ko").get(LIST))


def test_the_list_tells_the_next_three_times_in_the_zone_of_each(boss):
    row = make_schedule(owner=boss, repeat="yearly", starts_on=dt.date(2090, 3, 2), tz="Europe/Berlin")
    page = text(browser(boss).get(LIST))
    for year in (2090, 2091, 2092):
        assert f'datetime="{year}-03-02T08:00:00+00:00"' in page
    assert "Europe/Berlin" in page
    services.update(row.key, actor=None, is_active=False)
    assert "2090-03-02T08" not in text(browser(boss).get(LIST))


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_for_few_and_many(boss, count, django_assert_num_queries, own_cache):
    for number in range(count):
        make_schedule(f"s{number}", owner=boss, group=GroupFactory())
    client = browser(boss)
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)
