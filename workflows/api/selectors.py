"""Reads that only the API needs."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.policies import Actor, company_wall
from core.versions import VersionStatus
from tickets.selectors import seen_by
from workflows.models import Flow, FlowHook, FlowRun, FlowStep, FlowVersion
from workflows.policies import may
from workflows.selectors import failed_steps, flows_all


def runs_for(actor: Actor) -> QuerySet[FlowRun]:
    """Runs ``actor`` may read, newest first; nothing for who may not read runs.

    Agents: those about tickets they see. Operators: those about any ticket of their company, and those about
    none; ``shows_ticket`` tells whether they see the ticket too (SECURITY: no ticket contents by the right to
    configure alone).
    """
    seen = seen_by(actor)
    where = Q(ticket__in=seen)
    if may(actor, "operate"):
        where |= Q(ticket=None) | (Q(ticket__isnull=False) & company_wall(actor, "ticket__"))
    rows = FlowRun.objects.filter(where)
    if not may(actor, "read_runs"):
        rows = rows.none()
    rows = rows.annotate(
        shows_ticket=Exists(seen.filter(pk=OuterRef("ticket"))), parent=F("parent_step__run__public_id")
    )
    rows = rows.select_related("flow_version__flow", "ticket").defer("vars", "flow_version__graph")
    return rows.order_by("-pk")


def flows_shown() -> QuerySet[Flow]:
    """All flows by key, each with the number of its published version, or None."""
    published = FlowVersion.objects.filter(flow=OuterRef("pk"), status=VersionStatus.PUBLISHED)
    return flows_all().annotate(published_version=Subquery(published.values("no")[:1]))


def draft_of(flow_key: str) -> FlowVersion | None:
    """The flow's draft, or None."""
    rows = FlowVersion.objects.filter(flow__key=flow_key, status=VersionStatus.DRAFT)
    return rows.select_related("flow").first()


def has_version(flow_key: str, number: int) -> bool:
    """Whether the flow has a version of that number."""
    return FlowVersion.objects.filter(flow__key=flow_key, no=number).exists()


def hook_of(flow_key: str) -> FlowHook | None:
    """What calls that start the flow are signed with, or None."""
    return FlowHook.objects.filter(flow__key=flow_key).select_related("flow").first()


def dead_letters(actor: Actor) -> QuerySet[FlowStep]:
    """Failed steps that wait for an operator, without what a list does not show. Raises NotAllowedError."""
    return failed_steps(actor).defer("input", "output", "run__vars", "run__flow_version__graph")
