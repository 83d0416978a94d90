"""Reads of assignment rules and the priority matrix through their gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.policies import Actor
from core.errors import NotVisibleError
from routing.policies import visible_to
from routing.rules import always_holds
from tickets import kinds
from tickets.models import AssignmentRule, PriorityRow


@dataclass(frozen=True)
class Listed:
    """A rule at its place. ``behind`` is the rule before it that takes every ticket, so that it gets none."""

    rule: AssignmentRule
    place: int
    is_first: bool
    is_last: bool
    behind: AssignmentRule | None


def rules_for(actor: Actor) -> QuerySet[AssignmentRule]:
    """The rules ``actor`` may see, by kind and in the order in which a ticket is held against them."""
    rows = AssignmentRule.objects.filter(visible_to(actor)).select_related("group")
    return rows.order_by("kind", "order", "pk")


def rule_of(actor: Actor, public_id: Any) -> AssignmentRule:
    """One of them. Raises NotVisibleError."""
    row = rules_for(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row


def listed(actor: Actor) -> dict[str, list[Listed]]:
    """The rules of each kind that has some, kinds as they were registered, each rule at its place."""
    by_kind: dict[str, list[AssignmentRule]] = {}
    for rule in rules_for(actor):
        by_kind.setdefault(rule.kind, []).append(rule)
    known = [spec.key for spec in kinds.all_kinds() if spec.key in by_kind]
    return {kind: _placed(by_kind[kind]) for kind in [*known, *sorted(set(by_kind) - set(known))]}


def _placed(rules: list[AssignmentRule]) -> list[Listed]:
    found, taker = [], None
    for place, rule in enumerate(rules, 1):
        found.append(Listed(rule, place, place == 1, place == len(rules), taker if rule.enabled else None))
        if taker is None and rule.enabled and always_holds(rule.condition):
            taker = rule
    return found


def matrix_for(actor: Actor) -> QuerySet[PriorityRow]:
    """The cells of the priority matrix, by impact and urgency; none for who may not see them."""
    return PriorityRow.objects.filter(visible_to(actor)).order_by("impact", "urgency")
