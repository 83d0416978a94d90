"""The clock bugs of other trackers cannot happen here (PITFALLS P-01 … P-09, P-11, P-41)."""

from __future__ import annotations

import datetime as dt
import itertools
from contextlib import contextmanager
from functools import wraps

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from sla import machine
from sla.models import Clock, ClockEvent, ClockSegment
from sla.selectors import business_time_of, totals_of, view_of
from sla.services import fire_due_clocks
from tests.factories.schedules import CalendarFactory, CalendarHolidayFactory
from tests.factories.sla import Probe, SLADefinitionFactory, is_
from tests.schedules import minute_walk

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 86_400
LUNCH = {dow: [(540, 720), (780, 1080)] for dow in range(5)}
NIGHT = {dow: [(1320, 1800)] for dow in range(5)}


def at(day, hour=9, minute=0):
    """That wall clock in Seoul in March 2026; the 9th is a Monday."""
    local = dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    return local.astimezone(dt.UTC)


def by_priority(**targets):
    calendar = CalendarFactory(weekly=LUNCH)
    for name, hours in targets.items():
        SLADefinitionFactory(
            track="t", start_cond=is_("priority", int(name[1:])), target_s=hours * HOUR, calendar=calendar
        )


def oracle(clock, pauses):
    plan = business_time_of(clock).plan
    return minute_walk.due(plan, clock.started_at, clock.target_s, step=60, pauses=pauses, days=60)


@pytest.mark.pitfall("P-01")
def test_waiting_time_survives_a_change_of_priority_while_paused_and_while_running():
    by_priority(p3=16, p2=12, p1=8)
    probe = Probe(at(10, 9), priority=3)
    probe.write(at(10, 11), state="waiting")
    probe.write(at(10, 14), priority=2)
    assert probe.clock().stage == "paused"
    probe.write(at(10, 15), state="working")
    clock = probe.clock()
    assert (clock.accrued_s, clock.business_pause_s, clock.gen) == (2 * HOUR, 3 * HOUR, 2)
    assert clock.due_at == oracle(clock, [(at(10, 11), at(10, 15))])
    probe.write(at(10, 16), priority=1)
    clock = probe.clock()
    assert (clock.accrued_s, clock.business_pause_s, clock.gen) == (3 * HOUR, 3 * HOUR, 3)
    assert clock.due_at == oracle(clock, [(at(10, 11), at(10, 15))])
    assert view_of(clock, at(10, 17)).left_seconds == 4 * HOUR


@pytest.mark.pitfall("P-01")
def test_the_golden_vector_of_a_raised_priority():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    SLADefinitionFactory(track="t", start_cond=is_("priority", 1), target_s=4 * HOUR)
    probe = Probe(at(10, 9), priority=3)
    probe.write(at(10, 11), priority=1)
    assert probe.clock().due_at == at(10, 13)


WEEKS = st.sampled_from(
    [LUNCH, NIGHT, {dow: [(0, 1440)] for dow in range(7)}, {1: [(540, 600)], 4: [(0, 60)]}]
)
MOVES = st.lists(
    st.tuples(
        st.integers(1, 20 * 60).map(lambda minutes: dt.timedelta(minutes=minutes)),
        st.sampled_from(["waiting", "working", "solved", 1, 3]),
    ),
    max_size=8,
)


def live(probe, moves, *, sweep):
    """Walk the moves; with ``sweep`` fire a second before and after each edge, as the sweep would."""
    now, pauses, since = at(9), [], None
    for wait, move in moves:
        now += wait
        if sweep:
            fire_due_clocks(limit=50, now=now - dt.timedelta(seconds=1))
        probe.write(now, **({"priority": move} if isinstance(move, int) else {"state": move}))
        waits = probe.ticket.phase == "waiting"
        if waits and since is None:
            since = now
        elif not waits and since is not None:
            pauses.append((since, now))
            since = None
        if sweep:
            fire_due_clocks(limit=50, now=now + dt.timedelta(seconds=1))
    end = now + dt.timedelta(days=3)
    if sweep:
        fire_due_clocks(limit=50, now=end)
    return [*pauses, *([(since, end)] if since else [])], end


