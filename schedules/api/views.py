"""Calendars of business hours."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api.views import ConfigurationViewSet
from core.api.fields import Out
from schedules.models import Calendar
from schedules.selectors import calendars_all


class HoursOut(Out):
    """One weekly interval; minutes after midnight of day 0 (Monday) to 6, overnight past 1440."""

    day = serializers.IntegerField(source="dow")
    start_minute = serializers.IntegerField(source="start_min")
    end_minute = serializers.IntegerField(source="end_min")


class CalendarOut(Out):
    """When a team or the company works."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    time_zone = serializers.CharField(source="tz")
    version = serializers.IntegerField()
    hours = HoursOut(many=True)


class CalendarViewSet(ConfigurationViewSet):
    """Calendars; they are edited in the configuration pages."""

    scope = "schedules"
    serializer_class = CalendarOut
    reads = ("hours",)

    def get_queryset(self) -> QuerySet[Calendar]:
        """All calendars."""
        return calendars_all()
