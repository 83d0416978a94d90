"""Filters of problems and their tasks; one set for pages and API."""

from __future__ import annotations

from typing import ClassVar

import django_filters as df

from problems.choices import Reason, Resolution, State, TaskState, TaskType, Verdict
from problems.models import Candidate
from tickets.filters import TicketFilterSet


class ProblemFilterSet(TicketFilterSet):
    """Problems."""

    state = df.MultipleChoiceFilter(choices=State.choices)
    resolution_code = df.MultipleChoiceFilter(field_name="close_code", choices=Resolution.choices)
    known_error = df.BooleanFilter(field_name="problem__is_known_error")


class ProblemTaskFilterSet(TicketFilterSet):
    """Problem tasks."""

    state = df.MultipleChoiceFilter(choices=TaskState.choices)
    type = df.MultipleChoiceFilter(field_name="problemtask__type", choices=TaskType.choices)
    problem = df.CharFilter(field_name="parent", method="below", label="The number of a problem.")


class CandidateFilterSet(df.FilterSet):
    """What is proposed as a problem."""

    verdict = df.MultipleChoiceFilter(choices=Verdict.choices)
    reason = df.MultipleChoiceFilter(choices=Reason.choices)

    class Meta:
        model = Candidate
        fields: ClassVar[list[str]] = []
