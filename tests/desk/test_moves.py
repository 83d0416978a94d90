"""Transitions from the page: each through its service, with the version it was read at."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.factories.accounts import AgentFactory
from tests.factories.catalog import make_task
from tests.factories.incidents import make_incident
from tickets.models import Activity
from tickets.services import update_ticket


def url(ticket: Any, action: str, path: str = "incidents") -> str:
    """The address of an action."""
    return f"/w/{path}/{ticket.number}/{action}/"


def words_of(ticket: Any) -> list[tuple[str, str]]:
    """What was said on the ticket: kind and text."""
    rows = Activity.objects.filter(ticket=ticket.pk, kind__in=["comment", "work_note"]).order_by("pk")
    return list(rows.values_list("kind", "body"))


def test_a_move_without_questions_is_one_click(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.post(url(incident, "move/start"), {"lock_version": "1"})
    assert response.status_code == 302
    assert response["Location"] == f"/w/incidents/{incident.number}/?view=open"
    incident.refresh_from_db()
    assert incident.state == "in_progress"


def test_a_move_with_inputs_stores_them(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    data = {
        "lock_version": "1",
        "close_code": "solution_provided",
        "close_notes": "Restarted.",
        "comment": "It works again.",
    }
    response = desk.post(url(incident, "move/resolve"), data, **hx("dialog-body"))
    assert response.status_code == 200
    assert response["HX-Trigger"] == "desk:done"
    assert response["HX-Reswap"] == "none"
    incident.refresh_from_db()
    assert (incident.state, incident.close_code) == ("resolved", "solution_provided")
    assert words_of(incident) == [("comment", "It works again.")]


def test_putting_on_hold_takes_a_moment_in_the_readers_zone(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    data = {"lock_version": "1", "hold_reason": "awaiting_vendor", "hold_until": "2099-01-02T09:30"}
    desk.post(url(incident, "move/hold"), data)
    incident.refresh_from_db()
    assert incident.state == "on_hold"
    assert incident.hold_until.isoformat() == "2099-01-02T00:30:00+00:00"


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("resolve", {}, "close_code"),
        ("resolve", {"close_code": "solution_provided"}, "close_notes"),
        ("resolve", {"close_code": "made up", "close_notes": "x"}, "close_code"),
        ("resolve", {"close_code": "solution_provided", "close_notes": "a\0b"}, "close_notes"),
        ("resolve", {"close_code": "solution_provided", "close_notes": "x" * 20_001}, "close_notes"),
        ("cancel", {"reason_text": "   "}, "reason_text"),
        ("hold", {"hold_reason": "awaiting_caller"}, "comment"),
        ("hold", {"hold_reason": "awaiting_vendor", "hold_until": "soon"}, "hold_until"),
        ("hold", {"hold_reason": "awaiting_vendor", "hold_until": "1999-01-01T00:00"}, "hold_until"),
    ],
)
@pytest.mark.parametrize("by_htmx", [True, False])
def test_a_refused_move_names_its_field_and_changes_nothing(
    name: str, data: dict[str, str], field: str, by_htmx: bool, desk: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    more = hx("dialog-body") if by_htmx else {}
    response = desk.post(url(incident, f"move/{name}"), {"lock_version": "1", **data}, **more)
    assert response.status_code == 422
    page = response.content.decode()
    assert ("<html" in page) is not by_htmx
    assert f'id="id_{name}_{field}_error"' in page
    incident.refresh_from_db()
    assert (incident.state, incident.lock_version) == ("new", 1)


def test_a_refused_form_keeps_what_was_typed(desk: Any, group: Any):
    incident = make_incident(group=group)
    data = {"lock_version": "1", "close_notes": "Two hours of typing"}
    assert "Two hours of typing" in desk.post(url(incident, "move/resolve"), data).content.decode()


def test_a_stale_move_is_409_shows_how_it_stands_and_can_be_made_all_the_same(
    desk: Any, agent: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    other = AgentFactory(groups=[group], name_en="Other Agent")
    update_ticket(incident.pk, actor=other, assignee=other)
    data = {"lock_version": "1", "close_code": "solution_provided", "close_notes": "Restarted."}
    response = desk.post(url(incident, "move/resolve"), data, **hx("dialog-body"))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Someone changed this ticket in the meantime." in page
    assert "Assignee: Other Agent." in page
    assert "Restarted." in page
    incident.refresh_from_db()
    assert incident.state == "new"
    version = re.search(r'name="lock_version" value="(\d+)"', page)
    assert version is not None
    again = desk.post(url(incident, "move/resolve"), data | {"lock_version": version.group(1)}, **hx())
    assert again.status_code == 200
    incident.refresh_from_db()
    assert (incident.state, incident.close_notes) == ("resolved", "Restarted.")


def test_a_stale_move_that_is_impossible_now_gives_the_text_back(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    from incidents.services import cancel_incident

    cancel_incident(incident.pk, actor=agent, reason_text="Sent twice.")
    data = {"lock_version": "1", "close_code": "solution_provided", "close_notes": "Two hours of typing"}
    response = desk.post(url(incident, "move/resolve"), data)
    assert response.status_code == 409
    assert "Two hours of typing" in response.content.decode()


def test_an_illegal_move_is_409_and_an_unknown_one_too(desk: Any, group: Any):
    incident = make_incident(group=group)
    for name in ("reopen", "close", "explode"):
        assert desk.post(url(incident, f"move/{name}"), {"lock_version": "1"}).status_code in {403, 409}
    incident.refresh_from_db()
    assert incident.state == "new"


@pytest.mark.parametrize("version", ["", "x", "-1", "1" * 30, "\uff11"])
def test_a_form_without_a_version_is_refused(version: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    assert desk.post(url(incident, "move/start"), {"lock_version": version}).status_code == 400
    data = {"lock_version": version, "field": "urgency", "value": "1"}
    assert desk.post(url(incident, "edit"), data).status_code == 400
    incident.refresh_from_db()
    assert incident.lock_version == 1


def test_a_catalog_task_is_completed_with_its_serial_number(desk: Any):
    task = make_task()
    data = {"lock_version": str(task.lock_version), "serial": "SN-1234", "close_notes": "Handed over."}
    assert desk.post(url(task, "move/complete", "tasks"), data).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.result, task.close_notes) == (
        "closed_complete",
        {"serial": "SN-1234"},
        "Handed over.",
    )


@pytest.mark.parametrize(("name", "state"), [("incomplete", "closed_incomplete"), ("skip", "closed_skipped")])
def test_a_catalog_task_ends_otherwise_only_with_notes(name: str, state: str, desk: Any):
    task = make_task()
    version = str(task.lock_version)
    refused = desk.post(url(task, f"move/{name}", "tasks"), {"lock_version": version})
    assert refused.status_code == 422
    assert f'id="id_{name}_close_notes_error"' in refused.content.decode()
    desk.post(url(task, f"move/{name}", "tasks"), {"lock_version": version, "close_notes": "No stock."})
    task.refresh_from_db()
    assert (task.state, task.close_notes) == (state, "No stock.")
