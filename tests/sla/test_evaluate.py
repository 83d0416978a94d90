"""What each write does to the clocks of its ticket, rule by rule (PROCESSES SLA-03)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schedules.models import Calendar, GroupCalendar
from sla.book import current
from sla.models import Clock, ClockEvent, ClockSegment, SLADefinition
from tests.factories.accounts import GroupFactory, LocationFactory, UserFactory
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import Probe, SLADefinitionFactory, is_
from tests.sla.moments import HOUR, at, events
from tickets.models import Activity

pytestmark = pytest.mark.django_db


def stretches(clock):
    rows = ClockSegment.objects.filter(clock=clock).order_by("began_at")
    return list(rows.values_list("kind", "began_at", "ended_at", "open_s"))


def test_a_clock_starts_with_its_ticket_and_is_due_after_its_open_hours():
    SLADefinitionFactory(target_s=4 * HOUR)
    probe = Probe(at(10, 16))
    clock = probe.clock()
    assert (clock.stage, clock.started_at, clock.running_since) == ("in_progress", at(10, 16), at(10, 16))
    assert (clock.due_at, clock.original_due_at) == (at(11, 11), at(11, 11))
    assert (clock.next_pct, clock.next_fire_at) == (50, at(10, 18))
    assert events(clock) == [("attach", 1, None, at(10, 16))]


@pytest.mark.parametrize(
    ("conditions", "attached"),
    [
        ({"start_cond": {}}, True),
        ({"start_cond": is_("priority", 1)}, False),
        ({"stop_cond": {}}, False),
        ({"stop_cond": None}, True),
        ({"cancel_cond": {}}, True),
        ({"cancel_cond": {}, "cancel_mode": "cancel_cond"}, False),
        ({"kind": "incident"}, False),
        ({"status": "draft"}, False),
        ({"status": "retired"}, False),
    ],
)
def test_pass_1_attaches_iff_start_and_neither_stop_nor_cancel(conditions, attached):
    SLADefinitionFactory(**conditions)
    assert bool(Probe(at(10)).clocks()) is attached


def test_stop_completes_and_the_verdict_stays():
    SLADefinitionFactory()
    probe = Probe(at(10))
    probe.write(at(10, 11), "solve", state="solved")
    clock = probe.clock()
    assert (clock.stage, clock.stopped_at, clock.accrued_s) == ("completed", at(10, 11), 2 * HOUR)
    assert (clock.due_at, clock.next_fire_at, clock.breached_at) == (at(10, 13), None, None)
    assert stretches(clock) == [("running", at(10), at(10, 11), 2 * HOUR)]


def test_pause_and_resume_move_the_due_time_by_the_open_seconds_paused():
    SLADefinitionFactory()
    probe = Probe(at(13, 16))
    probe.write(at(13, 17), state="waiting")
    clock = probe.clock()
    assert (clock.stage, clock.paused_since, clock.accrued_s) == ("paused", at(13, 17), HOUR)
    assert (clock.due_at, clock.next_fire_at) == (None, None)
    probe.write(at(16, 10), state="working")
    clock = probe.clock()
    assert (clock.stage, clock.running_since, clock.due_at) == ("in_progress", at(16, 10), at(16, 13))
    assert (clock.business_pause_s, clock.wall_pause_s) == (2 * HOUR, 65 * HOUR)
    assert clock.original_due_at == at(16, 11)
    assert [kind for kind, *_rest in events(clock)] == ["attach", "pause", "resume"]


def test_a_new_clock_may_start_paused():
    SLADefinitionFactory()
    clock = Probe(at(10), state="waiting").clock()
    assert (clock.stage, clock.paused_since, clock.accrued_s) == ("paused", at(10), 0)


def test_stop_comes_before_pause():
    SLADefinitionFactory(stop_cond=is_("phase", "waiting"))
    probe = Probe(at(10))
    probe.write(at(10, 10), state="waiting")
    assert probe.clock().stage == "completed"


def test_stop_comes_before_cancel():
    SLADefinitionFactory(start_cond=is_("state", "new"))
    probe = Probe(at(10))
    probe.write(at(10, 10), state="solved")
    assert probe.clock().stage == "completed"


def test_cancel_comes_before_pause():
    SLADefinitionFactory(start_cond=is_("phase", "open"))
    probe = Probe(at(10))
    probe.write(at(10, 10), state="waiting")
    assert probe.clock().stage == "cancelled"


@pytest.mark.parametrize(
    ("mode", "extra", "stage"),
    [
        ("start_unmet", {}, "cancelled"),
        ("cancel_cond", {"cancel_cond": is_("priority", 1)}, "cancelled"),
        ("cancel_cond", {"cancel_cond": is_("priority", 3)}, "in_progress"),
        ("never", {}, "in_progress"),
    ],
)
def test_what_cancels_is_what_the_definition_says(mode, extra, stage):
    SLADefinitionFactory(start_cond=is_("priority", 2), cancel_mode=mode, **extra)
    probe = Probe(at(10), priority=2)
    probe.write(at(10, 10), priority=1)
    assert probe.clock().stage == stage


def test_a_pause_may_end_by_a_condition_of_its_own():
    SLADefinitionFactory(resume_mode="resume_cond", resume_cond=is_("priority", 1))
    probe = Probe(at(10), state="waiting", priority=3)
    probe.write(at(10, 10), state="working")
    assert probe.clock().stage == "paused"
    probe.write(at(10, 11), priority=1)
    assert probe.clock().stage == "in_progress"


def test_reset_completes_and_starts_the_next_cycle_which_may_wait_at_once():
    SLADefinitionFactory(reset_cond={"f": "priority", "op": "changed"})
    probe = Probe(at(10), priority=3)
    probe.write(at(10, 10), priority=2, state="waiting")
    assert [(cycle, stage) for _track, cycle, stage in probe.clocks()] == [(1, "completed"), (2, "paused")]


def test_reopening_starts_the_next_cycle_with_the_whole_target():
    SLADefinitionFactory()
    probe = Probe(at(10))
    probe.write(at(10, 11), state="solved")
    probe.write(at(10, 12), state="working")
    assert [(cycle, stage) for _track, cycle, stage in probe.clocks()] == [
        (1, "completed"),
        (2, "in_progress"),
    ]
    assert probe.clock().due_at == at(10, 16)


def test_a_closed_ticket_has_no_open_clock_even_if_no_condition_ends_it():
    SLADefinitionFactory(start_cond={}, stop_cond=None)
    probe = Probe(at(10))
    probe.write(at(10, 10), state="closed")
    assert probe.clock().stage == "cancelled"


def test_a_clock_goes_on_under_a_definition_that_was_retired_since():
    row = SLADefinitionFactory()
    probe = Probe(at(10))
    SLADefinition.objects.filter(pk=row.pk).update(status="retired")
    probe.write(at(10, 10), state="waiting")
    probe.write(at(10, 11), state="working")
    assert probe.clock().due_at == at(10, 14)
    assert Probe(at(10)).clocks() == []


def test_a_new_version_is_used_for_new_tickets_only():
    first = SLADefinitionFactory(key="same", target_s=4 * HOUR)
    old = Probe(at(10))
    SLADefinition.objects.filter(pk=first.pk).update(status="retired")
    SLADefinitionFactory(key="same", no=2, target_s=HOUR, calendar=first.calendar)
    old.write(at(10, 10), priority=1)
    assert old.clock().due_at == at(10, 13)
    assert Probe(at(10)).clock().due_at == at(10, 10)


def test_of_one_track_the_first_definition_that_fits_starts():
    SLADefinitionFactory(track="t", order=2, target_s=HOUR)
    SLADefinitionFactory(track="t", order=1, target_s=2 * HOUR)
    assert Probe(at(10)).clock().target_s == 2 * HOUR


def test_marks_that_came_due_before_a_write_exist_before_it_does_anything_else():
    SLADefinitionFactory(thresholds=[25, 50])
    probe = Probe(at(10))
    probe.write(at(10, 14), state="solved")
    clock = probe.clock()
    assert (clock.stage, clock.breached_at) == ("completed", at(10, 13))
    assert events(clock)[1:] == [
        ("warn", 1, 25, at(10, 10)),
        ("warn", 1, 50, at(10, 11)),
        ("breach", 1, 100, at(10, 13)),
        ("complete", 1, None, at(10, 14)),
    ]
    assert Activity.objects.filter(ticket=probe.ticket.pk, kind="sla").count() == 3


@pytest.mark.parametrize(("second", "missed"), [(59, False), (0, True)])
def test_the_target_is_missed_in_the_second_it_is_reached_not_before(second, missed):
    SLADefinitionFactory()
    probe = Probe(at(10))
    probe.write(at(10, 12, 59, 59) if second else at(10, 13), state="waiting")
    assert (probe.clock().breached_at is not None) is missed


def test_instants_count_in_whole_seconds():
    SLADefinitionFactory()
    probe = Probe(at(10).replace(microsecond=999_999))
    assert probe.clock().started_at == at(10)
    probe.write(at(10, 11).replace(microsecond=1), state="waiting")
    assert probe.clock().accrued_s == 2 * HOUR


def test_a_writer_who_waited_for_the_lock_never_turns_time_back():
    SLADefinitionFactory()
    probe = Probe(at(10, 10))
    probe.write(at(10, 11), state="waiting")
    probe.write(at(10, 10, 30), state="working")
    clock = probe.clock()
    assert (clock.running_since, clock.accrued_s, clock.wall_pause_s) == (at(10, 11), HOUR, 0)


def test_a_write_that_changes_nothing_asks_nothing(django_assert_num_queries):
    SLADefinitionFactory()
    probe = Probe(at(10))
    with django_assert_num_queries(0):
        probe._evaluate("work_note", at(10, 10), before=probe._values())


def asked(work):
    """The statements of ``work`` that the clocks cost, by their first word."""
    with CaptureQueriesContext(connection) as queries:
        work()
    ours = [query["sql"] for query in queries if "sla_" in query["sql"] or "core_revision" in query["sql"]]
    return [sql.split()[0] for sql in ours]


@pytest.mark.parametrize("definitions", [1, 20])
def test_what_a_write_costs_does_not_grow_with_the_definitions(definitions):
    for number in range(definitions):
        SLADefinitionFactory(track=f"t{number}")
    Probe(at(10))
    assert asked(lambda: Probe(at(10))) == ["SELECT", "INSERT", "INSERT"]
    probe = Probe(at(10))
    assert asked(lambda: probe.write(at(10, 10), title="Other")) == ["SELECT", "SELECT"]
    paused = asked(lambda: probe.write(at(10, 10), state="waiting"))
    assert paused == ["SELECT", "SELECT", "UPDATE", "INSERT", "INSERT"]


def test_events_say_which_change_caused_them():
    SLADefinitionFactory()
    probe = Probe(at(10))
    probe.write(at(10, 10), "hold", state="waiting", title="Another title")
    cause = ClockEvent.objects.get(clock=probe.clock(), kind="pause").cause
    assert cause["verb"] == "hold"
    assert cause["changes"] == {"state": ["new", "waiting"], "phase": ["open", "waiting"]}
    probe.write(at(10, 11), "resume", state="working")
    rows = ClockSegment.objects.filter(clock=probe.clock()).order_by("began_at")
    assert list(rows.values_list("began_by", "ended_by")) == [("opened", "hold"), ("hold", "resume")]


def test_the_calendar_may_be_the_groups():
    group = GroupFactory()
    GroupCalendar.objects.create(group=group, calendar=CalendarFactory(weekly={1: [(600, 1200)]}))
    SLADefinitionFactory(calendar_source="group")
    assert Probe(at(10), group=group).clock().due_at == at(10, 14)
    assert Probe(at(10)).clock().due_at == at(10, 13)


def test_round_the_clock_needs_no_calendar():
    SLADefinitionFactory(calendar=None, calendar_source="none", target_s=30 * HOUR)
    clock = Probe(at(13)).clock()
    assert (clock.calendar, clock.due_at) == (None, at(14, 15))


@pytest.mark.parametrize(
    ("source", "due"),
    [("def", at(10, 13)), ("requester", at(10, 22)), ("location", at(10, 16, 30))],
)
def test_the_zone_is_the_calendars_the_requesters_or_the_locations(source, due):
    SLADefinitionFactory(tz_source=source)
    person = UserFactory(time_zone="Europe/London")
    place = LocationFactory(time_zone="Asia/Kolkata")
    assert Probe(at(10), requester=person, location=place).clock().due_at == due


def test_a_zone_that_does_not_exist_falls_back_to_the_calendars():
    SLADefinitionFactory(tz_source="requester")
    clock = Probe(at(10), requester=UserFactory(time_zone="Mars/Olympus")).clock()
    assert (clock.tz, clock.due_at) == ("Asia/Seoul", at(10, 13))


def test_a_definition_that_cannot_be_read_any_more_stops_nobody():
    SLADefinitionFactory(start_cond={"f": "field_of_an_old_release", "op": "empty"})
    SLADefinitionFactory(key="good")
    probe = Probe(at(10))
    assert probe.clocks() == [("good", 1, "in_progress")]
    row = SLADefinitionFactory(status="retired", start_cond={"f": "gone", "op": "empty"})
    Clock.objects.filter(ticket=probe.ticket.pk).update(definition=row, track="other")
    probe.write(at(10, 10), state="waiting")
    assert probe.clock("other").stage == "in_progress"


def test_the_copy_of_this_process_follows_every_change_of_configuration():
    SLADefinitionFactory(calendar=CalendarFactory(key="moving"))
    held = current()
    assert current() is held
    Calendar.objects.filter(key="moving").update(tz="Europe/London")
    assert current() is not held
    held = current()
    SLADefinitionFactory(status="draft", key="other")
    assert current() is not held


def test_a_calendar_that_never_opens_gives_a_clock_without_due_time():
    SLADefinitionFactory(calendar=CalendarFactory(weekly={}))
    clock = Probe(at(10)).clock()
    assert (clock.due_at, clock.next_fire_at, clock.stage) == (None, None, "in_progress")
