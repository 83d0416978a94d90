"""Who may do what with an incident (PROCESSES INC-01)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import PLATFORM, UNKNOWN_ACTION, Decision, no, yes
from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, by_grant, by_grants
from incidents.choices import MajorStatus, State
from incidents.models import MajorSeat
from tickets.policies import BEGUN, NOT_FOR_REQUESTERS, OWN, is_requester_side, visible_to, why_internal

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
    "merge",
    "split",
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
# What is done with an incident as a major one, and the grant that it takes.
MAJOR_ACTIONS: dict[str, Grant] = {
    "propose_major": Grant.INCIDENT_WRITE,
    "accept_major": Grant.INCIDENT_MAJOR,
    "reject_major": Grant.INCIDENT_MAJOR,
    "demote_major": Grant.INCIDENT_MAJOR,
    "staff_major": Grant.INCIDENT_MAJOR,
    "review_major": Grant.INCIDENT_MAJOR,
    "work_major": Grant.INCIDENT_WRITE,
    "update_major": Grant.INCIDENT_MAJOR,
}
_MAJOR = no("major", _("A major incident is not ended or reopened by who reported it."))
_SEATED = yes("seated", _("This person has a part in the major incident."))


def why(actor: Actor, incident: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible incident, and by which rule."""
    if actor is None:
        return PLATFORM
    if action in MAJOR_ACTIONS:
        return _major(actor, incident, action)
    agent = _agent(actor, incident, action)
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


def _is_major(incident: Any) -> bool:
    return bool(getattr(incident, "major_status", MajorStatus.NONE) == MajorStatus.ACCEPTED)


def _major(actor: User, incident: Any, action: str) -> Decision:
    """Only inside the workspace: nothing of it is for who reported the incident, or reads no notes."""
    internal = why_internal(actor)
    found = by_grants(actor, Grant.INCIDENT_WRITE, MAJOR_ACTIONS[action])
    if not internal:
        return internal
    if found or action != "update_major" or not by_grant(actor, Grant.INCIDENT_WRITE):
        return found
    return _SEATED if MajorSeat.objects.filter(incident=incident.pk, person=actor).exists() else found


def _agent(actor: Actor, incident: Any, action: str) -> Decision:
    if action == "close" and _is_major(incident):
        return by_grants(actor, Grant.INCIDENT_WRITE, Grant.INCIDENT_MAJOR)
    if action == "close":
        return by_grants(actor, Grant.INCIDENT_WRITE, Grant.INCIDENT_MANAGE)
    return by_grants(actor, Grant.INCIDENT_WRITE) if action in AGENT_ACTIONS else UNKNOWN_ACTION


def _requester(incident: Any, action: str) -> Decision:
    if action in REQUESTER_ACTIONS:
        return OWN
    if action in REQUESTER_MOVES | {"cancel"} and _is_major(incident):
        return _MAJOR
    if action in REQUESTER_MOVES:
        return OWN
    if action == "cancel":
        is_untouched = incident.state == State.NEW and incident.first_response_at is None
        return OWN if is_untouched else BEGUN
    return NOT_FOR_REQUESTERS
