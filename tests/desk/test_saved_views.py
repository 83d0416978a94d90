"""Saved views: what they hold, who sees and changes them, what they count, and what they cost."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from accounts.models import Membership
from core.errors import BadInputError, NotAllowedError, NotVisibleError, RuleRefusedError, StaleVersionError
from core.models import AuditLog
from desk import selectors
from desk.models import SavedView
from desk.saved import services
from desk.saved.selectors import views_for
from tests.desk.test_lists import LIST_QUERIES, numbers
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    GroupFactory,
    UserFactory,
    administrator,
)
from tests.factories.desk import make_view
from tests.factories.incidents import make_incident
from tests.tickets.test_cost import copies, plan_of, spread, statements, walked
from tickets.services import update_ticket

ADDRESS = (
    "/w/incidents/?view=open&sort=newest&priority=1&priority=2"
    "&columns=assignee&columns=opened&density=compact"
)


def rail(actor: Any) -> dict[str, list[tuple[str, str]]]:
    """The saved views of the rail with their counts, by heading."""
    sections = selectors.frame_for(actor, None).rail
    return {
        str(heading): [(str(e.label), e.count) for e in entries if e.queue is None]
        for heading, entries in sections
        if any(e.queue is None for e in entries)
    }


def test_a_list_is_saved_as_it_is_on_screen_and_comes_back_by_its_id_alone(desk: Any, agent: Any, group: Any):
    urgent = make_incident(group=group, impact=1, urgency=1, title="Payroll is down")
    make_incident(group=group)
    answer = desk.post(ADDRESS.replace("/?", "/save/?"), {"name": "Urgent", "shown_to": "mine"}, follow=True)
    view = SavedView.objects.get()
    assert answer.redirect_chain == [(f"/w/incidents/?saved={view.public_id}", 302)]
    assert numbers(answer) == [urgent.number]
    assert view.queue == "open"
    assert view.filters == {"priority": [1, 2]}
    assert (view.columns, view.sort, view.density) == (["assignee", "opened"], "newest", "compact")
    page = answer.content.decode()
    assert "<h2>Urgent</h2>" in page
    assert 'data-density="compact"' in page
    assert 'title="Opened"' in page
    assert 'title="Requester"' not in page
    # From here on the address holds everything: what is removed stays removed.
    chip = re.search(r'href="(/w/incidents/\?[^"]*)" aria-label="Remove the filter', page)
    assert chip
    without = html.unescape(chip.group(1))
    assert f"saved={view.public_id}" in without
    assert len(numbers(desk.get(without))) == 2


def test_a_view_whose_list_was_changed_on_screen_can_take_the_change_over(desk: Any, agent: Any, group: Any):
    view = make_view(agent, filters={"priority": [1]})
    button = f"/w/incidents/save/{view.public_id}/?"
    assert button not in desk.get(f"/w/incidents/?saved={view.public_id}").content.decode()
    changed = f"/w/incidents/?view=open&priority=3&saved={view.public_id}"
    assert button in desk.get(changed).content.decode()
    desk.post(changed.replace("/?", f"/save/{view.public_id}/?"))
    view.refresh_from_db()
    assert view.filters == {"priority": [3]}
    assert view.lock_version == 2


def test_the_same_address_gives_each_reader_the_same_rows_within_their_rights(
    client_of: Any, agent: Any, group: Any
):
    colleague, stranger = AgentFactory(groups=[group]), AgentFactory()
    secret = GroupFactory(is_restricted=True)
    Membership.objects.create(user=agent, group=secret)
    seen, hidden = make_incident(group=group), make_incident(group=secret)
    view = make_view(agent, audience="team", group=group)
    address = f"/w/incidents/?saved={view.public_id}"
    assert set(numbers(client_of(agent).get(address))) == {seen.number, hidden.number}
    assert numbers(client_of(colleague).get(address)) == [seen.number]
    assert client_of(stranger).get(address).status_code == 404
    # Also with everything else in the address, and on the pages beside it.
    assert client_of(stranger).get(f"{address}&view=open&priority=1").status_code == 404
    assert client_of(stranger).get(f"/w/views/{view.public_id}/").status_code == 404


def test_what_a_shared_view_says_of_me_is_meant_of_its_reader(client_of: Any, agent: Any, group: Any):
    colleague = AgentFactory(groups=[group])
    mine, theirs = make_incident(group=group), make_incident(group=group)
    for ticket, who in ((mine, agent), (theirs, colleague)):
        update_ticket(ticket.pk, actor=who, assignee=who)
    view = make_view(agent, audience="team", group=group, filters={"assignee": "me"})
    for who, ticket in ((agent, mine), (colleague, theirs)):
        assert numbers(client_of(who).get(f"/w/incidents/?saved={view.public_id}")) == [ticket.number]


def test_views_stand_in_sections_with_their_counts(agent: Any, group: Any):
    make_incident(group=group, impact=1, urgency=1)
    make_incident(group=group)
    make_view(agent, name="Mine")
    make_view(
        AgentFactory(groups=[group]), name="Ours", audience="team", group=group, filters={"priority": [1]}
    )
    make_view(administrator(), name="All", audience="everyone", filters={"q": "nothing"})
    make_view(AgentFactory(), name="Theirs")
    other = GroupFactory()
    make_view(AgentFactory(groups=[other]), name="Another team", audience="team", group=other)
    assert rail(agent) == {
        "For all agents": [("All", "0")],
        "Team views": [("Ours", "1")],
        "My views": [("Mine", "2")],
    }


def test_another_companys_views_are_neither_shown_nor_found(client_of: Any, agent: Any):
    company = CompanyFactory()
    chief = administrator()
    type(chief).objects.filter(pk=chief.pk).update(company=company)
    chief = type(chief).objects.get(pk=chief.pk)
    view = make_view(chief, audience="everyone")
    assert rail(agent) == {}
    assert client_of(agent).get(f"/w/incidents/?saved={view.public_id}").status_code == 404


def test_many_views_are_shown_and_forty_are_counted(agent: Any):
    for place in range(42):
        make_view(agent, name=f"View {place:02}")
    shown = rail(agent)["My views"]
    assert [count for _name, count in shown] == ["0"] * 40 + [""] * 2


@pytest.mark.parametrize("views", [2, 20])
@pytest.mark.parametrize("rows", [2, 20])
def test_views_and_rows_do_not_add_queries(
    rows: int, views: int, warm: Any, agent: Any, group: Any, django_assert_num_queries: Any
):
    for place in range(rows):
        make_incident(group=group, requester=UserFactory(), title=f"Printer {place}")
    for place in range(views):
        view = make_view(agent, name=f"View {place}", filters={"group": group.key, "q": "printer"})
    with django_assert_num_queries(LIST_QUERIES + 2):  # the view of the address and its search
        assert len(numbers(warm.get(f"/w/incidents/?saved={view.public_id}"))) == rows


def test_counts_of_twenty_thousand_tickets_scan_no_table(agent: Any, group: Any):
    for place in (group, GroupFactory()):
        incident = make_incident(group=place)
        with connection.cursor() as cursor:
            copies(cursor, incident, 4000)
    closed = make_incident("closed", group=group)
    with connection.cursor() as cursor:
        copies(cursor, closed, 12_000)
    spread()
    for state in (
        {},
        {"filters": {"group": group.key, "priority": [1]}},
        {"filters": {"assignee": "me"}},
        {"filters": {"state": ["new"], "requester": closed.requester.username}},
    ):
        make_view(agent, **state)
    sent = statements(lambda: selectors.frame_for(agent, None))
    read = [each for each in sent if "tickets_ticket" in each]
    assert len(read) == 1
    assert "tickets_ticket" not in set(walked(plan_of(read[0])))
    assert rail(agent)["My views"][0][1] == "1,000+"


# who may do what ------------------------------------------------------------------------------------------

ACTORS = ("owner", "member", "manager", "stranger", "administrator")
MAY = {
    # audience: who changes it; who else sees it
    "mine": ({"owner"}, set()),
    "team": ({"owner", "manager", "administrator"}, {"member"}),
    "everyone": ({"administrator"}, {"owner", "member", "manager", "stranger"}),
}


@pytest.mark.parametrize("audience", sorted(MAY))
@pytest.mark.parametrize("who", ACTORS)
def test_who_sees_and_who_changes_a_view(who: str, audience: str, group: Any):
    people = {name: AgentFactory(groups=[group]) for name in ("owner", "member", "manager")}
    people |= {"stranger": AgentFactory(), "administrator": administrator()}
    Membership.objects.filter(user=people["manager"]).update(is_manager=True)
    Membership.objects.create(user=people["administrator"], group=group)
    maker = people["administrator" if audience == "everyone" else "owner"]
    view = make_view(maker, audience=audience, group=group if audience == "team" else None)
    SavedView.objects.update(owner=people["owner"])
    changers, readers = MAY[audience]
    actor = people[who]
    assert views_for(actor).exists() is (who in changers | readers)
    before = SavedView.objects.values().get()
    if who in changers:
        services.change_view(view.public_id, actor=actor, name="New")
        services.delete_view(view.public_id, actor=actor)
        assert not SavedView.objects.exists()
        assert list(
            AuditLog.objects.filter(table="desk_savedview").order_by("pk").values_list("action", flat=True)
        ) == ["saved", "changed", "deleted"]
        return
    for act in (services.change_view, services.delete_view):
        with pytest.raises(NotAllowedError if who in readers else NotVisibleError):
            act(view.public_id, actor=actor)
    assert SavedView.objects.values().get() == before


@pytest.mark.parametrize(
    ("who", "audience", "allowed"),
    [
        ("agent", "team", True),
        ("agent", "everyone", False),
        ("stranger", "team", False),
        ("administrator", "team", True),
        ("administrator", "everyone", True),
    ],
)
def test_for_whom_one_may_make_views(who: str, audience: str, allowed: Any, agent: Any, group: Any):
    actor = {"agent": agent, "stranger": AgentFactory(), "administrator": administrator()}[who]
    if allowed:
        made = make_view(actor, audience=audience, group=group)
        assert made.group == (group if audience == "team" else None)
        return
    with pytest.raises(NotAllowedError):
        make_view(actor, audience=audience, group=group)
    assert not SavedView.objects.exists()


def test_who_does_not_work_in_the_workspace_saves_nothing(requester: Any):
    with pytest.raises(NotAllowedError):
        make_view(requester)


def test_who_left_the_team_no_longer_sees_or_changes_what_they_made_for_it(agent: Any, group: Any):
    view = make_view(agent, audience="team", group=group)
    Membership.objects.filter(user=agent).delete()
    again = type(agent).objects.get(pk=agent.pk)
    with pytest.raises(NotVisibleError):
        services.change_view(view.public_id, actor=again, name="Still mine")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": ""}, RuleRefusedError),
        ({"name": "   "}, RuleRefusedError),
        ({"name": "x" * 61}, RuleRefusedError),
        ({"name": "a\x00b"}, RuleRefusedError),
        ({"position": 1000}, RuleRefusedError),
        ({"audience": "nobody"}, RuleRefusedError),
        ({"audience": "team"}, RuleRefusedError),
        ({"state": {"queue": "nothing"}}, BadInputError),
        ({"state": {"filters": {"state": ["gone"]}}}, BadInputError),
        ({"state": {"filters": {"q": "a" * 100_000}}}, BadInputError),
        ({"state": {"columns": ["secret"]}}, BadInputError),
        ({"state": {"sort": "secret"}}, BadInputError),
        ({"state": {"density": "none"}}, BadInputError),
        ({"expected_version": 7}, StaleVersionError),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(values: Any, error: Any, agent: Any):
    view = make_view(agent)
    before = SavedView.objects.values().get()
    with pytest.raises(error):
        services.change_view(view.public_id, actor=agent, **values)
    assert SavedView.objects.values().get() == before


def test_no_more_than_a_hundred_views_a_person(agent: Any, monkeypatch: Any):
    monkeypatch.setattr(services, "MOST_OWN", 2)
    make_view(agent)
    make_view(agent)
    with pytest.raises(RuleRefusedError) as refused:
        make_view(agent)
    assert "Delete one of them first" in str(refused.value.detail)


@pytest.mark.parametrize(
    "query",
    ["saved=x", "saved=../../etc", "saved=00000000", "saved=%00", "columns=secret", "density=huge"],
)
def test_a_hostile_address_is_refused(query: str, desk: Any):
    assert desk.get(f"/w/incidents/?{query}").status_code == 400


def test_an_id_that_is_no_view_is_not_there(desk: Any):
    assert desk.get("/w/incidents/?saved=0191d0c8-0000-7000-8000-000000000000").status_code == 404


def test_a_view_that_names_what_is_no_more_harms_no_page(desk: Any, agent: Any):
    view = make_view(agent)
    SavedView.objects.update(filters={"state": ["gone"]})
    assert desk.get("/w/incidents/").status_code == 200
    assert desk.get(f"/w/incidents/?saved={view.public_id}").status_code == 400


def test_the_views_own_page_renames_shares_copies_and_deletes(desk: Any, agent: Any, group: Any):
    view = make_view(agent)
    own = f"/w/views/{view.public_id}/"
    assert 'value="Mine to do"' in desk.get(own).content.decode()
    form = {"name": "<b>Ours</b>", "shown_to": f"team:{group.key}", "position": "7", "lock_version": "1"}
    page = desk.post(own, form, follow=True).content.decode()
    assert "&lt;b&gt;Ours&lt;/b&gt;" in page
    assert "<b>Ours</b>" not in page
    view.refresh_from_db()
    assert (view.audience, view.group, view.position) == ("team", group, 7)
    stale = desk.post(own, form)
    assert stale.status_code == 409
    assert "Someone changed this view in the meantime" in stale.content.decode()
    desk.post(f"{own}copy/")
    copied = SavedView.objects.exclude(pk=view.pk).get()
    assert (copied.name, copied.audience, copied.owner) == ("<b>Ours</b> (copy)", "mine", agent)
    desk.post(f"{own}delete/")
    assert list(SavedView.objects.all()) == [copied]


def test_a_member_is_told_why_they_cannot_change_a_teams_view(client_of: Any, agent: Any, group: Any):
    view = make_view(AgentFactory(groups=[group]), audience="team", group=group)
    page = client_of(agent).get(f"/w/views/{view.public_id}/").content.decode()
    assert "Only who made it, a manager of its team or an administrator changes it." in page
    assert "Delete the view" not in page
    assert client_of(agent).post(f"/w/views/{view.public_id}/delete/").status_code == 403
    assert SavedView.objects.filter(lock_version=F("lock_version")).count() == 1


def test_sharing_beyond_ones_rights_is_refused_at_the_field(desk: Any, agent: Any):
    foreign = GroupFactory()
    for shown_to in ("everyone", f"team:{foreign.key}", "team:none", "x"):
        answer = desk.post("/w/incidents/save/", {"name": "X", "shown_to": shown_to})
        assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_the_bar_brings_the_present_counts(desk: Any, agent: Any, group: Any, hx: Any):
    make_view(agent, name="Mine")
    since = selectors.frame_for(agent, None).now.isoformat()
    make_incident(group=group)
    page = desk.get("/w/incidents/fresh/", {"since": since}, **hx("new-bar")).content.decode()
    assert '<span>Mine</span><span class="num">1</span>' in page
    assert 'id="views" hx-swap-oob="true"' in page
