"""Dry runs, scenarios and replays over REST."""

from __future__ import annotations

import pytest

from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import go, graph_of, make_flow
from workflows import services
from workflows.models import FlowRun, FlowScenario

NODES = {
    "b": {
        "kind": "branch",
        "cases": [{"if": {"f": "ticket.urgency", "op": "eq", "v": 1}, "to": "log"}],
        "default": "fin",
    },
    "log": {"kind": "log", "message": "fast"},
}
PATH = "flows/f/"
SUBJECT = {"kind": "incident", "fields": {"urgency": 1}}


@pytest.fixture
def admin(db):
    return Caller(AgentFactory(username="ada", roles=["super"]))


@pytest.fixture
def version(db):
    return make_flow(NODES, key="f")


def test_a_dry_run_of_the_published_version_a_draft_and_a_given_graph(admin, version):
    ticket = make_incident(urgency=1)
    found = admin.post(f"{PATH}dry-run/", {"ticket": ticket.number}).json()
    assert (found["status"], found["outcome"], found["stopped"]["reason"]) == ("completed", "done", "ended")
    assert [(step["node"], step["outcome"]) for step in found["path"]] == [
        ("b", "case1"), ("log", ""), ("fin", "done"),
    ]  # fmt: skip
    assert [word["text"] for word in found["words"]] == ["fast"]
    draft = graph_of({**NODES, "log": {"kind": "log", "message": "new"}}, key="f")
    services.save_draft(actor=None, key="f", graph=draft)
    for body, text in (({}, "new"), ({"version": 1}, "fast"), ({"graph": draft}, "new")):
        found = admin.post(f"{PATH}dry-run/", {"subject": SUBJECT, **body}).json()
        assert ([word["text"] for word in found["words"]], found["ticket"]) == ([text], "DRY0001")
    assert not FlowRun.objects.exists()


def test_what_is_wrong_with_a_dry_run_is_said_by_field(admin, version):
    call = f"{PATH}dry-run/"
    foreign = make_incident(requester=UserFactory(company=CompanyFactory()))
    bad = graph_of({"a": {"kind": "log", "message": "{{ nothing.here }}"}}, key="f")
    for body, pointer in (
        ({"ticket": foreign.number}, "/ticket"),
        ({"ticket": "INC9999999"}, "/ticket"),
        ({"ticket": foreign.number, "subject": SUBJECT}, "/subject"),
        ({"subject": {"fields": {}}}, "/subject"),
        ({"subject": {"kind": "ritm"}}, "/subject/kind"),
        ({"version": 9}, "/version"),
        ({"version": 1, "graph": graph_of(NODES, key="f")}, "/version"),
        ({"graph": graph_of(NODES, key="g")}, "/graph"),
        ({"script": {"approvals": {"a": "maybe"}}}, "/script/approvals/a/decision"),
    ):
        problem(admin.post(call, body), 422, "rule_refused", pointer)
    problem(admin.post(call, {"graph": bad}), 422, "bad_flow")
    problem(admin.post(call, {"moon": 1}), 400, "bad_input")
    problem(admin.post("flows/none/dry-run/", {}), 404, "not_found")


def test_scenarios_are_saved_listed_run_and_taken_away(admin, version):
    body = {"name": "urgent", "subject": SUBJECT, "expected": {"path": ["b", "log", "fin"]}}
    made = admin.post(f"{PATH}scenarios/", body)
    assert (made.status_code, made.json()["setting"]) == (201, {"subject": SUBJECT})
    assert [row["name"] for row in admin.get(f"{PATH}scenarios/").json()["results"]] == ["urgent"]
    [green] = admin.post(f"{PATH}scenarios/run/").json()["results"]
    assert (green["green"], green["differences"], green["rehearsal"]["outcome"]) == (True, [], "done")
    slow = graph_of({"log": {"kind": "log", "message": "slow"}}, key="f")
    [red] = admin.post(f"{PATH}scenarios/run/", {"graph": slow}).json()["results"]
    assert (red["green"], red["differences"]) == (
        False, [{"point": "path", "expected": ["b", "log", "fin"], "found": ["log", "fin"]}],
    )  # fmt: skip
    place = f"{PATH}scenarios/{made.json()['id']}/"
    assert admin.delete(place).status_code == 204
    problem(admin.delete(place), 404, "not_found")
    problem(admin.post(f"{PATH}scenarios/", body | {"expected": {}}), 422, "rule_refused", "/expected")
    problem(admin.post(f"{PATH}scenarios/", body | {"subject": None, "ticket": "INC1"}), 422, "rule_refused",
            "/ticket")  # fmt: skip
    assert not FlowScenario.objects.exists()


def test_old_runs_are_replayed(admin, version):
    run = services.start_run("f", ticket=make_incident(urgency=3))
    go()
    [same] = admin.post(f"{PATH}replay/").json()["results"]
    assert (same["run"], same["verdict"], same["version"]) == (str(run.public_id), "same", 1)
    other = graph_of(NODES, key="f")
    other["nodes"]["b"]["cases"][0]["if"]["v"] = 3
    [found] = admin.post(f"{PATH}replay/", {"graph": other, "last": 5}).json()["results"]
    assert (found["verdict"], found["node"], found["old_next"], found["new_next"]) == (
        "different", "b", ["fin"], ["log"],
    )  # fmt: skip
    problem(admin.post(f"{PATH}replay/", {"last": 0}), 422, "rule_refused", "/last")


@pytest.mark.parametrize("call", ["dry-run/", "replay/", "scenarios/", "scenarios/run/"])
def test_agents_and_employees_may_not(version, call):
    for person in (AgentFactory(), UserFactory()):
        problem(Caller(person).post(f"{PATH}{call}", {}), 403, "not_allowed")
