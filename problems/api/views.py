"""Problems and their tasks. Reads through selectors, writes through services; nothing else lives here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiViewSet, ListMixin, RetrieveMixin
from problems import services
from problems.api import serializers as out
from problems.choices import Resolution
from problems.filters import CandidateFilterSet, ProblemFilterSet, ProblemTaskFilterSet
from problems.models import Candidate, Problem, ProblemTask
from problems.selectors import candidate_with, candidates_for, incidents_of_candidates
from tickets.api.schema import of_its_kind
from tickets.api.views import KindViewSet
from tickets.choices import Channel
from tickets.policies import reads_internal

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


class CandidateViewSet(ListMixin, RetrieveMixin, ApiViewSet):
    """Incidents that come again: what is proposed as a problem, for who works problems."""

    scope = "problems"
    serializer_class = out.CandidateOut
    filterset_class = CandidateFilterSet
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    versioned = False
    other_records = frozenset({"accept"})
    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = {
        "score": ("score",),
        "size": ("size",),
        "last_at": ("last_at",),
    }
    default_ordering = "-score"

    def reads_internal(self) -> bool:
        """Whether the caller reads the internal fields of the problem that a candidate becomes."""
        return reads_internal(self.actor)

    def get_queryset(self) -> QuerySet[Candidate]:
        """The candidates all of whose incidents the caller sees."""
        return candidates_for(self.actor)

    def get_object(self) -> Candidate:
        """The candidate of the address with its incidents. Raises NotVisibleError."""
        row = candidate_with(self.actor, self.kwargs["public_id"])
        row.incidents = incidents_of_candidates([row])[row.pk]  # type: ignore[attr-defined]
        return row

    @extend_schema(request=out.CandidateAcceptIn, responses={201: out.ProblemOut})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, public_id: Any) -> Response:
        """Open a problem for the incidents; each is linked as caused by it."""
        values = self.body(out.CandidateAcceptIn)
        problem = services.accept_candidate(public_id, actor=self.actor, channel=Channel.API, **values)
        self.serializer_class = out.ProblemOut  # type: ignore[assignment] # what it has become
        return self.made(problem)

    @extend_schema(request=None, responses=out.CandidateOut)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, public_id: Any) -> Response:
        """Say that it is no problem. It is proposed again when it is twice as large."""
        services.dismiss_candidate(public_id, actor=self.actor)
        return self.answer(self.get_object())
