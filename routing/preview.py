"""What the assignment rules would do with a ticket, and why, without doing anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import User
from accounts.policies import Actor
from core.conditions import BadConditionError, LeafResult
from core.errors import NotAllowedError, NotVisibleError
from core.time import db_now
from routing.policies import may
from routing.selectors import rules_for
from tickets import kinds
from tickets.assignment import priority_for
from tickets.choices import Channel, Level, Standing, Strategy
from tickets.conditions import compiled
from tickets.models import AssignmentRule, Ticket
from tickets.policies import reads_internal
from tickets.selectors import child_of
from tickets.strategies import Candidate, Choice, members_of, weigh

# What may be said of a ticket that is not there yet.
VALUES = ("title", "description", "category", "channel", "impact", "urgency", "requester", "ci", "location")


@dataclass(frozen=True)
class Outcome:
    """One rule held against the ticket: each of its tests, and whether it holds as a whole.

    ``matched`` is the one that counts. ``reached`` is False behind that one, and for a rule that is switched
    off; ``broken`` is one whose condition can no longer be read.
    """

    rule: AssignmentRule
    place: int
    tests: tuple[LeafResult, ...]
    holds: bool
    matched: bool
    reached: bool
    broken: bool = False


@dataclass(frozen=True)
class Preview:
    """The ticket as the rules see it, every rule in order, the one that matched, and whom it would choose."""

    ticket: Ticket
    outcomes: tuple[Outcome, ...]
    matched: Outcome | None
    choice: Choice


def of_ticket(ticket: Ticket, *, actor: Actor) -> Preview:
    """What the rules would do with this ticket if it were opened now as it is, with nobody having it yet.

    Raises NotAllowedError for who may not see rules, NotVisibleError for who may not read what is internal of
    the ticket: the answer tells of that.
    """
    _allowed(actor)
    if not reads_internal(actor):
        raise NotVisibleError
    bare = copy(child_of(ticket))
    bare.group = bare.assignee = None
    return _preview(bare, actor, db_now())


def of_values(kind: str, values: Mapping[str, Any], *, actor: User) -> Preview:
    """What the rules would do with a ticket of that kind that says ``values`` (see VALUES), opened now.

    Who asks is the requester where none is given. Raises NotAllowedError, KeyError (no such kind).
    """
    _allowed(actor)
    now = db_now()
    model = kinds.get(kind).model
    requester = values.get("requester") or actor
    given: dict[str, Any] = {"impact": Level.LOW, "urgency": Level.LOW, "channel": Channel.PORTAL}
    given |= {name: values[name] for name in VALUES if values.get(name) not in (None, "")}
    first = min(model.RANKS, key=lambda state: model.RANKS[state])
    given |= {"requester": requester, "company": requester.company, "opened_by": actor, "opened_at": now}
    ticket = model(kind=kind, state=first, **given)
    ticket.priority = priority_for(ticket.impact, ticket.urgency)
    ticket.set_place()
    return _preview(ticket, actor, now)


def _allowed(actor: Actor) -> None:
    if not may(actor, "read"):
        raise NotAllowedError


def _preview(ticket: Ticket, actor: Actor, now: dt.datetime) -> Preview:
    found: list[Outcome] = []
    matched: Outcome | None = None
    for place, rule in enumerate(rules_for(actor).filter(kind=ticket.kind), 1):
        outcome = _held(rule, place, ticket, now)
        reached = rule.enabled and matched is None
        outcome = replace(outcome, reached=reached, matched=reached and outcome.holds)
        matched = outcome if outcome.matched else matched
        found.append(outcome)
    choice = Choice() if matched is None else _weighed(matched.rule, now)
    return Preview(ticket, tuple(found), matched, choice)


def _held(rule: AssignmentRule, place: int, ticket: Ticket, now: dt.datetime) -> Outcome:
    bare = Outcome(rule, place, (), holds=False, matched=False, reached=False)
    try:
        condition = compiled(rule.condition)
    except BadConditionError:
        return replace(bare, broken=True)
    tests = condition.explain(ticket, now=now)
    return replace(bare, tests=tuple(tests), holds=condition.verdict(tests))


def _weighed(rule: AssignmentRule, now: dt.datetime) -> Choice:
    """As the real choice, and of those on call also the members who are not."""
    choice = weigh(rule, now)
    if rule.strategy != Strategy.ON_CALL:
        return choice
    told = {candidate.person.pk for candidate in choice.candidates}
    rest = (person for person in members_of(rule) if person.pk not in told)
    more = tuple(Candidate(person, Standing.NOT_CALLED) for person in rest)
    return replace(choice, candidates=(*choice.candidates, *more))
