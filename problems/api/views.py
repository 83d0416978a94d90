"""Problems and their tasks. Reads through selectors, writes through services; nothing else lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from problems import services
from problems.api import serializers as out
from problems.choices import Resolution
from problems.filters import ProblemFilterSet, ProblemTaskFilterSet
from problems.models import Problem, ProblemTask
from tickets.api.schema import of_its_kind
from tickets.api.views import KindViewSet
from tickets.choices import Channel

Moves = Mapping[str, Callable[..., Any]]


@of_its_kind
class ProblemViewSet(KindViewSet):
    """The causes of incidents. Employees do not see them."""

    scope = "problems"
    kind = "problem"
    model = Problem
    serializer_class = out.ProblemOut
    filterset_class = ProblemFilterSet
    change_in = out.ProblemChangeIn
    moves: ClassVar[Moves] = services.SERVICES  # type: ignore[assignment] # "function"
    other_records = frozenset({"tell"})
    # Which of the moves to one state is meant (PROCESSES G-02).
    told_apart: ClassVar[Mapping[str, tuple[str, ...]]] = {
        Resolution.FIX_APPLIED: ("resolve", "complete"),
        Resolution.RISK_ACCEPTED: ("accept_risk", "accept_risk_for_now", "complete"),
        Resolution.DUPLICATE: ("mark_duplicate",),
        Resolution.CANCELED: ("cancel",),
    }

    @extend_schema(request=out.ProblemIn, responses={201: out.ProblemOut})
    def create(self, request: Request) -> Response:
        """Open a problem, by itself or from an incident, which is then linked as caused by it."""
        problem = services.open_problem(actor=self.actor, channel=Channel.API, **self.body(out.ProblemIn))
        return self.answer(problem, status=status.HTTP_201_CREATED)

    @extend_schema(request=out.TellIn, responses=out.ToldOut)
    @action(detail=True, methods=["post"])
    def tell(self, request: Request, number: str) -> Response:
        """Let the open incidents of the problem know its workaround or its fix, each once."""
        values = self.body(out.TellIn)
        reached = services.tell_incidents(self.seen().pk, actor=self.actor, **values)
        return Response({"reached": reached})


@of_its_kind
class ProblemTaskViewSet(KindViewSet):
    """Pieces of work for problems. Employees do not see them."""

    scope = "problems"
    kind = "ptask"
    model = ProblemTask
    serializer_class = out.ProblemTaskOut
    filterset_class = ProblemTaskFilterSet
    change_in = out.ProblemTaskChangeIn
    moves: ClassVar[Moves] = services.TASK_SERVICES

    @extend_schema(request=out.ProblemTaskIn, responses={201: out.ProblemTaskOut})
    def create(self, request: Request) -> Response:
        """Give somebody a task for a problem; with an assignee it is being assessed at once."""
        values = self.body(out.ProblemTaskIn)
        task = services.open_problem_task(actor=self.actor, parent=values.pop("problem"), **values)
        return self.answer(task, status=status.HTTP_201_CREATED)
