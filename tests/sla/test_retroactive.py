"""Clocks that count from before they attach (PROCESSES SLA-09, DOMAIN DS-8)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models import OutboxEvent
from sla.models import ClockEvent, ClockSegment
from sla.retroactive import moments
from sla.selectors import totals_of
from sla.services import fire_due_clocks
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import PLACES, Probe, SLADefinitionFactory, is_
from tests.sla.moments import HOUR, at, events
from tickets.models import Activity, Ticket

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def retroactive(**fields):
    """A promise that attaches when the priority is 1, and counts from the ticket's opening."""
    fields = {"start_cond": is_("priority", 1), "retro_start_field": "opened_at"} | fields
    return SLADefinitionFactory(**fields)


def lived(*moves, **fields):
    """A ticket opened on the 10th at 10 that made these moves: an instant and the fields changed then."""
    probe = Probe(at(10, 10), priority=3, **fields)
    for when, changed in moves:
        rank, phase = PLACES[changed.get("state", probe.ticket.state)]
        values = changed | {"state_rank": rank, "phase": phase}
        before = probe._values()
        lines = {name: [before[name], value] for name, value in values.items()}
        Activity.objects.create(
            ticket_id=probe.ticket.pk, at=when, kind="field", verb="moved", changes=lines, channel="page"
        )
        Ticket.objects.filter(pk=probe.ticket.pk).update(**values)
        probe.ticket = Ticket.objects.get(pk=probe.ticket.pk)
    return probe


def marks(clock):
    rows = ClockEvent.objects.filter(clock=clock, kind__in=["warn", "breach", "overdue"]).order_by("pk")
    return [(row.kind, row.pct, row.at, bool(row.cause.get("suppressed"))) for row in rows]


def told():
    rows = OutboxEvent.objects.filter(name__startswith="sla.").order_by("pk")
    return [(row.name, row.payload["percent"], row.payload["at"]) for row in rows]


def stretches(clock):
    rows = ClockSegment.objects.filter(clock=clock).order_by("began_at")
    return list(rows.values_list("kind", "began_at", "ended_at", "open_s", "began_by", "ended_by"))


def test_it_counts_from_the_instant_in_the_field():
    retroactive(target_s=8 * HOUR, thresholds=[75])
    probe = Probe(at(10, 10), priority=3)
    assert probe.clock() is None
    probe.write(at(10, 13), priority=1)
    clock = probe.clock()
    assert (clock.started_at, clock.running_since, clock.due_at) == (at(10, 10), at(10, 10), at(10, 18))
    assert (clock.next_pct, clock.next_fire_at) == (75, at(10, 16))
    assert events(clock) == [("attach", 1, None, at(10, 10))]


@pytest.mark.parametrize(
    ("attached", "noted", "spoken"),
    [
        (at(10, 11) - SECOND, [], []),
        (at(10, 11), [("warn", 25, at(10, 11), False)], [25]),
        (at(10, 12) - SECOND, [("warn", 25, at(10, 11), False)], [25]),
        (at(10, 12), [("warn", 25, at(10, 11), True), ("warn", 50, at(10, 12), False)], [50]),
        (
            at(10, 14) - SECOND,
            [
                ("warn", 25, at(10, 11), True),
                ("warn", 50, at(10, 12), True),
                ("warn", 75, at(10, 13), False),
            ],
            [75],
        ),
        (
            at(12, 9),
            [
                ("warn", 25, at(10, 11), True),
                ("warn", 50, at(10, 12), True),
                ("warn", 75, at(10, 13), True),
                ("breach", 100, at(10, 14), False),
            ],
            [100],
        ),
    ],
)
def test_of_the_marks_that_have_passed_only_the_highest_is_told(attached, noted, spoken):
    retroactive(thresholds=[25, 50, 75])
    probe = Probe(at(10, 10), priority=3)
    probe.write(attached, priority=1)
    clock = probe.clock()
    assert marks(clock) == noted
    assert [percent for _name, percent, _at in told()] == spoken
    assert Activity.objects.filter(ticket=probe.ticket.pk, kind="sla").count() == len(spoken)
    fire_due_clocks(limit=10, now=at(16, 9))
    assert [pct for kind, pct, *_rest in marks(clock)] == [25, 50, 75, 100]
    assert len(told()) == 4 - sum(suppressed for *_rest, suppressed in noted)


