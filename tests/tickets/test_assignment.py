"""Routing to who is on call: whom the rule's group has at the ticket's instant."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction

from accounts.models import Group, Membership, User
from core.time import db_now
from schedules import services
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident
from tests.factories.schedules import WEEKLY, make_override, make_rota
from tickets.assignment import pick
from tickets.models import AssignmentRule

pytestmark = pytest.mark.django_db
FIRST = dt.datetime(2086, 3, 4, 0, 0, tzinfo=dt.UTC)  # a Monday, 09:00 in Seoul
WEEK, DAY, TICK = dt.timedelta(weeks=1), dt.timedelta(days=1), dt.timedelta(microseconds=1)


@pytest.fixture
def group() -> Group:
    return GroupFactory(manager=AgentFactory(username="chief"))


@pytest.fixture
def rule(group: Group) -> AssignmentRule:
    AssignmentRule.objects.all().delete()
    return AssignmentRule.objects.create(
        name="night", kind="incident", group=group, strategy="on_call", condition={"all": []}
    )


@pytest.fixture
def people(group: Group, rule: AssignmentRule) -> dict[str, User]:
    """``a`` and ``b`` take a week each from FIRST; ``c`` is behind them; ``d`` is on no layer."""
    named = {name: AgentFactory(username=name, groups=[group]) for name in "abcd"}
    make_rota(group)
    first = WEEKLY | {"start_date": FIRST.date(), "members": [named["a"], named["b"]]}
    services.add_layer("desk", actor=None, **first)
    behind = WEEKLY | {"name": "Behind", "start_date": FIRST.date(), "members": [named["c"]]}
    services.add_layer("desk", actor=None, **behind)
    return named


def leave(person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def out_of_group(person: User) -> None:
    Membership.objects.filter(user=person).delete()


def everybody_leaves(people: dict[str, User]) -> None:
    for person in people.values():
        leave(person)


def stand_in(people: dict[str, User], name: str) -> None:
    rota = services.update_rota("desk", actor=None)
    make_override(rota, people[name], FIRST + DAY, FIRST + 2 * DAY)


@pytest.mark.parametrize(
    ("at", "change", "expected"),
    [
        (FIRST - TICK, None, None),  # no turn has begun
        (FIRST, None, "a"),
        (FIRST + WEEK - TICK, None, "a"),
        (FIRST + WEEK, None, "b"),  # the hand-over belongs to the next
        (FIRST + DAY, lambda people: stand_in(people, "d"), "d"),
        (FIRST + 2 * DAY, lambda people: stand_in(people, "d"), "a"),  # the stand-in's end is not theirs
        (FIRST, lambda people: leave(people["a"]), "b"),  # the turn is the next person's
        (FIRST, lambda people: [leave(people[name]) for name in "ab"], "c"),  # the next level
        (FIRST, lambda people: out_of_group(people["a"]), "b"),
        (FIRST, everybody_leaves, None),
        (FIRST, lambda _people: services.update_rota("desk", actor=None, is_active=False), None),
    ],
)
def test_who_is_on_call_at_the_instant_gets_it(rule, people, at, change, expected):
    if change is not None:
        change(people)
    chosen = pick(rule, at)
    assert (chosen.username if chosen else None) == expected


def test_a_new_ticket_goes_to_who_is_on_call_now(rule, group):
    person = AgentFactory(groups=[group])
    AgentFactory(groups=[group])
    make_rota(group, [person])
    incident = make_incident()
    assert (incident.group, incident.assignee) == (group, person)


def test_without_anybody_on_call_the_group_gets_it(rule, group):
    AgentFactory(groups=[group])
    make_rota(group)
    incident = make_incident()
    assert (incident.group, incident.assignee) == (group, None)


def test_a_manager_on_call_who_is_no_member_is_passed_over(rule, group):
    rota, member = make_rota(group), AgentFactory(groups=[group])
    now = db_now()
    make_override(rota, group.manager, now - DAY, now + DAY)
    with transaction.atomic():
        incident = make_incident()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the assignee is a member of the group
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert (incident.group, incident.assignee) == (group, None)
    services.add_layer("desk", actor=None, **WEEKLY | {"members": [member]})
    assert make_incident().assignee == member


@pytest.mark.parametrize("size", [2, 12])
def test_it_costs_the_same_for_any_number_of_people(rule, group, size, django_assert_num_queries):
    people = [AgentFactory(groups=[group]) for _number in range(size)]
    make_rota(group)
    for number in range(size // 2):
        services.add_layer("desk", actor=None, **WEEKLY | {"name": f"Level {number}", "members": people})
    now = db_now()
    with django_assert_num_queries(7):
        assert pick(rule, now) in people


def test_without_a_rota_it_costs_one_statement(rule, group, django_assert_num_queries):
    now = db_now()
    with django_assert_num_queries(1):
        assert pick(rule, now) is None
