"""Schedules of tickets: read, made, changed, taken away, run by hand; what became of their occurrences."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import KeyedViewSet
from core.errors import NotAllowedError
from scheduled import services
from scheduled.api import serializers as out
from scheduled.models import Occurrence, TicketSchedule
from scheduled.policies import may
from scheduled.selectors import occurrences_of, schedule_keyed, schedules_for


class AdministratorViewSet(KeyedViewSet):
    """For who edits the configuration."""

    scope = "ticket-schedules"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others; a method that is not there at all is answered as such."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may(self.actor, "read"):
            raise NotAllowedError


class ScheduleViewSet(AdministratorViewSet):
    """Incidents that a calendar opens."""

    serializer_class = out.TicketScheduleOut
    ordering_fields = {"key": ("key",), "next_at": ("next_at", "key")}
    default_ordering = "key"
    reads = ("requester", "owner", "group", "ci")

    def get_queryset(self) -> QuerySet[TicketSchedule]:
        """The company's schedules."""
        return schedules_for(self.actor)

    @extend_schema(request=out.TicketScheduleIn, responses={201: out.TicketScheduleOut})
    def create(self, request: Request) -> Response:
        """Make a schedule; it is due from now on."""
        row = services.create(actor=self.actor, **self.body(out.TicketScheduleIn))
        return self.answer(schedule_keyed(self.actor, row.key), status=status.HTTP_201_CREATED)

    @extend_schema(request=out.TicketScheduleChangeIn, responses=out.TicketScheduleOut)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change a schedule. Other days or times, and switching it on, count from now."""
        version = self.expected_version(self.get_object())
        values = self.body(out.TicketScheduleChangeIn, partial=True)
        services.update(key, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str) -> Response:
        """Take a schedule away; the tickets it opened stay."""
        version = self.expected_version(self.get_object())
        services.delete(key, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={201: out.OccurrenceOut})
    @action(detail=True, methods=["post"])
    def run(self, request: Request, key: str) -> Response:
        """Open a ticket now, beside those of the calendar; the answer says whether one was opened."""
        self.get_object()
        found = services.run_now(key, actor=self.actor)
        shown = out.OccurrenceOut(found, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)


class OccurrenceViewSet(AdministratorViewSet):
    """What became of the times of one schedule, newest first."""

    serializer_class = out.OccurrenceOut
    lookup_field = "public_id"
    versioned = False
    ordering_fields = {"at": ("pk",)}
    default_ordering = "-at"

    def get_queryset(self) -> QuerySet[Occurrence]:
        """Its occurrences. Raises NotVisibleError."""
        return occurrences_of(self.actor, schedule_keyed(self.actor, self.kwargs["key"]))
