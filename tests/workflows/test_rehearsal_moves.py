"""What can happen in a rehearsal: calls, signals, changes, flows below, failures, limits (DF-34)."""

from __future__ import annotations

import datetime as dt

import pytest

from core import rehearsing
from core.errors import RuleRefusedError
from core.settings_store import value
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import graph_of, make_flow
from tickets.models import Activity
from workflows import nodes
from workflows.models import FlowRun
from workflows.nodes.base import Call, Done, NodeKind
from workflows.rehearsal import Script, Subject, moves, rehearse

pytestmark = pytest.mark.django_db


def log(text, **more):
    return {"kind": "log", "message": text, **more}


def dry(flow, script=None, *, ticket=None, vars=None, actor=None, **parts):
    return rehearse(
        graph_of(flow, **parts),
        ticket=ticket or Subject("incident", {"requester": UserFactory().username}),
        vars=vars,
        script=Script.parse(script or {}),
        actor=actor,
    )


def texts(found):
    return [each["text"] for each in found.words]


@pytest.fixture
def shop(monkeypatch):
    """A node kind that orders something at another system; nothing is ever sent."""
    sent = []

    def never(_prepared, _key):
        sent.append(1)
        raise AssertionError("a rehearsal talks to nobody")

    call = Call(send=never, seconds=lambda _n: 5, max_attempts=lambda _n: 3, at_most_once=lambda _n: False)
    kind = NodeKind(
        key="shop",
        fields=frozenset(),
        enter=lambda _ctx: Done(
            {"method": "POST", "url": "https://shop.test/", "headers": {"X-Token": "s3"}}
        ),
        resume=lambda _ctx, answer: Done({"outcome": "ordered", "id": answer["body"]["id"]}),
        call=call,
    )
    monkeypatch.setitem(nodes._BY_KEY, "shop", kind)
    monkeypatch.setattr(nodes, "OUTSIDE", nodes.OUTSIDE | {"shop"})
    yield
    assert not sent


SHOPPING = {"buy": {"kind": "shop", "next": "say"}, "say": log("{{ steps.buy.output.id }}")}


def test_a_call_gets_the_scripted_answer_and_its_secrets_do_not_show(shop):
    found = dry(SHOPPING, {"calls": {"buy": {"status": 200, "body": {"id": 7}}}})
    assert (found.status, texts(found)) == ("completed", ["7"])
    [call] = found.calls
    assert (call["node"], call["attempt"], call["request"]["url"]) == ("buy", 1, "https://shop.test/")
    assert call["request"]["headers"] == {"X-Token": "•••"}
    assert found.began_at == found.ended_at


def test_a_call_that_fails_is_made_again_later_and_gives_up_in_the_end(shop):
    well = {"status": 200, "body": {"id": 7}}
    found = dry(SHOPPING, {"calls": {"buy": [{"error": "no route"}, {"status": 503}, well]}})
    assert (found.status, [each["attempt"] for each in found.calls]) == ("completed", [1, 2, 3])
    assert found.ended_at > found.began_at
    found = dry(SHOPPING, {"calls": {"buy": {"status": 404}}})
    assert (found.stopped.reason, found.error["code"], len(found.calls)) == ("suspended", "http_404", 1)
    found = dry(SHOPPING, {"calls": {"buy": {"error": "no route"}}})
    assert (found.stopped.reason, len(found.calls)) == ("suspended", 3)


def test_a_call_nobody_answers_stops_it(shop):
    found = dry(SHOPPING)
    assert (found.stopped.reason, found.stopped.nodes, found.calls) == ("unanswered", ("buy",), ())


WAITS = {
    "w": {"kind": "wait_signal", "name": "paid", "key": "{{ ticket.number }}", "next": "say"},
    "say": log("{{ steps.w.output.payload.sum }}"),
}


@pytest.mark.parametrize(
    "sent", [{"node": "w", "payload": {"sum": 5}}, {"name": "paid", "key": "INC", "payload": {"sum": 5}}]
)
def test_a_signal_comes_by_name_or_for_the_step_that_waits(sent):
    ticket = make_incident()
    sent = sent | ({"key": ticket.number} if "key" in sent else {}) | {"after": "PT2H"}
    found = dry(WAITS, {"signals": [sent]}, ticket=ticket)
    assert (found.status, texts(found)) == ("completed", ["5"])
    assert found.path[0].done_at > found.path[0].entered_at


