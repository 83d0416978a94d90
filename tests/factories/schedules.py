"""Calendars for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import factory
from factory.django import DjangoModelFactory

from schedules.models import Calendar, CalendarException, CalendarHoliday, CalendarHours, GroupCalendar

OFFICE = {dow: [(540, 1080)] for dow in range(5)}


class CalendarFactory(DjangoModelFactory):
    """Open Monday to Friday from 9 to 18 in Seoul; ``weekly={0: [(540, 1080)]}`` gives other hours."""

    class Meta:
        model = Calendar
        skip_postgeneration_save = True

    key = factory.Sequence(lambda n: f"calendar-{n}")
    name_ko = "근무 시간"
    name_en = "Working hours"
    tz = "Asia/Seoul"

    @factory.post_generation
    def weekly(
        self: Any, create: bool, extracted: Mapping[int, Sequence[tuple[int, int]]] | None, **_kwargs: Any
    ) -> None:
        """Make the weekly intervals."""
        hours = OFFICE if extracted is None else extracted
        CalendarHours.objects.bulk_create(
            CalendarHours(calendar=self, dow=dow, start_min=start, end_min=end)
            for dow, spans in hours.items()
            for start, end in spans
        )


class CalendarHolidayFactory(DjangoModelFactory):
    """A holiday."""

    class Meta:
        model = CalendarHoliday

    calendar = factory.SubFactory(CalendarFactory)
    name = "Founding day"


class CalendarExceptionFactory(DjangoModelFactory):
    """A day with hours of its own, or none."""

    class Meta:
        model = CalendarException

    calendar = factory.SubFactory(CalendarFactory)
    name = "Half day"


class GroupCalendarFactory(DjangoModelFactory):
    """The calendar of a group."""

    class Meta:
        model = GroupCalendar

    calendar = factory.SubFactory(CalendarFactory)