def test_a_breach_that_has_passed_is_one_at_its_own_instant_and_reminders_go_on_from_now():
    retroactive(thresholds=[], overdue_repeat_s=HOUR)
    probe = Probe(at(10, 10), priority=3)
    probe.write(at(10, 16, 30), priority=1)
    clock = probe.clock()
    assert (clock.breached_at, clock.due_at) == (at(10, 14), at(10, 14))
    assert told() == [("sla.breached", 100, at(10, 14).isoformat())]
    assert (clock.next_overdue, clock.next_fire_at) == (3, at(10, 17))


def test_an_empty_or_later_instant_is_the_write_itself():
    retroactive(retro_start_field="resolved_at")
    probe = Probe(at(10, 10), priority=3)
    probe.write(at(10, 13), priority=1)
    assert probe.clock().started_at == at(10, 13)
    other = Probe(at(10, 10), priority=3)
    other.write(at(10, 13), priority=1, resolved_at=at(11, 9))
    assert other.clock().started_at == at(10, 13)


def test_created_at_may_be_the_instant_too():
    retroactive(retro_start_field="created_at", calendar=None, calendar_source="none")
    probe = Probe(at(10, 10), priority=3)
    made = Ticket.objects.get(pk=probe.ticket.pk).created_at.replace(microsecond=0)
    probe.write(made + dt.timedelta(hours=1), priority=1)
    assert probe.clock().started_at == made


def test_earlier_pauses_count_as_pauses():
    retroactive(retro_pause=True, thresholds=[50])
    probe = lived(
        (at(10, 11), {"state": "waiting"}),
        (at(10, 15), {"state": "working"}),
        (at(10, 15, 30), {"title": "x"}),
    )
    probe.write(at(10, 16), priority=1)
    clock = probe.clock()
    assert (clock.accrued_s, clock.business_pause_s, clock.wall_pause_s) == (HOUR, 4 * HOUR, 4 * HOUR)
    assert (clock.running_since, clock.due_at) == (at(10, 15), at(10, 18))
    assert stretches(clock) == [
        ("running", at(10, 10), at(10, 11), HOUR, "updated", "moved"),
        ("paused", at(10, 11), at(10, 15), 4 * HOUR, "moved", "moved"),
    ]
    assert marks(clock) == [("warn", 50, at(10, 16), False)]
    assert [event[0] for event in events(clock)] == ["attach", "pause", "resume", "warn"]
    totals = totals_of(clock, now=at(10, 17))
    assert (totals.running, totals.paused) == (3 * HOUR, 4 * HOUR)


def test_without_it_the_waiting_counts():
    retroactive(thresholds=[])
    probe = lived((at(10, 11), {"state": "waiting"}), (at(10, 13), {"state": "working"}))
    probe.write(at(10, 13, 30), priority=1)
    assert (probe.clock().due_at, probe.clock().business_pause_s) == (at(10, 14), 0)


def test_a_ticket_that_waits_now_attaches_paused_since_it_began_to_wait():
    retroactive(retro_pause=True, thresholds=[])
    probe = lived((at(10, 11), {"state": "waiting"}))
    probe.write(at(10, 16), priority=1)
    clock = probe.clock()
    assert (clock.stage, clock.paused_since, clock.accrued_s) == ("paused", at(10, 11), HOUR)
    assert (clock.due_at, clock.next_fire_at) == (None, None)
    probe.write(at(10, 17), state="working")
    assert (probe.clock().due_at, probe.clock().business_pause_s) == (at(11, 11), 6 * HOUR)


def test_marks_before_and_between_pauses_keep_their_instants_and_none_lies_in_a_pause():
    retroactive(retro_pause=True, thresholds=[25, 50])
    probe = lived(
        (at(10, 11, 30), {"state": "waiting"}),
        (at(10, 13), {"state": "working"}),
        (at(10, 14), {"state": "waiting"}),
        (at(11, 9), {"state": "working"}),
    )
    probe.write(at(11, 10), priority=1)
    assert marks(probe.clock()) == [
        ("warn", 25, at(10, 11), True),
        ("warn", 50, at(10, 13, 30), False),
    ]
    assert probe.clock().due_at == at(11, 10, 30)


def test_the_resume_condition_ends_the_pauses_of_the_past_too():
    back = is_("category", "back")
    retroactive(retro_pause=True, thresholds=[], resume_mode="resume_cond", resume_cond=back)
    probe = lived(
        (at(10, 11), {"state": "waiting"}),
        (at(10, 12), {"state": "working"}),
        (at(10, 13), {"category": "back"}),
    )
    probe.write(at(10, 14), priority=1)
    assert (probe.clock().business_pause_s, probe.clock().due_at) == (2 * HOUR, at(10, 16))


