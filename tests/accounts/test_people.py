"""People switched off and on again: by whom, whom not, and what ends with it (SECURITY SE-2)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts import tokens
from accounts.models import Group, Role, RoleAssignment, Session, User
from accounts.people.services import switch
from core.errors import DomainError, NotAllowedError, NotVisibleError, RuleRefusedError
from core.models import AuditLog, OutboxEvent
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, make_session
from tests.stepped import PASSWORD, stepped_up

LIST, OWN = "/design/people/", "/account/sessions/"


@pytest.fixture
def keeper(db: None) -> Any:
    return UserFactory(roles=["administrator"], language="en")


@pytest.fixture
def person(db: None) -> Any:
    found = AgentFactory(username="dora.novak", name_en="Dora Novak", groups=[GroupFactory()])
    found.set_password(PASSWORD)
    found.save()
    return found


def is_on(who: Any) -> bool:
    return User.objects.get(pk=who.pk).is_active


def signs_in(who: Any) -> bool:
    browser = Client()
    browser.post("/accounts/login/", {"login": who.username, "password": PASSWORD})
    return "_auth_user_id" in browser.session


def test_off_ends_sessions_and_tokens_and_on_brings_none_of_them_back(keeper, person, client_of):
    browser, (_row, plain) = client_of(person), tokens.mint(actor=person, owner=person, name="x")
    caller = Caller(token=plain)
    assert (browser.get(OWN).status_code, caller.get("users/me/").status_code) == (200, 200)
    assert switch("DORA.novak", actor=keeper, on=False) is True
    assert browser.get(OWN)["Location"].startswith("/accounts/login/")
    problem(caller.get("users/me/"), 401, "not_signed_in")
    assert not signs_in(person)
    assert switch("dora.novak", actor=keeper, on=True) is True
    assert browser.get(OWN)["Location"].startswith("/accounts/login/")
    problem(caller.get("users/me/"), 401, "not_signed_in")
    assert signs_in(person)
    assert RoleAssignment.objects.filter(user=person).count() == 2
    assert Group.objects.filter(members=person.pk).count() == 1


def test_each_is_recorded_and_told_once(keeper, person):
    make_session(person)
    tokens.mint(actor=person, owner=person, name="x")
    assert [switch("dora.novak", actor=keeper, on=False) for _ in range(2)] == [True, False]
    assert [switch("dora.novak", actor=keeper, on=True) for _ in range(2)] == [True, False]
    told = OutboxEvent.objects.filter(name__startswith="user.").order_by("pk")
    payload = {"user_id": person.pk}
    assert [(each.name, each.payload, each.actor_id) for each in told] == [
        ("user.disabled", payload, keeper.pk),
        ("user.enabled", payload, keeper.pk),
    ]
    rows = AuditLog.objects.filter(object_ref="dora.novak", actor_id=keeper.pk).order_by("pk")
    assert [(row.action, row.diff) for row in rows] == [
        ("tokens_revoked", {"tokens": [1, 0]}),
        ("disabled", {"is_active": [True, False], "sessions": [1, 0]}),
        ("enabled", {"is_active": [False, True]}),
    ]


@pytest.mark.parametrize("roles", [[], ["agent"], ["config_admin"]])
@pytest.mark.parametrize("on", [False, True])
def test_who_does_not_edit_people_switches_nobody(person, roles, on):
    User.objects.filter(pk=person.pk).update(is_active=not on)
    with pytest.raises(NotAllowedError):
        switch("dora.novak", actor=UserFactory(roles=roles), on=on)
    assert is_on(person) is not on


def test_nobody_switches_themselves(keeper):
    UserFactory(roles=["administrator"])
    with pytest.raises(NotAllowedError):
        switch(keeper.username, actor=keeper, on=False)
    assert is_on(keeper)


def test_others_companies_people_and_service_accounts_are_not_there(keeper):
    stranger, robot = UserFactory(company=CompanyFactory()), UserFactory(is_service=True)
    for each in (stranger.username, robot.username, "nobody.there"):
        with pytest.raises(NotVisibleError):
            switch(each, actor=keeper, on=False)
    assert is_on(stranger)
    assert is_on(robot)


def test_who_holds_every_right_is_switched_only_by_such_a_person(keeper):
    top, other = UserFactory(roles=["super"]), UserFactory(roles=["super"])
    with pytest.raises(NotAllowedError):
        switch(top.username, actor=keeper, on=False)
    assert switch(top.username, actor=other, on=False)
    with pytest.raises(NotAllowedError):
        switch(top.username, actor=keeper, on=True)
    assert not is_on(top)


def test_the_last_who_edits_people_stays_a_service_account_is_no_other(keeper):
    robot = UserFactory(is_service=True, roles=["administrator"])
    with pytest.raises(RuleRefusedError) as refused:
        switch(keeper.username, actor=robot, on=False)
    assert (refused.value.errors[0].field, refused.value.errors[0].code) == ("is_active", "last")
    assert is_on(keeper)
    UserFactory(roles=["administrator"])
    assert switch(keeper.username, actor=robot, on=False)


def test_the_last_who_holds_every_right_stays(db):
    all_rights = Role.objects.get(key="super").grants
    equal = Role.objects.create(key="equal", name_ko="x", grants=all_rights)
    actor, top = UserFactory(), UserFactory(roles=["super"])
    RoleAssignment.objects.create(user=actor, role=equal)
    with pytest.raises(RuleRefusedError):
        switch(top.username, actor=actor, on=False)
    assert is_on(top)
    UserFactory(roles=["super"])
    assert switch(top.username, actor=actor, on=False)


def test_who_was_switched_off_meanwhile_switches_nobody(keeper, person):
    gone = User.objects.get(pk=UserFactory(roles=["administrator"]).pk)
    switch(gone.username, actor=keeper, on=False)
    assert gone.is_active, "as a request that began before it"
    with pytest.raises(NotAllowedError):
        switch("dora.novak", actor=gone, on=False)
    assert is_on(person)


@pytest.mark.django_db(transaction=True)
def test_two_who_switch_off_one_another_at_once_leave_one(transactional_db):
    pair = [UserFactory(roles=["administrator"]) for _ in range(2)]
    ready, outcomes = threading.Barrier(2), []

    def go(actor: Any, other: Any) -> None:
        try:
            ready.wait(10)
            outcomes.append(switch(other.username, actor=actor, on=False))
        except DomainError as refusal:
            outcomes.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=each) for each in (pair, pair[::-1])]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert outcomes.count(True) == 1, outcomes
    assert User.objects.filter(pk__in=[each.pk for each in pair], is_active=True).count() == 1


def test_the_pages(keeper, person, client_of):
    browser = client_of(keeper)
    make_session(person)
    assert "Dora Novak" in browser.get(LIST, {"q": "novak"}).content.decode()
    assert "Dora Novak" not in browser.get(LIST, {"q": "novak", "state": "off"}).content.decode()
    page = browser.get(f"{LIST}dora.novak/").content.decode()
    for text in ("Dora Novak", "Agent", "Switch off", "Firefox · Linux"):
        assert text in page
    asked = browser.post(f"{LIST}dora.novak/switch/", {"off": "1"}).content.decode()
    assert 'name="stepup_password"' in asked
    assert is_on(person)
    stepped_up(browser)
    assert browser.post(f"{LIST}dora.novak/switch/", {"off": "1"})["Location"] == f"{LIST}dora.novak/"
    assert not is_on(person)
    assert not Session.objects.filter(user=person).exists()
    assert "Dora Novak" in browser.get(LIST, {"state": "off"}).content.decode()
    assert "Switch on" in browser.get(f"{LIST}dora.novak/").content.decode()
    browser.post(f"{LIST}dora.novak/switch/", {"on": "1"})
    assert is_on(person)
    own = browser.get(f"{LIST}{keeper.username}/").content.decode()
    assert "Nobody switches themselves off or on." in own
    assert "/switch/" not in own
    assert browser.post(f"{LIST}{keeper.username}/switch/", {"off": "1"}).status_code == 403


def test_the_page_says_that_somebody_must_be_left(db, client_of):
    top = UserFactory(roles=["super"])
    equal = Role.objects.create(key="equal", name_ko="x", grants=Role.objects.get(key="super").grants)
    actor = UserFactory(language="en")
    RoleAssignment.objects.create(user=actor, role=equal)
    answer = stepped_up(client_of(actor)).post(f"{LIST}{top.username}/switch/", {"off": "1"})
    assert answer.status_code == 422
    assert "Nobody would be left who holds every right." in answer.content.decode()


def test_over_rest(keeper, person):
    api = Caller(keeper)
    assert api.get("users/dora.novak/").json()["is_active"] is True
    assert api.post("users/dora.novak/disable/").json()["is_active"] is False
    assert api.post("users/dora.novak/disable/").status_code == 200
    assert [row["username"] for row in api.get("users/?is_active=false").json()["results"]] == ["dora.novak"]
    assert "dora.novak" not in [row["username"] for row in api.get("users/").json()["results"]]
    assert api.get("users/dora.novak/").json()["is_active"] is False
    other = Caller(AgentFactory())
    problem(other.get("users/dora.novak/"), 404, "not_found")
    problem(other.post("users/dora.novak/enable/"), 404, "not_found")
    problem(other.post(f"users/{keeper.username}/disable/"), 403, "not_allowed")
    assert other.get("users/?is_active=false").json()["results"] == []
    assert api.post("users/dora.novak/enable/").json()["is_active"] is True
    problem(api.post(f"users/{keeper.username}/disable/"), 403, "not_allowed")


def test_a_browsers_session_signs_in_again_first(keeper, person, client_of):
    browser = client_of(keeper)
    path = "/api/v1/users/dora.novak/disable/"
    problem(browser.post(path), 403, "reauthenticate")
    assert is_on(person)
    assert stepped_up(browser).post(path).status_code == 200


@pytest.mark.parametrize("rows", [2, 20])
def test_list_and_sheet_cost_the_same_for_any_number(
    keeper, client_of, rows, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr("core.settings_store._FRESH_SECONDS", 3600)
    for _ in range(rows):
        each = AgentFactory(name_en="Many Ones")
        tokens.mint(actor=each, owner=each, name="x")
        make_session(keeper)
        tokens.mint(actor=keeper, owner=keeper, name="x")
    browser = client_of(keeper)
    for path, cost in ((f"{LIST}?q=Many", 7), (f"{LIST}{keeper.username}/", 14)):
        browser.get(path)
        with django_assert_num_queries(cost):
            assert browser.get(path).content.count(b"<tr>") > rows
