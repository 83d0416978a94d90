"""Incidents for tests, made through the services so that they are what the platform makes."""

from __future__ import annotations

from typing import Any

from incidents import services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, UserFactory


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
