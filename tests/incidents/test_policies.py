"""Who may do what with an incident: every cell of actor × action."""

from __future__ import annotations

import pytest

from core.errors import NotVisibleError
from incidents.policies import may
from incidents.selectors import incident_numbered, incidents_for
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Watcher

ACTIONS = ["start", "hold", "resume", "resolve", "reopen", "close", "cancel", "comment", "work_note",
           "update", "assign", "attach", "watch", "link"]  # fmt: skip
AGENT = {"start", "hold", "resume", "resolve", "reopen", "cancel", "comment", "work_note", "update",
         "attach", "watch", "link"}  # fmt: skip
ALLOWED = {
    "requester": {"comment", "attach", "watch", "resolve", "reopen", "close", "cancel"},
    "stranger": set(),
    "approver": set(),
    "agent": AGENT,
    "incident_manager": AGENT | {"close"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("actor", sorted(ALLOWED))
@pytest.mark.parametrize("action", ACTIONS)
def test_each_cell(actor, action):
    requester = UserFactory()
    incident = make_incident(requester=requester)
    people = {
        "requester": lambda: requester,
        "stranger": UserFactory,
        "approver": lambda: UserFactory(roles=["approver"]),
        "agent": AgentFactory,
        "incident_manager": lambda: UserFactory(roles=["incident_manager"]),
    }
    assert may(people[actor](), incident, action) is (action in ALLOWED[actor])


@pytest.mark.django_db
def test_a_requester_withdraws_only_what_nobody_has_touched():
    requester, agent = UserFactory(), AgentFactory()
    assert may(requester, make_incident(requester=requester), "cancel")
    assert not may(requester, make_incident("in_progress", requester=requester, agent=agent), "cancel")


@pytest.mark.django_db
def test_a_major_incident_is_not_the_requesters_to_close():
    requester = UserFactory()
    incident = make_incident("resolved", requester=requester)
    incident.major_status = "accepted"
    assert not any(may(requester, incident, action) for action in ("resolve", "reopen", "close"))


@pytest.mark.django_db
def test_rows_are_seen_by_role_group_and_company():
    hr = GroupFactory(key="hr", is_restricted=True)
    requester, watcher = UserFactory(), UserFactory()
    other_company = AgentFactory(company=CompanyFactory())
    open_one = make_incident(requester=requester)
    secret = make_incident(requester=UserFactory(), group=hr)
    Watcher.objects.create(ticket=open_one, user=watcher)

    def numbers(actor):
        return {row.number for row in incidents_for(actor)}

    both = {open_one.number, secret.number}
    assert numbers(requester) == {open_one.number}
    assert numbers(watcher) == {open_one.number}
    assert numbers(UserFactory()) == set()
    assert numbers(UserFactory(roles=["approver"])) == set()
    assert numbers(AgentFactory()) == {open_one.number}
    assert numbers(AgentFactory(groups=[hr])) == both
    assert numbers(other_company) == set()
    assert numbers(None) == both


@pytest.mark.django_db
def test_not_yours_and_not_there_are_one_answer():
    incident = make_incident()
    with pytest.raises(NotVisibleError) as hidden:
        incident_numbered(UserFactory(), incident.number)
    with pytest.raises(NotVisibleError) as absent:
        incident_numbered(UserFactory(), "INC9999999")
    assert str(hidden.value.detail) == str(absent.value.detail)


@pytest.mark.django_db
def test_an_inactive_agent_holds_nothing():
    agent = AgentFactory(is_active=False)
    assert not may(agent, make_incident(), "start")
