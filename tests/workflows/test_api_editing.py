"""Flows over REST: drafts, publishing, retiring, starting by hand; signals."""

from __future__ import annotations

import pytest

from core.models import OutboxEvent
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow, make_run
from workflows.models import Flow, FlowRun, FlowSignal, FlowVersion

NOTE = {"note": {"kind": "log", "message": "Seen."}}


@pytest.fixture
def admin(db):
    return Caller(AgentFactory(roles=["administrator"]))


@pytest.fixture
def agent(db):
    return Caller(AgentFactory())


def draft(key="k", **parts):
    return {"graph": graph_of(NOTE, key=key, **parts), "name_ko": "흐름", "name_en": "Flow"}


def test_a_draft_is_made_changed_with_its_version_and_published(admin):
    made = admin.post("flows/k/draft/", draft())
    assert (made.status_code, made.json()["version"], made.json()["status"]) == (200, 1, "draft")
    assert admin.get("flows/k/draft/")["ETag"] == made["ETag"]
    assert admin.get("flows/k/").json()["published_version"] is None
    problem(admin.post("flows/k/draft/", draft()), 428, "version_missing", "If-Match")
    problem(admin.post("flows/k/draft/", draft(), If_Match='"old"'), 412, "stale_version")
    again = admin.post("flows/k/draft/", draft() | {"notes": "second"}, If_Match=made["ETag"])
    assert (again.json()["notes"], again.json()["version"]) == ("second", 1)
    problem(admin.post("flows/k/publish/", {}, If_Match=made["ETag"]), 412, "stale_version")
    problem(admin.post("flows/k/publish/", {"version": 2}), 422, "rule_refused", "/version")
    done = admin.post("flows/k/publish/", {"version": 1}, If_Match=again["ETag"])
    assert (done.status_code, done.json()["status"]) == (200, "published")
    assert admin.get("flows/k/").json()["published_version"] == 1
    problem(admin.get("flows/k/draft/"), 404, "not_found")
    problem(admin.post("flows/k/publish/", {}), 409, "wrong_state")
    problem(admin.post("flows/k/draft/", draft(), If_Match=again["ETag"]), 412, "stale_version")
    assert admin.post("flows/k/draft/", draft()).json()["version"] == 2


def test_a_flow_is_retired_and_its_open_runs_go_on(admin):
    run = make_run(NOTE)
    key = run.flow_version.flow.key
    assert admin.post(f"flows/{key}/retire/").json()["published_version"] is None
    assert admin.post(f"flows/{key}/retire/").status_code == 200
    go()
    assert fresh(run).status == "completed"
    assert OutboxEvent.objects.filter(name="flow.retired").count() == 1
    problem(admin.post("flows/none/retire/"), 404, "not_found")


def test_mistakes_are_told_with_their_place(admin):
    bad = draft()
    bad["graph"]["nodes"] = {"note": {"kind": "moon"}, "fin": {"kind": "end", "outcome": "done", "x": 1}}
    admin.post("flows/k/draft/", bad)
    refused = problem(admin.post("flows/k/publish/", {}), 422, "bad_flow")
    assert {"/nodes/note/kind", "/nodes/fin/x"} <= {each["pointer"] for each in refused["errors"]}
    assert FlowVersion.objects.get(flow__key="k").status == "draft"


@pytest.mark.parametrize(
    ("change", "code", "places"),
    [
        ({"graph": None}, "rule_refused", ["/graph"]),
        ({"graph": [1]}, "rule_refused", ["/graph"]),
        ({"graph": graph_of(NOTE, key="other")}, "bad_flow", ["/graph/key"]),
        ({"graph": graph_of(NOTE, key="k", trigger={"kind": "x"})}, "rule_refused", ["/graph/trigger/kind"]),
        (
            {"graph": {"key": "k", "trigger": {"kind": "manual"}, "x": "y" * 600_000}},
            "rule_refused",
            ["/graph"],
        ),
        ({"name_ko": "x" * 121, "notes": 5}, "rule_refused", ["/name_ko", "/notes"]),
        ({"lock_version": 1}, "bad_input", ["/lock_version"]),
    ],
)
def test_a_bad_draft_is_not_kept(admin, change, code, places):
    status = 400 if code == "bad_input" else 422
    problem(admin.post("flows/k/draft/", draft() | change), status, code, *places)
    assert not Flow.objects.filter(key="k").exists()


def test_a_key_that_is_none_makes_no_flow(admin):
    problem(admin.post("flows/Not A Key/draft/", draft(key="Not A Key")), 422, "bad_flow", "/graph/key")
    assert not Flow.objects.filter(key="Not A Key").exists()


EDITS = ["draft/", "publish/", "retire/", "migration/", "hook-secret/"]


@pytest.mark.parametrize("path", EDITS)
def test_only_who_edits_configuration_edits_flows(path, agent, admin):
    key = make_flow(NOTE).flow.key
    before = list(FlowVersion.objects.values())
    problem(Caller().post(f"flows/{key}/{path}"), 401, "not_signed_in")
    for caller in (agent, Caller(UserFactory()), Caller(UserFactory(roles=["approver"]))):
        problem(caller.post(f"flows/{key}/{path}", {"nonsense": 1}), 403, "not_allowed")
        problem(caller.post(f"flows/{key}/{path}", draft(key=key)), 403, "not_allowed")
    assert list(FlowVersion.objects.values()) == before


# Starting by hand


def manual(**parts):
    return make_flow({"w": {"kind": "wait_duration", "for": {"after": "P1D"}}}, inputs=["reason"], **parts)


