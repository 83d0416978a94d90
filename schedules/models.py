"""Calendars and what they are made of; the database keeps their versions."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Group, Named
from core.models import Record
from core.revisions import new_revision
from schedules.bizcal import MINUTES_PER_DAY, Interval


def touch_calendars(name: str) -> list[pgtrigger.Trigger]:
    """Triggers of a child table: each statement on it updates its calendars, which gives them a new version.

    Per statement, not per row: a holiday file with 10,000 lines makes one new version.
    """
    kinds = {
        "insert": (pgtrigger.Insert, {"new": "new_rows"}, "SELECT calendar_id FROM new_rows"),
        "delete": (pgtrigger.Delete, {"old": "old_rows"}, "SELECT calendar_id FROM old_rows"),
        "update": (
            pgtrigger.Update,
            {"new": "new_rows", "old": "old_rows"},
            "SELECT calendar_id FROM new_rows UNION SELECT calendar_id FROM old_rows",
        ),
    }
    return [
        pgtrigger.Trigger(
            name=f"{name}_{kind}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(**rows),
            func=f"UPDATE schedules_calendar SET updated_at = now() WHERE id IN ({chosen}); RETURN NULL;",  # noqa: S608
        )
        for kind, (operation, rows, chosen) in kinds.items()
    ]


class Calendar(Named, Record):
    """When a team, a service or a company works. Every change gives it a new version and stamp."""

    key = models.SlugField(unique=True)
    tz = models.CharField(max_length=60, default="Asia/Seoul")
    version = models.PositiveIntegerField(default=1, editable=False)
    stamp = models.UUIDField(db_default=Func(function="gen_random_uuid"), editable=False)

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="new_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.version = OLD.version + 1; NEW.stamp = gen_random_uuid(); RETURN NEW;",
            ),
            new_revision("calendar_revision", "calendars"),
        ]


class CalendarHours(Record):
    """One weekly interval in minutes after midnight of day ``dow`` (0 is Monday), overnight past 1440.

    The database sees no overlap of Sunday's night with Monday's morning: ``schedules.rules`` does.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="hours")
    dow = models.PositiveSmallIntegerField()
    start_min = models.PositiveSmallIntegerField()
    end_min = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    dow__range=(0, 6), start_min__lt=MINUTES_PER_DAY, end_min__lte=2 * MINUTES_PER_DAY
                )
                & Q(start_min__lt=F("end_min")),
                name="calendar_hours_range",
            ),
            ExclusionConstraint(
                name="calendar_hours_do_not_overlap",
                expressions=[
                    ("calendar", "="),
                    (
                        Func(
                            F("dow") * MINUTES_PER_DAY + F("start_min"),
                            F("dow") * MINUTES_PER_DAY + F("end_min"),
                            function="int4range",
                        ),
                        "&&",
                    ),
                ],
            ),
        ]
        triggers = touch_calendars("hours")

    def __str__(self) -> str:
        return f"{self.dow} {self.start_min}–{self.end_min}"


class CalendarHoliday(Record):
    """A date on which the weekly hours do not begin."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=20, default="manual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="calendar_holiday_once"),
        ]
        triggers = touch_calendars("holiday")

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class CalendarException(Record):
    """Hours of their own for one date; they beat holidays and weekly hours. No interval means closed."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField()
    intervals = models.JSONField(default=list, blank=True)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date"], name="calendar_exception_once"),
        ]
        triggers = touch_calendars("exception")

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class GroupCalendar(Record):
    """The calendar a group works by; without one the company's applies (PROCESSES G-10)."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="calendar_choice")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="groups")

    class Meta:
        triggers = [new_revision("group_calendar_revision", "calendars")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.calendar_id}"


def is_zone(name: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def intervals_of(raw: Any) -> tuple[Interval, ...] | None:
    """The intervals of a JSON list of pairs, None when it is anything else."""
    if not isinstance(raw, list):
        return None
    return tuple((pair[0], pair[1]) for pair in raw) if all(map(_is_interval, raw)) else None


def _is_interval(pair: Any) -> bool:
    if not isinstance(pair, list | tuple) or len(pair) != 2 or any(type(edge) is not int for edge in pair):
        return False
    return bool(0 <= pair[0] < MINUTES_PER_DAY and pair[0] < pair[1] <= 2 * MINUTES_PER_DAY)
