"""Merging many incidents into one: who is kept, what came of each, cycles, rights, and the way back."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from rest_framework.settings import api_settings

from accounts.choices import Grant
from accounts.models import Role
from api.models import Job
from desk.models import BulkChange
from incidents.models import Incident
from incidents.services import merge_incident
from tests.api.calls import Caller
from tests.desk.test_bulk import RUN, URL, pick, run, told, undo, work
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tests.tickets.test_cost import copies
from tickets.models import Merge, Ticket
from tickets.services import update_ticket


@pytest.fixture(autouse=True)
def _no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")


def merged() -> dict[str, str]:
    """Which incident goes on in which."""
    return dict(Merge.objects.filter(undone_at=None).values_list("source__number", "main__number"))


def committed() -> None:
    """What the end of a transaction checks, as it is between two requests."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def ask(client: Any, tickets: Any, status: int = 200, **fields: Any) -> str:
    """The page that says what would happen."""
    answer = client.post(URL, {"do": "merge", "pick": pick(*tickets), **fields})
    assert answer.status_code == status
    return answer.content.decode()


def test_the_form_offers_the_chosen_ones_the_oldest_first(desk: Any, group: Any, hx: Any):
    first, second = make_incident(group=group), make_incident(group=group)
    closed = make_incident("closed", group=group)
    page = ask(desk, [second, first, closed])
    assert page.index(f'name="keep" value="{first.number}"') < page.index(
        f'name="keep" value="{second.number}"'
    )
    assert f'name="keep" value="{closed.number}"' not in page
    assert 'value="other"' in page
    fragment = desk.post(URL, {"do": "merge", "pick": pick(first, second)}, **hx("dialog-body"))
    assert "<html" not in fragment.content.decode()
    assert not BulkChange.objects.exists()


def test_it_says_who_is_kept_and_what_goes_on_there_before_anything_happens(desk: Any, group: Any):
    kept, other = make_incident(group=group, title="The gateway is away"), make_incident(group=group)
    closed = make_incident("closed", group=group)
    page = ask(desk, [kept, other, closed], keep=kept.number)
    assert f"2 incidents go on in {kept.number}" in page
    assert "The gateway is away" in page
    assert kept.requester.display_name in page
    assert f"<li>{other.number} {other.title}" in page
    assert "1 of them is closed and stays as it is." in page
    assert merged() == {}
    assert not BulkChange.objects.exists()


def test_the_others_go_on_in_the_one_that_is_kept_and_come_back(desk: Any, group: Any):
    kept, *others = (make_incident(group=group) for _ in range(4))
    page = run(desk, "merge", [kept, *others], keep=kept.number)
    assert "3 tickets were changed." in page
    assert set(told(page)) == {each.number for each in others}
    assert merged() == {each.number: kept.number for each in others}
    assert set(Incident.objects.filter(state="cancelled").values_list("pk", flat=True)) == {
        each.pk for each in others
    }
    assert "You can take it back for ten minutes." in page
    committed()
    page = undo(desk)
    assert "3 tickets were changed." in page
    assert merged() == {}
    assert set(Incident.objects.values_list("state", flat=True)) == {"new"}


def test_another_one_is_named_by_its_number(desk: Any, group: Any):
    outside, inside = make_incident(group=group), make_incident(group=group)
    assert f"1 incident goes on in {outside.number}" in ask(desk, [inside], keep="other", into=outside.number)
    run(desk, "merge", [inside], into=f" {outside.number.lower()} ")
    assert merged() == {inside.number: outside.number}


def test_what_was_merged_itself_means_its_main_one(desk: Any, agent: Any, group: Any):
    """Also where that one is chosen too: it is kept, and nothing is merged into itself."""
    main, before, third = (make_incident(group=group) for _ in range(3))
    merge_incident(before.pk, actor=agent, into=main)
    assert f"1 incident goes on in {main.number}" in ask(desk, [main, third], into=before.number)
    run(desk, "merge", [main, third], into=before.number)
    assert merged() == {before.number: main.number, third.number: main.number}


def test_a_ring_is_refused_in_words_and_the_rest_is_merged(desk: Any, agent: Any, group: Any):
    parent, other = make_incident(group=group), make_incident(group=group)
    child = make_incident(group=group)
    update_ticket(child.pk, actor=agent, parent=Ticket.objects.get(pk=parent.pk))
    page = run(desk, "merge", [parent, other, child], keep=child.number)
    result = told(page)
    assert f"{child.number} is below {parent.number}" in result[parent.number]
    assert result[other.number] == ""
    assert merged() == {other.number: child.number}


@pytest.mark.parametrize("kept", ["hidden", "closed", "problem", "nothing", "alone", "mixed"])
def test_an_unfit_choice_is_told_and_nothing_is_done(desk: Any, agent: Any, group: Any, kept: str):
    one, two = make_incident(group=group), make_incident(group=group)
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    closed = make_incident("closed", group=group, agent=agent)
    problem = make_problem()
    named = {"hidden": hidden, "closed": closed, "problem": problem, "alone": one, "mixed": one}
    tickets = {"alone": [one], "mixed": [two, problem]}.get(kept, [one, two])
    into = named[kept].number if kept in named else "INC9999999"
    words = {
        "hidden": f"There is no incident “{hidden.number}”.",
        "closed": f"{closed.number} is closed; choose one that is open.",
        "problem": "An incident is merged into an incident.",
        "nothing": "There is no incident “INC9999999”.",
        "alone": "Choose at least one other incident that goes on in it.",
        "mixed": "Only incidents are merged. Take the other tickets out.",
    }
    assert words[kept] in ask(desk, tickets, 422, keep="other", into=into)
    assert desk.post(RUN, {"do": "merge", "pick": pick(*tickets), "into": into}).status_code == 422
    assert merged() == {}
    assert not BulkChange.objects.exists()


