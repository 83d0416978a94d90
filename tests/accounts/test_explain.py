"""May this person see or do this, and which rule decided (SECURITY AC-14)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.access import subjects
from accounts.access.selectors import explain, fields_of
from accounts.choices import Grant
from approvals.policies import may as may_approval
from cmdb.policies import may_write
from cmdb.selectors import cis_for
from cmdb.services import create_ci
from core.errors import NotAllowedError, RuleRefusedError
from incidents.api.serializers import IncidentOut
from tests.api.calls import Caller, problem
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    GroupFactory,
    UserFactory,
    default_company,
)
from tests.factories.approvals import make_approval_request, make_delegation, row_of
from tests.factories.catalog import make_item, make_request, make_task
from tests.factories.incidents import make_incident
from tickets.models import TransitionRule
from tickets.policies import may, reads_internal
from tickets.selectors import tickets_for
from tickets.services import watch
from tickets.transitions import all_edges, allowed_names


@pytest.fixture
def auditor(db: None) -> Any:
    return UserFactory(roles=["administrator"])


def ask(auditor: Any, person: Any, thing: str, action: str = "read") -> Any:
    return explain(auditor, user=person.username, reference=thing, action=action)


def test_a_requester_reads_what_is_their_own(auditor):
    incident = make_incident()
    found = ask(auditor, incident.requester, incident.number)
    assert (found.allowed, found.code) == (True, "asked")
    assert ask(auditor, UserFactory(), incident.number).code == "no_rule"


def test_the_rule_that_shows_a_ticket_is_named(auditor):
    group, hr = GroupFactory(), GroupFactory(is_restricted=True)
    agent, insider, watcher = AgentFactory(), AgentFactory(groups=[hr]), UserFactory()
    plain, grouped, secret = make_incident(), make_incident(group=group), make_incident(group=hr)
    watch(plain.pk, actor=plain.requester, user=watcher)
    assert ask(auditor, agent, plain.number).code == "no_group"
    assert ask(auditor, agent, grouped.number).code == "open_group"
    assert ask(auditor, insider, secret.number).code == "member"
    assert ask(auditor, agent, secret.number).code == "no_rule"
    assert ask(auditor, watcher, plain.number).code == "watcher"


def test_the_chain_leads_from_the_grant_to_the_role_and_the_group(auditor):
    hr = GroupFactory(is_restricted=True)
    insider, incident = AgentFactory(groups=[hr]), make_incident(group=hr)
    found = ask(auditor, insider, incident.number)
    chain = [(link.kind, link.key, link.held) for link in found.steps[0].chain]
    assert chain == [
        ("grant", "ticket.read_all", True),
        ("role", "agent", True),
        ("group", hr.key, True),
    ]


def test_a_refusal_names_what_is_missing_and_who_would_give_it(auditor):
    incident = make_incident()
    found = ask(auditor, incident.requester, incident.number, "work_note")
    assert [step.allowed for step in found.steps] == [True, False]
    links = found.steps[1].chain
    assert ("grant", Grant.INCIDENT_WRITE, False) in {(link.kind, link.key, link.held) for link in links}
    assert "agent" in {link.key for link in links if link.kind == "role" and not link.held}


def test_who_left_may_nothing(auditor):
    incident = make_incident()
    gone = incident.requester
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    assert ask(auditor, gone, incident.number).code == "inactive"


def test_a_move_is_explained_by_state_guard_and_rule_of_the_company(auditor):
    agent, incident = AgentFactory(), make_incident()
    assert ask(auditor, agent, incident.number, "start").allowed
    assert ask(auditor, agent, incident.number, "reopen").code == "wrong_state"
    assert ask(auditor, incident.requester, incident.number, "start").code == "not_for_requesters"
    TransitionRule.objects.create(kind="incident", name="start", condition=None, required_fields=["category"])
    found = ask(auditor, agent, incident.number, "start")
    assert (found.allowed, found.code) == (False, "rule")


def everybody(incident: Any, hr: Any, group: Any) -> list[Any]:
    return [
        incident.requester,
        UserFactory(),
        AgentFactory(),
        AgentFactory(groups=[group]),
        AgentFactory(groups=[hr]),
        UserFactory(roles=["administrator"]),
        UserFactory(roles=["config_admin"]),
        UserFactory(roles=["incident_manager"]),
        UserFactory(company=CompanyFactory(), roles=["super"]),
    ]


def of_the_gate(person: Any, ticket: Any, action: str) -> bool:
    """What selector, policy and moves say of it."""
    if not tickets_for(person).filter(pk=ticket.pk).exists():
        return False
    if action == "read":
        return True
    if action == "read_internal":
        return reads_internal(person)
    if action in {edge.name for edge in all_edges(type(ticket)) if not edge.spec.system}:
        return action in allowed_names(person, ticket)
    return may(person, ticket, action)


def test_it_says_what_the_gate_does_for_every_person_ticket_and_action(auditor):
    """Not a copy: each cell is compared with the selector, the policy and the moves themselves."""
    hr, group = GroupFactory(is_restricted=True), GroupFactory()
    tickets = [
        make_incident(group=hr),
        make_incident("in_progress", group=group),
        make_incident("resolved"),
        make_task(),
        make_item(),
        make_request(),
    ]
    cells = 0
    for ticket in tickets:
        subject, thing = subjects.found(auditor, ticket.number)
        for person in everybody(ticket, hr, group):
            for action in subject.actions(thing):
                found = all(subject.decisions(person, thing, action))
                assert found == of_the_gate(person, thing, action), (ticket, person, action)
                cells += 1
    assert cells > 500


def test_approvals_items_and_configuration_are_explained_too(auditor):
    approver, stand_in, holder = UserFactory(), UserFactory(), UserFactory()
    approval = row_of(make_approval_request(approver), approver)
    make_delegation(approver, stand_in)
    number = str(approval.public_id)
    assert ask(auditor, approver, number, "decide").code == "asked"
    assert ask(auditor, stand_in, number, "view").code == "stand_in"
    for person in (approver, stand_in, holder):
        found = ask(auditor, person, number, "decide")
        assert found.allowed == may_approval(person, approval, "decide")
    ci = create_ci(actor=None, company=default_company(), class_key="laptop", name="l", assigned_to=holder)
    for person in (approver, holder, AgentFactory(), UserFactory(roles=["configuration_admin"])):
        sees = cis_for(person).filter(pk=ci.pk).exists()
        assert ask(auditor, person, ci.number).allowed == sees
        assert ask(auditor, person, ci.number, "update").allowed == (sees and may_write(person))
    assert ask(auditor, holder, ci.number).code == "holder"
    assert ask(auditor, UserFactory(roles=["config_admin"]), "flows", "edit").allowed
    assert not ask(auditor, AgentFactory(), "flows", "edit").allowed


def test_every_part_of_the_configuration_answers_for_every_action(auditor):
    administrator, nobody = UserFactory(roles=["super"]), UserFactory()
    nobody.roles.clear()
    areas = subjects.areas()
    assert len(areas) >= 10
    for area in areas:
        for action in area.names:
            assert ask(auditor, administrator, area.key, action).allowed, (area.key, action)
            assert not ask(auditor, nobody, area.key, action).allowed, (area.key, action)


def test_only_who_edits_rights_or_audits_them_may_ask(db):
    incident = make_incident()
    for roles in ([], ["agent"], ["config_admin"], ["team_manager"]):
        with pytest.raises(NotAllowedError):
            ask(UserFactory(roles=roles), incident.requester, incident.number)


def test_a_person_or_thing_of_another_company_does_not_exist(auditor):
    there = CompanyFactory()
    stranger = UserFactory(company=there)
    far, near = make_incident(requester=stranger), make_incident()
    for person, thing, field in (
        (stranger.username, near.number, "user"),
        ("nobody-of-that-name", near.number, "user"),
        (near.requester.username, far.number, "object"),
        (near.requester.username, "INC9999999", "object"),
    ):
        with pytest.raises(RuleRefusedError) as refused:
            explain(auditor, user=person, reference=thing, action="read")
        assert [(error.field, error.code) for error in refused.value.errors] == [(field, "does_not_exist")]


def test_who_edits_people_but_audits_nothing_asks_of_what_they_see_only(db):
    editor = UserFactory()
    role = editor.roles.get()
    role.grants = ["users.write"]
    role.save(update_fields=["grants"])
    secret = make_incident(group=GroupFactory(is_restricted=True))
    with pytest.raises(RuleRefusedError):
        ask(editor, secret.requester, secret.number)
    own = make_incident(requester=editor)
    assert ask(editor, editor, own.number).allowed


def test_the_api_answers_holders_of_the_right_and_nobody_else(auditor):
    incident = make_incident()
    path = f"access/explain/?user={incident.requester.username}&object={incident.number}&action=update"
    body = Caller(auditor).get(path).json()
    assert body["allowed"] is False
    assert body["object"] == incident.number
    assert body["code"] == "not_for_requesters"
    assert [step["allowed"] for step in body["steps"]] == [True, False]
    assert incident.title not in str(body)
    problem(Caller(AgentFactory()).get(path), 403, "not_allowed")
    problem(Caller(auditor).get("access/explain/"), 422, "rule_refused", "user", "object")
    problem(Caller(auditor).get(path + "&x=1"), 400, "bad_input", "x")
    problem(Caller(auditor).get(path.replace("update", "fly")), 422, "rule_refused", "action")
    problem(Caller(auditor).get(path.replace(incident.number, "INC1")), 422, "rule_refused", "object")


@pytest.mark.parametrize(("language", "word"), [("en", "No"), ("ko", "아니요")])
def test_the_page_answers_in_both_languages(auditor, client_of, language, word):
    auditor.language = language
    auditor.save(update_fields=["language"])
    browser = client_of(auditor)
    incident = make_incident()
    assert browser.get("/design/access/").status_code == 200
    page = browser.get(
        "/design/access/",
        {"user": incident.requester.username, "object": incident.number, "action": "work_note"},
    )
    assert page.status_code == 200
    assert word in page.content.decode()
    assert Grant.INCIDENT_WRITE in page.content.decode()
    guests = browser.get("/design/access/guests/").content.decode()
    assert "/healthz" in guests
    assert "design/roles" not in guests.split("<main")[1]
    wrong = browser.get("/design/access/", {"user": "nobody", "object": "flows", "action": "edit"})
    assert wrong.status_code == 422
    assert client_of(AgentFactory()).get("/design/access/").status_code == 403


def about(auditor: Any, person: Any, thing: str, action: str, field: str) -> Any:
    return explain(auditor, user=person.username, reference=thing, action=action, field=field)


FIELDS = {
    ("read", "title"): "open_field",
    ("read", "channel"): "grant_missing",
    ("query", "priority__lte"): "open_field",
    ("query", "updated_after"): "grant_missing",
    ("update", "title"): "not_for_requesters",
}


@pytest.mark.parametrize(("action", "field"), FIELDS)
def test_a_field_is_explained_by_the_rule_that_decides(auditor, action, field):
    incident, agent = make_incident(), AgentFactory()
    asked = about(auditor, incident.requester, incident.number, action, field)
    assert (asked.code, asked.field) == (FIELDS[action, field], field)
    assert about(auditor, agent, incident.number, action, field).allowed
    assert about(auditor, UserFactory(), incident.number, action, field).code == "no_rule"


def test_a_field_has_rules_of_its_own(auditor):
    incident, agent, manager = (
        make_incident(),
        AgentFactory(),
        AgentFactory(roles=["incident_manager"]),
    )
    assert about(auditor, agent, incident.number, "update", "priority").code == "grant_missing"
    assert about(auditor, manager, incident.number, "update", "priority").allowed
    closed = make_incident("closed")
    assert about(auditor, manager, closed.number, "update", "title").code == "closed"


def test_fields_of_items_are_explained_too(auditor):
    person = UserFactory()
    item = create_ci(
        actor=None, company=default_company(), class_key="laptop", name="lap", assigned_to=person
    )
    assert about(auditor, person, item.number, "read", "serial").allowed
    assert about(auditor, person, item.number, "query", "environment").code == "grant_missing"
    assert about(auditor, AgentFactory(), item.number, "query", "environment").allowed


def test_the_explanation_of_each_field_is_what_the_answer_holds(auditor):
    incident = make_incident()
    for person in (incident.requester, AgentFactory()):
        answer = Caller(person).get(f"incidents/{incident.number}/").json()
        told = {
            name: about(auditor, person, incident.number, "read", name).allowed
            for name in fields_of(auditor, incident.number)
            if name in IncidentOut._declared_fields
        }
        assert {name for name, allowed in told.items() if allowed} == set(answer)
        assert len(told) > len(answer) or person != incident.requester


def test_a_field_there_is_not_is_refused_by_name(auditor):
    incident = make_incident()
    place = f"access/explain/?user={incident.requester.username}&object={incident.number}"
    asked = Caller(auditor).get(f"{place}&action=query&field=channel")
    assert (asked.json()["allowed"], asked.json()["field"]) == (False, "channel")
    problem(Caller(auditor).get(f"{place}&field=password"), 422, "rule_refused", "field")
    problem(Caller(auditor).get(f"{place}&field=title&action=start"), 422, "rule_refused", "action")
    request = make_approval_request(UserFactory(), ticket=incident)
    row = row_of(request, request.approvals.get().approver)
    problem(
        Caller(auditor).get(f"access/explain/?user={auditor.username}&object={row.public_id}&field=title"),
        422,
        "rule_refused",
    )


def test_the_page_answers_for_a_field(auditor, client_of):
    incident = make_incident()
    asked = {
        "user": incident.requester.username,
        "object": incident.number,
        "action": "read",
        "field": "updated_at",
    }
    page = client_of(auditor).get("/design/access/", asked)
    assert page.status_code == 200
    text = page.content.decode()
    assert "<code>updated_at</code>" in text
    assert '<option value="updated_at">' in text
