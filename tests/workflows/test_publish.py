"""What publish refuses, in words for people; drafts, versions and rights (DOMAIN DF-30)."""

from __future__ import annotations

import contextlib
import copy
import json

import pytest

from core.errors import (
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import AuditLog, OutboxEvent
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.workflows import graph_of, make_flow
from workflows import nodes, reference, services
from workflows.models import Flow, FlowTrigger, FlowVersion
from workflows.policies import ACTIONS, may
from workflows.validate import BadFlowError, check_flow

END = {"kind": "end", "outcome": "done"}
LOG = {"kind": "log", "message": "x", "next": "fin"}
ASK = {"kind": "approval", "approvers": [{"path": "requester.manager"}], "on_empty": "fail", "next": "fin"}
TASK = {"kind": "create_task", "type": "incident", "title": "x", "next": "fin"}
STAGE = {"id": "work", "label": {"ko": "처리", "en": "Work"}}
BRANCH = {"kind": "branch", "cases": [{"if": {"f": "steps.a.outcome", "op": "eq", "v": "x"}, "to": "fin"}],
          "default": "fin"}  # fmt: skip
RECORD = {"kind": "record", "type": "incident", "on": "create"}


def graph(**nodes_):
    return graph_of({**nodes_, "fin": END}, key="k")


def complaints(bad):
    """Places and codes of what is wrong with the graph."""
    with pytest.raises(BadFlowError) as refusal:
        check_flow(bad, key="k")
    for error in refusal.value.errors:
        assert str(error.detail)
    return {(error.field, error.code) for error in refusal.value.errors}


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(reference.SEED.glob("*.json")), ids=lambda path: path.stem)
def test_the_seed_flows_can_be_published_and_are(path):
    bundle = json.loads(path.read_text(encoding="utf-8"))
    check_flow(bundle["graph"], key=path.stem)
    version = FlowVersion.objects.get(flow__key=path.stem, status="published")
    assert version.graph == bundle["graph"]
    assert version.flow.name_ko == bundle["name"]["ko"]
    assert all({"ko", "en"} <= set(stage["label"]) for stage in bundle["graph"].get("stages", []))


@pytest.mark.django_db
def test_loading_again_changes_nothing():
    before = list(FlowVersion.objects.values_list("pk", "status", "updated_at"))
    reference.load()
    assert list(FlowVersion.objects.values_list("pk", "status", "updated_at")) == before


