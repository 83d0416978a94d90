"""Tasks, parents and children of incidents over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident, IncidentTask
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.settling import settle
from tickets.models import Activity

pytestmark = pytest.mark.django_db
SOLVED = {"close_code": "solution_provided", "close_notes": "Restarted."}


@pytest.fixture
def api(agent: Any) -> Caller:
    """The agent's program."""
    return Caller(agent)


def test_a_task_is_opened_read_changed_and_moved(api: Caller, group: Any):
    incident = make_incident(group=group)
    body = {"incident": incident.number, "title": "Check the switch", "group": group.key}
    made = api.post("incident-tasks/", body)
    assert made.status_code == 201
    task = made.json()
    assert made["Location"] == f"/api/v1/incident-tasks/{task['number']}/"
    assert (task["incident"], task["state"], task["kind"]) == (incident.number, "open", "itask")
    place = f"incident-tasks/{task['number']}/"
    assert (
        api.call("PATCH", place, {"title": "Check both"}, If_Match=made["ETag"]).json()["title"]
        == "Check both"
    )
    moved = api.post(f"{place}transitions/complete/", {"close_notes": "It was the cable."})
    assert (moved.status_code, moved.json()["state"]) == (200, "closed_complete")
    listed = api.get(f"incident-tasks/?incident={incident.number}").json()["results"]
    assert [row["number"] for row in listed] == [task["number"]]


def test_who_reported_the_incident_knows_of_no_task():
    task = make_incident_task()
    own = Caller(task.requester)
    assert own.get(f"incident-tasks/{task.number}/").status_code == 404
    assert own.get("incident-tasks/").json()["results"] == []
    refused = own.post("incident-tasks/", {"incident": task.parent.number, "title": "Mine"})
    assert refused.status_code == 403
    assert IncidentTask.objects.count() == 1


def test_a_hidden_incident_gets_no_task(api: Caller):
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    refused = api.post("incident-tasks/", {"incident": hidden.number, "title": "x"})
    absent = api.post("incident-tasks/", {"incident": "INC9999999", "title": "x"})
    assert (refused.status_code, absent.status_code) == (422, 422)
    assert refused.json()["errors"][0]["code"] == absent.json()["errors"][0]["code"]
    assert not IncidentTask.objects.exists()


def test_open_tasks_are_closed_with_the_resolution(api: Caller, group: Any):
    task = make_incident_task(incident=make_incident(group=group), group=group)
    place = f"incidents/{task.parent.number}/"
    moves = {each["name"]: each for each in api.get(place).json()["_transitions"]}
    offered = {each["name"]: each["required"] for each in moves["resolve"]["inputs"]}
    assert offered["close_tasks"] is True
    refused = api.post(f"{place}transitions/resolve/", SOLVED)
    assert refused.status_code == 422
    assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
        ("/close_tasks", "guard")
    ]
    done = api.post(f"{place}transitions/resolve/", SOLVED | {"close_tasks": True})
    assert done.json()["state"] == "resolved"
    assert IncidentTask.objects.get().state == "closed_incomplete"


def test_a_parent_is_set_and_taken_away(api: Caller, group: Any):
    parent, child = make_incident(group=group), make_incident(group=group)
    place = f"incidents/{child.number}/"
    tag = api.get(place)["ETag"]
    put = api.call("PATCH", place, {"parent": parent.number}, If_Match=tag)
    assert (put.status_code, put.json()["parent"]) == (200, parent.number)
    listed = api.get(f"incidents/?parent={parent.number}").json()["results"]
    assert [row["number"] for row in listed] == [child.number]
    circle = api.call("PATCH", f"incidents/{parent.number}/", {"parent": child.number}, If_Match="*")
    assert circle.status_code in {422, 428, 412}
    gone = api.call("PATCH", place, {"parent": None}, If_Match=put["ETag"])
    assert gone.json()["parent"] is None


def test_an_incident_is_opened_below_another_by_agents_alone(api: Caller, group: Any):
    parent = make_incident(group=group)
    made = api.post("incidents/", {"title": "Here too", "parent": parent.number})
    assert (made.status_code, Incident.objects.get(number=made.json()["number"]).parent_id) == (
        201,
        parent.pk,
    )
    person = Caller(UserFactory())
    assert person.post("incidents/", {"title": "Here too", "parent": parent.number}).status_code == 400


def test_a_word_for_all_stands_on_the_open_children(api: Caller, agent: Any, group: Any):
    parent = make_incident("in_progress", group=group, agent=agent)
    place = f"incidents/{parent.number}/child-comments/"
    assert api.post(place, {"body": "To nobody."}).status_code == 409
    child = make_incident(group=group)
    Incident.objects.filter(pk=child.pk).update(parent=parent.pk)
    said = api.post(place, {"body": "Ten minutes."})
    assert (said.status_code, said.json()["body"]) == (201, "Ten minutes.")
    settle()
    assert (
        Activity.objects.filter(ticket=child.pk, body="Ten minutes.", actor=agent, is_public=True).count()
        == 1
    )
    assert Caller(parent.requester).post(place, {"body": "Me too."}).status_code == 403


def test_a_list_of_tasks_costs_the_same_for_two_and_for_twenty(group: Any):
    def statements(size: int) -> int:
        incident = make_incident(group=group)
        for _ in range(size):
            make_incident_task(incident=incident, group=group)
        caller = Caller(AgentFactory(groups=[group]))
        caller.get("incident-tasks/")
        with CaptureQueriesContext(connection) as queries:
            answer = caller.get(f"incident-tasks/?incident={incident.number}")
        assert len(answer.json()["results"]) == size
        return len(queries)

    assert statements(2) == statements(20)
