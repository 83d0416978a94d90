"""What-ifs: what a candidate would have made of past tickets, and that nothing else is written (FT-71)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from core.errors import NotAllowedError, RuleRefusedError, WrongStateError
from core.rehearsing import rehearsing
from core.time import db_now
from schedules.models import Calendar
from sla.choices import Rules, Status
from sla.models import SLADefinition, WhatIf
from sla.past.replay import replay_ticket
from sla.services import publish_definition
from sla.whatif import services as whatif
from sla.whatif.services import advance_what_ifs, months_before, start_what_if, what_ifs_for
from tests.factories.accounts import AgentFactory, administrator
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import SLADefinitionFactory, is_
from tests.sla.histories import Life
from tests.sla.test_replay import draft_of
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600


@pytest.fixture
def past():
    """Eight incidents that took 20 to 160 minutes, at priority 1."""
    with rehearsing("T") as ledger:
        lives = []
        for number in range(1, 9):
            one = Life(ledger, impact=1, urgency=1)
            one.wait(20 * number, sweep=False)
            one.do("start")
            one.do("resolve")
            lives.append(one)
        yield lives


def candidate(**changes):
    """A draft of the resolution at priority 1."""
    row = SLADefinition.objects.get(key="incident_resolution_p1", status=Status.PUBLISHED)
    return draft_of(row, **changes)


def finish(limit=3):
    """Sweep until it is over."""
    while advance_what_ifs(limit=limit):
        pass


def contents():
    """Rows, content and last writer of every table but the one that may change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        names = [name for (name,) in cursor.fetchall() if name != "sla_whatif"]
        found = {}
        for name in names:
            cursor.execute(
                "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0),"
                f' coalesce(sum(xmin::text::bigint), 0) FROM "{name}" t'
            )
            found[name] = cursor.fetchone()
        return found


def test_breaches_that_a_tighter_target_would_bring_are_counted_and_named(past):
    row = start_what_if(actor=administrator(), definition=candidate(target_s=90 * MINUTE), months=1)
    assert (row.status, row.percent) == ("queued", 0)
    finish()
    row.refresh_from_db()
    found = row.result
    late = [one.ticket.number for one in past if one is not None][4:]  # 100 minutes and more
    assert (row.status, row.done, row.total, row.percent) == ("done", 8, 8, 100)
    assert (found["tickets"], found["clocks_before"], found["clocks_after"]) == (8, 8, 8)
    assert (found["breaches_before"], found["breaches_after"]) == (0, 4)
    assert (found["gained"], found["gained_count"], found["lost_count"]) == (late, 4, 0)
    assert found["by_priority"] == {"1": [0, 4]}
    assert [pair[1] for pair in found["by_team"].values()] == [4]
    assert found["assumed"] == []


@pytest.mark.parametrize("minutes", [30, 70, 150, 300])
def test_what_was_predicted_is_what_a_replay_gives_after_publishing(past, minutes):
    draft = candidate(target_s=minutes * MINUTE)
    row = start_what_if(actor=administrator(), definition=draft, months=1)
    finish()
    row.refresh_from_db()
    publish_definition(draft.pk, actor=None)
    missed = [
        one.ticket.number
        for one in past
        if any(
            clock.breached_at and clock.track == "incident_resolution"
            for clock in replay_ticket(one.ticket, now=row.as_of, rules=Rules.NOW).clocks
        )
    ]
    assert row.result["gained"] == missed
    assert row.result["breaches_after"] == len(missed)


def test_only_the_row_of_the_question_is_written(past):
    row = start_what_if(actor=administrator(), definition=candidate(target_s=HOUR), months=1)
    before = contents()
    finish()
    row.refresh_from_db()
    assert row.status == "done"
    assert contents() == before


