"""Major incidents for tests, made through the services."""

from __future__ import annotations

from typing import Any

from incidents import services
from incidents.models import Incident, MajorRule
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tickets.services import update_ticket

IMPACT = "Nobody in the head office can sell."
REASON = "Everything behind the core switch is down."


def no_rules() -> None:
    """Let no rule find anything."""
    MajorRule.objects.update(enabled=False)


def make_manager(**more: Any) -> Any:
    """Somebody who leads major incidents."""
    return AgentFactory(roles=["major_incident_manager"], **more)


def make_child(parent: Any, **fields: Any) -> Incident:
    """An incident that hangs on that one."""
    child = make_incident(**fields)
    update_ticket(child.pk, actor=None, parent=parent)
    return Incident.objects.get(pk=child.pk)


def make_major(
    status: str = "accepted", *, manager: Any = None, agent: Any = None, **fields: Any
) -> Incident:
    """An incident with that ``major_status``, brought there by the services."""
    manager = manager or make_manager()
    incident = make_incident(**fields)
    if status in {"proposed", "rejected"}:
        services.propose_major(incident.pk, actor=agent or manager, reason=REASON, business_impact=IMPACT)
    if status == "rejected":
        services.reject_major(incident.pk, actor=manager, reason="One office only.")
    if status in {"accepted", "cancelled"}:
        services.accept_major(incident.pk, actor=manager, work_note="All hands.", business_impact=IMPACT)
    if status == "cancelled":
        services.demote_major(incident.pk, actor=manager, reason="It was one cable.")
    return Incident.objects.get(pk=incident.pk)
