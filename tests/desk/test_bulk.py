"""Bulk edit: each ticket by itself with the decision of a single call, told in words, and taken back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from rest_framework.settings import api_settings

from accounts.models import Membership
from api import working
from api.models import Job
from core.models import AuditLog
from desk.bulk import choosing, services
from desk.models import BulkChange
from incidents.models import Incident
from tests.desk.test_lists import numbers
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tests.tickets.test_cost import copies
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket, TicketLink
from tickets.services import update_ticket

URL = "/w/incidents/bulk/?view=open"
RUN = "/w/incidents/bulk/run/?view=open"


@pytest.fixture(autouse=True)
def _no_limit(monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")


def pick(*tickets: Any) -> list[str]:
    """What the ticked boxes send."""
    return [f"{ticket.number}/{Ticket.objects.get(pk=ticket.pk).lock_version}" for ticket in tickets]


def work() -> None:
    """The background, until nothing is due."""
    while working.work_jobs(limit=100):
        pass


def run(client: Any, action: str, tickets: Any = (), **fields: Any) -> str:
    """The page that tells how a bulk went."""
    picks = {} if fields.get("everything") else {"pick": pick(*tickets)}
    answer = client.post(RUN, {"do": action, **picks, **fields}, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return answer.content.decode()


def told(page: str) -> dict[str, str]:
    """What each ticket's line says; empty where it was changed."""
    lines = re.findall(r'<li class="bulk-lines__line">.*?([A-Z]+\d{6,}).*?</li>', page, re.S)
    found = {}
    for number in lines:
        line = next(
            each
            for each in re.findall(r'<li class="bulk-lines__line">.*?</li>', page, re.S)
            if number in each
        )
        words = re.search(r"<b>(.*?)</b>", line, re.S)
        found[number] = words.group(1) if words else ""
    return found


