"""Saved rehearsals: tests of a flow that its author keeps, and that publish may demand green (DF-34)."""

from __future__ import annotations

import pytest

from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError
from core.models import AuditLog
from core.versions import VersionStatus
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import graph_of, make_flow
from tests.workflows.laptop import laptop_graph, order
from workflows import services
from workflows.models import FlowScenario, FlowVersion
from workflows.services import scenarios

pytestmark = pytest.mark.django_db
LIMIT = {"f": "ticket.urgency", "op": "lte", "v": 1}


def flow(limit=1, **parts):
    """Asks the boss about what is urgent; notes the rest."""
    nodes = {
        "b": {"kind": "branch", "cases": [{"if": LIMIT | {"v": limit}, "to": "ask"}], "default": "note"},
        "ask": {"kind": "approval", "approvers": [{"user": "boss"}], "on_empty": "fail", "next": "note"},
        "note": {"kind": "set", "set": {"noted": True}},
    }
    return graph_of(nodes, key="urgent", **parts)


@pytest.fixture
def admin():
    return AgentFactory(username="boss", roles=["administrator"])


@pytest.fixture
def known(admin):
    """The flow, published, and a scenario of what is urgent."""
    draft = services.save_draft(actor=None, key="urgent", graph=flow())
    services.publish(draft.pk, actor=None)
    subject = {"kind": "incident", "fields": {"requester": UserFactory().username, "urgency": 1}}
    setting = {"subject": subject, "script": {"approvals": {"ask": "approve"}}}
    expected = {
        "status": "completed",
        "outcome": "done",
        "path": ["b", "ask", "note", "fin"],
        "approvals": {"ask": ["boss"]},
        "vars": {"noted": True},
    }
    services.save_scenario("urgent", actor=admin, name="urgent", setting=setting, expected=expected)
    return setting, expected


def run(graph, actor=None):
    return {each.name: each for each in services.run_scenarios("urgent", graph, actor=actor)}


def points(result):
    return {each.point: (each.expected, each.found) for each in result.differences}


def test_a_scenario_is_green_until_the_flow_changes(known):
    assert run(flow())["urgent"].is_green
    red = run(flow(limit=0))["urgent"]
    assert (red.is_green, points(red)) == (
        False,
        {
            "path": (["b", "ask", "note", "fin"], ["b", "note", "fin"]),
            "approvals.ask": (["boss"], None),
        },
    )


def test_saved_again_it_is_the_same_scenario_with_another_content(known, admin):
    setting, _expected = known
    row = services.save_scenario(
        "urgent", actor=admin, name="urgent", setting=setting, expected={"status": "failed"}
    )
    assert (FlowScenario.objects.count(), row.lock_version) == (1, 2)
    assert points(run(flow())["urgent"]) == {"status": ("failed", "completed")}
    services.delete_scenario("urgent", "urgent", actor=admin)
    assert not FlowScenario.objects.exists()
    actions = AuditLog.objects.filter(table="workflows_flowscenario").order_by("pk")
    assert [row.action for row in actions] == ["scenario_saved", "scenario_saved", "scenario_deleted"]
    with pytest.raises(NotVisibleError):
        services.delete_scenario("urgent", "urgent", actor=admin)


def publish(graph):
    draft = services.save_draft(actor=None, key="urgent", graph=graph)
    return services.publish(draft.pk, actor=None)


def test_publish_refuses_a_red_flow_that_demands_green_and_says_where(known):
    with pytest.raises(RuleRefusedError) as refusal:
        publish(flow(limit=0, require_green=True))
    assert refusal.value.code == "red_scenarios"
    assert [each.field for each in refusal.value.errors] == [
        "scenarios.urgent.path", "scenarios.urgent.approvals.ask",
    ]  # fmt: skip
    assert '["b", "note", "fin"]' in str(refusal.value.errors[0].detail)
    statuses = FlowVersion.objects.filter(flow__key="urgent").order_by("no").values_list("status", flat=True)
    assert list(statuses) == ["published", "draft"]


def test_publish_takes_a_green_one_and_asks_for_nothing_where_it_is_not_demanded(known):
    assert publish(flow(require_green=True)).status == VersionStatus.PUBLISHED
    assert publish(flow(limit=0)).status == VersionStatus.PUBLISHED


