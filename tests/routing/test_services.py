"""Making, changing, ordering and deleting rules, and the priority matrix."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInputError, NotAllowedError, NotVisibleError, RuleRefusedError, StaleVersionError
from core.models import AuditLog
from routing import policies, rules, services
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.routing import make_rule
from tickets.models import AssignmentRule, PriorityRow

pytestmark = pytest.mark.django_db
FRESH = {"name": "VPN", "kind": "incident", "condition": {"f": "title", "op": "contains", "v": "VPN"}}


@pytest.fixture
def boss():
    return administrator()


@pytest.fixture
def group():
    return GroupFactory()


def names(kind: str = "incident") -> list[str]:
    return list(
        AssignmentRule.objects.filter(kind=kind).order_by("order", "pk").values_list("name", flat=True)
    )


def test_a_rule_is_made_changed_and_deleted_on_record(boss, group):
    rule = services.create_rule(actor=boss, group=group, strategy="round_robin", **FRESH)
    assert (rule.group, rule.strategy, rule.enabled, rule.lock_version) == (group, "round_robin", True, 1)
    changed = services.change_rule(
        rule.public_id,
        actor=boss,
        expected_version=1,
        strategy="skill",
        skill="  Cisco   VPN ",
        least_level=3,
    )
    assert (changed.skill, changed.least_level, changed.lock_version) == ("cisco vpn", 3, 2)
    back = services.change_rule(rule.public_id, actor=boss, strategy="none")
    assert (back.skill, back.least_level) == ("", 1)
    services.delete_rule(rule.public_id, actor=boss, expected_version=3)
    assert not AssignmentRule.objects.exists()
    rows = AuditLog.objects.filter(object_ref=str(rule.public_id)).order_by("pk")
    assert [row.action for row in rows] == ["created", "changed", "changed", "deleted"]
    assert rows[1].diff == {
        "strategy": ["round_robin", "skill"], "skill": ["", "cisco vpn"], "least_level": [1, 3]
    }  # fmt: skip


def test_what_does_not_change_anything_is_no_new_version(boss, group):
    rule = make_rule(group)
    assert services.change_rule(rule.public_id, actor=boss, name="Network").lock_version == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"name": "a\0"}, ["name"]),
        ({"kind": "change"}, ["kind"]),
        ({"group": None}, ["group"]),
        ({"strategy": "fastest"}, ["strategy"]),
        ({"strategy": "skill"}, ["skill"]),
        ({"strategy": "skill", "skill": "x" * 41}, ["skill"]),
        ({"strategy": "skill", "skill": "vpn", "least_level": 6}, ["least_level"]),
        ({"least_level": True}, ["least_level"]),
        ({"enabled": "yes"}, ["enabled"]),
        ({"condition": {"f": "nothing", "op": "eq", "v": 1}}, ["condition"]),
        ({"condition": {"f": "impact", "op": "eq", "v": "x"}}, ["condition.v"]),
        ({"condition": []}, ["condition"]),
        ({"name": "", "kind": "x", "strategy": "y"}, ["kind", "name", "strategy"]),
    ],
)
def test_what_a_rule_cannot_be_names_its_fields(boss, group, fields, wrong):
    with pytest.raises(RuleRefusedError) as refused:
        services.create_rule(actor=boss, **FRESH | {"group": group} | fields)
    found = sorted({each.field for each in refused.value.errors})
    assert [name.split(".")[0] for name in found] == [name.split(".")[0] for name in wrong]
    assert not AssignmentRule.objects.exists()


def test_an_unknown_field_and_a_group_that_is_off_are_refused(boss):
    with pytest.raises(BadInputError):
        services.create_rule(actor=boss, group=GroupFactory(), last_user_id=1, **FRESH)
    with pytest.raises(RuleRefusedError):
        services.create_rule(actor=boss, group=GroupFactory(is_active=False), **FRESH)


def test_too_many_rules_of_a_kind_are_refused(boss, group, monkeypatch):
    monkeypatch.setattr(rules, "MOST_RULES", 2)
    make_rule(group, "a"), make_rule(group, "b")
    with pytest.raises(RuleRefusedError):
        services.create_rule(actor=boss, group=group, **FRESH)
    assert make_rule(group, "c", kind="problem").kind == "problem"


def test_a_stale_version_changes_nothing(boss, group):
    rule = make_rule(group)
    services.change_rule(rule.public_id, actor=boss, name="New")
    for act in (
        lambda: services.change_rule(rule.public_id, actor=boss, expected_version=1, name="Mine"),
        lambda: services.move_rule(rule.public_id, "up", actor=boss, expected_version=1),
        lambda: services.delete_rule(rule.public_id, actor=boss, expected_version=1),
    ):
        with pytest.raises(StaleVersionError):
            act()
    assert names() == ["New"]


# Order


def test_a_new_rule_stands_before_those_that_take_every_ticket(group):
    for name, condition in (("a", None), ("rest", {}), ("rest too", {"all": []})):
        make_rule(group, name, **({"condition": condition} if condition is not None else {}))
    make_rule(group, "b")
    assert names() == ["a", "b", "rest", "rest too"]


def test_rules_are_moved_among_those_of_their_kind(boss, group):
    a, b, c = (make_rule(group, name) for name in "abc")
    make_rule(group, "p", kind="problem")
    services.move_rule(c.public_id, "up", actor=boss)
    assert names() == ["a", "c", "b"]
    services.move_rule(a.public_id, "down", actor=boss)
    assert names() == ["c", "a", "b"]
    for rule, direction in ((c, "up"), (b, "down")):
        services.move_rule(rule.public_id, direction, actor=boss)
    assert (names(), names("problem")) == (["c", "a", "b"], ["p"])
    with pytest.raises(RuleRefusedError):
        services.move_rule(a.public_id, "sideways", actor=boss)


def test_rules_with_the_same_number_move_all_the_same(boss, group):
    rows = [make_rule(group, name) for name in "abc"]
    AssignmentRule.objects.update(order=10)
    services.move_rule(rows[2].public_id, "up", actor=boss)
    assert names() == ["a", "c", "b"]


def test_a_rule_of_another_kind_takes_a_place_there(boss, group):
    rule = make_rule(group, "moved")
    make_rule(group, "p", kind="problem"), make_rule(group, "rest", kind="problem", condition={})
    services.change_rule(rule.public_id, actor=boss, kind="problem")
    assert (names(), names("problem")) == ([], ["p", "moved", "rest"])


@given(steps=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["up", "down", "new"])), max_size=25))
@pytest.mark.django_db
def test_any_moves_leave_the_order_that_a_list_would_have(steps):
    AssignmentRule.objects.all().delete()
    group, model = GroupFactory(), []
    for number, (place, step) in enumerate(steps):
        if step == "new" or not model:
            model.append(make_rule(group, f"r{number}").name)
            continue
        name = model[place % len(model)]
        rule = AssignmentRule.objects.get(name=name)
        services.move_rule(rule.public_id, step, actor=None)
        at = model.index(name)
        to = max(0, at - 1) if step == "up" else min(len(model) - 1, at + 1)
        model.insert(to, model.pop(at))
    assert names() == model
    numbers = list(AssignmentRule.objects.order_by("order").values_list("order", flat=True))
    assert len(set(numbers)) == len(numbers)


def test_a_change_counts_for_the_next_ticket(boss, group):
    rule = make_rule(group)
    assert make_incident(category="network").group == group
    services.change_rule(rule.public_id, actor=boss, enabled=False)
    assert make_incident(category="network").group is None


def test_changing_a_rule_leaves_alone_whose_turn_it_is(boss, group):
    people = sorted((AgentFactory(groups=[group]) for _each in range(3)), key=lambda each: each.pk)
    rule = make_rule(group, strategy="round_robin")
    assert make_incident(category="network").assignee == people[0]
    services.change_rule(rule.public_id, actor=boss, name="Renamed")
    assert make_incident(category="network").assignee == people[1]


# The matrix


def cell(impact: int, urgency: int) -> PriorityRow:
    return PriorityRow.objects.get(impact=impact, urgency=urgency)


def test_the_matrix_is_changed_as_a_whole_or_not_at_all(boss):
    low, mid = cell(3, 3), cell(2, 2)
    services.set_priorities({low.public_id: 4, mid.public_id: 2}, actor=boss)
    assert (cell(3, 3).priority, cell(2, 2).priority, cell(3, 3).lock_version) == (4, 2, low.lock_version + 1)
    assert make_incident(impact=3, urgency=3).priority == 4
    with pytest.raises(RuleRefusedError):
        services.set_priorities({low.public_id: 1, mid.public_id: 6}, actor=boss)
    with pytest.raises(StaleVersionError):
        services.set_priorities({low.public_id: 1}, actor=boss, versions={low.public_id: low.lock_version})
    with pytest.raises(NotVisibleError):
        services.set_priorities({low.public_id: 1, group_id(): 2}, actor=boss)
    assert (cell(3, 3).priority, cell(2, 2).priority) == (4, 2)
    rows = AuditLog.objects.filter(table=services.MATRIX).order_by("object_ref")
    assert [(row.object_ref, row.diff) for row in rows] == [
        ("2/2", {"priority": [3, 2]}), ("3/3", {"priority": [5, 4]})
    ]  # fmt: skip


def group_id() -> Any:
    return GroupFactory().public_id


def test_open_tickets_keep_their_priority(boss):
    incident = make_incident(impact=3, urgency=3)
    services.set_priorities({cell(3, 3).public_id: 1}, actor=boss)
    incident.refresh_from_db()
    assert incident.priority == 5


# Who


ACTORS = {
    "system": lambda: None,
    "requester": UserFactory,
    "agent": AgentFactory,
    "administrator": administrator,
    "manager": lambda: UserFactory(roles=["incident_manager"]),
}


@pytest.mark.parametrize("action", [*policies.ACTIONS, "publish"])
@pytest.mark.parametrize("who", ACTORS)
def test_who_may_do_what(who, action):
    expected = who in {"system", "administrator"} and action in policies.ACTIONS
    assert policies.may(ACTORS[who](), action) is expected


def test_with_several_companies_only_who_crosses_the_wall_edits_what_they_share(group):
    rule = make_rule(group)
    other = UserFactory(company=CompanyFactory(), roles=["administrator"])
    boss = administrator()
    for person in (other, boss):
        expected = "company.cross" in {grant for role in person.roles.all() for grant in role.grants}
        assert policies.may(person, "edit") is expected
        assert AssignmentRule.objects.filter(policies.visible_to(person)).exists() is expected
        if not expected:
            with pytest.raises(NotVisibleError):
                services.change_rule(rule.public_id, actor=person, name="Mine")


@pytest.mark.parametrize("who", ["requester", "agent", "manager"])
def test_who_may_not_changes_nothing(who, group):
    rule, actor, low = make_rule(group), ACTORS[who](), cell(3, 3)
    with pytest.raises(NotAllowedError):
        services.create_rule(actor=actor, group=group, **FRESH)
    with pytest.raises(NotAllowedError):
        services.set_priorities({low.public_id: 1}, actor=actor)
    for act in (
        lambda: services.change_rule(rule.public_id, actor=actor, name="Mine"),
        lambda: services.move_rule(rule.public_id, "up", actor=actor),
        lambda: services.delete_rule(rule.public_id, actor=actor),
    ):
        with pytest.raises(NotVisibleError):
            act()
    assert (names(), cell(3, 3).priority) == (["Network"], 5)
