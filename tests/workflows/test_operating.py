"""Operators: skip, jump back, variables, park, move to another version; all audited (DF-31, DF-33)."""

from __future__ import annotations

import uuid

import pytest

from core.errors import DomainError, NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.models import AuditLog
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.workflows import fresh, go, graph_of, make_flow, make_run, statuses
from tickets.models import Activity
from workflows import services
from workflows.models import FlowRun, FlowStep

TASK = {"kind": "create_task", "type": "incident", "title": "x", "assign": {"group": "net"}}


def log(text, **more):
    return {"kind": "log", "message": text, **more}


def logged():
    return list(Activity.objects.filter(verb="flow_log").order_by("pk").values_list("body", flat=True))


def failing():
    """A run that stands at a failed step, and that step."""
    run = make_run(
        {"one": log("one", next="a"), "a": {**TASK, "next": "say"}, "say": log("{{ steps.a.output.number }}")}
    )
    go()
    return run, FlowStep.objects.get(run=run, status="failed")


def admin():
    return UserFactory(roles=["config_admin"])


@pytest.mark.django_db
def test_a_failed_step_is_skipped_with_what_it_should_have_found():
    run, step = failing()
    services.skip_step(step.pk, actor=admin(), output={"number": "INC-by-hand"}, reason="done by phone")
    go()
    assert (fresh(run).status, logged()[-1]) == ("completed", "INC-by-hand")
    assert statuses(run)["a"] == "skipped"
    assert AuditLog.objects.get(action="flow_skipped").diff["detail"] == [None, "a: done by phone"]


