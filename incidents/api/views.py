"""Incidents and their tasks. Reads through selectors, writes through services; nothing else lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from incidents import services
from incidents.api import serializers as out
from incidents.filters import IncidentFilterSet, IncidentTaskFilterSet
from incidents.models import Incident, IncidentTask
from tickets.api.parts import CommentViewSet
from tickets.api.schema import of_its_kind
from tickets.api.selectors import activity_for
from tickets.api.serializers import ActivityOut
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


@of_its_kind
class IncidentTaskViewSet(KindViewSet):
    """What teams do for incidents. Employees do not see them."""

    scope = "incidents"
    kind = "itask"
    model = IncidentTask
    serializer_class = out.IncidentTaskOut
    filterset_class = IncidentTaskFilterSet
    change_in = out.IncidentTaskChangeIn

    @extend_schema(request=out.IncidentTaskIn, responses={201: out.IncidentTaskOut})
    def create(self, request: Request) -> Response:
        """Give a team a task for an incident; while it is open, the incident is not resolved."""
        values = self.body(out.IncidentTaskIn)
        task = services.open_incident_task(actor=self.actor, parent=values.pop("incident"), **values)
        return self.answer(task, status=status.HTTP_201_CREATED)


class ChildCommentViewSet(CommentViewSet):
    """Public words for a parent and its children."""

    @extend_schema(request=out.ChildrenCommentIn, responses={201: ActivityOut})
    def create(self, request: Request, number: str) -> Response:
        """Say something on the incident and on each of its open children."""
        values = self.body(out.ChildrenCommentIn)
        row = services.comment_with_children(self.ticket.pk, actor=self.actor, **values)
        return self.made(self.prepare([activity_for(self.actor, self.ticket).get(pk=row.pk)])[0])
