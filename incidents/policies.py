"""Who may do what with an incident (PROCESSES INC-01)."""

from __future__ import annotations

from typing import Any

from accounts.choices import Grant
from accounts.policies import Actor, has_grant
from incidents.choices import MajorStatus, State
from tickets.policies import is_requester_side, visible_to

__all__ = ["may", "visible_to"]

AGENT_ACTIONS = {
    "start",
    "hold",
    "resume",
    "resolve",
    "reopen",
    "cancel",
    "comment",
    "work_note",
    "update",
    "attach",
    "watch",
    "link",
}
REQUESTER_ACTIONS = {"comment", "attach", "watch"}
REQUESTER_MOVES = {"resolve", "reopen", "close"}


def may(actor: Actor, incident: Any, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible incident; ``None`` is the platform itself."""
    if actor is None:
        return True
    if _agent_may(actor, action):
        return True
    return is_requester_side(actor, incident) and _requester_may(incident, action)


def _agent_may(actor: Actor, action: str) -> bool:
    if not has_grant(actor, Grant.INCIDENT_WRITE):
        return False
    return action in AGENT_ACTIONS or (action == "close" and has_grant(actor, Grant.INCIDENT_MANAGE))


def _requester_may(incident: Any, action: str) -> bool:
    if action in REQUESTER_ACTIONS:
        return True
    if action in REQUESTER_MOVES:
        return getattr(incident, "major_status", MajorStatus.NONE) != MajorStatus.ACCEPTED
    return bool(action == "cancel" and incident.state == State.NEW and incident.first_response_at is None)