def test_a_cycle_after_a_completed_one_counts_from_its_own_start():
    retroactive()
    probe = Probe(at(10, 10), priority=3)
    probe.write(at(10, 11), priority=1)
    probe.write(at(10, 12), state="solved")
    probe.write(at(11, 10), state="working")
    clock = probe.clock()
    assert (clock.cycle, clock.started_at, clock.due_at) == (2, at(11, 10), at(11, 14))


def test_a_promise_that_starts_again_counts_from_the_field_as_well():
    for priority, hours in ((3, 4), (1, 8)):
        retroactive(
            track="t", start_cond=is_("priority", priority), target_s=hours * HOUR, on_retarget="restart"
        )
    probe = Probe(at(10, 10), priority=3)
    probe.write(at(10, 12), priority=1)
    clock = probe.clock()
    assert (clock.cycle, clock.started_at, clock.due_at) == (2, at(10, 10), at(10, 18))


WEEKS = st.sampled_from(
    [
        {dow: [(540, 720), (780, 1080)] for dow in range(5)},
        {dow: [(1320, 1800)] for dow in range(5)},
        {dow: [(0, 1440)] for dow in range(7)},
    ]
)
MOVES = st.lists(
    st.tuples(st.integers(1, 15 * 60), st.sampled_from(["waiting", "working", "new"])), max_size=8
)


def written_down(probe, when, **changed):
    """A write that the clocks see and that the activity tells of."""
    before = probe._values()
    probe.write(when, **changed)
    after = probe._values()
    lines = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    lines.pop("closed_at", None)
    Activity.objects.create(
        ticket_id=probe.ticket.pk, at=when, kind="field", verb="moved", changes=lines, channel="page"
    )


@settings(max_examples=30)
@given(weekly=WEEKS, moves=MOVES, hours=st.integers(1, 30))
def test_a_clock_that_comes_late_stands_where_one_stands_that_was_there_from_the_beginning(
    weekly, moves, hours
):
    with transaction.atomic():
        calendar = CalendarFactory(weekly=weekly)
        for track, fields in (("always", {"start_cond": {}}), ("late", {"retro_pause": True})):
            retroactive(track=track, calendar=calendar, target_s=hours * HOUR, thresholds=[50], **fields)
        probe, now = Probe(at(9, 10), priority=3), at(9, 10)
        for minutes, state in moves:
            now += dt.timedelta(minutes=minutes)
            written_down(probe, now, state=state)
        probe.write(now + dt.timedelta(minutes=7), priority=1)
        always, late = probe.clock("always"), probe.clock("late")
        for name in (
            "stage", "started_at", "accrued_s", "business_pause_s", "wall_pause_s", "running_since",
            "paused_since", "due_at", "breached_at", "next_fire_at", "next_pct",
        ):  # fmt: skip
            assert getattr(always, name) == getattr(late, name), name
        assert [mark[:3] for mark in marks(always)] == [mark[:3] for mark in marks(late)]
        assert [row[:4] for row in stretches(always)] == [row[:4] for row in stretches(late)]
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_an_incidents_life_is_read_back_from_what_the_services_wrote():
    requester, agent = UserFactory(), AgentFactory()
    incident = make_incident("on_hold", requester=requester, agent=agent)
    incident = type(incident).objects.get(pk=incident.pk)
    newest = Activity.objects.filter(ticket=incident.pk).order_by("-pk")[0].at
    opened = incident.opened_at.replace(microsecond=0) - dt.timedelta(hours=1)
    found = moments(incident, opened, newest + dt.timedelta(hours=1), known=newest)
    assert [(moment.verb, moment.ticket.state, moment.ticket.phase) for moment in found][-2:] == [
        ("start", "in_progress", "open"),
        ("hold", "on_hold", "waiting"),
    ]
    assert [moment.ticket.last_public_from for moment in found][-2:] == ["", "agent"]
    assert found[-2].ticket.hold_reason == ""
    assert found[-1].before["state"] == "in_progress"


@pytest.mark.parametrize("moves", [2, 20])
def test_the_past_costs_one_query_however_long_it_was(moves):
    retroactive(retro_pause=True, thresholds=[])
    span = dt.timedelta(minutes=5)
    probe = lived(
        *(
            (at(10, 11) + number * span, {"state": "waiting" if number % 2 == 0 else "working"})
            for number in range(moves)
        )
    )
    with CaptureQueriesContext(connection) as queries:
        probe.write(at(10, 16), priority=1)
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len([sql for sql in asked if 'FROM "tickets_activity"' in sql]) == 1