def undo(client: Any) -> str:
    """The page that tells how the last bulk was taken back."""
    last = BulkChange.objects.order_by("-pk")[0]
    answer = client.post(f"/w/bulk/{last.public_id}/undo/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_boxes_lead_to_a_form_that_changes_nothing_yet(desk: Any, group: Any, hx: Any):
    incidents = [make_incident(group=group) for _ in range(2)]
    before = list(Incident.objects.order_by("pk").values())
    for action, field in (("assign", 'name="assignee"'), ("note", 'name="body"'), ("link", 'name="target"')):
        page = desk.post(URL, {"do": action, "pick": pick(*incidents)}).content.decode()
        assert field in page
        assert "This is for 2 chosen tickets." in page
        fragment = desk.post(URL, {"do": action, "pick": pick(*incidents)}, **hx("dialog-body"))
        assert "<html" not in fragment.content.decode()
    assert list(Incident.objects.order_by("pk").values()) == before
    assert not BulkChange.objects.exists()


def test_tickets_are_assigned_at_once_and_taken_back(desk: Any, agent: Any, group: Any):
    colleague = AgentFactory(groups=[group])
    incidents = [make_incident(group=group) for _ in range(3)]
    update_ticket(incidents[0].pk, actor=agent, assignee=agent)
    page = run(desk, "assign", incidents, assignee=colleague.username)
    assert "3 tickets were changed." in page
    assert told(page) == {incident.number: "" for incident in incidents}
    assert set(Incident.objects.values_list("assignee", flat=True)) == {colleague.pk}
    assert "Take it back" in page
    page = undo(desk)
    assert "3 tickets were changed." in page
    owners = dict(Incident.objects.values_list("number", "assignee"))
    assert owners == {
        incidents[0].number: agent.pk, incidents[1].number: None, incidents[2].number: None,
    }  # fmt: skip
    assert "Take it back" not in page
    actions = AuditLog.objects.filter(table="desk_bulkchange").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["bulk_assign", "bulk_assign_undone"]


def test_what_was_changed_since_stays_and_is_told(desk: Any, agent: Any, group: Any):
    first, second = (make_incident(group=group) for _ in range(2))
    run(desk, "assign", [first, second], assignee=agent.username)
    update_ticket(second.pk, actor=agent, title="Somebody went on")
    page = undo(desk)
    assert told(page) == {
        first.number: "", second.number: "Somebody changed it meanwhile. Open it and decide anew.",
    }  # fmt: skip
    second.refresh_from_db()
    assert (second.assignee, second.title) == (agent, "Somebody went on")


def test_a_box_that_was_ticked_before_a_change_changes_nothing(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    before = pick(incident)
    update_ticket(incident.pk, actor=agent, title="Newer")
    page = desk.post(
        RUN, {"do": "assign", "pick": before, "assignee": agent.username}, follow=True
    ).content.decode()
    assert told(page) == {incident.number: "Somebody changed it meanwhile. Open it and decide anew."}
    incident.refresh_from_db()
    assert incident.assignee is None


def test_states_are_changed_where_the_move_is_allowed(desk: Any, agent: Any, group: Any):
    new, running = make_incident(group=group), make_incident("in_progress", group=group, agent=agent)
    task = make_problem(group=group, agent=AgentFactory(groups=[group]))
    choice = desk.post("/w/all/bulk/?view=open", {"do": "move", "pick": pick(new, running, task)})
    offered = re.findall(r'name="move" value="([a-z_]+)"', choice.content.decode())
    assert {"start", "resolve", "hold"} <= set(offered)
    page = desk.post(URL, {"do": "move", "move": "resolve", "pick": pick(new, running)}).content.decode()
    assert 'name="close_code"' in page
    assert desk.post(RUN, {"do": "move", "move": "resolve", "pick": pick(new, running)}).status_code == 422
    fields = {"close_code": "solution_provided", "close_notes": "Restarted."}
    page = run(desk, "move", [new, running], move="resolve", **fields)
    states = dict(Incident.objects.values_list("number", "state"))
    assert states[running.number] == "resolved"
    refused = told(page)[new.number]
    assert bool(refused) is (states[new.number] == "new")


def test_a_move_with_a_way_back_goes_back(desk: Any, agent: Any, group: Any):
    moved = run_move_and_back(desk, agent, group)
    assert moved


def run_move_and_back(desk: Any, agent: Any, group: Any) -> bool:
    """Start an incident and take it back; where there is no way back the page does not offer it."""
    incident = make_incident(group=group)
    page = run(desk, "move", [incident], move="start")
    incident.refresh_from_db()
    assert incident.state == "in_progress"
    if "Take it back" in page:
        undo(desk)
        incident.refresh_from_db()
        return incident.state == "new"
    last = BulkChange.objects.get()
    answer = desk.post(f"/w/bulk/{last.public_id}/undo/", follow=True).content.decode()
    incident.refresh_from_db()
    return "Nothing of this can be taken back." in answer and incident.state == "in_progress"


def test_tickets_are_linked_to_a_problem_and_the_links_taken_away_again(desk: Any, agent: Any, group: Any):
    incidents = [make_incident(group=group) for _ in range(2)]
    problem = make_problem(group=group, agent=agent)
    TicketLink.objects.create(source=incidents[0], target=problem, type="caused_by")
    page = run(desk, "link", incidents, target=problem.number.lower())
    assert told(page) == {incidents[0].number: "These two are linked already.", incidents[1].number: ""}
    undo(desk)
    assert list(TicketLink.objects.values_list("source", flat=True)) == [incidents[0].pk]


def test_a_note_for_all_is_internal_and_stays(desk: Any, agent: Any, group: Any):
    incidents = [make_incident(group=group) for _ in range(2)]
    page = run(desk, "note", incidents, body="<b>The switch was replaced.</b>")
    assert "Take it back" not in page
    notes = Activity.objects.filter(kind=ActivityKind.WORK_NOTE)
    assert {(each.ticket_id, each.is_public, each.body) for each in notes} == {
        (incident.pk, False, "<b>The switch was replaced.</b>") for incident in incidents
    }


def test_the_table_holds_what_is_seen_and_runs_no_formula(desk: Any, group: Any):
    evil = make_incident(group=group, title="=HYPERLINK(1)")
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    answer = desk.post(URL, {"do": "export", "pick": pick(evil, hidden)})
    text = b"".join(answer.streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert hidden.number not in text
    assert answer["Content-Disposition"] == 'attachment; filename="tickets.csv"'


def test_all_of_a_list_are_exactly_those_of_the_shown_filter(desk: Any, agent: Any, group: Any):
    """PITFALLS P-43."""
    urgent = [make_incident(group=group, impact=1, urgency=1) for _ in range(2)]
    other = make_incident(group=group)
    query = "?view=open&priority=1"
    asked = desk.post(f"/w/incidents/bulk/{query}", {"do": "assign", "everything": "1"}).content.decode()
    assert "This is for all 2 tickets of the list." in asked
    late = make_incident(group=group, impact=1, urgency=1)
    body = {"do": "assign", "everything": "1", "count": "2", "assignee": agent.username}
    again = desk.post(f"/w/incidents/bulk/run/{query}", body)
    assert again.status_code == 409
    assert "it held 2 tickets, now it holds 3" in again.content.decode()
    assert not BulkChange.objects.exists()
    desk.post(f"/w/incidents/bulk/run/{query}", body | {"count": "3"})
    assigned = Incident.objects.filter(assignee=agent).values_list("number", flat=True)
    assert set(assigned) == {*(each.number for each in urgent), late.number}
    other.refresh_from_db()
    assert other.assignee is None


def test_what_one_may_not_see_or_change_is_refused_in_words_and_the_rest_is_done(
    desk: Any, agent: Any, group: Any
):
    fine = make_incident(group=group)
    hidden = make_incident(group=GroupFactory(is_restricted=True), title="Nobody may read this")
    theirs = make_incident(group=GroupFactory(company=CompanyFactory(), is_restricted=True))
    closed = make_incident("closed", group=group, agent=agent)
    page = run(desk, "assign", [fine, hidden, theirs, closed], assignee=agent.username)
    result = told(page)
    assert result[fine.number] == ""
    assert result[closed.number]
    assert result[hidden.number] == result[theirs.number] != ""
    assert hidden.title not in page
    assert Incident.objects.filter(assignee=agent, number__in=[hidden.number, theirs.number]).count() == 0


def test_five_hundred_with_mixed_rights_are_done_in_the_background(desk: Any, agent: Any, group: Any):
    """The same decision as single calls, each row told, and undone as a whole."""
    secret = GroupFactory(is_restricted=True)
    closed = make_incident("closed", group=group, agent=agent)
    hidden = make_incident(group=secret)
    made = make_incident(group=group)
    with connection.cursor() as cursor:
        copies(cursor, made, 400)
        copies(cursor, closed, 50)
        copies(cursor, hidden, 50)
        cursor.execute(
            "UPDATE tickets_ticket SET number = 'INC' || substr(number, 4) WHERE number LIKE 'BEN%'"
        )
    tickets = list(Ticket.objects.filter(kind="incident"))
    assert len(tickets) > 490
    before = dict(Incident.objects.values_list("number", "lock_version"))
    picks = [f"{each.number}/{each.lock_version}" for each in tickets]
    answer = desk.post(RUN, {"do": "assign", "pick": picks, "assignee": agent.username}, follow=True)
    page = answer.content.decode()
    assert f"0 of {len(picks)} tickets are done." in page
    assert "<progress" in page
    assert not Incident.objects.filter(assignee=agent, state="new").exists()
    work()
    url = answer.redirect_chain[-1][0]
    short = told(desk.get(url).content.decode())
    result = told(desk.get(f"{url}?show=all").content.decode())
    assert {number: words for number, words in short.items() if words} == {
        number: words for number, words in result.items() if words
    }
    assert sum(not words for words in short.values()) == 100
    good = {each.number for each in tickets if each.group_id == group.pk and each.state == "new"}
    assert {number for number, words in result.items() if not words} == good
    assert set(result) == set(before)
    assert (
        set(Incident.objects.filter(assignee=agent).exclude(state="closed").values_list("number", flat=True))
        == good
    )
    unchanged = Incident.objects.exclude(number__in=good).values_list("number", "lock_version")
    assert all(before[number] == version for number, version in unchanged)
    undo(desk)
    work()
    assert not Incident.objects.filter(assignee=agent, number__in=good).exists()
    assert Job.objects.order_by("-pk")[0].failed == 0


def test_a_form_sent_twice_acts_once(desk: Any, group: Any):
    incident = make_incident(group=group)
    body = {"do": "note", "pick": pick(incident), "body": "Once"}
    body["once_key"] = "6f0f4c2e-8f1e-4f63-9b52-9a8f6f2f9b10"
    answers = {desk.post(RUN, body)["Location"] for _ in range(2)}
    assert len(answers) == 1
    assert Activity.objects.filter(body="Once").count() == 1


def test_a_bulk_is_its_makers_alone(client_of: Any, desk: Any, agent: Any, group: Any):
    run(desk, "assign", [make_incident(group=group)], assignee=agent.username)
    made = BulkChange.objects.get()
    other = client_of(AgentFactory(groups=[group]))
    assert other.get(f"/w/bulk/{made.public_id}/").status_code == 404
    assert other.post(f"/w/bulk/{made.public_id}/undo/").status_code == 404
    assert Incident.objects.get().assignee == agent


def test_a_bulk_is_taken_back_once_and_in_time_only(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    run(desk, "assign", [incident], assignee=agent.username)
    made = BulkChange.objects.get()
    Job.objects.update(ended_at=F("ended_at") - dt.timedelta(seconds=61))
    assert "Take it back" not in desk.get(f"/w/bulk/{made.public_id}/").content.decode()
    page = desk.post(f"/w/bulk/{made.public_id}/undo/", follow=True).content.decode()
    assert "It is too late to take this back at once." in page
    assert Incident.objects.get().assignee == agent
    Job.objects.update(ended_at=F("ended_at") + dt.timedelta(seconds=61))
    undo(desk)
    assert Incident.objects.get().assignee is None
    page = desk.post(f"/w/bulk/{made.public_id}/undo/", follow=True).content.decode()
    assert "This was taken back already." in page


def test_the_rights_are_those_of_the_moment(desk: Any, agent: Any, group: Any):
    """Between the choice and the work the agent left the restricted team."""
    secret = GroupFactory(is_restricted=True)
    Membership.objects.create(user=agent, group=secret)
    tickets = [make_incident(group=secret) for _ in range(2)]
    picks = pick(*tickets)
    Membership.objects.filter(group=secret).delete()
    answer = desk.post(RUN, {"do": "note", "pick": picks, "body": "Too late"}, follow=True)
    assert all(told(answer.content.decode()).values())
    assert not Activity.objects.filter(body="Too late").exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"do": "assign"}, 422),
        ({"do": "assign", "pick": "x"}, 400),
        ({"do": "assign", "pick": "INC1/x"}, 400),
        ({"do": "assign", "pick": "INC0000001/" + "9" * 40}, 400),
        ({"do": "assign", "pick": "../../1"}, 400),
        ({"do": "nothing", "pick": "INC0000001/1"}, 404),
        ({"do": "assign", "pick": "INC0000001/1"}, 422),
        ({"do": "assign", "pick": "INC0000001/1", "assignee": "nobody-of-that-name"}, 422),
        ({"do": "note", "pick": "INC0000001/1", "body": "x" * 100_000}, 422),
        ({"do": "link", "pick": "INC0000001/1", "target": "INC0000001"}, 422),
        ({"do": "move", "pick": "INC0000001/1", "move": "erase"}, 422),
    ],
)
def test_hostile_input_starts_nothing(fields: Any, status: int, desk: Any):
    assert desk.post(RUN, fields).status_code == status
    assert not BulkChange.objects.exists()
    assert not Job.objects.exists()


def test_more_than_a_thousand_are_not_taken(desk: Any, group: Any, monkeypatch: Any):
    monkeypatch.setattr(choosing, "MOST", 2)
    for _ in range(3):
        make_incident(group=group)
    answer = desk.post(URL, {"do": "assign", "everything": "1"})
    assert answer.status_code == 422
    assert "Narrow the list with a filter first." in answer.content.decode()


def test_old_bulks_are_forgotten(desk: Any, agent: Any, group: Any):
    run(desk, "assign", [make_incident(group=group)], assignee=agent.username)
    assert services.forget_old() == 0
    BulkChange.objects.update(created_at=F("created_at") - dt.timedelta(days=8))
    assert services.forget_old() == 1


def test_rows_have_boxes_with_their_version(desk: Any, group: Any):
    incident = make_incident(group=group)
    page = desk.get("/w/incidents/").content.decode()
    assert numbers(desk.get("/w/incidents/")) == [incident.number]
    assert f'form="bulk" value="{incident.number}/{incident.lock_version}"' in page
