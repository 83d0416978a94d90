"""Incidents for tests, made through the services so that they are what the platform makes."""

from __future__ import annotations

from typing import Any

from incidents import services
from incidents.models import Incident, IncidentTask
from tests.factories.accounts import AgentFactory, UserFactory
from tickets.services import apply_transition


def make_incident(state: str = "new", *, requester: Any = None, agent: Any = None, **fields: Any) -> Incident:
    """An incident in ``state``, walked there by an agent along the legal edges."""
    requester = requester or UserFactory()
    incident = services.open_incident(
        actor=requester, title=fields.pop("title", "VPN drops every hour"), requester=requester, **fields
    )
    if state == "new":
        return incident
    agent = agent or AgentFactory()
    if state == "cancelled":
        return services.cancel_incident(incident.pk, actor=agent, reason_text="Sent twice.")
    incident = services.start_incident(incident.pk, actor=agent)
    if state == "on_hold":
        return services.hold_incident(
            incident.pk, actor=agent, hold_reason="awaiting_caller", comment="Which office are you in?"
        )
    if state in {"resolved", "closed"}:
        incident = services.resolve_incident(
            incident.pk, actor=agent, close_code="solution_provided", close_notes="Restarted the gateway."
        )
    if state == "closed":
        incident = services.close_incident(incident.pk, actor=None)
    return incident


_TASK_MOVES = {
    "open": "",
    "work_in_progress": "start",
    "closed_complete": "complete",
    "closed_incomplete": "incomplete",
    "closed_skipped": "skip",
}


def make_incident_task(state: str = "open", *, incident: Any = None, **fields: Any) -> IncidentTask:
    """A task in ``state`` of a new incident or the one given; of a resolved one as an importer finds it."""
    incident = incident or make_incident()
    place = {name: getattr(incident, name) for name in ("state", "state_rank", "phase")}
    if incident.phase == "done":  # nothing is opened there any more, so the parent is shown open meanwhile
        Incident.objects.filter(pk=incident.pk).update(state="in_progress", state_rank=20, phase="open")
    task = services.open_incident_task(
        parent=incident, title=fields.pop("title", "Check the switch"), actor=None, **fields
    )
    Incident.objects.filter(pk=incident.pk).update(**place)
    name = _TASK_MOVES[state]
    inputs = {} if name in {"", "start", "complete"} else {"close_notes": "Not reachable."}
    return apply_transition(IncidentTask, task.pk, name, actor=None, **inputs) if name else task
