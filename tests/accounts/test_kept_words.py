"""Whose session has ended loses no word: fragments get 401, a plain form comes back with its texts."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories.incidents import make_incident
from tickets.models import Activity

pytestmark = pytest.mark.django_db

TEXT = "I have <b>looked</b> at it twice"
ESCAPED = "I have &lt;b&gt;looked&lt;/b&gt; at it twice"


def say(client: Client, **headers: str) -> tuple[int, str]:
    incident = make_incident()
    fields = {"tab": "comment", "body": TEXT, "once_key": "0123456789abcdef", "csrfmiddlewaretoken": "x" * 64}
    answer = client.post(f"/w/incidents/{incident.number}/say/", fields, headers=headers)
    assert not Activity.objects.filter(body=TEXT).exists()
    return answer.status_code, answer.content.decode()


def test_a_fragment_is_told_and_keeps_its_form() -> None:
    status, text = say(Client(), **{"HX-Request": "true"})
    assert status == 401
    assert "data-refusal" in text
    assert "<textarea" not in text


def test_a_plain_form_comes_back_with_its_text_and_nothing_else() -> None:
    status, text = say(Client())
    assert status == 401
    assert ESCAPED in text
    assert "0123456789abcdef" not in text
    assert "x" * 64 not in text
    assert text.count("<textarea") == 1


def test_the_portal_gives_it_back_too() -> None:
    incident = make_incident()
    answer = Client().post(f"/my/{incident.number}/reply/", {"body": TEXT})
    assert answer.status_code == 401
    assert ESCAPED in answer.content.decode()


@pytest.mark.parametrize("fields", [{}, {"doing": "gone"}, {"password": "a long secret word"}])
def test_without_a_text_the_way_is_to_sign_in(fields: dict[str, str]) -> None:
    incident = make_incident()
    answer = Client().post(f"/w/incidents/{incident.number}/watch/", fields)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/")


def test_a_guest_who_does_something_on_the_sign_in_page_stays_there() -> None:
    answer = Client().post("/me/language/", {"language": "en", "next": "/accounts/login/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")


def test_a_page_of_somebody_else_gets_nothing_reflected() -> None:
    incident = make_incident()
    answer = Client(enforce_csrf_checks=True).post(f"/w/incidents/{incident.number}/say/", {"body": TEXT})
    assert answer.status_code == 403
    assert "looked" not in answer.content.decode()


def test_a_call_of_the_api_has_its_own_refusal() -> None:
    answer = Client().post("/api/v1/incidents/", {"title": TEXT}, content_type="application/json")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
