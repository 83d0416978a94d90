"""What starts flows: events, schedules, signals, service levels; once each, never in a circle (DR-8)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from core import outbox
from core.models import Delivery, OutboxEvent
from sla.models import Clock
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow
from workflows import handlers, scheduled, services
from workflows.models import FlowRun, FlowTrigger
from workflows.starts import next_time
from workflows.validate import BadFlowError, check_flow

NOTE = {"a": {"kind": "set", "set": {"seen": {"path": "vars.trigger"}}}}


def listening(**trigger):
    return make_flow(NOTE, trigger=trigger)


def seen(version):
    """What each run of the version was started with, oldest first."""
    return [run.vars["seen"] for run in FlowRun.objects.filter(flow_version=version).order_by("pk")]


@pytest.mark.django_db
def test_an_event_starts_each_flow_that_listens_once_with_what_it_tells():
    exact = listening(kind="event", name="incident.opened")
    wide = listening(kind="event", name="incident.*")
    narrow = listening(
        kind="event", name="incident.opened", **{"if": {"f": "vars.trigger.kind", "op": "eq", "v": "none"}}
    )
    ticket = make_incident()
    go()
    event = OutboxEvent.objects.get(name="incident.opened")
    [facts] = seen(exact)
    assert facts == {"event": "incident.opened", "at": facts["at"], **event.payload}
    assert len(seen(wide)) == OutboxEvent.objects.filter(name__startswith="incident.").count()
    assert seen(narrow) == []
    assert FlowRun.objects.get(flow_version=exact).ticket_id == ticket.pk
    handlers.start_flows(event)
    go()
    assert len(seen(exact)) == 1


@pytest.mark.django_db
def test_an_event_that_is_handed_on_twice_starts_no_second_run_on_a_newer_version():
    version = listening(kind="event", name="incident.opened")
    make_incident()
    go()
    newer = make_flow(NOTE, key=version.flow.key, trigger={"kind": "event", "name": "incident.opened"})
    handlers.start_flows(OutboxEvent.objects.get(name="incident.opened"))
    assert FlowRun.objects.filter(flow_version__in=[version, newer]).count() == 1


@pytest.mark.django_db
def test_a_flow_that_causes_its_own_event_is_stopped_and_told_of():
    task = {"kind": "create_task", "type": "incident", "title": "again"}
    version = make_flow({"a": task}, trigger={"kind": "event", "name": "incident.opened"})
    make_incident()
    for _turn in range(5):
        go()
    assert FlowRun.objects.filter(flow_version=version).count() == 1
    assert OutboxEvent.objects.filter(name="automation.loop_stopped").count() == 1


@pytest.mark.django_db
def test_events_nobody_listens_to_make_no_deliveries():
    make_incident()
    go()
    event = OutboxEvent.objects.filter(name="incident.opened").get()
    assert not Delivery.objects.filter(event=event, target__endswith="start_flows").exists()
    assert all(
        handler.name != "workflows.handlers.start_flows" for handler in outbox.handlers_for("incident.opened")
    )


@pytest.mark.django_db
def test_a_signal_starts_what_begins_with_it_once():
    version = listening(kind="signal", name="stock.low")
    actor = AgentFactory()
    for _copy in range(2):
        services.send_signal("stock.low", "laptop", {"left": 2}, actor=actor, source_id="7")
    go()
    assert seen(version) == [{"signal": "stock.low", "key": "laptop", "payload": {"left": 2}}]


@pytest.mark.django_db
def test_a_schedule_starts_its_flow_once_a_tick_and_goes_on_from_now():
    version = listening(kind="schedule", rule="FREQ=DAILY;BYHOUR=9;BYMINUTE=0", zone="Asia/Seoul")
    trigger = FlowTrigger.objects.get(flow_version=version)
    assert (trigger.next_at.hour, trigger.next_at.minute) == (0, 0)
    missed = dt.datetime(2026, 1, 5, 0, 0, tzinfo=dt.UTC)
    FlowTrigger.objects.filter(pk=trigger.pk).update(next_at=missed)
    assert scheduled.start_scheduled(limit=10) == 1
    assert scheduled.start_scheduled(limit=10) == 0
    FlowTrigger.objects.filter(pk=trigger.pk).update(next_at=missed)
    assert scheduled.start_scheduled(limit=10) == 1
    go()
    assert seen(version) == [{"at": missed.isoformat()}]
    trigger.refresh_from_db()
    assert trigger.next_at > FlowRun.objects.get().started_at


@pytest.mark.django_db
def test_a_retired_schedule_is_over():
    version = listening(kind="schedule", rule="FREQ=HOURLY")
    services.retire(version.flow.key, actor=None)
    assert FlowTrigger.objects.get(flow_version=version).next_at is None
    assert scheduled.start_scheduled(limit=10) == 0


@pytest.mark.django_db
def test_a_missed_service_level_starts_its_flow():
    late = listening(kind="sla", point="breach")
    other = listening(kind="sla", point="breach", **{"if": {"f": "urgency", "op": "eq", "v": 1}})
    ticket = make_incident(urgency=3)
    clock = Clock.objects.filter(ticket=ticket).first()
    with transaction.atomic():
        outbox.publish(
            "sla.breached", {"ticket_id": ticket.pk, "clock_id": clock.pk if clock else 0, "percent": 100}
        )
    go()
    assert [facts["percent"] for facts in seen(late)] == [100]
    assert seen(other) == []
    assert fresh(FlowRun.objects.get(flow_version=late)).ticket_id == ticket.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trigger", "field"),
    [
        ({"kind": "schedule"}, "trigger.rule"),
        ({"kind": "schedule", "rule": "FREQ=SECONDLY"}, "trigger.rule"),
        ({"kind": "schedule", "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "trigger.rule"),
        ({"kind": "schedule", "rule": "FREQ=DAILY;BYHOUR=99"}, "trigger.rule"),
        ({"kind": "schedule", "rule": "FREQ=DAILY", "zone": "Nowhere/Land"}, "trigger.zone"),
        ({"kind": "event", "name": "flow.ended"}, "trigger.name"),
        ({"kind": "event", "name": "*.opened"}, "trigger.name"),
        ({"kind": "event", "name": "nodot"}, "trigger.name"),
        ({"kind": "event", "name": "a.b", "if": {"f": "ticket.title", "op": "eq", "v": "x"}}, "trigger.if"),
        ({"kind": "signal", "name": "BAD"}, "trigger.name"),
        ({"kind": "sla", "point": "sometimes"}, "trigger.point"),
        ({"kind": "moon"}, "trigger.kind"),
    ],
)  # fmt: skip
def test_a_wrong_start_is_refused_at_its_place(trigger, field):
    graph = graph_of({"a": {"kind": "set", "set": {"x": 1}}}, key="k", trigger=trigger)
    with pytest.raises(BadFlowError) as refused:
        check_flow(graph, key="k")
    assert field in {error.field for error in refused.value.errors}


@pytest.mark.parametrize(
    ("rule", "zone", "after", "then"),
    [
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "Asia/Seoul", "2026-11-24T00:00:00", "2026-11-25T00:00:00"),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0", "Asia/Seoul", "2026-11-23T23:59:59", "2026-11-24T00:00:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=0", "UTC", "2028-02-01T00:00:00", "2028-02-29T00:00:00"),
        # The clocks of Berlin go from 2:00 to 3:00: half past two is half past three that day.
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "Europe/Berlin", "2026-03-28T12:00:00", "2026-03-29T01:30:00"),
        # And from 3:00 to 2:00: the first half past two, once.
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "Europe/Berlin", "2026-10-24T12:00:00", "2026-10-25T00:30:00"),
        ("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "Europe/Berlin", "2026-10-25T00:30:00", "2026-10-26T01:30:00"),
        ("FREQ=WEEKLY;BYDAY=MO;BYHOUR=8;BYMINUTE=0", "UTC", "2026-11-24T00:00:00", "2026-11-30T08:00:00"),
    ],
)  # fmt: skip
def test_the_next_time(rule, zone, after, then):
    found = next_time(rule, zone, dt.datetime.fromisoformat(after).replace(tzinfo=dt.UTC))
    assert found == dt.datetime.fromisoformat(then).replace(tzinfo=dt.UTC)


@given(
    st.integers(0, 4 * 365 * 86_400),
    st.sampled_from(["Asia/Seoul", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "UTC"]),
)
def test_the_next_time_is_always_later_and_within_a_day_and_an_hour(seconds, zone):
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    found = next_time("FREQ=DAILY;BYHOUR=2;BYMINUTE=15", zone, start)
    assert start < found <= start + dt.timedelta(hours=26)
