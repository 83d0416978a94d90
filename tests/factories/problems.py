"""Problems for tests, made through the services so that they are what the platform makes."""

from __future__ import annotations

import uuid
from typing import Any

from problems import services
from problems.choices import Reason
from problems.models import Candidate, CandidateMember, Problem, ProblemTask
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tickets.services import apply_transition, link

CAUSE = {"cause_notes": "The pool is too small."}
FIX = {"fix_notes": "The pool has 200 again."}
_PATHS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "new": [],
    "assess": [("assess", {})],
    "rca": [("confirm", {})],
    "fix_in_progress": [("confirm", {}), ("fix", CAUSE)],
    "resolved": [("confirm", {}), ("resolve", CAUSE | FIX)],
    "closed": [("confirm", {}), ("resolve", CAUSE | FIX), ("complete", {})],
}
_TASK_PATHS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "new": [],
    "assess": [("assess", {})],
    "work_in_progress": [("assess", {}), ("start", {})],
    "closed": [("assess", {}), ("start", {}), ("complete", {})],
}


def make_problem(state: str = "new", *, agent: Any = None, **fields: Any) -> Problem:
    """A problem in ``state``, walked there by an agent along the legal edges."""
    agent = agent or AgentFactory()
    fields = {"title": "Checkout runs out of connections"} | fields
    problem = services.open_problem(actor=agent, **fields)
    for name, inputs in _PATHS[state]:
        given: dict[str, Any] = dict(inputs)
        if name in services.SERVICES and problem.assignee_id is None:
            given["assignee"] = agent
        service = services.SERVICES.get(name)
        if service is not None:
            problem = service(problem.pk, actor=agent, **given)
        else:
            problem = apply_transition(Problem, problem.pk, name, actor=agent, **given)
    return problem


def make_problem_task(
    state: str = "new", *, problem: Any = None, agent: Any = None, **fields: Any
) -> ProblemTask:
    """A task in ``state`` of a new problem, or of the one given."""
    agent = agent or AgentFactory()
    problem = problem or make_problem(agent=agent)
    fields = {"title": "Read the log of the pool"} | fields
    task = services.open_problem_task(parent=problem, actor=agent, **fields)
    for name, inputs in _TASK_PATHS[state]:
        if name == "assess":
            task = services.assess_task(task.pk, actor=agent, assignee=agent)
        else:
            task = apply_transition(ProblemTask, task.pk, name, actor=agent, **inputs)
    return task


def caused_by(problem: Problem, state: str = "in_progress", **fields: Any) -> Any:
    """An incident in that state that the problem causes."""
    incident = make_incident(state, **fields)
    link(incident.pk, actor=None, target=problem, type="caused_by")
    return incident


def make_candidate(*incidents: Any) -> Candidate:
    """A proposal of these incidents, or of two new ones, as the detection keeps it."""
    rows = incidents or (make_incident(), make_incident())
    candidate = Candidate.objects.create(
        company=rows[0].company,
        signature=uuid.uuid4().hex,
        reason=Reason.ALIKE,
        size=len(rows),
        score=len(rows),
        first_at=rows[0].opened_at,
        last_at=rows[-1].opened_at,
    )
    CandidateMember.objects.bulk_create(
        CandidateMember(candidate=candidate, incident_id=row.pk) for row in rows
    )
    return candidate
