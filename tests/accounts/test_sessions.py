"""Sessions: rows that their owner and administrators see and end (SECURITY SE-1 to SE-3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import Role, RoleAssignment, Session
from accounts.sessions import devices
from accounts.sessions.services import forget_old
from core.models import AuditLog
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory, make_session

OWN, COMPANY = "/account/sessions/", "/design/sessions/"
PASSWORD = "correct horse battery"


@pytest.fixture
def agent(db):
    person = AgentFactory()
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def keeper(db):
    return UserFactory(roles=["administrator"])


def is_in(client: Client) -> bool:
    """Whether the browser is signed in at its next request."""
    return client.get(OWN).status_code == 200


def test_a_session_knows_whose_it_is_where_and_since_when(client, agent):
    agent_words = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
    client.post(
        "/accounts/login/",
        {"login": agent.username, "password": PASSWORD},
        headers={"User-Agent": agent_words},
        REMOTE_ADDR="203.0.113.5",
    )
    row = Session.objects.get(user=agent)
    assert (row.address, row.user_agent) == ("203.0.113.5", agent_words)
    assert timezone.now() - row.signed_in_at < dt.timedelta(minutes=1)
    page = client.get(OWN).content.decode()
    assert "Chrome · Windows" in page
    assert "This one" in page


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.1", "curl"),
    ],
)
def test_a_device_is_told_in_words(user_agent, words):
    assert devices.words(user_agent) == words


def test_the_owner_ends_one_and_all_others(client_of, agent):
    here, there, third = client_of(agent), client_of(agent), client_of(agent)
    target = Session.objects.get(session_key=there.session.session_key)
    assert here.post(f"{OWN}{target.public_id}/end/").status_code == 302
    assert not is_in(there)
    assert is_in(third)
    _row, plain = tokens.mint(actor=agent, owner=agent, name="x")
    here.post(f"{OWN}end-others/")
    assert not is_in(third)
    assert is_in(here)
    assert tokens.check(plain) is not None, "tokens end by wish only"
    here.post(f"{OWN}end-others/", {"tokens": "on"})
    assert tokens.check(plain) is None
    assert AuditLog.objects.filter(action="signed_out", object_ref=agent.username).count() == 2


def test_nobody_ends_anothers_session(client_of, agent):
    row = make_session(agent)
    other = client_of(UserFactory())
    assert other.post(f"{OWN}{row.public_id}/end/").status_code == 404
    assert other.post(f"{COMPANY}{row.public_id}/end/").status_code == 403
    assert other.get(COMPANY).status_code == 403
    assert Session.objects.filter(pk=row.pk).exists()


def test_administrators_end_those_of_their_company(client_of, agent, keeper):
    browser, victim = client_of(keeper), client_of(agent)
    foreign = make_session(UserFactory(company=CompanyFactory(), name_en="Far Away"))
    page = browser.get(COMPANY, {"q": agent.username}).content.decode()
    assert agent.username in page
    assert "Far Away" not in browser.get(COMPANY).content.decode()
    assert browser.post(f"{COMPANY}{foreign.public_id}/end/").status_code == 404
    row = Session.objects.get(session_key=victim.session.session_key)
    assert browser.post(f"{COMPANY}{row.public_id}/end/").status_code == 302
    assert not is_in(victim)
    again, (_row, plain) = client_of(agent), tokens.mint(actor=agent, owner=agent, name="x")
    assert browser.post(f"{COMPANY}people/{agent.username}/end/").status_code == 302
    assert not is_in(again)
    assert tokens.check(plain) is None


@pytest.mark.parametrize("rows", [2, 20])
def test_the_lists_cost_the_same_for_any_number(
    client_of, keeper, rows, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr("core.settings_store._FRESH_SECONDS", 3600)  # read once, however slow the machine
    for _ in range(rows):
        make_session(keeper)
        make_session(AgentFactory())
    browser = client_of(keeper)
    for path, cost in ((OWN, 7), (COMPANY, 6)):
        browser.get(path)
        with django_assert_num_queries(cost):
            assert browser.get(path).content.count(b"<tr>") > rows


def test_a_session_ends_unused_and_at_the_latest(client_of, agent):
    browser = client_of(agent)
    now = timezone.now()
    Session.objects.update(last_active_at=now - settings.SESSION_IDLE + dt.timedelta(minutes=1))
    assert is_in(browser)
    Session.objects.update(last_active_at=now - settings.SESSION_IDLE - dt.timedelta(seconds=1))
    assert not is_in(browser)
    busy = client_of(agent)
    row = Session.objects.get(session_key=busy.session.session_key)
    assert row.expire_date - row.signed_in_at == dt.timedelta(hours=12)
    Session.objects.filter(pk=row.pk).update(expire_date=now - dt.timedelta(seconds=1))
    assert not is_in(busy)
    forget_old()
    assert not Session.objects.filter(user=agent).exists()


def test_use_is_noted_to_the_minute_and_does_not_prolong_the_end(client_of, agent):
    browser = client_of(agent)
    old = timezone.now() - dt.timedelta(minutes=5)
    Session.objects.update(last_active_at=old)
    before = Session.objects.get().expire_date
    browser.get(OWN)
    row = Session.objects.get()
    assert row.last_active_at > old
    stamped = row.last_active_at
    browser.get(OWN)
    row.refresh_from_db()
    assert row.last_active_at == stamped
    session = browser.session
    session["x"] = 1
    session.save()
    assert Session.objects.get().expire_date == before


def test_a_session_that_was_ended_is_not_written_back(client_of, agent):
    browser = client_of(agent)
    held = browser.session
    held["x"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        held.save()
    assert not Session.objects.exists()


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client_of, agent):
    here, there = client_of(agent), client_of(agent)
    _row, plain = tokens.mint(actor=agent, owner=agent, name="x")
    before = here.session.session_key
    new = "another long password"
    answer = here.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert answer.status_code == 302
    assert is_in(here)
    assert here.session.session_key != before
    assert not is_in(there)
    assert Session.objects.filter(user=agent).count() == 1
    assert tokens.check(plain) is not None


@pytest.mark.parametrize("change", ["given", "taken", "grants"])
def test_a_change_of_rights_changes_the_id_at_the_next_page(client_of, agent, change):
    role = Role.objects.create(key="extra", name_ko="x", grants=["audit.read"])
    if change != "given":
        RoleAssignment.objects.create(user=agent, role=role)
    browser = client_of(agent)
    before = browser.session.session_key
    if change == "given":
        RoleAssignment.objects.create(user=agent, role=role)
    elif change == "taken":
        RoleAssignment.objects.filter(role=role).delete()
    else:
        role.grants = []
        role.save()
    since = Session.objects.get().signed_in_at
    assert browser.get("/api/v1/users/me/").status_code == 200
    assert browser.session.session_key == before, "calls side by side keep the id"
    assert is_in(browser)
    after = browser.session.session_key
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert Session.objects.get().signed_in_at == since, "the latest end stays where it was"
    assert is_in(browser)
    assert browser.session.session_key == after, "once"


def test_another_name_of_a_role_changes_nothing(client_of, agent):
    browser = client_of(agent)
    Role.objects.filter(key="agent").update(name_en="Helper")
    before = browser.session.session_key
    assert is_in(browser)
    assert browser.session.session_key == before


def test_sessions_over_rest(agent, keeper, client_of):
    browser = client_of(agent)
    api, boss = Caller(agent), Caller(keeper)
    (row,) = api.get("sessions/").json()["results"]
    assert row["user"]["username"] == agent.username
    assert row["device"]
    assert boss.get(f"sessions/?user={agent.username}").json()["results"][0]["id"] == row["id"]
    problem(Caller(UserFactory()).get(f"sessions/{row['id']}/"), 404, "not_found")
    problem(Caller(UserFactory()).post("sessions/sign-out/", {"user": agent.username}), 403, "not_allowed")
    assert api.post(f"sessions/{row['id']}/end/").status_code == 204
    assert not is_in(browser)
    again = client_of(agent)
    answer = boss.post("sessions/sign-out/", {"user": agent.username, "tokens": True})
    assert answer.json() == {"sessions": 1}
    assert not is_in(again)
    problem(api.get("sessions/"), 401, "not_signed_in")


def test_a_browser_that_signs_out_the_others_over_rest_stays(agent, client_of):
    here, there = client_of(agent), client_of(agent)
    answer = here.post("/api/v1/sessions/sign-out/", {}, content_type="application/json")
    assert answer.json() == {"sessions": 1}
    assert is_in(here)
    assert not is_in(there)
