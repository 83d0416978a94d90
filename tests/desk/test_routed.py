"""The rule that gave a ticket its group, on the ticket's page."""

from __future__ import annotations

import pytest

from tests.factories.accounts import GroupFactory
from tests.factories.incidents import make_incident
from tests.factories.routing import make_rule
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db
NOTE = "Assigned by the rule “Night desk”"
LINE = "Assigned by the rule: Night desk"


def page_of(desk, incident) -> str:
    return desk.get(f"/w/incidents/{incident.number}/").content.decode()


def test_it_stands_at_the_group_and_in_the_timeline_though_the_rule_is_gone(desk):
    rule = make_rule(GroupFactory(), "Night desk", condition={})
    incident = make_incident()
    rule.delete()
    page = page_of(desk, incident)
    assert page.count(NOTE) == 1
    assert LINE in page


def test_with_another_group_it_stands_in_the_timeline_alone(desk):
    make_rule(GroupFactory(), "Night desk", condition={})
    incident = make_incident()
    update_ticket(incident.pk, actor=None, group=GroupFactory())
    page = page_of(desk, incident)
    assert NOTE not in page
    assert LINE in page


def test_a_group_that_a_person_chose_names_no_rule(desk):
    make_rule(GroupFactory(), "Night desk", condition={})
    page = page_of(desk, make_incident(group=GroupFactory()))
    assert "Assigned by the rule" not in page
