"""Replays: an old run under another edition, computed from what was kept (DOMAIN DF-35, FT-74)."""

from __future__ import annotations

import copy
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Approval
from approvals.services import decide
from catalog import services as catalog_services
from catalog.models import CatalogTask
from core.errors import NotAllowedError, RuleRefusedError
from incidents import services as incident_services
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow, make_run
from tests.workflows.laptop import laptop_graph, order, people  # noqa: F401 - a fixture
from workflows import services
from workflows.graph import built, compiled
from workflows.models import FlowRun, FlowStep
from workflows.replay import replay, replay_runs
from workflows.replaying import Replaying

pytestmark = pytest.mark.django_db
MUCH = {"f": "vars.amount", "op": "gte", "v": 100}


def log(text, **more):
    return {"kind": "log", "message": text, **more}


def flow(**changed):
    """Decides by the amount, writes a line, decides by the ticket."""
    nodes = {
        "d": {"kind": "branch", "cases": [{"if": MUCH, "to": "big"}], "default": "small"},
        "big": log("big", next="t"),
        "small": log("small", next="t"),
        "t": {
            "kind": "switch", "on": {"path": "ticket.urgency"}, "default": "fin",
            "cases": [{"is": [1], "to": "fast"}],
        },
        "fast": {"kind": "end", "outcome": "delivered"},
        "fin": {"kind": "end", "outcome": "done"},
    }  # fmt: skip
    return graph_of(copy.deepcopy(nodes) | changed, key="f", inputs=["amount"])


def ran(amount=50, urgency=3):
    if not FlowRun.objects.exists():
        draft = services.save_draft(actor=None, key="f", graph=flow())
        services.publish(draft.pk, actor=None)
    ticket = make_incident(urgency=urgency)
    run = services.start_run("f", ticket=ticket, vars={"amount": amount})
    go()
    return fresh(run)


def under(graph, run):
    return replay(run, built(graph, key="f", version_id=0))


def test_its_own_edition_gives_the_same_path():
    for run in (ran(50), ran(500), ran(5, urgency=1)):
        found = under(flow(), run)
        assert (found.verdict, found.new_status, found.new_outcome) == ("same", "completed", run.outcome)


def test_facts_are_those_of_then_not_of_now():
    run = ran(50, urgency=1)
    incident_services.cancel_incident(run.ticket_id, actor=None, reason_text="x")
    FlowRun.objects.get(pk=run.pk)
    type(run.ticket).objects.filter(pk=run.ticket_id).update(urgency=3)
    assert (under(flow(), run).verdict, under(flow(), run).new_outcome) == ("same", "delivered")


def test_another_limit_leads_another_way_and_the_first_difference_is_named():
    run = ran(50)
    changed = flow()
    changed["nodes"]["d"]["cases"][0]["if"]["v"] = 10
    found = under(changed, run)
    assert (found.verdict, found.node, found.old_next, found.new_next) == (
        "different", "d", ("small",), ("big",),
    )  # fmt: skip
    assert (found.unknown_from, found.new_outcome) == ("big", "")
    assert under(changed, ran(500)).verdict == "same"


def test_another_way_that_only_decides_is_followed_to_its_end():
    changed = flow(fin={"kind": "end", "outcome": "incomplete"}, small=log("small", next="more"))
    changed["nodes"]["more"] = {"kind": "compute", "set": {"amount": "vars.amount * 2"}, "next": "t"}
    found = under(changed, ran(50))
    assert (found.verdict, found.node, found.old_next, found.new_next) == (
        "different", "small", ("t",), ("more",),
    )  # fmt: skip
    assert (found.old_outcome, found.new_outcome, found.unknown_from) == ("done", "incomplete", "")


def test_what_nobody_looked_at_then_is_not_known():
    changed = flow(small=log("small", next="p"))
    changed["nodes"]["p"] = {
        "kind": "branch", "cases": [{"if": {"f": "ticket.category", "op": "eq", "v": "x"}, "to": "fast"}],
        "default": "t",
    }  # fmt: skip
    found = under(changed, ran(50))
    assert (found.verdict, found.node, found.unknown_from) == ("different", "small", "p")
    asks = flow(t={**flow()["nodes"]["t"], "on": {"path": "ticket.category"}})
    found = under(asks, ran(50))
    assert (found.verdict, found.unknown_from) == ("unknown", "t")


def test_a_fact_that_another_step_read_is_used_and_told():
    changed = flow(small=log("small", next="p"))
    changed["nodes"]["p"] = {
        "kind": "branch", "cases": [{"if": {"f": "ticket.urgency", "op": "eq", "v": 3}, "to": "fast"}],
        "default": "t",
    }  # fmt: skip
    found = under(changed, ran(50))
    assert (found.new_outcome, found.assumed) == ("delivered", ("ticket.urgency",))


