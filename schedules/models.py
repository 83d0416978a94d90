"""Calendars and what they are made of, whose versions the database keeps; rotas with layers and overrides."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from accounts.models import Group, Named, User
from core.models import Record
from core.revisions import new_revision
from core.trail.tracking import RowHistory
from schedules.bizcal import MINUTES_PER_DAY, Interval
from schedules.choices import TurnUnit

CLIMB_MINUTES, MOST_CLIMB_MINUTES = 15, 1440  # until an unanswered page calls the next person


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
            RowHistory(noise=["version", "stamp"]),
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
        triggers = [RowHistory(part_of="calendar"), *touch_calendars("hours")]

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
        triggers = [RowHistory(part_of="calendar"), *touch_calendars("holiday")]

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
        triggers = [RowHistory(part_of="calendar"), *touch_calendars("exception")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class GroupCalendar(Record):
    """The calendar a group works by; without one the company's applies (PROCESSES G-10)."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="calendar_choice")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="groups")

    class Meta:
        triggers = [RowHistory(part_of="group"), new_revision("group_calendar_revision", "calendars")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.calendar_id}"


class Rota(Named, Record):
    """Who of a group is on call when: layers of people who take turns, and overrides above them.

    Who is called and has not answered after ``climb_minutes`` is followed by the next one.
    """

    key = models.SlugField(unique=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="rotas")
    tz = models.CharField(max_length=60, default="Asia/Seoul")
    is_active = models.BooleanField(default=True)
    climb_minutes = models.PositiveSmallIntegerField(default=CLIMB_MINUTES, db_default=CLIMB_MINUTES)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(climb_minutes__range=(1, MOST_CLIMB_MINUTES)), name="rota_climb_minutes"
            ),
        ]
        triggers = [RowHistory()]


class RotaLayer(Record):
    """People who take turns, each for ``length`` hours, days or weeks of the wall clock of the rota's zone.

    ``order`` 1 is called first. The first turn begins at ``handover_time`` of ``start_date``, with a
    ``handover_weekday`` (0 is Monday) of the first such day from then on. ``hours`` by day of the week, as
    pairs of minutes after midnight, restrict when the layer counts; without any it counts always.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="layers")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    start_date = models.DateField()
    handover_weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    handover_time = models.TimeField()
    unit = models.CharField(max_length=5, choices=TurnUnit.choices, default=TurnUnit.WEEKS)
    length = models.PositiveSmallIntegerField(default=1)
    hours = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            # Deferred, so that two layers can change places.
            models.UniqueConstraint(
                fields=["rota", "order"], name="rota_layer_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(length__gte=1), name="rota_layer_length"),
            models.CheckConstraint(
                condition=Q(handover_weekday=None) | Q(handover_weekday__range=(0, 6)),
                name="rota_layer_weekday",
            ),
        ]
        triggers = [RowHistory(part_of="rota")]

    def __str__(self) -> str:
        return self.name


class RotaMember(Record):
    """A person's place in the order of a layer."""

    layer = models.ForeignKey(RotaLayer, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rota_places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["layer", "position"], name="rota_member_position"),
        ]
        triggers = [RowHistory(part_of="layer")]

    def __str__(self) -> str:
        return f"{self.layer_id} {self.position} {self.user_id}"


class RotaOverride(Record):
    """Somebody is on call for a time, whatever the layers say; two of one rota never overlap (DOMAIN DD-10).

    ``made_by`` is None for one that the platform itself made.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="overrides", db_index=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rota_overrides")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__upper_inf=False, during__lower_inf=False),
                name="rota_override_has_an_end",
            ),
            ExclusionConstraint(
                name="rota_overrides_do_not_overlap",
                expressions=[("rota", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]
        triggers = [RowHistory(part_of="rota")]

    def __str__(self) -> str:
        return f"{self.rota_id} {self.person_id}"


class CalendarLink(Record):
    """A secret address under which a calendar program reads a rota, or the turns of the link's owner.

    Only a hash of the secret is kept. What is read there is what the owner may see at that moment.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_links")
    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [RowHistory(secret=["token_hash"], noise=["last_used_at"])]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.rota_id or ''}"


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
