"""Addresses of definitions and clocks."""

from __future__ import annotations

from core.api.addresses import Address
from sla.api.calendars import ChosenCalendarViewSet
from sla.api.clocks import ClockViewSet
from sla.api.definitions import DefinitionDraftViewSet, DefinitionViewSet

_ALL = "sla/definitions/"
_ONE = f"{_ALL}<key:key>/"
_DRAFT = {"get": "retrieve", "post": "create", "patch": "partial_update", "delete": "destroy"}
_CHOICES = {"get": "list", "post": "choose"}
addresses = [
    Address("sla/calendars/", ChosenCalendarViewSet, _CHOICES, "sla-calendars"),
    Address(_ALL, DefinitionViewSet, {"get": "list", "post": "create"}, "sla-definitions-list"),
    Address(_ONE, DefinitionViewSet, {"get": "retrieve"}, "sla-definitions-detail"),
    Address(f"{_ONE}versions/", DefinitionViewSet, {"get": "versions"}, "sla-definitions-versions"),
    Address(f"{_ONE}draft/", DefinitionDraftViewSet, _DRAFT, "sla-definitions-draft"),
    Address(f"{_ONE}publish/", DefinitionDraftViewSet, {"post": "publish"}, "sla-definitions-publish"),
    Address("sla/clocks/", ClockViewSet, {"get": "list"}, "sla-clocks-list"),
    Address(f"{_ONE}retire/", DefinitionViewSet, {"post": "retire"}, "sla-definitions-retire"),
]