@pytest.mark.django_db
def test_a_run_jumps_back_and_its_history_stays():
    run, _step = failing()
    GroupFactory(key="net")
    services.jump_to(run.pk, node_id="one", actor=admin(), reason="again from the start")
    go()
    assert fresh(run).status == "completed"
    assert logged()[:2] == ["one", "one"]
    rows = FlowStep.objects.filter(run=run).order_by("pk").values_list("node_id", "iter", "status")
    assert list(rows) == [
        ("one", 0, "done"), ("a", 0, "cancelled"), ("one", 1, "done"), ("a", 1, "done"), ("say", 1, "done"),
        ("fin", 1, "done"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_variables_are_changed_and_taken_away():
    run = make_run({"w": {"kind": "wait_duration", "for": {"after": "P1D"}}}, given={"a": 1, "b": 2})
    go()
    services.set_variables(run.pk, values={"a": 5, "b": None, "c": "x"}, actor=admin(), reason="wrong amount")
    assert fresh(run).vars == {"a": 5, "c": "x"}
    assert AuditLog.objects.get(action="flow_variables_set").diff["a"] == [1, 5]
    for values in ({"Bad": 1}, {"error": 1}, {"a": "x" * 70_000}):
        with pytest.raises(DomainError) as refused:
            services.set_variables(run.pk, values=values, actor=admin(), reason="r")
        assert refused.value.status == 422
    assert fresh(run).vars == {"a": 5, "c": "x"}


@pytest.mark.django_db
def test_a_parked_run_stands_still_until_it_is_resumed():
    run = make_run({"w": {"kind": "wait_duration", "for": {"after": "PT1H"}}})
    go()
    services.park_run(run.pk, actor=admin(), reason="supplier is closed")
    FlowStep.objects.filter(run=run).update(due_at="2020-01-01T00:00:00Z")
    go()
    assert (fresh(run).status, fresh(run).error["parked"]) == ("suspended", "supplier is closed")
    services.resume_run(run.pk, actor=admin())
    go()
    assert fresh(run).status == "completed"


@pytest.mark.django_db
def test_two_failed_branches_are_mended_one_after_the_other():
    nodes = {"f": {"kind": "fork", "branches": ["a", "b"], "join": "j"}, "a": {**TASK, "next": "j"},
             "b": {**TASK, "next": "j"}, "j": {"kind": "join"}}  # fmt: skip
    run = make_run(nodes)
    go()
    services.retry_step(FlowStep.objects.get(run=run, status="failed").pk, actor=None)
    go()
    assert (fresh(run).status, statuses(run)["a"]) == ("suspended", "failed")
    GroupFactory(key="net")
    services.retry_step(FlowStep.objects.filter(run=run, status="failed").earliest("pk").pk, actor=None)
    go()
    assert fresh(run).status in ("completed", "suspended")
    for step in FlowStep.objects.filter(run=run, status="failed"):
        services.retry_step(step.pk, actor=None)
    go()
    assert fresh(run).status == "completed"


ACTS = {
    "skip": lambda run, step, who: services.skip_step(step.pk, actor=who, output={}, reason="r"),
    "jump": lambda run, step, who: services.jump_to(run.pk, node_id="one", actor=who, reason="r"),
    "set": lambda run, step, who: services.set_variables(run.pk, values={"a": 1}, actor=who, reason="r"),
    "park": lambda run, step, who: services.park_run(run.pk, actor=who, reason="r"),
    "migrate": lambda run, step, who: services.migrate_run(run.pk, to_no=1, plan={}, actor=who),
}


@pytest.mark.django_db
@pytest.mark.parametrize("act", sorted(ACTS))
def test_who_may_not_operate_changes_nothing(act):
    run, step = failing()
    before = FlowStep.objects.filter(run=run).count()
    stranger = UserFactory(roles=["config_admin"], company=CompanyFactory())
    for who, refusal in ((AgentFactory(), NotAllowedError), (stranger, NotVisibleError)):
        with pytest.raises(refusal):
            ACTS[act](run, step, who)
    assert (fresh(run).status, FlowStep.objects.filter(run=run).count()) == ("suspended", before)


@pytest.mark.django_db
@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_run_that_ended_is_left_alone(act):
    run = make_run({"one": log("one")})
    go()
    with pytest.raises(WrongStateError):
        ACTS[act](run, FlowStep.objects.filter(run=run).first(), None)


@pytest.mark.django_db
def test_why_is_asked_for():
    _run, step = failing()
    with pytest.raises(RuleRefusedError) as refused:
        services.skip_step(step.pk, actor=admin(), output={}, reason="  ")
    assert refused.value.errors[0].field == "reason"


def versions(new):
    """A run waiting on version 1 of a flow whose version 2 has the nodes ``new``."""
    wait = {"kind": "wait_duration", "for": {"after": "PT1H"}}
    make_flow({"w": wait}, key="moves")
    run = services.start_run("moves", ticket=None)
    go()
    make_flow(new, key="moves")
    return run


WAIT = {"kind": "wait_duration", "for": {"after": "P9D"}}


@pytest.mark.django_db
def test_a_waiting_run_moves_to_another_version_and_keeps_its_time():
    run = versions({"later": {**WAIT, "next": "x"}, "x": {"kind": "set", "set": {"moved": True}}})
    due = FlowStep.objects.get(run=run).due_at
    [verdict] = services.preview("moves", to_no=2, plan={"w": "later"}, actor=admin())
    assert (verdict.run, verdict.obstacle) == (run, "")
    assert fresh(run).flow_version.no == 1
    services.migrate_run(run.pk, to_no=2, plan={"w": "later"}, actor=admin())
    step = FlowStep.objects.get(run=run)
    assert (fresh(run).flow_version.no, step.node_id, step.due_at) == (2, "later", due)
    FlowStep.objects.filter(run=run).update(due_at="2020-01-01T00:00:00Z")
    go()
    assert (fresh(run).status, fresh(run).vars) == ("completed", {"moved": True})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("new", "plan"),
    [
        ({"other": WAIT}, {}),
        ({"w": log("x")}, {}),
        ({"each": {"kind": "for_each", "list": ["a"], "body": "w"}, "w": {**WAIT, "next": "each"}}, {}),
    ],
    ids=["no such node", "another kind", "another block"],
)
def test_a_run_that_does_not_fit_stays_where_it_is(new, plan):
    run = versions(new)
    [verdict] = services.preview("moves", to_no=2, plan=plan, actor=admin())
    assert verdict.obstacle
    with pytest.raises(services.CannotMigrateError):
        services.migrate_run(run.pk, to_no=2, plan=plan, actor=admin())
    assert (fresh(run).flow_version.no, statuses(run)) == (1, {"w": "waiting"})


@pytest.mark.django_db
def test_a_run_is_not_moved_while_it_calls():
    """DF-72; Zeebe has the same rule."""
    run = versions({"w": WAIT})
    FlowStep.objects.filter(run=run).update(
        status="running", lease_token=uuid.uuid4(), lease_until="2096-01-01T00:00:00Z"
    )  # fmt: skip
    with pytest.raises(services.CannotMigrateError):
        services.migrate_run(run.pk, to_no=2, plan={}, actor=None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("to_no", "plan", "refusal"), [(9, {}, NotVisibleError), (2, {"w": "nowhere"}, RuleRefusedError)]
)
def test_a_wrong_plan_is_refused_as_such(to_no, plan, refusal):
    run = versions({"w": WAIT})
    with pytest.raises(refusal):
        services.migrate_run(run.pk, to_no=to_no, plan=plan, actor=None)
    draft = services.save_draft(actor=None, key="moves", graph=graph_of({"w": WAIT}, key="moves"))
    with pytest.raises(RuleRefusedError):
        services.migrate_run(run.pk, to_no=draft.no, plan={}, actor=None)
    assert FlowRun.objects.get().flow_version.no == 1
