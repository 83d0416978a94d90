"""Calendars and rotas for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import Group, User
from schedules import services
from schedules.models import (
    Calendar,
    CalendarException,
    CalendarHoliday,
    CalendarHours,
    GroupCalendar,
    Rota,
    RotaOverride,
)

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


WEEKLY: dict[str, Any] = {
    "name": "First line",
    "start_date": dt.date(2026, 3, 2),  # a Monday
    "handover_weekday": 0,
    "handover_time": dt.time(9),
    "unit": "weeks",
    "length": 1,
}


def make_rota(group: Group, people: Sequence[User] = (), *, key: str = "desk", **fields: Any) -> Rota:
    """A rota of the group; ``people`` (members of it) take a week each from Monday 2 March 2026, 09:00."""
    given = {"name_ko": "당직", "name_en": "On call", "tz": "Asia/Seoul"} | fields
    rota = services.create_rota(actor=None, key=key, group=group, **given)
    if people:
        services.add_layer(key, actor=None, members=list(people), **WEEKLY)
    return rota


def make_override(
    rota: Rota,
    person: User,
    start: dt.datetime = dt.datetime(2089, 1, 1, tzinfo=dt.UTC),
    end: dt.datetime = dt.datetime(2089, 1, 2, tzinfo=dt.UTC),
    *,
    actor: User | None = None,
) -> RotaOverride:
    """Somebody stands in."""
    return services.add_override(rota.key, actor=actor, person=person, start=start, end=end)
