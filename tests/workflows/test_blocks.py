"""Blocks: forks and joins, lists, loops, tries and compensations, inside each other (DOMAIN 3.4, DF-72)."""

from __future__ import annotations

import random

import pytest

from core.errors import NotAllowedError
from incidents import services as incident_services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_flow, make_run, output_of, statuses
from tickets.models import Activity
from workflows import batch, executor, services
from workflows.models import FlowRun, FlowStep


def log(text, **more):
    return {"kind": "log", "message": text, **more}


def logged():
    return list(Activity.objects.filter(verb="flow_log").order_by("pk").values_list("body", flat=True))


def fork(need="all", branches=("a", "b", "c"), **parts):
    """Three branches of one log each, joined; parts replace nodes."""
    nodes = {"f": {"kind": "fork", "branches": list(branches), "join": "j"}}
    nodes |= {name: log(name, next="j") for name in branches}
    nodes["j"] = {"kind": "join", "need": need}
    return nodes | parts


@pytest.mark.django_db
def test_all_branches_come_together_once():
    run = make_run({**fork(), "j": {"kind": "join", "need": "all", "next": "after"}, "after": log("after")})
    go()
    assert fresh(run).status == "completed"
    assert logged() == ["a", "b", "c", "after"]
    assert output_of(run, "f") == {"arrived": ["a", "b", "c"]}
    assert set(FlowStep.objects.filter(run=run).values_list("node_id", "path")) == {
        ("f", ""), ("a", "f[0]"), ("b", "f[1]"), ("c", "f[2]"), ("j", ""), ("after", ""), ("fin", ""),
    }  # fmt: skip


@pytest.mark.django_db
def test_a_branch_that_waits_keeps_the_join_waiting():
    wait = {"kind": "wait_duration", "for": {"after": "PT1H"}, "next": "j"}
    run = make_run(fork(b=wait))
    go()
    assert (fresh(run).status, logged()) == ("waiting", ["a", "c"])
    FlowStep.objects.filter(node_id="b").update(due_at="2020-01-01T00:00:00Z")
    go()
    assert (fresh(run).status, statuses(run)["j"]) == ("completed", "done")


@pytest.mark.django_db
@pytest.mark.parametrize(("need", "done", "cancelled"), [("any", 1, 2), (2, 2, 1)])
def test_the_losers_are_withdrawn_with_what_they_asked(need, done, cancelled):
    task = {"kind": "create_task", "type": "incident", "title": "t", "wait": "closed", "next": "j"}
    run = make_run(fork(need, a=task, b=task, c=task))
    go()
    opened = list(Incident.objects.filter(title="t").order_by("pk"))
    for each in opened[:done]:
        incident_services.cancel_incident(each.pk, actor=None, reason_text="x")
    go()
    assert fresh(run).status == "completed"
    found = list(FlowStep.objects.filter(run=run, kind="create_task").values_list("status", flat=True))
    assert (found.count("done"), found.count("cancelled")) == (done, cancelled)
    assert not Incident.objects.filter(title="t", active=True).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(20))
def test_branches_that_end_in_any_order_join_once(monkeypatch, seed):
    """DF-72, join race: one branch a batch, in random order."""
    monkeypatch.setattr(batch, "BATCH_NODES", 1)
    dice = random.Random(seed)
    run = make_run({**fork(), "j": {"kind": "join", "next": "after"}, "after": log("after")})
    for _turn in range(30):
        ready = list(FlowStep.objects.filter(run=run, status="ready"))
        dice.shuffle(ready)
        for at, step in enumerate(ready):
            FlowStep.objects.filter(pk=step.pk).update(run_at=f"2020-01-01T00:00:{at:02}Z")
        executor.run_batch()
    assert (fresh(run).status, logged().count("after")) == ("completed", 1)
    assert FlowStep.objects.filter(run=run, node_id="j").count() == 1


PEOPLE = {"path": "vars.people"}


