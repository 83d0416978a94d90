"""Rules that find major incidents (INC-14): what they find, once, and what they leave alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.settings_store import change
from incidents import services
from incidents.models import Incident, MajorProposal, MajorRule
from incidents.reference import RULES
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.major import make_child, make_major, make_manager, no_rules
from tests.settling import again, settle
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db


def rule(**values: Any) -> MajorRule:
    """A rule, and no other."""
    no_rules()
    return MajorRule.objects.create(key="test", name_ko="시험", name_en="Test", order=1, **values)


def standing(incident: Any) -> str:
    """Its ``major_status`` once all has been worked off."""
    settle()
    return str(Incident.objects.get(pk=incident.pk).major_status)


def test_the_seeds_are_there_in_order_and_not_put_back_when_edited():
    from incidents import reference

    assert list(MajorRule.objects.order_by("order").values_list("key", flat=True)) == list(RULES)
    MajorRule.objects.filter(key="priority-1").update(enabled=False, order=99)
    reference.load()
    row = MajorRule.objects.get(key="priority-1")
    assert (row.enabled, row.order) == (False, 99)


@pytest.mark.parametrize(
    ("impact", "urgency", "criticality", "expected"),
    [
        (1, 1, None, "priority-1"),
        (1, 2, None, None),
        (1, 2, 2, "vital-item"),
        (1, 2, 3, None),
        (2, 2, 1, None),
        (1, 1, 1, "priority-1"),
        (3, 3, 1, None),
    ],
)
def test_the_seeds_find_priority_1_and_high_ones_on_vital_items(
    impact: int, urgency: int, criticality: int | None, expected: str | None
):
    ci = make_ci(criticality=criticality) if criticality else None
    incident = make_incident(impact=impact, urgency=urgency, ci=ci)
    assert standing(incident) == ("proposed" if expected else "none")
    found = MajorProposal.objects.filter(incident=incident).values_list("rule__key", flat=True)
    assert list(found) == ([expected] if expected else [])


def test_an_incident_becomes_a_candidate_by_a_change_too(agent: Any):
    incident = make_incident(impact=3, urgency=3)
    assert standing(incident) == "none"
    update_ticket(incident.pk, actor=agent, impact=1, urgency=1)
    assert standing(incident) == "proposed"


def test_what_was_rejected_the_same_rule_does_not_propose_again_but_another_does(agent: Any):
    manager = make_manager()
    incident = make_incident(impact=1, urgency=1)
    assert standing(incident) == "proposed"
    services.reject_major(incident.pk, actor=manager, reason="One office only.")
    update_ticket(incident.pk, actor=agent, title="Still the same")
    assert standing(incident) == "rejected"
    MajorRule.objects.create(
        key="vpn", name_ko="VPN", condition={"f": "title", "op": "contains", "v": "everybody"}
    )
    update_ticket(incident.pk, actor=agent, title="Now it is everybody")
    assert standing(incident) == "proposed"
    assert sorted(MajorProposal.objects.values_list("rule__key", "verdict")) == [
        ("priority-1", "rejected"),
        ("vpn", "open"),
    ]


def test_an_event_that_comes_twice_proposes_once():
    incident = make_incident(impact=1, urgency=1)
    assert standing(incident) == "proposed"
    again("incidents.handlers.weigh_a_new_one")
    assert MajorProposal.objects.count() == 1


@pytest.mark.parametrize("status", ["accepted", "proposed", "cancelled"])
def test_what_is_or_was_one_is_left_alone(status: str, agent: Any):
    no_rules()
    incident = make_major(status)
    before = MajorProposal.objects.count()
    MajorRule.objects.update(enabled=True)
    update_ticket(incident.pk, actor=agent, impact=1, urgency=1)
    assert standing(incident) == status
    assert MajorProposal.objects.count() == before


def test_a_resolved_one_and_a_child_are_no_candidates(agent: Any):
    parent = make_incident()
    child = make_child(parent, impact=1, urgency=1)
    resolved = make_incident("resolved", agent=agent, impact=1, urgency=1)
    assert standing(child) == "none"
    assert standing(resolved) == "none"


def test_the_first_rule_by_order_counts_and_one_that_is_off_does_not():
    later = rule(condition={"f": "impact", "op": "eq", "v": 1})
    first = MajorRule.objects.create(key="first", name_ko="먼저", order=0, action="promote")
    off = MajorRule.objects.create(key="off", name_ko="꺼짐", order=0, enabled=False)
    assert standing(make_incident(impact=1)) == "accepted"
    used = MajorProposal.objects.values_list("rule", flat=True)
    assert list(used) == [first.pk]
    assert not {later.pk, off.pk} & set(used)


def test_more_than_so_many_children_make_a_candidate_of_their_parent(agent: Any):
    rule(least_children=3)
    parent = make_incident()
    children = [make_child(parent) for _ in range(2)]
    assert standing(parent) == "none"
    services.cancel_incident(children[0].pk, actor=agent, reason_text="Sent twice.")
    loose = make_incident()
    update_ticket(loose.pk, actor=agent, parent=parent)
    assert standing(parent) == "none"
    make_child(parent)
    assert standing(parent) == "proposed"


def test_many_people_on_one_item_make_a_candidate_of_the_first_report():
    rule(least_people=3, people_minutes=15)
    ci, other = make_ci(), make_ci()
    person = UserFactory()
    first = make_incident(ci=ci, requester=person)
    make_incident(ci=ci, requester=person)  # the same person twice
    make_incident(ci=other)
    make_incident(ci=ci)
    assert standing(first) == "none"
    last = make_incident(ci=ci)
    assert standing(first) == "proposed"
    more = make_incident(ci=ci)
    assert {standing(last), standing(more)} == {"none"}
    assert MajorProposal.objects.count() == 1


def test_reports_of_another_time_group_or_company_do_not_count():
    rule(least_people=2, people_minutes=15)
    ci = make_ci()
    old = make_incident(ci=ci)
    Incident.objects.filter(pk=old.pk).update(opened_at=old.opened_at - dt.timedelta(minutes=16))
    make_incident(ci=ci, group=GroupFactory(is_restricted=True))
    make_incident(ci=ci, requester=UserFactory(company=CompanyFactory()))
    assert standing(make_incident(ci=ci)) == "none"
    assert standing(make_incident(ci=ci)) == "none"  # not the first one
    assert MajorProposal.objects.get().incident_id != old.pk


def test_a_new_one_above_is_made_when_a_rule_promotes():
    change("major.create", "create_new", actor=None)
    rule(condition={"f": "title", "op": "eq", "v": "Core is down"}, action="promote")
    found = make_incident(title="Core is down")
    assert standing(found) == "none"
    major = Incident.objects.get(major_status="accepted")
    assert (Incident.objects.get(pk=found.pk).parent_id, major.requester) == (major.pk, found.requester)
    assert Incident.objects.count() == 2


def test_a_promoting_rule_only_proposes_what_was_rejected_before(agent: Any):
    rule(condition={"f": "impact", "op": "eq", "v": 1}, action="promote")
    incident = make_major("rejected")
    update_ticket(incident.pk, actor=agent, impact=1)
    assert standing(incident) == "proposed"


def test_who_leads_nothing_is_told_nothing(agent: Any):
    stranger = AgentFactory(company=CompanyFactory(), roles=["major_incident_manager"])
    make_incident(impact=1, urgency=1)
    settle()
    assert not stranger.notification_set.filter(template="major_proposed").exists()
    assert not agent.notification_set.filter(template="major_proposed").exists()