def test_a_signal_nobody_sends_stops_it_and_one_with_a_time_limit_times_out():
    assert dry(WAITS).stopped.reason == "unanswered"
    limited = {**WAITS, "w": {**WAITS["w"], "timeout": {"after": "P1D"}, "on_timeout": "fin"}}
    found = dry(limited)
    assert (found.status, found.nodes, found.path[0].outcome) == ("completed", ["w", "fin"], "timeout")


def test_somebody_changes_the_ticket_while_it_waits():
    agent = AgentFactory()
    flow = {"w": {"kind": "wait_condition", "if": {"f": "ticket.urgency", "op": "eq", "v": 1}}}
    script = {"changes": [{"set": {"urgency": 1}, "by": agent.username, "after": "PT1H"}]}
    found = dry(flow, script)
    assert (found.status, found.path[0].outcome) == ("completed", "met")
    assert dry(flow).stopped.reason == "unanswered"
    nonsense = {"changes": [{"transition": "melt"}]}
    assert dry(flow, nonsense).stopped.reason == "refused"


def test_a_flow_below_is_rehearsed_too_and_answered_by_its_name():
    boss = UserFactory()
    ask = {"kind": "approval", "approvers": [{"user": boss.username}], "on_empty": "fail", "next": "set"}
    answer = {"kind": "set", "set": {"answer": "{{ steps.ask.outcome }}"}}
    make_flow({"ask": ask, "set": answer}, key="below")
    sub = {"kind": "subflow", "flow": "below", "next": "say"}
    found = dry(
        {"s": sub, "say": log("{{ steps.s.output.vars.answer }}")},
        {"approvals": {"below.ask": {"decision": "reject", "comment": "no"}, "ask": "approve"}},
    )
    assert (found.status, texts(found)) == ("completed", ["rejected"])
    assert [(each.flow, each.node) for each in found.path if each.flow] == [
        ("below", "ask"), ("below", "set"), ("below", "fin"),
    ]  # fmt: skip


def test_a_loop_with_pauses_moves_the_clock():
    flow = {
        "loop": {"kind": "loop_until", "body": "add", "until": {"f": "vars.n", "op": "gte", "v": 3},
                 "max_iter": 5, "every": {"after": "PT6H"}},
        "add": {"kind": "compute", "set": {"n": "vars.n + 1"}, "next": "loop"},
    }  # fmt: skip
    found = dry(flow, vars={"n": 0}, inputs=["n"])
    assert (found.status, found.vars["n"]) == ("completed", 3)
    ended = [dt.datetime.fromisoformat(step.done_at) for step in found.path if step.node == "add"]
    assert [at - ended[0] for at in ended] == [dt.timedelta(hours=6 * turn) for turn in range(3)]


def test_each_pass_of_a_block_may_have_its_own_answer():
    people = [UserFactory(), UserFactory()]
    flow = {
        "each": {"kind": "for_each", "list": {"path": "vars.people"}, "body": "ask", "parallel": 2},
        "ask": {"kind": "approval", "approvers": [{"path": "item"}], "on_empty": "fail", "next": "each"},
    }
    script = {"approvals": {"ask": "approve", "ask@each[1]": {"decision": "reject"}}}
    found = dry(flow, script, vars={"people": [each.username for each in people]}, inputs=["people"])
    assert [(each["path"], each["status"]) for each in found.approvals] == [
        ("each[0]", "approved"), ("each[1]", "rejected"),
    ]  # fmt: skip


def test_what_a_failed_step_wrote_is_not_told():
    flow = {
        "a": log("kept", next="b"),
        "b": {"kind": "raise_error", "code": "gone", "message": "It is gone."},
    }
    found = dry(flow)
    assert (found.stopped.reason, found.stopped.nodes, found.stopped.text) == (
        "suspended", ("b",), "It is gone.",
    )  # fmt: skip
    assert texts(found) == ["kept", "It is gone."]
    assert found.path[1].error["code"] == "gone"


