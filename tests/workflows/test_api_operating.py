"""Runs over REST: who reads how much of them, who mends them, what is refused."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.errors import WrongStateError
from core.models import AuditLog
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow, make_run, statuses
from tests.workflows.test_operating import failing
from workflows import services
from workflows.models import FlowRun, FlowStep

WAIT = {"w": {"kind": "wait_duration", "for": {"after": "P1D"}}}
TASK = {"kind": "create_task", "type": "incident", "title": "x", "assign": {"group": "net"}}
NOTE = {"note": {"kind": "log", "message": "Seen."}}


@pytest.fixture
def admin(db):
    return Caller(AgentFactory(roles=["administrator"]))


def configurer():
    """Who edits configuration and sees no tickets; that role has no tokens, so it comes by its session."""
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(UserFactory(roles=["config_admin"]))
    return browser


BODIES = {
    "retry": {"node": "a"},
    "skip": {"node": "a", "output": {"number": "INC-1"}, "reason": "r"},
    "jump": {"node": "one", "reason": "r"},
    "park": {"reason": "r"},
    "resume": {},
    "variables": {"values": {"x": 1}, "reason": "r"},
    "migrate": {"version": 1},
    "cancel": {"reason": "r"},
}
# Who else may do each of them: nobody. 200 is the operator's; resume needs a run without a failed step.
DONE = dict.fromkeys(BODIES, 200) | {"resume": 409}


@pytest.mark.django_db
@pytest.mark.parametrize("action", sorted(BODIES))
def test_operators_alone_act_on_runs(action, admin):
    run, _step = failing()
    path, body = f"flow-runs/{run.public_id}/{action}/", BODIES[action]
    table = [
        (Caller(), 401, "not_signed_in"),
        (Caller(run.ticket.requester), 404, "not_found"),
        (Caller(UserFactory()), 404, "not_found"),
        (Caller(AgentFactory(company=CompanyFactory(), roles=["administrator"])), 404, "not_found"),
        (Caller(AgentFactory()), 403, "not_allowed"),
    ]
    for caller, status, code in table:
        problem(caller.post(path, body), status, code)
        problem(caller.post(path, {"nonsense": 1}), status, code)
    assert not AuditLog.objects.filter(table="workflows_flowrun").exists()
    assert fresh(run).status == "suspended"
    answer = admin.post(path, body)
    assert answer.status_code == DONE[action], answer.content
    problem(admin.post(f"flow-runs/{uuid.uuid4()}/{action}/", body), 404, "not_found")


@pytest.mark.django_db
@pytest.mark.parametrize("action", sorted(set(BODIES) - {"resume"}))
def test_who_configures_mends_runs_of_tickets_he_does_not_see(action):
    run, _step = failing()
    path = f"/api/v1/flow-runs/{run.public_id}/{action}/"
    answer = configurer().post(path, BODIES[action], content_type="application/json")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["ticket"] == {"number": run.ticket.number, "kind": "incident", "title": ""}
    assert (told["variables"], told["error"]) == (None, None)
    assert not any({"input", "output"} & set(step) for step in told["steps"])


@pytest.mark.django_db
def test_a_skipped_step_lets_the_run_go_on(admin):
    run, _step = failing()
    told = admin.post(f"flow-runs/{run.public_id}/skip/", BODIES["skip"]).json()
    assert told["status"] == "running"
    assert [(each["node"], each["output"]) for each in told["steps"] if each["status"] == "skipped"] == [
        ("a", {"number": "INC-1"})
    ]
    go()
    assert fresh(run).status == "completed"


@pytest.mark.django_db
def test_a_run_is_parked_resumed_and_given_variables(admin):
    run = make_run(WAIT, given={"a": 1})
    go()
    path = f"flow-runs/{run.public_id}/"
    assert admin.post(f"{path}park/", {"reason": "closed"}).json()["error"]["parked"] == "closed"
    changed = admin.post(f"{path}variables/", {"values": {"a": None, "b": [2]}, "reason": "r"}).json()
    assert changed["variables"] == {"b": [2]}
    assert admin.post(f"{path}resume/").json()["status"] == "waiting"
    problem(admin.post(f"{path}resume/"), 409, "wrong_state")


BIG = "x" * 70_000
BAD = [
    ("retry", {}, 422, ["/node"]),
    ("retry", {"node": "one"}, 422, ["/node"]),
    ("retry", {"node": "a", "path": "each[3]"}, 422, ["/path"]),
    ("retry", {"node": "a", "why": 1}, 400, ["/why"]),
    ("skip", {"node": "a"}, 422, ["/reason"]),
    ("skip", {"node": "a", "reason": " "}, 422, ["/reason"]),
    ("skip", {"node": "a", "reason": "r", "output": [1]}, 422, ["/output"]),
    ("skip", {"node": "a", "reason": "r", "output": {"x": BIG}}, 422, ["/output"]),
    ("jump", {"node": "nowhere", "reason": "r"}, 422, ["/node"]),
    ("jump", {}, 422, ["/node", "/reason"]),
    ("park", {}, 422, ["/reason"]),
    ("park", {"reason": "x" * 2001}, 422, ["/reason"]),
    ("variables", {"values": {}, "reason": "r"}, 422, ["/values"]),
    ("variables", {"values": {"error": 1}, "reason": "r"}, 422, ["/values/error"]),
    ("variables", {"values": {"x": BIG}, "reason": "r"}, 422, ["/values"]),
    ("variables", {"values": "x"}, 422, ["/reason", "/values"]),
    ("migrate", {"version": 7}, 422, ["/version"]),
    ("migrate", {"version": "1"}, 422, ["/version"]),
    ("migrate", {"version": 1, "plan": {"a": "nowhere"}}, 422, ["/plan"]),
    ("migrate", {"version": 1, "plan": {"a": 5}}, 422, ["/plan/a"]),
]


@pytest.mark.django_db
def test_bad_input_is_named_and_nothing_is_written(admin):
    run, _step = failing()
    before = FlowRun.objects.filter(pk=run.pk).values().get(), list(FlowStep.objects.values().order_by("pk"))
    for action, body, status, places in BAD:
        code = "bad_input" if status == 400 else "rule_refused"
        problem(admin.post(f"flow-runs/{run.public_id}/{action}/", body), status, code, *places)
    after = FlowRun.objects.filter(pk=run.pk).values().get(), list(FlowStep.objects.values().order_by("pk"))
    assert before == after


@pytest.mark.django_db
def test_operators_read_what_steps_read_and_found(admin):
    run = make_run(NOTE, given={"a": 1})
    go()
    path = f"flow-runs/{run.public_id}/"
    whole = admin.get(path).json()
    assert (whole["variables"], whole["error"], whole["parent"]) == ({"a": 1}, None, None)
    assert {"path", "iter", "input", "output"} <= set(whole["steps"][0])
    agent = Caller(AgentFactory())
    part = agent.get(path).json()
    assert set(whole) - set(part) == {"variables", "error", "parent"}
    assert set(whole["steps"][0]) - set(part["steps"][0]) == {"input", "output"}
    problem(agent.get(f"{path}?fields=variables"), 400, "bad_input", "fields=variables")


@pytest.mark.django_db
def test_a_run_tells_which_run_started_it(admin):
    child = make_flow(NOTE, trigger={"kind": "subflow"}).flow.key
    run = make_run({"s": {"kind": "subflow", "flow": child, "wait": True}})
    go()
    below = FlowRun.objects.get(flow_version__flow__key=child)
    assert admin.get(f"flow-runs/{below.public_id}/").json()["parent"] == str(run.public_id)


@pytest.mark.django_db
def test_runs_about_no_ticket_are_for_operators(admin):
    run = services.start_run(make_flow(WAIT).flow.key, ticket=None)
    path = f"flow-runs/{run.public_id}/"
    assert admin.get(path).json()["ticket"] is None
    assert configurer().get(f"/api/v1/{path}").json()["variables"] == {}
    assert [row["id"] for row in admin.get("flow-runs/").json()["results"]] == [str(run.public_id)]
    problem(Caller(AgentFactory()).get(path), 404, "not_found")
    assert admin.post(f"{path}park/", {"reason": "r"}).json()["status"] == "suspended"


@pytest.mark.django_db
def test_a_restricted_ticket_stays_hidden_from_who_operates(admin):
    hidden = make_incident(group=GroupFactory(is_restricted=True), title="Salary of Kim")
    run = make_run(WAIT, ticket=hidden, given={"salary": 5})
    go()
    answer = admin.get(f"flow-runs/{run.public_id}/")
    assert answer.json()["ticket"]["number"] == hidden.number
    assert "salary" not in answer.content.decode().lower()
    assert "Salary" not in admin.get("flow-runs/").content.decode()


@pytest.mark.django_db
def test_a_move_is_looked_at_before_it_is_made(admin):
    run = make_run(WAIT)
    go()
    key = run.flow_version.flow.key
    other = services.save_draft(
        actor=None, key=key, graph=graph_of({"pause": {**WAIT["w"], "next": "n"}, "n": NOTE["note"]}, key=key)
    )
    services.publish(other.pk, actor=None)
    foreign = services.start_run(key, ticket=make_incident(requester=UserFactory(company=CompanyFactory())))
    FlowRun.objects.filter(pk=foreign.pk).update(flow_version=run.flow_version)
    rows = admin.post(f"flows/{key}/migration/", {"version": 2}).json()["results"]
    assert [(row["run"], row["version"], row["ticket"]) for row in rows] == [
        (str(run.public_id), 1, run.ticket.number)
    ]
    assert "no step" in rows[0]["obstacle"]
    problem(admin.post(f"flow-runs/{run.public_id}/migrate/", {"version": 2}), 422, "cannot_migrate")
    body = {"version": 2, "plan": {"w": "pause"}}
    assert [row["obstacle"] for row in admin.post(f"flows/{key}/migration/", body).json()["results"]] == [""]
    assert admin.post(f"flow-runs/{run.public_id}/migrate/", body).json()["version"] == 2
    assert statuses(run) == {"pause": "waiting"}
    problem(admin.post(f"flows/{key}/migration/", {"version": 9}), 422, "rule_refused", "/version")
    problem(admin.post("flows/none/migration/", {"version": 1}), 404, "not_found")
    problem(Caller(AgentFactory()).post(f"flows/{key}/migration/", {}), 403, "not_allowed")


@pytest.mark.django_db
def test_dead_letters_are_the_failures_that_wait_for_somebody(admin):
    run, step = failing()
    handled = make_run({"t": {"kind": "try", "body": "a", "catch": "c"}, "a": {**TASK, "next": "t"},
                        "c": {"kind": "log", "message": "x", "next": "t"}})  # fmt: skip
    over, _step = failing()
    go()
    services.cancel_run(over.pk, actor=None)
    go()
    foreign = make_run({"a": TASK}, ticket=make_incident(requester=UserFactory(company=CompanyFactory())))
    alone = services.start_run(make_flow({"a": TASK}).flow.key, ticket=None)
    go()
    assert FlowStep.objects.filter(run=handled, status="failed").exists()
    assert FlowStep.objects.filter(run=foreign, status="failed").exists()
    found = admin.get("flow-dead-letters/").json()["results"]
    assert [(row["run"], row["node"], row["ticket"]) for row in found] == [
        (str(alone.public_id), "a", None),
        (str(run.public_id), "a", run.ticket.number),
    ]
    assert found[1]["error"] == step.error
    by_ticket = admin.get(f"flow-dead-letters/?ticket={run.ticket.number}").json()["results"]
    assert [row["run"] for row in by_ticket] == [str(run.public_id)]
    problem(Caller(AgentFactory()).get("flow-dead-letters/"), 403, "not_allowed")
    problem(Caller(UserFactory()).get("flow-dead-letters/"), 403, "not_allowed")
    problem(admin.get("flow-dead-letters/?status=x"), 400, "bad_input", "status")


@pytest.mark.django_db
def test_a_failure_the_flow_deals_with_is_not_tried_again(admin):
    run = make_run({"t": {"kind": "try", "body": "a", "catch": "w"}, "a": {**TASK, "next": "t"},
                    "w": {**WAIT["w"], "next": "t"}})  # fmt: skip
    go()
    assert statuses(run)["a"] == "failed"
    problem(admin.post(f"flow-runs/{run.public_id}/retry/", {"node": "a"}), 422, "rule_refused", "/node")
    with pytest.raises(WrongStateError):
        services.retry_step(FlowStep.objects.get(run=run, node_id="a").pk, actor=None)
    admin.post(f"flow-runs/{run.public_id}/park/", {"reason": "r"})
    assert admin.post(f"flow-runs/{run.public_id}/resume/").json()["status"] == "waiting"


@pytest.mark.django_db
def test_lists_cost_the_same_for_any_number_and_page_whole(admin):
    for _number in range(20):
        make_run({"a": TASK})
    go()
    admin.get("flow-runs/")  # notes the use of the token, once a minute
    for path in ("flow-runs/", "flow-dead-letters/"):
        counts = set()
        for size in (2, 20):
            with CaptureQueriesContext(connection) as queries:
                page = admin.get(f"{path}?page_size={size}").json()
            assert len(page["results"]) == size
            counts.add(len(queries))
        assert len(counts) == 1, (path, counts)
        rows, address = [], f"{path}?page_size=7"
        while address:
            page = admin.get(address).json()
            rows += page["results"]
            address = (page["next"] or "").removeprefix("http://testserver")
        names = [row.get("run") or row["id"] for row in rows]
        assert len(names) == len(set(names)) == 20


@pytest.mark.django_db
def test_a_preview_costs_the_same_for_any_number(admin):
    version = make_flow(WAIT)
    key = version.flow.key
    services.start_run(key, ticket=make_incident())
    go()
    services.publish(services.save_draft(actor=None, key=key, graph=graph_of(WAIT, key=key)).pk, actor=None)
    admin.post(f"flows/{key}/migration/", {"version": 2})  # reads the graphs, once per process
    counts = set()
    for more in (1, 18):
        for _number in range(more):
            run = services.start_run(key, ticket=make_incident())
            FlowRun.objects.filter(pk=run.pk).update(flow_version=version)
        go()
        with CaptureQueriesContext(connection) as queries:
            rows = admin.post(f"flows/{key}/migration/", {"version": 2}).json()["results"]
        counts.add(len(queries))
    assert (len(rows), len(counts)) == (20, 1)
