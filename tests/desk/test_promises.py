"""Clocks in the workspace: the strip in words, the next clock in lists, whose time it was."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.utils import translation

from core.time import db_now
from desk import promises
from sla.models import Clock
from sla.selectors import at_risk
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tests.factories.sla import Probe, SLADefinitionFactory
from tests.sla.moments import at
from tickets.models import Ticket

NUMBER = re.compile(r'id="row-([A-Z0-9]+)"')
HOUR = 3600


def text(response: Any) -> str:
    """The page, which must be there."""
    assert response.status_code == 200, response.content[:600]
    return html.unescape(response.content.decode())


def numbers(response: Any) -> list[str]:
    """The tickets of a list page, in their order."""
    return NUMBER.findall(text(response))


def due(ticket: Any, at: dt.datetime | None, **fields: Any) -> None:
    """Let the resolution clock be due then, and the response clock much later."""
    clocks = Clock.objects.filter(ticket=ticket.pk)
    clocks.update(due_at=db_now() + dt.timedelta(days=90))
    clocks.filter(track="incident_resolution").update(due_at=at, **fields)


def test_each_clock_is_named_with_target_due_time_zone_and_calendar(desk: Any, group: Any):
    urgent = make_incident(group=group, impact=1, urgency=1)
    page = text(desk.get(f"/w/incidents/{urgent.number}/"))
    assert "<b>Resolution</b>" in page
    assert re.search(r"<span>Target 4 h</span>\s*<span>24×7</span>", page)
    assert re.search(r"Due: <time [^>]+>(Today|Tomorrow) \d\d:\d\d KST</time>", page)
    assert '<span aria-hidden="true">on track</span>' in page
    calm = make_incident(group=group)
    assert "<span>Target 90 h</span>" in (page := text(desk.get(f"/w/incidents/{calm.number}/")))
    assert "(Asia/Seoul)" in page


def test_a_paused_clock_says_why_and_since_when(desk: Any, agent: Any, group: Any):
    incident = make_incident("on_hold", group=group, agent=agent)
    page = text(desk.get(f"/w/incidents/{incident.number}/"))
    assert re.search(r"<span>On hold since Today \d\d:\d\d</span>", page)
    assert 'data-stage="paused"' in page


def test_an_employee_sees_no_clock(client_of: Any, group: Any):
    person = UserFactory()
    incident = make_incident(requester=person, group=group, impact=1, urgency=1)
    page = text(client_of(person).get(f"/my/{incident.number}/"))
    assert "sla-" not in page
    assert "Target" not in page


def test_the_worst_clock_drives_the_order(desk: Any, group: Any):
    now = db_now()
    late, soon, calm, paused = (make_incident(group=group) for _number in range(4))
    due(late, now - dt.timedelta(hours=3), breached_at=now - dt.timedelta(hours=3))
    due(soon, now + dt.timedelta(hours=1))
    due(calm, now + dt.timedelta(hours=9))
    Clock.objects.filter(ticket=paused.pk).update(due_at=None)
    assert numbers(desk.get("/w/incidents/?sort=sla")) == [
        late.number, soon.number, calm.number, paused.number,
    ]  # fmt: skip


def test_lists_are_filtered_by_what_the_clocks_say(desk: Any, agent: Any, group: Any):
    now = db_now()
    late, soon, calm = (make_incident(group=group) for _number in range(3))
    waiting = make_incident("on_hold", group=group, agent=agent)
    due(late, now - dt.timedelta(hours=3), breached_at=now - dt.timedelta(hours=3))
    due(soon, now + dt.timedelta(hours=1), next_pct=100)
    due(calm, now + dt.timedelta(days=9))
    for query, expected in (
        ("sla=missed", {late}),
        ("sla=due_soon", {soon}),
        ("sla=at_risk", {late, soon}),
        ("sla=paused", {waiting}),
        ("sla=missed&sla=paused", {late, waiting}),
        ("sla=none", set()),
    ):
        found = numbers(desk.get(f"/w/incidents/?view=open&{query}"))
        assert set(found) == {each.number for each in expected}, query
    page = text(desk.get("/w/incidents/?sla=missed&sla=paused"))
    assert ">SLA: Missed, Paused<" in page
    assert desk.get("/w/incidents/?sla=angry").status_code == 400


def test_what_is_at_risk_is_listed_with_the_worst_first(desk: Any, group: Any):
    now = db_now()
    soon, late = make_incident(group=group), make_incident(group=group)
    due(soon, now + dt.timedelta(hours=1), next_pct=100)
    due(late, now - dt.timedelta(hours=1), breached_at=now - dt.timedelta(hours=1))
    assert numbers(desk.get("/w/all/?view=at_risk")) == [late.number, soon.number]


def test_a_promise_that_never_warns_is_at_risk_only_when_missed(db: Any):
    now = db_now()
    SLADefinitionFactory(calendar=None, calendar_source="none", thresholds=[])
    fresh, missed = Probe(now), Probe(now)
    Clock.objects.filter(ticket=missed.ticket.pk).update(breached_at=now)
    found = Ticket.objects.filter(at_risk()).values_list("pk", flat=True)
    assert list(found) == [missed.ticket.pk]
    assert fresh.clock().next_pct == 100


def test_a_missed_promise_that_waits_is_still_at_risk(db: Any):
    now = db_now()
    SLADefinitionFactory(calendar=None, calendar_source="none", target_s=HOUR)
    probe = Probe(now - dt.timedelta(hours=2))
    probe.write(now, state="waiting")
    assert probe.clock().stage == "paused"
    assert list(Ticket.objects.filter(at_risk())) == [probe.ticket]


@pytest.mark.parametrize("rows", [2, 20])
def test_the_order_by_clocks_costs_no_more_queries(
    rows: int, warm: Any, group: Any, django_assert_num_queries: Any
):
    for place in range(rows):
        make_incident(group=group, title=f"Printer {place}")
    with django_assert_num_queries(10):
        assert len(numbers(warm.get("/w/incidents/?sort=sla"))) == rows


def test_whose_time_it_was_is_read_when_it_is_opened(desk: Any, agent: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    url = f"/w/incidents/{incident.number}/times/"
    page = text(desk.get(f"/w/incidents/{incident.number}/"))
    assert f'hx-get="{url}" hx-trigger="toggle once"' in page
    assert '<th scope="col">Assignment group</th>' not in page
    Clock.objects.filter(ticket=incident.pk).update(running_since=db_now() + dt.timedelta(minutes=5))
    assert "No time has been counted." in text(desk.get(url, **hx("times-body")))
    Clock.objects.filter(ticket=incident.pk).update(running_since=db_now() - dt.timedelta(hours=2))
    part = text(desk.get(url, **hx("times-body")))
    assert "<html" not in part
    assert part.count('<th scope="col">Assignment group</th>') == 2  # response and resolution
    assert "Service desk" in part
    assert "Nobody" in part
    assert "<html" in text(desk.get(url))


def test_whose_time_it_was_is_not_for_employees(client_of: Any, group: Any):
    person = UserFactory()
    incident = make_incident(requester=person, group=group)
    assert client_of(person).get(f"/w/incidents/{incident.number}/times/").status_code == 403


def test_a_bar_tells_its_figures_in_a_sentence(group: Any):
    incident = make_incident(group=group)
    Clock.objects.filter(ticket=incident.pk).update(running_since=db_now() - dt.timedelta(hours=2))
    with translation.override("en"):
        found = [each for each in promises.times_of(incident) if each.clock.track == "incident_resolution"]
    line = found[0].tables[0][1][0]
    assert line.name == "Service desk"
    assert line.sentence.startswith("Service desk. ")
    assert sum(piece.value for piece in line.pieces) == line.parts.wall == found[0].longest


def test_how_the_time_went_is_told_in_order(desk: Any, agent: Any, group: Any, hx: Any):
    SLADefinitionFactory(target_s=20 * HOUR)
    probe = Probe(at(10, 16))
    probe.write(at(11, 10), state="waiting")
    probe.write(at(11, 12), state="working")
    probe.write(at(11, 13), state="solved")
    with translation.override("en"):
        (found,) = promises.times_of(probe.ticket)
    assert [(step.label, step.length) for step in found.steps] == [
        ("Running", "3 h of business time in 18 h"),
        ("Paused", "2 h"),
        ("Running", "1 h"),
    ]
    assert [(piece.value, piece.tone) for piece in found.course] == [
        (18 * HOUR, "accent"), (2 * HOUR, "warn"), (HOUR, "accent"),
    ]  # fmt: skip
