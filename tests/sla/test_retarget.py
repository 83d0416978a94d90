"""A new target for a clock that runs or waits already (PROCESSES SLA-10)."""

from __future__ import annotations

import pytest

from sla.models import Clock
from tests.factories.sla import Probe, SLADefinitionFactory, is_
from tests.sla.moments import HOUR, at, events

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("on_retarget", "expected"),
    [
        ("carry", [(1, "in_progress", 8 * HOUR, 2)]),
        ("restart", [(1, "cancelled", 4 * HOUR, 1), (2, "in_progress", 8 * HOUR, 1)]),
        ("keep", [(1, "in_progress", 4 * HOUR, 1)]),
    ],
)
def test_another_priority_takes_over_carries_starts_again_or_is_kept_out(on_retarget, expected):
    for priority, hours in ((2, 4), (3, 8)):
        SLADefinitionFactory(
            track="t", start_cond=is_("priority", priority), target_s=hours * HOUR, on_retarget=on_retarget
        )
    probe = Probe(at(10), priority=2)
    probe.write(at(10, 10), priority=3)
    rows = Clock.objects.filter(ticket=probe.ticket.pk).order_by("cycle")
    assert list(rows.values_list("cycle", "stage", "target_s", "gen")) == expected


def test_a_new_target_that_is_already_used_up_is_missed_at_that_instant():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    SLADefinitionFactory(track="t", start_cond=is_("priority", 1), target_s=HOUR)
    probe = Probe(at(10), priority=3)
    probe.write(at(10, 12), priority=1)
    clock = probe.clock()
    assert (clock.breached_at, clock.due_at, clock.next_fire_at) == (at(10, 12), at(10, 12), None)
    assert events(clock)[-2:] == [("retarget", 2, None, at(10, 12)), ("breach", 2, 100, at(10, 12))]


def test_a_longer_target_takes_a_breach_back_and_keeps_its_proof():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 1), target_s=HOUR)
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    probe = Probe(at(10), priority=1)
    probe.write(at(10, 11), priority=3)
    clock = probe.clock()
    assert (clock.breached_at, clock.due_at) == (None, at(10, 17))
    assert ("breach", 1, 100, at(10, 10)) in events(clock)
    assert clock.next_pct == 50


def test_marks_below_the_new_percentage_do_not_fire_again():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    SLADefinitionFactory(track="t", start_cond=is_("priority", 1), target_s=4 * HOUR)
    probe = Probe(at(10), priority=3)
    probe.write(at(10, 11, 30), priority=1)
    clock = probe.clock()
    assert clock.next_pct == 75
    assert clock.next_fire_at == at(10, 12)
    assert [kind for kind, *_rest in events(clock)] == ["attach", "retarget"]


def test_a_paused_clock_neither_breaches_nor_forgets_its_breach_by_a_new_target():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    SLADefinitionFactory(track="t", start_cond=is_("priority", 1), target_s=HOUR)
    probe = Probe(at(10), priority=3)
    probe.write(at(10, 12), state="waiting")
    probe.write(at(10, 13), priority=1)
    clock = probe.clock()
    assert (clock.stage, clock.breached_at, clock.due_at, clock.next_fire_at) == ("paused", None, None, None)
    probe.write(at(10, 15), state="working")
    clock = probe.clock()
    assert (clock.breached_at, clock.due_at, clock.accrued_s) == (at(10, 15), at(10, 15), 3 * HOUR)
    assert events(clock)[-1] == ("breach", 2, 100, at(10, 15))


def test_a_missed_target_stays_missed_under_one_that_is_used_up_too_and_tells_nobody_again():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 1), target_s=HOUR)
    SLADefinitionFactory(track="t", start_cond=is_("priority", 2), target_s=2 * HOUR)
    probe = Probe(at(10), priority=1)
    probe.write(at(10, 12), priority=2)
    clock = probe.clock()
    assert (clock.breached_at, clock.gen, clock.next_fire_at) == (at(10, 10), 2, None)
    assert [event[:3] for event in events(clock) if event[0] == "breach"] == [("breach", 1, 100)]


def test_another_calendar_counts_from_the_change_on_and_what_was_used_stays():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    SLADefinitionFactory(
        track="t", start_cond=is_("priority", 1), target_s=4 * HOUR, calendar=None, calendar_source="none"
    )
    probe = Probe(at(10, 16), priority=3)
    probe.write(at(10, 20), priority=1)
    clock = probe.clock()
    assert (clock.accrued_s, clock.calendar, clock.due_at) == (2 * HOUR, None, at(10, 22))
