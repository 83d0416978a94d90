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
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow, make_run
from tests.workflows.laptop import laptop_graph, order
from tests.workflows.random_graphs import Maker
from tickets.models import Ticket
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
    Ticket.objects.filter(pk=run.ticket_id).update(urgency=3)
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


def finish(people, item):
    for _turn in range(6):
        go()
        for row in Approval.objects.filter(status="requested", request__ticket=item):
            decide(row.pk, actor=row.approver, decision="approved")
        for task in CatalogTask.objects.filter(active=True):
            catalog_services.complete_task(task.pk, actor=people["buyer"], serial="SN-1")


def test_the_laptop_flow_replays_to_itself_and_a_new_limit_shows_who_is_asked_more(people):
    for model in ("developer_14", "video_16"):
        finish(people, order(people, model))
    waiting = order(people, "developer_14")
    go()
    told = list(replay_runs("laptop_request", laptop_graph(), last=10, actor=None))
    assert [(each.verdict, each.old_status, each.new_status) for each in told] == [
        ("same", "waiting", "waiting"),
        ("same", "completed", "completed"),
        ("same", "completed", "completed"),
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
    ticket, admin = make_incident(), AgentFactory(roles=["administrator"])
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
            Ticket.objects.filter(pk=ticket.pk).update(urgency=1)
        services.send_signal("next", "k", {}, actor=admin, source_id=str(turn))
    go()
    run = fresh(run)
    assert (run.status, FlowStep.objects.filter(run=run, node_id="w").count()) == ("completed", 3)
    Ticket.objects.filter(pk=ticket.pk).update(urgency=2)
    assert replay(run, compiled(run.flow_version_id)).verdict == "same"


def test_a_run_an_operator_led_elsewhere_is_not_told_again():
    run = ran(50)
    FlowStep.objects.filter(run=run, node_id="small").update(iter=1)
    assert under(flow(), run).verdict == "untold"


def test_only_runs_one_may_see_and_only_who_edits():
    run, stranger = ran(50), UserFactory(company=CompanyFactory())
    services.start_run("f", ticket=make_incident(requester=stranger), vars={"amount": 1})
    go()
    admin = AgentFactory(roles=["super"])
    assert [each.run for each in replay_runs("f", flow(), actor=admin)] == [str(run.public_id)]
    assert len(list(replay_runs("f", flow(), actor=None))) == 2
    with pytest.raises(NotAllowedError):
        replay_runs("f", flow(), actor=AgentFactory())
    for last in (0, 501):
        with pytest.raises(RuleRefusedError):
            replay_runs("f", flow(), last=last, actor=admin)


@pytest.mark.parametrize("seed", range(40))
def test_any_run_replays_to_itself(seed):
    maker = Maker(seed)
    start = maker.chain("fin", 0)
    nodes = {start: maker.nodes[start], **maker.nodes, "fin": {"kind": "end", "outcome": "done"}}
    version = make_flow(nodes, key=f"random{seed}", vars={"n": 0})
    run = services.start_run(version.flow.key, ticket=make_incident())
    dice = random.Random(seed)
    for _turn in range(15):
        go()
        FlowStep.objects.filter(run=run, status="ready").update(run_at="2020-01-01T00:00:00Z")
        waiting = FlowStep.objects.filter(run=run, status="waiting").exclude(wait_kind="block")
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        if ids:
            FlowStep.objects.filter(pk=dice.choice(ids)).update(due_at="2020-01-01T00:00:00Z")
    run = fresh(run)
    again = Replaying.of(run, compiled(version.pk))
    recorded = FlowStep.objects.filter(run=run).order_by("pk").values_list("node_id", "path", "iter")
    assert (again.unknown, sorted(again.places)) == ("", sorted(recorded))
    assert replay(run, compiled(version.pk)).verdict == "same"