def test_a_killed_worker_loses_its_batch_and_another_goes_on(past, monkeypatch):
    row = start_what_if(actor=administrator(), definition=candidate(target_s=90 * MINUTE), months=1)
    advance_what_ifs(limit=3)
    look = whatif._look_at

    def killed(*given):
        look(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(whatif, "_look_at", killed)
    with pytest.raises(KeyboardInterrupt):
        advance_what_ifs(limit=3)
    row.refresh_from_db()
    assert (row.status, row.done, row.result["tickets"]) == ("running", 3, 3)
    assert row.cursor == past[2].pk
    monkeypatch.setattr(whatif, "_look_at", look)
    finish()
    row.refresh_from_db()
    assert (row.status, row.result["tickets"], row.result["breaches_after"]) == ("done", 8, 4)


def test_a_question_that_cannot_be_answered_fails_with_its_reason(past, monkeypatch):
    row = start_what_if(actor=administrator(), definition=candidate(), months=1)

    def broken(*_given):
        raise ValueError("no such thing")

    monkeypatch.setattr(whatif, "_look_at", broken)
    advance_what_ifs(limit=3)
    row.refresh_from_db()
    assert (row.status, row.error, row.done) == ("failed", "ValueError: no such thing", 0)
    assert advance_what_ifs(limit=3) == 0


def test_other_hours_of_a_calendar_show_what_they_would_change():
    calendar = CalendarFactory()
    SLADefinitionFactory(
        key="office", kind="incident", calendar=calendar, stop_cond=is_("state", "resolved"), pause_cond=None
    )
    with rehearsing("T") as ledger:
        ledger.shift += _next_monday_at_nine() - db_now()
        one = Life(ledger)
        one.wait(24 * 60, sweep=False)
        one.do("start")
        one.do("resolve")
        short = {"hours": {str(day): "09:00-10:00" for day in range(5)}}
        row = start_what_if(actor=administrator(), calendar=calendar, changes=short, months=1)
        before = contents()
        finish()
        assert contents() == before
        row.refresh_from_db()
        # Nine office hours passed the target of four; one hour a day does not.
        assert (row.result["breaches_before"], row.result["breaches_after"]) == (1, 0)
        assert (row.result["lost"], row.result["gained"]) == ([one.ticket.number], [])


def _next_monday_at_nine():
    local = (db_now() + dt.timedelta(days=7)).astimezone(dt.timezone(dt.timedelta(hours=9)))
    monday = local - dt.timedelta(days=local.weekday())
    return (monday + dt.timedelta(days=7)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("tickets", [2, 20])
def test_a_batch_costs_the_same_for_any_number_of_tickets(tickets, django_assert_max_num_queries):
    with rehearsing("T") as ledger:
        for _number in range(tickets):
            Life(ledger, impact=1, urgency=1).do("start")
        actor, draft = administrator(), candidate(target_s=HOUR)
        start_what_if(actor=actor, definition=draft, months=1)
        finish(limit=50)
        start_what_if(actor=actor, definition=draft, months=1)
        with django_assert_max_num_queries(22):
            advance_what_ifs(limit=50)


def test_tickets_of_before_and_of_others_are_left_out(past):
    old, *_rest = past
    Ticket.objects.filter(pk=old.pk).update(opened_at=db_now() - dt.timedelta(days=70))
    row = start_what_if(actor=administrator(), definition=candidate(), months=2)
    finish()
    row.refresh_from_db()
    assert row.result["tickets"] == 7


@pytest.mark.parametrize("months", [0, 37, -1, True, "3"])
def test_bad_months_are_refused(months):
    with pytest.raises(RuleRefusedError):
        start_what_if(actor=None, definition=candidate(), months=months)


@pytest.mark.parametrize(
    "changes",
    [
        None,
        {},
        {"hours": {"0": "9-9:61"}},
        {"hours": {"7": "9-18"}},
        {"hours": {"0": ""}},
        {"hours": "always"},
        {"tz": "Mars/Base"},
        {"holidays": ["yesterday"]},
        {"holidays": "2026-01-01"},
        {"colour": "red"},
    ],
)
def test_bad_calendars_are_refused_and_nothing_is_asked(changes):
    with pytest.raises(RuleRefusedError):
        start_what_if(actor=None, calendar=Calendar.objects.get(key="kr-office"), changes=changes, months=1)
    assert not WhatIf.objects.exists()


def test_a_definition_or_a_calendar_is_needed_and_one_that_could_be_published():
    with pytest.raises(RuleRefusedError):
        start_what_if(actor=None, months=1)
    bad = candidate(start_cond={"f": "colour", "op": "eq", "v": "red"})
    with pytest.raises(RuleRefusedError):
        start_what_if(actor=None, definition=bad, months=1)


def test_who_may_not_is_refused_and_people_read_their_own_questions():
    with pytest.raises(NotAllowedError):
        start_what_if(actor=AgentFactory(), definition=candidate(), months=1)
    mine, other, draft = administrator(), administrator(), candidate(no=3)
    row = start_what_if(actor=mine, definition=draft, months=1)
    assert list(what_ifs_for(mine)) == [row]
    assert list(what_ifs_for(other)) == []
    assert list(what_ifs_for(AgentFactory())) == []
    for _number in range(4):
        start_what_if(actor=mine, definition=draft, months=1)
    with pytest.raises(WrongStateError):
        start_what_if(actor=mine, definition=draft, months=1)


def test_months_go_back_to_the_same_day_or_the_last_one_of_the_month():
    def day(text):
        return dt.datetime.fromisoformat(f"{text}T12:00+00:00")

    assert months_before(day("2026-05-31"), 3) == day("2026-02-28")
    assert months_before(day("2026-01-15"), 1) == day("2025-12-15")
    assert months_before(day("2026-03-30"), 36) == day("2023-03-30")
