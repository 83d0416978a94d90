"""The laptop request of DOMAIN 9 on the real engine: a silent manager, death between two steps (DF-60)."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.models import Approval, ApprovalRequest
from approvals.services import decide
from catalog import services
from catalog.models import CatalogTask
from cmdb.models import CI
from core.models import OutboxEvent
from tests.factories.accounts import UserFactory
from tests.factories.approvals import answer, make_delegation
from tests.factories.workflows import go
from tests.workflows.laptop import order
from tickets.models import Activity
from workflows import batch
from workflows.models import FlowRun, FlowStep
from workflows.selectors import progress_for, run_history

pytestmark = pytest.mark.django_db
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
STEPS = 9  # ask, dec, cfo, dec2, buy, bought, asset, ready, ok
BOUNDARIES = STEPS + 3  # ask, cfo and buy are entered, wait, and are gone on with


class KilledError(BaseException):
    """What kill -9 looks like from inside."""


def test_a_silent_manager_is_escalated_after_sixteen_business_hours(people):
    item = order(people, "developer_14")
    go()
    request = ApprovalRequest.objects.get()
    assert request.due_at - request.created_at >= dt.timedelta(hours=16)
    assert [stage.due for stage in progress_for(item)] == [request.due_at, None, None]
    ApprovalRequest.objects.update(next_fire_at=LONG_AGO)
    go()
    rows = {row.approver.username: row.why for row in Approval.objects.all()}
    assert rows == {"boss": "asked", "director": "escalated"}
    first = progress_for(item)[0]
    assert (first.state, first.waiting_for) == ("now", ("이서연", "윤태호"))
    answer(request, people["director"])
    go()
    assert Approval.objects.get(approver=people["boss"]).status == "not_required"
    assert CatalogTask.objects.get().group.key == "purchasing"


def test_the_audit_shows_each_decision_with_its_channel_and_stand_in(people):
    stand_in = UserFactory(username="stand_in")
    make_delegation(people["boss"], stand_in)
    item = order(people, "video_16")
    go()
    row = Approval.objects.get(approver=people["boss"])
    decide(row.pk, actor=stand_in, decision="approved", channel="mail")
    go()
    decide(Approval.objects.get(approver=people["finance"]).pk, actor=people["finance"], decision="rejected",
           comment="Not this year", channel="api")  # fmt: skip
    go()
    told = Activity.objects.filter(
        ticket=item, kind="approval", verb__in=["approval_approved", "approval_rejected"]
    )
    assert [(each.actor.username, each.changes.get("for"), each.body) for each in told.order_by("pk")] == [
        ("stand_in", [None, "boss"], ""),
        ("money", None, "Not this year"),
    ]
    assert [each.channel for each in Approval.objects.order_by("pk")] == ["mail", "api"]
    steps = {step.node_id: step.output for step in run_history(item)[0].steps}
    assert (steps["ask"]["decided_by"], steps["cfo"]["comment"]) == ("stand_in", "Not this year")


def do_what_people_do(people):
    """Decide what waits and close what is open."""
    for row in Approval.objects.filter(status="requested"):
        decide(row.pk, actor=row.approver, decision="approved")
    for task in CatalogTask.objects.filter(active=True):
        services.complete_task(task.pk, actor=people["buyer"], serial="SN-1")


@pytest.mark.pitfall("P-44")
@pytest.mark.parametrize("death", range(1, BOUNDARIES + 1))
def test_death_between_any_two_steps_changes_nothing(people, monkeypatch, death):
    """Every effect is there once, whichever step the process died in, before its commit."""
    calls = {"count": 0}

    def at_its_time(_name, **_marker):
        calls["count"] += 1
        if calls["count"] == death:
            raise KilledError

    monkeypatch.setattr(batch.failpoints, "hit", at_its_time)
    deaths = 0
    item = order(people, "video_16")
    for _turn in range(30):
        try:
            go()
        except KilledError:
            deaths += 1
            continue
        do_what_people_do(people)
        if FlowRun.objects.filter(status="completed").exists():
            break
    go()
    item.refresh_from_db()
    assert (deaths, item.state) == (1, "closed_complete")
    assert FlowStep.objects.filter(status="done").count() == STEPS
    assert (ApprovalRequest.objects.count(), CatalogTask.objects.count(), CI.objects.count()) == (2, 1, 1)
    for name in ("flow.started", "flow.ended", "flow.notice"):
        assert OutboxEvent.objects.filter(name=name).count() == 1
    stages = OutboxEvent.objects.filter(name="flow.stage_changed").order_by("pk")
    assert [event.payload["stage"] for event in stages] == ["approval", "purchase", "ready"]
