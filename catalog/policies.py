"""Who may see and order what, and who may do what with requests, items and tasks (PROCESSES section 5)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.access.decisions import PLATFORM, UNKNOWN_ACTION, Decision
from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, by_grant, company_wall, has_grant
from catalog.models import CatalogTask
from core.versions import VersionStatus
from tickets.choices import TaskState
from tickets.policies import BEGUN, NOT_FOR_REQUESTERS, OWN, is_requester_side, visible_to

__all__ = [
    "may_item",
    "may_order_for",
    "may_publish",
    "may_request",
    "may_task",
    "visible_items",
    "visible_to",
    "why_item",
    "why_publish",
    "why_request",
    "why_task",
]

_TALK = {"comment", "attach", "watch"}
_WORK = _TALK | {"work_note", "update", "link"}
_TASK_MOVES = {"start", "complete", "incomplete", "skip"}
_BEGUN = (TaskState.WORK_IN_PROGRESS, TaskState.CLOSED_COMPLETE, TaskState.CLOSED_INCOMPLETE)
_CORRECTIONS = {"complete", "incomplete", "skip"}


def visible_items(actor: Actor) -> Q:
    """Catalogue items behind the actor's company wall that are switched on; entitlement comes on top.

    Whoever edits the catalogue sees the switched-off ones too.
    """
    if actor is None or has_grant(actor, Grant.CATALOG_WRITE):
        return company_wall(actor)
    return company_wall(actor) & Q(enabled=True)


def visible_versions(actor: Actor) -> Q:
    """Versions of visible items: the published one, or all for who edits the catalogue."""
    wall = company_wall(actor, "item__")
    if actor is None or has_grant(actor, Grant.CATALOG_WRITE):
        return wall
    return wall & Q(item__enabled=True, status=VersionStatus.PUBLISHED)


def why_publish(actor: Actor, action: str = "edit") -> Decision:
    """Whether ``actor`` may edit, publish and retire what is in the catalogue."""
    return by_grant(actor, Grant.CATALOG_WRITE)


def may_publish(actor: Actor) -> bool:
    """Whether ``actor`` may edit, publish and retire what is in the catalogue."""
    return bool(why_publish(actor))


def may_order_for(actor: Actor, person: User) -> bool:
    """Whether ``actor`` may order for ``person`` (REQ-11): for oneself, a direct report, or as an agent."""
    if actor is None or actor.pk == person.pk:
        return True
    if actor.company_id != person.company_id:
        return False
    return person.manager_id == actor.pk or has_grant(actor, Grant.REQUEST_WRITE)


def why_request(actor: Actor, request: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible request, and by which rule."""
    if actor is None:
        return PLATFORM
    agent = _agent(actor, action, _WORK | {"cancel"})
    if has_grant(actor, Grant.REQUEST_WRITE) or not is_requester_side(actor, request):
        return agent
    if action == "cancel":
        return BEGUN.needing(agent.grants) if _in_work(ritm__request=request.pk) else OWN
    return OWN if action in _TALK else NOT_FOR_REQUESTERS.needing(agent.grants)


def may_request(actor: Actor, request: Any, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible request; ``None`` is the platform itself."""
    return bool(why_request(actor, request, action))


def why_item(actor: Actor, item: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible item, and by which rule.

    The requester's side withdraws it until its first task is in work, and accepts what was delivered or
    complains; agents withdraw it later too; correcting by hand is for who configures the platform (REQ-06).
    """
    if actor is None:
        return PLATFORM
    if action in _CORRECTIONS | {"work_note"}:
        corrects = by_grant(actor, Grant.CONFIG_WRITE)
        if corrects or action in _CORRECTIONS:
            return corrects
    agent = _agent(actor, action, _WORK | {"cancel"})
    if agent or not is_requester_side(actor, item):
        return agent
    if action == "cancel":
        return BEGUN.needing(agent.grants) if _in_work(ritm=item.pk) else OWN
    return OWN if action in _TALK | {"accept", "complain"} else NOT_FOR_REQUESTERS.needing(agent.grants)


def may_item(actor: Actor, item: Any, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible item; ``None`` is the platform itself."""
    return bool(why_item(actor, item, action))


def why_task(actor: Actor, task: Any, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible task, and why: agents who fulfil requests may."""
    if actor is None:
        return PLATFORM
    return by_grant(actor, Grant.REQUEST_FULFIL) if action in _WORK | _TASK_MOVES else UNKNOWN_ACTION


def may_task(actor: Actor, task: Any, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible task: agents who fulfil requests may."""
    return bool(why_task(actor, task, action))


def _agent(actor: Actor, action: str, actions: set[str]) -> Decision:
    return by_grant(actor, Grant.REQUEST_WRITE) if action in actions else UNKNOWN_ACTION


def _in_work(**of: Any) -> bool:
    """Whether somebody has begun, or ended other than by skipping, a task of these items."""
    return CatalogTask.objects.filter(state__in=_BEGUN, **of).exists()
