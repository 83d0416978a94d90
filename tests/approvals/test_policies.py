"""Who may do what with an approval: every cell of actor × action."""

from __future__ import annotations

import pytest

from approvals import services
from approvals.policies import ACTIONS, may
from approvals.selectors import approval_for
from core import settings_store
from core.errors import NotAllowedError, NotVisibleError
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.approvals import make_approval_request, make_delegation, row_of
from tests.factories.incidents import make_incident

ALLOWED = {
    "platform": {"view", "cancel"},
    "approver": {"view", "decide"},
    "inactive_approver": {"view"},
    "former_member": {"view"},
    "delegate": {"view", "decide"},
    "delegate_of_the_delegate": set(),
    "past_delegate": set(),
    "coming_delegate": set(),
    "requester_as_delegate": {"view"},
    "requester": set(),
    "stranger": set(),
    "agent": set(),
    "approver_role": set(),
    "administrator": {"cancel"},
    "administrator_of_another_company": set(),
}


def cast(who):
    """The actor of that row and the approval in question."""
    manager, requester = UserFactory(), UserFactory()
    group = GroupFactory()
    asked = [manager]
    actor = manager
    if who == "former_member":
        actor = UserFactory(groups=[group])
        asked = [group]
    request = make_approval_request(*asked, ticket=make_incident(requester=requester))
    row = row_of(request, actor if who == "former_member" else manager)
    makers = {
        "platform": lambda: None,
        "approver": lambda: manager,
        "inactive_approver": lambda: switched_off(manager),
        "former_member": lambda: left(actor),
        "delegate": lambda: make_delegation(manager, UserFactory()).delegate,
        "delegate_of_the_delegate": lambda: passed_on(manager),
        "past_delegate": lambda: make_delegation(manager, UserFactory(), starts_in=-3, ends_in=-1).delegate,
        "coming_delegate": lambda: make_delegation(manager, UserFactory(), starts_in=1, ends_in=3).delegate,
        "requester_as_delegate": lambda: make_delegation(manager, requester).delegate,
        "requester": lambda: requester,
        "stranger": UserFactory,
        "agent": AgentFactory,
        "approver_role": lambda: UserFactory(roles=["approver", "finance_approver"]),
        "administrator": lambda: UserFactory(roles=["administrator"]),
        "administrator_of_another_company": lambda: UserFactory(
            roles=["administrator"], company=CompanyFactory()
        ),
    }
    person = makers[who]()
    row.refresh_from_db()
    return person, row


def switched_off(person):
    person.is_active = False
    person.save(update_fields=["is_active"])
    return person


def left(person):
    person.memberships.all().delete()
    return person


def passed_on(manager):
    first = make_delegation(manager, UserFactory()).delegate
    return make_delegation(first, UserFactory()).delegate


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(ALLOWED))
@pytest.mark.parametrize("action", ACTIONS)
def test_each_cell(who, action):
    person, row = cast(who)
    assert may(person, row, action) is (action in ALLOWED[who])


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(set(ALLOWED) - {"platform"}))
def test_the_services_obey_the_table(who):
    person, row = cast(who)
    if "decide" in ALLOWED[who]:
        assert services.decide(row.pk, actor=person, decision="approved").status == "approved"
        return
    expected = NotAllowedError if "view" in ALLOWED[who] else NotVisibleError
    with pytest.raises(expected):
        services.decide(row.pk, actor=person, decision="approved")
    row.refresh_from_db()
    assert row.status == "requested"


@pytest.mark.django_db
def test_not_asked_and_not_there_are_one_answer():
    _person, row = cast("approver")
    with pytest.raises(NotVisibleError) as hidden:
        approval_for(UserFactory(), str(row.public_id))
    with pytest.raises(NotVisibleError) as absent:
        approval_for(UserFactory(), "01900000-0000-7000-8000-000000000000")
    assert str(hidden.value.detail) == str(absent.value.detail)


@pytest.mark.django_db
def test_a_company_may_let_people_decide_their_own():
    requester = UserFactory()
    settings_store.change("approval.own", True, actor=None)
    try:
        request = make_approval_request(requester, ticket=make_incident(requester=requester))
        assert may(requester, row_of(request, requester), "decide")
    finally:
        settings_store.forget()
