"""Addresses of calendars and rotas."""

from __future__ import annotations

from core.api.addresses import Address, keyed
from schedules.api.views import (
    CalendarViewSet,
    OnCallViewSet,
    OverrideViewSet,
    RotaViewSet,
    TurnViewSet,
)

_ONE, _ROTA = "schedules/<key:key>/", "on-call/<key:key>/"
addresses = [
    Address("schedules/", CalendarViewSet, {"get": "list", "post": "create"}, "schedules-list"),
    Address(_ONE, CalendarViewSet, {"get": "retrieve", "patch": "partial_update"}, "schedules-detail"),
    Address(f"{_ONE}days/", CalendarViewSet, {"post": "set_day"}, "schedules-days"),
    Address(f"{_ONE}days/<key:date>/", CalendarViewSet, {"delete": "drop_day"}, "schedules-day"),
    *keyed("on-call", RotaViewSet),
    Address(f"{_ROTA}now/", OnCallViewSet, {"get": "now"}, "on-call-now"),
    Address(f"{_ROTA}turns/", TurnViewSet, {"get": "turns"}, "on-call-turns"),
    Address(f"{_ROTA}overrides/", OverrideViewSet, {"get": "list", "post": "create"}, "on-call-overrides"),
    Address(
        f"{_ROTA}overrides/<uuid:public_id>/",
        OverrideViewSet,
        {"get": "retrieve", "delete": "destroy"},
        "on-call-override",
    ),
]
