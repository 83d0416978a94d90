"""Filters of flow runs; one set for pages and API."""

from __future__ import annotations

import django_filters as df

from workflows.choices import RunStatus
from workflows.models import FlowRun, FlowStep


class RunFilterSet(df.FilterSet):
    """Runs by flow, ticket and where they stand."""

    flow = df.CharFilter(field_name="flow_version__flow__key")
    ticket = df.CharFilter(field_name="ticket__number")
    status = df.MultipleChoiceFilter(choices=RunStatus.choices)

    class Meta:
        model = FlowRun
        fields: list[str] = []


class DeadLetterFilterSet(df.FilterSet):
    """Failed steps by flow, ticket and node."""

    flow = df.CharFilter(field_name="run__flow_version__flow__key")
    ticket = df.CharFilter(field_name="run__ticket__number")
    node = df.CharFilter(field_name="node_id")

    class Meta:
        model = FlowStep
        fields: list[str] = []
