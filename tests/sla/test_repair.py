"""Repair: the difference is shown, confirmed, and written beside what was booked (PROCESSES SLA-13, P-39)."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, StaleVersionError
from core.models import AuditLog, OutboxEvent
from core.time import db_now
from sla.choices import Rules, Status
from sla.models import Clock, ClockEvent, ClockSegment, SLADefinition
from sla.past.repair import apply_repair, diff_of
from sla.selectors import totals_of
from sla.services import publish_definition, retire_definition
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.sla.histories import life
from tests.sla.test_replay import draft_of

pytestmark = pytest.mark.django_db
HOUR = 3600


def lived(one, *moves):
    for move in moves:
        one.wait(30)
        one.do(move)


def clock_of(one, track="incident_resolution", cycle=1):
    rows = Clock.objects.select_related("calendar", "ticket", "definition")
    return rows.get(ticket=one.pk, track=track, cycle=cycle)


def spoil(clock, **values):
    """What a fault of the program, or a hand in the database, could do."""
    Clock.objects.filter(pk=clock.pk).update(**values)


def sum_is_wall_time(clock, now):
    totals = totals_of(clock, now=now)
    began = clock.segments.order_by("began_at").values_list("began_at", flat=True)
    start = min([clock.started_at, *began[:1]])
    end = clock.stopped_at or now
    whole = totals.running + totals.paused + totals.off_hours + totals.solved
    return whole == (end - start).total_seconds()


def test_sound_clocks_have_no_difference_and_nothing_is_written():
    with life() as one:
        lived(one, "start", "hold", "resume", "raise_it")
        before = (Clock.objects.count(), ClockEvent.objects.count(), OutboxEvent.objects.count())
        diff = apply_repair(one.pk, actor=administrator())
        assert diff.clocks == ()
        assert (Clock.objects.count(), ClockEvent.objects.count(), OutboxEvent.objects.count()) == before


def test_a_mark_that_is_due_and_not_swept_yet_is_no_difference():
    with life(impact=1, urgency=1) as one:
        one.wait(24 * 60, sweep=False)
        assert diff_of(one.ticket).clocks == ()


def test_the_difference_names_each_column_with_both_values():
    with life() as one:
        lived(one, "start", "hold", "resume")
        clock = clock_of(one)
        spoil(clock, accrued_s=5, business_pause_s=0)
        (found,) = diff_of(one.ticket).clocks
        values = {pair.name: (pair.stored, pair.replayed) for pair in found.fields}
        assert (found.kind, found.track, found.cycle) == ("changed", "incident_resolution", 1)
        assert values["accrued_s"] == (5, clock.accrued_s)
        assert set(values) <= {"accrued_s", "business_pause_s"}


def test_a_repair_writes_what_history_makes_in_a_new_account_and_takes_nothing_back():
    with life(impact=1, urgency=1) as one:
        lived(one, "start", "hold", "resume", "lower_it")
        right = clock_of(one)
        events, segments = list(right.events.values_list("pk", flat=True)), right.segments.count()
        spoil(right, accrued_s=right.accrued_s + 999, wall_pause_s=1)
        actor = administrator()
        shown = diff_of(one.ticket)
        apply_repair(one.pk, actor=actor, expected=shown.digest)
        clock = clock_of(one)
        assert (clock.accrued_s, clock.wall_pause_s) == (right.accrued_s, right.wall_pause_s)
        assert (clock.due_at, clock.running_since) == (right.due_at, right.running_since)
        assert clock.gen == 2 * right.gen
        assert set(events) < set(clock.events.values_list("pk", flat=True))
        assert clock.segments.count() == 2 * segments
        begin = clock.events.get(kind="recalc")
        assert (begin.gen, begin.cause["verb"], begin.cause["actor"]) == (right.gen + 1, "repaired", actor.pk)
        assert begin.cause["changes"]["wall_pause_s"] == [1, right.wall_pause_s]
        assert sum_is_wall_time(clock, db_now().replace(microsecond=0) + dt.timedelta(hours=5))
        assert diff_of(one.ticket).clocks == ()


def test_a_repair_is_told_of_once_and_late_marks_tell_nobody():
    with life(impact=1, urgency=1) as one:
        one.wait(5 * 60)
        clock = clock_of(one)
        assert clock.breached_at is not None
        told = OutboxEvent.objects.filter(name="sla.breached").count()
        spoil(clock, breached_at=None)
        apply_repair(one.pk, actor=administrator())
        assert clock_of(one).breached_at == clock.breached_at
        assert OutboxEvent.objects.filter(name="sla.breached").count() == told
        event = OutboxEvent.objects.get(name="sla.repaired")
        assert event.payload["number"] == one.ticket.number
        assert event.payload["clocks"] == [{"track": "incident_resolution", "cycle": 1, "what": "changed"}]
        assert AuditLog.objects.filter(action="repaired", object_ref=one.ticket.number).count() == 1
        assert one.ticket.activities.filter(verb="sla_repaired", kind="sla", is_public=False).count() == 1


@pytest.mark.pitfall("P-39")
def test_closed_tickets_follow_the_definitions_of_today_on_demand_with_a_difference():
    with life(impact=1, urgency=1) as one:
        lived(one, "start", "resolve", "close")
        assert clock_of(one).breached_at is None
        old = SLADefinition.objects.get(key="incident_resolution_p1", status=Status.PUBLISHED)
        publish_definition(draft_of(old, target_s=HOUR // 2).pk, actor=None)
        assert diff_of(one.ticket).clocks == ()
        shown = diff_of(one.ticket, rules=Rules.NOW)
        names = {pair.name for each in shown.clocks for pair in each.fields}
        assert {"definition_id", "target_s", "breached_at"} <= names
        apply_repair(one.pk, actor=administrator(), expected=shown.digest, rules=Rules.NOW)
        clock = clock_of(one)
        assert (clock.target_s, clock.stage) == (HOUR // 2, "completed")
        assert clock.breached_at == clock.started_at + dt.timedelta(minutes=30)
        assert sum_is_wall_time(clock, db_now())


def test_a_clock_that_never_started_is_made_and_one_that_never_should_is_cancelled_at_its_start():
    with life(impact=1, urgency=1) as one:
        lived(one, "start", "hold", "resume")
        row = SLADefinition.objects.get(key="incident_resolution_p1", status=Status.PUBLISHED)
        draft = draft_of(row, key="other", track="other", no=1)
        retire_definition(row.pk, actor=None)
        publish_definition(draft.pk, actor=None)
        shown = diff_of(one.ticket, rules=Rules.NOW)
        assert {(each.track, each.kind) for each in shown.clocks} == {
            ("incident_resolution", "extra"),
            ("other", "missing"),
        }
        apply_repair(one.pk, actor=administrator(), rules=Rules.NOW)
        gone, new = clock_of(one), clock_of(one, "other")
        assert (gone.stage, gone.stopped_at, gone.accrued_s) == ("cancelled", gone.started_at, 0)
        assert sum_is_wall_time(gone, db_now())
        assert (new.stage, new.started_at) == ("in_progress", gone.started_at)
        assert new.business_pause_s > 0
        assert sum_is_wall_time(new, db_now().replace(microsecond=0))
        assert diff_of(one.ticket, rules=Rules.NOW).clocks == ()


def test_a_second_repair_counts_from_the_last_one():
    with life() as one:
        lived(one, "start", "hold", "resume")
        actor = administrator()
        for _turn in range(2):
            spoil(clock_of(one), accrued_s=1)
            apply_repair(one.pk, actor=actor)
        clock = clock_of(one)
        assert diff_of(one.ticket).clocks == ()
        assert clock.gen == 3
        assert sum_is_wall_time(clock, db_now().replace(microsecond=0))
        one.wait(30)
        one.do("resolve")
        assert diff_of(one.ticket).clocks == ()
        assert sum_is_wall_time(clock_of(one), db_now())


def test_who_may_not_is_refused_and_nothing_changes():
    with life() as one:
        spoil(clock_of(one), accrued_s=7)
        for actor, refusal in ((AgentFactory(), NotAllowedError), (UserFactory(), NotVisibleError)):
            with pytest.raises(refusal):
                apply_repair(one.pk, actor=actor)
        admin = administrator()
        with pytest.raises(StaleVersionError):
            apply_repair(one.pk, actor=admin, expected="0" * 32)
        with pytest.raises(RuleRefusedError):
            apply_repair(one.pk, actor=admin, rules="tomorrow")
        assert clock_of(one).accrued_s == 7
        assert not OutboxEvent.objects.filter(name="sla.repaired").exists()
        assert not ClockSegment.objects.filter(clock__ticket=one.pk).exists()
