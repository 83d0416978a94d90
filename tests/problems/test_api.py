"""Problems and their tasks over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from problems.models import Problem, ProblemTask
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.problems import CAUSE, FIX, caused_by, make_problem, make_problem_task
from tests.settling import settle
from tickets.models import Activity

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(agent: Any) -> Caller:
    """The agent's program."""
    return Caller(agent)


def test_a_problem_is_opened_from_an_incident_and_walked_to_its_end(api: Caller, agent: Any, group: Any):
    incident = make_incident(group=group, description="Since 9.")
    made = api.post("problems/", {"incident": incident.number})
    assert made.status_code == 201
    problem = made.json()
    assert (problem["state"], problem["title"]) == ("new", incident.title)
    links = api.get(f"incidents/{incident.number}/links/").json()["results"]
    assert [(each["type"], each["target"]["number"]) for each in links] == [("caused_by", problem["number"])]
    place = f"problems/{problem['number']}/"
    for move, inputs, state in (
        ("confirm", {"assignee": agent.username}, "rca"),
        ("fix", CAUSE, "fix_in_progress"),
        ("resolve", FIX, "resolved"),
        ("complete", {}, "closed"),
    ):
        moved = api.post(f"{place}transitions/{move}/", inputs)
        assert (moved.status_code, moved.json()["state"]) == (200, state), moved.content
    whole = api.get(place).json()
    assert (whole["resolution_code"], whole["cause_notes"]) == ("fix_applied", CAUSE["cause_notes"])


@pytest.mark.parametrize(
    ("body", "state", "code"),
    [
        ({"state": "resolved", "resolution_code": "fix_applied", **CAUSE, **FIX}, "resolved", "fix_applied"),
        (
            {"state": "resolved", "resolution_code": "risk_accepted", "risk_reason": "Costly.", **CAUSE},
            "resolved",
            "risk_accepted",
        ),
        (
            {"state": "closed", "resolution_code": "risk_accepted", "risk_reason": "Costly.", **CAUSE},
            "closed",
            "risk_accepted",
        ),
        ({"state": "closed", "resolution_code": "canceled", "reason_text": "None."}, "closed", "canceled"),
    ],
)
def test_writing_a_state_runs_the_move_that_the_resolution_code_tells_apart(
    body: dict[str, str], state: str, code: str, api: Caller, agent: Any
):
    place = f"problems/{make_problem('rca', agent=agent).number}/"
    tag = api.get(place)["ETag"]
    done = api.call("PATCH", place, body, If_Match=tag)
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["resolution_code"]) == (state, code)


def test_a_state_that_several_moves_lead_to_asks_for_the_code(api: Caller, agent: Any):
    problem = make_problem("rca", agent=agent)
    place = f"problems/{problem.number}/"
    for body in ({"state": "closed"}, {"state": "closed", "resolution_code": "fix_applied"}):
        refused = api.call("PATCH", place, body, If_Match=api.get(place)["ETag"])
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/resolution_code"
    assert Problem.objects.get(pk=problem.pk).state == "rca"


def test_a_duplicate_names_the_problem_that_it_repeats(api: Caller, agent: Any):
    main, problem = make_problem(agent=agent), make_problem(agent=agent)
    done = api.post(f"problems/{problem.number}/transitions/mark_duplicate/", {"duplicate_of": main.number})
    assert (done.json()["state"], done.json()["resolution_code"]) == ("closed", "duplicate")
    asked = api.post(f"problems/{main.number}/transitions/mark_duplicate/", {})
    assert asked.json()["errors"][0]["pointer"] == "/duplicate_of"


def test_the_workaround_reaches_the_incidents(api: Caller, agent: Any):
    problem = make_problem(agent=agent)
    incident = caused_by(problem)
    place = f"problems/{problem.number}/"
    refused = api.post(f"{place}tell/", {"what": "workaround"})
    assert refused.json()["errors"][0]["pointer"] == "/workaround"
    tag = api.get(place)["ETag"]
    known = {"workaround": "Use the other gateway.", "is_known_error": True}
    assert api.call("PATCH", place, known, If_Match=tag).json()["is_known_error"] is True
    assert api.post(f"{place}tell/", {"what": "workaround", "public": True}).json() == {"reached": 1}
    settle()
    said = Activity.objects.filter(ticket=incident.pk, kind="comment", is_public=True)
    assert list(said.values_list("body", flat=True)) == ["Use the other gateway."]
    assert [row["number"] for row in api.get("problems/?known_error=true").json()["results"]] == [
        problem.number
    ]


def test_a_task_is_opened_and_walked_to_its_end(api: Caller, agent: Any):
    problem = make_problem(agent=agent)
    body = {
        "problem": problem.number,
        "title": "Read the log",
        "type": "root_cause",
        "assignee": agent.username,
    }
    task = api.post("problem-tasks/", body).json()
    assert (task["state"], task["type"], task["problem"]) == ("assess", "root_cause", problem.number)
    place = f"problem-tasks/{task['number']}/transitions/"
    assert api.post(f"{place}start/", {}).json()["state"] == "work_in_progress"
    assert api.post(f"{place}complete/", {"close_notes": "Pool."}).json()["state"] == "closed"
    assert api.post(f"{place}re_assess/", {"work_note": "Not enough."}).json()["state"] == "assess"


def test_employees_know_of_no_problem(agent: Any):
    person = UserFactory()
    problem = make_problem(agent=agent, requester=person)
    task = make_problem_task(problem=problem, agent=agent)
    own = Caller(person)
    for place in (f"problems/{problem.number}/", f"problem-tasks/{task.number}/"):
        assert own.get(place).status_code == 404
    assert own.get("problems/").json()["results"] == []
    assert own.post("problems/", {"title": "Mine"}).status_code == 403
    assert (Problem.objects.count(), ProblemTask.objects.count()) == (1, 1)


@pytest.mark.parametrize("place", ["problems", "problem-tasks"])
def test_lists_cost_the_same_for_two_and_for_twenty(place: str, agent: Any):
    caller = Caller(AgentFactory())
    caller.get(f"{place}/")

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(f"{place}/").status_code == 200
        return len(queries)

    def more(count: int) -> None:
        for _ in range(count):
            make_problem_task(agent=agent)

    more(2)
    few = statements()
    more(18)
    assert statements() == few
