"""How an assignment rule picks a person of its group: each strategy weighs the people, and says why.

One place for the real choice and for its preview: nothing is written here. The number of statements does not
depend on how many people there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Membership, Skill, User
from schedules.selectors import on_call_for_group
from tickets.absence import away, taker
from tickets.choices import Standing, Strategy
from tickets.models import AssignmentRule, Ticket


@dataclass(frozen=True)
class Candidate:
    """A person, how they stand, and what that was judged by: open tickets, level, who stands in."""

    person: User
    standing: Standing
    load: int | None = None
    level: int | None = None
    stand_in: User | None = None


@dataclass(frozen=True)
class Choice:
    """Whom the strategy chooses, if anybody, and how everybody it looked at stands, the chosen first.

    ``turn_of`` is the key of the person whose turn it was: the pointer moves there.
    """

    person: User | None = None
    candidates: tuple[Candidate, ...] = ()
    turn_of: int = 0


def weigh(rule: AssignmentRule, now: dt.datetime) -> Choice:
    """Whom the rule's strategy chooses at ``now``, by the rule's pointer as it stands."""
    strategies: dict[str, Callable[[], Choice]] = {
        Strategy.LEAST_OPEN: lambda: _least_open(rule),
        Strategy.ROUND_ROBIN: lambda: _in_turn(rule),
        Strategy.ON_CALL: lambda: _on_call(rule, now),
        Strategy.SKILL: lambda: _by_skill(rule),
    }
    strategy = strategies.get(rule.strategy)
    return Choice() if strategy is None else strategy()


def members_of(rule: AssignmentRule) -> QuerySet[User]:
    """The active members of the rule's group."""
    return User.objects.filter(memberships__group=rule.group_id, is_active=True).order_by("pk")


def _loads(people: Iterable[User]) -> dict[int, int]:
    """How many open tickets each of them has; who has none is left out."""
    rows = Ticket.objects.filter(assignee__in=[person.pk for person in people], active=True)
    return dict(rows.values_list("assignee").annotate(load=Count("pk")))


def _least_open(rule: AssignmentRule) -> Choice:
    """Of the members who are here: who stands in is one of them, and is not given two people's share."""
    members = list(members_of(rule))
    absent = away(person.pk for person in members)
    here = [person for person in members if person.pk not in absent]
    loads = _loads(here)
    ranked = sorted(here, key=lambda person: (loads.get(person.pk, 0), person.pk))
    found = []
    for person in ranked:
        load, least = loads.get(person.pk, 0), loads.get(ranked[0].pk, 0)
        standing = Standing.BUSIER if load > least else Standing.BEHIND
        found.append(Candidate(person, Standing.CHOSEN if person is ranked[0] else standing, load=load))
    return Choice(ranked[0] if ranked else None, (*found, *_absentees(members, absent)))


def _in_turn(rule: AssignmentRule) -> Choice:
    """Whose turn it is; who stands in takes the turn of the absent, whom the pointer then passes."""
    people = list(members_of(rule))
    keys = {person.pk for person in people}
    absent = away(keys)
    order = sorted(people, key=lambda each: (each.pk <= rule.last_user_id, each.pk))
    return _first_taker(order, absent, keys)


def _on_call(rule: AssignmentRule, now: dt.datetime) -> Choice:
    """The first to be called who is a member: a manager may be on call for a group without being one."""
    called = on_call_for_group(rule.group_id, now)
    if not called:
        return Choice()
    absent = away(person.pk for person in called)
    absent |= away(person.pk for person in absent.values())
    asked = {*(person.pk for person in called), *(person.pk for person in absent.values())}
    rows = Membership.objects.filter(group=rule.group_id, user__in=asked, user__is_active=True)
    members = set(rows.values_list("user", flat=True))
    strangers = [person for person in called if person.pk not in members]
    found = _first_taker([person for person in called if person.pk in members], absent, members)
    more = (Candidate(person, Standing.NO_MEMBER) for person in strangers)
    return Choice(found.person, (*found.candidates, *more), found.turn_of)


def _by_skill(rule: AssignmentRule) -> Choice:
    """Of the members who are here and have the skill: the highest level, then the fewest open tickets."""
    members = list(members_of(rule))
    keys = [person.pk for person in members]
    levels = dict(Skill.objects.filter(user__in=keys, name=rule.skill).values_list("user", "level"))
    able = [person for person in members if levels.get(person.pk, 0) >= rule.least_level]
    absent = away(person.pk for person in able)
    here = [person for person in able if person.pk not in absent]
    loads = _loads(here)
    ranked = sorted(here, key=lambda each: (-levels[each.pk], loads.get(each.pk, 0), each.pk))
    found = []
    for person in ranked:
        level, load = levels[person.pk], loads.get(person.pk, 0)
        standing = _behind(level, load, levels[ranked[0].pk], loads.get(ranked[0].pk, 0))
        first = person is ranked[0]
        found.append(Candidate(person, Standing.CHOSEN if first else standing, load=load, level=level))
    others = [
        Candidate(person, Standing.TOO_LOW if person.pk in levels else Standing.UNSKILLED)
        for person in members
        if person not in able
    ]
    told = [
        Candidate(each.person, each.standing, level=levels.get(each.person.pk), stand_in=each.stand_in)
        for each in (*_absentees(able, absent), *others)
    ]
    return Choice(ranked[0] if ranked else None, (*found, *told))


def _behind(level: int, load: int, best_level: int, best_load: int) -> Standing:
    if level < best_level:
        return Standing.LESS_SKILLED
    return Standing.BUSIER if load > best_load else Standing.BEHIND


def _absentees(people: Iterable[User], absent: Mapping[int, User]) -> list[Candidate]:
    return [
        Candidate(person, Standing.AWAY, stand_in=absent[person.pk])
        for person in people
        if person.pk in absent
    ]


def _first_taker(order: list[User], absent: Mapping[int, User], members: Collection[int]) -> Choice:
    """The first in that order who takes it, in person or through who stands in."""
    for place, person in enumerate(order):
        chosen = taker(person, absent, members)
        if chosen is None:
            continue
        standing = Standing.CHOSEN if chosen.pk == person.pk else Standing.STANDS_IN
        rest = [each for each in order[place:] if each.pk != chosen.pk]
        before = _absentees(order[:place], absent)
        after = [
            Candidate(
                each,
                Standing.AWAY if each.pk in absent else Standing.BEHIND,
                stand_in=absent.get(each.pk),
            )
            for each in rest
        ]
        return Choice(chosen, (Candidate(chosen, standing), *before, *after), person.pk)
    return Choice(None, tuple(_absentees(order, absent)))
