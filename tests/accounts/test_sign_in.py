"""Signing in: by name or mail, limited, the same words for every failure, never to another site."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Session
from tests.factories.accounts import UserFactory

PASSWORD = "correct horse battery"
LOGIN = "/accounts/login/"


@pytest.fixture
def person():
    """Somebody with a password."""
    user = UserFactory(username="jimin", email="jimin@example.test")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client, login, password=PASSWORD, **more):
    """Send the form."""
    return client.post(LOGIN, {"login": login, "password": password, **more})


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["jimin", "JIMIN", "jimin@example.test", "Jimin@Example.test"])
def test_by_user_name_or_mail_in_any_case(client, person, login):
    response = sign_in(client, login)
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    cookie = response.cookies["maru_session"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_name_look_the_same(client, person):
    known = sign_in(client, "jimin", "wrong wrong wrong")
    unknown = sign_in(Client(), "nobody", "wrong wrong wrong")
    assert known.status_code == unknown.status_code
    assert known.context["form"].errors.as_json() == unknown.context["form"].errors.as_json()


@pytest.mark.django_db
def test_guessing_is_stopped_even_with_the_right_password_afterwards(client, person):
    for _ in range(6):
        sign_in(client, "jimin", "wrong wrong wrong")
    response = sign_in(client, "jimin")
    assert "_auth_user_id" not in client.session
    assert response.status_code != 302


@pytest.mark.django_db
def test_a_disabled_person_does_not_get_in(client, person):
    person.is_active = False
    person.save()
    sign_in(client, "jimin")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_session_id_changes_at_sign_in(client, person):
    client.get(LOGIN)
    session = client.session
    session["seen"] = 1
    session.save()
    before = session.session_key
    sign_in(client, "jimin")
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["//evil.test", "https://evil.test", "/\\evil.test", "https:evil.test", "javascript:1"]
)
def test_nobody_is_sent_to_another_site(client, person, target):
    response = sign_in(client, "jimin", next=target)
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert not response["Location"].startswith("javascript")


@pytest.mark.django_db
def test_a_get_does_not_sign_out(client, person):
    client.force_login(person)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_nobody_signs_up(client):
    response = client.post(
        "/accounts/signup/", {"username": "x", "email": "x@example.test", "password1": PASSWORD}
    )
    assert "_auth_user_id" not in client.session
    assert "Location" not in response or "signup" not in response["Location"]


@pytest.mark.django_db
def test_a_forged_host_is_refused(client):
    assert client.get(LOGIN, headers={"Host": "evil.test"}).status_code == 400


@pytest.mark.django_db
def test_pages_ask_to_sign_in_first(client):
    response = client.get("/my/")
    assert response.status_code == 302
    assert response["Location"] == f"{LOGIN}?next=/my/"
