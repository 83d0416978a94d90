"""Choosing the calendar of a group, a place or an item: by service, page and REST, in both languages."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from accounts.selectors import default_company
from cmdb.services import create_ci
from core.errors import NotAllowedError, RuleRefusedError
from core.models import AuditLog, OutboxEvent
from schedules.models import GroupCalendar
from sla.calendars.selectors import chosen_calendars
from sla.calendars.services import choose_calendar
from tests.api.calls import Caller, problem
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    GroupFactory,
    LocationFactory,
    UserFactory,
    administrator,
)
from tests.factories.schedules import CalendarFactory
from tests.sla.test_views import browser_of, text

pytestmark = pytest.mark.django_db
PAGE, API = "/design/sla/calendars/", "/api/v1/sla/calendars/"


@pytest.fixture
def calendar():
    return CalendarFactory(key="night", name_ko="야간", name_en="Night")


@pytest.fixture
def group():
    return GroupFactory(key="network", name_ko="네트워크", name_en="Network")


@pytest.fixture
def three(calendar, group):
    """A group, a place and an item that go by the calendar."""
    admin = administrator()
    place = LocationFactory(key="pune", name_ko="푸네", name_en="Pune")
    item = create_ci(actor=None, company=default_company(), class_key="server", name="gateway")
    for thing in (group, place, item):
        choose_calendar(thing, actor=admin, calendar_key=calendar.key)
    return item


# The service


def test_a_choice_is_kept_changed_and_taken_back_each_with_its_record(calendar, group):
    other, admin = CalendarFactory(key="day"), administrator()
    for key in ("night", "night", "day", None, None):
        choose_calendar(group, actor=admin, calendar_key=key)
    assert not GroupCalendar.objects.exists()
    diffs = AuditLog.objects.filter(table="accounts_group", object_ref="network", action="calendar_chosen")
    assert [row.diff["calendar"] for row in diffs.order_by("pk")] == [
        [None, "night"], ["night", other.key], [other.key, None],
    ]  # fmt: skip
    told = OutboxEvent.objects.filter(name="calendar.chosen").order_by("pk")
    assert [event.payload["calendar"] for event in told] == ["night", "day", None]


def test_who_may_not_edit_the_configuration_chooses_nothing(calendar, group):
    with pytest.raises(NotAllowedError):
        choose_calendar(group, actor=AgentFactory(), calendar_key=calendar.key)
    assert not GroupCalendar.objects.exists()


def test_a_calendar_that_is_not_there_is_refused_in_both_languages(group):
    for language, words in (("en", "There is no calendar “gone”."), ("ko", "“gone” 달력이 없습니다.")):
        with override(language), pytest.raises(RuleRefusedError) as refusal:
            choose_calendar(group, actor=administrator(), calendar_key="gone")
        assert str(refusal.value.errors[0].detail) == words


# Who sees them


def test_the_choices_are_those_of_the_own_company_for_who_works_with_tickets(three, calendar):
    elsewhere = GroupFactory(company=CompanyFactory())
    GroupCalendar.objects.create(group=elsewhere, calendar=calendar)
    found = [(row.whose, row.ref) for row in chosen_calendars(AgentFactory())]
    assert found == [("group", "network"), ("location", "pune"), ("ci", three.number)]
    assert chosen_calendars(UserFactory()) == []


@pytest.mark.parametrize("count", [2, 20])
def test_the_number_of_choices_costs_no_query_more(django_assert_num_queries, calendar, count):
    for _number in range(count):
        choose_calendar(GroupFactory(), actor=None, calendar_key=calendar.key)
        choose_calendar(LocationFactory(), actor=None, calendar_key=calendar.key)
    admin = administrator()
    chosen_calendars(admin)  # what the person may is read once
    with django_assert_num_queries(3):
        assert len(chosen_calendars(admin)) == 2 * count


# The page


def test_the_page_says_who_goes_by_which_calendar(three):
    browser = browser_of(administrator(), "ko")
    shown = text(browser.get(PAGE))
    for words in ("네트워크", "network", "푸네", "gateway", three.number, "야간"):
        assert words in shown
    assert (
        "아직" not in text(browser.get("/design/sla/"))
        or PAGE in browser.get("/design/sla/").content.decode()
    )


def test_a_calendar_is_chosen_and_taken_back_on_the_page(calendar, group):
    browser = browser_of(administrator())
    given = {"whose": "group", "ref": "network", "calendar": "night"}
    assert browser.post(PAGE, given).status_code == 302
    assert GroupCalendar.objects.get().calendar == calendar
    assert browser.post(PAGE, {**given, "calendar": ""}).status_code == 302
    assert not GroupCalendar.objects.exists()


@pytest.mark.parametrize(
    ("whose", "ref", "words"),
    [
        ("group", "gone", "“gone” 담당 팀이 없습니다."),
        ("location", "network", "“network” 위치가 없습니다."),
        ("ci", "CI9999999", "“CI9999999” 구성 항목이 없습니다."),
    ],
)
def test_what_is_not_there_is_refused_at_its_field(calendar, group, whose, ref, words):
    browser = browser_of(administrator(), "ko")
    answer = browser.post(PAGE, {"whose": whose, "ref": ref, "calendar": "night"})
    assert answer.status_code == 422
    assert words in text(answer)
    assert f'value="{ref}"' in answer.content.decode()
    assert not GroupCalendar.objects.exists()


# REST


def test_over_rest_agents_read_and_administrators_choose(three, calendar, group):
    agent, admin = Caller(AgentFactory()), Caller(administrator())
    assert [row["reference"] for row in agent.get(API).json()["results"]] == ["network", "pune", three.number]
    body = {"whose": "group", "reference": "network", "calendar": None}
    assert agent.post(API, body).status_code == 403
    answer = admin.post(API, body)
    assert (answer.status_code, answer.json()["calendar"]) == (200, None)
    assert not GroupCalendar.objects.exists()
    answer = admin.post(API, body | {"calendar": "night"})
    assert answer.json() == {
        "whose": "group", "reference": "network", "name": "Network",
        "calendar": {"key": "night", "name": "Night"},
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"reference": "gone"}, {"calendar": "gone"}, {"whose": "x"}])
def test_over_rest_a_mistake_is_told_at_its_field(calendar, group, wrong):
    body = {"whose": "group", "reference": "network", "calendar": "night"} | wrong
    answer = Caller(administrator()).post(API, body)
    problem(answer, 422, "rule_refused", *(f"/{name}" for name in wrong))
    assert not GroupCalendar.objects.exists()
