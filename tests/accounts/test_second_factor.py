"""Second factors: an app with codes, recovery codes, roles that ask for one (SECURITY SE-4)."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import call_command
from django.test import Client

from accounts import tokens
from accounts.factors import services
from accounts.factors.selectors import factors_of
from accounts.models import Attempt, Role, Session
from accounts.roles.services import update_role
from core import secrets
from core.models import AuditLog
from tests.api.calls import Caller
from tests.factories.accounts import UserFactory
from tests.stepped import PASSWORD, stepped_up

LOGIN, SECOND, PAGE = "/accounts/login/", "/accounts/second-step/", "/account/second-factor/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def person(db):
    found = UserFactory()
    found.set_password(PASSWORD)
    found.save()
    return found


def code(secret: str = SECRET, *, step: int = 0) -> str:
    """What the app shows now, or ``step`` times 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def enrolled(person, secret: str = SECRET) -> list[str]:
    """The person with an app; the recovery codes. Its code of one step ago counts as used."""
    return services.add_app(person, secret=secret, code=code(secret, step=-1))


def first_step(person) -> Client:
    """A browser after the password."""
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post(LOGIN, {"login": person.username, "password": PASSWORD})
    assert answer["Location"] == SECOND
    return client


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_an_app_is_set_up_on_its_page(client_of, person):
    browser = stepped_up(client_of(person))
    page = browser.get(f"{PAGE}app/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    shown = re.search(r'aria-labelledby="secret-label">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    before = browser.session.session_key
    assert browser.post(f"{PAGE}app/", {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.exists()
    done = browser.post(f"{PAGE}app/", {"code": code(shown)})
    codes = re.findall(r"^(?:.*>)?(\d{8})(?:<.*)?$", done.content.decode(), re.MULTILINE)
    assert len(codes) == 10
    assert browser.session.session_key != before
    assert shown not in str(Authenticator.objects.values_list("data", flat=True)), "sealed in the database"
    assert not any(each in browser.get(PAGE).content.decode() for each in codes), "shown once"
    assert AuditLog.objects.filter(action="factor_added", object_ref=person.username).count() == 1


def test_the_secret_of_a_page_is_not_readable_in_the_session(client_of, person):
    browser = stepped_up(client_of(person))
    page = browser.get(f"{PAGE}app/").content.decode()
    shown = re.search(r'aria-labelledby="secret-label">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert shown not in str(dict(browser.session))


def test_the_password_alone_no_longer_opens_the_account(person):
    enrolled(person)
    client = first_step(person)
    assert not is_in(client)
    assert client.get("/my/")["Location"].startswith(LOGIN)
    before = client.session.session_key
    client.post(SECOND, {"code": code()})
    assert is_in(client)
    assert client.session.session_key != before
    assert Session.objects.filter(user=person).count() == 1


def test_a_code_works_once(person):
    enrolled(person)
    used = code()
    client = first_step(person)
    client.post(SECOND, {"code": used})
    assert is_in(client)
    again = first_step(person)
    page = again.post(SECOND, {"code": used})
    assert not is_in(again)
    assert "was used before" in page.content.decode()


def test_a_code_of_the_step_before_or_after_is_taken_and_no_other(person):
    enrolled(person)
    assert services.use_code(person, code(step=-3)) is None
    assert services.use_code(person, code(step=3)) is None
    assert services.use_code(person, code(step=0)) is not None
    assert services.use_code(person, code(step=1)) is not None
    assert services.use_code(person, code(step=0)) is None, "an older one never after a newer one"


def test_a_recovery_code_opens_the_account_once(person):
    spare = enrolled(person)
    client = first_step(person)
    client.post(SECOND, {"code": spare[3]})
    assert is_in(client)
    again = first_step(person)
    again.post(SECOND, {"code": spare[3]})
    assert not is_in(again)
    assert factors_of(person).codes_left == 9
    fresh = services.new_recovery_codes(person)
    assert len(set(fresh)) == 10
    assert services.use_code(person, spare[4]) is None, "those before are void"
    assert services.use_code(person, fresh[0]) is not None


def test_codes_are_not_guessed(person):
    enrolled(person)
    client = first_step(person)
    for _ in range(5):
        client.post(SECOND, {"code": "000000"})
    page = client.post(SECOND, {"code": code()})
    assert not is_in(client)
    assert "Too many" in page.content.decode()
    Attempt.objects.all().delete()
    client.post(SECOND, {"code": code()})
    assert is_in(client)


def test_the_second_step_has_no_page_without_the_first(client, person):
    enrolled(person)
    assert client.get(SECOND)["Location"] == LOGIN
    assert client.post(SECOND, {"code": code()})["Location"] == LOGIN
    assert not is_in(client)


def test_a_reset_password_does_not_get_round_it(client, person):
    enrolled(person)
    person.set_password("a new one of its own")
    person.save()
    client.post(LOGIN, {"login": person.username, "password": "a new one of its own"})
    assert not is_in(client)


def needed(key: str = "requester") -> None:
    """The role asks for a second factor from now on."""
    update_role(key, actor=UserFactory(roles=["super"]), needs_second_factor=True)


def test_a_role_that_asks_for_one_sends_people_there_first(client, person):
    needed()
    client.post(LOGIN, {"login": person.username, "password": PASSWORD})
    assert is_in(client)
    for path in (
        "/",
        "/my/",
        "/account/tokens/",
        "/account/sessions/",
        "/design/",
        "/accounts/password/change/",
    ):
        assert client.get(path)["Location"] == PAGE
    answer = client.get("/api/v1/users/me/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")
    assert client.post("/report/", {"title": "x"})["Location"] == PAGE
    assert client.get(PAGE).status_code == 200
    stepped_up(client)
    page = client.get(f"{PAGE}app/").content.decode()
    shown = re.search(r'aria-labelledby="secret-label">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert client.post(f"{PAGE}app/", {"code": code(shown)}).status_code == 200
    assert client.get("/my/").status_code == 200


def test_a_role_that_begins_to_ask_holds_who_is_signed_in(client_of, person):
    browser = client_of(person)
    assert browser.get("/my/").status_code == 200
    needed()
    assert browser.get("/my/")["Location"] == PAGE
    Role.objects.filter(key="requester").update(needs_second_factor=False)
    assert browser.get("/my/").status_code == 200


def test_the_last_factor_stays_while_a_role_needs_it(client_of, person):
    enrolled(person)
    needed()
    browser = stepped_up(client_of(person))
    factor = factors_of(person).rows[0]
    page = browser.post(f"{PAGE}{factor.key}/remove/", follow=True)
    assert "Your role needs a second factor" in page.content.decode()
    assert factors_of(person).rows
    Role.objects.filter(key="requester").update(needs_second_factor=False)
    stepped_up(browser)
    before = browser.session.session_key
    browser.post(f"{PAGE}{factor.key}/remove/")
    assert not Authenticator.objects.exists(), "recovery codes go with the last factor"
    assert browser.session.session_key != before


def test_anothers_factor_is_not_there(client_of, person):
    enrolled(person)
    browser = stepped_up(client_of(UserFactory()))
    factor = factors_of(person).rows[0]
    assert browser.get(f"{PAGE}{factor.key}/remove/").status_code == 404
    assert browser.post(f"{PAGE}{factor.key}/remove/").status_code == 404
    assert factors_of(person).rows


def test_tokens_made_before_work_on(person):
    """Documented: a token is a credential of its own, made after a step-up (docs/api.md)."""
    _row, plain = tokens.mint(actor=person, owner=person, name="x")
    needed()
    assert Caller(token=plain).get("users/me/").status_code == 200


def test_who_lost_everything_is_helped_from_the_shell(person, capsys):
    enrolled(person)
    call_command("reset_second_factor", person.username)
    assert not Authenticator.objects.exists()
    assert AuditLog.objects.filter(action="factors_reset", object_ref=person.username).count() == 1


def test_another_key_reads_what_the_former_one_sealed(person, settings):
    enrolled(person)
    old = settings.FIELD_KEYS[0]
    settings.FIELD_KEYS = ["another-key-" + "2" * 40, old]
    assert services.reencrypt() == 2
    settings.FIELD_KEYS = ["another-key-" + "2" * 40]
    assert services.use_code(person, code()) is not None
    assert services.reencrypt() == 0
    assert secrets.SecretKeyError


@pytest.mark.parametrize("rows", [1, 8])
def test_the_page_costs_the_same_for_any_number(
    client_of, person, rows, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr("core.settings_store._FRESH_SECONDS", 3600)  # read once, however slow the machine
    enrolled(person)
    for number in range(rows):
        Authenticator.objects.create(user=person, type="webauthn", data={"name": f"key {number}"})
    browser = client_of(person)
    browser.get(PAGE)
    with django_assert_num_queries(7):
        assert browser.get(PAGE).content.count(b"<tr>") == rows + 2
