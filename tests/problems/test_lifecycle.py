"""The machines of problems and their tasks are exactly the tables of PROCESSES PRB-01 and PRB-04."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import IllegalTransitionError, NotAllowedError, RuleRefusedError
from problems import services
from problems.models import Problem, ProblemTask
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.problems import CAUSE, FIX, make_problem, make_problem_task
from tickets.models import Ticket
from tickets.services import apply_transition
from tickets.transitions import all_edges

pytestmark = pytest.mark.django_db
EDGES = {
    ("assess", "new", "assess"),
    ("confirm", "new", "rca"),
    ("confirm", "assess", "rca"),
    ("fix", "rca", "fix_in_progress"),
    ("resolve", "rca", "resolved"),
    ("resolve", "fix_in_progress", "resolved"),
    ("accept_risk", "rca", "closed"),
    ("accept_risk", "fix_in_progress", "closed"),
    ("accept_risk_for_now", "rca", "resolved"),
    ("accept_risk_for_now", "fix_in_progress", "resolved"),
    ("mark_duplicate", "new", "closed"),
    ("mark_duplicate", "assess", "closed"),
    ("mark_duplicate", "rca", "closed"),
    ("cancel", "new", "closed"),
    ("cancel", "assess", "closed"),
    ("cancel", "rca", "closed"),
    ("cancel", "fix_in_progress", "closed"),
    ("complete", "resolved", "closed"),
    ("re_analyze", "fix_in_progress", "rca"),
    ("re_analyze", "resolved", "rca"),
    ("re_analyze", "closed", "rca"),
}
TASK_EDGES = {
    ("assess", "new", "assess"),
    ("start", "assess", "work_in_progress"),
    ("complete", "work_in_progress", "closed"),
    ("cancel", "new", "closed"),
    ("cancel", "assess", "closed"),
    ("cancel", "work_in_progress", "closed"),
    ("re_assess", "work_in_progress", "assess"),
    ("re_assess", "closed", "assess"),
}
STATES = ["new", "assess", "rca", "fix_in_progress", "resolved", "closed"]
TASK_STATES = ["new", "assess", "work_in_progress", "closed"]
ENDS = {
    "resolve": "fix_applied",
    "accept_risk": "risk_accepted",
    "accept_risk_for_now": "risk_accepted",
    "mark_duplicate": "duplicate",
    "cancel": "canceled",
}


def inputs_of(name: str, agent: Any) -> dict[str, Any]:
    """What the move asks for."""
    return {
        "assess": {"assignee": agent},
        "confirm": {"assignee": agent},
        "fix": CAUSE,
        "resolve": CAUSE | FIX,
        "accept_risk": CAUSE | {"risk_reason": "It costs more than it harms."},
        "accept_risk_for_now": CAUSE | {"risk_reason": "It costs more than it harms."},
        "mark_duplicate": {"duplicate_of": make_problem() if name == "mark_duplicate" else None},
        "cancel": {"reason_text": "It is none."},
        "re_analyze": {"work_note": "It is back."},
        "re_assess": {"work_note": "Not enough."},
    }.get(name, {})


def run(model: Any, row: Any, name: str, actor: Any, inputs: dict[str, Any]) -> Any:
    """The move by its service, or through the one door."""
    known: dict[str, Any] = services.SERVICES if model is Problem else services.TASK_SERVICES
    if name in known:
        return known[name](row.pk, actor=actor, **inputs)
    return apply_transition(model, row.pk, name, actor=actor, **inputs)


@pytest.mark.parametrize(("model", "edges"), [(Problem, EDGES), (ProblemTask, TASK_EDGES)])
def test_the_machines_have_exactly_these_edges(model: Any, edges: Any):
    assert {(each.name, each.source, each.target) for each in all_edges(model)} == edges


@pytest.mark.parametrize("edge", sorted(EDGES))
def test_every_edge_can_be_walked_and_says_how_it_ended(edge: tuple[str, str, str]):
    name, source, target = edge
    agent = AgentFactory()
    problem = make_problem(source, agent=agent)
    moved = run(Problem, problem, name, agent, inputs_of(name, agent))
    row = Problem.objects.get(pk=problem.pk)
    assert (moved.state, row.state) == (target, target)
    if name in ENDS:
        assert row.close_code == ENDS[name]
        assert bool(row.close_notes) == (name != "mark_duplicate")  # its link says of which one
    if name == "re_analyze":
        assert (row.close_code, row.closed_at, row.resolved_at, row.reopen_count) == ("", None, None, 1)


@pytest.mark.parametrize("edge", sorted(TASK_EDGES))
def test_every_edge_of_a_task_can_be_walked(edge: tuple[str, str, str]):
    name, source, target = edge
    agent = AgentFactory()
    task = make_problem_task(source, agent=agent)
    run(ProblemTask, task, name, agent, inputs_of(name, agent))
    assert ProblemTask.objects.get(pk=task.pk).state == target


@pytest.mark.parametrize(
    ("model", "state"), [(Problem, each) for each in STATES] + [(ProblemTask, each) for each in TASK_STATES]
)
def test_every_other_move_is_refused_and_changes_nothing(model: Any, state: str):
    agent = AgentFactory()
    row = make_problem(state, agent=agent) if model is Problem else make_problem_task(state, agent=agent)
    edges = EDGES if model is Problem else TASK_EDGES
    before = model.objects.get(pk=row.pk).lock_version
    for name in {each[0] for each in edges}:
        if any(each[:2] == (name, state) for each in edges):
            continue
        with pytest.raises(IllegalTransitionError):
            run(model, row, name, agent, inputs_of(name, agent))
    after = model.objects.get(pk=row.pk)
    assert (after.state, after.lock_version) == (state, before)


@pytest.mark.parametrize(
    ("state", "move", "missing"),
    [
        ("new", "assess", {"assignee"}),
        ("new", "confirm", {"assignee"}),
        ("rca", "fix", {"cause_notes"}),
        ("rca", "resolve", {"cause_notes", "fix_notes"}),
        ("fix_in_progress", "resolve", {"fix_notes"}),
        ("rca", "accept_risk", {"cause_notes", "risk_reason"}),
        ("new", "mark_duplicate", {"duplicate_of"}),
        ("new", "cancel", {"reason_text"}),
        ("resolved", "re_analyze", {"work_note"}),
    ],
)
def test_a_move_names_what_it_needs(state: str, move: str, missing: set[str]):
    agent = AgentFactory()
    problem = make_problem(state, agent=agent)
    if "assignee" in missing:
        Problem.objects.filter(pk=problem.pk).update(assignee=None)
    inputs = {"duplicate_of": None} if move == "mark_duplicate" else {}
    with pytest.raises(RuleRefusedError) as refusal:
        run(Problem, problem, move, agent, inputs)
    assert {each.field for each in refusal.value.errors} == missing
    assert Problem.objects.get(pk=problem.pk).state == state


def test_who_works_no_problems_is_refused_and_is_given_none():
    agent = AgentFactory()
    problem = make_problem(agent=agent)
    other = UserFactory()
    with pytest.raises(RuleRefusedError) as refusal:
        services.assess_problem(problem.pk, actor=agent, assignee=other)
    assert refusal.value.errors[0].field == "assignee"
    Problem.objects.filter(pk=problem.pk).update(assignee=other)
    for move in (services.assess_problem, services.confirm_problem):
        with pytest.raises(RuleRefusedError) as refusal:
            move(problem.pk, actor=agent)
        assert refusal.value.errors[0].field == "assignee"
    row = Problem.objects.get(pk=problem.pk)
    assert (row.state, row.lock_version) == ("new", problem.lock_version)
    assert services.confirm_problem(problem.pk, actor=agent, assignee=agent).state == "rca"
    with pytest.raises(NotAllowedError):
        services.open_problem(actor=other, title="Mine")


def test_a_duplicate_is_not_taken_up_again():
    agent = AgentFactory()
    problem = make_problem(agent=agent)
    services.mark_duplicate(problem.pk, actor=agent, duplicate_of=make_problem())
    with pytest.raises(RuleRefusedError) as refusal:
        apply_transition(Problem, problem.pk, "re_analyze", actor=agent, work_note="No.")
    assert refusal.value.errors[0].code == "guard"


@pytest.mark.parametrize(
    ("state", "code", "lets"),
    [
        ("implement", "", False),
        ("closed", "unsuccessful", False),
        ("closed", "successful", True),
        ("closed", "successful_issues", True),
        ("cancelled", "", True),
    ],
)
def test_resolving_waits_for_the_changes_that_fix_it(state: str, code: str, lets: bool):
    agent = AgentFactory()
    problem = make_problem("fix_in_progress", agent=agent)
    closed = state != "implement"
    change = Ticket.objects.create(
        kind="change", number="CHG0009999", title="More connections", state=state, close_code=code,
        state_rank=90 if closed else 50, phase="done" if closed else "open", requester=agent,
        company=agent.company, opened_at=problem.opened_at, closed_at=problem.opened_at if closed else None,
    )  # fmt: skip
    problem.links_out.create(target=change, type="fixed_by")
    if lets:
        assert apply_transition(Problem, problem.pk, "resolve", actor=agent, **FIX).state == "resolved"
    else:
        with pytest.raises(RuleRefusedError) as refusal:
            apply_transition(Problem, problem.pk, "resolve", actor=agent, **FIX)
        assert refusal.value.errors[0].code == "guard"
