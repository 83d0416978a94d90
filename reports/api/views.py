"""Reports: the figures of the pages, with the same filters."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import READ_PARAMETERS, refuse_empty
from core.api.views import ApiViewSet
from core.errors import NotAllowedError
from reports import selectors
from reports.api import serializers as out
from reports.filters import PARAMETERS, Asked, asked_from
from reports.policies import may_read
from reports.satisfaction import satisfaction_for
from sla.choices import Target
from tickets.choices import Priority

_FILTERS = [
    OpenApiParameter(
        "period",
        str,
        description="month (the default), last_month, quarter, last_quarter, 2026-03 or 2026-Q1.",
    ),
    OpenApiParameter("from", OpenApiTypes.DATE, description="First day, in place of a period."),
    OpenApiParameter("to", OpenApiTypes.DATE, description="Last day; at most three years after the first."),
    OpenApiParameter("service", str, description="Number of the configuration item, or none."),
    OpenApiParameter("team", str, description="Key of the assignment group, or none."),
    OpenApiParameter("priority", int, many=True, enum=Priority.values),
    OpenApiParameter("target", str, many=True, enum=Target.values),
    OpenApiParameter("definition", str, description="Key of the promise."),
]


class ReportViewSet(ApiViewSet):
    """The base of reports: for who reads them, about a period."""

    scope = "reports"
    versioned = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who reads no reports."""
        super().initial(request, *args, **kwargs)
        if not may_read(self.actor):
            raise NotAllowedError

    def asked(self) -> Asked:
        """The checked parameters, of which none may be empty that names a day."""
        refuse_empty(self.request, ("from", "to"))
        zone, now = selectors.here_and_now(self.actor)
        today = timezone.localtime(now, ZoneInfo(zone)).date()
        return asked_from(self.request.query_params, today=today, zone=zone, mark="?")


class SLAReportViewSet(ReportViewSet):
    """Compliance with service levels. Agents read the figures of the tickets they may see."""

    serializer_class = out.SLAReportOut
    read_parameters = READ_PARAMETERS | PARAMETERS

    @extend_schema(parameters=_FILTERS, responses=out.SLAReportOut)
    def retrieve(self, request: Request) -> Response:
        """The figures: clocks completed in the period, or missed in it and open; none cancelled."""
        return Response(self.represent(selectors.report_for(self.actor, self.asked())))


class SatisfactionViewSet(ReportViewSet):
    """How tickets went for people. Agents read the figures of the tickets they may see."""

    serializer_class = out.SatisfactionOut
    read_parameters = READ_PARAMETERS | (PARAMETERS - {"target", "definition"})

    @extend_schema(
        parameters=[each for each in _FILTERS if each.name not in {"target", "definition"}],
        responses=out.SatisfactionOut,
    )
    def retrieve(self, request: Request) -> Response:
        """The figures by group: who was asked in the period, and what was answered since."""
        return Response(self.represent(satisfaction_for(self.actor, self.asked())))
