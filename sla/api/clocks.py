"""The clocks of all tickets that the caller may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from core.api.fields import Moment
from core.api.views import ApiViewSet, ListMixin
from core.errors import NotAllowedError
from sla.api.views import ClockOut
from sla.filters import ClockFilterSet
from sla.models import Clock
from sla.selectors import ClockView, clock_rows, view_of
from tickets.policies import reads_internal
from tickets.selectors import seen_by


@dataclass(frozen=True)
class ListedClock(ClockView):
    """A clock with the ticket it runs on."""

    ticket: str
    kind: str
    started_at: Any
    stopped_at: Any


class ListedClockOut(ClockOut):
    """A clock in a list of its own."""

    ticket = serializers.CharField()
    kind = serializers.CharField()
    track = serializers.CharField()
    cycle = serializers.IntegerField()
    definition = serializers.CharField(source="definition_key")
    type = serializers.CharField()
    time_zone = serializers.CharField(source="tz")
    started_at = Moment()
    stopped_at = Moment(allow_null=True)


class ClockViewSet(ListMixin, ApiViewSet):
    """Clocks. Agents read those of the tickets they may see."""

    scope = "sla"
    versioned = False
    serializer_class = ListedClockOut
    filterset_class = ClockFilterSet
    # In the order in which they began to be kept, which is that of the primary key.
    ordering_fields = {"attached": ("pk",)}
    default_ordering = "-attached"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who does not read the internal side of tickets."""
        super().initial(request, *args, **kwargs)
        if not reads_internal(self.actor):
            raise NotAllowedError

    def reads_internal(self) -> bool:
        """Always here."""
        return True

    def get_queryset(self) -> QuerySet[Clock]:
        """The clocks of visible tickets."""
        return clock_rows().filter(ticket__in=seen_by(self.actor))

    def prepare(self, page: list[Any]) -> list[ListedClock]:
        """The clocks as they stand now."""
        return [
            ListedClock(
                **vars(view_of(clock, clock.now)),
                ticket=clock.ticket.number,
                kind=clock.ticket.kind,
                started_at=clock.started_at,
                stopped_at=clock.stopped_at,
            )
            for clock in page
        ]
