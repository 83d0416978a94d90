"""Making, changing and removing schedules: what they may hold, who may, what is kept of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.errors import (
    BadInputError,
    DuplicateError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
)
from core.models import AuditLog, OutboxEvent, RowChange
from core.time import db_now
from scheduled import services
from scheduled.models import Occurrence, TicketSchedule
from scheduled.policies import ACTIONS, may
from scheduled.presenting import in_words
from schedules.models import CalendarHours
from schedules.services.days import set_day
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.cmdb import make_ci
from tests.factories.scheduled import make_due, make_schedule
from tests.factories.schedules import CalendarFactory

pytestmark = pytest.mark.django_db
GIVEN: dict[str, Any] = {"title": "Check", "at": dt.time(9), "starts_on": dt.date(2026, 1, 1)}


def test_a_schedule_is_made_with_what_is_usual():
    actor = administrator()
    row = services.create(actor=actor, key="backups", **GIVEN)
    assert (row.company, row.owner, row.requester) == (actor.company, actor, actor)
    assert (row.repeat, row.every, row.weekdays, row.tz) == ("weekly", 1, [3], "Asia/Seoul")
    assert row.next_at > db_now()
    assert AuditLog.objects.get(table="scheduled_ticketschedule").action == "created"
    assert OutboxEvent.objects.get(name="ticket_schedule.created").payload["schedule"] == str(row.public_id)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"title": "x" * 161}, {"title"}),
        ({"description": "x" * 100_000}, {"description"}),
        ({"category": "coffee"}, {"category"}),
        ({"impact": 4}, {"impact"}),
        ({"urgency": True}, {"urgency"}),
        ({"requester": None}, {"requester"}),
        ({"requester": "kim"}, {"requester"}),
        ({"group": "desk"}, {"group"}),
        ({"ci": 5}, {"ci"}),
        ({"is_active": "yes"}, {"is_active"}),
        ({"tz": "Mars/Base"}, {"tz"}),
        ({"repeat": "hourly"}, {"repeat"}),
        ({"every": 0}, {"every"}),
        ({"every": 367}, {"every"}),
        ({"weekdays": [7]}, {"weekdays"}),
        ({"weekdays": "0"}, {"weekdays"}),
        ({"weekdays": [True]}, {"weekdays"}),
        ({"month_day": 32}, {"month_day"}),
        ({"repeat": "monthly", "nth": 5}, {"nth"}),
        ({"repeat": "monthly", "nth": 1}, {"nth_weekday"}),
        ({"at": "09:00"}, {"at"}),
        ({"starts_on": dt.date(1999, 12, 31)}, {"starts_on"}),
        ({"starts_on": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, {"starts_on"}),
        ({"ends_on": dt.date(2025, 12, 31)}, {"ends_on"}),
        ({"ends_on": dt.date(2026, 1, 2)}, {"starts_on"}),  # all its days are over
        ({"repeat": "once"}, {"starts_on"}),
        ({"tz": "", "every": -1}, {"tz", "every"}),
        ({"off_day": "sometimes"}, {"off_day"}),
        ({"off_day": "next"}, {"calendar"}),
        ({"calendar": "kr-office"}, {"calendar"}),
    ],
)
def test_what_cannot_be_names_its_fields_and_changes_nothing(change: dict[str, Any], fields: set[str]):
    row = make_schedule("there")
    before = TicketSchedule.objects.values().get()
    with pytest.raises(RuleRefusedError) as made:
        services.create(actor=administrator(), key="new", **GIVEN | change)
    assert {each.field for each in made.value.errors} == fields
    with pytest.raises(RuleRefusedError) as changed:
        services.update(row.key, actor=None, **change)
    assert {each.field for each in changed.value.errors} == fields
    assert TicketSchedule.objects.values().get() == before


def test_people_groups_and_items_are_of_the_company_and_active():
    there = CompanyFactory()
    wrong = {
        "requester": [UserFactory(company=there), UserFactory(is_active=False)],
        "owner": [UserFactory(), AgentFactory(), UserFactory(company=there, roles=["administrator"])],
        "group": [GroupFactory(company=there), GroupFactory(is_active=False)],
        "ci": [make_ci(company=there)],
    }
    for name, values in wrong.items():
        for value in values:
            with pytest.raises(RuleRefusedError) as refusal:
                services.create(actor=administrator(), key="new", **GIVEN, **{name: value})
            assert [each.field for each in refusal.value.errors] == [name]


def test_what_is_not_known_is_refused():
    with pytest.raises(BadInputError):
        services.create(actor=administrator(), key="new", **GIVEN, next_at=db_now())
    with pytest.raises(BadInputError):
        services.update(make_schedule().key, actor=None, company=CompanyFactory())


@pytest.mark.parametrize("key", ["", "Big", "a b", "-x", "x" * 51, "백업"])
def test_a_key_that_cannot_be(key: str):
    with pytest.raises(RuleRefusedError):
        services.create(actor=administrator(), key=key, **GIVEN)


def test_a_key_is_taken_once_in_a_company():
    row = make_schedule()
    with pytest.raises(DuplicateError):
        services.create(actor=administrator(), key=row.key, **GIVEN)
    boss = UserFactory(company=CompanyFactory(), roles=["administrator"])
    assert services.create(actor=boss, key=row.key, **GIVEN).company == boss.company


@pytest.mark.parametrize(
    ("repeat", "kept"),
    [
        ("once", {"every": 1, "weekdays": [], "month_day": None, "nth": None, "ends_on": None}),
        ("daily", {"every": 3, "weekdays": [], "month_day": None, "nth": None}),
        ("weekly", {"every": 3, "weekdays": [0, 4], "month_day": None, "nth": None}),
        ("monthly", {"every": 3, "weekdays": [], "month_day": None, "nth": 2, "nth_weekday": 1}),
        ("yearly", {"every": 3, "weekdays": [], "month_day": None, "nth": None, "nth_weekday": None}),
    ],
)
def test_what_its_way_of_repeating_has_no_use_for_is_emptied(repeat: str, kept: dict[str, Any]):
    row = make_schedule(
        repeat=repeat,
        every=3,
        weekdays=[4, 0, 4],
        month_day=15,
        nth=2,
        nth_weekday=1,
        starts_on=dt.date(2090, 1, 1),
        ends_on=dt.date(2095, 1, 1),
    )
    assert {name: getattr(row, name) for name in kept} == kept


def test_other_words_leave_the_next_time_and_other_times_count_from_now():
    row = make_schedule()
    TicketSchedule.objects.filter(pk=row.pk).update(next_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    named = services.update("backups", actor=None, title="Look at the backups")
    assert named.next_at == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # it is due, and stays so
    moved = services.update("backups", actor=None, at=dt.time(10))
    assert moved.next_at > db_now()
    assert moved.next_at.time() == dt.time(1)
    assert moved.lock_version == row.lock_version + 2


def test_the_same_again_changes_nothing():
    row = make_schedule()
    events = OutboxEvent.objects.count()
    assert services.update("backups", actor=None, title=row.title, at=row.at).lock_version == row.lock_version
    assert OutboxEvent.objects.count() == events


def test_a_stale_version_is_refused():
    row = make_schedule()
    for call in (services.update, services.delete):
        with pytest.raises(StaleVersionError):
            call("backups", actor=None, expected_version=row.lock_version - 1)
    assert TicketSchedule.objects.get().lock_version == row.lock_version


def test_a_schedule_goes_away_with_its_occurrences_and_the_ticket_stays():
    make_schedule()
    ticket = services.run_now("backups", actor=None).ticket
    services.delete("backups", actor=administrator())
    assert not TicketSchedule.objects.exists()
    assert not Occurrence.objects.exists()
    ticket.refresh_from_db()
    assert AuditLog.objects.filter(table="scheduled_ticketschedule", action="deleted").count() == 1


def test_what_people_change_has_a_history_and_what_the_clock_changes_has_none():
    row = make_schedule()
    services.update("backups", actor=None, title="Other")
    rows = RowChange.objects.filter(record="scheduled_ticketschedule")
    assert rows.count() == 2
    TicketSchedule.objects.filter(pk=row.pk).update(next_at=db_now(), lock_version=9)
    assert rows.count() == 2


def people() -> dict[str, Any]:
    return {
        "employee": UserFactory(),
        "agent": AgentFactory(),
        "administrator": administrator(),
        "super": UserFactory(roles=["super"]),
        "elsewhere": UserFactory(company=CompanyFactory(), roles=["administrator"]),
        "left": UserFactory(roles=["administrator"], is_active=False),
    }


@pytest.mark.parametrize(
    ("role", "allowed", "raised"),
    [
        ("employee", False, NotVisibleError),
        ("agent", False, NotVisibleError),
        ("administrator", True, None),
        ("super", True, None),
        ("elsewhere", True, NotVisibleError),  # of the own company
        ("left", False, NotVisibleError),
    ],
)
def test_who_may(role: str, allowed: bool, raised: Any):
    actor = people()[role]
    assert {action: may(actor, action) for action in ACTIONS} == dict.fromkeys(ACTIONS, allowed)
    assert may(actor, "swallow") is False
    make_schedule()
    calls = [
        lambda: services.update("backups", actor=actor, title="Mine"),
        lambda: services.run_now("backups", actor=actor),
        lambda: services.delete("backups", actor=actor),
    ]
    for call in calls:
        if raised is None:
            call()
        else:
            with pytest.raises(raised):
                call()
    assert TicketSchedule.objects.exists() is (raised is not None)
    if not allowed:
        with pytest.raises(NotAllowedError):
            services.create(actor=actor, key="mine", **GIVEN)


@pytest.mark.parametrize(
    ("fields", "english", "korean"),
    [
        ({"repeat": "once", "starts_on": dt.date(2090, 3, 2)}, "Once on", "한 번"),
        ({}, "Every day at 09:00", "매일 09:00"),
        ({"every": 3}, "Every 3 days at 09:00", "3일마다 09:00"),
        (
            {"repeat": "weekly", "weekdays": [0, 3]},
            "Every week on Monday, Thursday at 09:00",
            "매주 월요일, 목요일 09:00",
        ),
        (
            {"repeat": "weekly", "weekdays": [4], "every": 2},
            "Every 2 weeks on Friday at 09:00",
            "2주마다 금요일 09:00",
        ),
        ({"repeat": "monthly", "month_day": 31}, "Every month on day 31 at 09:00", "매월 31일 09:00"),
        (
            {"repeat": "monthly", "nth": 1, "nth_weekday": 0},
            "Every month on the first Monday at 09:00",
            "매월 첫째 월요일 09:00",
        ),
        (
            {"repeat": "monthly", "nth": -1, "nth_weekday": 4, "every": 3},
            "Every 3 months on the last Friday at 09:00",
            "3개월마다 마지막 금요일 09:00",
        ),
        ({"repeat": "yearly"}, "Every year on January 1 at 09:00", "매년 1월 1일 09:00"),
        (
            {"repeat": "monthly", "month_day": 1, "off_day": "next"},
            "Every month on day 1 at 09:00. Where nobody works, on the next working day.",
            "근무일이 아니면 다음 근무일에",
        ),
    ],
)
def test_a_schedule_in_words(fields: dict[str, Any], english: str, korean: str, settings: Any):
    from django.utils import translation

    if "off_day" in fields:
        fields = fields | {"calendar": CalendarFactory()}
    row = make_schedule(**fields)
    with translation.override("en"):
        assert in_words(row).startswith(english)
    with translation.override("ko"):
        assert korean in in_words(row)


def test_a_day_on_which_nobody_works_moves_and_follows_its_calendar():
    office = CalendarFactory()  # Monday to Friday
    row = make_schedule(
        repeat="once", starts_on=dt.date(2090, 3, 4), at=dt.time(9), tz="UTC", off_day="next", calendar=office
    )
    assert row.next_at == dt.datetime(2090, 3, 6, 9, tzinfo=dt.UTC)  # from a Saturday to Monday
    set_day(office.key, actor=None, date=dt.date(2090, 3, 6), name="Founding day")
    assert services.follow_calendar(office.key) == 1
    assert services.follow_calendar(office.key) == 0
    row.refresh_from_db()
    assert row.next_at == dt.datetime(2090, 3, 7, 9, tzinfo=dt.UTC)
    services.update(row.key, actor=None, off_day="open")
    row.refresh_from_db()
    assert (row.calendar, row.next_at) == (None, dt.datetime(2090, 3, 4, 9, tzinfo=dt.UTC))


def test_what_is_due_stays_due_whatever_the_calendar_says():
    office = CalendarFactory()
    row = make_schedule(off_day="skip", calendar=office)
    due = make_due(row)
    CalendarHours.objects.all().delete()
    assert services.follow_calendar(office.key) == 0
    row.refresh_from_db()
    assert row.next_at == due
