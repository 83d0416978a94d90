"""The machines of requests, items and tasks are exactly the tables of PROCESSES section 5."""

from __future__ import annotations

import pytest

from catalog import services
from catalog.models import CatalogTask, Request, RequestItem
from core.errors import IllegalTransitionError, NotAllowedError, RuleRefusedError
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.catalog import item_of, make_item, make_order, make_request, make_task
from tickets.services import apply_transition
from tickets.transitions import all_edges

REQUEST_EDGES = {
    ("submit", "draft", "submitted"),
    ("process", "draft", "in_process"),
    ("process", "submitted", "in_process"),
    ("reject", "submitted", "closed_rejected"),
    ("reject", "in_process", "closed_rejected"),
    ("complete", "in_process", "closed_complete"),
    ("incomplete", "in_process", "closed_incomplete"),
    ("skip", "in_process", "closed_skipped"),
    ("cancel", "draft", "closed_cancelled"),
    ("cancel", "submitted", "closed_cancelled"),
    ("cancel", "in_process", "closed_cancelled"),
}
ITEM_EDGES = {
    ("approve", "pending_approval", "open"),
    ("begin", "open", "work_in_progress"),
    ("reject", "pending_approval", "rejected"),
    ("reject", "open", "rejected"),
    ("reject", "work_in_progress", "rejected"),
    ("deliver", "work_in_progress", "delivered"),
    ("accept", "delivered", "closed_complete"),
    ("complain", "delivered", "work_in_progress"),
    ("complete", "open", "closed_complete"),
    ("complete", "work_in_progress", "closed_complete"),
    ("incomplete", "pending_approval", "closed_incomplete"),
    ("incomplete", "open", "closed_incomplete"),
    ("incomplete", "work_in_progress", "closed_incomplete"),
    ("skip", "pending_approval", "closed_skipped"),
    ("skip", "open", "closed_skipped"),
    ("skip", "work_in_progress", "closed_skipped"),
    ("cancel", "pending_approval", "cancelled"),
    ("cancel", "open", "cancelled"),
    ("cancel", "work_in_progress", "cancelled"),
}
TASK_EDGES = {
    ("release", "pending", "open"),
    ("start", "open", "work_in_progress"),
    ("complete", "open", "closed_complete"),
    ("complete", "work_in_progress", "closed_complete"),
    ("incomplete", "open", "closed_incomplete"),
    ("incomplete", "work_in_progress", "closed_incomplete"),
    ("skip", "pending", "closed_skipped"),
    ("skip", "open", "closed_skipped"),
    ("skip", "work_in_progress", "closed_skipped"),
}
RANKS = {
    Request: {
        "draft": 5,
        "submitted": 10,
        "in_process": 40,
        "closed_complete": 90,
        "closed_incomplete": 91,
        "closed_skipped": 92,
        "closed_cancelled": 95,
        "closed_rejected": 97,
    },
    RequestItem: {
        "pending_approval": 20,
        "open": 30,
        "work_in_progress": 40,
        "delivered": 60,
        "closed_complete": 90,
        "closed_incomplete": 91,
        "closed_skipped": 92,
        "cancelled": 95,
        "rejected": 97,
    },
    CatalogTask: {
        "pending": 5,
        "open": 10,
        "work_in_progress": 20,
        "closed_complete": 90,
        "closed_incomplete": 91,
        "closed_skipped": 92,
    },
}
WAITING = {(Request, "submitted"), (RequestItem, "pending_approval"), (CatalogTask, "pending")}
MACHINES = [
    (Request, REQUEST_EDGES, make_request),
    (RequestItem, ITEM_EDGES, make_item),
    (CatalogTask, TASK_EDGES, make_task),
]
INPUTS = {
    (CatalogTask, "incomplete"): {"close_notes": "Out of stock."},
    (CatalogTask, "skip"): {"close_notes": "Not needed."},
    (RequestItem, "complain"): {"comment": "The screen stays black."},
}


def walk(model, row, name, actor=None):
    return apply_transition(model, row.pk, name, actor=actor, **INPUTS.get((model, name), {}))


@pytest.mark.parametrize(("model", "edges", "_make"), MACHINES)
def test_the_machine_has_exactly_these_edges(model, edges, _make):
    assert {(each.name, each.source, each.target) for each in all_edges(model)} == edges


