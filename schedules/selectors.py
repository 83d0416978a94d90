"""Calendars ready to count with."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

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


def calendars_of_groups() -> dict[int, int]:
    """The calendar's primary key by that of the group, where one was chosen."""
    return dict(GroupCalendar.objects.values_list("group_id", "calendar_id"))


@lru_cache(maxsize=64)
def always_open(tz: str) -> BizCal:
    """Round the clock, seen from ``tz``."""
    return BizCal(Plan(tz=tz, weekly=ALWAYS))


@lru_cache(maxsize=256)
def counted(calendar_id: int, stamp: UUID, tz: str) -> BizCal:
    """The calendar as it is under ``stamp``, in ``tz``; read once per process."""
    weekly: dict[int, tuple[Interval, ...]] = {}
    hours = CalendarHours.objects.filter(calendar=calendar_id).order_by("dow", "start_min")
    for dow, start, end in hours.values_list("dow", "start_min", "end_min"):
        weekly[dow] = (*weekly.get(dow, ()), (start, end))
    holidays = CalendarHoliday.objects.filter(calendar=calendar_id).values_list("date", flat=True)
    exceptions = CalendarException.objects.filter(calendar=calendar_id).values_list("date", "intervals")
    return BizCal(
        Plan(
            tz=tz,
            weekly=weekly,
            holidays=frozenset(holidays),
            exceptions={day: intervals_of(spans) or () for day, spans in exceptions},
        )
    )