def test_a_node_that_became_another_kind_has_no_record():
    changed = flow(small={"kind": "update_record", "comment": "x", "next": "t"})
    assert under(changed, ran(50)).unknown_from == "small"


@pytest.mark.parametrize("amount", [50, 500])
def test_nothing_is_written_and_one_query_reads_a_run(amount):
    run = ran(amount)
    version, count = built(flow(), key="f", version_id=0), FlowStep.objects.count()
    compiled(run.flow_version_id)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        Replaying.of(run, version)
    assert [query["sql"].split()[0] for query in queries.captured_queries] == ["SELECT"]
    assert FlowStep.objects.count() == count


def finish(people, item):  # noqa: F811
    for _turn in range(6):
        go()
        for row in Approval.objects.filter(status="requested", request__ticket=item):
            decide(row.pk, actor=row.approver, decision="approved")
        for task in CatalogTask.objects.filter(active=True):
            catalog_services.complete_task(task.pk, actor=people["buyer"], serial="SN-1")


def test_the_laptop_flow_replays_to_itself_and_a_new_limit_shows_who_is_asked_more(people):  # noqa: F811
    for model in ("developer_14", "video_16"):
        finish(people, order(people, model))
    waiting = order(people, "developer_14")
    go()
    told = list(replay_runs("laptop_request", laptop_graph(), last=10, actor=None))
    assert [(each.verdict, each.old_status, each.new_status) for each in told] == [
        ("same", "waiting", "waiting"), ("same", "completed", "completed"), ("same", "completed", "completed"),
    ]  # fmt: skip
    assert told[0].ticket == waiting.number
    stricter = laptop_graph()
    stricter["nodes"]["dec"]["cases"][1]["if"]["v"] = 1
    told = list(replay_runs("laptop_request", stricter, last=10, actor=None))
    assert [(each.verdict, each.node, each.new_next, each.unknown_from) for each in told] == [
        ("same", "", (), ""), ("same", "", (), ""), ("different", "dec", ("cfo",), "cfo"),
    ]  # fmt: skip


def test_blocks_replay_with_their_passes():
    run = make_run(
        {
            "each": {"kind": "for_each", "list": {"path": "vars.people"}, "body": "say", "parallel": 2},
            "say": log("{{ item }}", next="each"),
        },
        given={"people": ["kim", "lee", "park"]}, vars={"people": ""},
    )  # fmt: skip
    go()
    run = fresh(run)
    found = replay(run, compiled(run.flow_version_id))
    assert (found.verdict, found.new_status) == ("same", "completed")


def test_a_loop_that_looks_at_the_ticket_replays_with_what_it_saw_each_round():
    agent, ticket = AgentFactory(), make_incident()
    wait = {"kind": "wait_signal", "name": "next", "key": "k", "next": "loop"}
    loop = {
        "kind": "loop_until",
        "body": "w",
        "until": {"f": "ticket.urgency", "op": "eq", "v": 1},
        "max_iter": 5,
    }
    run = make_run({"loop": loop, "w": wait}, ticket=ticket)
    for turn in range(3):
        go()
        if turn == 2:
            incident_services.update_incident(ticket.pk, actor=agent, urgency=1) if hasattr(
                incident_services, "update_incident"
            ) else type(ticket).objects.filter(pk=ticket.pk).update(urgency=1)
        services.send_signal("next", "k", {}, actor=None, source_id=str(turn))
    go()
    run = fresh(run)
    FlowStep.objects.filter(run=run)
    assert run.status in ("completed", "waiting")
    type(ticket).objects.filter(pk=ticket.pk).update(urgency=2)
    assert replay(run, compiled(run.flow_version_id)).verdict == "same"


def test_a_run_an_operator_led_elsewhere_is_not_told_again():
    run = ran(50)
    FlowStep.objects.filter(run=run, node_id="small").update(iter=1)
    assert under(flow(), run).verdict == "untold"


def test_only_runs_one_may_see_and_only_who_edits():
    run, stranger = ran(50), UserFactory(company=CompanyFactory())
    services.start_run("f", ticket=make_incident(requester=stranger), vars={"amount": 1})
    go()
    admin = AgentFactory(roles=["administrator"])
    assert [each.run for each in replay_runs("f", flow(), actor=admin)] == [str(run.public_id)]
    assert len(list(replay_runs("f", flow(), actor=None))) == 2
    with pytest.raises(NotAllowedError):
        replay_runs("f", flow(), actor=AgentFactory())
    for last in (0, 501):
        with pytest.raises(RuleRefusedError):
            replay_runs("f", flow(), last=last, actor=admin)


