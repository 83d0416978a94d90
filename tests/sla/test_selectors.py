"""Clocks as people see them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from core.time import db_now
from sla.models import Clock
from sla.selectors import at_risk, clocks_for, view_of
from sla.services import fire_due_clocks
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import Probe, SLADefinitionFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HOUR = 3600
TEN = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)  # Tuesday 10:00 in Seoul


def later(**span):
    return TEN + dt.timedelta(**span)


@pytest.mark.parametrize("tickets", [2, 20])
def test_the_clocks_of_any_number_of_tickets_cost_one_query(tickets, django_assert_num_queries):
    SLADefinitionFactory(key="a")
    SLADefinitionFactory(key="b")
    ids = [Probe(TEN).ticket.pk for _number in range(tickets)]
    clocks_for(ids)
    with django_assert_num_queries(1):
        found = clocks_for(ids)
    assert {pk: len(views) for pk, views in found.items()} == dict.fromkeys(ids, 2)


def test_no_tickets_and_tickets_without_clocks_give_nothing():
    assert clocks_for([]) == {}
    assert clocks_for([Probe(TEN).ticket.pk]) == {}


@pytest.mark.parametrize(
    ("used", "state", "left", "percent"),
    [
        (0, "ok", 10_000, 0),
        (7_499, "ok", 2_501, 74),
        (7_500, "warn", 2_500, 75),
        (8_999, "warn", 1_001, 89),
        (9_000, "crit", 1_000, 90),
        (9_999, "crit", 1, 99),
        (10_000, "breached", 0, 100),
        (12_345, "breached", -2_345, 123),
    ],
)
def test_state_left_and_percent_follow_from_the_seconds_used(used, state, left, percent):
    SLADefinitionFactory(calendar=None, calendar_source="none", target_s=10_000)
    view = view_of(Probe(TEN).clock(), later(seconds=used))
    assert (view.state, view.left_seconds, view.percent) == (state, left, percent)


def test_a_clock_stands_still_outside_business_hours():
    SLADefinitionFactory(target_s=20 * HOUR)
    clock = Probe(TEN).clock()
    evening, night = view_of(clock, later(hours=8)), view_of(clock, later(hours=20))
    assert evening.left_seconds == night.left_seconds == 12 * HOUR
    assert (view_of(clock, later(hours=1)).is_ticking, night.is_ticking) == (True, False)


def test_a_paused_clock_says_why_and_what_was_left():
    SLADefinitionFactory()
    probe = Probe(TEN)
    probe.write(later(hours=1), state="waiting")
    (view,) = clocks_for([probe.ticket.pk])[probe.ticket.pk]
    assert (view.state, view.stage, view.left_seconds, view.due_at) == ("paused", "paused", 3 * HOUR, None)
    assert view.pause_reason == "waiting"
    assert not view.is_ticking


def test_an_ended_clock_is_met_or_missed():
    SLADefinitionFactory()
    met, missed = Probe(TEN), Probe(TEN)
    met.write(later(hours=3), state="solved")
    missed.write(later(hours=5), state="solved")
    found = clocks_for([met.ticket.pk, missed.ticket.pk])
    assert [found[probe.ticket.pk][0].state for probe in (met, missed)] == ["met", "missed"]


def test_the_latest_cycle_is_shown_and_cancelled_clocks_are_not():
    SLADefinitionFactory()
    probe = Probe(TEN)
    probe.write(later(hours=1), state="solved")
    probe.write(later(hours=2), state="working")
    assert [view.cycle for view in clocks_for([probe.ticket.pk])[probe.ticket.pk]] == [2]
    probe.write(later(hours=3), state="cancelled")
    assert [view.cycle for view in clocks_for([probe.ticket.pk])[probe.ticket.pk]] == [1]


def test_the_worst_comes_first():
    now = db_now()
    for key, hours in (("roomy", 100), ("late", 1), ("tight", 3)):
        SLADefinitionFactory(key=key, calendar=None, calendar_source="none", target_s=hours * HOUR)
    probe = Probe(now - dt.timedelta(minutes=150))
    assert [view.track for view in clocks_for([probe.ticket.pk])[probe.ticket.pk]] == [
        "late",
        "tight",
        "roomy",
    ]


@pytest.mark.parametrize(
    ("language", "names"), [("ko", ("해결", "근무 시간")), ("en", ("Resolution", "Working hours"))]
)
def test_names_follow_the_readers_language(language, names):
    SLADefinitionFactory(name_ko="해결", name_en="Resolution")
    probe = Probe(TEN)
    with translation.override(language):
        (view,) = clocks_for([probe.ticket.pk])[probe.ticket.pk]
    assert (view.name, view.calendar_name) == names


def test_what_is_shown_and_what_is_swept_agree_after_a_change_of_the_calendar():
    calendar = CalendarFactory()
    SLADefinitionFactory(calendar=calendar, target_s=20 * HOUR)
    probe = Probe(TEN)
    calendar.hours.filter(dow=1).update(end_min=660)
    assert view_of(probe.clock(), later(hours=8)).left_seconds == 19 * HOUR


def test_at_risk_are_tickets_past_the_last_warning():
    SLADefinitionFactory(thresholds=[50, 75])
    calm, warned, late = Probe(later(hours=3)), Probe(later(hours=1)), Probe(TEN)
    fire_due_clocks(limit=10, now=later(hours=4))
    risky = set(Ticket.objects.filter(at_risk()).values_list("pk", flat=True))
    assert risky == {warned.ticket.pk, late.ticket.pk}
    assert Clock.objects.get(ticket=calm.ticket.pk).next_pct == 50
