"""Schedules of tickets and their occurrences: what is shown and what is taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import GroupField, NamedRef, PersonField, PersonRef, ref
from cmdb.api.fields import CIField, CIRef
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Text, TimeOfDay, Whole
from incidents.choices import Category
from scheduled.choices import Failure, Nth, OffDay, Outcome, Repeat
from scheduled.models import MOST_EVERY, Occurrence, TicketSchedule
from scheduled.presenting import in_words
from scheduled.rules import LONGEST_TEXT
from scheduled.selectors import ahead
from schedules.api.fields import CalendarField
from schedules.api.serializers import ZoneField
from tickets.api.fields import SeenTicket
from tickets.choices import Level


class TicketScheduleOut(Out):
    """An incident that a calendar opens."""

    detail_fields = frozenset({"description"})

    key = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    requester = PersonRef()
    owner = PersonRef()
    category = serializers.ChoiceField(choices=Category.choices, allow_blank=True)
    impact = serializers.ChoiceField(choices=Level.choices)
    urgency = serializers.ChoiceField(choices=Level.choices)
    group = ref(NamedRef)
    ci = ref(CIRef)
    is_active = serializers.BooleanField()
    time_zone = serializers.CharField(source="tz")
    repeat = serializers.ChoiceField(choices=Repeat.choices)
    repeat_label = Label("repeat")
    every = serializers.IntegerField()
    weekdays = serializers.ListField(child=serializers.IntegerField())
    month_day = serializers.IntegerField(allow_null=True)
    nth = serializers.ChoiceField(choices=Nth.choices, allow_null=True)
    nth_weekday = serializers.IntegerField(allow_null=True)
    time = TimeOfDay(source="at", format="%H:%M")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    off_day = serializers.ChoiceField(choices=OffDay.choices)
    calendar = serializers.CharField(source="calendar.key", allow_null=True, default=None)
    in_words = serializers.SerializerMethodField()
    next_at = Moment(allow_null=True)
    ahead = serializers.SerializerMethodField()

    def get_in_words(self, row: TicketSchedule) -> str:
        """One sentence of the days and the time, in the reader's language."""
        return in_words(row)

    @extend_schema_field(serializers.ListField(child=Moment()))
    def get_ahead(self, row: TicketSchedule) -> list[Any]:
        """The next three instants, the first of them ``next_at``."""
        if row.next_at is None:
            return []
        shown = Moment()
        return [shown.to_representation(at) for at in ahead(row, row.next_at - dt.timedelta(seconds=1))]


class TicketScheduleChangeIn(Body):
    """What may be changed; other days or times count from now on."""

    title = Line(max_length=160, required=False, allow_blank=False)
    description = Text(max_length=LONGEST_TEXT, required=False)
    requester = PersonField(required=False)
    owner = PersonField(required=False)
    category = serializers.ChoiceField(choices=Category.choices, required=False, allow_blank=True)
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    group = GroupField(required=False, allow_null=True)
    ci = CIField(required=False, allow_null=True)
    is_active = Flag(required=False)
    time_zone = ZoneField(max_length=60, required=False, source="tz")
    repeat = serializers.ChoiceField(choices=Repeat.choices, required=False)
    every = Whole(low=1, high=MOST_EVERY, required=False)
    weekdays = serializers.ListField(child=Whole(low=0, high=6), required=False, max_length=7)
    month_day = Whole(low=1, high=31, required=False, allow_null=True)
    nth = serializers.ChoiceField(choices=Nth.choices, required=False, allow_null=True)
    nth_weekday = Whole(low=0, high=6, required=False, allow_null=True)
    time = TimeOfDay(source="at", required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)
    off_day = serializers.ChoiceField(choices=OffDay.choices, required=False)
    calendar = CalendarField(required=False, allow_null=True)


class TicketScheduleIn(TicketScheduleChangeIn):
    """A new schedule. The caller is owner and requester where none is given."""

    key = Line(max_length=50, allow_blank=False)
    title = Line(max_length=160, allow_blank=False)
    time = TimeOfDay(source="at")
    starts_on = serializers.DateField()


class OccurrenceOut(Out):
    """One time a schedule came due, or was run by hand; the ticket where the caller sees it."""

    id = serializers.UUIDField(source="public_id")
    due_at = Moment()
    at = Moment()
    by_hand = serializers.BooleanField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    outcome_label = Label("outcome")
    reason = serializers.ChoiceField(choices=Failure.choices, allow_blank=True)
    reason_label = serializers.SerializerMethodField()
    ticket = SeenTicket("ticket")

    def get_reason_label(self, row: Occurrence) -> str:
        """Why there is no ticket, in words; empty where there is one."""
        return row.detail or str(row.get_reason_display())
