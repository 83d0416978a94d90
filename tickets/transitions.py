"""Which transitions an actor may run now: the one function behind pages and API (API A-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.policies import Actor
from core.errors import DomainError, FieldError, NotAllowedError, RuleRefusedError
from core.prepared import Prepared
from core.time import db_now
from tickets.conditions import compiled
from tickets.lifecycle import EdgeSpec, Input, lifting
from tickets.models import Ticket, TransitionRule
from tickets.policies import may

_KIND = "?"  # the place of the kind that a prepared query is asked for


@dataclass(frozen=True)
class Edge:
    """One coded edge of a kind's state machine."""

    name: str
    source: str
    target: str
    conditions: tuple[Callable[[Any], bool], ...]
    spec: EdgeSpec


@dataclass(frozen=True)
class Move:
    """A transition as it stands for one actor and ticket; ``reason`` is set when it is closed to them now,
    ``closed_by`` says by what: role, guard or rule."""

    name: str
    label: str
    target: str
    inputs: tuple[Input, ...]
    required: frozenset[str]
    tone: str
    closed_by: str = ""
    reason: str = ""


def all_edges(model: type[Ticket]) -> list[Edge]:
    """Every edge of the kind's machine, one per source state."""
    field: Any = model._meta.get_field("state")
    return [
        Edge(each.name, str(each.source), str(each.target), tuple(each.conditions), each.custom["spec"])
        for each in field.get_all_transitions(model)
    ]


def edges_named(ticket: Ticket, name: str) -> list[Edge]:
    """The edges of that transition, from whatever state."""
    return [each for each in all_edges(type(ticket)) if each.name == name]


def edges_from(ticket: Ticket) -> list[Edge]:
    """The edges that leave the ticket's present state."""
    return [each for each in all_edges(type(ticket)) if each.source == ticket.state]


def available(actor: Actor, ticket: Ticket, *, blocked: bool = False) -> list[Move]:
    """The moves ``actor`` may run now on this child row; with ``blocked`` also the closed ones and why."""
    rules = _rules(ticket.kind)
    now = db_now() if rules else ticket.opened_at  # only a rule's condition looks at the clock
    moves = [_move(each, actor, ticket, rules, now) for each in edges_from(ticket) if not each.spec.system]
    return [move for move in moves if blocked or not move.closed_by]


def allowed_names(actor: Actor, ticket: Ticket) -> list[str]:
    """Just the names of the moves possible now."""
    return [move.name for move in available(actor, ticket)]


def _move(each: Edge, actor: Actor, ticket: Ticket, rules: list[TransitionRule], now: dt.datetime) -> Move:
    closed_by, reason = "", ""
    lifted: set[str] = set()
    if not may(actor, ticket, each.name):
        closed_by, reason = "role", _("Your role does not allow this.")
    else:
        failing = {
            test: lifting(test, each.spec, ticket, actor) for test in each.conditions if not test(ticket)
        }
        failed = next((test for test, lift in failing.items() if not lift), None)
        lifted = {lift for lift in failing.values() if lift}
        refusal = _narrow(ticket, each.name, actor, now, rules) if failed is None else None
        if failed is not None:
            closed_by, reason = "guard", str(getattr(failed, "reason", ""))
        elif refusal is not None:
            closed_by, reason = "rule", str(refusal.detail)
    asked = tuple(given for given in each.spec.inputs if given.lifts is None or given.name in lifted)
    needed = {given.name for given in asked if given.name in lifted or given.is_required(ticket, actor)}
    return Move(
        each.name,
        str(each.spec.label),
        each.target,
        asked,
        frozenset(needed),
        each.spec.tone,
        closed_by,
        reason,
    )


def narrowing(ticket: Ticket, name: str, actor: Actor, now: dt.datetime) -> DomainError | None:
    """The refusal of a company's rule for this transition, or None."""
    return _narrow(ticket, name, actor, now, _rules(ticket.kind))


def _rules(kind: str) -> list[TransitionRule]:
    return _enabled().read(kind)


@cache
def _enabled() -> Prepared[TransitionRule]:
    rows = TransitionRule.objects.filter(kind=_KIND, enabled=True).select_related("role")
    return Prepared(rows.order_by("pk"), _KIND)


def _narrow(
    ticket: Ticket, name: str, actor: Actor, now: dt.datetime, rules: list[TransitionRule]
) -> DomainError | None:
    for rule in (each for each in rules if each.name == name):
        if actor is not None and rule.role_id and not _holds(actor, rule.role):
            return NotAllowedError(
                _("Only the role “%(role)s” may do this.") % {"role": rule.role.name if rule.role else ""}
            )
        if rule.condition and not compiled(rule.condition).test(ticket, now=now):
            english = (get_language() or "ko").startswith("en")
            text = (rule.refusal_en or rule.refusal_ko) if english else (rule.refusal_ko or rule.refusal_en)
            return RuleRefusedError(text or _("A company rule does not allow this now."))
        missing = [field for field in rule.required_fields if not getattr(ticket, field, None)]
        if missing:
            return RuleRefusedError(
                errors=[FieldError(field, "required", _("This field is required.")) for field in missing]
            )
    return None


def _holds(actor: Any, role: Role | None) -> bool:
    return role is not None and role.holders.filter(pk=actor.pk).exists()
