"""Who may do what with a problem and its tasks (PROCESSES PRB-01, PRB-04)."""

from __future__ import annotations

from typing import Any

from accounts.access.decisions import PLATFORM, UNKNOWN_ACTION, Decision
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, by_grants
from tickets.policies import visible_to, why_internal

__all__ = ["may", "visible_to", "why", "why_candidates", "why_task"]

_SHARED = {"comment", "work_note", "update", "attach", "watch", "link"}
ACTIONS = _SHARED | {
    "assess",
    "confirm",
    "fix",
    "resolve",
    "accept_risk",
    "accept_risk_for_now",
    "mark_duplicate",
    "cancel",
    "complete",
    "re_analyze",
    "add_task",
    "tell",
}
TASK_ACTIONS = _SHARED | {"assess", "start", "complete", "cancel", "re_assess"}


def why(actor: Actor, problem: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible problem, and by which rule."""
    return _of(actor, action, ACTIONS)


def why_task(actor: Actor, task: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible task, and by which rule."""
    return _of(actor, action, TASK_ACTIONS)


def why_candidates(actor: Actor) -> Decision:
    """Whether ``actor`` reads and decides what is proposed as a problem: who works problems does."""
    found = by_grants(actor, Grant.PROBLEM_WRITE, Grant.TICKET_READ_ALL)
    return found and why_internal(actor)


def may(actor: Actor, problem: Any, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible problem; ``None`` is the platform itself."""
    return bool(why(actor, problem, action))


def _of(actor: Actor, action: str, actions: set[str]) -> Decision:
    if actor is None:
        return PLATFORM
    return by_grant(actor, Grant.PROBLEM_WRITE) if action in actions else UNKNOWN_ACTION
