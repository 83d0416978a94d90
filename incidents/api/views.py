"""Incidents. Reads through selectors, writes through services; nothing else lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import services
from incidents.api import serializers as out
from incidents.filters import IncidentFilterSet
from incidents.models import Incident
from tickets.api.inputs import any_move_body
from tickets.api.views import KindViewSet
from tickets.choices import Channel


class IncidentViewSet(KindViewSet):
    """Unplanned interruptions of a service."""

    scope = "incidents"
    kind = "incident"
    model = Incident
    serializer_class = out.IncidentOut
    filterset_class = IncidentFilterSet
    change_in = out.IncidentChangeIn
    moves: ClassVar[Mapping[str, Callable[..., Any]]] = services.SERVICES  # type: ignore[assignment] # "function"

    @extend_schema(request=out.IncidentIn, responses={201: out.IncidentOut})
    def create(self, request: Request) -> Response:
        """Report an incident. Priority follows from impact and urgency; a group from the rules."""
        values = self.body(out.IncidentIn)
        incident = services.open_incident(actor=self.actor, channel=Channel.API, **values)
        return self.answer(incident, status=status.HTTP_201_CREATED)

    @extend_schema(request=out.IncidentChangeIn, responses=out.IncidentOut)
    def partial_update(self, request: Request, number: str) -> Response:
        """Change fields; or, with ``state``, run the one transition to that state with its inputs."""
        return super().partial_update(request, number)

    @extend_schema(request=any_move_body(Incident), responses=out.IncidentOut)
    def move(self, request: Request, number: str, name: str) -> Response:
        """Run one transition with its inputs and return the new representation."""
        return super().move(request, number, name)
