"""Addresses of calendars."""

from __future__ import annotations

from core.api.addresses import Address
from schedules.api.views import CalendarViewSet

_ONE = "schedules/<key:key>/"
addresses = [
    Address("schedules/", CalendarViewSet, {"get": "list", "post": "create"}, "schedules-list"),
    Address(_ONE, CalendarViewSet, {"get": "retrieve", "patch": "partial_update"}, "schedules-detail"),
    Address(f"{_ONE}days/", CalendarViewSet, {"post": "set_day"}, "schedules-days"),
    Address(f"{_ONE}days/<key:date>/", CalendarViewSet, {"delete": "drop_day"}, "schedules-day"),
]
