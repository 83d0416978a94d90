"""People, groups and tokens over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import ApiToken, Membership
from tests.api.calls import Caller, problem
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    DepartmentFactory,
    GroupFactory,
    LocationFactory,
    UserFactory,
)

PRIVATE = {"phone", "manager", "grade", "cost_center", "is_vip", "is_service"}


@pytest.fixture
def requester_api(db):
    return Caller(UserFactory(phone="010-1234-5678", department=DepartmentFactory()))


@pytest.fixture
def admin_api(db):
    return Caller(AgentFactory(roles=["administrator"]))


def test_the_caller(requester_api):
    me = requester_api.get("users/me/").json()
    assert me["username"] == requester_api.user.username
    assert me["department"]["name"] == "Sales"
    assert me["grants"] == ["api.use"]
    assert [role["key"] for role in me["roles"]] == ["requester"]
    korean = Caller(requester_api.user, language="ko").get("users/me/").json()
    assert (korean["name"], korean["department"]["name"]) == ("김지민", "영업팀")


def test_a_service_account_reads_itself(db):
    person = AgentFactory(is_service=True, roles=["integrator"])
    assert Caller(person).get("users/me/").json()["username"] == person.username


def test_colleagues_do_not_read_private_fields_but_one_reads_ones_own(requester_api):
    colleague = UserFactory(phone="010-9999-9999", grade="G5")
    shown = requester_api.get(f"users/{colleague.username}/")
    assert PRIVATE.isdisjoint(shown.json())
    assert b"9999" not in shown.content
    own = requester_api.get(f"users/{requester_api.user.username}/").json()
    assert own["phone"] == "010-1234-5678"
    assert Caller(AgentFactory()).get(f"users/{colleague.username}/").json()["grade"] == "G5"
    assert b"9999" not in requester_api.get("users/").content


@pytest.mark.parametrize("query", ["role=agent", "manager=x", "phone=1", "password=x", "is_vip=true"])
def test_private_fields_are_no_filters(requester_api, query):
    problem(requester_api.get(f"users/?{query}"), 400, "bad_input", query.split("=")[0])


def test_people_of_another_company_are_not_there(requester_api):
    stranger = UserFactory(company=CompanyFactory())
    problem(requester_api.get(f"users/{stranger.username}/"), 404, "not_found")
    assert stranger.username not in requester_api.get("users/?page_size=200").content.decode()


def test_preferences(requester_api):
    assert requester_api.change("users/me/", {"language": "ko", "theme": "dark"}).json()["theme"] == "dark"
    problem(requester_api.patch("users/me/", {"theme": "dark"}), 428, "version_missing", "If-Match")
    problem(requester_api.change("users/me/", {"theme": "pink"}), 422, "rule_refused", "/theme")
    problem(requester_api.change("users/me/", {"time_zone": "Mars/Base"}), 422, "rule_refused", "/time_zone")
    problem(requester_api.change("users/me/", {"single_keys": "yes"}), 422, "rule_refused", "/single_keys")
    problem(requester_api.change("users/me/", {"is_vip": True}), 400, "bad_input", "/is_vip")
    problem(requester_api.change("users/me/", {"roles": ["super"]}), 400, "bad_input", "/roles")
    requester_api.user.refresh_from_db()
    assert (requester_api.user.language, requester_api.user.theme, requester_api.user.is_vip) == (
        "ko",
        "dark",
        False,
    )


def test_administrators_change_people_and_others_do_not(requester_api, admin_api):
    path = f"users/{requester_api.user.username}/"
    place = LocationFactory()
    changed = admin_api.change(
        path, {"grade": "G7", "location": place.key, "manager": admin_api.user.username}
    )
    assert changed.status_code == 200
    assert (changed.json()["grade"], changed.json()["location"]["key"]) == ("G7", place.key)
    assert changed.json()["manager"]["username"] == admin_api.user.username
    problem(requester_api.change(path, {"grade": "G9"}), 403, "not_allowed")
    problem(admin_api.change(path, {"department": "nowhere"}), 422, "rule_refused", "/department")
    for name in ("is_active", "password", "username", "company", "roles", "is_staff"):
        problem(admin_api.change(path, {name: "x"}), 400, "bad_input", f"/{name}")


def test_groups_and_memberships(requester_api):
    group = GroupFactory(manager=AgentFactory())
    member = AgentFactory(groups=[group])
    assert requester_api.get(f"groups/{group.key}/").json()["manager"]["name"] == "Jiwoo Han"
    listed = requester_api.get(f"memberships/?group={group.key}").json()["results"]
    assert [row["user"]["username"] for row in listed] == [member.username]
    one = Membership.objects.get(user=member)
    assert requester_api.get(f"memberships/{one.public_id}/").status_code == 200
    found = requester_api.get(f"users/?group={group.key}").json()["results"]
    assert [row["username"] for row in found] == [member.username]


def test_who_is_in_a_restricted_group_only_its_members_are_told(requester_api):
    group = GroupFactory(is_restricted=True)
    member = AgentFactory(groups=[group])
    for path in (f"memberships/?group={group.key}", f"users/?group={group.key}"):
        assert requester_api.get(path).json()["results"] == []
        assert len(Caller(member).get(path).json()["results"]) == 1


def test_a_token_is_told_once_and_ends_at_once(requester_api):
    made = requester_api.post("tokens/", {"name": "ci", "days": 7, "scopes": ["incidents:read"]})
    assert made.status_code == 201
    secret = made.json()["token"]
    mine = Caller(token=secret)
    assert mine.get("incidents/").status_code == 200
    problem(mine.post("incidents/", {"title": "x"}), 403, "not_allowed")
    problem(mine.get("users/"), 403, "not_allowed")
    assert secret not in requester_api.get("tokens/").content.decode()
    ended = requester_api.post(f"tokens/{made.json()['id']}/revoke/")
    assert ended.json()["revoked_at"] is not None
    problem(mine.get("incidents/"), 401, "not_signed_in")


def test_a_token_dies_with_its_time_and_its_owner(requester_api):
    secret = requester_api.post("tokens/", {"name": "x"}).json()["token"]
    ApiToken.objects.filter(name="x").update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    problem(Caller(token=secret).get("users/me/"), 401, "not_signed_in")
    requester_api.user.is_active = False
    requester_api.user.save(update_fields=["is_active"])
    problem(requester_api.get("users/me/"), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("body", "status", "places"),
    [
        ({}, 422, ["/name"]),
        ({"name": ""}, 422, ["/name"]),
        ({"name": "x", "days": 0}, 422, ["/days"]),
        ({"name": "x", "days": 366}, 422, ["/days"]),
        ({"name": "x", "days": "7"}, 422, ["/days"]),
        ({"name": "x", "days": 7.5}, 422, ["/days"]),
        ({"name": "x", "days": True}, 422, ["/days"]),
        ({"name": "x", "scopes": ["everything"]}, 422, ["/scopes"]),
        ({"name": "x", "secret_hash": "y"}, 400, ["/secret_hash"]),
    ],
)
def test_a_bad_token_is_not_made(requester_api, body, status, places):
    before = ApiToken.objects.count()
    problem(
        requester_api.post("tokens/", body), status, "bad_input" if status == 400 else "rule_refused", *places
    )
    assert ApiToken.objects.count() == before


def test_nobody_mints_what_they_lack(requester_api):
    other = UserFactory()
    problem(requester_api.post("tokens/", {"name": "x", "owner": other.username}), 403, "not_allowed")
    narrow = requester_api.post("tokens/", {"name": "n", "scopes": ["tokens:write"]}).json()["token"]
    caller = Caller(token=narrow)
    problem(caller.post("tokens/", {"name": "wide"}), 403, "not_allowed")
    problem(caller.post("tokens/", {"name": "wide", "scopes": ["incidents:write"]}), 403, "not_allowed")
    assert caller.post("tokens/", {"name": "same", "scopes": ["tokens:write"]}).status_code == 201


def test_anothers_token_is_not_there(requester_api):
    Caller(AgentFactory())
    foreign = ApiToken.objects.exclude(owner=requester_api.user).get()
    problem(requester_api.get(f"tokens/{foreign.public_id}/"), 404, "not_found")
    problem(requester_api.post(f"tokens/{foreign.public_id}/revoke/"), 404, "not_found")
    assert [row["owner"]["username"] for row in requester_api.get("tokens/").json()["results"]] == [
        requester_api.user.username
    ]


def test_a_credential_in_the_address_is_no_credential(requester_api):
    token = requester_api.headers["Authorization"].removeprefix("Bearer ")
    problem(Caller().get(f"users/me/?access_token={token}"), 401, "not_signed_in")