def each(**more):
    return {
        "each": {"kind": "for_each", "list": PEOPLE, "body": "say", "result": "{{ item }}!", **more},
        "say": log("{{ index }} {{ item }}", next="each"),
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("parallel", [1, 3, 10])
def test_every_item_has_its_steps_and_its_result(parallel):
    run = make_run(each(parallel=parallel), given={"people": ["kim", "lee", "park"]}, vars={"people": ""})
    go()
    assert fresh(run).status == "completed"
    assert sorted(logged()) == ["0 kim", "1 lee", "2 park"]
    assert output_of(run, "each") == {"count": 3, "failed": [], "results": ["kim!", "lee!", "park!"]}
    paths = FlowStep.objects.filter(run=run, node_id="say").values_list("path", flat=True)
    assert sorted(paths) == ["each[0]", "each[1]", "each[2]"]


@pytest.mark.django_db
def test_an_empty_list_is_over_at_once_and_no_list_is_refused():
    assert_done = make_run(each(), given={"people": []}, vars={"people": ""})
    wrong = make_run(each(), given={"people": "kim"}, vars={"people": ""})
    long = make_run(each(), given={"people": list(range(1001))}, vars={"people": ""})
    go()
    assert output_of(assert_done, "each") == {"count": 0, "failed": [], "results": []}
    assert [fresh(run).error["code"] for run in (wrong, long)] == ["not_a_list", "too_many_items"]


@pytest.mark.django_db
def test_not_more_items_at_a_time_than_said():
    wait = {"kind": "wait_duration", "for": {"after": "PT1H"}, "next": "each"}
    run = make_run({**each(parallel=2), "say": wait}, given={"people": list("abcde")}, vars={"people": ""})
    go()
    assert FlowStep.objects.filter(run=run, status="waiting", kind="wait_duration").count() == 2
    FlowStep.objects.filter(path="each[0]").update(due_at="2020-01-01T00:00:00Z")
    go()
    waiting = FlowStep.objects.filter(run=run, status="waiting", kind="wait_duration")
    assert sorted(waiting.values_list("path", flat=True)) == ["each[1]", "each[2]"]


FAILING = {
    "kind": "switch",
    "on": {"path": "item"},
    "cases": [{"is": ["bad"], "to": "boom"}],
    "default": "ok",
}


def failing_each(mode):
    return {
        "each": {"kind": "for_each", "list": {"path": "vars.x"}, "body": "choose", "on_item_error": mode},
        "choose": FAILING,
        "boom": {"kind": "raise_error", "code": "bad_item", "message": "{{ item }} is bad"},
        "ok": log("{{ item }}", next="each"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mode", "status", "code", "seen"),
    [
        ("stop", "suspended", "bad_item", ["a"]),
        ("continue", "completed", None, ["a", "b"]),
        ("collect", "suspended", "items_failed", ["a", "b"]),
    ],
)
def test_what_a_failing_item_does(mode, status, code, seen):
    run = make_run(failing_each(mode), given={"x": ["a", "bad", "b"]}, vars={"x": ""})
    go()
    assert (fresh(run).status, logged()) == (status, seen)
    assert (fresh(run).error or {}).get("code") == code


@pytest.mark.django_db
def test_a_thousand_items_are_kept_one_by_one():
    """DF-72; ServiceNow keeps the first and the last."""
    run = make_run(
        {"each": {"kind": "for_each", "list": {"path": "vars.x"}, "body": "s", "parallel": 10},
         "s": {"kind": "set", "set": {"last": {"path": "item"}}, "next": "each"}},
        given={"x": list(range(1000))}, vars={"x": ""},
    )  # fmt: skip
    for _turn in range(100):
        if not executor.run_ready(limit=500):
            break
    assert (fresh(run).status, fresh(run).step_count) == ("completed", 1002)
    assert FlowStep.objects.filter(run=run, node_id="s", status="done").count() == 1000


@pytest.mark.django_db
def test_a_loop_ends_when_its_condition_holds_or_its_rounds_are_over():
    loop = {"kind": "loop_until", "body": "add", "until": {"f": "vars.n", "op": "gte", "v": 3}, "max_iter": 5}
    add = {"kind": "compute", "set": {"n": "vars.n + 1"}, "next": "loop"}
    run = make_run({"loop": loop, "add": add}, vars={"n": 0})
    never = make_run({"loop": {**loop, "max_iter": 2}, "add": add}, vars={"n": 0})
    round_it = make_run(
        {"loop": {**loop, "max_iter": 2, "on_max": "late"}, "add": add, "late": log("late")}, vars={"n": 0}
    )
    go()
    assert (fresh(run).status, fresh(run).vars["n"], output_of(run, "loop")) == (
        "completed", 3, {"outcome": "met", "rounds": 3},
    )  # fmt: skip
    assert (fresh(never).status, fresh(never).error["code"]) == ("suspended", "too_many_rounds")
    assert (fresh(round_it).status, logged()) == ("completed", ["late"])


@pytest.mark.django_db
def test_a_loop_with_a_pause_makes_its_next_round_later():
    loop = {"kind": "loop_until", "body": "add", "until": {"f": "vars.n", "op": "gte", "v": 2}, "max_iter": 5,
            "every": {"after": "PT10M"}}  # fmt: skip
    add = {"kind": "compute", "set": {"n": "vars.n + 1"}, "next": "loop"}
    run = make_run({"loop": loop, "add": add}, vars={"n": 0})
    go()
    step = FlowStep.objects.get(run=run, status="ready")
    assert step.path == "loop[1]"
    assert 595 <= (step.run_at - step.started_at).total_seconds() <= 600
    FlowStep.objects.filter(pk=step.pk).update(run_at="2020-01-01T00:00:00Z")
    go()
    assert fresh(run).status == "completed"


BOOM = {"kind": "raise_error", "code": "no_stock", "message": "no more"}


@pytest.mark.django_db
def test_a_try_catches_what_fails_inside_and_goes_on():
    run = make_run(
        {
            "t": {"kind": "try", "body": "one", "catch": "c", "next": "after"},
            "one": log("one", next="boom"),
            "boom": BOOM,
            "c": log("{{ error.code }} {{ error.node }}: {{ error.message }}", next="t"),
            "after": log("{{ steps.t.outcome }}"),
        }
    )
    well = make_run({"t": {"kind": "try", "body": "one", "next": "after"}, "one": log("x", next="t"),
                     "after": log("{{ steps.t.outcome }}")})  # fmt: skip
    go()
    assert [fresh(each).status for each in (run, well)] == ["completed"] * 2
    assert sorted(logged()) == sorted(["one", "no_stock boom: no more", "caught", "x", "ok"])
    assert statuses(run)["boom"] == "failed"


@pytest.mark.django_db
def test_a_failing_catch_is_no_longer_caught_by_its_own_try():
    run = make_run({"t": {"kind": "try", "body": "boom", "catch": "again"}, "boom": BOOM, "again": BOOM})
    go()
    assert (fresh(run).status, fresh(run).error["node"]) == ("suspended", "again")


@pytest.mark.django_db
def test_what_was_done_inside_a_try_is_undone_the_latest_first():
    run = make_run(
        {
            "t": {"kind": "try", "body": "one", "catch": "c", "next": "after"},
            "one": log("one", next="two", compensate="un_one"),
            "two": log("two", next="boom", compensate="un_two"),
            "boom": BOOM,
            "un_one": log("undo one"),
            "un_two": log("undo two"),
            "c": log("caught", next="t"),
            "after": log("after"),
        }
    )
    go()
    assert (fresh(run).status, logged()) == (
        "completed", ["one", "two", "undo two", "undo one", "caught", "after"],
    )  # fmt: skip


@pytest.mark.django_db
def test_a_cancelled_run_undoes_what_it_did_and_ends_then():
    run = make_run(
        {
            "one": log("one", next="two", compensate="un_one"),
            "two": log("two", next="w", compensate="un_two"),
            "w": {"kind": "wait_duration", "for": {"after": "P1D"}},
            "un_one": log("undo one"),
            "un_two": BOOM,
        }
    )
    go()
    services.cancel_run(run.pk, actor=None, reason="changed our mind")
    go()
    assert (fresh(run).status, fresh(run).outcome) == ("cancelled", "cancelled")
    assert logged() == ["one", "two", "undo one"]
    assert (statuses(run)["un_two"], statuses(run)["w"]) == ("failed", "cancelled")


@pytest.mark.django_db
def test_blocks_inside_blocks_keep_their_items_apart():
    run = make_run(
        {
            "outer": {"kind": "for_each", "list": {"path": "vars.x"}, "body": "f", "parallel": 2},
            "f": {"kind": "fork", "branches": ["inner", "b"], "join": "j"},
            "inner": {"kind": "for_each", "list": ["p", "q"], "body": "say", "next": "j"},
            "say": log("{{ items.outer.value }}{{ item }}", next="inner"),
            "b": {"kind": "set", "set": {"y": 1}, "next": "j"},
            "j": {"kind": "join", "next": "note"},
            "note": log("done {{ item }} {{ steps.inner.output.count }}", next="outer"),
        },
        given={"x": ["1", "2"]}, vars={"x": ""},
    )  # fmt: skip
    go()
    assert fresh(run).status == "completed"
    assert sorted(logged()) == ["1p", "1q", "2p", "2q", "done 1 2", "done 2 2"]
    deep = FlowStep.objects.filter(run=run, node_id="say").values_list("path", flat=True)
    assert "outer[1]/f[0]/inner[1]" in deep


@pytest.mark.django_db
def test_an_end_inside_a_branch_ends_the_run_and_withdraws_the_rest():
    task = {"kind": "create_task", "type": "incident", "title": "t", "wait": "closed", "next": "j"}
    stop = {"kind": "end", "outcome": "rejected"}
    run = make_run(fork(a=task, b={"kind": "set", "set": {"x": 1}, "next": "stop"}, stop=stop))
    go()
    assert (fresh(run).status, fresh(run).outcome) == ("completed", "rejected")
    assert not Incident.objects.filter(title="t", active=True).exists()
    assert not FlowStep.objects.filter(run=run, status__in=["ready", "waiting"]).exists()


@pytest.mark.django_db
def test_an_operator_mends_a_branch_and_the_others_are_not_made_again():
    run = make_run(
        fork(
            b={
                "kind": "create_task",
                "type": "incident",
                "title": "x",
                "assign": {"group": "net"},
                "next": "j",
            }
        )
    )
    go()
    assert (fresh(run).status, sorted(logged())) == ("suspended", ["a"])
    GroupFactory(key="net")
    with pytest.raises(NotAllowedError):
        services.retry_step(FlowStep.objects.get(status="failed").pk, actor=AgentFactory())
    services.retry_step(FlowStep.objects.get(status="failed").pk, actor=None)
    go()
    assert (fresh(run).status, sorted(logged())) == ("completed", ["a", "c"])


@pytest.mark.django_db
def test_a_subflow_runs_on_its_own_and_gives_its_variables_back():
    answer = {"kind": "set", "set": {"answer": "{{ vars.q }}!"}, "next": "b"}
    make_flow({"a": answer, "b": log("in {{ vars.answer }}")}, key="child", inputs=["q"])
    ticket = make_incident()
    sub = {"kind": "subflow", "flow": "child", "inputs": {"q": "why"}, "next": "say"}
    run = make_run({"s": sub, "say": log("out {{ steps.s.output.vars.answer }}")}, ticket=ticket)
    go()
    assert (fresh(run).status, logged()) == ("completed", ["in why!", "out why!"])
    child = FlowRun.objects.get(flow_version__flow__key="child")
    assert (child.depth, child.parent_step.run_id, child.ticket_id) == (1, run.pk, ticket.pk)


@pytest.mark.django_db
def test_cancelling_a_run_cancels_the_run_below():
    make_flow({"w": {"kind": "wait_duration", "for": {"after": "P1D"}}}, key="child")
    run = make_run({"s": {"kind": "subflow", "flow": "child"}})
    go()
    services.cancel_run(run.pk, actor=None)
    go()
    assert set(FlowRun.objects.values_list("status", flat=True)) == {"cancelled"}
