"""Addresses of schedules of tickets."""

from __future__ import annotations

from core.api.addresses import Address
from scheduled.api.views import OccurrenceViewSet, ScheduleViewSet

_ONE = "ticket-schedules/<key:key>/"
_CHANGES = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
addresses = [
    Address("ticket-schedules/", ScheduleViewSet, {"get": "list", "post": "create"}, "ticket-schedules-list"),
    Address(_ONE, ScheduleViewSet, _CHANGES, "ticket-schedules-detail"),
    Address(f"{_ONE}run/", ScheduleViewSet, {"post": "run"}, "ticket-schedules-run"),
    Address(f"{_ONE}occurrences/", OccurrenceViewSet, {"get": "list"}, "ticket-schedules-occurrences"),
]
