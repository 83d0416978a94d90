"""Who may do what with requests, items and tasks, and who may order for whom: every cell."""

from __future__ import annotations

import pytest

from accounts.models import Membership
from catalog import services
from catalog.models import CatalogTask, Request, RequestItem
from catalog.policies import may_item, may_order_for, may_publish, may_request, may_task
from catalog.selectors import task_numbered
from core.errors import NotAllowedError, NotVisibleError
from core.models import OutboxEvent
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.catalog import item_of, make_item, make_order, task_of
from tickets.selectors import ticket_numbered, tickets_for

pytestmark = pytest.mark.django_db

ACTORS = ["platform", "requester", "colleague", "agent", "catalog_manager", "config_admin", "approver"]
REQUEST = {
    "cancel": {"platform", "requester", "agent", "catalog_manager"},
    "submit": {"platform"},
    "complete": {"platform"},
    "comment": {"platform", "requester", "agent", "catalog_manager"},
    "attach": {"platform", "requester", "agent", "catalog_manager"},
    "watch": {"platform", "requester", "agent", "catalog_manager"},
    "work_note": {"platform", "agent", "catalog_manager"},
    "update": {"platform", "agent", "catalog_manager"},
    "link": {"platform", "agent", "catalog_manager"},
}
ITEM = {
    "cancel": {"platform", "requester", "agent", "catalog_manager"},
    "accept": {"platform", "requester"},
    "complain": {"platform", "requester"},
    "complete": {"platform", "config_admin"},
    "incomplete": {"platform", "config_admin"},
    "skip": {"platform", "config_admin"},
    "comment": {"platform", "requester", "agent", "catalog_manager"},
    "work_note": {"platform", "agent", "catalog_manager", "config_admin"},
    "update": {"platform", "agent", "catalog_manager"},
}
TASK = {
    "start": {"platform", "agent", "catalog_manager"},
    "complete": {"platform", "agent", "catalog_manager"},
    "incomplete": {"platform", "agent", "catalog_manager"},
    "skip": {"platform", "agent", "catalog_manager"},
    "comment": {"platform", "agent", "catalog_manager"},
    "work_note": {"platform", "agent", "catalog_manager"},
    "update": {"platform", "agent", "catalog_manager"},
}


def actor_named(name, requester):
    if name == "platform":
        return None
    if name == "requester":
        return requester
    if name == "agent":
        return AgentFactory()
    return UserFactory(roles=[] if name == "colleague" else [name])


@pytest.mark.parametrize(
    ("table", "policy", "which"),
    [(REQUEST, may_request, Request), (ITEM, may_item, RequestItem), (TASK, may_task, CatalogTask)],
    ids=["request", "ritm", "sctask"],
)
@pytest.mark.parametrize("name", ACTORS)
def test_every_cell_of_actor_and_action(table, policy, which, name):
    requester = UserFactory()
    make_order(person=requester)
    row, actor = which.objects.get(), actor_named(name, requester)
    assert {action: policy(actor, row, action) for action in table} == {
        action: name in allowed for action, allowed in table.items()
    }


@pytest.mark.parametrize("state", ["start", "complete", "incomplete"])
def test_a_requester_withdraws_until_the_first_task_is_in_work(state):
    person, agent = UserFactory(), AgentFactory()
    request = make_order(person=person)
    item = item_of(request)
    assert may_request(person, request, "cancel")
    assert may_item(person, item, "cancel")
    notes = {"close_notes": "Out of stock."} if state == "incomplete" else {}
    services.SERVICES["sctask"][state](task_of(item).pk, actor=agent, **notes)
    assert not may_request(person, request, "cancel")
    assert not may_item(person, item, "cancel")
    assert may_item(agent, item, "cancel")


def test_a_skipped_task_is_no_work_begun():
    person = UserFactory()
    item = item_of(make_order(person=person))
    services.skip_task(task_of(item).pk, actor=AgentFactory(), close_notes="Not needed.")
    assert may_item(person, item, "cancel")


def test_the_person_it_was_ordered_for_has_the_rights_of_a_requester():
    boss = UserFactory()
    person = UserFactory(manager=boss)
    item = item_of(make_order(person=boss, requested_for=person))
    for actor in (boss, person):
        assert may_item(actor, item, "cancel")
        assert may_item(actor, item, "accept")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("platform", True),
        ("self", True),
        ("manager", True),
        ("agent", True),
        ("colleague", False),
        ("far", False),
    ],
)
def test_who_may_order_for_whom(who, may):
    boss = UserFactory()
    person = UserFactory(manager=boss)
    actors = {
        "platform": None,
        "self": person,
        "manager": boss,
        "agent": AgentFactory(),
        "colleague": UserFactory(roles=["approver"]),
        "far": AgentFactory(company=CompanyFactory()),
    }
    assert may_order_for(actors[who], person) is may


def test_a_person_does_not_order_for_their_manager():
    boss = UserFactory()
    assert not may_order_for(UserFactory(manager=boss), boss)


@pytest.mark.parametrize(
    ("role", "may"),
    [("requester", False), ("agent", False), ("catalog_manager", True), ("config_admin", True)],
)
def test_who_edits_the_catalogue(role, may):
    assert may_publish(UserFactory(roles=[role] if role != "requester" else [])) is may


def test_a_stranger_sees_and_changes_nothing():
    item, stranger = make_item(), UserFactory()
    events = OutboxEvent.objects.count()
    for call in (
        lambda: services.cancel_item(item.pk, actor=stranger),
        lambda: services.cancel_request(item.request_id, actor=stranger),
        lambda: services.complete_task(task_of(item).pk, actor=stranger),
    ):
        with pytest.raises(NotVisibleError):
            call()
    item.refresh_from_db()
    assert (item.state, OutboxEvent.objects.count()) == ("open", events)


def test_an_agent_of_another_company_sees_nothing():
    item = make_item()
    with pytest.raises(NotVisibleError):
        services.cancel_item(item.pk, actor=AgentFactory(company=CompanyFactory()), reason_text="x")


def test_an_agent_does_not_accept_in_the_requesters_name():
    item = make_item("delivered")
    with pytest.raises(NotAllowedError):
        services.accept_item(item.pk, actor=AgentFactory())


def test_a_requester_never_sees_the_work_orders_of_teams():
    person = UserFactory()
    request = make_order(person=person)
    item, task = item_of(request), task_of(item_of(request))
    assert set(tickets_for(person).values_list("number", flat=True)) == {request.number, item.number}
    with pytest.raises(NotVisibleError):
        ticket_numbered(person, task.number)
    with pytest.raises(NotVisibleError):
        task_numbered(person, task.number)
    assert ticket_numbered(AgentFactory(), task.number).pk == task.pk


def test_tasks_of_a_restricted_group_are_for_its_members():
    group = GroupFactory(is_restricted=True)
    member, other = AgentFactory(groups=[group]), AgentFactory()
    item = make_item()
    task = services.open_task(parent=item, title="Take badge back", group=group)
    assert task_numbered(member, task.number) == task
    with pytest.raises(NotVisibleError):
        task_numbered(other, task.number)
    assert Membership.objects.filter(group=group).count() == 1
