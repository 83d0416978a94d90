"""Tasks, parents and children on a ticket's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident, IncidentTask
from tests.desk.test_relations import url
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.problems import make_problem
from tests.settling import settle
from tickets.models import Activity
from tickets.services import update_ticket


def page(desk: Any, ticket: Any, path: str = "incidents") -> str:
    """The ticket's page."""
    response = desk.get(f"/w/{path}/{ticket.number}/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_task_is_added_on_the_page_and_has_a_page_of_its_own(desk: Any, group: Any):
    incident = make_incident(group=group)
    answer = desk.post(url(incident, "tasks"), {"title": "Check the switch", "group": group.key})
    assert answer.status_code == 302
    task = IncidentTask.objects.get()
    assert (task.parent_id, task.group, task.channel) == (incident.pk, group, "agent")
    assert task.number in page(desk, incident)
    html = page(desk, task, "tasks")
    assert incident.number in html
    assert 'id="tasks"' not in html


def below(parent: Incident, group: Any) -> Incident:
    """A child of the incident."""
    child = make_incident(group=group)
    Incident.objects.filter(pk=child.pk).update(parent=parent.pk)
    return child


@pytest.mark.parametrize(
    ("values", "field"),
    [({"title": ""}, "title"), ({"title": "x" * 161}, "title"), ({"title": "x", "group": "nobody"}, "group")],
)
def test_a_task_that_cannot_be_is_refused_at_its_field(
    values: dict[str, str], field: str, desk: Any, group: Any
):
    incident = make_incident(group=group)
    answer = desk.post(url(incident, "tasks"), values)
    assert answer.status_code == 422
    assert f'id="id_task_{field}_error"' in answer.content.decode()
    assert not IncidentTask.objects.exists()


def test_what_is_done_or_has_no_tasks_offers_none(desk: Any, group: Any):
    resolved = make_incident("resolved", group=group)
    assert url(resolved, "tasks") not in page(desk, resolved)
    assert desk.post(url(resolved, "tasks"), {"title": "x"}).status_code == 422
    task = make_incident_task(group=group)
    assert desk.post(url(task, "tasks", "tasks"), {"title": "x"}).status_code in {409, 422}
    assert IncidentTask.objects.count() == 1


def test_parent_and_child_are_joined_and_parted_from_either_side(desk: Any, group: Any):
    parent, child, other = (make_incident(group=group) for _ in range(3))
    assert (
        desk.post(url(parent, "join"), {"side": "child", "number": child.number.lower()}).status_code == 302
    )
    assert desk.post(url(other, "join"), {"side": "parent", "number": parent.number}).status_code == 302
    assert set(Incident.objects.filter(parent=parent.pk)) == {child, other}
    html = page(desk, parent)
    assert child.number in html
    assert other.number in html
    assert parent.number in page(desk, child)
    assert desk.post(url(parent, "part"), {"child": child.number}).status_code == 302
    assert desk.post(url(other, "part")).status_code == 302
    assert not Incident.objects.filter(parent=parent.pk).exists()


def test_what_cannot_be_joined_says_so_at_its_field(desk: Any, group: Any):
    incident = make_incident(group=group)
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    for number in ("INC9999999", "", hidden.number, incident.number, make_incident_task().number):
        answer = desk.post(url(incident, "join"), {"side": "parent", "number": number})
        assert answer.status_code == 422, number
        assert 'id="id_family_number_error"' in answer.content.decode(), number
    assert desk.post(url(incident, "part"), {"child": hidden.number}).status_code == 400
    assert Incident.objects.get(pk=incident.pk).parent_id is None


def test_hidden_relatives_are_not_named(desk: Any, agent: Any, group: Any):
    parent = make_incident(group=group)
    hidden = GroupFactory(is_restricted=True)
    child = make_incident(group=hidden)
    task = make_incident_task(incident=parent, group=hidden)
    update_ticket(child.pk, actor=AgentFactory(groups=[group, hidden]), parent=parent)
    html = page(desk, parent)
    assert child.number not in html
    assert task.number not in html
    shown = below(parent, group)
    update_ticket(parent.pk, actor=AgentFactory(groups=[group, hidden]), group=hidden)
    assert parent.number not in page(desk, shown)


def test_many_children_do_not_hide_a_task(desk: Any, group: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desk.selectors.families.MOST_SHOWN", 2)
    parent = make_incident(group=group)
    for _ in range(3):
        below(parent, group)
    assert make_incident_task(incident=parent, group=group).number in page(desk, parent)


def test_nobody_is_offered_a_reply_that_no_requester_would_read(desk: Any, group: Any):
    task = make_incident_task(incident=make_incident(group=group), group=group)
    for ticket, path in ((task, "tasks"), (make_problem(), "problems")):
        html = page(desk, ticket, path)
        assert 'id="composer-work_note"' in html
        assert 'id="composer-comment"' not in html


def test_a_family_costs_the_same_for_two_and_for_twenty(warm: Any, group: Any):
    def statements(incident: Incident) -> int:
        with CaptureQueriesContext(connection) as queries:
            page(warm, incident)
        return len(queries)

    def family(size: int) -> Incident:
        parent = make_incident(group=group)
        for _ in range(size):
            below(parent, group)
            make_incident_task(incident=parent, group=group)
        return parent

    assert statements(family(2)) == statements(family(20))


def test_a_reply_goes_to_the_children_when_asked_for(desk: Any, agent: Any, group: Any):
    parent = make_incident("in_progress", group=group, agent=agent)
    assert 'name="to_children"' not in page(desk, parent)
    below(parent, group)
    html = page(desk, parent)
    assert 'name="to_children"' in html
    said = {"tab": "comment", "body": "Ten minutes.", "lock_version": parent.lock_version}
    assert desk.post(url(parent, "say"), said).status_code == 302
    assert desk.post(url(parent, "say"), said | {"to_children": "on", "body": "To all."}).status_code == 302
    settle()
    assert Activity.objects.filter(body="Ten minutes.").count() == 1
    assert Activity.objects.filter(body="To all.").count() == 2


def test_resolving_with_open_tasks_asks_for_them_and_closes_them(desk: Any, group: Any):
    task = make_incident_task(incident=make_incident(group=group))
    incident = Incident.objects.get(pk=task.parent_id)
    address = url(incident, "move/resolve")
    assert 'name="close_tasks"' in desk.get(address, HTTP_HX_REQUEST="true").content.decode()
    said = {
        "close_code": "solution_provided",
        "close_notes": "Restarted.",
        "lock_version": incident.lock_version,
    }
    refused = desk.post(address, said)
    assert refused.status_code == 422
    assert 'id="id_resolve_close_tasks_error"' in refused.content.decode()
    assert desk.post(address, said | {"close_tasks": "on"}).status_code == 302
    assert Incident.objects.get(pk=incident.pk).state == "resolved"
    assert IncidentTask.objects.get().state == "closed_incomplete"