NODE_MISTAKES = [
    ({**LOG, "kind": "telepathy"}, "a.kind", "unknown_kind"),
    ({"message": "x", "next": "fin"}, "a.kind", "unknown_kind"),
    ({**LOG, "messsage": "x"}, "a.messsage", "unknown_field"),
    ({"kind": "log", "message": "x"}, "a.next", "required"),
    ({**LOG, "next": "nowhere"}, "a", "target"),
    ({**LOG, "on_error": "nowhere"}, "a", "target"),
    ({**LOG, "stage": "nowhere"}, "a.stage", "stage"),
    ({**LOG, "message": ""}, "a.message", "required"),
    ({**LOG, "message": "{{ vars.unknown }}"}, "a.message", "unknown_name"),
    ({**LOG, "message": "{{ steps.nowhere.outcome }}"}, "a.message", "unknown_name"),
    ({**LOG, "message": "{{ ticket.secret }}"}, "a.message", "unknown_name"),
    ({**LOG, "message": "{{ settings.SECRET_KEY }}"}, "a.message", "unknown_name"),
    ({**LOG, "message": "{{ requester.__class__ | x }}"}, "a.message", "placeholder"),
    ({**LOG, "message": {"ko": "{{ vars.no }}", "en": "x"}}, "a.message.ko", "unknown_name"),
    ({**ASK, "approvers": []}, "a.approvers", "required"),
    ({**ASK, "approvers": [{"path": "nobody.manager"}]}, "a.approvers.0", "unknown_name"),
    ({**ASK, "approvers": [{"person": "x"}]}, "a.approvers.0", "people"),
    ({**ASK, "approvers": [{"manager": 0}]}, "a.approvers.0", "people"),
    ({**ASK, "approvers": [{"role": ""}]}, "a.approvers.0", "people"),
    ({**ASK, "rule": "most"}, "a.rule", "choice"),
    ({**ASK, "reject_rule": "most"}, "a.rule", "choice"),
    ({**ASK, "due": {"after": "soon"}}, "a.due", "invalid"),
    ({**ASK, "on_due": "remind"}, "a.on_due", "invalid"),
    ({**ASK, "on_empty": "shrug"}, "a.on_empty", "required"),
    ({**ASK, "on_empty": {"group": ""}}, "a.on_empty", "required"),
    ({key: value for key, value in ASK.items() if key != "on_empty"}, "a.on_empty", "required"),
    ({**BRANCH, "default": ""}, "a.default", "required"),
    ({key: value for key, value in BRANCH.items() if key != "default"}, "a.default", "required"),
    ({**BRANCH, "cases": []}, "a.cases", "required"),
    ({**BRANCH, "cases": [{"to": "fin"}]}, "a.cases.0", "case"),
    ({**BRANCH, "cases": [{"if": {"f": "vars.x", "op": "eq", "v": 1}, "to": "fin"}]}, "a.cases.0.if",
     "unknown_name"),
    ({**BRANCH, "cases": [{"if": {"f": "requester.grade", "op": "like", "v": "x"}, "to": "fin"}]},
     "a.cases.0.if.op", "operator"),
    ({**BRANCH, "cases": [{"if": {"f": "requester.grade"}, "to": "nowhere"}]}, "a", "target"),
    ({**BRANCH, "next": "fin"}, "a.next", "unknown_field"),
    ({**TASK, "type": "nothing"}, "a.type", "choice"),
    ({**TASK, "type": "request"}, "a.type", "choice"),
    ({**TASK, "title": ""}, "a.title", "required"),
    ({**TASK, "wait": "for ever"}, "a.wait", "choice"),
    ({**TASK, "assign": {"ruleset": "x"}}, "a.assign", "assign"),
    ({**TASK, "assign": {"path": "vars.team"}}, "a.assign.path", "unknown_name"),
    ({**TASK, "due": {"business_days": 0}}, "a.due.due", "invalid"),
    ({**TASK, "inputs": ["x"]}, "a.inputs", "type"),
    ({"kind": "create_record", "table": "user", "class": "laptop", "map": {"name": "x"}, "next": "fin"},
     "a.table", "choice"),
    ({"kind": "create_record", "table": "ci", "class": "spaceship", "map": {"name": "x"}, "next": "fin"},
     "a.class", "choice"),
    ({"kind": "create_record", "table": "ci", "class": "laptop", "map": {"company": "x"}, "next": "fin"},
     "a.map.company", "unknown_field"),
    ({"kind": "create_record", "table": "ci", "class": "laptop", "map": {}, "next": "fin"}, "a.map",
     "required"),
    ({"kind": "update_record", "next": "fin"}, "a", "required"),
    ({"kind": "update_record", "set": ["x"], "next": "fin"}, "a.set", "type"),
    ({"kind": "notify", "template": "", "to": [{"role": "agent"}], "next": "fin"}, "a.template", "required"),
    ({"kind": "notify", "template": "x", "to": [], "next": "fin"}, "a.to", "required"),
    ({"kind": "set", "set": {"Bad name": 1}, "next": "fin"}, "a.set", "name"),
    ({"kind": "set", "set": {}, "next": "fin"}, "a.set", "required"),
    ({"kind": "wait_duration", "for": {"after": "x"}, "next": "fin"}, "a.for.due", "invalid"),
    ({"kind": "wait_duration", "next": "fin"}, "a.for", "required"),
    ({"kind": "end", "outcome": "glory"}, "a.outcome", "choice"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("node", "where", "code"), NODE_MISTAKES)
def test_a_node_with_a_mistake_is_refused_at_its_place(node, where, code):
    bad = graph(start={**LOG, "next": "a"})
    bad["nodes"]["a"] = node
    assert (f"nodes.{where}", code) in complaints(bad)


def changed(**parts):
    made = graph(a=LOG)
    made.update(parts)
    return {name: part for name, part in made.items() if part is not None}


WHOLE_MISTAKES = [
    ([], "", "type"),
    (changed(schema=2), "schema", "schema"),
    (changed(key="other"), "key", "key"),
    (changed(nodes={}), "nodes", "nodes"),
    (changed(nodes={"Bad id": LOG}), "nodes.Bad id", "id"),
    (changed(nodes={"a": "x"}), "nodes.a", "id"),
    (changed(nodes={f"n{i}": END for i in range(201)}), "nodes", "nodes"),
    (changed(start="nowhere"), "start", "target"),
    (changed(start=None), "start", "target"),
    (changed(colour="red"), "colour", "unknown_field"),
    (changed(stages="x"), "stages", "type"),
    (changed(stages=[{"id": "x"}]), "stages.0", "stage"),
    (changed(stages=[{"id": "x", "label": {"ko": "가"}}]), "stages.0", "stage"),
    (changed(stages=[STAGE, STAGE]), "stages.1", "duplicate"),
    (changed(stages=[{**STAGE, "id": f"s{i}"} for i in range(7)]), "stages", "too_many"),
    (changed(vars={"Bad": 1}), "vars.Bad", "name"),
    (changed(vars={"x": {"path": "nobody"}}), "vars.x.path", "unknown_name"),
    (changed(trigger=None), "trigger.kind", "choice"),
    (changed(trigger={"kind": "moon"}), "trigger.kind", "choice"),
    (changed(trigger={**RECORD, "type": "moon"}), "trigger.type", "choice"),
    (changed(trigger={**RECORD, "on": "delete"}), "trigger.on", "choice"),
    (changed(trigger={**RECORD, "once": "daily"}), "trigger.once", "choice"),
    (changed(trigger={**RECORD, "order": "first"}), "trigger.order", "range"),
    (changed(trigger={**RECORD, "if": {"f": "salary", "op": "eq", "v": 1}}), "trigger.if.f", "unknown_field"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("bad", "where", "code"), WHOLE_MISTAKES)
def test_a_flow_with_a_mistake_is_refused_at_its_place(bad, where, code):
    assert (where, code) in complaints(bad)


@pytest.mark.django_db
def test_steps_nobody_reaches_and_circles_are_refused():
    assert ("nodes.b", "unreachable") in complaints(graph(a=LOG, b=LOG))
    circle = graph(a={**LOG, "next": "b"}, b={**LOG, "next": "c"}, c={**LOG, "on_error": "a"})
    assert ("nodes.c", "loop") in complaints(circle)
    assert ("nodes.a", "loop") in complaints(graph(a={**LOG, "next": "a", "on_error": "fin"}))
    check_flow(graph(a={**BRANCH, "default": "b"}, b=LOG), key="k")


@pytest.mark.django_db
def test_every_mistake_is_named_at_once():
    bad = graph(a={**LOG, "message": "", "stage": "x"}, b=LOG)
    assert {("nodes.a.message", "required"), ("nodes.a.stage", "stage")} <= complaints(bad)


@pytest.mark.django_db
def test_a_draft_may_be_wrong_and_is_saved_over_until_it_is_published():
    admin = UserFactory(roles=["config_admin"])
    bad = graph(a={**LOG, "kind": "telepathy"})
    draft = services.save_draft(actor=admin, key="k", graph=bad, name_ko="흐름", name_en="Flow")
    with pytest.raises(BadFlowError):
        services.publish(draft.pk, actor=admin)
    good = graph(a=LOG)
    with pytest.raises(StaleVersionError):
        services.save_draft(actor=admin, key="k", graph=good, expected_version=draft.lock_version + 1)
    again = services.save_draft(actor=admin, key="k", graph=good, expected_version=draft.lock_version)
    assert (again.pk, again.no, again.lock_version, again.flow.name) == (draft.pk, 1, 2, "흐름")
    done = services.publish(again.pk, actor=admin)
    assert (done.status, done.published_by) == ("published", admin)
    with pytest.raises(WrongStateError):
        services.publish(done.pk, actor=admin)
    assert services.save_draft(actor=admin, key="k", graph=good).no == 2
    assert OutboxEvent.objects.get(name="flow.published", payload__flow="k").payload["version"] == 1
    assert (
        AuditLog.objects.filter(table="workflows_flowversion", object_ref="k v1", action="published").count()
        == 1
    )


@pytest.mark.django_db
def test_publishing_replaces_version_and_trigger():
    first = make_flow({"a": LOG}, key="k", trigger=RECORD)
    second = make_flow({"a": LOG}, key="k", trigger={**RECORD, "on": "both", "order": 7})
    first.refresh_from_db()
    assert (first.status, second.status) == ("retired", "published")
    live = FlowTrigger.objects.filter(flow_version__status="published", flow_version__flow__key="k")
    assert list(live.values_list("on", "order")) == [("both", 7)]
    assert Flow.objects.get(key="k").trigger_kind == "record"


@pytest.mark.django_db
@pytest.mark.parametrize("bad", [{"key": "other"}, {"key": "k", "trigger": {"kind": "moon"}}, {"key": "k"}])
def test_what_is_no_draft_is_not_saved(bad):
    with pytest.raises(RuleRefusedError):
        services.save_draft(actor=None, key="k", graph=bad)
    assert not Flow.objects.filter(key="k").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 600_000])
