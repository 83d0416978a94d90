"""The pages under /design/on-call/ and /w/on-call/, and the files for calendar programs."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.html import escape

from core.time import db_now
from schedules import services
from schedules.models import CalendarLink, Rota, RotaOverride
from schedules.selectors import on_call_now
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory, administrator
from tests.factories.schedules import WEEKLY, make_override, make_rota

pytestmark = pytest.mark.django_db
ROTA = {"name_ko": "당직", "name_en": "On call", "tz": "Asia/Seoul", "is_active": "on", "climb_minutes": "15"}
LAYER = {
    "name": "First line",
    "length": "1",
    "unit": "weeks",
    "start_date": "2026-03-02",
    "handover_time": "09:00",
    "handover_weekday": "0",
}
DAY = dt.timedelta(days=1)


def client_of(person: Any) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def group() -> Any:
    return GroupFactory(manager=AgentFactory(name_en="Mina Manager"))


@pytest.fixture
def people(group: Any) -> list[Any]:
    return [AgentFactory(groups=[group], name_en=f"Person {letter}") for letter in "ABC"]


@pytest.fixture
def rota(group: Any, people: list[Any]) -> Rota:
    return make_rota(group, people)


@pytest.fixture
def browser() -> Client:
    return client_of(administrator())


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_rota_and_its_layers_are_made_from_the_pages(browser, group, people):
    answer = browser.post("/design/on-call/new/", ROTA | {"key": "desk", "group": group.key})
    assert answer["Location"] == "/design/on-call/desk/layers/"
    order = {"member_1": people[1].username, "member_2": "", "member_3": people[0].username}
    answer = browser.post("/design/on-call/desk/layers/", LAYER | order | {"hours_0": "9-18"})
    assert answer["Location"] == "/design/on-call/desk/"
    layer = Rota.objects.get(key="desk").layers.get()
    assert list(layer.members.order_by("position").values_list("user", flat=True)) == [
        people[1].pk,
        people[0].pk,
    ]
    assert layer.hours == {"0": [[540, 1080]]}
    page = text(browser.get(f"/design/on-call/desk/layers/{layer.public_id}/"))
    assert "09:00-18:00" in page
    place = f"/design/on-call/desk/layers/{layer.public_id}/"
    browser.post(place, LAYER | {"member_1": people[2].username, "lock_version": layer.lock_version})
    assert [each.user for each in layer.members.all()] == [people[2]]
    stale = browser.post(place, LAYER | {"member_1": people[0].username, "lock_version": layer.lock_version})
    assert (stale.status_code, "Someone changed this in the meantime" in text(stale)) == (409, True)
    browser.post(f"{place}drop/")
    assert not Rota.objects.get(key="desk").layers.exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"member_1": ""}, "one person at least"),
        ({"length": "0"}, "greater than or equal to 1"),
        ({"length": "27"}, "1 to 26"),
        ({"hours_0": "nine"}, "Write hours like"),
        ({"hours_0": "9-12, 11-13"}, "overlap"),
        ({"handover_time": ""}, "required"),
        ({"member_1": "nobody"}, "Select a valid choice"),
    ],
)
def test_a_layer_that_cannot_be_is_told_on_the_page(browser, rota, people, change, word):
    given = LAYER | {"member_1": people[0].username} | change
    answer = browser.post("/design/on-call/desk/layers/", given)
    assert answer.status_code == 422
    assert word in text(answer)
    assert rota.layers.count() == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"tz": "Mars/Base"}, "Mars/Base"),
        ({"key": "desk"}, "Another rota has this key"),
        ({"group": ""}, "required"),
    ],
)
def test_a_rota_that_cannot_be_is_told_on_the_page(browser, rota, group, change, word):
    answer = browser.post("/design/on-call/new/", ROTA | {"key": "two", "group": group.key} | change)
    assert (answer.status_code, word in text(answer)) == (422, True)
    assert Rota.objects.count() == 1


def test_the_list_costs_the_same_for_few_and_many(browser, group, people, django_assert_num_queries):
    make_rota(group, people)
    browser.get("/design/on-call/")
    with django_assert_num_queries(6):
        assert "desk" in text(browser.get("/design/on-call/"))
    for number in range(20):
        make_rota(group, people, key=f"rota-{number}")
    with django_assert_num_queries(6):
        browser.get("/design/on-call/")


def test_four_weeks_are_drawn_and_said_in_words(browser, rota, people):
    page = text(browser.get("/design/on-call/desk/?from=2026-03-02"))
    assert page.count('class="rota-strip"') == 4
    assert (
        page.count('class="rota-bar"') == 14
    )  # each week one or two pieces, in the layer and the final line
    assert "Mon 2 Mar, 09:00" in page
    assert "Person A" in page
    assert "Nobody" in page  # the nine hours before the first hand-over


def test_a_page_warns_of_who_left(browser, rota, people):
    type(people[0]).objects.filter(pk=people[0].pk).update(is_active=False)
    assert "Passed over, because they left or are no longer in the group: Person A." in text(
        browser.get("/design/on-call/desk/")
    )


@pytest.mark.parametrize("given", ["", "abc", "9999-12-31", "0001-01-01", "2026-03-04"])
def test_any_week_that_is_asked_for_is_answered(browser, rota, given):
    assert browser.get(f"/design/on-call/desk/?from={given}").status_code == 200


def test_a_stand_in_is_added_by_the_clock_of_the_rota_and_removed(browser, rota, people):
    services.update_rota("desk", actor=None, tz="America/New_York")
    form = {"person": people[2].username, "start": "2090-07-03T09:00", "end": "2090-07-03T17:00"}
    browser.post("/design/on-call/desk/stand-ins/", form)
    made = RotaOverride.objects.get()
    assert made.during.lower == dt.datetime(2090, 7, 3, 13, 0, tzinfo=dt.UTC)
    again = browser.post("/design/on-call/desk/stand-ins/", form)
    assert (again.status_code, "Somebody stands in during this time already" in text(again)) == (422, True)
    backwards = form | {"start": "2091-01-01T00:00", "end": "2090-12-31T00:00"}
    assert "The end must lie after the start" in text(
        browser.post("/design/on-call/desk/stand-ins/", backwards)
    )
    assert "Mon 3 Jul 2090, 09:00" in text(browser.get("/design/on-call/desk/"))
    browser.post(f"/design/on-call/desk/stand-ins/{made.public_id}/drop/")
    assert not RotaOverride.objects.exists()


def test_the_manager_of_a_group_sets_up_its_rota_and_no_other(rota, group, people):
    manager = client_of(group.manager)
    assert manager.get("/design/on-call/desk/").status_code == 200
    assert group.name_en in text(manager.get("/design/on-call/new/"))
    make_rota(GroupFactory(), key="other")
    assert manager.get("/design/on-call/other/").status_code == 403
    assert client_of(people[0]).get("/design/on-call/").status_code == 403


def test_agents_see_who_is_on_call_now_and_whom_to_call_next(rota, group, people):
    services.add_layer("desk", actor=None, **WEEKLY | {"name": "Boss", "members": [group.manager]})
    page = text(client_of(AgentFactory()).get("/w/on-call/"))
    [first, boss] = on_call_now("desk", db_now())
    assert f"<b>{first.name_en}</b>" in page
    assert f"Then call: {boss.name_en}" in " ".join(page.split())
    assert "Take over" not in page
    assert "You have no turns" in page
    assert "Take over" in text(client_of(people[0]).get("/w/on-call/"))
    assert client_of(UserFactory()).get("/w/on-call/").status_code == 403


def test_the_page_of_agents_costs_the_same_for_few_and_many(rota, group, people, django_assert_num_queries):
    client = client_of(people[0])
    client.get("/w/on-call/")
    with django_assert_num_queries(20):
        client.get("/w/on-call/")
    for number in range(12):
        make_rota(group, people, key=f"rota-{number}")
        services.make_link(actor=people[0])
    with django_assert_num_queries(20):
        client.get("/w/on-call/")


def test_one_hands_a_turn_over_and_the_other_gives_it_back(rota, people):
    now = db_now()
    [first] = on_call_now("desk", now)
    other = next(person for person in people if person != first)
    page = text(client_of(first).get("/w/on-call/"))
    assert "/w/on-call/desk/hand-over/?start=" in page
    start = (now + dt.timedelta(minutes=1)).astimezone(dt.timezone(9 * dt.timedelta(hours=1)))
    form = {
        "person": other.username,
        "start": start.strftime("%Y-%m-%dT%H:%M"),
        "end": (start + dt.timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M"),
    }
    third = next(person for person in people if person not in (first, other))
    assert client_of(third).post("/w/on-call/desk/hand-over/", form).status_code == 403
    assert client_of(first).post("/w/on-call/desk/hand-over/", form)["Location"] == "/w/on-call/"
    made = RotaOverride.objects.get()
    assert (made.person, made.made_by) == (other, first)
    assert client_of(third).post(f"/w/on-call/desk/stand-ins/{made.public_id}/drop/").status_code == 403
    client_of(other).post(f"/w/on-call/desk/stand-ins/{made.public_id}/drop/")
    assert not RotaOverride.objects.exists()


def test_a_link_to_the_form_fills_in_the_turn_in_the_zone_of_the_rota(rota, people):
    query = f"start=2090-01-02T00:00:00%2B00:00&end=2090-01-03T00:00:00%2B00:00&person={people[1].username}"
    page = text(client_of(people[1]).get(f"/w/on-call/desk/hand-over/?{query}"))
    assert 'value="2090-01-02T09:00"' in page
    assert f'<option value="{people[1].username}" selected>' in page
    assert client_of(people[1]).get("/w/on-call/desk/hand-over/?start=x&end=9999-99").status_code == 200


def events(answer: Any) -> list[Any]:
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


def test_the_file_of_a_rota_reads_back_with_the_turns_as_they_are(rota, people):
    now = db_now()
    found = events(client_of(people[0]).get("/w/on-call/desk/calendar.ics"))
    assert 29 <= len(found) <= 32  # four weeks back, 26 ahead
    for event in found:
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        [person] = on_call_now("desk", start)
        assert str(event["SUMMARY"]) == f"On call: {person.name_en}"
        assert on_call_now("desk", end - dt.timedelta(seconds=1)) == [person]
        assert start.utcoffset() == dt.timedelta()
        assert end - start == dt.timedelta(weeks=1)
    covered = [event for event in found if event["DTSTART"].dt <= now < event["DTEND"].dt]
    assert len(covered) == 1


def test_the_events_of_a_file_keep_their_names_and_a_stand_in_adds_its_own(rota, people):
    client = client_of(people[0])
    before = {str(event["UID"]) for event in events(client.get("/w/on-call/desk/calendar.ics"))}
    assert before == {str(event["UID"]) for event in events(client.get("/w/on-call/desk/calendar.ics"))}
    start = sorted(event["DTSTART"].dt for event in events(client.get("/w/on-call/desk/calendar.ics")))[-2]
    stand_in = next(person for person in people if person not in on_call_now("desk", start))
    make_override(rota, stand_in, start + DAY, start + 2 * DAY)
    after = {str(event["UID"]) for event in events(client.get("/w/on-call/desk/calendar.ics"))}
    assert before < after
    assert len(after) == len(before) + 2  # the day, and the rest of the week after it


def test_a_summer_hour_is_the_same_instant_in_the_file(group, people):
    row = make_rota(group, people, key="london", tz="Europe/London")
    found = events(client_of(people[0]).get(f"/w/on-call/{row.key}/calendar.ics"))
    for event in found:
        local = event["DTSTART"].dt.astimezone(ZoneInfo("Europe/London"))
        assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)
    assert {event["DTSTART"].dt.hour for event in found} == {8, 9}


def test_the_own_file_has_the_own_turns(rota, people):
    found = events(client_of(people[1]).get("/w/on-call/me/turns/calendar.ics"))
    assert len(found) in {10, 11}
    assert {str(event["SUMMARY"]) for event in found} == {"On call: On call"}
    for event in found:
        assert on_call_now("desk", event["DTSTART"].dt) == [people[1]]


def test_a_calendar_program_reads_by_the_secret_address_until_it_ends(rota, people):
    client, program = client_of(people[0]), Client()
    page = text(client.post("/w/on-call/links/", {"rota": "desk"}))
    address = page.split('class="exchange">')[1].split("<")[0]
    path = "/w/on-call/feeds/" + address.split("/feeds/")[1]
    token = path.split("/")[4]
    assert not CalendarLink.objects.filter(token_hash=token).exists()
    answer = program.get(path)
    assert len(events(answer)) > 20
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert "sessionid" not in program.cookies
    assert token not in text(client.get("/w/on-call/"))
    link = CalendarLink.objects.get()
    assert link.last_used_at is not None
    assert client_of(people[1]).post(f"/w/on-call/links/{link.public_id}/end/").status_code == 404
    client.post(f"/w/on-call/links/{link.public_id}/end/")
    assert program.get(path).status_code == 404
    assert program.get("/w/on-call/feeds/guess/calendar.ics").status_code == 404


def test_the_address_of_a_link_never_comes_from_the_host_header(rota, people, settings):
    settings.ALLOWED_HOSTS = ["*"]
    page = text(client_of(people[0]).post("/w/on-call/links/", headers={"Host": "evil.example"}))
    assert settings.BASE_URL in page
    assert "evil.example/w" not in page


def test_an_address_is_not_read_without_end(rota, people):
    _row, token = services.make_link(actor=people[0])
    program = Client()
    answers = {program.get(f"/w/on-call/feeds/{token}/calendar.ics").status_code for _time in range(31)}
    assert answers == {200, 429}
    cache.clear()
    assert program.get(f"/w/on-call/feeds/{token}/calendar.ics").status_code == 200


def test_names_are_written_as_text(browser, group, people):
    make_rota(group, people, name_en="<b>Night</b>")
    page = text(browser.get("/design/on-call/desk/"))
    assert escape("<b>Night</b>") in page
    assert "<b>Night</b>" not in page
