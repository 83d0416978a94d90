"""Whether an account exists is told neither by words nor by the work that an answer costs (SECURITY S-24).

Work is counted, not timed: the statements in their order, the transactions, and the hashes of passwords.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import dispatch
from core.models import Delivery
from tests.factories.accounts import UserFactory

LOGIN, RESET = "/accounts/login/", "/accounts/password/reset/"
PASSWORD = "correct horse battery"
NAMES = ["jimin", "gone", "robot", "nobody"]
ADDRESSES = [f"{name}@example.test" for name in NAMES]
VARYING = re.compile(r"'[^']*'|\b\d+\b")


@pytest.fixture
def people(transactional_db: None) -> None:
    """Somebody, somebody who is switched off, and a service account."""
    for name, more in {"jimin": {}, "gone": {"is_active": False}, "robot": {"is_service": True}}.items():
        person = UserFactory(username=name, email=f"{name}@example.test", **more)
        person.set_password(PASSWORD)
        person.save()


def work(path: str, place: int, **form: str) -> tuple[Any, list[str]]:
    """The answer to a form sent by a fresh browser from an address of its own, and its statements."""
    browser = Client(REMOTE_ADDR=f"198.51.100.{place}")
    browser.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = browser.post(path, form)
    return answer, [VARYING.sub("?", each["sql"]) for each in captured.captured_queries]


@pytest.mark.parametrize("logins", [NAMES, ADDRESSES])
def test_signing_in_costs_the_same_whoever_is_meant(people, monkeypatch, logins):
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    work(LOGIN, 1, login=logins[0], password="wrong")  # fills what a process keeps
    costs = {}
    for place, name in enumerate(logins, 2):
        hashed.clear()
        answer, statements = work(LOGIN, place, login=name, password="wrong")
        costs[name] = (answer.status_code, answer.context["form"].errors.as_json(), statements, len(hashed))
    known = costs[logins[0]]
    assert known[3] == 1
    assert [name for name in logins if costs[name] != known] == []


def test_asking_for_a_new_password_costs_the_same_whoever_is_meant(people):
    work(RESET, 1, email=ADDRESSES[0])
    costs = {}
    for place, address in enumerate(ADDRESSES, 2):
        answer, statements = work(RESET, place, email=address)
        costs[address] = (answer.status_code, answer["Location"], statements)
    known = costs[ADDRESSES[0]]
    assert any("core_delivery" in each for each in known[2])
    assert [address for address in ADDRESSES if costs[address] != known] == []


def test_nobody_gets_no_mail_and_nothing_waits_for_them(people):
    work(RESET, 1, email="nobody@example.test")
    assert dispatch.send_due(limit=10) == 1
    assert mail.outbox == []
    row = Delivery.objects.get()
    assert (row.done_at is not None, row.dead_at) == (True, None)
