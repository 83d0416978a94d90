"""Roles given to people and taken back: by who edits people, and only what they hold themselves (AC-7)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, RoleAssignment, User
from accounts.policies import grants_of
from accounts.roles.services import create_role, give_role, take_role
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError
from core.models import AuditLog, OutboxEvent
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.stepped import stepped_up


@pytest.fixture
def editor(db: None) -> Any:
    """An administrator: many rights, but not those of approvers."""
    return UserFactory(roles=["administrator"], language="en")


@pytest.fixture
def role(editor: Any) -> Role:
    """A role that the administrator may give."""
    return create_role(
        actor=editor, key="night-shift", name_ko="야간", name_en="Night shift", grants=["incident.write"]
    )


def holds(person: Any, key: str) -> bool:
    return RoleAssignment.objects.filter(user=person, role__key=key).exists()


def test_given_and_taken_count_at_the_next_request_and_are_recorded_and_told(editor, role):
    person = UserFactory()
    assert give_role("night-shift", actor=editor, user=person) is True
    assert "incident.write" in grants_of(User.objects.get(pk=person.pk))
    assert take_role("night-shift", actor=editor, user=person) is True
    assert "incident.write" not in grants_of(User.objects.get(pk=person.pk))
    told = [
        (event.name, event.payload)
        for event in OutboxEvent.objects.filter(name__in=["role.given", "role.taken"]).order_by("pk")
    ]
    payload = {"role_id": role.pk, "key": "night-shift", "user_id": person.pk}
    assert sorted(told, key=str) == [("role.given", payload), ("role.taken", payload)]
    rows = AuditLog.objects.filter(
        table="accounts_role", object_ref="night-shift", action__in=["given", "taken"]
    )
    assert [(row.action, row.diff["holders"]) for row in rows.order_by("pk")] == [
        ("given", [[], [person.username]]),
        ("taken", [[person.username], []]),
    ]


def test_done_twice_it_is_done_and_told_once(editor, role):
    person = UserFactory()
    assert [give_role("night-shift", actor=editor, user=person) for _ in range(2)] == [True, False]
    assert [take_role("night-shift", actor=editor, user=person) for _ in range(2)] == [True, False]
    assert OutboxEvent.objects.filter(name__in=["role.given", "role.taken"]).order_by("pk").count() == 2


@pytest.mark.parametrize("roles", [[], ["agent"], ["config_admin"]])
def test_who_does_not_edit_people_hands_out_nothing(db, roles):
    actor, person = UserFactory(roles=roles), UserFactory(roles=["agent"])
    with pytest.raises(NotAllowedError):
        give_role("approver", actor=actor, user=person)
    with pytest.raises(NotAllowedError):
        take_role("agent", actor=actor, user=person)
    assert holds(person, "agent")
    assert not holds(person, "approver")


def test_nobody_hands_out_or_takes_a_right_they_lack_not_even_for_themselves(editor):
    top = UserFactory(roles=["super"])
    for person in (editor, UserFactory()):
        with pytest.raises(NotAllowedError):
            give_role("super", actor=editor, user=person)
    with pytest.raises(NotAllowedError):
        take_role("super", actor=editor, user=top)
    assert holds(top, "super")
    assert RoleAssignment.objects.filter(role__key="super").count() == 1


def test_people_and_roles_of_another_company_do_not_exist(editor, role):
    there = CompanyFactory()
    stranger, their_editor = UserFactory(company=there), UserFactory(company=there, roles=["administrator"])
    create_role(actor=their_editor, key="theirs", name_ko="그들")
    with pytest.raises(NotVisibleError):
        give_role("night-shift", actor=editor, user=stranger)
    with pytest.raises(NotVisibleError):
        give_role("theirs", actor=editor, user=UserFactory())
    with pytest.raises(NotVisibleError):
        take_role("administrator", actor=editor, user=their_editor)
    assert holds(their_editor, "administrator")


def test_the_last_who_edits_roles_and_the_last_who_holds_every_right_stay(editor):
    with pytest.raises(RuleRefusedError) as refused:
        take_role("administrator", actor=editor, user=editor)
    assert (refused.value.errors[0].field, refused.value.errors[0].code) == ("user", "last")
    top = UserFactory(roles=["super"])
    with pytest.raises(RuleRefusedError):
        take_role("super", actor=top, user=top)
    assert holds(editor, "administrator")
    assert holds(top, "super")
    take_role("administrator", actor=editor, user=editor)  # the other one edits roles too
    assert not holds(editor, "administrator")


def test_the_page_gives_and_takes(editor, role, client_of):
    browser, person = stepped_up(client_of(editor)), UserFactory(username="dora.novak", name_en="Dora Novak")
    page = "/design/roles/night-shift/"
    assert browser.post(f"{page}give/", {"user": "nobody.there"}).status_code == 422
    assert browser.post(f"{page}give/", {"user": "DORA.novak"})["Location"] == page
    assert holds(person, "night-shift")
    text = browser.get(page).content.decode()
    assert "Dora Novak holds this role now." in text
    assert "Take the role back from Dora Novak" in text
    assert browser.post(f"{page}take/", {"user": "dora.novak"})["Location"] == page
    assert not holds(person, "night-shift")
    assert browser.post(f"{page}take/", {"user": "dora.novak"}).status_code == 404
    last = browser.post("/design/roles/administrator/take/", {"user": editor.username})
    assert last.status_code == 422
    assert "Nobody would be left who may edit roles." in last.content.decode()


def test_the_page_says_why_a_role_cannot_be_handed_out(editor, client_of):
    browser = stepped_up(client_of(editor))
    text = browser.get("/design/roles/super/").content.decode()
    assert "Nobody gives a right that they do not hold themselves. Decide approvals" in text
    assert "roles/super/give" not in text
    for way in ("give", "take"):
        assert browser.post(f"/design/roles/super/{way}/", {"user": editor.username}).status_code == 403


def test_who_left_can_lose_a_role_but_not_get_one(editor, role):
    api, gone = Caller(editor), UserFactory(is_active=False)
    RoleAssignment.objects.create(user=gone, role=role)
    problem(api.post("roles/approver/holders/", {"user": gone.username}), 422, "rule_refused", "/user")
    assert api.delete(f"roles/night-shift/holders/{gone.username}/").status_code == 204
    assert not holds(gone, "night-shift")


def test_over_rest(editor, role):
    api, person = Caller(editor), UserFactory(username="dora.novak", name_en="Dora Novak")
    path = "roles/night-shift/holders/"
    assert api.post(path, {"user": "dora.novak"}).json() == {"username": "dora.novak", "name": "Dora Novak"}
    assert api.post(path, {"user": "dora.novak"}).status_code == 201
    assert [row["username"] for row in api.get(path).json()["results"]] == ["dora.novak"]
    problem(api.post("roles/super/holders/", {"user": "dora.novak"}), 403, "not_allowed")
    problem(api.delete("roles/administrator/holders/dora.novak/"), 404, "not_found")
    problem(api.delete(f"roles/administrator/holders/{editor.username}/"), 422, "rule_refused", "/user")
    assert api.delete(f"{path}dora.novak/").status_code == 204
    assert not holds(person, "night-shift")
    problem(Caller(AgentFactory()).get(path), 403, "not_allowed")


@pytest.mark.parametrize("rows", [2, 20])
def test_the_holders_cost_the_same_for_any_number(editor, role, rows, django_assert_num_queries):
    for _ in range(rows):
        RoleAssignment.objects.create(user=UserFactory(), role=role)
    api = Caller(editor)
    api.get("roles/night-shift/holders/")
    with django_assert_num_queries(3):
        assert len(api.get("roles/night-shift/holders/").json()["results"]) == rows