def test_a_demand_without_a_scenario_is_refused():
    make_flow({"a": {"kind": "set", "set": {"x": 1}}}, key="urgent")
    draft = services.save_draft(
        actor=None, key="urgent", graph=graph_of({"a": {"kind": "set", "set": {"x": 1}}}, key="urgent",
                                                 require_green=True),
    )  # fmt: skip
    with pytest.raises(RuleRefusedError) as refusal:
        services.publish(draft.pk, actor=None)
    assert [(each.field, each.code) for each in refusal.value.errors] == [("scenarios", "required")]


def test_a_demand_is_a_yes_or_no():
    with pytest.raises(RuleRefusedError) as refusal:
        make_flow({"a": {"kind": "set", "set": {"x": 1}}}, require_green="often")
    assert "require_green" in {each.field for each in refusal.value.errors}


def test_one_that_cannot_begin_is_red_with_the_reason(known, admin):
    ticket = make_incident(title="gone soon")
    setting = {"ticket": ticket.number, "script": {}}
    services.save_scenario("urgent", actor=admin, name="old", setting=setting, expected={"status": "waiting"})
    FlowScenario.objects.filter(name="old").update(script=setting | {"ticket": "INC9999999"})
    result = run(flow())["old"]
    assert (result.is_green, result.rehearsal, bool(result.error)) == (False, None, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"setting": {"people": 1}}, "people"),
        ({"setting": {"vars": []}}, "vars"),
        ({"setting": {"subject": {"fields": {}}}}, "subject"),
        ({"setting": {"subject": {"kind": "incident"}, "ticket": "INC1"}}, "subject"),
        ({"setting": {"script": {"tasks": {"a": 5}}}}, "script.tasks.a"),
        ({"expected": {}}, "expected"),
        ({"expected": {"mood": "good"}}, "expected.mood"),
        ({"expected": {"status": "good"}}, "expected.status"),
        ({"expected": {"path": "b"}}, "expected.path"),
        ({"setting": {"vars": {"x": "y" * 70_000}}}, "script"),
    ],
)
def test_a_bad_scenario_is_refused_by_field(known, admin, change, field):
    values = {"name": "n", "setting": {}, "expected": {"status": "waiting"}} | change
    with pytest.raises(RuleRefusedError) as refusal:
        services.save_scenario("urgent", actor=admin, **values)
    assert [each.field for each in refusal.value.errors] == [field]
    assert FlowScenario.objects.count() == 1


def test_there_are_not_more_than_fifty(known, admin, monkeypatch):
    monkeypatch.setattr(scenarios, "MAX_SCENARIOS", 1)
    with pytest.raises(RuleRefusedError):
        services.save_scenario("urgent", actor=admin, name="x", setting={}, expected={"status": "waiting"})


def test_only_who_edits_flows_and_sees_the_ticket(known, admin):
    agent, content = AgentFactory(), {"setting": {}, "expected": {"status": "waiting"}}
    with pytest.raises(NotAllowedError):
        services.save_scenario("urgent", actor=agent, name="x", **content)
    with pytest.raises(NotAllowedError):
        services.delete_scenario("urgent", "urgent", actor=agent)
    with pytest.raises(NotAllowedError):
        run(flow(), actor=agent)
    with pytest.raises(NotVisibleError):
        services.save_scenario("nothing", actor=admin, name="x", **content)
    foreign = make_incident(requester=UserFactory(company=CompanyFactory()))
    with pytest.raises(NotVisibleError):
        services.save_scenario(
            "urgent", actor=admin, name="x", **content | {"setting": {"ticket": foreign.number}}
        )


def test_the_laptop_flow_keeps_its_stories(people):
    item = order(people, "developer_14")
    setting = {"ticket": item.number, "script": {"approvals": {"ask": "reject"}}}
    expected = {
        "outcome": "rejected",
        "path": ["ask", "dec", "rejected", "no"],
        "approvals": {"ask": ["boss"]},
    }
    services.save_scenario("laptop_request", actor=None, name="no", setting=setting, expected=expected)
    [result] = services.run_scenarios("laptop_request", laptop_graph(), actor=None)
    assert result.is_green
