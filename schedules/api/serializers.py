"""Calendars and rotas: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import NamedRef, PersonField, PersonRef, ref
from core.api.fields import Body, Label, Line, Moment, Out, TimeOfDay, Whole
from schedules.bizcal import MINUTES_PER_DAY, Interval
from schedules.choices import TurnUnit
from schedules.models import CalendarException, RotaLayer, intervals_of, is_zone
from schedules.rules import MOST_INTERVALS

_DAY, _TWO_DAYS = MINUTES_PER_DAY - 1, 2 * MINUTES_PER_DAY


class HoursOut(Out):
    """One weekly interval; minutes after midnight of day 0 (Monday) to 6, overnight past 1440."""

    day = serializers.IntegerField(source="dow")
    start_minute = serializers.IntegerField(source="start_min")
    end_minute = serializers.IntegerField(source="end_min")


class HolidayOut(Out):
    """A date on which the weekly hours do not begin, and where it came from."""

    date = serializers.DateField()
    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute


class SpanOut(Out):
    """A stretch of hours in minutes after midnight."""

    start_minute = serializers.IntegerField()
    end_minute = serializers.IntegerField()


class ExceptionOut(Out):
    """A date with hours of its own."""

    date = serializers.DateField()
    name = serializers.CharField()
    hours = serializers.SerializerMethodField()

    def get_hours(self, row: CalendarException) -> list[dict[str, int]]:
        """Its stretches."""
        return [
            {"start_minute": start, "end_minute": end} for start, end in intervals_of(row.intervals) or ()
        ]


class CalendarOut(Out):
    """When a team or the company works."""

    detail_fields = frozenset({"holidays", "exceptions"})

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    time_zone = serializers.CharField(source="tz")
    version = serializers.IntegerField()
    hours = HoursOut(many=True)
    holidays = HolidayOut(many=True)
    exceptions = ExceptionOut(many=True)


class ZoneField(Line):
    """The name of a time zone (IANA)."""

    default_error_messages = {"unknown": gettext_lazy("There is no time zone of that name.")}

    def to_internal_value(self, data: Any) -> str:
        """The name."""
        name = str(super().to_internal_value(data))
        if not is_zone(name):
            self.fail("unknown")
        return name


class SpanIn(Body):
    """A stretch of hours; an end beyond 1440 lies on the next day."""

    start_minute = Whole(low=0, high=_DAY)
    end_minute = Whole(low=1, high=_TWO_DAYS)


class HoursIn(SpanIn):
    """A stretch of the week's hours."""

    day = Whole(low=0, high=6)


class CalendarChangeIn(Body):
    """What may be changed; ``hours`` replace all that were there."""

    name_ko = Line(max_length=120, required=False, allow_blank=False)
    name_en = Line(max_length=120, required=False)
    time_zone = ZoneField(max_length=60, required=False, source="tz")
    hours = HoursIn(many=True, required=False, max_length=7 * MOST_INTERVALS)  # type: ignore[call-arg] # of the list


class CalendarIn(CalendarChangeIn):
    """A new calendar."""

    key = Line(max_length=50, allow_blank=False)
    name_ko = Line(max_length=120, allow_blank=False)
    hours = HoursIn(many=True, max_length=7 * MOST_INTERVALS)  # type: ignore[call-arg] # of the list


class DayIn(Body):
    """A holiday; with hours a date that has its own."""

    date = serializers.DateField()
    name = Line(max_length=120, allow_blank=False)
    hours = SpanIn(many=True, required=False, max_length=MOST_INTERVALS)  # type: ignore[call-arg] # of the list


def spans_of(rows: list[dict[str, int]]) -> list[Interval]:
    """The stretches as services take them."""
    return [(row["start_minute"], row["end_minute"]) for row in rows]


def week_of(rows: list[dict[str, int]]) -> dict[int, list[Interval]]:
    """The week's hours as services take them."""
    return {day: spans_of([row for row in rows if row["day"] == day]) for day in range(7)}


class LayerOut(Out):
    """People who take turns, in their order; the first layer is called first."""

    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=TurnUnit.choices)
    unit_label = Label("unit")
    length = serializers.IntegerField()
    start_date = serializers.DateField()
    handover_weekday = serializers.IntegerField(allow_null=True)
    handover_time = TimeOfDay(format="%H:%M")
    hours = serializers.SerializerMethodField()
    members = serializers.SerializerMethodField()

    def get_hours(self, row: RotaLayer) -> list[dict[str, int]]:
        """Stretches of the week; none is always."""
        return [
            {"day": int(day), "start_minute": start, "end_minute": end}
            for day, spans in sorted(row.hours.items())
            for start, end in intervals_of(spans) or ()
        ]

    @extend_schema_field(PersonRef(many=True))
    def get_members(self, row: RotaLayer) -> Any:
        """The people in the order of their turns."""
        places = sorted(row.members.all(), key=lambda each: each.position)
        return PersonRef([each.user for each in places], many=True).data


class OverrideOut(Out):
    """Somebody is on call from ``start`` until before ``end``, above all layers."""

    id = serializers.UUIDField(source="public_id")
    person = PersonRef()
    start = Moment(source="during.lower")
    end = Moment(source="during.upper")
    reason = serializers.CharField()
    made_by = ref(PersonRef)


class RotaOut(Out):
    """Who of a group is on call when."""

    detail_fields = frozenset({"layers"})

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    group = NamedRef()
    time_zone = serializers.CharField(source="tz")
    is_active = serializers.BooleanField()
    climb_minutes = serializers.IntegerField()
    layers = LayerOut(many=True)


class TurnOut(Out):
    """Who is called first in a stretch of time, and why: by a layer's name, or as a stand-in."""

    person = PersonRef()
    start = Moment()
    end = Moment()
    layer = serializers.CharField(source="layer.name", default=None, allow_null=True)
    override = serializers.UUIDField(source="override.public_id", default=None, allow_null=True)


class OverrideIn(Body):
    """A stand-in to make."""

    person = PersonField()
    start = Moment()
    end = Moment()
    reason = Line(max_length=200, required=False, default="")