@pytest.mark.parametrize("model", RANKS)
def test_ranks_and_phases_are_those_of_the_domain(model):
    assert {str(state): rank for state, rank in model.RANKS.items()} == RANKS[model]
    for state, rank in RANKS[model].items():
        expected = "done" if rank >= 60 else "waiting" if (model, state) in WAITING else "open"
        assert model.PHASES[state] == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "make", "edge"),
    [(model, make, edge) for model, edges, make in MACHINES for edge in sorted(edges)],
)
def test_every_edge_can_be_walked(model, make, edge):
    name, source, target = edge
    row = make(source)
    assert row.state == source
    moved = walk(model, row, name)
    moved.refresh_from_db()
    assert (moved.state, moved.state_rank) == (target, RANKS[model][target])
    assert (moved.closed_at is not None) == (moved.state_rank >= 90)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "edges", "make", "state"),
    [(model, edges, make, state) for model, edges, make in MACHINES for state in RANKS[model]],
)
def test_every_other_move_is_refused_and_changes_nothing(model, edges, make, state):
    row = make(state)
    for name in {edge[0] for edge in edges}:
        if any(edge[:2] == (name, state) for edge in edges):
            continue
        with pytest.raises(IllegalTransitionError) as refusal:
            walk(model, row, name)
        assert refusal.value.extra["current_state"] == state
    again = model.objects.get(pk=row.pk)
    assert (again.state, again.lock_version) == (state, row.lock_version)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["submit", "process", "reject", "complete", "incomplete", "skip"])
def test_nobody_takes_an_edge_of_the_platform(name):
    admin = AgentFactory(roles=["super"])
    request = make_request()
    with pytest.raises(NotAllowedError):
        apply_transition(Request, request.pk, name, actor=admin)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["approve", "begin", "reject", "deliver"])
def test_nobody_moves_an_item_in_place_of_its_flow(name):
    admin = AgentFactory(roles=["super"])
    item = make_item()
    with pytest.raises(NotAllowedError):
        apply_transition(RequestItem, item.pk, name, actor=admin)


@pytest.mark.django_db
def test_a_request_with_a_finished_item_is_not_withdrawn_as_a_whole():
    person = UserFactory()
    item = make_item("closed_complete", person=person)
    agent = AgentFactory()
    with pytest.raises(RuleRefusedError) as refusal:
        services.cancel_request(item.request_id, actor=agent, reason_text="Ordered twice.")
    assert [error.code for error in refusal.value.errors] == ["guard"]
    assert Request.objects.get(pk=item.request_id).state == "in_process"


@pytest.mark.django_db
def test_an_agent_says_why_a_request_is_withdrawn_and_the_requester_need_not():
    person, agent = UserFactory(), AgentFactory()
    request = make_order(person=person)
    with pytest.raises(RuleRefusedError) as refusal:
        services.cancel_request(request.pk, actor=agent)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("reason_text", "required")]
    assert services.cancel_request(request.pk, actor=person).state == "closed_cancelled"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["incomplete", "skip"])
def test_a_task_ends_without_result_only_with_notes(name):
    task = make_task("work_in_progress")
    with pytest.raises(RuleRefusedError) as refusal:
        apply_transition(CatalogTask, task.pk, name, actor=AgentFactory())
    assert [(error.field, error.code) for error in refusal.value.errors] == [("close_notes", "required")]
    assert CatalogTask.objects.get(pk=task.pk).state == "work_in_progress"


@pytest.mark.django_db
def test_a_correction_by_hand_needs_its_reason():
    admin = UserFactory(roles=["config_admin"])
    item = make_item(person=admin)
    with pytest.raises(RuleRefusedError) as refusal:
        services.complete_item(item.pk, actor=admin)
    assert [error.field for error in refusal.value.errors] == ["work_note"]


@pytest.mark.django_db
def test_a_complaint_needs_a_word():
    person = UserFactory()
    item = make_item("delivered", person=person)
    with pytest.raises(RuleRefusedError) as refusal:
        services.complain_item(item.pk, actor=person, comment="")
    assert [error.field for error in refusal.value.errors] == ["comment"]


@pytest.mark.django_db
def test_who_starts_a_task_of_the_own_group_takes_it():
    task = make_task()
    member, stranger = AgentFactory(groups=[task.group]), AgentFactory()
    assert services.start_task(task.pk, actor=member).assignee == member
    other = make_task()
    assert services.start_task(other.pk, actor=stranger).assignee is None


@pytest.mark.django_db
def test_the_serial_number_and_notes_stay_on_the_task():
    task = make_task("work_in_progress")
    done = services.complete_task(task.pk, actor=AgentFactory(), serial="SN-4711", close_notes="Handed over.")
    done.refresh_from_db()
    assert done.result == {"serial": "SN-4711"}
    assert done.flow_output() == {
        "number": done.number,
        "state": "closed_complete",
        "notes": "Handed over.",
        "serial": "SN-4711",
    }


@pytest.mark.django_db
def test_a_state_is_never_assigned():
    item = item_of(make_order())
    with pytest.raises(AttributeError):
        item.state = "closed_complete"
