"""Roles: made and changed by who edits rights, and nobody gives what they lack (SECURITY AC-7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import reference
from accounts.choices import Grant
from accounts.models import Role, RoleAssignment
from accounts.policies import grants_of
from accounts.roles.selectors import NAMES_SHOWN, effects_of
from accounts.roles.services import create_role, update_role
from core.errors import (
    BadInputError,
    DuplicateError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
)
from core.models import AuditLog, OutboxEvent
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory, default_company
from tests.stepped import stepped_up


@pytest.fixture
def editor(db: None) -> Any:
    """An administrator: many rights, but not those of approvers."""
    return UserFactory(roles=["administrator"])


def made(editor: Any, *grants: str, key: str = "night-shift") -> Role:
    return create_role(actor=editor, key=key, name_ko="야간", name_en="Night shift", grants=list(grants))


def test_a_role_is_made_for_the_company_recorded_and_told(editor):
    role = made(editor, "incident.write", "api.use", "api.use")
    assert (role.company, role.grants) == (editor.company, ["incident.write", "api.use"])
    assert AuditLog.objects.get(table="accounts_role", object_ref="night-shift").action == "created"
    event = OutboxEvent.objects.get(name="role.created")
    assert event.payload == {"role_id": role.pk, "key": "night-shift", "grants": role.grants}


def test_a_change_counts_at_the_next_request_and_is_recorded(editor):
    role = made(editor, "api.use")
    person = UserFactory()
    RoleAssignment.objects.create(user=person, role=role)
    update_role(role.key, actor=editor, expected_version=1, grants=["incident.write"], name_en="Nights")
    fresh = type(person).objects.get(pk=person.pk)
    assert "incident.write" in grants_of(fresh)
    event = OutboxEvent.objects.get(name="role.changed")
    assert event.payload == {
        "role_id": role.pk,
        "key": role.key,
        "fields": ["grants", "name_en"],
        "gained": ["incident.write"],
        "lost": ["api.use"],
    }
    row = AuditLog.objects.get(table="accounts_role", action="updated")
    assert row.diff["grants"] == [["api.use"], ["incident.write"]]
    assert row.actor_id == editor.pk


def test_the_same_again_changes_nothing(editor):
    role = made(editor, "api.use")
    update_role(role.key, actor=editor, grants=["api.use"], name_ko="야간")
    assert Role.objects.get(pk=role.pk).lock_version == 1
    assert not OutboxEvent.objects.filter(name="role.changed").exists()


@pytest.mark.parametrize("grant", ["approval.decide", "finance.approve", "company.cross"])
def test_nobody_gives_what_they_lack(editor, grant):
    role = made(editor, "api.use")
    with pytest.raises(NotAllowedError):
        made(editor, grant, key="more")
    with pytest.raises(NotAllowedError):
        update_role(role.key, actor=editor, grants=["api.use", grant])
    assert Role.objects.get(pk=role.pk).grants == ["api.use"]
    assert not Role.objects.filter(key="more").exists()


def test_a_right_that_was_there_may_stay_or_go_without_holding_it(editor):
    update_role("approver", actor=editor, name_en="Decider", grants=["approval.decide", "api.use"])
    assert Role.objects.get(key="approver").name_en == "Decider"
    update_role("approver", actor=editor, grants=["api.use"])
    assert Role.objects.get(key="approver").grants == ["api.use"]


def test_what_was_taken_from_the_actor_meanwhile_is_not_given(editor):
    """The rights of the writer are read under the lock, whatever the request began with."""
    role = made(editor, "api.use")
    assert "cmdb.write" in grants_of(editor)
    Role.objects.filter(key="administrator").update(grants=["users.write"])
    with pytest.raises(NotAllowedError):
        update_role(role.key, actor=editor, grants=["cmdb.write"])


def test_the_last_who_edits_roles_is_not_locked_out(editor):
    with pytest.raises(RuleRefusedError) as refused:
        update_role("administrator", actor=editor, grants=["config.write"])
    assert refused.value.errors[0].code == "last"
    assert "users.write" in Role.objects.get(key="administrator").grants
    UserFactory(roles=["super"])
    update_role("administrator", actor=editor, grants=["config.write"])


def test_who_may_not_edit_roles_changes_none(db):
    for roles in ([], ["agent"], ["config_admin"]):
        actor = UserFactory(roles=roles)
        with pytest.raises(NotAllowedError):
            made(actor)
        with pytest.raises(NotAllowedError):
            update_role("agent", actor=actor, name_en="x")
    assert Role.objects.get(key="agent").name_en == "Agent"


def test_the_role_that_holds_everything_stays_as_it_is(db):
    holder = UserFactory(roles=["super"])
    with pytest.raises(NotAllowedError):
        update_role("super", actor=holder, grants=[])
    assert set(Role.objects.get(key="super").grants) == set(Grant.values)


def test_a_shared_role_is_not_changed_by_one_company_of_several(editor):
    CompanyFactory()
    with pytest.raises(NotAllowedError):
        update_role("agent", actor=editor, name_en="x")
    update_role("agent", actor=UserFactory(roles=["super"]), name_en="x")


def test_a_role_of_another_company_does_not_exist(editor):
    there = CompanyFactory()
    theirs = made(UserFactory(company=there, roles=["administrator"]), key="theirs")
    with pytest.raises(NotVisibleError):
        update_role("theirs", actor=editor, name_en="x")
    problem(Caller(editor).get("roles/theirs/"), 404, "not_found")
    assert "theirs" not in str(Caller(editor).get("roles/?page_size=100").json())
    assert made(editor, key="theirs").company != theirs.company


def test_what_is_malformed_is_refused_by_field(editor):
    made(editor)
    with pytest.raises(DuplicateError):
        made(editor)
    with pytest.raises(DuplicateError):
        made(editor, key="agent")
    for wrong, field in (
        ({"key": "Ä b"}, "key"),
        ({"key": "ok", "name_ko": " "}, "name_ko"),
        ({"key": "ok", "grants": ["fly"]}, "grants"),
    ):
        with pytest.raises(RuleRefusedError) as refused:
            create_role(actor=editor, **({"name_ko": "이름"} | wrong))
        assert refused.value.errors[0].field == field
    with pytest.raises(BadInputError):
        update_role("night-shift", actor=editor, company=None)
    with pytest.raises(StaleVersionError):
        update_role("night-shift", actor=editor, expected_version=7, name_en="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(key="agent", name_ko="x")


def test_seeds_that_a_company_changed_stay_changed(editor):
    update_role("requester", actor=editor, grants=[])
    reference.load()
    assert Role.objects.get(key="requester").grants == []
    assert Role.objects.filter(key="requester").count() == 1


def test_the_preview_counts_who_gains_and_loses_and_names_some(editor):
    role = made(editor, "api.use", "incident.write")
    agents = [AgentFactory() for _ in range(2)]
    others = [UserFactory(name_ko=f"사람{number:02}") for number in range(NAMES_SHOWN + 3)]
    for person in [*agents, *others, UserFactory(is_active=False)]:
        RoleAssignment.objects.create(user=person, role=role)
    lost, gained = effects_of(editor, role, ["api.use", "cmdb.write"])
    assert (lost.grant, lost.gained, lost.count) == ("incident.write", False, len(others))
    assert [person.pk for person in lost.people] == [person.pk for person in others[:NAMES_SHOWN]]
    assert lost.hidden == 3
    assert (gained.grant, gained.gained, gained.count) == ("cmdb.write", True, len(others) + 2)
    assert effects_of(editor, role, role.grants) == []


def test_the_pages_show_a_preview_before_anything_is_saved(editor, client_of):
    editor.language = "en"
    editor.save(update_fields=["language"])
    browser, person = stepped_up(client_of(editor)), UserFactory(name_en="Dora Novak")
    role = made(editor, "api.use")
    RoleAssignment.objects.create(user=person, role=role)
    assert b"Night shift" in browser.get("/design/roles/").content
    page = browser.get("/design/roles/night-shift/")
    assert b"Dora Novak" in page.content
    given = {"name_ko": "야간", "name_en": "Nights", "grants": ["incident.write"], "lock_version": 1}
    preview = browser.post("/design/roles/night-shift/", given)
    text = preview.content.decode()
    assert preview.status_code == 200
    assert "1 person gains this right." in text
    assert "Nobody loses it" in text
    assert Role.objects.get(pk=role.pk).grants == ["api.use"]
    saved = browser.post("/design/roles/night-shift/", given | {"confirmed": "1"})
    assert saved.status_code == 302
    assert Role.objects.get(pk=role.pk).grants == ["incident.write"]
    for extra in ({}, {"confirmed": "1"}):
        stale = browser.post("/design/roles/night-shift/", given | extra | {"grants": ["api.use"]})
        assert stale.status_code == 409
    assert Role.objects.get(pk=role.pk).grants == ["incident.write"]


def test_a_right_that_one_lacks_is_told_at_its_field(editor, client_of):
    browser = stepped_up(client_of(editor))
    made(editor, "api.use")
    given = {"name_ko": "야간", "grants": ["approval.decide"], "lock_version": 1}
    for extra in ({}, {"confirmed": "1"}):
        page = browser.post("/design/roles/night-shift/", given | extra)
        assert page.status_code == 422
        assert 'id="id_grants_field"' in page.content.decode()
    page = browser.post("/design/roles/new/", {"key": "more", "name_ko": "x", "grants": ["approval.decide"]})
    assert page.status_code == 422
    assert not Role.objects.filter(key="more").exists()


def test_a_role_is_made_on_its_page(editor, client_of):
    browser = stepped_up(client_of(editor))
    assert browser.get("/design/roles/new/").status_code == 200
    answer = browser.post("/design/roles/new/", {"key": "more", "name_ko": "더", "grants": ["api.use"]})
    assert answer["Location"] == "/design/roles/more/"
    assert Role.objects.get(key="more").company == editor.company


def test_who_audits_reads_roles_and_changes_none(db, client_of):
    auditor = UserFactory()
    role = Role.objects.create(key="audit", name_ko="감사", grants=["audit.read"], company=default_company())
    RoleAssignment.objects.create(user=auditor, role=role)
    browser = stepped_up(client_of(auditor))
    page = browser.get("/design/roles/audit/")
    assert page.status_code == 200
    assert b"novalidate" not in page.content
    assert browser.post("/design/roles/audit/", {"name_ko": "x"}).status_code == 403
    assert browser.get("/design/roles/new/").status_code == 403
    assert client_of(AgentFactory()).get("/design/roles/").status_code == 403


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_any_number_of_roles(editor, client_of, rows, django_assert_num_queries):
    for number in range(rows):
        role = made(editor, "api.use", key=f"role-{number}")
        RoleAssignment.objects.create(user=UserFactory(), role=role)
    browser = client_of(editor)
    browser.get("/design/roles/")
    with django_assert_num_queries(6):
        assert browser.get("/design/roles/").content.count(b"<tr>") >= rows


def test_roles_over_rest(editor):
    api = Caller(editor)
    answer = api.post("roles/", {"key": "night", "name_ko": "야간", "grants": ["api.use"]})
    assert answer.status_code == 201
    assert answer.json()["is_shared"] is False
    assert api.patch("roles/night/", {"grants": []}).status_code == 428
    changed = api.change("roles/night/", {"grants": ["incident.write"]})
    assert changed.json()["grants"] == ["incident.write"]
    assert changed["ETag"] != answer["ETag"]
    problem(api.patch("roles/night/", {"grants": []}, If_Match=answer["ETag"]), 412, "stale_version")
    problem(api.change("roles/night/", {"grants": ["approval.decide"]}), 403, "not_allowed")
    problem(api.change("roles/night/", {"grants": ["fly"]}), 422, "rule_refused", "/grants")
    problem(api.change("roles/night/", {"key": "x"}), 400, "bad_input", "/key")
    problem(api.post("roles/", {"key": "night", "name_ko": "x"}), 409, "duplicate", "/key")
    problem(Caller(AgentFactory()).post("roles/", {"key": "x", "name_ko": "x"}), 403, "not_allowed")
    assert Caller(UserFactory()).get("roles/night/").status_code == 200
