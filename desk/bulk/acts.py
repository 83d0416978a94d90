"""What a bulk does to each ticket, as a call of the REST API, and what would take it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Group, User
from core.api.etags import tag_of
from desk.bulk.choosing import Pick
from desk.bulk.jobs import Call
from tickets import kinds
from tickets.choices import LinkType
from tickets.lifecycle import COMMENT, WORK_NOTE, Input
from tickets.models import Ticket
from tickets.transitions import Edge, Move, all_edges

# What is kept of the way back: a call for the version that the change made, or the link to remove.
Back = dict[str, Any] | None
LABELS: dict[str, str | Promise] = {
    "assign": _("Assign"),
    "move": _("Change the state"),
    "link": _("Link to a problem"),
    "note": _("Add an internal note"),
    "macro": _("Run a macro"),
    "merge": _("Merge into one"),
}
_EVERYWHERE = frozenset({COMMENT.name, WORK_NOTE.name})


def call_for(action: str, pick: Pick, given: Mapping[str, Any]) -> tuple[Call, Back]:
    """The call that does ``action`` to a picked ticket, and what would take it back, if anything would."""
    path = f"/api/v1/{kinds.get(pick.kind).path}/{pick.number}/"
    tag = tag_of(pick.ticket, pick.version) if pick.ticket is not None else '"unseen"'
    return _ACTS[action](pick, path, tag, given)


def _assign(pick: Pick, path: str, tag: str, given: Mapping[str, Any]) -> tuple[Call, Back]:
    ticket = pick.ticket
    back = ticket and {
        "method": "PATCH",
        "path": path,
        "body": {
            "assignee": ticket.assignee.username if ticket.assignee else None,
            "group": ticket.group.key if ticket.group else None,
        },
    }
    return Call(pick.number, "PATCH", path, dict(given), tag), back or None


def _move(pick: Pick, path: str, tag: str, given: Mapping[str, Any]) -> tuple[Call, Back]:
    name = given["name"]
    taken = {each.name for each in _inputs(pick.kind, name)} | _EVERYWHERE
    body = {key: value for key, value in given["inputs"].items() if key in taken}
    back = _way_back(pick, name)
    undo = {"method": "POST", "path": f"{path}transitions/{back}/", "body": {}} if back else None
    return Call(pick.number, "POST", f"{path}transitions/{name}/", body, tag), undo


def _link(pick: Pick, path: str, _tag: str, given: Mapping[str, Any]) -> tuple[Call, Back]:
    body = {"type": LinkType.CAUSED_BY.value, "target": given["target"]}
    return Call(pick.number, "POST", f"{path}links/", body), {"path": f"{path}links/", "link": body}


def _note(pick: Pick, path: str, _tag: str, given: Mapping[str, Any]) -> tuple[Call, Back]:
    return Call(pick.number, "POST", f"{path}work-notes/", {"body": given["body"]}), None


def _macro(pick: Pick, path: str, tag: str, given: Mapping[str, Any]) -> tuple[Call, Back]:
    return Call(pick.number, "POST", f"{path}run-macro/", {"macro": given["macro"]}, tag), None


def _merge(pick: Pick, path: str, tag: str, given: Mapping[str, Any]) -> tuple[Call, Back]:
    undo = {"method": "POST", "path": f"{path}unmerge/", "body": {}}
    return Call(pick.number, "POST", f"{path}merge/", {"into": given["into"]}, tag), undo


_ACTS: dict[str, Callable[[Pick, str, str, Mapping[str, Any]], tuple[Call, Back]]] = {
    "assign": _assign,
    "move": _move,
    "link": _link,
    "note": _note,
    "macro": _macro,
    "merge": _merge,
}


def _edges(kind: str, name: str) -> list[Edge]:
    return [edge for edge in all_edges(kinds.get(kind).model) if edge.name == name and not edge.spec.system]


def _inputs(kind: str, name: str) -> list[Input]:
    return [given for edge in _edges(kind, name) for given in edge.spec.inputs]


def _way_back(pick: Pick, name: str) -> str:
    """The move that leads back to where the ticket stands and asks nothing; empty when there is none."""
    ticket = pick.ticket
    if ticket is None:
        return ""
    target = next((edge.target for edge in _edges(pick.kind, name) if edge.source == ticket.state), None)
    ways = [
        edge.name
        for edge in all_edges(kinds.get(pick.kind).model)
        if edge.source == target and edge.target == ticket.state and not edge.spec.system
        if not any(given.required for given in edge.spec.inputs)
    ]
    return ways[0] if ways else ""


def moves_of(picks: Iterable[Pick]) -> dict[str, str]:
    """The moves that leave the present states of the picked tickets, by name; who may is decided for each."""
    states = {(pick.kind, pick.ticket.state) for pick in picks if pick.ticket is not None}
    return {
        edge.name: str(edge.spec.label)
        for kind, state in sorted(states)
        for edge in all_edges(kinds.get(kind).model)
        if edge.source == state and not edge.spec.system
    }


def move_named(picks: Iterable[Pick], name: str, actor: User) -> Move | None:
    """The move with all that the picked tickets' kinds ask for it; None when none of them has it."""
    found: list[Edge] = []
    inputs: dict[str, Input] = {}
    required: set[str] = set()
    for kind, ticket in _firsts(picks, name).items():
        for edge in _edges(kind, name):
            found.append(edge)
            inputs |= {given.name: given for given in edge.spec.inputs if given.lifts is None}
            if edge.source == ticket.state:
                required |= {given.name for given in edge.spec.inputs if given.is_required(ticket, actor)}
    if not found:
        return None
    spec = found[0].spec
    return Move(
        name,
        str(spec.label),
        found[0].target,
        tuple(inputs.values()),
        frozenset(required & set(inputs)),
        spec.tone,
    )


def _firsts(picks: Iterable[Pick], name: str) -> dict[str, Any]:
    """For each kind the first picked ticket that can make the move, as its own kind's row."""
    found: dict[str, Ticket] = {}
    for pick in picks:
        ticket = pick.ticket
        if ticket is not None and any(edge.source == ticket.state for edge in _edges(pick.kind, name)):
            found.setdefault(pick.kind, ticket)
    return {kind: kinds.get(kind).model.objects.get(pk=ticket.pk) for kind, ticket in found.items()}


def plain(value: Any) -> Any:
    """What a form gave, as JSON has it: people, groups and tickets by their keys, moments as texts."""
    if isinstance(value, User):
        return value.username
    if isinstance(value, Group):
        return value.key
    if isinstance(value, Ticket):
        return value.number
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else value


def moves_named(name: str) -> str:
    """What a move is called, by the first kind that has it."""
    for spec in kinds.all_kinds():
        for edge in _edges(spec.key, name):
            return str(edge.spec.label)
    return name
