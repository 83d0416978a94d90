"""My day: what waits for one agent, nobody else's, at a fixed cost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from desk.selectors.day import FEW, day_of
from sla.models import Clock
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.approvals import make_approval_request
from tests.factories.incidents import make_incident
from tests.settling import settle
from tickets.models import Watcher
from tickets.services import add_work_note, update_ticket

QUERIES = 19


def text(answer: Any) -> str:
    """The page."""
    assert answer.status_code == 200
    return str(answer.content.decode())


def assigned(agent: Any, group: Any, **fields: Any) -> Any:
    """An incident that this agent works on."""
    incident = make_incident(group=group, **fields)
    return update_ticket(incident.pk, actor=agent, assignee=agent)


def test_my_tickets_come_with_the_next_due_first(agent: Any, group: Any):
    slow = assigned(agent, group, impact=3, urgency=3)
    fast = assigned(agent, group, impact=1, urgency=1)
    make_incident(group=group)
    assert [row.ticket.number for row in day_of(agent).mine] == [fast.number, slow.number]


def test_only_a_few_are_shown_and_the_way_to_the_rest(desk: Any, agent: Any, group: Any):
    for _place in range(FEW):
        assigned(agent, group)
    assert "?view=mine&amp;sort=sla" not in text(desk.get("/w/"))
    assigned(agent, group)
    day = day_of(agent)
    assert (len(day.mine), day.more_mine) == (FEW, True)
    assert "?view=mine&amp;sort=sla" in text(desk.get("/w/"))


def test_an_empty_day_says_so_and_what_to_do(desk: Any, agent: Any):
    page = text(desk.get("/w/"))
    for words in (
        "Nothing is assigned to you at the moment.",
        "No promise is about to be broken.",
        "Nobody has mentioned you.",
        "Nothing waits for your decision.",
    ):
        assert words in page
    assert "?view=unassigned" in page


def test_late_tickets_of_my_groups_are_those_i_do_not_have(agent: Any, group: Any):
    mine, ours = assigned(agent, group), make_incident(group=group)
    theirs = make_incident(group=GroupFactory())
    for each in (mine, ours, theirs):
        Clock.objects.filter(ticket=each).update(breached_at=each.opened_at)
    day = day_of(agent)
    assert [row.ticket.number for row in day.late] == [ours.number]
    assert [row.ticket.number for row in day.mine] == [mine.number]


def test_who_mentions_me_stands_there_until_i_may_not_see_it(agent: Any, group: Any):
    colleague, incident = AgentFactory(groups=[group]), make_incident(group=group)
    add_work_note(incident.pk, actor=colleague, body=f"@{agent.username} can you look at this?")
    settle()
    [mention] = day_of(agent).mentions
    assert incident.number in mention.text.subject
    assert day_of(colleague).mentions == []
    secret = GroupFactory(is_restricted=True)
    type(incident).objects.filter(pk=incident.pk).update(group=secret)
    Watcher.objects.filter(user=agent).delete()
    assert day_of(agent).mentions == []


def test_what_i_am_asked_leads_to_its_sheet(desk: Any, agent: Any):
    request = make_approval_request(agent)
    [asked] = day_of(agent).asked
    assert asked.url == f"/approvals/{request.approvals.get().public_id}/"
    assert f'href="{asked.url}"' in text(desk.get("/w/"))


def test_the_load_of_my_groups_is_told_person_by_person(desk: Any, agent: Any, group: Any):
    busy, gone = AgentFactory(groups=[group]), AgentFactory(groups=[group])
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    make_incident(group=group)
    for _place in range(2):
        assigned(busy, group)
    held = make_incident("on_hold", group=group, agent=busy)
    update_ticket(held.pk, actor=busy, assignee=busy)
    make_incident("resolved", group=group, agent=busy)
    AgentFactory(groups=[GroupFactory()])
    [team] = day_of(agent).teams
    assert [(load.name, load.working, load.waiting) for load in team.loads] == [
        ("Nobody yet", 1, 0),
        (agent.display_name, 0, 0),
        (busy.display_name, 2, 1),
    ]
    assert team.most == 3
    page = text(desk.get("/w/"))
    assert f"?view=open&amp;group={group.key}&amp;assignee={busy.username}" in page
    assert f"{busy.display_name}: 2 in work, 1 waiting" in page


def test_nothing_of_another_company_is_counted(agent: Any, group: Any):
    make_incident(requester=UserFactory(company=CompanyFactory()))
    day = day_of(agent)
    assert (list(day.mine), list(day.late)) == ([], [])
    assert sum(load.total for team in day.teams for load in team.loads) == 0


def test_htmx_gets_the_changing_part_alone(desk: Any, hx: Any):
    part = text(desk.get("/w/", **hx("day")))
    assert "<html" not in part
    assert 'id="day"' in part


def test_the_menu_marks_my_day_on_its_own_page_only(desk: Any):
    marked = re.compile(
        r'<a href="/w/" [^>]*aria-current="page"[^>]*><svg[^>]*><use href="[^"]*#layout-dashboard"'
    )
    assert [len(marked.findall(text(desk.get(each)))) for each in ("/w/", "/w/major/", "/w/all/")] == [
        2,
        0,
        0,
    ]


@pytest.mark.parametrize("rows", [2, 20])
def test_a_day_costs_the_same_for_any_number(
    rows: int, warm: Any, agent: Any, group: Any, django_assert_num_queries: Any
):
    colleague = AgentFactory(groups=[group])
    for _place in range(rows):
        incident = assigned(agent, group)
        AgentFactory(groups=[group])
        make_approval_request(agent)
        add_work_note(incident.pk, actor=colleague, body=f"@{agent.username} see above")
    settle()
    with django_assert_num_queries(QUERIES):
        text(warm.get("/w/"))


def test_a_group_without_open_tickets_is_left_out(agent: Any, group: Any):
    make_incident("resolved", group=group, agent=agent)
    assert day_of(agent).teams == []
