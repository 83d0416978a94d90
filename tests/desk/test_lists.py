"""Lists: what stands in which queue, paging without gaps, counts, and a constant number of queries."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from desk import counting, paging, selectors
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.catalog import make_item, make_task
from tests.factories.incidents import make_incident
from tickets.models import Ticket
from tickets.services import update_ticket

# session, user, roles, groups, page, clocks, saved views, rail with its counts, unread notices
LIST_QUERIES = 10
NUMBER = re.compile(r'id="row-([A-Z0-9]+)"')


def numbers(response: Any) -> list[str]:
    """The tickets of a list page, in their order."""
    assert response.status_code == 200, response.content[:500]
    return NUMBER.findall(response.content.decode())


@pytest.mark.parametrize("rows", [2, 20])
@pytest.mark.parametrize("address", ["/w/incidents/", "/w/all/?view=open&sort=newest&priority=5"])
def test_a_list_costs_the_same_for_any_number_of_rows(
    rows: int, address: str, warm: Any, group: Any, agent: Any, django_assert_num_queries: Any
):
    for place in range(rows):
        make_incident(group=group, requester=UserFactory(), title=f"Printer {place}")
    with django_assert_num_queries(LIST_QUERIES):
        assert len(numbers(warm.get(address))) == rows


def test_an_empty_list_says_so_and_offers_a_way_on(desk: Any):
    page = desk.get("/w/all/?view=mine").content.decode()
    assert "Nothing is assigned to you at the moment." in page
    assert 'href="/w/all/?view=unassigned"' in page


def test_each_queue_holds_what_its_name_says(desk: Any, agent: Any, group: Any):
    new = make_incident(group=group)
    foreign = make_incident(group=GroupFactory())
    nobodys = make_incident()
    mine = make_incident(group=group)
    update_ticket(mine.pk, actor=agent, assignee=agent)
    waiting = make_incident("on_hold", group=group, agent=agent)
    update_ticket(waiting.pk, actor=agent, assignee=agent)
    resolved = make_incident("resolved", group=group, agent=agent)
    make_incident("closed", group=group, agent=agent)
    task = make_task()
    item = task.ritm

    def held(address: str) -> set[str]:
        return set(numbers(desk.get(address)))

    assert held("/w/all/?view=mine") == {mine.number, waiting.number}
    assert {new.number, nobodys.number} <= held("/w/all/?view=unassigned")
    assert foreign.number not in held("/w/all/?view=unassigned")
    assert held("/w/incidents/?view=waiting") == {waiting.number}
    assert held("/w/all/?view=resolved") == {resolved.number}
    assert held("/w/tasks/") == {task.number}
    assert item.number in held("/w/requests/")
    assert held("/w/incidents/") == {new.number, foreign.number, nobodys.number, mine.number, waiting.number}


def test_requested_items_stand_with_requests(desk: Any):
    item = make_item()
    assert set(numbers(desk.get("/w/requests/"))) == {item.number, item.request.number}
    assert numbers(desk.get(f"/w/request-items/{item.number}/", follow=True))


def test_a_ticket_at_risk_is_told_by_its_clock(desk: Any, agent: Any, group: Any, monkeypatch: Any):
    late = make_incident(group=group, impact=1, urgency=1)
    make_incident(group=group)
    clock = late.clocks.order_by("pk")[0]
    type(clock).objects.filter(pk=clock.pk).update(breached_at=late.opened_at)
    assert numbers(desk.get("/w/all/?view=at_risk")) == [late.number]


@pytest.mark.parametrize("sort", sorted(paging.ORDERS))
def test_paging_shows_every_ticket_once_in_every_order(
    sort: str, desk: Any, group: Any, monkeypatch: Any, hx: Any
):
    monkeypatch.setattr(paging, "SIZE", 3)
    made = [make_incident(group=group, impact=1 + n % 3, urgency=1 + n % 2).number for n in range(8)]
    same = Ticket.objects.get(number=made[0]).opened_at
    Ticket.objects.filter(number__in=made[:4]).update(opened_at=same)
    seen, url = [], f"/w/incidents/?sort={sort}"
    while url:
        response = desk.get(url, **hx("pager")) if seen else desk.get(url)
        seen += numbers(response)
        found = re.search(r'id="pager"><a class="button" href="([^"]+)"', response.content.decode())
        url = found.group(1).replace("&amp;", "&") if found else ""
    assert sorted(seen) == sorted(made)
    assert len(seen) == len(set(seen))
    in_order = paging.ordered(Ticket.objects.filter(number__in=made), sort)
    assert seen == list(in_order.values_list("number", flat=True))


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "!!!",
        "W10",
        "bnVsbA",
        "WzEsMl0",
        "eyJhIjoxfQ",
        "WzUsIjIwMjYtMDEtMDEiLDFd",
        "WzUsbnVsbCwxXQ",
        "A" * 399,
    ],
)
def test_a_cursor_of_another_making_is_refused_with_its_name(after: str, desk: Any):
    response = desk.get("/w/incidents/", {"after": after})
    assert response.status_code == 400
    assert "This page address is not complete." in response.content.decode()


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("view=nothing", "view"),
        ("sort=secret", "sort"),
        ("priority=9", "priority"),
        ("priority=1&priority=x", "priority"),
        ("state=gone", "state"),
        ("group=no%20slug", "group"),
        ("q=" + "a" * 101, "q"),
        ("q=%00", "q"),
        ("assignee=%00", "assignee"),
    ],
)
def test_a_bad_filter_is_refused_with_its_name(query: str, named: str, desk: Any):
    response = desk.get(f"/w/incidents/?{query}")
    assert response.status_code == 400
    assert f"{named}: " in response.content.decode()


def test_filters_narrow_and_are_shown_with_a_way_to_remove_them(desk: Any, agent: Any, group: Any):
    urgent = make_incident(group=group, impact=1, urgency=1, title="Payroll is down")
    make_incident(group=group, title="Payroll colours")
    address = f"/w/incidents/?view=open&priority=1&group={group.key}&assignee=none&state=new&q=payroll"
    response = desk.get(address)
    assert numbers(response) == [urgent.number]
    page = response.content.decode()
    for chip in ("P1", "Group: Service desk", "Assignee: nobody", "New", "“payroll”"):
        assert f">{chip}<" in page
    assert (
        f'href="/w/incidents/?view=open&amp;state=new&amp;group={group.key}&amp;assignee=none&amp;q=payroll"'
        in page
    )


def test_a_filter_by_another_companys_group_finds_nothing(desk: Any, group: Any):
    make_incident(group=group)
    theirs = GroupFactory(company=CompanyFactory())
    assert numbers(desk.get(f"/w/incidents/?group={theirs.key}")) == []


def test_counts_stop_at_a_thousand():
    assert counting.words(1000) == "1,000"
    assert counting.words(1001) == "1,000+"


def test_the_rail_counts_what_the_queues_hold(agent: Any, group: Any):
    make_incident(group=group)
    make_incident(group=group)
    make_incident("on_hold", group=group)
    frame = selectors.frame_for(agent, None)
    counts = {(e.queue.path, e.queue.key): e.count for _heading, entries in frame.rail for e in entries}
    assert counts["incidents", "open"] == "3"
    assert counts["all", "unassigned"] == "3"
    assert counts["incidents", "waiting"] == "1"
    assert counts["all", "mine"] == "0"


def test_a_restricted_groups_tickets_are_neither_listed_nor_counted(desk: Any, agent: Any):
    secret = GroupFactory(is_restricted=True)
    hidden = make_incident(group=secret)
    response = desk.get("/w/incidents/")
    assert numbers(response) == []
    assert desk.get(f"/w/incidents/{hidden.number}/").status_code == 404
    counts = [e.count for _h, entries in selectors.frame_for(agent, None).rail for e in entries]
    assert set(counts) == {"0"}


def test_new_tickets_wait_behind_a_bar(desk: Any, agent: Any, group: Any, hx: Any):
    since = selectors.frame_for(agent, None).now
    address = "/w/incidents/fresh/"
    nothing = desk.get(address, {"since": since.isoformat()}, **hx("new-bar")).content.decode()
    assert "Show" not in nothing
    make_incident(group=group)
    Ticket.objects.update(opened_at=since + dt.timedelta(seconds=5))
    assert (
        "Show 1 new ticket"
        in desk.get(address, {"since": since.isoformat()}, **hx("new-bar")).content.decode()
    )


@pytest.mark.parametrize("since", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00"])
def test_a_bar_needs_a_moment_with_its_zone(since: str, desk: Any):
    assert desk.get("/w/incidents/fresh/", {"since": since}).status_code == 400


def test_one_row_comes_as_it_stands_now(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group, title="Before")
    update_ticket(incident.pk, actor=AgentFactory(groups=[group]), title="After")
    page = desk.get(f"/w/incidents/{incident.number}/row/").content.decode()
    assert numbers_of(page) == [incident.number]
    assert "After" in page
    assert "<html" not in page


def numbers_of(page: str) -> list[str]:
    """The rows in a fragment."""
    return NUMBER.findall(page)


def test_the_filter_form_is_a_page_and_a_fragment(desk: Any, hx: Any):
    page = desk.get("/w/tasks/filters/?view=open&priority=1").content.decode()
    assert "<html" in page
    assert 'value="1" id="id_priority_0" checked' in page
    fragment = desk.get("/w/tasks/filters/", **hx("dialog-body")).content.decode()
    assert "<html" not in fragment
    assert 'action="/w/tasks/"' in fragment


def test_an_unknown_list_is_not_there(desk: Any):
    assert desk.get("/w/assets/").status_code == 404
    assert desk.get("/w/assets/INC0000001/").status_code == 404
