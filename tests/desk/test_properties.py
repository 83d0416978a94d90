"""Editing one property in place, taking a ticket, and what happens when somebody was faster."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cmdb.services import create_ci
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, default_company
from tests.factories.incidents import make_incident
from tickets.services import update_ticket


def url(ticket: Any, action: str, path: str = "incidents") -> str:
    """The address of an action."""
    return f"/w/{path}/{ticket.number}/{action}/"


def edit(browser: Any, ticket: Any, field: str, value: str, *, version: int = 1, **more: str) -> Any:
    """Send one property."""
    data = {"lock_version": str(version), "field": field, "value": value}
    return browser.post(url(ticket, "edit"), data, **more)


def test_each_property_is_stored_by_its_service(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    item = create_ci(actor=None, company=default_company(), class_key="server", name="vpn-gateway-01")
    network = GroupFactory(name_en="Network")
    steps = [
        ("assignee", agent.username, "assignee_id", agent.pk),
        ("impact", "1", "impact", 1),
        ("urgency", "1", "urgency", 1),
        ("category", "network", "category", "network"),
        ("ci", item.number, "ci_id", item.pk),
        ("title", "Nobody gets in", "title", "Nobody gets in"),
        ("group", network.key, "group_id", network.pk),
    ]
    for place, (field, value, attribute, stored) in enumerate(steps, 1):
        response = edit(desk, incident, field, value, version=place)
        assert response.status_code == 302, (field, response.content[:300])
        incident.refresh_from_db()
        assert getattr(incident, attribute) == stored, field
    assert incident.priority == 1
    assert incident.assignee is None


def test_a_property_can_be_emptied(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    update_ticket(incident.pk, actor=agent, assignee=agent)
    assert edit(desk, incident, "assignee", "", version=2).status_code == 302
    incident.refresh_from_db()
    assert incident.assignee is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("assignee", "nobody-like-this"),
        ("impact", "7"),
        ("urgency", ""),
        ("category", "made-up"),
        ("ci", "CI9999999"),
        ("ci", "\0"),
        ("group", "no-such-group"),
        ("title", ""),
        ("title", "x" * 161),
        ("title", "a\0b"),
    ],
)
@pytest.mark.parametrize("by_htmx", [True, False])
def test_a_bad_property_is_refused_beside_its_field(
    field: str, value: str, by_htmx: bool, desk: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    response = edit(desk, incident, field, value, **(hx() if by_htmx else {}))
    assert response.status_code == 422
    assert 'class="field__error"' in response.content.decode()
    incident.refresh_from_db()
    assert incident.lock_version == 1


@pytest.mark.parametrize("field", ["state", "priority", "number", "company", "lock_version", "", "requester"])
def test_other_fields_are_not_edited_here(field: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    assert edit(desk, incident, field, "1").status_code == 400
    incident.refresh_from_db()
    assert incident.lock_version == 1


@pytest.mark.parametrize("field", ["group", "assignee"])
def test_a_reference_of_another_company_is_as_absent(field: str, desk: Any, group: Any):
    incident = make_incident()
    theirs = CompanyFactory()
    value = GroupFactory(company=theirs).key if field == "group" else AgentFactory(company=theirs).username
    foreign = edit(desk, incident, field, value)
    absent = edit(desk, incident, field, "zz-" + value)
    assert (foreign.status_code, absent.status_code) == (422, 422)
    incident.refresh_from_db()
    assert incident.lock_version == 1


def test_a_stale_property_is_409_with_both_values_and_either_can_be_taken(
    desk: Any, agent: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    update_ticket(incident.pk, actor=AgentFactory(groups=[group]), urgency=2)
    response = edit(desk, incident, "urgency", "1", **hx())
    assert response.status_code == 409
    page = response.content.decode()
    assert "<dt>Now</dt><dd>Medium</dd>" in page
    assert "<dt>Yours</dt><dd>High</dd>" in page
    assert 'name="value" value="1"' in page
    assert "Take theirs" in page
    incident.refresh_from_db()
    assert incident.urgency == 2
    version = int(re.search(r'name="lock_version" value="(\d+)"', page).group(1))  # type: ignore[union-attr]
    assert edit(desk, incident, "urgency", "1", version=version, **hx()).status_code == 200
    incident.refresh_from_db()
    assert incident.urgency == 1


def test_a_stale_property_without_scripts_is_a_whole_page(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    update_ticket(incident.pk, actor=agent, title="Theirs")
    response = edit(desk, incident, "title", "Mine, long thought over")
    assert response.status_code == 409
    page = response.content.decode()
    assert "<html" in page
    assert "Mine, long thought over" in page


def test_a_ticket_is_taken_from_the_list_with_one_click(desk: Any, agent: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    response = desk.post(
        "/w/all/take/",
        {"take": f"{incident.number}/1"},
        **hx("take"),
        HTTP_HX_CURRENT_URL="http://testserver/w/all/?view=unassigned",
    )
    page = response.content.decode()
    assert f'id="row-{incident.number}"' in page
    assert 'hx-swap-oob="true"' in page
    incident.refresh_from_db()
    assert incident.assignee == agent


def test_taking_needs_the_version_and_goes_back_where_one_was(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    assert desk.post("/w/all/take/", {"take": incident.number}).status_code == 400
    assert desk.post("/w/all/take/", {"take": f"{incident.number}/7"}).status_code == 412
    answer = desk.post("/w/all/take/", {"take": f"{incident.number}/1", "next": "/w/tasks/?view=open"})
    assert answer["Location"] == "/w/tasks/?view=open"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_taking_never_leads_to_another_site(target: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    answer = desk.post("/w/all/take/", {"take": f"{incident.number}/1", "next": target})
    assert answer["Location"] == "/w/all/"


def test_another_person_is_chosen_from_the_list_with_two_clicks(desk: Any, agent: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    other = AgentFactory(groups=[group], name_en="Other Agent")
    dialog = desk.get(url(incident, "assign"), **hx("dialog-body")).content.decode()
    assert f'name="value" value="{other.username}"' in dialog
    assert 'hx-target="#dialog-body"' in dialog
    here = {"HTTP_HX_CURRENT_URL": "http://testserver/w/all/?view=unassigned"}
    response = edit(desk, incident, "assignee", other.username, **hx("dialog-body"), **here)
    page = response.content.decode()
    assert f'id="row-{incident.number}"' in page
    assert 'id="props"' not in page
    incident.refresh_from_db()
    assert incident.assignee == other


def test_a_refusal_in_the_dialog_stays_in_the_dialog(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    response = edit(desk, incident, "assignee", "nobody-like-this", **hx("dialog-body"))
    assert response.status_code == 422
    assert 'id="desk-dialog-title"' in response.content.decode()
    assert desk.get(url(incident, "assign"))["Location"].endswith("&edit=assignee")


def test_the_row_is_sent_along_only_where_the_list_shows_it(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    here = {"HTTP_HX_CURRENT_URL": f"http://testserver/w/incidents/{incident.number}/"}
    alone = edit(desk, incident, "urgency", "1", **hx(), **here).content.decode()
    beside = edit(desk, incident, "urgency", "2", version=2, **hx(), **here, HTTP_DESK_ROW="shown")
    assert f'id="row-{incident.number}"' not in alone
    assert 'id="props"' in alone
    assert f'id="row-{incident.number}"' in beside.content.decode()
