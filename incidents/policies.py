"""Who may do what with an incident (PROCESSES INC-01)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import PLATFORM, UNKNOWN_ACTION, Decision, no
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, by_grants
from incidents.choices import MajorStatus, State
from tickets.policies import BEGUN, NOT_FOR_REQUESTERS, OWN, is_requester_side, visible_to

__all__ = ["may", "visible_to", "why", "why_task"]

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
    "add_task",
}
TASK_ACTIONS = {
    "start",
    "complete",
    "incomplete",
    "skip",
    "comment",
    "work_note",
    "update",
    "attach",
    "watch",
    "link",
}
REQUESTER_ACTIONS = {"comment", "attach", "watch"}
REQUESTER_MOVES = {"resolve", "reopen", "close"}
_MAJOR = no("major", _("A major incident is not ended or reopened by who reported it."))


def why(actor: Actor, incident: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible incident, and by which rule."""
    if actor is None:
        return PLATFORM
    agent = _agent(actor, action)
    if agent or not is_requester_side(actor, incident):
        return agent
    own = _requester(incident, action)
    return own if own else own.needing(agent.grants)


def may(actor: Actor, incident: Any, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible incident; ``None`` is the platform itself."""
    return bool(why(actor, incident, action))


def why_task(actor: Actor, task: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible task, and why: who works incidents may."""
    if actor is None:
        return PLATFORM
    return by_grant(actor, Grant.INCIDENT_WRITE) if action in TASK_ACTIONS else UNKNOWN_ACTION


def _agent(actor: Actor, action: str) -> Decision:
    if action == "close":
        return by_grants(actor, Grant.INCIDENT_WRITE, Grant.INCIDENT_MANAGE)
    return by_grants(actor, Grant.INCIDENT_WRITE) if action in AGENT_ACTIONS else UNKNOWN_ACTION


def _requester(incident: Any, action: str) -> Decision:
    if action in REQUESTER_ACTIONS:
        return OWN
    if action in REQUESTER_MOVES:
        is_major = getattr(incident, "major_status", MajorStatus.NONE) == MajorStatus.ACCEPTED
        return _MAJOR if is_major else OWN
    if action == "cancel":
        is_untouched = incident.state == State.NEW and incident.first_response_at is None
        return OWN if is_untouched else BEGUN
    return NOT_FOR_REQUESTERS
