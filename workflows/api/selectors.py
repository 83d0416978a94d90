"""Reads that only the API needs."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.policies import Actor
from tickets.models import Ticket
from tickets.policies import visible_to
from workflows.models import FlowRun
from workflows.policies import may


def runs_for(actor: Actor) -> QuerySet[FlowRun]:
    """Runs about tickets ``actor`` may see, newest first; nothing for who may not read runs."""
    rows = FlowRun.objects.filter(ticket__in=Ticket.objects.filter(visible_to(actor)))
    if not may(actor, "read_runs"):
        rows = rows.none()
    return rows.select_related("flow_version__flow", "ticket").defer("vars").order_by("-pk")
