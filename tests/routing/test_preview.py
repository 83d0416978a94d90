"""What the rules would do with a ticket, and why, without doing it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, RoleAssignment, Skill
from core.errors import NotAllowedError, NotVisibleError
from core.models import OutboxEvent
from routing import presenting
from routing.preview import of_ticket, of_values
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory, administrator
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.routing import make_rule
from tests.factories.schedules import make_rota
from tickets.models import Activity, AssignmentRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return administrator()


@pytest.fixture
def group():
    return GroupFactory()


def told(preview):
    return [(each.rule.name, each.reached, each.holds, each.matched) for each in preview.outcomes]


def test_every_rule_is_told_in_order_and_one_matches(boss, group):
    make_rule(group, "off", enabled=False, condition={"f": "impact", "op": "eq", "v": 1})
    make_rule(group, "network")
    make_rule(group, "high", condition={"f": "priority", "op": "lte", "v": 2})
    make_rule(group, "other kind", kind="problem", condition={})
    make_rule(group, "rest", condition={})
    found = of_values("incident", {"impact": 1, "urgency": 1}, actor=boss)
    assert told(found) == [
        ("off", False, True, False),
        ("network", True, False, False),
        ("high", True, True, True),
        ("rest", False, True, False),
    ]
    assert (found.ticket.priority, found.matched.rule.name) == (1, "high")
    (test,) = found.outcomes[2].tests
    assert (test.field, test.op, test.operands, test.value, test.holds) == ("priority", "lte", (2,), 1, True)


def test_the_real_ticket_goes_where_the_preview_says(boss, group):
    AgentFactory(groups=[group]), AgentFactory(groups=[group])
    rule = make_rule(group, strategy="round_robin")
    for _each in range(3):
        found = of_values("incident", {"category": "network"}, actor=boss)
        incident = make_incident(category="network")
        assert (found.matched.rule, found.choice.person) == (rule, incident.assignee)


@pytest.mark.parametrize("strategy", ["none", "least_open", "round_robin", "on_call", "skill"])
def test_nothing_is_written_and_the_turn_stays(boss, group, strategy):
    person = AgentFactory(groups=[group])
    Skill.objects.create(user=person, name="vpn", level=2)
    make_rota(group, [person])
    rule = make_rule(
        group, strategy=strategy, condition={}, **({"skill": "vpn"} if strategy == "skill" else {})
    )
    incident = make_incident(group=group)
    rows, events = Activity.objects.count(), OutboxEvent.objects.count()
    with CaptureQueriesContext(connection) as asked:
        by_values = of_values("incident", {}, actor=boss)
        by_ticket = of_ticket(incident, actor=boss)
    for found in (by_values, by_ticket):
        assert found.choice.person == (None if strategy == "none" else person)
    assert not [each["sql"] for each in asked if not each["sql"].startswith("SELECT")]
    assert not [each["sql"] for each in asked if "FOR " in each["sql"] and "UPDATE" in each["sql"]]
    rule.refresh_from_db()
    incident.refresh_from_db()
    assert (rule.last_user_id, incident.group, incident.assignee) == (0, group, None)
    assert (Activity.objects.count(), OutboxEvent.objects.count()) == (rows, events)


def test_a_ticket_is_tried_as_if_nobody_had_it(boss, group):
    make_rule(group, "free", condition={"f": "group.key", "op": "empty"})
    incident = make_incident(group=GroupFactory(), assignee=None)
    assert of_ticket(incident, actor=boss).matched.rule.name == "free"


def test_who_may_not_see_rules_gets_no_preview(boss, group):
    make_rule(group)
    incident = make_incident()
    for person in (UserFactory(), AgentFactory(), incident.requester):
        with pytest.raises(NotAllowedError):
            of_ticket(incident, actor=person)
        with pytest.raises(NotAllowedError):
            of_values("incident", {}, actor=person)


def test_a_ticket_whose_inside_the_reader_may_not_read_is_not_there(group):
    make_rule(group)
    role = Role.objects.create(key="designer", name_ko="designer", grants=["config.write"])
    designer = UserFactory()
    RoleAssignment.objects.create(user=designer, role=role)
    own = make_incident(requester=designer)
    with pytest.raises(NotVisibleError):
        of_ticket(own, actor=designer)
    assert of_values("incident", {"category": "network"}, actor=designer).matched is not None


def test_requester_and_item_count(boss, group):
    make_rule(group, "vip", condition={"f": "requester.is_vip", "op": "eq", "v": True})
    make_rule(group, "item", condition={"f": "ci.criticality", "op": "eq", "v": 1})
    vip, item = UserFactory(is_vip=True), make_ci(criticality=1)
    assert of_values("incident", {"requester": vip}, actor=boss).matched.rule.name == "vip"
    assert of_values("incident", {"ci": item}, actor=boss).matched.rule.name == "item"
    assert of_values("incident", {}, actor=boss).matched is None


def test_a_condition_that_cannot_be_read_any_more_stops_nothing(boss, group):
    broken, rest = make_rule(group, "broken"), make_rule(group, "rest", condition={})
    AssignmentRule.objects.filter(pk=broken.pk).update(condition={"f": "gone", "op": "eq", "v": 1})
    found = of_values("incident", {}, actor=boss)
    assert (found.outcomes[0].broken, found.matched.rule) == (True, rest)


def test_of_those_on_call_the_others_of_the_group_are_told(boss, group):
    called, other = AgentFactory(groups=[group]), AgentFactory(groups=[group])
    make_rota(group, [called])
    make_rule(group, strategy="on_call", condition={})
    found = of_values("incident", {}, actor=boss)
    assert [(each.person, each.standing) for each in found.choice.candidates] == [
        (called, "chosen"),
        (other, "not_called"),
    ]


def test_without_a_shift_the_group_gets_it_and_everybody_is_not_on_call(boss, group):
    other = AgentFactory(groups=[group])
    make_rule(group, strategy="on_call", condition={})
    found = of_values("incident", {}, actor=boss)
    assert [(each.person, each.standing) for each in found.choice.candidates] == [(other, "not_called")]
    assert found.choice.person is None
    assert presenting.nobody(found)


@pytest.mark.parametrize("count", [2, 20])
def test_it_costs_the_same_for_few_and_many_rules_and_people(boss, group, count, django_assert_num_queries):
    for number in range(count):
        AgentFactory(groups=[group])
        make_rule(group, f"r{number}", condition={"f": "requester.department.key", "op": "eq", "v": "x"})
    make_rule(group, "rest", condition={}, strategy="least_open")
    of_values("incident", {}, actor=boss)
    with django_assert_num_queries(6):
        found = of_values("incident", {}, actor=boss)
    with django_assert_num_queries(1):
        presenting.outcomes(found, boss)
