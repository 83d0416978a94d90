"""What produces incidents, over REST: the figures of the page, and a problem for a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.filters import READ_PARAMETERS
from core.api.views import ApiViewSet
from core.errors import NotAllowedError
from problems import services
from problems.api import serializers as out
from problems.choices import TrendBy
from problems.forms import trend_asked
from problems.policies import why_candidates
from problems.trend_selectors import known_for, span_for, trends_for
from problems.trends import WEEKS
from tickets.choices import Channel
from tickets.policies import reads_internal

MOST_ROWS = 100
_PARAMETERS = [
    OpenApiParameter("by", str, enum=TrendBy.values, description="What to count by; category by default."),
    OpenApiParameter("weeks", int, enum=WEEKS, description="Weeks of each period; 13 by default."),
]


class TrendViewSet(ApiViewSet):
    """What produces incidents, for who works problems: counts of what the caller may see."""

    scope = "problems"
    serializer_class = out.TrendsOut
    versioned = False
    read_parameters = READ_PARAMETERS | {"by", "weeks"}
    other_records = frozenset({"create"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who works no problems."""
        super().initial(request, *args, **kwargs)
        if not why_candidates(self.actor):
            raise NotAllowedError

    def reads_internal(self) -> bool:
        """Whether the caller reads the internal fields of the problem that is opened."""
        return reads_internal(self.actor)

    def get_serializer_context(self) -> dict[str, Any]:
        """With the problems that may explain the rows."""
        return super().get_serializer_context() | {"known": getattr(self, "known", {})}

    @extend_schema(parameters=_PARAMETERS, responses=out.TrendsOut)
    def retrieve(self, request: Request) -> Response:
        """The figures of the last weeks beside those before, what rises first."""
        by, weeks = trend_asked(request.query_params, mark="?")
        trends = trends_for(self.actor, by, span_for(self.actor, weeks))
        trends = replace(trends, rows=trends.rows[:MOST_ROWS])
        self.known = known_for(self.actor, trends, trends.rows)
        return Response(self.represent(trends))

    @extend_schema(request=out.TrendProblemIn, responses={201: out.ProblemOut})
    def create(self, request: Request) -> Response:
        """Open a problem for the incidents of a row that no problem explains yet, at most the 100 newest."""
        values = self.body(out.TrendProblemIn)
        problem = services.open_problem_for_trend(
            actor=self.actor, key=values.pop("row"), channel=Channel.API, **values
        )
        self.serializer_class = out.ProblemOut  # type: ignore[assignment] # what it has become
        return self.made(problem)
