"""Why a clock is due then, and why another never started, in steps that people can follow."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.utils import translation

from core.errors import NotVisibleError
from core.time import db_now
from schedules.models import CalendarHoliday
from sla.fitting import fits_of, why_attached, why_not_attached
from sla.models import Clock
from sla.past.explain import explained_clocks, why_due
from sla.past.repair import apply_repair
from sla.selectors import totals_of
from tests.factories.accounts import administrator
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import Probe, SLADefinitionFactory, is_
from tests.sla.histories import life
from tests.sla.moments import HOUR, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def steps(clock, now):
    return [(step.key, step.open_s) for step in why_due(clock, now=now)]


def test_the_steps_add_up_to_the_due_time():
    SLADefinitionFactory()
    probe = Probe(at(10))
    probe.write(at(10, 11), state="waiting", verb="hold")
    probe.write(at(10, 14), state="working", verb="resume")
    clock = probe.clock()
    told = why_due(clock, now=at(10, 15))
    assert [(step.key, step.open_s) for step in told] == [
        ("started", 0),
        ("running", 2 * HOUR),
        ("paused", 3 * HOUR),
        ("since", 2 * HOUR),
        ("target", 4 * HOUR),
        ("due", 2 * HOUR),
    ]
    assert [step.by.verb for step in told[:4]] == ["opened", "opened", "hold", "resume"]
    assert told[-1].at == clock.due_at == at(10, 16)
    assert "2 h" in told[-1].text


def test_holidays_that_were_skipped_are_named_and_those_on_closed_days_are_not():
    calendar = CalendarFactory()
    for day, name in ((11, "Founding day"), (14, "A Saturday"), (20, "Far away")):
        CalendarHoliday.objects.create(calendar=calendar, date=dt.date(2026, 3, day), name=name)
    SLADefinitionFactory(calendar=calendar, target_s=12 * HOUR)
    clock = Probe(at(10)).clock()
    (text,) = [step.text for step in why_due(clock, now=at(10, 10)) if step.key == "holidays"]
    assert "Founding day" in text
    assert "Saturday" not in text
    assert "Far" not in text


@pytest.mark.parametrize(
    ("state", "hour", "key"),
    [("waiting", 11, "waiting"), ("solved", 11, "ended"), ("solved", 15, "ended"), ("working", 15, "missed")],
)
def test_the_last_step_is_how_it_stands(state, hour, key):
    SLADefinitionFactory()
    probe = Probe(at(10))
    probe.write(at(10, hour), state=state)
    told = why_due(probe.clock(), now=at(10, 16))
    assert told[-1].key == key
    assert ("missed" in told[-1].text) == (hour == 15)


def test_a_new_target_and_a_reopening_are_steps():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=8 * HOUR)
    SLADefinitionFactory(track="t", start_cond=is_("priority", 1), target_s=4 * HOUR)
    probe = Probe(at(10), priority=3)
    probe.write(at(10, 10), priority=1)
    assert "retarget" in [key for key, _open in steps(probe.clock(), at(10, 11))]
    probe.write(at(10, 11), state="solved")
    probe.write(at(10, 12), state="working")
    assert ("solved", 0) in steps(probe.clock(), at(10, 13))


def test_bands_follow_each_other_without_a_gap_and_sum_to_the_totals():
    SLADefinitionFactory(target_s=30 * HOUR)
    probe = Probe(at(10))
    probe.write(at(10, 11), state="waiting")
    probe.write(at(12, 14), state="working")
    now = at(13, 20)
    (told,) = explained_clocks(probe.ticket, now=now)
    assert all(one.ended_at == two.began_at for one, two in pairwise(told.bands))
    assert (told.bands[0].began_at, told.bands[-1].ended_at) == (at(10), now)
    sums = {
        kind: sum(b.seconds for b in told.bands if b.kind == kind) for kind in ("open", "closed", "paused")
    }
    totals = totals_of(told.clock, now=now)
    assert sums == {"open": totals.running, "closed": totals.off_hours, "paused": totals.paused}


def test_each_stretch_names_who_did_what_and_its_line_in_the_history():
    with life() as one:
        one.wait(30)
        one.do("start")
        one.do("hold")
        one.wait(30)
        told = {each.clock.track: each for each in explained_clocks(one.ticket, now=db_now())}
        paused = told["incident_resolution"].bands[-1]
        line = one.ticket.activities.filter(verb="hold").order_by("pk").first()
        assert (paused.kind, paused.by.verb, paused.by.label) == ("paused", "hold", "Put on hold")
        assert paused.by.actor == one.agent.display_name
        assert (paused.by.activity, paused.by.line) == (str(line.public_id), line.pk)


def test_after_a_repair_the_corrected_account_is_told():
    with life() as one:
        one.wait(60)
        one.do("hold")
        one.wait(60)
        one.do("resume")
        before = {each.clock.track: each.bands for each in explained_clocks(one.ticket, now=db_now())}
        Clock.objects.filter(ticket=one.pk).update(wall_pause_s=1)
        apply_repair(one.pk, actor=administrator())
        after = {each.clock.track: each.bands for each in explained_clocks(one.ticket, now=db_now())}
        kinds = {track: [band.kind for band in bands] for track, bands in after.items()}
        assert kinds == {track: [band.kind for band in bands] for track, bands in before.items()}


@pytest.mark.parametrize("moves", [1, 10])
def test_an_explanation_costs_the_same_for_any_length(moves, django_assert_num_queries):
    with life() as one:
        for _turn in range(moves):
            one.wait(30)
            one.do("hold")
            one.do("resume")
        ticket = one.ticket
        explained_clocks(ticket)
        with django_assert_num_queries(7):
            explained_clocks(ticket)


def test_a_definition_that_does_not_count_says_which_test_failed_with_its_value():
    SLADefinitionFactory(
        key="vip",
        start_cond={"all": [is_("priority", 1), {"any": [is_("state", "new"), is_("channel", "mail")]}]},
    )
    probe = Probe(at(10), priority=3)
    fit = why_attached(probe.ticket, "vip", now=at(10, 10))
    start, stop, cancel = fit.parts
    assert (fit.fits, fit.has_clock, fit.reason) == (False, False, "The start condition does not hold.")
    assert [
        (leaf.where, leaf.field, leaf.op, leaf.wanted, leaf.value, leaf.holds) for leaf in start.leaves
    ] == [
        ("all.0", "priority", "eq", "1", "3", False),
        ("all.1.any.0", "state", "eq", "new", "new", True),
        ("all.1.any.1", "channel", "eq", "mail", "portal", False),
    ]
    assert (start.holds, start.is_in_the_way, stop.is_in_the_way) == (False, True, False)
    assert (cancel.is_given, cancel.leaves) == (False, ())
    assert [each.key for each in why_not_attached(probe.ticket)] == ["vip"]


@pytest.mark.parametrize(
    ("state", "stop", "reason"),
    [
        ("new", None, "It fits; the clock starts with the next change of the ticket."),
        ("new", "new", "The stop condition holds already."),
        ("closed", None, "The ticket is closed; a closed ticket has no running clock."),
    ],
)
def test_the_reason_is_the_first_thing_in_the_way(state, stop, reason):
    probe = Probe(at(10))
    if state != "new":
        probe.write(at(10, 10), state=state)
    SLADefinitionFactory(
        key="late", start_cond={}, stop_cond=is_("state", stop) if stop else None, cancel_mode="never"
    )
    assert why_attached(probe.ticket, "late").reason == reason


def test_another_of_the_same_promise_is_named_as_the_reason():
    SLADefinitionFactory(key="one", track="t")
    probe = Probe(at(10))
    SLADefinitionFactory(key="two", track="t")
    one, two = fits_of(probe.ticket)
    assert (one.has_clock, two.fits) == (True, True)
    assert two.reason == "Another definition of the same promise runs on this ticket."


def test_an_unknown_definition_is_not_there():
    with pytest.raises(NotVisibleError):
        why_attached(Probe(at(10)).ticket, "nothing")