def test_a_manual_flow_is_started_about_a_ticket_once_per_key(agent):
    key, ticket = manual().flow.key, make_incident()
    body = {"ticket": ticket.number, "vars": {"reason": "x"}, "dedupe_key": "a"}
    made = agent.post(f"flows/{key}/start/", body, Idempotency_Key="one")
    assert (made.status_code, made.json()["ticket"]["number"]) == (201, ticket.number)
    run = FlowRun.objects.get()
    assert (run.vars, run.started_by, made["Location"]) == (
        {"reason": "x"},
        agent.user,
        f"/api/v1/flow-runs/{run.public_id}/",
    )
    again = agent.post(f"flows/{key}/start/", body, Idempotency_Key="one")
    assert (again["Idempotency-Replayed"], again.json()) == ("true", made.json())
    assert agent.post(f"flows/{key}/start/", body).json()["id"] == made.json()["id"]
    other = body | {"ticket": make_incident().number}
    assert agent.post(f"flows/{key}/start/", other).json()["id"] != made.json()["id"]
    assert FlowRun.objects.count() == 2
    assert OutboxEvent.objects.filter(name="flow.started").count() == 2


@pytest.mark.django_db
def test_the_right_to_start(agent, admin):
    key, ticket = manual().flow.key, make_incident()
    path, body = f"flows/{key}/start/", {"ticket": ticket.number}
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    foreign = make_incident(requester=UserFactory(company=CompanyFactory()))
    problem(Caller().post(path, body), 401, "not_signed_in")
    problem(Caller(ticket.requester).post(path, body), 403, "not_allowed")
    problem(Caller(UserFactory(roles=["approver"])).post(path, body), 403, "not_allowed")
    problem(agent.post(path), 403, "not_allowed")
    for number in (hidden.number, foreign.number, "INC-none"):
        for caller in (agent, admin):
            problem(caller.post(path, {"ticket": number}), 422, "rule_refused", "/ticket")
    assert not FlowRun.objects.exists()
    assert agent.post(path, body).status_code == 201
    assert admin.post(path).json()["ticket"] is None


def test_what_cannot_be_started(admin):
    event = make_flow(NOTE, trigger={"kind": "event", "name": "incident.opened"}).flow.key
    key = manual().flow.key
    draft_only = admin.post("flows/k/draft/", draft())
    assert draft_only.status_code == 200
    problem(admin.post(f"flows/{event}/start/"), 422, "not_manual")
    problem(admin.post("flows/none/start/"), 404, "not_found")
    problem(admin.post("flows/k/start/"), 422, "no_flow")
    for body, places in [
        ({"vars": {"other": 1, "trigger": 2}}, ["/vars/other", "/vars/trigger"]),
        ({"vars": [1]}, ["/vars"]),
        ({"vars": {"reason": "x" * 70_000}}, ["/vars"]),
        ({"dedupe_key": "x" * 61}, ["/dedupe_key"]),
        ({"ticket": 5}, ["/ticket"]),
    ]:
        problem(admin.post(f"flows/{key}/start/", body), 422, "rule_refused", *places)
    assert not FlowRun.objects.exists()


# Signals


def test_a_signal_wakes_once_and_a_late_or_early_one_is_kept(agent):
    nodes = {"w": {"kind": "wait_signal", "name": "erp.done", "key": "{{ vars.order }}"}}
    early = {"name": "erp.done", "key": "PO-1", "payload": {"n": 1}, "id": "e-1"}
    told = agent.post("flow-signals/", early)
    assert (told.status_code, told.json()) == (202, {"new": True})
    run = make_run(nodes, given={"order": "PO-1"}, inputs=["order"])
    go()
    assert fresh(run).status == "completed"
    assert agent.post("flow-signals/", early).json() == {"new": False}
    late = agent.post("flow-signals/", {"name": "erp.done", "key": "PO-1"}, Idempotency_Key="x" * 255)
    assert late.json() == {"new": True}
    again = agent.post("flow-signals/", {"name": "erp.done", "key": "PO-1"}, Idempotency_Key="x" * 255)
    assert again["Idempotency-Replayed"] == "true"
    twin = agent.post("flow-signals/", {"name": "erp.done", "key": "PO-1"}, Idempotency_Key="x" * 254 + "y")
    assert twin.json() == {"new": True}
    go()
    assert FlowSignal.objects.filter(name="signal.erp.done").count() == 3
    assert fresh(run).status == "completed"


def test_bad_signals_are_not_kept(agent):
    problem(Caller(UserFactory()).post("flow-signals/", {}), 403, "not_allowed")
    problem(Caller().post("flow-signals/", {}), 401, "not_signed_in")
    good = {"name": "a.b", "key": "k"}
    for change, places in [
        ({"name": "Not one"}, ["/name"]),
        ({"name": ""}, ["/name"]),
        ({"key": ""}, ["/key"]),
        ({"key": "x" * 61, "name": "x" * 31}, ["/key", "/name"]),
        ({"payload": [1]}, ["/payload"]),
        ({"payload": {"x": "y" * 17_000}}, ["/payload"]),
        ({"id": "x" * 81}, ["/id"]),
    ]:
        problem(agent.post("flow-signals/", good | change), 422, "rule_refused", *places)
    assert not FlowSignal.objects.filter(name__startswith="signal.").exists()


def test_a_token_for_signals_does_nothing_else(admin):
    made = admin.post("tokens/", {"name": "erp", "scopes": ["signals:write"]}).json()
    sender = Caller(token=made["token"])
    assert sender.post("flow-signals/", {"name": "a.b", "key": "k"}).status_code == 202
    problem(sender.post("flows/k/draft/", draft()), 403, "not_allowed")
