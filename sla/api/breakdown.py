"""Whose time a clock's time was."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Out
from core.errors import NotVisibleError
from sla.api.fields import duration
from sla.api.views import ClockOut
from sla.past.breakdown import Share, breakdowns_of
from sla.selectors import clock_rows
from tickets.api.parts import PartViewSet


class PartsOut(Out):
    """Durations, ISO 8601: business time while running, the closed hours between, the wall time of pauses."""

    running = serializers.SerializerMethodField()
    off_hours = serializers.SerializerMethodField()
    paused = serializers.SerializerMethodField()
    paused_business = serializers.SerializerMethodField()
    solved = serializers.SerializerMethodField()
    wall = serializers.SerializerMethodField()

    def get_running(self, parts: Any) -> str:
        """Business time used of the target."""
        return duration(parts.running)

    def get_off_hours(self, parts: Any) -> str:
        """Closed hours while running."""
        return duration(parts.off_hours)

    def get_paused(self, parts: Any) -> str:
        """Time spent waiting, by the wall."""
        return duration(parts.paused)

    def get_paused_business(self, parts: Any) -> str:
        """The business time of the waiting."""
        return duration(parts.paused_open)

    def get_solved(self, parts: Any) -> str:
        """Time between the solution and the reopening, by the wall."""
        return duration(parts.solved)

    def get_wall(self, parts: Any) -> str:
        """All of it."""
        return duration(parts.wall)


class ShareOut(Out):
    """What was one owner's; ``key`` is null while nobody had the ticket."""

    key = serializers.SerializerMethodField()
    name = serializers.CharField()
    time = PartsOut(source="parts")

    def get_key(self, share: Share) -> str | None:
        """The key of the group, or the user name."""
        return share.key or None


class BreakdownOut(Out):
    """A clock's time, divided by group and by assignee; each division adds up to ``total``."""

    clock = ClockOut()
    total = PartsOut()
    groups = ShareOut(many=True)
    assignees = ShareOut(many=True)


class ClockBreakdownViewSet(PartViewSet):
    """The breakdown of one clock of a ticket. Agents read it."""

    serializer_class = BreakdownOut

    @extend_schema(responses=BreakdownOut)
    def retrieve(self, request: Request, number: str, clock_id: Any) -> Response:
        """Whose open and paused time it was, up to now."""
        ticket = self.ticket
        clock = clock_rows().filter(ticket=ticket.pk, public_id=clock_id).first()
        if clock is None or not self.reads_internal():
            raise NotVisibleError
        now = clock.now  # type: ignore[attr-defined] # annotated
        return Response(self.represent(breakdowns_of(ticket, [clock], now=now)[0]))