@contextmanager
def undone():
    """What one example writes is gone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def example(test):
    """Run each example of a property inside a savepoint of its own."""

    @wraps(test)
    def run(**values):
        with undone():
            test(**values)

    return run


@pytest.mark.pitfall("P-02")
@settings(max_examples=40)
@given(weekly=WEEKS, moves=MOVES, hours=st.integers(1, 20))
@example
def test_nothing_warns_or_breaches_inside_a_pause(weekly, moves, hours):
    calendar = CalendarFactory(weekly=weekly)
    for priority, target in ((3, hours), (1, 2 * hours)):
        SLADefinitionFactory(
            track="t", start_cond=is_("priority", priority), target_s=target * HOUR, calendar=calendar
        )
    probe = Probe(at(9), priority=3)
    pauses, _end = live(probe, moves, sweep=True)
    fired = list(ClockEvent.objects.filter(kind__in=["warn", "breach"]).values_list("at", flat=True))
    assert not [(instant, pause) for instant in fired for pause in pauses if pause[0] < instant < pause[1]]
    paused = Clock.objects.filter(stage="paused")
    assert not paused.filter(next_fire_at__isnull=False).exists()


@pytest.mark.pitfall("P-02")
@settings(max_examples=25)
@given(moves=MOVES, hours=st.integers(1, 12))
def test_when_it_is_swept_changes_nothing_about_what_fires_when(moves, hours):
    told = []
    for sweep in (True, False):
        with undone():
            SLADefinitionFactory(target_s=hours * HOUR, calendar=CalendarFactory(weekly=LUNCH))
            _pauses, end = live(Probe(at(9)), moves, sweep=sweep)
            fire_due_clocks(limit=50, now=end)
            marks = ClockEvent.objects.filter(kind__in=["warn", "breach"]).order_by("clock__cycle", "pk")
            told.append(list(marks.values_list("clock__cycle", "kind", "pct", "at")))
    assert told[0] == told[1]


@pytest.mark.pitfall("P-03")
def test_time_between_solved_and_reopened_is_solved_not_waiting():
    SLADefinitionFactory(target_s=HOUR)
    probe = Probe(at(10, 9))
    probe.write(at(10, 11), state="solved")
    first = probe.clock()
    probe.write(at(12, 11), state="working")
    second = probe.clock()
    assert (first.breached_at, first.stage, second.cycle) == (at(10, 10), "completed", 2)
    assert Clock.objects.get(pk=first.pk).breached_at == at(10, 10)
    totals = totals_of(second, now=at(12, 11, 30))
    assert (totals.solved, totals.paused, totals.running, totals.off_hours) == (2 * DAY, 0, HOUR // 2, 0)
    assert second.wall_pause_s == 0


@pytest.mark.pitfall("P-04")
@settings(max_examples=30)
@given(weekly=WEEKS, start=st.integers(0, 14 * 1440), hundreds=st.integers(1, 6), pct=st.integers(1, 99))
@example
def test_every_mark_fires_in_open_time_or_on_a_closing_edge(weekly, start, hundreds, pct):
    """A target of hundreds of minutes: each percent of it is an instant of the walk."""
    SLADefinitionFactory(target_s=6000 * hundreds, thresholds=[pct], calendar=CalendarFactory(weekly=weekly))
    clock = Probe(at(9) + dt.timedelta(minutes=start)).clock()
    biz = business_time_of(clock)
    fire_due_clocks(limit=50, now=at(9) + dt.timedelta(days=90))
    marks = ClockEvent.objects.filter(clock=clock, pct__isnull=False).values_list("pct", "at")
    expected = {
        share: minute_walk.due(biz.plan, clock.started_at, 60 * hundreds * share, days=60)
        for share in (pct, 100)
    }
    assert dict(marks) == expected
    assert all(biz.is_open(mark - dt.timedelta(seconds=1)) for mark in expected.values())


@pytest.mark.pitfall("P-05")
def test_days_equal_their_hours_and_a_weekend_on_hold_counts_its_open_seconds_once():
    SLADefinitionFactory(key="days", target_s=3 * DAY)
    SLADefinitionFactory(key="hours", target_s=72 * HOUR)
    probe = Probe(at(12, 10))
    assert probe.clock("days").due_at == probe.clock("hours").due_at
    due = probe.clock("days").due_at
    probe.write(at(13, 17), state="waiting")
    probe.write(at(16, 10), state="working")
    clock = probe.clock("days")
    assert business_time_of(clock).elapsed(due, clock.due_at) == 2 * HOUR
    assert clock.due_at == probe.clock("hours").due_at


@pytest.mark.pitfall("P-06")
@pytest.mark.parametrize("order", list(itertools.permutations(["response", "update", "resolution"])))
def test_three_promises_start_warn_miss_and_stop_each_alone(order):
    made = {
        "response": {"target_s": HOUR, "stop_cond": {"f": "first_response_at", "op": "nempty"}},
        "update": {
            "target_s": 2 * HOUR,
            "start_cond": is_("last_public_from", "requester"),
            "stop_cond": is_("last_public_from", "agent"),
        },
        "resolution": {"target_s": 4 * HOUR},
    }
    for place, key in enumerate(order):
        SLADefinitionFactory(key=key, order=place, pause_cond=None, **made[key])
    probe = Probe(at(10, 9), last_public_from="requester")
    assert {track for track, _cycle, _stage in probe.clocks()} == set(made)
    fire_due_clocks(limit=50, now=at(10, 10))
    missed = {track: probe.clock(track).breached_at for track in made}
    assert missed == {"response": at(10, 10), "update": None, "resolution": None}
    probe.write(at(10, 10, 30), last_public_from="agent", first_response_at=at(10, 10, 30))
    stages = {track: probe.clock(track).stage for track in made}
    assert stages == {"response": "completed", "update": "completed", "resolution": "in_progress"}
    probe.write(at(10, 11), last_public_from="requester")
    fire_due_clocks(limit=50, now=at(10, 14))
    update, resolution = probe.clock("update"), probe.clock("resolution")
    assert (update.cycle, update.breached_at, resolution.breached_at) == (2, at(10, 13), at(10, 13))
    probe.write(at(10, 15), state="solved")
    assert probe.clock("resolution").stage == "completed"
    assert probe.clock("response").breached_at == at(10, 10)


@pytest.mark.pitfall("P-07")
def test_ten_days_on_hold_leave_the_time_left_as_it_was_and_fire_nothing():
    SLADefinitionFactory(thresholds=[50, 75])
    probe = Probe(at(9, 9))
    probe.write(at(9, 10, 59), state="waiting")
    left = view_of(probe.clock(), at(9, 10, 59)).left_seconds
    assert view_of(probe.clock(), at(19, 9)).left_seconds == left
    probe.write(at(19, 10, 59), state="working")
    assert view_of(probe.clock(), at(19, 10, 59)).left_seconds == left == 4 * HOUR - 119 * 60
    assert fire_due_clocks(limit=50, now=at(19, 10, 59)) == 0
    assert not ClockEvent.objects.filter(kind__in=["warn", "breach"]).exists()
    assert fire_due_clocks(limit=50, now=at(19, 11)) == 1


@pytest.mark.pitfall("P-08")
@settings(max_examples=40)
@given(weekly=WEEKS, moves=MOVES, hours=st.integers(1, 20))
@example
def test_the_parts_sum_to_wall_time_and_history_gives_the_stored_row(weekly, moves, hours):
    calendar = CalendarFactory(weekly=weekly)
    for priority, target in ((3, hours), (1, 2 * hours)):
        SLADefinitionFactory(
            track="t", start_cond=is_("priority", priority), target_s=target * HOUR, calendar=calendar
        )
    probe = Probe(at(9), priority=3)
    _pauses, end = live(probe, moves, sweep=False)
    for clock in Clock.objects.select_related("calendar").order_by("cycle"):
        rows = list(ClockSegment.objects.filter(clock=clock).order_by("began_at"))
        assert all(one.ended_at == two.began_at for one, two in itertools.pairwise(rows))
        began = rows[0].began_at if rows else clock.started_at
        totals = totals_of(clock, now=end)
        whole = totals.running + totals.paused + totals.off_hours + totals.solved
        assert whole == ((clock.stopped_at or end) - began).total_seconds()
        plan = business_time_of(clock).plan
        assert _replayed(plan, rows) == (clock.accrued_s, clock.business_pause_s, clock.wall_pause_s)
        if clock.stage == "in_progress" and clock.breached_at is None:
            waits = [(row.began_at, row.ended_at) for row in rows if row.kind == "paused"]
            expected = minute_walk.due(plan, clock.started_at, clock.target_s, pauses=waits, days=21)
            horizon = clock.started_at + dt.timedelta(days=21)
            assert clock.due_at == expected or (expected is None and clock.due_at >= horizon)
        assert machine.elapsed(clock, business_time_of(clock), end) == totals.running


def _replayed(plan, rows):
    """Used, paused open and paused wall seconds, counted again from the stretches by a walk in minutes."""
    spent = {"running": 0, "paused": 0, "solved": 0}
    for row in rows:
        *_all, (_end, total) = minute_walk.running_total(plan, row.began_at, row.ended_at, step=60)
        spent[row.kind] += total
    wall = sum((row.ended_at - row.began_at).total_seconds() for row in rows if row.kind == "paused")
    return spent["running"], spent["paused"], wall


@pytest.mark.pitfall("P-09")
@pytest.mark.parametrize("days", [{1}, {3}, {6}, {0, 3}, {2, 4, 5}, set(range(7))])
def test_a_week_of_any_days_counts_and_a_holiday_is_a_whole_day(days):
    calendar = CalendarFactory(weekly={day: [(540, 720), (780, 1080)] for day in days})
    CalendarHolidayFactory(calendar=calendar, date=dt.date(2026, 3, 17))
    SLADefinitionFactory(target_s=12 * HOUR, calendar=calendar)
    for day in range(9, 23):
        clock = Probe(at(day, 10)).clock()
        assert clock.due_at == oracle(clock, [])


@pytest.mark.pitfall("P-09")
def test_round_the_clock_is_plain_seconds_however_it_is_written():
    days = {dow: [(0, 1440)] for dow in range(7)}
    halves = {dow: [(0, 600), (600, 1440)] for dow in range(7)}
    nights = {dow: [(720, 2160)] for dow in range(7)}
    for key, weekly in (("days", days), ("halves", halves), ("nights", nights)):
        calendar = CalendarFactory(weekly=weekly, tz="America/New_York")
        SLADefinitionFactory(key=key, target_s=400 * DAY, calendar=calendar)
    SLADefinitionFactory(key="none", target_s=400 * DAY, calendar=None, calendar_source="none")
    probe = Probe(at(9))
    due = {probe.clock(key).due_at for key in ("days", "halves", "nights", "none")}
    assert due == {at(9) + dt.timedelta(days=400)}


@pytest.mark.pitfall("P-11")
@pytest.mark.parametrize("tz", minute_walk.ZONES)
def test_clocks_keep_the_wall_clock_over_every_change_of_offset(tz):
    week = {dow: [(90, 210), (540, 1080), (1380, 1500)] for dow in range(7)}
    SLADefinitionFactory(target_s=26 * HOUR, calendar=CalendarFactory(weekly=week, tz=tz), thresholds=[])
    for edge in minute_walk.EDGES:
        with undone():
            probe = Probe(edge - dt.timedelta(days=1))
            waits = edge - dt.timedelta(hours=3), edge + dt.timedelta(hours=5)
            probe.write(waits[0], state="waiting")
            probe.write(waits[1], state="working")
            clock = probe.clock()
            assert clock.due_at == oracle(clock, [waits])
            fire_due_clocks(limit=50, now=edge + dt.timedelta(days=9))
            assert probe.clock().breached_at == clock.due_at


@pytest.mark.pitfall("P-41")
@pytest.mark.parametrize("state", ["closed", "cancelled"])
@pytest.mark.parametrize("mode", ["start_unmet", "never"])
def test_a_ticket_that_is_over_has_no_open_clock_and_escalates_no_more(state, mode):
    SLADefinitionFactory(key="a", stop_cond=None, cancel_mode=mode)
    SLADefinitionFactory(key="b", stop_cond=None, cancel_mode=mode, start_cond=is_("priority", 3))
    probe = Probe(at(10, 9), priority=3)
    probe.write(at(10, 10), state=state)
    assert [stage for _track, _cycle, stage in probe.clocks()] == ["cancelled", "cancelled"]
    assert fire_due_clocks(limit=50, now=at(20)) == 0
    assert not ClockEvent.objects.filter(kind__in=["warn", "breach"]).exists()


@pytest.mark.pitfall("P-41")
def test_the_database_refuses_an_open_clock_on_a_ticket_that_is_over():
    SLADefinitionFactory()
    probe = Probe(at(10, 9))
    columns = (
        "ticket_id, definition_id, cycle, gen, target_s, accrued_s, business_pause_s, wall_pause_s,"
        " started_at, tz, since_verb, lock_version"
    )
    again = (
        f"INSERT INTO sla_clock (track, stage, running_since, {columns})"
        f" SELECT 'again', 'in_progress', now(), {columns} FROM sla_clock WHERE ticket_id = %s"
    )
    close = "UPDATE tickets_ticket SET state_rank = 90, phase = 'done', closed_at = now() WHERE id = %s"
    with pytest.raises(IntegrityError, match="no open clock"), transaction.atomic():
        run_sql(close, probe.ticket.pk)
    probe.write(at(10, 10), state="closed")
    with pytest.raises(IntegrityError, match="no open clock"), transaction.atomic():
        run_sql(again, probe.ticket.pk)
    with pytest.raises(IntegrityError, match="no open clock"), transaction.atomic():
        run_sql(
            "UPDATE sla_clock SET stage = 'paused', paused_since = now(), stopped_at = NULL"
            " WHERE ticket_id = %s",
            probe.ticket.pk,
        )
    assert not Clock.objects.filter(stage__in=["in_progress", "paused"]).exists()


def run_sql(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
