"""Dry runs: the same interpreter, scripted answers, a clock of its own; the laptop dry (DF-34, DF-60)."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from approvals.models import Approval
from approvals.services import decide
from catalog import services as catalog_services
from catalog.models import CatalogTask
from core.errors import NotAllowedError, RuleRefusedError
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.workflows import go
from tests.workflows.laptop import laptop_graph, order
from workflows.models import FlowRun, FlowStep
from workflows.rehearsal import Script, rehearse
from workflows.validate import BadFlowError

pytestmark = pytest.mark.django_db
CHEAP, EXPENSIVE = "developer_14", "video_16"
YES = {"decision": "approve"}


def dry(item, script, **more):
    graph = more.pop("graph", None) or laptop_graph()
    return rehearse(graph, ticket=item, script=Script.parse(script), actor=None, **more)


BOUGHT = {"buy": {"state": "closed_complete", "fields": {"serial": "SN-1"}, "by": "buyer", "after": "PT3H"}}
CHEAP_PATH = ["ask", "dec", "buy", "bought", "asset", "ready", "ok"]
EXPENSIVE_PATH = ["ask", "dec", "cfo", "dec2", "buy", "bought", "asset", "ready", "ok"]
STORIES = {
    "cheap approved": (CHEAP, {"approvals": {"ask": YES}, "tasks": BOUGHT}, CHEAP_PATH, "delivered"),
    "expensive approved": (
        EXPENSIVE,
        {"approvals": {"ask": YES, "cfo": YES}, "tasks": BOUGHT},
        EXPENSIVE_PATH,
        "delivered",
    ),
    "manager rejects": (
        CHEAP,
        {"approvals": {"ask": {"decision": "reject", "by": "boss", "comment": "No."}}},
        ["ask", "dec", "rejected", "no"],
        "rejected",
    ),
    "manager silent": (
        CHEAP,
        {"approvals": {"ask": {"decision": "approve", "by": "director"}}, "tasks": BOUGHT},
        CHEAP_PATH,
        "delivered",
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_four_laptop_stories_dry(people, story):
    model, script, path, outcome = STORIES[story]
    found = dry(order(people, model), script)
    assert (found.stopped.reason, found.status, found.outcome, found.nodes) == (
        "ended", "completed", outcome, path,
    )  # fmt: skip


def test_a_silent_manager_is_escalated_after_sixteen_business_hours_on_the_rehearsals_clock(people):
    model, script, _path, _outcome = STORIES["manager silent"]
    found = dry(order(people, model), script)
    [asked] = found.approvals
    assert [(row["approver"], row["why"], row["status"]) for row in asked["people"]] == [
        ("boss", "asked", "not_required"),
        ("director", "escalated", "approved"),
    ]
    assert asked["decided_at"] == asked["due_at"] == found.path[0].done_at
    waited = dt.datetime.fromisoformat(asked["due_at"]) - dt.datetime.fromisoformat(asked["asked_at"])
    assert waited >= dt.timedelta(hours=16)


def test_it_tells_everything_that_would_be_written(people):
    model, script, _path, _outcome = STORIES["expensive approved"]
    found = dry(order(people, model), script)
    assert [each["stage"] for each in found.stages] == ["approval", "purchase", "ready"]
    assert [(each["node"], each["rule"], each["status"]) for each in found.approvals] == [
        ("ask", "any", "approved"), ("cfo", "count:1", "approved"),
    ]  # fmt: skip
    assert [(each["number"], each["kind"], each["group"]) for each in found.opened] == [
        ("DRY0001", "sctask", "purchasing")
    ]
    assert [(each["number"], each["what"], each["fields"]["state"]) for each in found.changes] == [
        ("DRY0001", "complete", ["open", "closed_complete"])
    ]
    assert [(each["class"], each["assigned_to"], each["serial"]) for each in found.items] == [
        ("laptop", "employee", "SN-1")
    ]
    assert [(each["template"], each["to"]) for each in found.notices] == [("laptop_ready", ["employee"])]
    began, ended = (dt.datetime.fromisoformat(at) for at in (found.began_at, found.ended_at))
    assert ended - began == dt.timedelta(hours=3)
    assert json.loads(json.dumps(found.data()))["vars"]["amount"] == 3_890_000


def live(people, item):
    """The same story with real people: decide what waits, close what is open."""
    for _turn in range(6):
        go()
        for row in Approval.objects.filter(status="requested", request__ticket=item):
            decide(row.pk, actor=row.approver, decision="approved")
        for task in CatalogTask.objects.filter(active=True):
            catalog_services.complete_task(task.pk, actor=people["buyer"], serial="SN-1")
    return FlowRun.objects.get(ticket=item)


@pytest.mark.parametrize("story", ["cheap approved", "expensive approved"])
def test_what_was_rehearsed_is_what_happens(people, story):
    model, script, path, _outcome = STORIES[story]
    item = order(people, model)
    found = dry(item, script)
    run = live(people, item)
    steps = FlowStep.objects.filter(run=run).order_by("pk")
    real = [(each.node_id, each.path, each.status, each.output.get("outcome") or "") for each in steps]
    assert real == [(each.node, each.path, each.status, each.outcome) for each in found.path]
    assert (run.status, run.outcome, run.vars, run.stage) == (
        found.status, found.outcome, found.vars, found.stage,
    )  # fmt: skip
    asked = {row["approver"] for each in found.approvals for row in each["people"]}
    assert asked == set(Approval.objects.values_list("approver__username", flat=True))
    assert [each["title"] for each in found.opened] == list(
        CatalogTask.objects.values_list("title", flat=True)
    )
    assert found.nodes == path


def test_a_question_nobody_answers_stops_it_where_it_stands(people):
    found = dry(order(people, CHEAP), {})
    assert (found.stopped.reason, found.stopped.nodes, found.status) == ("unanswered", ("ask",), "waiting")
    assert found.began_at == found.ended_at
    found = dry(order(people, CHEAP), {"approvals": {"ask": YES}})
    assert (found.stopped.reason, found.stopped.nodes) == ("unanswered", ("buy",))


def test_silence_lets_time_pass_until_nothing_more_happens(people):
    found = dry(order(people, CHEAP), {"approvals": {"ask": "silence"}})
    assert (found.stopped.reason, found.stopped.nodes) == ("waiting", ("ask",))
    assert [row["why"] for row in found.approvals[0]["people"]] == ["asked", "escalated"]
    assert found.ended_at == found.approvals[0]["due_at"]


def test_what_the_platform_would_refuse_ends_it_with_its_words(people):
    script = {"approvals": {"ask": YES}, "tasks": {"buy": {"state": "melted"}}}
    found = dry(order(people, CHEAP), script)
    assert (found.stopped.reason, found.stopped.nodes) == ("refused", ("buy",))
    assert "closed_complete" in found.stopped.text


@pytest.mark.parametrize(
    ("script", "field"),
    [
        ([], "script"),
        ({"people": {}}, "script.people"),
        ({"approvals": {"ask": "maybe"}}, "script.approvals.ask.decision"),
        ({"approvals": {"ask": {"decision": "approve", "by": "nobody"}}}, "script.approvals.ask.by"),
        ({"approvals": {"ask": {"decision": "approve", "after": "soon"}}}, "script.approvals.ask.after"),
        ({"approvals": {"ask": {"decision": "approve", "when": 1}}}, "script.approvals.ask.when"),
        ({"tasks": {"buy": {"fields": {}}}}, "script.tasks.buy.state"),
        ({"tasks": {"buy": {"state": "x", "fields": []}}}, "script.tasks.buy.fields"),
        ({"calls": {"erp": "ok"}}, "script.calls.erp"),
        ({"signals": [{"payload": {}}]}, "script.signals.0"),
        ({"changes": [{"after": "P1D"}]}, "script.changes.0"),
        ({"changes": {}}, "script.changes"),
        ({"signals": [{"node": "w", "after": "P9999D"}]}, "script.signals.0.after"),
    ],
)
def test_a_bad_script_is_refused_by_field(script, field):
    with pytest.raises(RuleRefusedError) as refusal:
        Script.parse(script)
    assert [each.field for each in refusal.value.errors] == [field]


def test_only_who_edits_flows_rehearses():
    for actor in (AgentFactory(), UserFactory()):
        with pytest.raises(NotAllowedError):
            rehearse(laptop_graph(), ticket=None, actor=actor)


def test_a_flow_with_mistakes_is_told_them():
    graph = laptop_graph()
    graph["nodes"]["ask"]["next"] = "nowhere"
    with pytest.raises(BadFlowError) as refusal:
        rehearse(graph, ticket=None, actor=None)
    assert "nodes.ask" in {each.field for each in refusal.value.errors}
