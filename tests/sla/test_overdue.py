"""Reminders after the breach: each once, in order, at its own instant, never while it waits (SLA-12)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connections, transaction

from core.models import OutboxEvent
from sla.models import Clock, ClockEvent
from sla.services import fire_due_clocks
from tests.factories.sla import Probe, SLADefinitionFactory, is_
from tests.sla.moments import HOUR, at, events
from tickets.models import Activity

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def reminded(**fields):
    """Four office hours, then a reminder each hour."""
    return SLADefinitionFactory(**{"thresholds": [], "overdue_repeat_s": HOUR} | fields)


def reminders(clock):
    rows = ClockEvent.objects.filter(clock=clock, kind="overdue").order_by("pk")
    return list(rows.values_list("gen", "seq", "at"))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(10, 14) - SECOND, []),
        (at(10, 14), []),
        (at(10, 15) - SECOND, []),
        (at(10, 15), [(1, 1, at(10, 15))]),
        (at(10, 16) - SECOND, [(1, 1, at(10, 15))]),
        (at(10, 18), [(1, number, at(10, 14 + number)) for number in (1, 2, 3, 4)]),
        (at(11, 9), [(1, number, at(10, 14 + number)) for number in (1, 2, 3, 4)]),  # the night is closed
        (at(11, 10), [*((1, n, at(10, 14 + n)) for n in (1, 2, 3, 4)), (1, 5, at(11, 10))]),
    ],
)
@pytest.mark.parametrize("sweeps", ["one, late", "each second around the hours"])
def test_each_comes_once_in_order_at_its_scheduled_instant(now, expected, sweeps):
    reminded()
    clock = Probe(at(10, 10)).clock()
    if sweeps != "one, late":
        hours = [at(day, hour) for day in (10, 11) for hour in range(9, 19)]
        for edge in hours:
            for tick in (edge - SECOND, edge, edge + SECOND):
                if tick < now:
                    fire_due_clocks(limit=5, now=tick)
    fire_due_clocks(limit=5, now=now)
    fire_due_clocks(limit=5, now=now)
    assert reminders(clock) == expected
    assert OutboxEvent.objects.filter(name="sla.overdue").count() == len(expected)


def test_what_is_told_names_the_number_and_the_scheduled_instant():
    reminded(key="p", name_ko="해결")
    probe = Probe(at(10, 10))
    fire_due_clocks(limit=5, now=at(10, 16, 30))
    told = OutboxEvent.objects.filter(name__startswith="sla.").order_by("pk")
    assert [(row.name, row.payload.get("repeat"), row.payload["percent"]) for row in told] == [
        ("sla.breached", None, 100),
        ("sla.overdue", 1, 125),
        ("sla.overdue", 2, 150),
    ]
    assert told[2].payload["at"] == at(10, 16).isoformat()
    lines = Activity.objects.filter(ticket=probe.ticket.pk, kind="sla").order_by("pk")
    assert [line.verb for line in lines] == ["sla_breached", "sla_overdue", "sla_overdue"]
    assert "해결" in lines[2].body
    assert "2" in lines[2].body


def test_none_comes_while_the_clock_waits_and_the_rest_of_the_hour_is_kept():
    reminded()
    probe = Probe(at(10, 10))
    fire_due_clocks(limit=5, now=at(10, 14, 30))
    probe.write(at(10, 14, 40), state="waiting")
    assert probe.clock().next_fire_at is None
    assert fire_due_clocks(limit=5, now=at(10, 17)) == 0
    probe.write(at(10, 17), state="working")
    clock = probe.clock()
    assert (clock.breached_at, clock.next_overdue, clock.next_fire_at) == (at(10, 14), 1, at(10, 17, 20))
    assert fire_due_clocks(limit=5, now=at(10, 17, 20) - SECOND) == 0
    fire_due_clocks(limit=5, now=at(10, 17, 20))
    assert reminders(clock) == [(1, 1, at(10, 17, 20))]


def test_a_write_notes_what_came_due_before_it_and_the_end_ends_them():
    reminded()
    probe = Probe(at(10, 10))
    probe.write(at(10, 16, 30), state="solved")
    clock = probe.clock()
    assert [kind for kind, *_rest in events(clock)] == ["attach", "breach", "overdue", "overdue", "complete"]
    assert clock.next_fire_at is None
    assert fire_due_clocks(limit=5, now=at(12, 9)) == 0


def test_a_clock_that_does_not_remind_fires_nothing_after_its_breach():
    SLADefinitionFactory(thresholds=[])
    clock = Probe(at(10, 10)).clock()
    fire_due_clocks(limit=5, now=at(13, 9))
    clock.refresh_from_db()
    assert (clock.next_overdue, clock.next_fire_at, reminders(clock)) == (None, None, [])


def test_a_new_target_begins_to_count_anew_and_what_is_long_past_is_not_told():
    reminded(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    reminded(track="t", start_cond=is_("priority", 1), target_s=HOUR)
    probe = Probe(at(10, 9), priority=3)
    probe.write(at(10, 14, 30), priority=1)  # five hours and a half used: reminders 1 to 4 are past
    clock = probe.clock()
    assert (clock.breached_at, clock.next_overdue, clock.next_fire_at) == (at(10, 14, 30), 5, at(10, 15))
    fire_due_clocks(limit=5, now=at(10, 16))
    assert reminders(clock) == [(2, 5, at(10, 15)), (2, 6, at(10, 16))]


def test_a_missed_target_under_one_that_is_missed_too_goes_on_and_a_longer_one_stops_them():
    reminded(track="t", start_cond=is_("priority", 1), target_s=HOUR)
    reminded(track="t", start_cond=is_("priority", 2), target_s=2 * HOUR)
    reminded(track="t", start_cond=is_("priority", 4), target_s=8 * HOUR)
    probe = Probe(at(10, 9), priority=1)
    probe.write(at(10, 12, 30), priority=2)
    assert (probe.clock().next_overdue, probe.clock().next_fire_at) == (2, at(10, 13))
    probe.write(at(10, 13, 30), priority=4)
    clock = probe.clock()
    assert (clock.breached_at, clock.next_overdue, clock.next_pct) == (None, None, 100)
    assert reminders(clock) == [(1, 1, at(10, 11)), (1, 2, at(10, 12)), (2, 2, at(10, 13))]


def test_a_reminder_exists_once_per_clock_and_target_and_has_a_number():
    reminded()
    clock = Probe(at(10, 10)).clock()
    ClockEvent.objects.create(clock=clock, gen=1, kind="overdue", seq=1, at=at(10, 15))
    ClockEvent.objects.create(clock=clock, gen=2, kind="overdue", seq=1, at=at(10, 15))
    for wrong in ({"kind": "overdue", "seq": 1}, {"kind": "overdue"}, {"kind": "pause", "seq": 1}):
        with pytest.raises(IntegrityError, match="clock_event_"), transaction.atomic():
            ClockEvent.objects.create(clock=clock, gen=1, at=at(10, 15), **wrong)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_remind_each_clock_exactly_once_per_number():
    reminded()
    for _number in range(12):
        Probe(at(10, 10))
    failures = []

    def sweep():
        try:
            while fire_due_clocks(limit=3, now=at(10, 17, 30)):
                pass
        except Exception as error:  # noqa: BLE001 - a thread must not fail silently
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = ClockEvent.objects.filter(kind="overdue").values_list("clock", "seq")
    wanted = {(pk, number) for pk in Clock.objects.values_list("pk", flat=True) for number in (1, 2, 3)}
    assert sorted(found) == sorted(wanted)
    assert OutboxEvent.objects.filter(name="sla.overdue").count() == 36
