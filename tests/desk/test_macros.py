"""Macros in the workspace: their pages, the list that T opens, running one, and many tickets at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.settings import api_settings

from incidents.models import Incident
from macros.models import Macro
from tests.desk.test_bulk import run, told
from tests.factories.accounts import AgentFactory, GroupFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.macros import make_hold, make_reply
from tests.factories.problems import make_problem
from tickets.models import Activity, Draft, Ticket
from tickets.services import keep_draft

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Ask and wait",
    "shown_to": "mine",
    "kinds": ["incident"],
    "says": "comment",
    "text": "Dear {requester}",
    "move": "hold",
    "assign": "me",
}


def address(ticket: Any, macro: Any = None, then: str = "") -> str:
    """Where a ticket's macros are, or one of them."""
    path = {"incident": "incidents", "problem": "problems"}[ticket.kind]
    return f"/w/{path}/{ticket.number}/macros/" + (f"{macro.public_id}/{then}" if macro else "")


def test_a_macro_is_made_changed_copied_and_deleted_on_its_pages_without_scripts(
    desk: Any, agent: Any, group: Any
):
    assert "No template yet" in desk.get("/w/macros/").content.decode()
    # The state change asks for a reason: its field comes with the refusal, or by asking for it.
    shown = desk.post("/w/macros/new/", FORM | {"again": "1"})
    assert shown.status_code == 200
    assert 'name="input_hold_reason"' in shown.content.decode()
    assert 'value="Ask and wait"' in shown.content.decode()
    refused = desk.post("/w/macros/new/", FORM)
    assert refused.status_code == 422
    assert 'name="input_hold_reason"' in refused.content.decode()
    braces = desk.post("/w/macros/new/", FORM | {"input_hold_reason": "awaiting_caller", "text": "{x}"})
    assert braces.status_code == 422
    assert "“{x}” is not known" in braces.content.decode()
    assert not Macro.objects.exists()

    desk.post("/w/macros/new/", FORM | {"input_hold_reason": "awaiting_caller", "to_group": group.key})
    macro = Macro.objects.get()
    assert (macro.move, macro.inputs, macro.to_group) == ("hold", {"hold_reason": "awaiting_caller"}, group)
    page = desk.get("/w/macros/").content.decode()
    assert "Group: Service desk · Assignee: Me, who runs it · State: Put on hold (Awaiting caller)" in page
    own = f"/w/macros/{macro.public_id}/"
    assert "Dear {requester}" in desk.get(own).content.decode()
    change = FORM | {"move": "", "text": "<b>Hi</b>", "assign": "keep", "shown_to": f"team:{group.key}"}
    stale = desk.post(own, change | {"lock_version": "9"})
    assert stale.status_code == 409
    desk.post(own, change | {"lock_version": "1"})
    macro.refresh_from_db()
    assert (macro.is_reply, macro.text, macro.audience, macro.lock_version) == (True, "<b>Hi</b>", "team", 2)

    mate = AgentFactory(groups=[group])
    desk.force_login(mate)
    page = desk.get(own).content.decode()
    assert "Only who made it, a manager of its team or an administrator changes it." in page
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page
    assert desk.post(own, change | {"lock_version": "2"}).status_code == 403
    assert desk.post(f"{own}delete/").status_code == 403
    desk.post(f"{own}copy/")
    assert Macro.objects.get(owner=mate).name == "Ask and wait (copy)"
    desk.force_login(agent)
    desk.post(f"{own}delete/")
    assert not Macro.objects.filter(owner=agent).exists()


