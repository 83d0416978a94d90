"""Priority from impact and urgency, and the first matching assignment rule."""

from __future__ import annotations

import datetime as dt
from copy import copy
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Membership, User
from core.errors import invalid
from core.revisions import Kept, Stamps, revisions
from schedules.selectors import on_call_for_group
from tickets.absence import away, taker
from tickets.choices import Strategy
from tickets.conditions import compiled
from tickets.models import AssignmentRule, PriorityRow, Ticket


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
    if rule.strategy == Strategy.LEAST_OPEN:
        return _least_open(rule)
    if rule.strategy == Strategy.ROUND_ROBIN:
        return _in_turn(rule)
    if rule.strategy == Strategy.ON_CALL:
        return _on_call(rule, now)
    return None


def _members(rule: AssignmentRule) -> QuerySet[User]:
    return User.objects.filter(memberships__group=rule.group_id, is_active=True).order_by("pk")


def _least_open(rule: AssignmentRule) -> User | None:
    """Of the members who are here: who stands in is one of them, and is not given two people's share."""
    members = list(_members(rule))
    absent = away(person.pk for person in members)
    here = [person for person in members if person.pk not in absent]
    counts = dict(
        Ticket.objects.filter(assignee__in=[person.pk for person in here], active=True)
        .values_list("assignee")
        .annotate(load=Count("pk"))
    )
    return min(here, key=lambda person: (counts.get(person.pk, 0), person.pk), default=None)


def _in_turn(rule: AssignmentRule) -> User | None:
    """Whose turn it is; who stands in takes the turn of the absent, whom the pointer then passes."""
    pointer = AssignmentRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    people = list(_members(rule))
    keys = {person.pk for person in people}
    absent = away(keys)
    for person in sorted(people, key=lambda each: (each.pk <= pointer.last_user_id, each.pk)):
        chosen = taker(person, absent, keys)
        if chosen is not None:
            AssignmentRule.objects.filter(pk=rule.pk).update(last_user_id=person.pk)
            return chosen
    return None


def _on_call(rule: AssignmentRule, now: dt.datetime) -> User | None:
    """The first to be called who is a member: a manager may be on call for a group without being one."""
    called = on_call_for_group(rule.group_id, now)
    if not called:
        return None
    absent = away(person.pk for person in called)
    absent |= away(person.pk for person in absent.values())
    asked = {*(person.pk for person in called), *(person.pk for person in absent.values())}
    rows = Membership.objects.filter(group=rule.group_id, user__in=asked, user__is_active=True)
    members = set(rows.values_list("user", flat=True))
    takers = (taker(person, absent, members) for person in called if person.pk in members)
    return next((person for person in takers if person is not None), None)
