"""Calendars ready to count with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import NotVisibleError
from schedules.bizcal import ALWAYS, BizCal, Interval, Plan
from schedules.models import (
    Calendar,
    CalendarException,
    CalendarHoliday,
    CalendarHours,
    GroupCalendar,
    intervals_of,
)
from schedules.policies import may

DEFAULT_CALENDAR = "kr-office"


def calendars_all() -> QuerySet[Calendar]:
    """All calendars, by key."""
    return Calendar.objects.order_by("key")


def business_time(key: str | None, *, tz: str | None = None) -> BizCal:
    """The calendar with that key, in its own zone or in ``tz``; None is round the clock.

    Costs one query; the calendar's table is kept per process until it changes. Raises NotVisibleError for an
    unknown key.
    """
    if key is None:
        return always_open(tz or settings.TIME_ZONE)
    row = Calendar.objects.filter(key=key).values_list("pk", "stamp", "tz").first()
    if row is None:
        raise NotVisibleError(_("There is no calendar “%(key)s”.") % {"key": key})
    pk, stamp, own_tz = row
    return counted(pk, stamp, tz or own_tz)


def business_time_of_group(group_id: int | None) -> BizCal:
    """The calendar of the group, else the company's: what "business days" means (PROCESSES G-10)."""
    if group_id is None:
        return business_time(DEFAULT_CALENDAR)
    chosen = GroupCalendar.objects.filter(group=group_id).values_list("calendar__key", flat=True).first()
    return business_time(chosen or DEFAULT_CALENDAR)


def business_time_of_person(user_id: int, *, tz: str) -> BizCal:
    """When somebody works, in their own zone ``tz``: by the calendar of the first of their groups that has
    one, else the company's. Round the clock when that is gone."""
    chosen = GroupCalendar.objects.filter(group__memberships__user=user_id, group__is_active=True)
    key = chosen.order_by("group").values_list("calendar__key", flat=True).first()
    try:
        return business_time(key or DEFAULT_CALENDAR, tz=tz)
    except NotVisibleError:
        return always_open(tz)


def calendars_of_groups() -> dict[int, int]:
    """The calendar's primary key by that of the group, where one was chosen."""
    return dict(GroupCalendar.objects.values_list("group_id", "calendar_id"))


def hours_of(calendar_id: int) -> dict[int, tuple[Interval, ...]]:
    """The weekly hours by day, 0 is Monday, each day's in their order."""
    weekly: dict[int, tuple[Interval, ...]] = {}
    hours = CalendarHours.objects.filter(calendar=calendar_id).order_by("dow", "start_min")
    for dow, start, end in hours.values_list("dow", "start_min", "end_min"):
        weekly[dow] = (*weekly.get(dow, ()), (start, end))
    return weekly


@lru_cache(maxsize=64)
def always_open(tz: str) -> BizCal:
    """Round the clock, seen from ``tz``."""
    return BizCal(Plan(tz=tz, weekly=ALWAYS))


@lru_cache(maxsize=256)
def counted(calendar_id: int, stamp: UUID, tz: str) -> BizCal:
    """The calendar as it is under ``stamp``, in ``tz``; read once per process."""
    holidays = CalendarHoliday.objects.filter(calendar=calendar_id).values_list("date", flat=True)
    exceptions = CalendarException.objects.filter(calendar=calendar_id).values_list("date", "intervals")
    return BizCal(
        Plan(
            tz=tz,
            weekly=hours_of(calendar_id),
            holidays=frozenset(holidays),
            exceptions={day: intervals_of(spans) or () for day, spans in exceptions},
        )
    )


def calendars_for(actor: Actor) -> QuerySet[Calendar]:
    """All calendars by key; none for who may not read them."""
    return calendars_all() if may(actor, "read") else Calendar.objects.none()


def calendar_keyed(actor: Actor, key: str) -> Calendar:
    """The calendar with that key. Raises NotVisibleError."""
    row = calendars_for(actor).filter(key=key).first()
    if row is None:
        raise NotVisibleError
    return row


@dataclass(frozen=True)
class SpecialDay:
    """A date that is not like its day of the week: a holiday (no ``spans``) or hours of its own."""

    date: dt.date
    name: str
    spans: tuple[Interval, ...]
    source: str


def special_days(row: Calendar, year: int) -> list[SpecialDay]:
    """What is said of single dates of a year, in their order. Two queries."""
    of_year = {"date__range": (dt.date(year, 1, 1), dt.date(year, 12, 31))}
    found = {
        day.date: SpecialDay(day.date, day.name, (), day.source) for day in row.holidays.filter(**of_year)
    }
    for day in row.exceptions.filter(**of_year):
        found[day.date] = SpecialDay(day.date, day.name, intervals_of(day.intervals) or (), "manual")
    return [found[day] for day in sorted(found)]
