"""S-12: each rule of SECURITY section 3 on sessions and tokens."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import limits, tokens
from accounts.models import Attempt, Session
from accounts.resets import NewestOnly
from core.models import Delivery
from itsm.environment import Environment
from tests.accounts.test_second_factor import code, enrolled
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory, make_session
from tests.stepped import PASSWORD, stepped_up

LOGIN, OWN = "/accounts/login/", "/account/sessions/"
WRONG = "wrong wrong wrong"


@pytest.fixture
def person(db):
    found = AgentFactory()
    found.set_password(PASSWORD)
    found.save()
    return found


def sign_in(client, login, password=PASSWORD, **extra):
    """Send the form."""
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def ids_on_the_way(person) -> list[str]:
    """The session's id before the sign-in, after it, after a step-up, and after a change of rights."""
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["seen"] = 1
    session.save()
    found = [client.session.session_key]
    sign_in(client, person.username)
    if "_auth_user_id" not in client.session:
        found.append(client.session.session_key)
        client.post("/accounts/second-step/", {"code": code()})
    found.append(client.session.session_key)
    client.post("/accounts/reauthenticate/", {"stepup": "GET", "stepup_password": PASSWORD})
    found.append(client.session.session_key)
    person.roles.clear()
    client.get(OWN)
    found.append(client.session.session_key)
    assert client.get(OWN).status_code == 200
    return found


def test_se1_sessions_are_rows_and_change_their_id_at_each_step(person):
    enrolled(person)
    found = ids_on_the_way(person)
    assert len(set(found)) == len(found) - 1, "the password alone signs nobody in, so its id may stay"
    assert Session.objects.get(user=person).session_key == found[-1]
    assert not Session.objects.filter(session_key__in=found[:-1]).exists(), "no former id opens anything"


def test_se1_cookies(client, person):
    answer = sign_in(client, person.username)
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"], "__Host- allows none"
    text = (settings.BASE_DIR / "itsm" / "settings.py").read_text()
    assert '"__Host-maru_session" if _HTTPS' in text
    assert '"__Host-maru_csrf" if _HTTPS' in text
    assert "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS" in text


def test_se1_no_cookie_is_read_by_a_script(client, person):
    client.get(LOGIN)
    sign_in(client, person.username)
    client.get(OWN)
    found = {name: bool(cookie["httponly"]) for name, cookie in client.cookies.items() if cookie.value}
    assert found == {"maru_session": True, "maru_csrf": True}


def test_se2_lifetimes_have_written_defaults(monkeypatch):
    for name in ("ITSM_SESSION_IDLE_MINUTES", "ITSM_SESSION_HOURS"):
        monkeypatch.delenv(name, raising=False)
    assert (Environment().session_idle_minutes, Environment().session_hours) == (240, 12)
    monkeypatch.setenv("ITSM_SESSION_IDLE_MINUTES", "5")
    assert Environment().session_idle_minutes == 5
    told = (settings.BASE_DIR / "docs" / "decisions" / "0022-sessions-are-our-own-rows.md").read_text()
    assert "4 hours" in told
    assert "12 hours" in told


@pytest.mark.parametrize("how", ["disabled", "disabled by sql", "everywhere", "reset"])
def test_se2_what_ends_all_ends_sessions_and_tokens_at_the_next_request(person, client_of, how):
    browser = client_of(person)
    _row, plain = tokens.mint(actor=person, owner=person, name="x")
    caller = Caller(token=plain)
    assert browser.get(OWN).status_code == 200
    assert caller.get("users/me/").status_code == 200
    if how == "disabled":
        person.is_active = False
        person.save()
    elif how == "disabled by sql":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET is_active = false WHERE id = %s", [person.pk])
    elif how == "everywhere":
        client_of(person).post(f"{OWN}end-others/", {"tokens": "on"})
    else:
        _reset(person)
    assert browser.get(OWN)["Location"].startswith(LOGIN)
    problem(caller.get("users/me/"), 401, "not_signed_in")
    type(person).objects.filter(pk=person.pk).update(is_active=True)
    assert browser.get(OWN)["Location"].startswith(LOGIN), "and does not come back"
    problem(caller.get("users/me/"), 401, "not_signed_in")