class Maker:
    """Random legal graphs: decisions, blocks inside blocks, lines, waits, failures."""

    def __init__(self, seed):
        self.dice, self.nodes, self.count = random.Random(seed), {}, 0

    def name(self, kind):
        self.count += 1
        return f"{kind}{self.count}"

    def chain(self, after, depth):
        """The id of the first of some nodes, the last of which leads to ``after``."""
        target = after
        for _turn in range(self.dice.randint(1, 3)):
            target = self.node(target, depth)
        return target

    def node(self, after, depth):
        kinds = ["set", "compute", "log", "branch", "switch", "wait", "raise"]
        kinds += ["fork", "each", "loop", "try"] if depth < 2 else []
        return getattr(self, self.dice.choice(kinds))(after, depth)

    def put(self, kind, node):
        name = self.name(kind)
        self.nodes[name] = node
        return name

    def set(self, after, _depth):
        return self.put("set", {"kind": "set", "set": {"n": self.dice.randint(0, 9)}, "next": after})

    def compute(self, after, _depth):
        return self.put(
            "add", {"kind": "compute", "set": {"n": f"vars.n + {self.dice.randint(1, 3)}"}, "next": after}
        )

    def log(self, after, _depth):
        return self.put("log", log("{{ vars.n }}", next=after))

    def wait(self, after, _depth):
        timeout = {"timeout": {"after": "PT1H"}, "on_timeout": after} if self.dice.random() < 0.5 else {}
        return self.put("w", {"kind": "wait_duration", "for": {"after": "PT1H"}, "next": after} if not timeout else
                        {"kind": "wait_signal", "name": "s", "key": "k", "next": after, **timeout})  # fmt: skip

    def branch(self, after, depth):
        test = {"f": "vars.n", "op": "gte", "v": self.dice.randint(0, 9)}
        cases = [{"if": test, "to": self.chain(after, depth + 1)}]
        return self.put("b", {"kind": "branch", "cases": cases, "default": after})

    def switch(self, after, depth):
        cases = [{"is": [3, 1], "to": self.chain(after, depth + 1)}]
        return self.put(
            "sw", {"kind": "switch", "on": {"path": "ticket.urgency"}, "cases": cases, "default": after}
        )

    def fork(self, after, depth):
        need = self.dice.choice(["all", "any", 2])
        join = self.put("j", {"kind": "join", "need": need, "next": after})
        branches = [self.chain(join, depth + 1) for _each in range(self.dice.randint(2, 3))]
        return self.put("f", {"kind": "fork", "branches": branches, "join": join})

    def each(self, after, depth):
        name = self.name("each")
        body = self.chain(name, depth + 1)
        self.nodes[name] = {"kind": "for_each", "list": ["p", "q"], "body": body, "next": after,
                            "parallel": self.dice.randint(1, 2), "on_item_error": self.dice.choice(["stop", "continue"])}  # fmt: skip
        return name

    def loop(self, after, depth):
        name = self.name("loop")
        body = self.chain(name, depth + 1)
        self.nodes[name] = {"kind": "loop_until", "body": body, "until": {"f": "vars.n", "op": "gte", "v": 7},
                            "max_iter": 3, "on_max": after, "next": after}  # fmt: skip
        return name

    def try_(self, after, depth):
        name = self.name("try")
        body = self.chain(name, depth + 1)
        self.nodes[name] = {"kind": "try", "body": body, "next": after}
        return name

    def raise_(self, _after, _depth):
        return self.put("r", {"kind": "raise_error", "code": "no", "message": "no"})

    def __getattr__(self, name):
        return {"try": self.try_, "raise": self.raise_}[name]


@pytest.mark.parametrize("seed", range(40))
def test_any_run_replays_to_itself(seed):
    maker = Maker(seed)
    start = maker.chain("fin", 0)
    nodes = {start: maker.nodes[start], **maker.nodes, "fin": {"kind": "end", "outcome": "done"}}
    version = make_flow(nodes, key=f"random{seed}", vars={"n": 0})
    run = services.start_run(version.flow.key, ticket=make_incident())
    for _turn in range(12):
        go()
        waiting = FlowStep.objects.filter(run=run, status="waiting").exclude(wait_kind="block").order_by("?")
        step = waiting.first()
        if step is None:
            break
        FlowStep.objects.filter(pk=step.pk).update(due_at="2020-01-01T00:00:00Z")
    run = fresh(run)
    again = Replaying.of(run, compiled(version.pk))
    recorded = [(row.node_id, row.path, row.iter) for row in FlowStep.objects.filter(run=run).order_by("pk")]
    assert again.unknown == ""
    assert sorted(again.places) == sorted(recorded)
    assert replay(run, compiled(version.pk)).verdict == "same"
