"""The pages of tokens and of service accounts."""

from __future__ import annotations

import re

import pytest

from accounts import tokens
from accounts.models import ApiToken, User
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.stepped import stepped_up

NEW = "/account/tokens/new/"
GOOD = {"name": "laptop", "scopes": ["incidents:read"], "days": "30", "networks": ""}


@pytest.fixture
def agent(db):
    return AgentFactory()


@pytest.fixture
def browser(agent, client_of):
    return stepped_up(client_of(agent))


@pytest.fixture
def keeper(db):
    return UserFactory(roles=["administrator"])


def shown(page) -> str:
    """The token on a page."""
    found = re.search(r"itsm_(pat|svc)_[0-9a-f]{16}_[A-Za-z0-9_-]{51}", page.content.decode())
    assert found, page.content.decode()[:2000]
    return found[0]


def test_a_token_is_made_on_its_page_and_shown_once(browser, agent):
    form = browser.get(NEW).content.decode()
    assert 'value="incidents:write"' in form
    assert 'value="connectors:read"' not in form, "an agent lacks it"
    plain = shown(browser.post(NEW, GOOD | {"networks": "10.0.0.0/8\n127.0.0.1"}))
    row = ApiToken.objects.get()
    assert (row.scopes, row.networks) == (["incidents:read"], ["10.0.0.0/8", "127.0.0.1/32"])
    assert tokens.check(plain, address="127.0.0.1").owner == agent
    listed = browser.get("/account/tokens/").content.decode()
    assert "laptop" in listed
    assert row.public_part in listed
    assert plain not in listed
    assert "Incidents: read" in listed


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["connectors:read"]}, "scopes"),
        ({"scopes": ["fly:read"]}, "scopes"),
        ({"days": "0"}, "days"),
        ({"days": "366"}, "days"),
        ({"networks": "corp"}, "networks"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(browser, change, field):
    page = browser.post(NEW, GOOD | change)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not ApiToken.objects.exists()


def test_everything_is_a_wish_of_its_own(browser):
    shown(browser.post(NEW, {"name": "x", "days": "1", "networks": "", "everything": "on"}))
    assert ApiToken.objects.get().scopes == []


def test_a_new_secret_and_the_end(browser, agent):
    row, first = tokens.mint(actor=agent, owner=agent, name="x")
    second = shown(
        browser.post(f"/account/tokens/{row.public_id}/rotate/", {"days": "9", "overlap_hours": "0"})
    )
    assert tokens.check(first) is None
    assert tokens.check(second) is not None
    page = f"/account/tokens/{row.public_id}/revoke/"
    assert browser.get(page).status_code == 200
    assert tokens.check(second) is not None, "looking at the question ends nothing"
    assert browser.post(page).status_code == 302
    assert tokens.check(second) is None
    refused = browser.post(f"/account/tokens/{row.public_id}/rotate/", {"days": "9", "overlap_hours": "0"})
    assert refused.status_code == 409


def test_anothers_token_has_no_page(browser, keeper):
    row, plain = tokens.mint(actor=keeper, owner=keeper, name="theirs")
    for path in (f"/account/tokens/{row.public_id}/rotate/", f"/account/tokens/{row.public_id}/revoke/"):
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404
    assert "theirs" not in browser.get("/account/tokens/").content.decode()
    assert tokens.check(plain) is not None


def test_who_may_not_use_the_api_is_told_so(client_of, db):
    person = UserFactory()
    person.roles.clear()
    page = client_of(person).get("/account/tokens/").content.decode()
    assert NEW not in page
    assert stepped_up(client_of(person)).post(NEW, GOOD).status_code in {403, 422}
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("rows", [2, 20])
def test_the_lists_cost_the_same_for_any_number(
    keeper, client_of, rows, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr("core.settings_store._FRESH_SECONDS", 3600)  # read once, however slow the machine
    for number in range(rows):
        other = UserFactory(is_service=True, roles=["integrator"])
        tokens.mint(actor=other, owner=other, name=f"t{number}")
        tokens.mint(actor=keeper, owner=keeper, name=f"own{number}")
    browser = client_of(keeper)
    for path, cost in (("/account/tokens/", 8), ("/design/tokens/", 8), ("/design/service-accounts/", 7)):
        browser.get(path)
        with django_assert_num_queries(cost):
            assert browser.get(path).content.count(b"<tr>") > rows


def test_a_service_account_is_made_gets_a_token_and_is_switched_off(keeper, client_of):
    browser = stepped_up(client_of(keeper))
    assert b"No service account yet" in browser.get("/design/service-accounts/").content
    made = browser.post(
        "/design/service-accounts/new/",
        {"username": "nagios", "name_ko": "감시", "name_en": "Nagios", "roles": ["integrator"]},
    )
    assert made["Location"] == "/design/service-accounts/nagios/"
    account = User.objects.get(username="nagios")
    assert account.is_service
    assert not account.has_usable_password()
    plain = shown(browser.post("/design/service-accounts/nagios/tokens/new/", GOOD))
    assert tokens.check(plain).owner == account
    assert "laptop" in browser.get("/design/tokens/").content.decode()
    off = {"name_ko": "감시", "name_en": "", "roles": ["integrator"], "lock_version": "1"}
    assert browser.post("/design/service-accounts/nagios/", off).status_code == 302
    assert tokens.check(plain) is None
    browser.post("/design/service-accounts/nagios/", off | {"is_active": "on", "lock_version": "2"})
    account.refresh_from_db()
    assert account.is_active
    assert tokens.check(plain) is None, "what ended does not come back"


def test_nobody_gives_a_service_account_a_role_above_themselves(keeper, client_of):
    browser = stepped_up(client_of(keeper))
    form = browser.get("/design/service-accounts/new/").content.decode()
    assert 'value="integrator"' in form
    assert 'value="super"' not in form
    assert 'value="finance_approver"' not in form
    given = {"username": "evil", "name_ko": "x", "roles": ["super"]}
    assert browser.post("/design/service-accounts/new/", given).status_code == 422
    assert not User.objects.filter(username="evil").exists()


def test_others_reach_no_page_of_administrators(agent, client_of):
    browser = client_of(agent)
    row, _plain = tokens.mint(actor=agent, owner=agent, name="x")
    for path in (
        "/design/tokens/", "/design/service-accounts/", "/design/service-accounts/new/",
        f"/design/tokens/{row.public_id}/revoke/", f"/design/tokens/{row.public_id}/rotate/",
    ):  # fmt: skip
        assert browser.get(path).status_code == 403


def test_another_companys_accounts_and_tokens_are_not_there(keeper, client_of):
    there = CompanyFactory()
    robot = UserFactory(company=there, is_service=True, username="theirs")
    row, _plain = tokens.mint(actor=robot, owner=robot, name="secret-name")
    browser = stepped_up(client_of(keeper))
    assert browser.get("/design/service-accounts/theirs/").status_code == 404
    assert browser.get(f"/design/tokens/{row.public_id}/revoke/").status_code == 404
    assert b"secret-name" not in browser.get("/design/tokens/").content