def _reset(person, password="a brand new passphrase"):
    path = _reset_path(person)
    browser = Client()
    form = browser.get(path, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": password, "password2": password})
    person.refresh_from_db()
    assert person.check_password(password)


def _reset_path(person) -> str:
    from allauth.account.utils import user_pk_to_url_str

    return f"/accounts/password/reset/key/{user_pk_to_url_str(person)}-{NewestOnly().make_token(person)}/"


def test_se3_people_end_their_own_and_administrators_others(person, client_of):
    mine, other = make_session(person), make_session(UserFactory())
    browser = client_of(person)
    assert browser.post(f"{OWN}{other.public_id}/end/").status_code == 404
    browser.post(f"{OWN}{mine.public_id}/end/")
    boss = client_of(UserFactory(roles=["administrator"]))
    boss.post(f"/design/sessions/{other.public_id}/end/")
    assert not Session.objects.filter(pk__in=[mine.pk, other.pk]).exists()


def test_se4_there_is_no_way_round_the_second_factor(client, person):
    enrolled(person)
    sign_in(client, person.username)
    for path in ("/", OWN, "/api/v1/users/me/", "/account/second-factor/"):
        assert client.get(path).status_code in {302, 401}
    basic = client.get("/api/v1/users/me/", headers={"Authorization": "Basic eDp5"})
    assert basic.status_code == 401, "there is no such credential"


def test_se5_is_decided_in_one_place():
    """Nothing but ``accounts.stepup`` knows when a sign-in was fresh."""
    asks = re.compile(r"did_recently_reauthenticate|get_authentication_records|reauthentication_required")
    found = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in settings.BASE_DIR.rglob("*.py")
        if not {".venv", "tests", "var"} & set(path.parts) and asks.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["accounts/stepup.py"]


def test_se6_a_thousand_guesses_at_one_account_are_stopped(person):
    """From a thousand addresses: the account's own limit."""
    taken = [
        limits.take((limits.ACCOUNT, "id:7"), (limits.ADDRESS, f"10.0.{n // 250}.{n % 250}"))
        for n in range(1000)
    ]
    assert sum(each is not None for each in taken) == limits.ACCOUNT.amount
    assert Attempt.objects.count() <= 2 * limits.ACCOUNT.amount, "what is refused is not counted"


def test_se6_a_thousand_accounts_from_one_address_are_stopped(db):
    taken = [limits.take((limits.ACCOUNT, f"id:{n}"), (limits.ADDRESS, "203.0.113.9")) for n in range(1000)]
    assert sum(each is not None for each in taken) == limits.ADDRESS.amount


def test_se6_the_account_is_one_whatever_it_is_called_by(client, person):
    for number in range(5):
        sign_in(
            client,
            person.email if number % 2 else person.username.upper(),
            WRONG,
            REMOTE_ADDR=f"10.0.0.{number}",
        )
    sign_in(client, person.username, REMOTE_ADDR="10.0.0.99")
    assert "_auth_user_id" not in client.session


def test_se6_known_and_unknown_accounts_get_the_same_answer_to_the_end(person):
    def walk(login):
        client = Client(headers={"Accept-Language": "en"})
        return [
            (answer.status_code, answer.context["form"].errors.as_json())
            for number in range(7)
            for answer in [sign_in(client, login, WRONG, REMOTE_ADDR=f"10.1.{len(login)}.{number}")]
        ]

    known, unknown = walk(person.username), walk("nobody-at-all")
    assert known == unknown
    assert known[0] != known[-1], "the limit was reached"


def test_se6_the_window_passes(client, person):
    for _ in range(6):
        sign_in(client, person.username, WRONG)
    Attempt.objects.update(at=timezone.now() - dt.timedelta(minutes=6))
    sign_in(client, person.username)
    assert "_auth_user_id" in client.session
    limits.forget_old()
    Attempt.objects.update(at=timezone.now() - dt.timedelta(hours=2))
    limits.forget_old()
    assert not Attempt.objects.exists()


def test_se6_a_reset_link_works_once_for_a_day_and_only_the_newest(client, person):
    older = _reset_path(person)
    client.post("/accounts/password/reset/", {"email": person.email})
    person.refresh_from_db()
    newer = _reset_path(person)
    assert client.get(older, follow=True).context["token_fail"] is True
    assert "token_fail" not in client.get(newer, follow=True).context
    _reset(person)
    assert Client().get(newer, follow=True).context["token_fail"] is True
    assert settings.PASSWORD_RESET_TIMEOUT == 24 * 3600
    assert not Delivery.objects.filter(payload__icontains=newer.rsplit("-", 1)[1]).exists()
    assert len(NewestOnly().make_token(person).split("-")[1]) * 4 >= 128, "bits"


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("short pass1", False),  # 11
        ("no composition rules", True),
        ("비밀번호는길면충분합니다", True),
        ("qwerty123456", False),  # common
        ("1qaz2wsx3edc", False),  # common
    ],
)
def test_se12_passwords_are_long_and_not_common(person, password, taken):
    if taken:
        validate_password(password, person)
    else:
        with pytest.raises(ValidationError):
            validate_password(password, person)


def test_a_step_up_of_one_person_is_none_of_the_next_in_the_same_browser(client, person):
    client.force_login(person)
    stepped_up(client)
    other = AgentFactory()
    client.force_login(other)
    page = client.post("/account/tokens/new/", {"name": "x", "everything": "on", "days": "1"})
    assert b'name="stepup_password"' in page.content
