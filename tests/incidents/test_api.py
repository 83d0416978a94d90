"""Incidents over REST: what is shown to whom, what is taken, what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleAssignment
from cmdb.services import create_ci
from core.models import AuditLog, OutboxEvent
from incidents.choices import State
from incidents.models import Incident
from tests.api.calls import Caller, problem
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    DepartmentFactory,
    GroupFactory,
    LocationFactory,
    UserFactory,
    default_company,
)
from tests.factories.incidents import make_incident
from tickets.models import Activity, TransitionRule

GOOD = {"title": "VPN drops every hour", "impact": 2, "urgency": 2}


def written() -> tuple[int, ...]:
    """How many rows the tables hold that every write touches."""
    return tuple(model.objects.count() for model in (Incident, Activity, AuditLog, OutboxEvent))


@pytest.fixture
def agent_api(db: None) -> Caller:
    return Caller(AgentFactory())


@pytest.fixture
def requester_api(db: None) -> Caller:
    return Caller(UserFactory())


def test_an_agent_opens_for_somebody_else(agent_api):
    person = UserFactory()
    ci = create_ci(actor=None, company=default_company(), class_key="server", name="vpn-gw-1")
    body = GOOD | {
        "requester": person.username,
        "ci": ci.number,
        "description": "서울 사무실",
        "category": "network",
    }
    response = agent_api.post("incidents/", body)
    assert response.status_code == 201
    incident = Incident.objects.get()
    assert response["Location"] == f"/api/v1/incidents/{incident.number}/"
    assert (incident.requester, incident.opened_by, incident.ci) == (person, agent_api.user, ci)
    assert (incident.channel, incident.priority, incident.description) == ("api", 3, "서울 사무실")
    shown = response.json()
    assert shown["number"] == incident.number
    assert shown["requester"] == {"username": person.username, "name": "Jimin Kim"}
    assert shown["ci"] == {"number": ci.number, "name": "vpn-gw-1"}
    assert (shown["state"], shown["state_label"]) == ("new", "New")
    assert agent_api.get(response["Location"])["ETag"] == response["ETag"]


def test_an_employee_opens_in_their_own_name_only(requester_api):
    other = UserFactory()
    before = written()
    problem(requester_api.post("incidents/", GOOD | {"requester": other.username}), 403, "not_allowed")
    problem(requester_api.post("incidents/", GOOD | {"group": "network"}), 400, "bad_input", "/group")
    assert written() == before
    shown = requester_api.post("incidents/", GOOD).json()
    assert (shown["state_label"], shown["kind_label"]) == ("Received", "Problem report")
    assert "ci" not in shown


def test_an_employee_never_reads_internal_things(requester_api):
    incident = make_incident("in_progress", requester=requester_api.user)
    Caller(AgentFactory()).post(f"incidents/{incident.number}/work-notes/", {"body": "SECRET-NOTE"})
    one = requester_api.get(f"incidents/{incident.number}/")
    assert one.status_code == 200
    hidden = {"ci", "channel", "priority_override_reason", "reassignment_count", "custom", "severity"}
    assert hidden.isdisjoint(one.json())
    assert hidden <= set(Caller(AgentFactory()).get(f"incidents/{incident.number}/").json())
    activity = requester_api.get(f"incidents/{incident.number}/activity/")
    assert b"SECRET-NOTE" not in activity.content
    assert {row["kind"] for row in activity.json()["results"]} == {"state"}
    problem(requester_api.get(f"incidents/{incident.number}/work-notes/"), 404, "not_found")
    problem(requester_api.post(f"incidents/{incident.number}/work-notes/", {"body": "x"}), 404, "not_found")


def test_another_company_is_not_there(agent_api):
    stranger = UserFactory(company=CompanyFactory())
    incident = make_incident(requester=stranger)
    problem(agent_api.get(f"incidents/{incident.number}/"), 404, "not_found")
    assert agent_api.get("incidents/?count=exact").json()["count"] == 0
    problem(agent_api.post("incidents/", GOOD | {"requester": stranger.username}), 422, "rule_refused",
            "/requester")  # fmt: skip


def test_a_change_needs_the_version_it_means(agent_api):
    incident = make_incident()
    path = f"incidents/{incident.number}/"
    tag = agent_api.get(path)["ETag"]
    before = written()
    problem(agent_api.patch(path, {"urgency": 1}), 428, "version_missing", "If-Match")
    problem(agent_api.patch(path, {"urgency": 1}, If_Match="*"), 412, "stale_version")
    problem(agent_api.patch(path, {"urgency": 1}, If_Match=f"W/{tag}"), 412, "stale_version")
    assert written() == before
    changed = agent_api.patch(path, {"urgency": 1, "description": "Since 9 o'clock"}, If_Match=tag)
    assert changed.status_code == 200
    assert (changed.json()["urgency"], changed.json()["priority"]) == (1, 3)
    assert changed["ETag"] != tag
    stale = agent_api.patch(path, {"urgency": 3}, If_Match=tag)
    body = problem(stale, 412, "stale_version")
    assert body["changed_fields"] == ["description", "priority", "urgency"]
    assert stale["ETag"] == changed["ETag"]
    assert "version" not in str(body.get("current_version", ""))


def test_who_may_force_needs_no_version(db):
    caller = Caller(AgentFactory(roles=["administrator"]))
    incident = make_incident()
    response = caller.patch(f"incidents/{incident.number}/", {"urgency": 1}, If_Match="*")
    assert response.status_code == 200


def test_the_tag_tells_nothing_but_equality(agent_api):
    one, other = make_incident(), make_incident()
    tags = {agent_api.get(f"incidents/{row.number}/")["ETag"] for row in (one, other)}
    assert len(tags) == 2, "two records at the same version have different tags"
    assert agent_api.get(f"tickets/{one.number}/")["ETag"] in tags


def test_a_change_that_is_not_allowed_changes_nothing(requester_api):
    incident = make_incident(requester=requester_api.user)
    path = f"incidents/{incident.number}/"
    agent = Caller(AgentFactory())
    before = written()
    problem(requester_api.change(path, {"urgency": 1}), 403, "not_allowed")
    problem(agent.change(path, {}), 422, "rule_refused")
    problem(agent.change(path, {"number": "INC1"}), 400, "bad_input", "/number")
    problem(agent.change(path, {"priority": 1}), 403, "not_allowed")
    problem(agent.change(path, {"assignee": UserFactory(company=CompanyFactory()).username}), 422,
            "rule_refused", "/assignee")  # fmt: skip
    assert written() == before


def test_a_transition_with_its_inputs(agent_api):
    incident = make_incident("in_progress")
    path = f"incidents/{incident.number}/transitions/resolve/"
    response = agent_api.post(path, {"close_code": "solution_provided", "close_notes": "Rolled back."})
    assert response.status_code == 200
    assert (response.json()["state"], response.json()["close_code"]) == ("resolved", "solution_provided")
    assert {move["name"] for move in response.json()["_transitions"]} == {"merge", "reopen"}
    assert response["ETag"] == agent_api.get(f"incidents/{incident.number}/")["ETag"]


def test_a_transition_that_is_refused_names_why(agent_api, requester_api):
    incident = make_incident(requester=requester_api.user)
    path = f"incidents/{incident.number}/transitions"
    before = written()
    body = problem(agent_api.post(f"{path}/resume/"), 409, "wrong_state")
    assert (body["current_state"], body["allowed"]) == (
        "new",
        ["cancel", "hold", "merge", "resolve", "start"],
    )
    problem(agent_api.post(f"{path}/explode/"), 409, "wrong_state")
    problem(agent_api.post(f"{path}/resolve/"), 422, "rule_refused", "/close_code", "/close_notes")
    problem(agent_api.post(f"{path}/resolve/", {"close_code": "bogus"}), 422, "rule_refused", "/close_code")
    problem(agent_api.post(f"{path}/hold/"), 422, "rule_refused", "/hold_reason")
    problem(
        agent_api.post(f"{path}/hold/", {"hold_reason": "awaiting_caller"}), 422, "rule_refused", "/comment"
    )
    waits = {"hold_reason": "awaiting_vendor"}
    for until in ("2001-01-01T00:00:00Z", "soon", "2030-01-01T00:00:00", 5):
        late = agent_api.post(f"{path}/hold/", waits | {"hold_until": until})
        problem(late, 422, "rule_refused", "/hold_until")
    problem(agent_api.post(f"{path}/cancel/"), 422, "rule_refused", "/reason_text")
    problem(agent_api.post(f"{path}/start/", {"assignee": "x"}), 400, "bad_input", "/assignee")
    problem(requester_api.post(f"{path}/start/"), 403, "not_allowed")
    problem(agent_api.post(f"{path}/start/", If_Match='"old"'), 412, "stale_version")
    assert written() == before


def test_a_patch_with_a_state_runs_the_edge_with_the_same_guards(agent_api):
    incident = make_incident("in_progress")
    path = f"incidents/{incident.number}/"
    problem(agent_api.change(path, {"state": "resolved"}), 422, "rule_refused", "/close_code", "/close_notes")
    problem(agent_api.change(path, {"state": "new"}), 409, "wrong_state")
    problem(agent_api.change(path, {"state": "closed"}), 409, "wrong_state")
    problem(agent_api.change(path, {"state": {"x": 1}}), 409, "wrong_state")
    problem(agent_api.change(path, {"state": "on_hold", "urgency": 1}), 400, "bad_input", "/urgency")
    assert Incident.objects.get().state == State.IN_PROGRESS
    held = agent_api.change(path, {"state": "on_hold", "hold_reason": "awaiting_vendor"})
    assert (held.status_code, held.json()["state"]) == (200, "on_hold")
    assert held.json()["hold_until"] is not None


def test_closed_moves_tell_by_what_they_are_closed(agent_api):
    incident = make_incident()
    TransitionRule.objects.create(
        kind="incident", name="cancel", condition={"f": "priority", "op": "eq", "v": 1},
        refusal_en="Only critical ones are cancelled.", refusal_ko="긴급만 취소합니다.",
    )  # fmt: skip
    listed = agent_api.get(f"incidents/{incident.number}/transitions/").json()
    moves = {move["name"]: move for move in listed["transitions"]}
    assert listed["state"] == "new"
    assert (moves["cancel"]["closed_by"], moves["cancel"]["reason"]) == (
        "rule",
        "Only critical ones are cancelled.",
    )
    assert "closed_by" not in moves["start"]
    one = agent_api.get(f"incidents/{incident.number}/").json()
    assert {move["name"] for move in one["_transitions"]} == {"start", "hold", "resolve", "merge"}


@pytest.mark.parametrize("state", ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"])
@pytest.mark.parametrize("who", ["requester", "agent", "incident_manager", "stranger"])
def test_a_listed_transition_is_accepted_and_an_unlisted_one_refused(db, state, who):
    """API A-14, over every state and role: the list and the endpoint are one function."""
    requester = UserFactory()
    people: dict[str, Any] = {
        "requester": requester,
        "agent": AgentFactory(),
        "incident_manager": AgentFactory(roles=["incident_manager"]),
        "stranger": UserFactory(),
    }
    caller = Caller(people[who])
    names = ["start", "hold", "resume", "resolve", "reopen", "close", "cancel"]
    inputs = {
        "hold": {"hold_reason": "awaiting_vendor"},
        "resolve": {"close_code": "solution_provided", "close_notes": "Done."},
        "reopen": {"comment": "Still broken."},
        "cancel": {"reason_text": "Twice."},
    }
    incident = make_incident(state, requester=requester)
    for name in names:
        one = caller.get(f"incidents/{incident.number}/")
        if who == "stranger":
            assert one.status_code == 404
            listed = []
        else:
            listed = [move["name"] for move in one.json()["_transitions"]]
        answer = caller.post(f"incidents/{incident.number}/transitions/{name}/", inputs.get(name, {}))
        assert (answer.status_code == 200) == (name in listed), (name, answer.content)
        if name in listed:  # it moved; a refusal leaves it where it was
            incident = make_incident(state, requester=requester)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keyed", [False, True])
def test_opening_costs_few_statements_and_one_commit(keyed):
    caller = Caller(AgentFactory())
    body = GOOD | {"requester": UserFactory().username}
    # What is read once per process and minute: SLA definitions, calendars, the stamp of the token.
    assert caller.post("incidents/", body).status_code == 201
    extra = {"Idempotency_Key": "k"} if keyed else {}
    with CaptureQueriesContext(connection) as queries:
        assert caller.post("incidents/", body, **extra).status_code == 201
    told = [query["sql"] for query in queries]
    saving = [sql for sql in told if sql.startswith(("SAVEPOINT", "RELEASE"))]
    statements = [sql for sql in told if sql not in (*saving, "BEGIN", "COMMIT")]
    assert told.count("COMMIT") == 1
    assert len(statements) == (13 if keyed else 11), "\n".join(sql[:150] for sql in statements)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [2, 20])
@pytest.mark.parametrize(("query", "expected"), [("", 3), ("&expand=requester,assignee,group", 7)])
def test_the_list_costs_the_same_for_any_number_of_rows(rows, query, expected):
    caller = Caller(AgentFactory())
    group = GroupFactory(manager=AgentFactory())
    for _ in range(rows):
        place = {"department": DepartmentFactory(), "location": LocationFactory(), "manager": UserFactory()}
        make_incident("in_progress", group=group, requester=UserFactory(**place))
    caller.get("users/me/")
    with CaptureQueriesContext(connection) as queries:
        page = caller.get(f"incidents/?page_size=200{query}").json()
    assert len(page["results"]) == rows
    assert len(queries) == expected, "\n".join(query["sql"][:200] for query in queries)


def test_a_session_may_use_the_api_as_well(db, client):
    person = UserFactory()
    make_incident(requester=person)
    client.force_login(person)
    page = client.get("/api/v1/incidents/", headers={"Accept-Language": "ko"}).json()
    assert [row["state_label"] for row in page["results"]] == ["접수됨"]


def test_a_role_taken_away_acts_on_the_next_request(agent_api):
    incident = make_incident()
    assert agent_api.get(f"incidents/{incident.number}/").status_code == 200
    RoleAssignment.objects.filter(user=agent_api.user, role__key="agent").delete()
    problem(agent_api.get(f"incidents/{incident.number}/"), 404, "not_found")
