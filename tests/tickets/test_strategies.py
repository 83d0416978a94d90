"""How strategies weigh the people of a group, and the choice by skill."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Skill, User
from core.time import db_now
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.approvals import make_delegation
from tests.factories.incidents import make_incident
from tests.factories.schedules import make_override, make_rota
from tickets.assignment import pick
from tickets.models import Activity, AssignmentRule
from tickets.strategies import weigh

pytestmark = pytest.mark.django_db
# A name of a person with level and open tickets; "-" stands for no such skill.
EXPERT, PAIR = ("e", 5, 3), ("f", 5, 1)


@pytest.fixture
def group():
    return GroupFactory()


def rule_of(group, strategy="skill", **fields):
    given = {"skill": "vpn"} if strategy == "skill" else {}
    return AssignmentRule.objects.create(
        name="x", kind="incident", group=group, strategy=strategy, condition={}, **given | fields
    )


def people_of(group, rows):
    """People of the group by name; each row is a name, a level (0 for none) and a number of open tickets."""
    found = {}
    for name, level, load in rows:
        found[name] = person = AgentFactory(username=name, groups=[group])
        if level:
            Skill.objects.create(user=person, name="vpn", level=level)
        for _each in range(load):
            make_incident(assignee=person, group=group)
    return found


@pytest.mark.parametrize(
    ("rows", "least", "expected"),
    [
        ([], 1, None),
        ([("a", 0, 0)], 1, None),
        ([("a", 0, 0), ("b", 1, 9)], 1, "b"),
        ([("a", 3, 0), EXPERT], 1, "e"),  # the level comes first
        ([EXPERT, PAIR], 1, "f"),  # then the load
        ([("a", 4, 2), ("b", 4, 2)], 1, "a"),  # then who was there first
        ([("a", 2, 0)], 3, None),
        ([("a", 2, 0), ("b", 3, 1)], 3, "b"),
        ([("a", 5, 0)], 5, "a"),
    ],
)
def test_the_highest_level_is_chosen_then_the_fewest_open_tickets(group, rows, least, expected):
    people_of(group, rows)
    chosen = pick(rule_of(group, least_level=least), db_now())
    assert (chosen.username if chosen else None) == expected


def test_another_skill_of_the_same_person_does_not_count(group):
    person = AgentFactory(groups=[group])
    Skill.objects.create(user=person, name="printers", level=5)
    assert pick(rule_of(group), db_now()) is None


def test_a_skilled_person_outside_the_group_is_not_chosen(group):
    Skill.objects.create(user=AgentFactory(), name="vpn", level=5)
    assert pick(rule_of(group), db_now()) is None


def test_everybody_is_told_how_they_stand(group):
    people = people_of(
        group, [("a", 2, 0), ("b", 0, 0), ("c", 5, 0), ("d", 4, 0), ("e", 5, 2), ("f", 5, 0), ("g", 5, 0)]
    )
    make_delegation(people["g"], people["b"], scope="assignments")
    choice = weigh(rule_of(group, least_level=3), db_now())
    told = {each.person.username: (each.standing, each.level, each.load) for each in choice.candidates}
    assert told == {
        "c": ("chosen", 5, 0),
        "f": ("behind", 5, 0),
        "e": ("busier", 5, 2),
        "d": ("less_skilled", 4, 0),
        "g": ("away", 5, None),
        "a": ("too_low", 2, None),
        "b": ("unskilled", None, None),
    }
    assert choice.candidates[0].person == choice.person == people["c"]


def test_whose_turn_it_is_not_is_told_and_the_pointer_stays(group):
    people = people_of(group, [(name, 0, 0) for name in "abcd"])
    make_delegation(people["b"], people["d"], scope="assignments")
    rule = rule_of(group, "round_robin", last_user_id=people["a"].pk)
    choice = weigh(rule, db_now())
    assert [(each.person.username, each.standing) for each in choice.candidates] == [
        ("d", "stands_in"),
        ("b", "away"),
        ("c", "behind"),
        ("a", "behind"),
    ]
    assert choice.candidates[1].stand_in == people["d"]
    rule.refresh_from_db()
    assert rule.last_user_id == people["a"].pk
    assert (pick(rule, db_now()), AssignmentRule.objects.get(pk=rule.pk).last_user_id) == (
        people["d"],
        people["b"].pk,
    )


def test_with_the_fewest_open_tickets_the_others_are_busier_or_behind(group):
    people_of(group, [("a", 0, 1), ("b", 0, 0), ("c", 0, 0)])
    choice = weigh(rule_of(group, "least_open"), db_now())
    assert [(each.person.username, each.standing, each.load) for each in choice.candidates] == [
        ("b", "chosen", 0),
        ("c", "behind", 0),
        ("a", "busier", 1),
    ]


def test_who_is_on_call_without_being_a_member_is_told():
    group = GroupFactory(manager=AgentFactory())
    now, day = db_now(), dt.timedelta(days=1)
    make_override(make_rota(group), group.manager, now - day, now + day)
    choice = weigh(rule_of(group, "on_call"), now)
    assert [(each.person, each.standing) for each in choice.candidates] == [(group.manager, "no_member")]
    assert choice.person is None


@pytest.mark.parametrize("strategy", ["least_open", "round_robin", "skill"])
@pytest.mark.parametrize("size", [2, 20])
def test_it_costs_the_same_for_any_number_of_people(group, strategy, size, django_assert_num_queries):
    people_of(group, [(f"p{number}", 3, 0) for number in range(size)])
    rule, now = rule_of(group, strategy), db_now()
    with django_assert_num_queries({"least_open": 3, "round_robin": 4, "skill": 4}[strategy]):
        assert pick(rule, now) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"strategy": "skill", "skill": ""},
        {"strategy": "none", "skill": "vpn"},
        {"strategy": "skill", "skill": "vpn", "least_level": 0},
        {"strategy": "skill", "skill": "vpn", "least_level": 6},
    ],
)
def test_the_database_refuses_a_rule_whose_skill_does_not_fit(group, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentRule.objects.create(name="x", kind="incident", group=group, **fields)


@pytest.mark.parametrize("level", [0, 6])
def test_the_database_refuses_other_levels(level):
    with pytest.raises(IntegrityError), transaction.atomic():
        Skill.objects.create(user=AgentFactory(), name="vpn", level=level)


# The rule that gave a ticket its group


def routed(ticket):
    return list(Activity.objects.filter(ticket=ticket.pk, verb="routed"))


def test_the_rule_is_named_on_the_ticket_whatever_becomes_of_it(group):
    rule = rule_of(group, "none")
    incident = make_incident()
    (line,) = routed(incident)
    assert (line.body, line.actor, line.kind, line.is_public) == ("x", None, "system", False)
    assert line.cause_chain == [f"rule:x:{rule.public_id}"]
    assert line.changes == {}
    AssignmentRule.objects.filter(pk=rule.pk).update(name="Renamed")
    assert routed(incident)[0].body == "x"
    rule.delete()
    assert routed(incident)[0].body == "x"


def test_a_new_name_is_recorded_from_then_on(group):
    rule = rule_of(group, "none")
    make_incident()
    AssignmentRule.objects.filter(pk=rule.pk).update(name="Renamed")
    assert routed(make_incident())[0].body == "Renamed"


def test_a_colon_in_the_name_does_not_break_the_cause(group):
    rule = rule_of(group, "none")
    AssignmentRule.objects.filter(pk=rule.pk).update(name="night: @chief")
    (line,) = routed(make_incident())
    assert (line.body, line.cause_chain[0].split(":")[1]) == ("night: @chief", "night  @chief")


def test_a_name_with_an_at_mentions_nobody(group):
    chief = AgentFactory(username="chief", groups=[group])
    rule_of(group, "none")
    AssignmentRule.objects.update(name="ask @chief")
    incident = make_incident(requester=AgentFactory())
    assert not incident.watchers.filter(user=chief).exists()


def test_who_has_a_group_already_names_no_rule(group):
    rule_of(group, "none")
    assert routed(make_incident(group=group)) == []


def test_without_a_rule_that_holds_nothing_is_recorded(group):
    AssignmentRule.objects.create(
        name="x", kind="incident", group=group, condition={"f": "category", "op": "eq", "v": "network"}
    )
    assert routed(make_incident()) == []


def test_the_choice_leaves_out_who_left(group):
    people = people_of(group, [("a", 5, 0), ("b", 3, 0)])
    User.objects.filter(pk=people["a"].pk).update(is_active=False)
    assert pick(rule_of(group), db_now()) == people["b"]
