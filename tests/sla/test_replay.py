"""History gives the stored clocks (PITFALLS P-08, PROCESSES SLA-13)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.time import db_now
from sla.choices import Rules, Status
from sla.models import SLADefinition
from sla.past.replay import replay_ticket
from sla.services import publish_definition, retire_definition
from tests.factories.sla import SLADefinitionFactory, is_
from tests.sla.histories import MOVES, life, replayed, stored, undone
from tickets.models import Activity

pytestmark = pytest.mark.django_db
HOUR = 3600

PATHS = st.lists(
    st.tuples(st.integers(0, 6 * 24 * 60), st.sampled_from(MOVES), st.booleans()), min_size=1, max_size=12
)


def draft_of(row, **changes):
    """The next version of a published definition."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in SLADefinition._meta.concrete_fields
        if field.attname not in {"id", "public_id", "created_at", "updated_at", "lock_version"}
    }
    given = values | {"no": row.no + 1, "status": Status.DRAFT, "published_at": None} | changes
    return SLADefinition.objects.create(**given)


@pytest.mark.pitfall("P-08")
@settings(max_examples=60)
@given(path=PATHS)
def test_any_history_gives_the_stored_clocks_stretches_and_events(path):
    with undone(), life() as one:
        for minutes, move, sweep in path:
            one.wait(minutes, sweep=sweep)
            one.do(move)
        one.wait(60)
        done = replay_ticket(one.ticket, now=db_now())
        assert replayed(done) == stored(one.pk)
        assert done.assumed == frozenset()


def test_a_word_that_came_with_a_move_is_one_write_and_one_alone_is_another():
    with life() as one:
        one.wait(10)
        one.do("start")
        one.do("answer")
        one.do("hold")
        one.do("ask")
        done = replay_ticket(one.ticket, now=db_now())
        assert replayed(done) == stored(one.pk)
        response = next(clock for clock in done.clocks if clock.track == "incident_response")
        assert (response.stage, response.since_verb) == ("completed", "comment")


def test_a_reply_with_the_move_that_answers_first_stops_the_response_by_that_move():
    with life() as one:
        one.wait(10)
        one.do("start")
        one.wait(5)
        one.do("hold")
        done = replay_ticket(one.ticket, now=db_now())
        assert replayed(done) == stored(one.pk)
        response = next(clock for clock in done.clocks if clock.track == "incident_response")
        assert (response.stage, response.since_verb) == ("completed", "hold")


def test_each_instant_has_the_definitions_that_were_in_force_then():
    with life(impact=1, urgency=1) as one:
        one.wait(10)
        old = SLADefinition.objects.get(key="incident_resolution_p1", status=Status.PUBLISHED)
        publish_definition(draft_of(old, target_s=HOUR).pk, actor=None)
        one.wait(1)
        one.do("resolve")
        one.wait(10)
        one.do("reopen")
        then = replay_ticket(one.ticket, now=db_now())
        assert replayed(then) == stored(one.pk)
        targets = [clock.target_s for clock in then.clocks if clock.track == "incident_resolution"]
        assert targets == [4 * HOUR, HOUR]
        now = replay_ticket(one.ticket, now=db_now(), rules=Rules.NOW)
        targets = [clock.target_s for clock in now.clocks if clock.track == "incident_resolution"]
        assert targets == [HOUR, HOUR]


def test_a_retired_definition_counts_until_it_was_retired():
    with life(impact=1, urgency=1) as one:
        row = SLADefinition.objects.get(key="incident_resolution_p1", status=Status.PUBLISHED)
        one.wait(10)
        retire_definition(row.pk, actor=None)
        one.wait(10)
        one.do("resolve")
        one.do("reopen")
        done = replay_ticket(one.ticket, now=db_now())
        assert replayed(done) == stored(one.pk)
        now = replay_ticket(one.ticket, now=db_now(), rules=Rules.NOW)
        assert {clock.track for clock in now.clocks} == {"incident_response"}


def test_what_was_behind_a_reference_is_taken_as_it_was_recorded():
    SLADefinitionFactory(
        key="vip", kind="incident", start_cond=is_("requester.is_vip", value=True), calendar_source="none",
        calendar=None, stop_cond=is_("state", "resolved"), pause_cond=is_("phase", "waiting"),
    )  # fmt: skip
    with life() as one:
        vip = one.requester
        type(vip).objects.filter(pk=vip.pk).update(is_vip=True)
        one.wait(5)
        one.do("retitle")
        one.wait(5)
        one.do("start")
        type(vip).objects.filter(pk=vip.pk).update(is_vip=False)
        done = replay_ticket(one.ticket, now=db_now())
        clocks = {clock.track: clock for clock in done.clocks}
        assert clocks["vip"].stage == "in_progress"
        assert "requester.is_vip" not in done.assumed


def test_what_nobody_recorded_is_said_to_be_assumed():
    SLADefinitionFactory(key="team", kind="incident", start_cond=is_("group.key", "nobody"))
    with life() as one:
        one.wait(5)
        one.do("start")
        done = replay_ticket(one.ticket, now=db_now())
        assert done.assumed <= {"group.key"}
        assert ("group.key" in done.assumed) == (one.ticket.group_id is not None)


def test_a_ticket_that_came_without_a_history_begins_as_it_is():
    with life() as one:
        done = replay_ticket(one.ticket, now=db_now())
        assert done.assumed == frozenset()
    assert not Activity.objects.exclude(ticket=one.pk).exists()


@pytest.mark.parametrize("moves", [2, 20])
def test_a_replay_costs_the_same_for_any_length_of_the_history(moves, django_assert_max_num_queries):
    with life() as one:
        for _turn in range(moves):
            one.wait(30)
            one.do("hold")
            one.do("resume")
            one.do("raise_it")
            one.do("lower_it")
        ticket = one.ticket
        replay_ticket(ticket, now=db_now())
        with django_assert_max_num_queries(11):
            replay_ticket(ticket, now=db_now())
