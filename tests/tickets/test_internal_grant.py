"""Who works tickets without the right to what is internal reads and writes none of it (SECURITY AC-4)."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client

from accounts.choices import Grant
from accounts.models import Role
from core.errors import NotAllowedError
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import make_run
from tickets.selectors import timeline_for
from tickets.services import add_comment, add_work_note

WITHOUT = [Grant.TICKET_READ_ALL, Grant.INCIDENT_WRITE, Grant.REQUEST_FULFIL, Grant.API_USE]


@pytest.fixture
def supplier(db):
    Role.objects.create(key="supplier", name_ko="협력사", grants=[str(each) for each in WITHOUT])
    return UserFactory(roles=["supplier"])


@pytest.fixture
def incident(supplier):
    agent = AgentFactory(groups=[GroupFactory()])
    row = make_incident("in_progress", agent=agent, group=agent.member_of.get())
    add_comment(row.pk, actor=agent, body="We look into it.")
    add_work_note(row.pk, actor=agent, body="The switch, I think.")
    return row


def test_the_ticket_is_read_without_what_is_internal(supplier, incident):
    caller, path = Caller(supplier), f"incidents/{incident.number}/"
    told = caller.get(path).json()
    agents = Caller(AgentFactory()).get(path).json()
    assert told["title"] == agents["title"]
    assert {"channel", "severity"} <= agents.keys() - told.keys()
    texts = [each["body"] for each in caller.get(f"{path}activity/").json()["results"]]
    assert "We look into it." in texts
    assert "The switch, I think." not in texts
    assert "The switch, I think." not in [row.body for row in timeline_for(supplier, incident)]
    problem(caller.get("incidents/?ci=CI1"), 400, "bad_input", "ci")
    problem(caller.get("incidents/?ordering=updated_at"), 400, "bad_input", "ordering=updated_at")
    problem(caller.get(f"{path}?fields=severity"), 400, "bad_input", "fields=severity")


def test_work_goes_on_without_writing_what_is_internal(supplier, incident):
    caller, path = Caller(supplier), f"incidents/{incident.number}/"
    problem(caller.post(f"{path}work-notes/", {"body": "x"}), 404, "not_found")
    with pytest.raises(NotAllowedError):
        add_work_note(incident.pk, actor=supplier, body="x")
    assert caller.post(f"{path}comments/", {"body": "Done."}).status_code == 201
    resolving = {"close_code": "solution_provided", "close_notes": "Restarted."}
    problem(caller.post(f"{path}transitions/resolve/", resolving | {"work_note": "x"}), 403, "not_allowed")
    done = caller.post(f"{path}transitions/resolve/", resolving)
    assert done.status_code == 200, done.content


def test_the_workspace_which_shows_internal_fields_is_closed_to_them(supplier, incident):
    browser = Client()
    browser.force_login(supplier)
    for path in (
        "/w/",
        "/w/incidents/",
        f"/w/incidents/{incident.number}/",
        f"/w/history/ticket/{incident.number}/",
    ):
        assert browser.get(path).status_code in {403, 404}, path
    assert "/w/all/" not in browser.get("/").content.decode()
    assert browser.get("/notifications/").status_code == 200


def test_runs_whose_steps_hold_what_is_internal_are_not_read(supplier, incident):
    run = make_run({"one": {"kind": "log", "message": "The switch."}}, ticket=incident)
    browser = Client()
    browser.force_login(supplier)
    assert browser.get("/design/flows/runs/").status_code == 403
    for path in ("flow-runs/", f"flow-runs/?ticket={incident.number}"):
        assert Caller(supplier).get(path).json()["results"] == []
    problem(Caller(supplier).get(f"flow-runs/{run.public_id}/"), 404, "not_found")
    assert Caller(AgentFactory()).get(f"flow-runs/{run.public_id}/").status_code == 200


def test_a_role_that_only_works_incidents_does_not_open_it_either(incident):
    Role.objects.create(key="works", name_ko="작업", grants=[Grant.INCIDENT_WRITE])
    browser = Client()
    browser.force_login(UserFactory(roles=["works"]))
    assert browser.get(f"/w/incidents/{incident.number}/").status_code == 403


def test_roles_made_before_keep_what_they_read(db):
    moved = import_module("accounts.migrations.0007_internal_fields")
    before = {
        "both": ["ticket.read_all", "api.use"],
        "neither": ["api.use"],
        "had": [*WITHOUT, moved.INTERNAL],
    }
    for key, grants in before.items():
        Role.objects.create(key=key, name_ko="x", grants=grants)
    moved.give(apps, None)
    assert {key: Role.objects.get(key=key).grants for key in before} == {
        "both": ["ticket.read_all", "ticket.read_internal", "api.use"],
        "neither": ["api.use"],
        "had": [*WITHOUT, "ticket.read_internal"],
    }
    moved.take(apps, None)
    assert not Role.objects.filter(grants__contains=[moved.INTERNAL]).exists()


def test_each_role_that_read_all_tickets_reads_what_is_internal(db):
    """As before the two were apart; a role made from now on may have one of them."""
    for role in Role.objects.all():
        assert (Grant.TICKET_READ_ALL in role.grants) == (Grant.TICKET_READ_INTERNAL in role.grants), role.key
