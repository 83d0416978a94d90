"""Filters of problems and their tasks; one set for pages and API."""

from __future__ import annotations

import django_filters as df

from problems.choices import Resolution, State, TaskState, TaskType
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
