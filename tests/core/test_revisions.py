"""A process's copy of configuration is renewed when the database says so, and not before."""

from __future__ import annotations

import pytest
from django.db import transaction

from core.models import Revision
from core.revisions import Kept, revisions
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident
from tickets.models import AssignmentRule, PriorityRow

pytestmark = pytest.mark.django_db


def test_a_copy_is_kept_while_its_stamps_stay():
    loads = []
    kept = Kept(lambda: loads.append(1) or len(loads), "a", "b")
    assert [kept.under({"a": "1", "c": "1"}), kept.under({"a": "1", "c": "2"})] == [1, 1]
    assert [kept.under({"a": "2"}), kept.under({"a": "2"}), kept.under({"a": "2", "b": "1"})] == [2, 2, 3]


def test_what_is_rolled_back_leaves_the_stamp_as_it_was():
    PriorityRow.objects.update(priority=3)
    before = revisions()
    with transaction.atomic():
        PriorityRow.objects.update(priority=2)
        assert revisions()["routing"] != before["routing"]
        transaction.set_rollback(True)
    assert revisions() == before
    assert {key: str(stamp) for key, stamp in Revision.objects.values_list("key", "stamp")} == before


@pytest.fixture
def rule():
    AssignmentRule.objects.all().delete()
    return AssignmentRule.objects.create(name="all", kind="incident", group=GroupFactory(name_ko="가"))


def test_a_changed_rule_holds_for_the_next_ticket(rule):
    assert make_incident().group == rule.group
    other = GroupFactory()
    AssignmentRule.objects.filter(pk=rule.pk).update(group=other)
    assert make_incident().group == other
    AssignmentRule.objects.filter(pk=rule.pk).update(enabled=False)
    assert make_incident().group is None
    rule.delete()
    assert make_incident().group is None


def test_a_renamed_group_has_its_new_name_on_the_next_ticket(rule):
    assert make_incident().group.name_ko == "가"
    rule.group.name_ko = "나"
    rule.group.save()
    assert make_incident().group.name_ko == "나"


def test_what_is_read_through_a_tickets_group_is_not_kept_for_the_next(rule):
    manager = AgentFactory(name_ko="전")
    rule.group.manager = manager
    rule.group.save()
    assert make_incident().group.manager.name_ko == "전"
    type(manager).objects.filter(pk=manager.pk).update(name_ko="후")
    assert make_incident().group.manager.name_ko == "후"


def test_a_changed_matrix_holds_for_the_next_ticket():
    assert make_incident(impact=3, urgency=3).priority == 5
    PriorityRow.objects.filter(impact=3, urgency=3).update(priority=1)
    assert make_incident(impact=3, urgency=3).priority == 1


def test_the_pointer_of_taking_turns_is_no_configuration(rule):
    people = [AgentFactory() for _ in range(2)]
    for person in people:
        person.memberships.create(group=rule.group)
    AssignmentRule.objects.filter(pk=rule.pk).update(strategy="round_robin")
    stamps = revisions()
    assert [make_incident().assignee for _ in range(4)] == [*people, *people]
    assert revisions() == stamps
