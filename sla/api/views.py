"""The clocks of a ticket."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import NamedRef, ref
from accounts.api.views import ConfigurationViewSet
from core.api.fields import Label, Moment, Out
from core.errors import NotVisibleError
from sla.api.selectors import definitions_in_force
from sla.choices import Target, Type
from sla.models import SLADefinition
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


class DefinitionOut(Out):
    """A promise in force: what it is about, how long it may take, by which calendar."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    version = serializers.IntegerField(source="no")
    kind = serializers.CharField()
    type = serializers.ChoiceField(choices=Type.choices)
    track = serializers.CharField()
    target = serializers.ChoiceField(choices=Target.choices)
    target_label = Label("target")
    target_duration = serializers.SerializerMethodField()
    calendar = ref(NamedRef)
    start_condition = serializers.JSONField(source="start_cond")
    stop_condition = serializers.JSONField(source="stop_cond", allow_null=True)
    pause_condition = serializers.JSONField(source="pause_cond", allow_null=True)
    warns_at_percent = serializers.ListField(child=serializers.IntegerField(), source="thresholds")

    def get_target_duration(self, definition: Any) -> str | None:
        """The promised business time, ISO 8601; null for a promise that is due at a date."""
        return None if definition.target_s is None else duration(definition.target_s)


def duration(seconds: int) -> str:
    """Seconds as ISO 8601 in hours, minutes and seconds, e.g. ``PT4H`` or ``-PT5M``."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else "", f"{rest}S" if rest else ""]
    return f"{'-' if seconds < 0 else ''}PT{''.join(parts) or '0S'}"


class DefinitionViewSet(ConfigurationViewSet):
    """The promises in force; they are edited in the configuration pages."""

    scope = "sla"
    serializer_class = DefinitionOut

    def get_queryset(self) -> QuerySet[SLADefinition]:
        """The published definitions."""
        return definitions_in_force()


class TicketClockViewSet(PartViewSet):
    """The SLA clocks of a ticket. Agents read them."""

    serializer_class = ClockOut

    def list(self, request: Request, number: str) -> Response:
        """Each promise's latest cycle, the worst first."""
        ticket = self.ticket
        if not self.reads_internal():
            raise NotVisibleError
        return self.all_of(clocks_for([ticket.pk]).get(ticket.pk, []))
