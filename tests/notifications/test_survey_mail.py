"""The mail that asks how a ticket went."""

from __future__ import annotations

import pytest

from core import dispatch
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tests.notifications.conftest import Sink, text_of
from tests.settling import settle
from tickets.models import Survey
from tickets.surveys import token_of

pytestmark = pytest.mark.django_db


def test_it_has_a_button_for_each_answer_each_with_the_secret_of_its_reader(smtp: Sink):
    make_incident("closed", requester=UserFactory(email="jimin@example.test", language="en"))
    settle()
    dispatch.send_due(limit=50)
    asked = [each for each in smtp.to("jimin@example.test") if "how did it go" in str(each["Subject"])]
    assert len(asked) == 1
    place = f"/s/{token_of(Survey.objects.get().public_id)}/"
    assert all(f"{place}?score={score}" in text_of(asked[0]) for score in range(1, 6))
