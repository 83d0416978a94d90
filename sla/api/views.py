"""The clocks of a ticket."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import Moment, Out
from core.errors import NotVisibleError
from sla.api.fields import duration
from sla.selectors import clocks_for
from tickets.api.parts import PartViewSet


class ClockOut(Out):
    """One promise as it stands now; durations are business time, ``left`` is negative after the target."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    target = serializers.CharField()
    stage = serializers.CharField()
    state = serializers.CharField()
    percent = serializers.IntegerField()
    left = serializers.SerializerMethodField()
    target_duration = serializers.SerializerMethodField()
    paused = serializers.SerializerMethodField()
    due_at = Moment(allow_null=True)
    breached_at = Moment(allow_null=True)
    calendar = serializers.CharField(source="calendar_name")
    pause_reason = serializers.CharField()
    is_ticking = serializers.BooleanField()

    def get_left(self, clock: Any) -> str:
        """Business time until the target, ISO 8601."""
        return duration(clock.left_seconds)

    def get_target_duration(self, clock: Any) -> str:
        """The promised business time, ISO 8601."""
        return duration(clock.target_seconds)

    def get_paused(self, clock: Any) -> str:
        """Business time spent waiting, ISO 8601."""
        return duration(clock.paused_seconds)


class TicketClockViewSet(PartViewSet):
    """The SLA clocks of a ticket. Agents read them."""

    serializer_class = ClockOut

    def list(self, request: Request, number: str) -> Response:
        """Each promise's latest cycle, the worst first."""
        ticket = self.ticket
        if not self.reads_internal():
            raise NotVisibleError
        return self.all_of(clocks_for([ticket.pk]).get(ticket.pk, []))
