"""Problems in the workspace: lists, page, analysis, telling, the way from an incident."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from problems.models import Problem
from tests.desk.test_relations import url
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident
from tests.factories.problems import caused_by, make_problem, make_problem_task
from tests.settling import settle
from tickets.models import Activity, TicketLink
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db
KNOWN = {
    "cause_notes": "The pool is too small.",
    "workaround": "Use the other gateway.",
    "is_known_error": "on",
}


def page(desk: Any, ticket: Any, path: str = "problems") -> str:
    """The ticket's page."""
    response = desk.get(f"/w/{path}/{ticket.number}/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_problems_have_lists_and_pages(desk: Any, agent: Any):
    problem = make_problem(agent=agent)
    known = make_problem(agent=agent, title="Known for long")
    update_ticket(known.pk, actor=agent, workaround="Wait.", is_known_error=True)
    listed = desk.get("/w/problems/").content.decode()
    assert problem.number in listed
    errors = desk.get("/w/problems/?view=known_errors").content.decode()
    assert known.number in errors
    assert problem.number not in errors
    task = make_problem_task(problem=problem, agent=agent)
    assert task.number in page(desk, problem)
    assert problem.number in page(desk, task, "tasks")


def test_a_problem_is_opened_from_an_incident_and_by_itself(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    assert url(incident, "problem") in page(desk, incident, "incidents")
    answer = desk.post(url(incident, "problem"))
    problem = Problem.objects.get()
    assert answer["Location"] == f"/w/problems/{problem.number}/"
    assert TicketLink.objects.filter(source=incident.pk, target=problem.pk, type="caused_by").exists()
    assert incident.number in page(desk, problem)
    fields = {"title": "By itself", "impact": "1", "urgency": "2"}
    assert desk.post("/w/problems/new/", fields).status_code == 302
    assert Problem.objects.get(title="By itself").priority == 2
    refused = desk.post("/w/problems/new/", {"title": "", "impact": "1", "urgency": "2"})
    assert refused.status_code == 422
    assert 'id="id_title_error"' in refused.content.decode()


def test_a_form_that_is_sent_twice_opens_one_problem(desk: Any, group: Any):
    incident = make_incident(group=group)
    for place, fields in (
        (url(incident, "problem"), {}),
        ("/w/problems/new/", {"title": "By itself", "impact": "1", "urgency": "2"}),
    ):
        said = fields | {"once_key": str(uuid.uuid4())}
        first, second = desk.post(place, said), desk.post(place, said)
        assert first["Location"] == second["Location"]
    assert Problem.objects.count() == 2
    assert 'name="once_key"' in desk.get("/w/problems/new/").content.decode()


def test_what_is_known_is_written_down(desk: Any, agent: Any):
    problem = make_problem(agent=agent)
    assert 'name="cause_notes"' in desk.get(url(problem, "analysis", "problems")).content.decode()
    said = KNOWN | {"lock_version": problem.lock_version}
    assert desk.post(url(problem, "analysis", "problems"), said).status_code == 302
    row = Problem.objects.get(pk=problem.pk)
    assert (row.cause_notes, row.workaround, row.is_known_error) == (
        KNOWN["cause_notes"],
        KNOWN["workaround"],
        True,
    )
    assert KNOWN["workaround"] in page(desk, problem)
    stale = desk.post(url(problem, "analysis", "problems"), said | {"workaround": "Mine."})
    assert stale.status_code == 409
    assert "Mine." in stale.content.decode()
    bare = {"is_known_error": "on", "workaround": "", "lock_version": row.lock_version}
    refused = desk.post(url(problem, "analysis", "problems"), bare)
    assert refused.status_code == 422
    assert 'id="id_analysis_workaround_error"' in refused.content.decode()


def test_the_incidents_are_told_from_the_page(desk: Any, agent: Any):
    problem = make_problem(agent=agent)
    incident = caused_by(problem)
    place = url(problem, "tell", "problems")
    assert desk.post(place, {"what": "workaround"}).status_code == 422
    update_ticket(problem.pk, actor=agent, workaround="Use the other gateway.")
    assert desk.post(place, {"what": "workaround", "public": "on"}).status_code == 302
    settle()
    assert Activity.objects.filter(ticket=incident.pk, kind="comment", body="Use the other gateway.").exists()


def test_a_move_that_asks_for_a_person_or_a_ticket_takes_their_keys(desk: Any, agent: Any):
    problem, main = make_problem(agent=agent), make_problem(agent=agent)
    said = {"assignee": agent.username, "lock_version": problem.lock_version}
    assert desk.post(url(problem, "move/confirm", "problems"), said).status_code == 302
    row = Problem.objects.get(pk=problem.pk)
    assert (row.state, row.assignee) == ("rca", agent)
    wrong = {"duplicate_of": "PRB9999999", "lock_version": row.lock_version}
    refused = desk.post(url(problem, "move/mark_duplicate", "problems"), wrong)
    assert 'id="id_mark_duplicate_duplicate_of_error"' in refused.content.decode()
    right = wrong | {"duplicate_of": main.number.lower()}
    assert desk.post(url(problem, "move/mark_duplicate", "problems"), right).status_code == 302
    assert Problem.objects.get(pk=problem.pk).close_code == "duplicate"


def test_hidden_incidents_of_a_problem_are_not_named(desk: Any, agent: Any):
    problem = make_problem(agent=agent)
    hidden = caused_by(problem, "new", group=GroupFactory(is_restricted=True))
    assert hidden.number not in page(desk, problem)


def test_a_page_costs_the_same_for_two_and_for_twenty(warm: Any, agent: Any):
    def statements(size: int) -> int:
        problem = make_problem(agent=AgentFactory())
        for _ in range(size):
            caused_by(problem)
            make_problem_task(problem=problem, agent=agent)
        with CaptureQueriesContext(connection) as queries:
            page(warm, problem)
        return len(queries)

    assert statements(2) == statements(20)