def test_texts_that_cannot_be_stored_are_refused(text):
    bad = graph(a={**LOG, "message": text})
    with pytest.raises(RuleRefusedError):
        services.save_draft(actor=None, key="k", graph=bad)


ALLOWED = {
    "requester": set(),
    "approver": set(),
    "agent": {"read_runs", "signal"},
    "catalog_manager": {"read_runs", "signal"},
    "config_admin": set(ACTIONS),
    "administrator": set(ACTIONS),
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(ALLOWED))
@pytest.mark.parametrize("action", [*ACTIONS, "anything_else"])
def test_each_cell(role, action):
    assert may(UserFactory(roles=[role] if role != "requester" else []), action) is (action in ALLOWED[role])


@pytest.mark.django_db
def test_the_services_obey_the_table():
    agent = AgentFactory()
    draft = services.save_draft(actor=None, key="k", graph=graph(a=LOG))
    for attempt in (
        lambda: services.save_draft(actor=agent, key="k", graph=graph(a=LOG)),
        lambda: services.publish(draft.pk, actor=agent),
        lambda: services.retire("k", actor=agent),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    for attempt in (lambda: services.publish(0, actor=None), lambda: services.retire("nowhere", actor=None)):
        with pytest.raises(NotVisibleError):
            attempt()


def whole_flow():
    """A good flow with every kind of step and every field a step may have."""
    span = {"business": "PT4H", "calendar": "kr-office"}
    words = {"ko": "{{ vars.x }} 점검", "en": "Check {{ steps.ask.output.comment }}"}
    people = [{"path": "requester.manager"}, {"user": "x"}, {"group": "x"}, {"role": "x"}, {"manager": 2}]
    condition = {
        "all": [{"f": "vars.x", "op": "gte", "v": 3}, {"not": {"f": "ticket.kind", "op": "in", "v": ["x"]}}]
    }
    made = graph(
        ask={"kind": "approval", "approvers": people, "rule": "count:2", "reject_rule": "any", "title": words,
             "due": span, "on_due": ["remind:2", "reject"], "on_empty": {"group": "x"}, "stage": "work",
             "label": words, "next": "b"},
        b={"kind": "branch", "cases": [{"if": condition, "to": "do"}], "default": "say"},
        do={"kind": "create_task", "type": "incident", "title": words, "description": "x",
            "assign": {"path": "vars.x", "else": "x"}, "inputs": {"category": "{{ vars.x }}", "more": ["x"]},
            "due": {"business_days": 3}, "wait": "closed", "on_error": "say", "next": "make"},
        make={"kind": "create_record", "table": "ci", "class": "laptop", "title": "x",
              "map": {"name": {"path": "vars.x"}}, "next": "change"},
        change={"kind": "update_record", "transition": "start", "inputs": {"work_note": "x"},
                "set": {"urgency": 1}, "comment": words, "work_note": "x", "next": "put"},
        put={"kind": "set", "set": {"y": {"path": "vars.x"}}, "next": "rest"},
        rest={"kind": "wait_duration", "for": {"after": "PT1H"}, "next": "tell"},
        tell={"kind": "notify", "template": "x", "to": people, "names": {"x": "{{ vars.y | upper }}"},
              "next": "say"},
        say={"kind": "log", "message": words, "next": "fin"},
        fin=END,
    )  # fmt: skip
    trigger = {**RECORD, "if": {"f": "urgency", "op": "changed_to", "v": 1}, "once": "none", "order": 5}
    return made | {
        "stages": [STAGE],
        "vars": {"x": {"path": "requester.grade"}},
        "trigger": trigger,
        "notes": "x",
    }


@pytest.mark.django_db
def test_any_scribble_is_refused_and_never_crashes():
    """Publish meets whatever a program sends: each field of a good flow replaced by each odd value."""
    good = whole_flow()
    check_flow(good, key="k")
    odd = [None, 0, 1, "", "x", [], {}, [[]], [{}], {"x": {}}, {"path": 1}, {"f": 1}, True]
    for path in _paths(good):
        for value in odd:
            bad = copy.deepcopy(good)
            _put(bad, path, value)
            with contextlib.suppress(BadFlowError):
                check_flow(bad, key="k")


def _paths(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*path, key)
        yield from _paths(each, (*path, key))


def _put(value, path, new):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new


def test_the_node_kinds_of_this_version():
    assert nodes.keys() == [
        "approval", "branch", "compute", "create_record", "create_task", "decision_table", "end", "for_each",
        "fork", "http", "join", "log", "lookup_record", "loop_until", "notify", "raise_error", "set",
        "subflow", "switch", "try", "update_record", "wait_condition", "wait_duration", "wait_signal",
        "wait_until",
    ]  # fmt: skip
