"""Calendars of business hours: read, made, changed, day by day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import ConfigurationViewSet
from core.errors import NotAllowedError, NotVisibleError
from schedules import services
from schedules.api import serializers as out
from schedules.models import Calendar
from schedules.policies import may
from schedules.selectors import calendars_for


class CalendarViewSet(ConfigurationViewSet):
    """Calendars. Agents read them, administrators change them."""

    scope = "schedules"
    serializer_class = out.CalendarOut
    reads = ("hours", "holidays", "exceptions")

    def get_queryset(self) -> QuerySet[Calendar]:
        """All calendars."""
        return calendars_for(self.actor)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not write before the body is looked at."""
        super().initial(request, *args, **kwargs)
        if self.action not in {None, "list", "retrieve"} and not may(self.actor, "edit"):
            raise NotAllowedError

    @extend_schema(request=out.CalendarIn, responses={201: out.CalendarOut})
    def create(self, request: Request) -> Response:
        """Make a calendar."""
        row = services.create(actor=self.actor, **_values(self.body(out.CalendarIn)))
        return self.answer(row, status=status.HTTP_201_CREATED)

    @extend_schema(request=out.CalendarChangeIn, responses=out.CalendarOut)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change names, zone or weekly hours."""
        version = self.expected_version(self.get_object())
        values = _values(self.body(out.CalendarChangeIn, partial=True))
        services.update(key, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())

    @extend_schema(request=out.DayIn, responses=out.CalendarOut)
    def set_day(self, request: Request, key: str) -> Response:
        """Say that a date is a holiday, or has hours of its own; what was said of it before is replaced."""
        values = self.body(out.DayIn)
        hours = out.spans_of(values.pop("hours", []))
        services.set_day(key, actor=self.actor, hours=hours, **values)
        return self.answer(self.get_object())

    @extend_schema(responses={204: None})
    def drop_day(self, request: Request, key: str, date: str) -> Response:
        """Let the weekly hours count again on a date."""
        try:
            day = dt.date.fromisoformat(date)
        except ValueError as error:
            raise NotVisibleError from error
        services.drop_day(key, actor=self.actor, date=day)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _values(body: dict[str, Any]) -> dict[str, Any]:
    return body | ({"hours": out.week_of(body["hours"])} if "hours" in body else {})
