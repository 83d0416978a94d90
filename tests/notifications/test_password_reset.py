"""A forgotten password: one answer for everybody, one mail to the own address, a link of one use."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from core import dispatch
from core.models import Delivery
from tests.factories.accounts import UserFactory
from tests.notifications.conftest import text_of

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
NEW = "a longer and better one"


def ask(email: str):
    """Send the form as a stranger."""
    return Client().post(RESET, {"email": email})


def test_the_link_comes_by_mail_works_once_and_stands_in_no_table(smtp, client, settings):
    settings.BASE_URL = "http://testserver"
    person = UserFactory(username="jimin", email="jimin@example.test", language="ko")
    person.set_password("the old password 1")
    person.save()
    assert ask("jimin@example.test").status_code == 302
    assert Delivery.objects.get().payload == {"user_id": person.pk}
    dispatch.send_due(limit=5)
    (mail,) = smtp.to("jimin@example.test")
    link = re.search(r"http://testserver(/\S+)", text_of(mail))[1]
    page = client.get(link, follow=True)
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": NEW, "password2": NEW})
    person.refresh_from_db()
    assert person.check_password(NEW)
    again = Client().get(link, follow=True)
    assert again.context["token_fail"] is True


def test_an_unknown_address_gets_the_same_answer_and_no_mail(smtp):
    UserFactory(email="jimin@example.test")
    known, unknown = ask("jimin@example.test"), ask("nobody@example.test")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    dispatch.send_due(limit=5)
    assert smtp.to("nobody@example.test") == []


def test_a_forged_host_does_not_reach_the_mail(smtp, settings):
    settings.ALLOWED_HOSTS = ["testserver", "evil.test"]
    settings.BASE_URL = "http://testserver"
    UserFactory(email="jimin@example.test")
    Client().post(RESET, {"email": "jimin@example.test"}, headers={"Host": "evil.test"})
    dispatch.send_due(limit=5)
    (mail,) = smtp.to("jimin@example.test")
    assert "evil.test" not in text_of(mail)
