"""Planning anew after a calendar was edited: in batches, nothing forgotten, and how far it has come."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import translation

from core.models import OutboxEvent
from schedules import dependents
from schedules.models import CalendarException, CalendarHours
from sla import replanning
from sla.models import Clock, ClockEvent
from sla.selectors import business_time_of
from sla.services import fire_due_clocks, replan_clocks
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import Probe, SLADefinitionFactory
from tests.sla.test_services import at_once

HOUR = 3600
TEN = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)  # Tuesday 10:00 in Seoul


@pytest.fixture
def one_each(monkeypatch):
    """A piece of the sweep is one clock."""
    monkeypatch.setattr(replanning, "PER_PIECE", 1)


def later(hours):
    return TEN + dt.timedelta(hours=hours)


def open_longer(calendar):
    CalendarHours.objects.filter(calendar=calendar).update(end_min=1140)
    calendar.refresh_from_db()


def numbers(calendar):
    found = replanning.following(calendar)
    return found.done, found.total, found.left, found.percent


@pytest.mark.django_db
def test_an_edited_calendar_plans_running_clocks_anew_and_never_un_breaches():
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar, thresholds=[50])
    running, late, paused = Probe(TEN), Probe(later(-20)), Probe(TEN, state="waiting")
    fire_due_clocks(limit=10, now=later(1))
    missed = late.clock().breached_at
    assert missed is not None
    versions = [running.clock().lock_version, late.clock().lock_version]
    day = dt.date(2026, 3, 10)
    CalendarException.objects.create(calendar=calendar, date=day, intervals=[[540, 660]], name="Half day")
    assert replan_clocks(limit=10) == 2
    assert running.clock().due_at == later(26)
    assert running.clock().next_fire_at == later(24)
    assert (late.clock().breached_at, late.clock().due_at) == (missed, missed)
    assert paused.clock().due_at is None
    assert ClockEvent.objects.filter(kind="recalc").count() == 2
    assert [running.clock().lock_version, late.clock().lock_version] == [each + 1 for each in versions]
    assert replan_clocks(limit=10) == 0


@pytest.mark.django_db
def test_planning_anew_goes_in_batches_and_asks_little_when_nothing_changed(
    one_each, django_assert_num_queries
):
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    for _number in range(5):
        Probe(TEN)
    open_longer(calendar)
    assert [replan_clocks(limit=2) for _turn in range(4)] == [2, 2, 1, 0]
    with django_assert_num_queries(1):
        replan_clocks(limit=2)


@pytest.mark.django_db
def test_the_clocks_of_several_calendars_share_a_batch(one_each):
    calendars = [CalendarFactory(), CalendarFactory()]
    for calendar in calendars:
        SLADefinitionFactory(calendar=calendar)
    Probe(TEN)
    for calendar in calendars:
        open_longer(calendar)
    assert replan_clocks(limit=5) == 2
    assert {clock.calendar_version for clock in Clock.objects.all()} == {
        calendar.version for calendar in calendars
    }


@pytest.mark.django_db
@pytest.mark.parametrize("clocks", [2, 20])
def test_a_batch_costs_the_same_for_few_and_many(clocks, django_assert_num_queries):
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    for _number in range(clocks):
        Probe(TEN)
    open_longer(calendar)
    for _number in range(clocks):
        CalendarFactory()
    # Revisions, the book (three), which calendars, their clocks, hours, holidays, exceptions, the instant,
    # clocks, events; two are the savepoint of a test.
    with django_assert_num_queries(16):
        assert replan_clocks(limit=50) == clocks


@pytest.mark.django_db
def test_what_was_planned_anew_is_what_a_new_clock_would_get():
    calendar = CalendarFactory(weekly={dow: [(540, 720), (780, 1080)] for dow in range(5)})
    SLADefinitionFactory(calendar=calendar, target_s=20 * HOUR)
    probes = [Probe(later(hours)) for hours in range(-30, 30, 7)]
    CalendarHours.objects.filter(calendar=calendar, start_min=540).update(end_min=660)
    while replan_clocks(limit=50):
        pass
    for probe in probes:
        clock = probe.clock()
        biz = business_time_of(clock)
        assert clock.due_at == biz.add(clock.started_at, 20 * HOUR)
        assert clock.next_fire_at == biz.add(clock.started_at, 10 * HOUR)


@pytest.mark.django_db
def test_progress_is_counted_exactly_and_ends_at_all(one_each):
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    probes = [Probe(TEN) for _number in range(4)]
    Probe(TEN, state="waiting")
    assert numbers(calendar) == (0, 0, 0, 100)
    open_longer(calendar)
    assert numbers(calendar) == (0, 4, 4, 0)
    replan_clocks(limit=3)
    assert numbers(calendar) == (3, 4, 1, 75)
    probes[3].write(later(1), state="solved")
    assert numbers(calendar) == (4, 4, 0, 100)
    assert [each.total for each in dependents.following(calendar)] == [4]
    open_longer(calendar)  # the same hours again are another version
    assert numbers(calendar) == (0, 3, 3, 0)


@pytest.mark.django_db
def test_progress_without_what_was_remembered_says_what_is_left(one_each):
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    for _number in range(3):
        Probe(TEN)
    open_longer(calendar)
    replanning.following(calendar)
    replan_clocks(limit=1)
    cache.clear()
    assert numbers(calendar) == (0, 2, 2, 0)
    replan_clocks(limit=5)
    cache.clear()
    assert dependents.following(calendar) == []


@pytest.mark.django_db
@pytest.mark.parametrize("clocks", [2, 20])
def test_progress_asks_one_thing_however_many_clocks_there_are(clocks, django_assert_num_queries):
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    for _number in range(clocks):
        Probe(TEN)
    open_longer(calendar)
    with django_assert_num_queries(1):
        assert replanning.following(calendar).left == clocks


@pytest.mark.django_db
def test_counting_and_picking_read_the_index_of_running_clocks_by_calendar():
    where = "WHERE stage = 'in_progress' AND calendar_id = 1 AND calendar_version < 9"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for query in (
            f"SELECT count(*) FROM sla_clock {where}",
            f"SELECT * FROM sla_clock {where} ORDER BY calendar_version LIMIT 9 FOR NO KEY UPDATE",
        ):
            cursor.execute(f"EXPLAIN {query}")
            plan = " ".join(row[0] for row in cursor.fetchall())
            assert "clock_of_calendar" in plan
            assert "Sort" not in plan


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_and_a_writer_at_once_plan_each_clock_once(one_each):
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar, target_s=9 * HOUR, thresholds=[])
    probes = [Probe(TEN) for _number in range(20)]
    open_longer(calendar)

    def plan():
        while replan_clocks(limit=3):
            pass

    def hold():
        for probe in probes[:10]:
            with transaction.atomic():
                probe.write(later(1), state="waiting")

    failures = at_once([plan, plan, hold])
    while replan_clocks(limit=50):
        pass
    assert failures == []
    planned = ClockEvent.objects.filter(kind="recalc").values_list("clock", flat=True)
    assert len(planned) == len(set(planned))
    running = Clock.objects.filter(stage="in_progress")
    assert set(running.values_list("due_at", flat=True)) == {later(9)}  # 10:00 to 19:00
    assert running.count() == 10
    assert not Clock.objects.filter(stage="paused", due_at__isnull=False).exists()


@pytest.mark.django_db
def test_a_calendar_that_opens_no_more_leaves_no_due_time_and_does_not_loop():
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    probe = Probe(TEN)
    CalendarHours.objects.filter(calendar=calendar).delete()
    assert replan_clocks(limit=50) == 1
    clock = probe.clock()
    assert (clock.due_at, clock.next_fire_at) == (None, None)
    assert fire_due_clocks(limit=50, now=later(24 * 3650)) == 0
    assert replan_clocks(limit=50) == 0
    probe.write(later(1), state="waiting")
    probe.write(later(2), state="working")
    assert probe.clock().due_at is None
    CalendarHours.objects.create(calendar=calendar, dow=2, start_min=540, end_min=1080)
    assert replan_clocks(limit=50) == 1
    assert probe.clock().due_at is not None


@pytest.mark.django_db
def test_the_words_of_progress_follow_the_reader():
    calendar = CalendarFactory()
    with translation.override("ko"):
        assert "SLA" in replanning.following(calendar).label
    with translation.override("en"):
        assert replanning.following(calendar).label == "Running SLA clocks"


@pytest.mark.django_db
def test_planning_anew_tells_nobody():
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar)
    Probe(TEN)
    before = OutboxEvent.objects.count()
    open_longer(calendar)
    replan_clocks(limit=50)
    assert OutboxEvent.objects.count() == before
