"""Filters of incident lists; one set for pages and API."""

from __future__ import annotations

import django_filters as df

from incidents.choices import HoldReason, MajorStatus, State
from tickets.choices import TaskState
from tickets.filters import TicketFilterSet


class IncidentFilterSet(TicketFilterSet):
    """Incidents."""

    state = df.MultipleChoiceFilter(choices=State.choices)
    hold_reason = df.MultipleChoiceFilter(field_name="incident__hold_reason", choices=HoldReason.choices)
    major_status = df.MultipleChoiceFilter(field_name="incident__major_status", choices=MajorStatus.choices)


class IncidentTaskFilterSet(TicketFilterSet):
    """Incident tasks."""

    state = df.MultipleChoiceFilter(
        choices=[each for each in TaskState.choices if each[0] != TaskState.PENDING]
    )
    incident = df.CharFilter(field_name="parent", method="below", label="The number of an incident.")
