"""Flows, runs and progress over REST."""

from __future__ import annotations

import pytest

from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_run
from workflows.models import FlowRun, FlowStep

NOTE = {"note": {"kind": "log", "message": "Seen."}}


@pytest.fixture
def agent(db):
    return Caller(AgentFactory())


@pytest.fixture
def admin(db):
    return Caller(AgentFactory(roles=["administrator"]))


def test_flows_and_their_versions(agent):
    run = make_run(NOTE)
    key = run.flow_version.flow.key
    assert agent.get(f"flows/{key}/").json()["trigger_kind"] == "manual"
    versions = agent.get(f"flows/{key}/versions/").json()["results"]
    assert [(row["version"], row["status"]) for row in versions] == [(1, "published")]
    assert versions[0]["graph"]["start"] == "note"
    problem(Caller(UserFactory()).get("flows/"), 403, "not_allowed")


def test_a_run_tells_its_steps(agent):
    run = make_run(NOTE)
    go()
    one = agent.get(f"flow-runs/{run.public_id}/").json()
    assert (one["status"], one["outcome"]) == ("completed", "done")
    assert (one["steps"][0]["node"], one["steps"][0]["status"]) == ("note", "done")
    assert [row["id"] for row in agent.get(f"flow-runs/?flow={one['flow']}").json()["results"]] == [one["id"]]
    assert "steps" not in agent.get("flow-runs/").json()["results"][0]


def test_runs_of_tickets_one_may_not_see_are_not_there(agent):
    stranger = UserFactory(company=CompanyFactory())
    run = make_run(NOTE, ticket=make_incident(requester=stranger))
    problem(agent.get(f"flow-runs/{run.public_id}/"), 404, "not_found")
    own = make_run(NOTE)
    problem(Caller(UserFactory()).get(f"flow-runs/{own.public_id}/"), 404, "not_found")
    assert Caller(UserFactory()).get("flow-runs/").json()["results"] == []


def test_operators_retry_and_cancel(agent, admin):
    run = make_run(NOTE)
    FlowStep.objects.filter(run=run).update(status="failed", done_at="2026-01-01T00:00:00Z", error={"x": 1})
    FlowRun.objects.filter(pk=run.pk).update(status="suspended")
    path = f"flow-runs/{run.public_id}/"
    problem(agent.post(f"{path}retry/", {"node": "note"}), 403, "not_allowed")
    problem(admin.post(f"{path}retry/", {"node": "other"}), 422, "rule_refused", "/node")
    problem(admin.post(f"{path}retry/", {}), 422, "rule_refused", "/node")
    assert admin.post(f"{path}retry/", {"node": "note"}).json()["status"] == "running"
    go()
    assert fresh(run).status == "completed"
    problem(admin.post(f"{path}cancel/"), 409, "wrong_state")
    problem(agent.post(f"{path}cancel/"), 403, "not_allowed")