def test_it_needs_to_be_said_which_one_is_kept(desk: Any, group: Any):
    tickets = [make_incident(group=group) for _ in range(2)]
    assert desk.post(RUN, {"do": "merge", "pick": pick(*tickets)}).status_code == 422
    assert desk.post(RUN, {"do": "merge", "pick": pick(*tickets), "keep": "x"}).status_code == 422
    assert merged() == {}


def test_a_form_sent_twice_merges_once(desk: Any, group: Any):
    tickets = [make_incident(group=group) for _ in range(2)]
    body = {"do": "merge", "pick": pick(*tickets), "into": tickets[0].number, "once_key": str(uuid.uuid4())}
    assert len({desk.post(RUN, body)["Location"] for _ in range(2)}) == 1
    assert BulkChange.objects.count() == 1


def test_who_may_not_merge_changes_nothing(client_of: Any, group: Any):
    grants = [each for each in Role.objects.get(key="agent").grants if each != Grant.INCIDENT_WRITE]
    Role.objects.create(key="reader", name_ko="열람", grants=grants)
    tickets = [make_incident(group=group) for _ in range(2)]
    page = run(client_of(UserFactory(roles=["reader"])), "merge", tickets, keep=tickets[0].number)
    assert all(told(page).values())
    assert merged() == {}


def test_five_hundred_with_mixed_rights_are_merged_in_the_background(desk: Any, agent: Any, group: Any):
    secret = GroupFactory(is_restricted=True)
    closed = make_incident("closed", group=group, agent=agent)
    hidden, made, kept = make_incident(group=secret), make_incident(group=group), make_incident(group=group)
    with connection.cursor() as cursor:
        copies(cursor, made, 60)
        copies(cursor, closed, 220)
        copies(cursor, hidden, 220)
        cursor.execute(
            "UPDATE tickets_ticket SET number = 'INC' || substr(number, 4) WHERE number LIKE 'BEN%'"
        )
    tickets = list(Ticket.objects.filter(kind="incident"))
    picks = [f"{each.number}/{each.lock_version}" for each in tickets]
    answer = desk.post(RUN, {"do": "merge", "pick": picks, "keep": kept.number}, follow=True)
    assert f"0 of {len(picks) - 1} tickets are done." in answer.content.decode(), kept.number
    work()
    result = told(desk.get(f"{answer.redirect_chain[-1][0]}?show=all").content.decode())
    good = {each.number for each in tickets if each.group_id == group.pk and each.state == "new"}
    good -= {kept.number}
    assert (len(good), len(tickets) > 500) == (61, True)
    assert {number for number, words in result.items() if not words} == good
    assert merged() == dict.fromkeys(good, kept.number)
    assert Incident.objects.exclude(number__in=good).filter(state="cancelled").count() == 0
    committed()
    undo(desk)
    work()
    assert merged() == {}


def test_it_is_taken_back_for_ten_minutes(desk: Any, group: Any):
    kept, other = make_incident(group=group), make_incident(group=group)
    run(desk, "merge", [kept, other], keep=kept.number)
    made = BulkChange.objects.get()
    Job.objects.update(ended_at=F("ended_at") - dt.timedelta(minutes=9))
    assert "Take it back" in desk.get(f"/w/bulk/{made.public_id}/").content.decode()
    Job.objects.update(ended_at=F("ended_at") - dt.timedelta(minutes=2))
    assert "Take it back" not in desk.get(f"/w/bulk/{made.public_id}/").content.decode()
    page = desk.post(f"/w/bulk/{made.public_id}/undo/", follow=True).content.decode()
    assert "It is too late to take this back at once." in page
    assert merged() == {other.number: kept.number}


def test_only_lists_that_hold_incidents_offer_it(desk: Any):
    for path, offered in (("incidents", True), ("all", True), ("problems", False), ("requests", False)):
        page = desk.get(f"/w/{path}/").content.decode()
        assert ('value="merge"' in page) is offered


def test_the_rest_twin_decides_for_each(agent: Any, group: Any):
    """A bulk of merges over REST: refusals stay with their operation."""
    kept, other = make_incident(group=group), make_incident(group=group)
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    operations = [
        {"method": "POST", "path": f"/api/v1/incidents/{each.number}/merge/", "body": {"into": kept.number}}
        for each in (other, hidden, kept)
    ]
    answer = Caller(agent).post("bulk/", {"operations": operations})
    statuses = [each["status"] for each in json.loads(answer.content)["results"]]
    assert statuses == [200, 404, 422]
    assert merged() == {other.number: kept.number}


def test_two_agents_merging_crosswise_make_no_ring(desk: Any, client_of: Any, group: Any):
    one, two = make_incident(group=group), make_incident(group=group)
    picks = pick(one, two)
    colleague = client_of(AgentFactory(groups=[group]))
    desk.post(RUN, {"do": "merge", "pick": picks, "keep": one.number})
    answer = colleague.post(RUN, {"do": "merge", "pick": picks, "keep": two.number}, follow=True)
    assert answer.status_code == 422 or all(told(answer.content.decode()).values())
    assert merged() == {two.number: one.number}
