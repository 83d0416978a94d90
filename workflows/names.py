"""What texts and conditions of a flow may name: plain values of allowed fields, never objects (DX-4)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from accounts.models import User
from core.values import evaluate, resolve
from tickets.models import Ticket
from tickets.selectors import child_of

# The first words a path may begin with, beside the keys of the kinds that offer names.
ROOTS = frozenset({"requester", "on_behalf_of", "ticket", "vars", "steps", "error"})
_TICKET: dict[str, Callable[[Ticket], Any]] = {
    "number": lambda ticket: ticket.number,
    "kind": lambda ticket: ticket.kind,
    "title": lambda ticket: ticket.title,
    "state": lambda ticket: ticket.state,
    "phase": lambda ticket: ticket.phase,
    "priority": lambda ticket: ticket.priority,
    "impact": lambda ticket: ticket.impact,
    "urgency": lambda ticket: ticket.urgency,
    "category": lambda ticket: ticket.category,
    "close_code": lambda ticket: ticket.close_code,
    "group": lambda ticket: _keyed(ticket.group),
    "assignee": lambda ticket: ticket.assignee.username if ticket.assignee else None,
    "ci": lambda ticket: ticket.ci.number if ticket.ci else None,
    "company": lambda ticket: ticket.company.key,
}
TICKET_FIELDS = frozenset(_TICKET)
PEOPLE = ("requester", "on_behalf_of")


def person(user: User | None) -> dict[str, Any] | None:
    """The allowed fields of a person; ``username`` is what engines find them by."""
    if user is None:
        return None
    return {
        **_name_of(user),
        "cost_center": user.cost_center,
        "is_vip": user.is_vip,
        "department": _keyed(user.department),
        "location": _keyed(user.location),
        "manager": _name_of(user.manager) if user.manager else None,
    }


def _name_of(user: User) -> dict[str, Any]:
    return {"username": user.username, "name": user.display_name, "email": user.email, "grade": user.grade}


def of_ticket(ticket: Ticket | None, *, named: Collection[str]) -> dict[str, Any]:
    """Names of the ticket, its people, and what its kind offers under its own key (``flow_names``).

    Only what a path that begins with one of ``named`` (see ``Graph.named``) can reach is looked up.
    """
    if ticket is None:
        return {"ticket": {}} | dict.fromkeys(PEOPLE)
    fields = {name: get(ticket) for name, get in _TICKET.items() if f"ticket.{name}" in named}
    names: dict[str, Any] = {"ticket": fields}
    roots = {path.partition(".")[0] for path in named}
    names |= {role: person(getattr(ticket, role)) for role in PEOPLE if role in roots}
    if ticket.kind in roots:
        child = child_of(ticket)
        if hasattr(child, "flow_names"):
            names[ticket.kind] = child.flow_names()
    return names


def rows_named(named: Collection[str]) -> tuple[str, ...]:
    """The references of a ticket that ``of_ticket`` follows for these paths, for ``select_related``."""
    found = [name for name in ("group", "assignee", "ci") if f"ticket.{name}" in named]
    for role in PEOPLE:
        if any(path.partition(".")[0] == role for path in named):
            found += [role, *(f"{role}__{about}" for about in ("department", "location", "manager"))]
    return tuple(found)


def ticket_fields(ticket: Ticket) -> dict[str, Any]:
    """The allowed fields of a ticket."""
    return {name: get(ticket) for name, get in _TICKET.items()}


def of_steps(outputs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What earlier steps found out: ``steps.<node>.outcome`` and ``steps.<node>.output.<name>``."""
    return {
        node_id: {"outcome": output.get("outcome"), "output": output} for node_id, output in outputs.items()
    }


def filled(given: Any, names: dict[str, Any]) -> Any:
    """``given`` with its values: ``{"path": …}`` and placeholders in texts, inside lists and objects too."""
    if isinstance(given, str):
        return plain(evaluate(given, names)) if "{{" in given else given
    if isinstance(given, list):
        return [filled(each, names) for each in given]
    if isinstance(given, dict):
        if given.keys() == {"path"}:
            return plain(resolve(given["path"], names))
        return {key: filled(each, names) for key, each in given.items()}
    return given


def plain(value: Any) -> Any:
    """``value`` as JSON: exact whole numbers, decimals as floats, instants as ISO texts."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _keyed(row: Any) -> dict[str, Any] | None:
    return {"key": row.key, "name": row.name} if row is not None else None
