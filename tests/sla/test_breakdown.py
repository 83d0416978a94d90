"""Whose time it was: the parts are the whole, to the second, for any history (FT-59, SLA-14)."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.time import db_now
from sla.past.breakdown import BEGINNING, Hold, Parts, Stretch, breakdowns_of, divide, holds_of
from sla.selectors import clock_rows, latest_cycles, segments_of, totals_of
from sla.services import fire_due_clocks
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.sla import Probe, SLADefinitionFactory
from tests.sla.moments import HOUR, at
from tickets.models import Activity
from tickets.services import update_ticket

START = dt.datetime(2026, 3, 9, tzinfo=dt.UTC)


class EveryOtherMinute:
    """A calendar that is open in each even minute."""

    def elapsed(self, start: dt.datetime, end: dt.datetime) -> int:
        """Open seconds between two instants."""
        return self._passed(end) - self._passed(start)

    def _passed(self, at: dt.datetime) -> int:
        whole, rest = divmod(int((at - START).total_seconds()), 120)
        return whole * 60 + min(rest, 60)


def second(number: int) -> dt.datetime:
    return START + dt.timedelta(seconds=number)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Stretch], list[Hold]]:
    """Stretches one after the other, some booked by another calendar, and who had the ticket when."""
    edges = sorted(draw(st.sets(st.integers(0, 5000), min_size=2, max_size=8)))
    stretches = []
    for began, ended in pairwise(edges):
        kind = draw(st.sampled_from(["running", "paused", "solved"]))
        booked = EveryOtherMinute().elapsed(second(began), second(ended))
        if draw(st.booleans()):
            booked = draw(st.integers(0, ended - began))
        stretches.append(Stretch(kind, second(began), second(ended), 0 if kind == "solved" else booked))
    changes = sorted(draw(st.lists(st.integers(0, 5200), max_size=8)))
    owners = st.sampled_from([None, 1, 2, 3])
    holds = [Hold(BEGINNING, draw(owners)), *(Hold(second(each), draw(owners)) for each in changes)]
    return stretches, holds


@given(histories())
def test_the_parts_are_the_whole(history):
    stretches, holds = history
    found = divide(stretches, holds, EveryOtherMinute())
    whole = sum(found.values(), Parts())
    lengths = {
        kind: [each for each in stretches if each.kind == kind] for kind in ("running", "paused", "solved")
    }
    walls = {
        kind: sum(int((each.ended_at - each.began_at).total_seconds()) for each in rows)
        for kind, rows in lengths.items()
    }
    assert whole.running == sum(each.open_s for each in lengths["running"])
    assert whole.running + whole.off_hours == walls["running"]
    assert (whole.paused, whole.solved) == (walls["paused"], walls["solved"])
    assert whole.paused_open == sum(each.open_s for each in lengths["paused"])
    for parts in found.values():
        assert min(parts.running, parts.off_hours, parts.paused, parts.paused_open, parts.solved) >= 0
        assert parts.paused_open <= parts.paused
    assert set(found) <= {hold.owner for hold in holds}


@given(histories())
def test_an_owner_who_never_changes_has_all_of_it(history):
    stretches, _holds = history
    assert set(divide(stretches, [Hold(BEGINNING, 7)], EveryOtherMinute())) == {7}


def test_a_change_within_a_stretch_divides_it_by_business_time():
    stretch = Stretch("running", second(0), second(240), 120)
    found = divide([stretch], [Hold(BEGINNING, 1), Hold(second(90), 2)], EveryOtherMinute())
    assert found == {1: Parts(running=60, off_hours=30), 2: Parts(running=60, off_hours=90)}


def test_a_change_told_a_moment_after_the_stretch_began_counts_from_its_beginning():
    stretch = Stretch("running", second(0), second(240), 120)
    found = divide([stretch], [Hold(BEGINNING, 1), Hold(second(2), 2)], EveryOtherMinute())
    assert set(found) == {2}


@pytest.mark.parametrize(
    ("booked", "expected"),
    [(240, [90, 150]), (0, [0, 0]), (60, [30, 30]), (180, [75, 105])],
)
def test_what_was_booked_by_an_earlier_calendar_is_made_to_fit(booked, expected):
    stretch = Stretch("running", second(0), second(240), booked)
    found = divide([stretch], [Hold(BEGINNING, 1), Hold(second(90), 2)], EveryOtherMinute())
    assert [found[owner].running for owner in (1, 2)] == expected


def test_the_first_owner_is_who_the_first_change_took_it_from():
    changes = [(at(9, 11), {"group": [4, 5]}), (at(9, 12), {"assignee": [None, 8]})]
    assert [hold.owner for hold in holds_of(changes, "group", 5)] == [4, 5]
    assert [hold.owner for hold in holds_of(changes, "assignee", 8)] == [None, 8]
    assert [hold.owner for hold in holds_of([], "group", 5)] == [5]


def told(probe: Probe, moment: dt.datetime, **fields: object) -> None:
    """The ticket with other owners from a moment on, told as the platform tells it."""
    before = {name: getattr(probe.ticket, f"{name}_id") for name in fields}
    probe.write(moment, **fields)
    changes = {name: [before[name], None if new is None else new.pk] for name, new in fields.items()}
    Activity.objects.create(ticket=probe.ticket, at=moment, kind="field", changes=changes, channel="web")


def story() -> tuple[Probe, object, object]:
    """Two hours of work, two of waiting, one of work; the ticket moves after one and after three hours."""
    SLADefinitionFactory(target_s=8 * HOUR)
    first, other = GroupFactory(name_en="First line"), GroupFactory(name_en="Network")
    probe = Probe(at(10, 10))
    told(probe, at(10, 11), group=first)
    probe.write(at(10, 12), state="waiting")
    told(probe, at(10, 13), group=other)
    probe.write(at(10, 14), state="working")
    probe.write(at(10, 15), state="solved")
    return probe, first, other


@pytest.mark.django_db
def test_each_group_has_the_hours_it_had_the_ticket():
    probe, first, other = story()
    (found,) = breakdowns_of(probe.ticket, latest_cycles([probe.ticket.pk]), now=at(11, 10))
    assert {share.key: share.parts for share in found.groups} == {
        "": Parts(running=HOUR),
        first.key: Parts(running=HOUR, paused=HOUR, paused_open=HOUR),
        other.key: Parts(running=HOUR, paused=HOUR, paused_open=HOUR),
    }
    assert [(share.key, share.parts) for share in found.assignees] == [("", found.total)]
    assert found.total == Parts(running=3 * HOUR, paused=2 * HOUR, paused_open=2 * HOUR)


@pytest.mark.django_db
def test_a_night_is_outside_business_hours_and_the_present_counts():
    SLADefinitionFactory(target_s=20 * HOUR)
    team = GroupFactory()
    probe = Probe(at(10, 17))
    told(probe, at(10, 18, 30), group=team)
    (found,) = breakdowns_of(probe.ticket, latest_cycles([probe.ticket.pk]), now=at(11, 10))
    assert {share.key: share.parts for share in found.groups} == {
        "": Parts(running=HOUR, off_hours=HOUR // 2),
        team.key: Parts(running=HOUR, off_hours=14 * HOUR + HOUR // 2),
    }


@pytest.mark.django_db
def test_the_sums_are_what_the_clock_and_its_ledger_say():
    probe, _first, _other = story()
    probe.write(at(12, 9), state="working")
    probe.write(at(12, 11), state="waiting")
    now = at(13, 9)
    for clock in clock_rows().filter(ticket=probe.ticket.pk).order_by("cycle"):
        (found,) = breakdowns_of(probe.ticket, [clock], now=now)
        totals = totals_of(clock, now=now)
        assert (found.total.running, found.total.off_hours) == (totals.running, totals.off_hours)
        assert (found.total.paused, found.total.solved) == (totals.paused, totals.solved)
        assert found.total.running == clock.accrued_s
        for shares in (found.groups, found.assignees):
            assert sum((share.parts for share in shares), Parts()) == found.total
    assert segments_of(clock).filter(kind="solved").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("moves", [2, 20])
def test_it_costs_four_queries_for_any_history(moves, django_assert_num_queries):
    for key in ("a", "b"):
        SLADefinitionFactory(key=key, target_s=80 * HOUR)
    probe, teams = Probe(at(9, 9)), [GroupFactory(), GroupFactory()]
    person = AgentFactory(groups=teams)
    for number in range(moves):
        told(probe, at(9, 10, number), group=teams[number % 2], assignee=person if number % 2 else None)
        probe.write(at(9, 10, number, 30), state="waiting" if number % 2 else "working")
    clocks = latest_cycles([probe.ticket.pk])
    with django_assert_num_queries(4):
        found = breakdowns_of(probe.ticket, clocks, now=at(9, 12))
    assert [len(each.groups) for each in found] == [3, 3]


def test_reassigning_through_the_platform_is_seen(db):
    team, other = GroupFactory(), GroupFactory()
    incident = make_incident(group=team)
    update_ticket(incident.pk, actor=AgentFactory(groups=[team, other]), group=other)
    incident.refresh_from_db()
    later = db_now() + dt.timedelta(hours=1)
    for found in breakdowns_of(incident, latest_cycles([incident.pk]), now=later):
        assert found.groups[0].key == other.key
        assert found.total.wall in range(3599, 3602)


def test_agents_read_the_breakdown_of_a_clock(db):
    fire_due_clocks(limit=10)
    team = GroupFactory()
    incident = make_incident(group=team)
    agent, person = Caller(AgentFactory(groups=[team])), Caller(incident.requester)
    clock = agent.get(f"incidents/{incident.number}/clocks/").json()["results"][0]
    path = f"tickets/{incident.number}/clocks/{clock['id']}/breakdown/"
    body = agent.get(path).json()
    assert body["clock"]["id"] == clock["id"]
    assert {share["key"] for share in body["groups"]} <= {team.key}
    assert {share["key"] for share in body["assignees"]} <= {None}
    assert body["total"]["paused"] == "PT0S"
    problem(person.get(path), 404, "not_found")
    problem(agent.get(path.replace(clock["id"], str(incident.public_id))), 404, "not_found")
    other = make_incident(requester=UserFactory())
    problem(agent.get(path.replace(incident.number, other.number)), 404, "not_found")