def test_what_only_the_commit_would_refuse_is_found(monkeypatch):
    def enter(_ctx):
        Activity.objects.create(ticket_id=0, kind="flow", verb="flow_log", body="x", channel="flow")
        return Done()

    monkeypatch.setitem(nodes._BY_KEY, "log", NodeKind("log", frozenset({"message"}), enter))
    found = dry({"a": log("m")})
    assert (found.stopped.reason, found.error["code"]) == ("suspended", "IntegrityError")


def test_it_ends_after_five_seconds(monkeypatch):
    monkeypatch.setattr(moves, "MAX_SECONDS", 0.0)
    assert dry({"a": log("m")}).stopped.reason == "time"


def test_a_statement_that_takes_too_long_ends_it(monkeypatch):
    def enter(_ctx):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(20)")
        return Done()

    monkeypatch.setattr(moves, "MAX_SECONDS", 0.5)
    monkeypatch.setitem(nodes._BY_KEY, "log", NodeKind("log", frozenset({"message"}), enter, pure=True))
    assert dry({"a": log("m")}).stopped.reason in ("busy", "time")


def test_it_ends_after_so_many_steps(monkeypatch):
    monkeypatch.setattr(moves, "MAX_STEPS", 30)
    flow = {
        "loop": {"kind": "loop_until", "body": "add", "until": {"f": "vars.n", "op": "gte", "v": 900},
                 "max_iter": 200},
        "add": {"kind": "compute", "set": {"n": "vars.n + 1"}, "next": "loop"},
    }  # fmt: skip
    found = dry(flow, vars={"n": 0}, inputs=["n"])
    assert found.stopped.reason == "steps"
    assert found.steps < 60


def test_a_subject_is_opened_by_its_kind_with_the_given_fields():
    group, person = GroupFactory(key="net"), UserFactory()
    subject = Subject(
        "incident", {"requester": person.username, "title": "Wifi", "group": "net", "impact": 1}
    )
    found = dry({"a": log("{{ ticket.title }} {{ ticket.impact }} {{ ticket.group.key }}")}, ticket=subject)
    assert texts(found) == [f"Wifi 1 {group.key}"]
    assert (found.ticket, found.opened) == ("DRY0001", ())


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        (Subject("ritm"), "subject.kind"),
        (Subject("incident", {"state": "closed"}), "subject.fields.state"),
        (Subject("incident", {"requester": "nobody"}), "subject.fields.requester"),
        (Subject("incident", {"group": "nowhere"}), "subject.fields.group"),
        (Subject("incident", {"impact": 7}), "subject.fields.impact"),
        (Subject("sctask", {}), "subject.fields"),
    ],
)
def test_a_bad_subject_is_refused_by_field(subject, field):
    with pytest.raises(RuleRefusedError) as refusal:
        dry({"a": log("x")}, ticket=subject, actor=AgentFactory(roles=["administrator"]))
    assert [each.field for each in refusal.value.errors] == [field]


def test_a_subject_of_another_company_cannot_be_opened():
    stranger = UserFactory(company=CompanyFactory())
    admin = AgentFactory(roles=["super"])
    with pytest.raises(RuleRefusedError):
        dry({"a": log("x")}, ticket=Subject("incident", {"requester": stranger.username}), actor=admin)


def test_other_flows_that_would_start_are_told_and_not_run():
    trigger = {
        "kind": "record",
        "type": "incident",
        "on": "update",
        "if": {"f": "urgency", "op": "eq", "v": 1},
    }
    make_flow({"a": log("triggered")}, key="urgent", trigger=trigger)
    found = dry({"u": {"kind": "update_record", "set": {"urgency": 1}}})
    assert [each["flow"] for each in found.flows] == ["urgent"]
    assert [each["fields"]["urgency"] for each in found.changes] == [[3, 1]]
    assert not FlowRun.objects.exists()


def test_there_is_one_rehearsal_at_a_time_and_none_outside():
    assert rehearsing.ledger() is None
    with rehearsing.rehearsing("1"), pytest.raises(RuntimeError):
        dry({"a": log("x")})
    assert value("approval.own") is False
