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
from tickets.api.schema import of_its_kind
from tickets.api.views import KindViewSet
from tickets.choices import Channel


@of_its_kind
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
