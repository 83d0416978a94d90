"""Tasks of incidents: PROCESSES INC-09."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import (
    IllegalTransitionError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from incidents import services
from incidents.models import Incident, IncidentTask
from notifications.models import Notification
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.settling import again, settle
from tickets.models import Activity
from tickets.selectors import tickets_for
from tickets.services import add_work_note, apply_transition, update_ticket
from tickets.transitions import all_edges, available

pytestmark = pytest.mark.django_db
EDGES = {
    ("start", "open", "work_in_progress"),
    ("complete", "open", "closed_complete"),
    ("complete", "work_in_progress", "closed_complete"),
    ("incomplete", "open", "closed_incomplete"),
    ("incomplete", "work_in_progress", "closed_incomplete"),
    ("skip", "open", "closed_skipped"),
    ("skip", "work_in_progress", "closed_skipped"),
}
STATES = ["open", "work_in_progress", "closed_complete", "closed_incomplete", "closed_skipped"]
NOTES = {"close_notes": "Not reachable."}
SOLVED = {"close_code": "solution_provided", "close_notes": "Restarted."}


def state_of(task: IncidentTask) -> str:
    """As it is in the database."""
    return str(IncidentTask.objects.values_list("state", flat=True).get(pk=task.pk))


def test_the_machine_has_exactly_these_edges():
    assert {(each.name, each.source, each.target) for each in all_edges(IncidentTask)} == EDGES


@pytest.mark.parametrize("edge", sorted(EDGES))
def test_every_edge_can_be_walked(edge: tuple[str, str, str]):
    name, source, target = edge
    task = make_incident_task(source)
    inputs = {} if name == "start" else NOTES
    assert apply_transition(IncidentTask, task.pk, name, actor=AgentFactory(), **inputs).state == target
    assert state_of(task) == target


@pytest.mark.parametrize("state", STATES)
def test_every_other_move_is_refused_and_changes_nothing(state: str):
    task = make_incident_task(state)
    before = IncidentTask.objects.get(pk=task.pk).lock_version
    for name in ("start", "complete", "incomplete", "skip"):
        if (name, state) in {(edge[0], edge[1]) for edge in EDGES}:
            continue
        inputs = {} if name == "start" else NOTES
        with pytest.raises(IllegalTransitionError):
            apply_transition(IncidentTask, task.pk, name, actor=None, **inputs)
    after = IncidentTask.objects.get(pk=task.pk)
    assert (after.state, after.lock_version) == (state, before)


@pytest.mark.parametrize("name", ["incomplete", "skip"])
def test_what_was_not_done_says_why(name: str):
    task = make_incident_task()
    with pytest.raises(RuleRefusedError) as refusal:
        apply_transition(IncidentTask, task.pk, name, actor=AgentFactory())
    assert [(each.field, each.code) for each in refusal.value.errors] == [("close_notes", "required")]


def test_a_task_takes_over_what_it_is_about_and_is_hidden_from_who_reported_it(agent: Any, group: Any):
    incident = make_incident(group=group, category="network", impact=1, urgency=2)
    task = services.open_incident_task(parent=incident, title="Check the switch", actor=agent, group=group)
    assert task.number.startswith("ITASK")
    assert (task.requester, task.parent_id, task.category) == (incident.requester, incident.pk, "network")
    assert (task.impact, task.urgency, task.priority) == (1, 2, 2)
    assert task.pk in tickets_for(agent).values_list("pk", flat=True)
    assert task.pk not in tickets_for(incident.requester).values_list("pk", flat=True)


@pytest.mark.parametrize("state", ["resolved", "closed", "cancelled"])
def test_what_is_done_gets_no_new_tasks(state: str):
    incident = make_incident(state)
    with pytest.raises(WrongStateError):
        services.open_incident_task(parent=incident, title="Too late", actor=AgentFactory())
    assert not IncidentTask.objects.exists()


def test_only_who_works_incidents_opens_tasks_and_only_below_incidents(agent: Any, group: Any):
    incident = make_incident(group=group)
    with pytest.raises(NotAllowedError):
        services.open_incident_task(parent=incident, title="x", actor=incident.requester)
    with pytest.raises(NotVisibleError):
        services.open_incident_task(parent=incident, title="x", actor=UserFactory())
    task = make_incident_task(incident=incident)
    with pytest.raises(RuleRefusedError) as refusal:
        services.open_incident_task(parent=task, title="x", actor=agent)
    assert refusal.value.errors[0].field == "parent"
    with pytest.raises(RuleRefusedError) as refusal:
        services.open_incident_task(
            parent=incident, title="x", actor=agent, group=GroupFactory(), assignee=agent
        )
    assert refusal.value.errors[0].field == "assignee"
    with pytest.raises(RuleRefusedError) as refusal:
        services.open_incident_task(parent=incident, title=" ", actor=agent)
    assert refusal.value.errors[0].field == "title"


# resolving


def test_resolving_waits_for_open_tasks_and_says_with_which_input_it_goes_on(agent: Any):
    task = make_incident_task()
    with pytest.raises(RuleRefusedError) as refusal:
        services.resolve_incident(task.parent_id, actor=agent, **SOLVED)
    assert [(each.field, each.code) for each in refusal.value.errors] == [("close_tasks", "guard")]
    assert Incident.objects.get(pk=task.parent_id).state == "new"
    apply_transition(IncidentTask, task.pk, "complete", actor=agent)
    assert services.resolve_incident(task.parent_id, actor=agent, **SOLVED).state == "resolved"


def test_an_agent_closes_the_tasks_in_the_same_move(agent: Any):
    first = make_incident_task()
    hidden = GroupFactory(is_restricted=True)
    second = make_incident_task("open", incident=Incident.objects.get(pk=first.parent_id), group=hidden)
    done = make_incident_task("closed_complete", incident=Incident.objects.get(pk=first.parent_id))
    incident = services.resolve_incident(first.parent_id, actor=agent, close_tasks=True, **SOLVED)
    assert incident.state == "resolved"
    assert [state_of(each) for each in (first, second, done)] == ["closed_incomplete"] * 2 + [
        "closed_complete"
    ]
    assert incident.number in IncidentTask.objects.get(pk=first.pk).close_notes


def test_a_refused_resolution_leaves_its_tasks_open(agent: Any):
    task = make_incident_task()
    version = task.parent.lock_version
    with pytest.raises(RuleRefusedError):
        services.resolve_incident(
            task.parent_id, actor=agent, close_tasks=True, close_code="solution_provided"
        )
    with pytest.raises(StaleVersionError):
        services.resolve_incident(
            task.parent_id, actor=agent, close_tasks=True, expected_version=version + 1, **SOLVED
        )
    with pytest.raises(NotAllowedError):
        services.resolve_incident(task.parent_id, actor=task.requester, close_tasks=True)
    assert state_of(task) == "open"


def test_the_input_that_closes_tasks_is_offered_while_it_is_of_use_to_who_may(agent: Any):
    def resolve(person: Any, incident: Incident) -> Any:
        moves = available(person, Incident.objects.get(pk=incident.pk), blocked=True)
        return next(move for move in moves if move.name == "resolve")

    task = make_incident_task()
    offered = resolve(agent, task.parent)
    assert not offered.closed_by
    assert "close_tasks" in {each.name for each in offered.inputs}
    assert "close_tasks" in offered.required
    asked = resolve(task.requester, task.parent)
    assert asked.closed_by == "guard"
    assert "close_tasks" not in {each.name for each in asked.inputs}
    apply_transition(IncidentTask, task.pk, "complete", actor=agent)
    assert "close_tasks" not in {each.name for each in resolve(agent, task.parent).inputs}


# ends of the incident


def test_a_cancelled_incident_skips_its_tasks_and_a_closed_one_ends_them_incomplete(agent: Any):
    task = make_incident_task("work_in_progress")
    services.cancel_incident(task.parent_id, actor=agent, reason_text="Sent twice.")
    assert state_of(task) == "closed_skipped"
    incident = make_incident("resolved")
    late = make_incident_task(incident=incident)
    services.close_incident(incident.pk, actor=None)
    assert state_of(late) == "closed_incomplete"


def test_a_closed_task_takes_notes_and_nothing_else(agent: Any):
    task = make_incident_task("closed_complete")
    with pytest.raises(WrongStateError):
        update_ticket(task.pk, actor=agent, title="Anew")
    add_work_note(task.pk, actor=agent, body="It was the cable.")
    assert Activity.objects.filter(ticket=task.pk, kind="work_note").exists()


def test_who_works_the_incident_hears_when_its_last_task_has_ended(agent: Any):
    incident = make_incident("in_progress", agent=agent)
    update_ticket(incident.pk, actor=agent, assignee=agent)
    told = Notification.objects.filter(user=agent, template="tasks_done", channel="inapp")
    done, skipped = make_incident_task(incident=incident), make_incident_task(incident=incident)
    apply_transition(IncidentTask, done.pk, "complete", actor=agent)
    settle()
    assert not told.exists()
    apply_transition(IncidentTask, skipped.pk, "skip", actor=agent, close_notes="Not needed.")
    settle()
    assert [each.ticket_id for each in told] == [incident.pk]
    again("incidents.handlers.tell_of_the_last_task")
    assert told.all().count() == 1
    assert list(Activity.objects.filter(verb="tasks_done").values_list("is_public", flat=True)) == [False]
    later = make_incident_task(incident=incident)
    apply_transition(IncidentTask, later.pk, "complete", actor=agent)
    settle()
    assert told.all().count() == 2


def test_tasks_that_end_with_their_incident_are_no_news(agent: Any):
    incident = make_incident("in_progress", agent=agent)
    make_incident_task(incident=incident)
    services.cancel_incident(incident.pk, actor=agent, reason_text="Sent twice.")
    settle()
    assert not Notification.objects.filter(template="tasks_done").exists()