def test_the_list_of_a_ticket_costs_the_same_for_2_and_20_and_has_only_what_fits(
    warm: Any, agent: Any, group: Any
):
    incident = make_incident(group=group)
    make_reply(agent, "one", audience="team", group=group)
    make_hold(agent, "two", to_group=group)
    make_reply(AgentFactory(), "another's")
    macro = make_reply(agent, "a note", kinds=["problem"], says="work_note", text="x")
    pages, counts = [], []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            pages.append(warm.get(address(incident)).content.decode())
        counts.append(len(queries))
        for number in range(18):
            make_hold(agent, f"more {number}", audience="team", group=group, to_group=GroupFactory())
    assert counts[0] == counts[1]
    names = re.findall(r'__words">\s*<b>(.*?)</b>', pages[0])
    assert names == ["one", "two"]
    assert len(re.findall('class="macro-pick"', pages[1])) == 20
    assert re.findall(r'data-use="', pages[0]) == ['data-use="']  # only the reply is put into the composer
    problem = make_problem(group=group)
    assert str(macro.public_id) in warm.get(address(problem)).content.decode()


def test_a_reply_is_given_filled_and_a_macro_is_shown_and_run_with_one_press(
    desk: Any, agent: Any, group: Any, hx: Any
):
    incident = make_incident(group=group, title="<script>alert(1)</script>")
    reply, macro = make_reply(agent, text="{number}: {title}"), make_hold(agent)
    keep_draft(actor=agent, ticket=incident, tab="comment", body="half a word")
    assert 'data-key="KeyT"' in desk.get(f"/w/incidents/{incident.number}/").content.decode()
    given = desk.post(address(incident, reply, "use/")).json()
    assert given == {"tab": "comment", "text": f"{incident.number}: <script>alert(1)</script>"}
    page = desk.get(address(incident, reply)).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page

    page = desk.get(address(incident, macro), **hx("dialog-body")).content.decode()
    assert "Put on hold (Awaiting caller)" in page
    assert f"about {incident.number}: tell us more." in page
    stale = desk.post(address(incident, macro), {"lock_version": "0"}, **hx("dialog-body"))
    assert stale.status_code == 409
    form = {"lock_version": str(incident.lock_version), "once_key": "b6a9a3ac-6d0c-4a6e-9d29-2a5b6f5f3c11"}
    for _ in range(2):  # the second press of an impatient person
        answer = desk.post(address(incident, macro), form, **hx("dialog-body"))
        assert answer["HX-Trigger"] == "desk:done"
    row = Incident.objects.get(pk=incident.pk)
    assert (row.state, row.assignee) == ("on_hold", agent)
    assert Activity.objects.filter(ticket=row.pk, kind="comment").count() == 1
    assert Draft.objects.get(user=agent, ticket=row.pk).body == "half a word"
    again = desk.post(address(incident, macro), {"lock_version": str(row.lock_version)}, **hx("dialog-body"))
    assert again.status_code == 409
    assert "Nothing was changed." in again.content.decode()
    for wrong in (make_reply(AgentFactory()), make_reply(agent, kinds=["request"])):
        assert desk.post(address(incident, wrong, "use/")).status_code in {404, 422}


def test_many_tickets_get_a_macro_each_by_itself_and_what_cannot_is_told(
    desk: Any, agent: Any, group: Any, monkeypatch: Any
):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")
    macro = make_hold(administrator(), audience="everyone", to_group=group)
    new, begun = make_incident(group=group), make_incident("in_progress", group=group)
    done = make_incident("resolved", group=group)
    before = Ticket.objects.get(pk=done.pk).lock_version
    asked = desk.post("/w/incidents/bulk/?view=open", {"do": "macro", "pick": [f"{new.number}/1"]})
    assert f'<option value="{macro.public_id}">Ask and wait</option>' in asked.content.decode()
    page = run(desk, "macro", [new, begun, done], macro=str(macro.public_id))
    assert "2 tickets were changed." in page
    assert "Take it back" not in page  # what was said cannot be unsaid
    assert [bool(told(page)[ticket.number]) for ticket in (new, begun, done)] == [False, False, True]
    assert set(Incident.objects.filter(pk__in=[new.pk, begun.pk]).values_list("state", "assignee")) == {
        ("on_hold", agent.pk)
    }
    assert Ticket.objects.get(pk=done.pk).lock_version == before
    other = {"do": "macro", "pick": [f"{new.number}/9"], "macro": str(make_reply(AgentFactory()).public_id)}
    assert desk.post("/w/incidents/bulk/run/?view=open", other).status_code == 422
