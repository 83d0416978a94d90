"""Making and changing calendars."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import DuplicateError, NotAllowedError, NotVisibleError, RuleRefusedError, StaleVersionError
from core.models import AuditLog, OutboxEvent
from schedules import rules, services
from schedules.models import Calendar
from schedules.selectors import business_time, special_days
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.schedules.test_holiday_files import file_of

pytestmark = pytest.mark.django_db
WEEK = {day: [(540, 1080)] for day in range(5)}
MONDAY_NINE = dt.datetime(2026, 3, 9, 0, 0, tzinfo=dt.UTC)  # 09:00 in Seoul
MONDAY = dt.date(2026, 3, 9)
HOUR = 3600


def make(**fields):
    given = {"key": "night", "name_ko": "야간", "tz": "Asia/Seoul", "hours": WEEK} | fields
    return services.create(actor=None, **given)


def due(hours=1):
    return business_time("night").add(MONDAY_NINE, hours * HOUR)


def test_a_calendar_is_made_with_its_hours_and_told_of():
    row = make()
    assert (row.version, row.hours.count()) == (2, 5)  # its hours came after it
    assert due() == MONDAY_NINE + dt.timedelta(hours=1)
    assert OutboxEvent.objects.get(name="calendar.created").payload["calendar"] == "night"
    assert AuditLog.objects.get(object_ref="night", action="created").diff["hours"][1]["0"] == "09:00-18:00"
    with pytest.raises(DuplicateError):
        make()


def test_new_hours_count_at_once_and_the_same_ones_change_nothing():
    row = make()
    before = row.version
    assert services.update("night", actor=None, hours=WEEK).version == before
    changed = services.update("night", actor=None, hours={0: [(600, 660)]}, name_en="Night")
    assert changed.version > before
    assert due() == MONDAY_NINE + dt.timedelta(hours=2)
    assert set(OutboxEvent.objects.get(name="calendar.changed").payload["fields"]) == {"hours", "name_en"}


def test_another_zone_shifts_the_day():
    make()
    services.update("night", actor=None, tz="UTC")
    assert due() == MONDAY_NINE + dt.timedelta(hours=10)  # 09:00 of Seoul is midnight there


def test_a_refusal_changes_nothing():
    make()
    with pytest.raises(RuleRefusedError):
        services.update("night", actor=None, name_en="Other", hours={})
    with pytest.raises(RuleRefusedError):
        services.update("night", actor=None, tz="Mars/Base")
    row = Calendar.objects.get(key="night")
    assert (row.name_en, row.tz, row.hours.count()) == ("", "Asia/Seoul", 5)
    assert not OutboxEvent.objects.filter(name="calendar.changed").exists()


def test_an_old_version_is_refused():
    row = make()
    services.update("night", actor=None, expected_version=row.lock_version, name_en="One")
    with pytest.raises(StaleVersionError):
        services.update("night", actor=None, expected_version=row.lock_version, name_en="Two")


def test_a_day_closes_gets_hours_of_its_own_and_is_forgotten_again():
    make()
    services.set_day("night", actor=None, date=MONDAY, name="Founding day")
    assert due() == MONDAY_NINE + dt.timedelta(days=1, hours=1)
    services.set_day("night", actor=None, date=MONDAY, name="Inventory", hours=[(660, 720)])
    assert due() == MONDAY_NINE + dt.timedelta(hours=3)
    [day] = special_days(Calendar.objects.get(key="night"), 2026)
    assert (day.date, day.name, day.spans) == (MONDAY, "Inventory", ((660, 720),))
    services.drop_day("night", actor=None, date=MONDAY)
    assert due() == MONDAY_NINE + dt.timedelta(hours=1)
    with pytest.raises(NotVisibleError):
        services.drop_day("night", actor=None, date=MONDAY)


@pytest.mark.parametrize(
    ("date", "name", "hours"),
    [
        (dt.date(1960, 1, 1), "Old", []),
        (dt.date(2100, 1, 1), "Late", []),
        ("2026-03-09", "Text", []),
        (MONDAY, " ", []),
        (MONDAY, "x" * 121, []),
        (MONDAY, "Overlap", [(0, 60), (30, 90)]),
    ],
)
def test_a_day_that_cannot_be_is_refused(date, name, hours):
    make()
    with pytest.raises(RuleRefusedError):
        services.set_day("night", actor=None, date=date, name=name, hours=hours)
    assert Calendar.objects.get(key="night").holidays.count() == 0


def test_holidays_of_a_country_leave_alone_what_was_said():
    make()
    services.set_day("night", actor=None, date=dt.date(2026, 10, 9), name="We work", hours=[(540, 600)])
    added = services.load_country("night", actor=None, country="KR", year=2026)
    row = Calendar.objects.get(key="night")
    assert added == row.holidays.count() > 10
    assert set(row.holidays.values_list("source", flat=True)) == {"pkg:KR"}
    assert row.exceptions.get().name == "We work"
    version = row.version
    assert services.load_country("night", actor=None, country="KR", year=2026) == 0
    assert Calendar.objects.get(key="night").version == version


def test_holidays_of_a_file():
    make()
    data = file_of("DTSTART;VALUE=DATE:20300501\r\nSUMMARY:Founding day")
    assert services.load_file("night", actor=None, data=data) == 1
    holiday = Calendar.objects.get(key="night").holidays.get()
    assert (holiday.date, holiday.name, holiday.source) == (dt.date(2030, 5, 1), "Founding day", "ics")


def test_a_calendar_has_a_limit_of_days(monkeypatch):
    make()
    monkeypatch.setattr(rules, "MOST_DAYS", 3)
    with pytest.raises(RuleRefusedError):
        services.load_country("night", actor=None, country="KR", year=2026)
    assert Calendar.objects.get(key="night").holidays.count() == 0


def test_only_administrators_change_calendars():
    make()
    for actor, refusal in ((AgentFactory(), NotAllowedError), (UserFactory(), NotVisibleError)):
        with pytest.raises(refusal):
            services.update("night", actor=actor, name_en="Mine")
        with pytest.raises(refusal):
            services.set_day("night", actor=actor, date=MONDAY, name="Off")
        with pytest.raises(NotAllowedError):
            services.create(actor=actor, key="mine", name_ko="나", hours=WEEK)
    assert services.update("night", actor=administrator(), name_en="Ours").name_en == "Ours"
    with pytest.raises(NotVisibleError):
        services.update("unknown", actor=None, name_en="x")
