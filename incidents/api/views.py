"""Incidents and their tasks. Reads through selectors, writes through services; nothing else lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import NotVisibleError
from incidents import services
from incidents.api import serializers as out
from incidents.filters import IncidentFilterSet, IncidentTaskFilterSet
from incidents.likeness import similar_incidents
from incidents.models import Incident, IncidentTask
from tickets.api.fields import TicketRef
from tickets.api.parts import CommentViewSet
from tickets.api.schema import of_its_kind
from tickets.api.selectors import activity_for
from tickets.api.serializers import ActivityOut
from tickets.api.views import KindViewSet
from tickets.choices import Channel
from tickets.merges import merge_of


@of_its_kind
class IncidentViewSet(KindViewSet):
    """Unplanned interruptions of a service."""

    scope = "incidents"
    kind = "incident"
    model = Incident
    serializer_class = out.IncidentOut
    filterset_class = IncidentFilterSet
    change_in = out.IncidentChangeIn
    matching: ClassVar[Mapping[str, bool]] = dict.fromkeys(("move", "merge", "unmerge", "split"), False)
    plain_actions = KindViewSet.plain_actions | {"merged", "similar"}
    moves: ClassVar[Mapping[str, Callable[..., Any]]] = services.SERVICES  # type: ignore[assignment] # "function"

    @extend_schema(request=out.IncidentIn, responses={201: out.IncidentOut})
    def create(self, request: Request) -> Response:
        """Report an incident. Priority follows from impact and urgency; a group from the rules."""
        values = self.body(out.IncidentIn)
        incident = services.open_incident(actor=self.actor, channel=Channel.API, **values)
        return self.answer(incident, status=status.HTTP_201_CREATED)

    @extend_schema(responses=out.MergeOut)
    def merged(self, request: Request, number: str) -> Response:
        """Where the incident goes on since it was merged; nothing where it was not."""
        merge = merge_of(self.seen().pk)
        if merge is None:
            raise NotVisibleError
        return Response(out.MergeOut(merge, context=self.get_serializer_context()).data)

    @extend_schema(request=out.MergeIn, responses=out.IncidentOut)
    def merge(self, request: Request, number: str) -> Response:
        """Let it go on in another incident, or in the one which that was merged into; it is cancelled."""
        ticket = self.seen()
        version = self.expected_version(ticket, required=False)
        services.merge_incident(
            ticket.pk, actor=self.actor, expected_version=version, **self.body(out.MergeIn)
        )
        return self.answer(self.get_object())

    @extend_schema(request=None, responses=out.IncidentOut)
    def unmerge(self, request: Request, number: str) -> Response:
        """Take the merge back, within ten minutes: it stands as it did before."""
        ticket = self.seen()
        version = self.expected_version(ticket, required=False)
        services.unmerge_incident(ticket.pk, actor=self.actor, expected_version=version)
        return self.answer(self.get_object())

    @extend_schema(request=out.SplitIn, responses={201: out.IncidentOut})
    def split(self, request: Request, number: str) -> Response:
        """Make a new incident of one public message; its address is in Location."""
        ticket = self.seen()
        version = self.expected_version(ticket, required=False)
        values = self.body(out.SplitIn)
        new = services.split_incident(
            ticket.pk, actor=self.actor, expected_version=version, channel=Channel.API, **values
        )
        response = self.answer(new, status=status.HTTP_201_CREATED)
        response["Location"] = f"{request.path.split(number)[0]}{new.number}/"
        return response

    @extend_schema(responses=TicketRef(many=True))
    def similar(self, request: Request, number: str) -> Response:
        """Incidents with a title like this one's, open or resolved of late, the best first; at most ten."""
        ticket = self.get_object()
        if not self.reads_internal():
            raise NotVisibleError
        rows = similar_incidents(self.actor, ticket)
        context = self.get_serializer_context()
        return Response(TicketRef(rows, many=True, context=context).data)


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
