"""What the database itself refuses about definitions and clocks, by raw SQL (DD-6, DD-7, DS-12, DR-7)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from sla.models import Clock, ClockEvent, ClockSegment, SLADefinition
from tests.factories.sla import Probe, SLADefinitionFactory

pytestmark = pytest.mark.django_db
REOPEN = "stage = 'paused', paused_since = now(), stopped_at = NULL"
START = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)


def run(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def probe():
    SLADefinitionFactory(key="p")
    return Probe(START)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("running_since = NULL", "clock_runs_iff_in_progress"),
        ("stage = 'paused', next_fire_at = NULL", "clock_runs_iff_in_progress"),
        ("stage = 'paused', running_since = NULL, next_fire_at = NULL", "clock_waits_iff_paused"),
        ("paused_since = now()", "clock_waits_iff_paused"),
        ("stage = 'paused', running_since = NULL, paused_since = now()", "clock_fires_only_in_progress"),
        (
            "stage = 'completed', running_since = NULL, stopped_at = now()",
            "clock_fires_only_in_progress",
        ),
        ("stage = 'completed', running_since = NULL, next_fire_at = NULL", "clock_stopped_iff_over"),
        ("stopped_at = now()", "clock_stopped_iff_over"),
        ("target_s = 0", "clock_target"),
        ("accrued_s = -1", "accrued_s"),
    ],
)
def test_dd6_a_clock_that_contradicts_itself_is_refused(probe, change, rule):
    with pytest.raises(IntegrityError, match=rule):
        run(f"UPDATE sla_clock SET {change} WHERE id = %s", probe.clock().pk)


def test_dd6_a_clock_that_does_not_is_accepted(probe):
    run(
        "UPDATE sla_clock SET stage = 'paused', running_since = NULL, paused_since = now(),"
        " next_fire_at = NULL WHERE id = %s",
        probe.clock().pk,
    )


def copy_of(clock, **changes):
    values = {field.attname: getattr(clock, field.attname) for field in Clock._meta.concrete_fields}
    return Clock(**{k: v for k, v in values.items() if k not in {"id", "public_id"}} | changes)


def test_dd7_a_ticket_has_one_open_clock_per_definition_and_per_track(probe):
    clock = probe.clock()
    other = SLADefinitionFactory()
    with pytest.raises(IntegrityError, match="clock_one_open_per_definition"), transaction.atomic():
        copy_of(clock, cycle=2, track="elsewhere").save()
    with pytest.raises(IntegrityError, match="clock_one_open_per_track"), transaction.atomic():
        copy_of(clock, cycle=2, definition_id=other.pk).save()
    over = {"stage": "completed", "running_since": None, "next_fire_at": None, "stopped_at": START}
    with pytest.raises(IntegrityError, match="clock_cycle"), transaction.atomic():
        copy_of(clock, **over).save()
    copy_of(clock, cycle=2, **over).save()
    copy_of(clock, track="elsewhere", definition_id=other.pk).save()


def test_dd7_a_mark_exists_once_per_clock_and_target(probe):
    clock = probe.clock()
    for kind, pct in (("warn", 50), ("warn", 75), ("breach", 100)):
        ClockEvent.objects.create(clock=clock, gen=1, kind=kind, pct=pct, at=START)
    with pytest.raises(IntegrityError, match="clock_event_once"), transaction.atomic():
        ClockEvent.objects.create(clock=clock, gen=1, kind="warn", pct=50, at=START)
    ClockEvent.objects.create(clock=clock, gen=2, kind="warn", pct=50, at=START)
    for _again in range(2):
        ClockEvent.objects.create(clock=clock, gen=1, kind="pause", at=START)


@pytest.mark.parametrize(("kind", "pct"), [("warn", None), ("breach", None), ("pause", 50)])
def test_an_event_has_a_percentage_iff_it_is_a_mark(probe, kind, pct):
    with pytest.raises(IntegrityError, match="clock_event_mark"):
        ClockEvent.objects.create(clock=probe.clock(), gen=1, kind=kind, pct=pct, at=START)


@pytest.mark.parametrize("table", ["sla_clockevent", "sla_clocksegment"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET gen = 2", "DELETE FROM {}"])
def test_the_ledger_is_append_only(probe, table, statement):
    ClockSegment.objects.create(
        clock=probe.clock(), gen=1, kind="running", open_s=1, began_at=START, ended_at=START + dt.timedelta(1)
    )
    with pytest.raises(DatabaseError, match=r"[Cc]annot"):
        run(statement.format(table))


def test_ds12_an_open_clock_on_a_closed_ticket_is_refused_from_both_sides(probe):
    clock = probe.clock()
    close = "UPDATE tickets_ticket SET state_rank = 90, phase = 'done', closed_at = now() WHERE id = %s"
    with pytest.raises(IntegrityError, match="no open clock"):
        run(close, probe.ticket.pk)
    end = "stage = 'completed', running_since = NULL, next_fire_at = NULL, stopped_at = now()"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(close, [probe.ticket.pk])
        cursor.execute(f"UPDATE sla_clock SET {end} WHERE id = %s", [clock.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with pytest.raises(IntegrityError, match="no open clock"):
        run(
            "UPDATE sla_clock SET stage = 'paused', paused_since = now(), stopped_at = NULL WHERE id = %s",
            clock.pk,
        )
    fresh = {"stage": "in_progress", "running_since": START, "stopped_at": None}
    another = copy_of(clock, track="x", definition_id=SLADefinitionFactory().pk, **fresh)
    with pytest.raises(IntegrityError, match="no open clock"), transaction.atomic():
        another.save()


@pytest.mark.parametrize(
    "change", ["target_s = 1", "start_cond = '{}'", "status = 'draft'", "key = 'x'", "thresholds = '{1}'"]
)
@pytest.mark.parametrize("status", ["published", "retired"])
def test_dr7_a_published_definition_never_changes(status, change):
    row = SLADefinitionFactory(status=status)
    with pytest.raises(IntegrityError, match="only be retired"):
        run(f"UPDATE sla_sladefinition SET {change} WHERE id = %s", row.pk)


def test_dr7_it_can_be_retired_once_and_never_deleted():
    row = SLADefinitionFactory()
    run("UPDATE sla_sladefinition SET status = 'retired', retired_at = now() WHERE id = %s", row.pk)
    with pytest.raises(IntegrityError, match="only be retired"):
        run("UPDATE sla_sladefinition SET status = 'published' WHERE id = %s", row.pk)
    with pytest.raises(DatabaseError, match=r"[Cc]annot"):
        run("DELETE FROM sla_sladefinition WHERE id = %s", row.pk)


def test_a_draft_can_be_changed_and_deleted():
    row = SLADefinitionFactory(status="draft")
    run("UPDATE sla_sladefinition SET target_s = 1 WHERE id = %s", row.pk)
    run("DELETE FROM sla_sladefinition WHERE id = %s", row.pk)


def test_a_key_has_one_published_version():
    SLADefinitionFactory(key="same", no=1)
    SLADefinitionFactory(key="same", no=2, status="draft")
    with pytest.raises(IntegrityError, match="sla_definition_one_published"), transaction.atomic():
        SLADefinitionFactory(key="same", no=3)
    with pytest.raises(IntegrityError, match="sla_definition_version"), transaction.atomic():
        SLADefinitionFactory(key="same", no=2, status="draft")


@pytest.mark.parametrize("wrong", [{"target_s": 0}, {"calendar": None}])
def test_a_definition_without_target_or_calendar_is_refused(wrong):
    with pytest.raises(IntegrityError, match="sla_definition_"), transaction.atomic():
        SLADefinitionFactory(**wrong)
    assert not SLADefinition.objects.filter(kind="probe").exists()
