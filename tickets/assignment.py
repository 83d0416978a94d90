"""Priority from impact and urgency, and the first matching assignment rule."""

from __future__ import annotations

import datetime as dt
from copy import copy
from dataclasses import dataclass

from accounts.models import User
from core.errors import invalid
from core.revisions import Kept, Stamps, revisions
from tickets.choices import Strategy
from tickets.conditions import compiled
from tickets.models import AssignmentRule, PriorityRow, Ticket
from tickets.strategies import weigh

ROUTED = "routed"  # the verb of the activity that names the rule


@dataclass(frozen=True)
class Match:
    """What an assignment rule gave; for "which rule matched" views."""

    rule: AssignmentRule
    assignee: User | None


@dataclass(frozen=True)
class Routing:
    """The priority matrix by (impact, urgency); each kind's enabled rules in order, with their groups."""

    priorities: dict[tuple[int, int], int]
    rules: dict[str, list[AssignmentRule]]


def _load() -> Routing:
    rules: dict[str, list[AssignmentRule]] = {}
    for rule in AssignmentRule.objects.filter(enabled=True).select_related("group").order_by("order", "pk"):
        rules.setdefault(rule.kind, []).append(rule)
    matrix = PriorityRow.objects.values_list("impact", "urgency", "priority")
    return Routing({(impact, urgency): priority for impact, urgency, priority in matrix}, rules)


_routing = Kept(_load, "routing")


def priority_for(impact: int, urgency: int, *, stamps: Stamps | None = None) -> int:
    """Priority 1 (critical) to 5 (planning) of impact and urgency (1 high to 3 low), by the matrix."""
    routing = _routing.under(revisions() if stamps is None else stamps)
    priority = routing.priorities.get((impact, urgency))
    if priority is None:
        raise invalid("impact", "The priority matrix has no row for this impact and urgency.")
    return priority


def assign_by_rules(ticket: Ticket, now: dt.datetime, *, stamps: Stamps | None = None) -> Match | None:
    """Fill group and assignee by the first matching rule while both are empty (INC-06); returns the match."""
    if ticket.group_id is not None or ticket.assignee_id is not None:
        return None
    routing = _routing.under(revisions() if stamps is None else stamps)
    for rule in routing.rules.get(ticket.kind, []):
        if compiled(rule.condition).test(ticket, now=now):
            ticket.group = copy(rule.group)  # its own: what is read through it must not stay in the kept one
            ticket.assignee = pick(rule, now)
            return Match(rule, ticket.assignee)
    return None


def pick(rule: AssignmentRule, now: dt.datetime) -> User | None:
    """The member the rule's strategy chooses at ``now``, or None.

    The turn's pointer row stays locked until the commit, so parallel tickets are shared out evenly. The
    number of statements does not depend on how many people there are.
    """
    if rule.strategy != Strategy.ROUND_ROBIN:
        return weigh(rule, now).person
    choice = weigh(AssignmentRule.objects.select_for_update(no_key=True).get(pk=rule.pk), now)
    if choice.person is not None:
        AssignmentRule.objects.filter(pk=rule.pk).update(last_user_id=choice.turn_of)
    return choice.person
