"""The pages under /design/sla/what-if/."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sla.models import WhatIf
from sla.whatif.services import advance_what_ifs, start_what_if
from tests.factories.accounts import AgentFactory, administrator
from tests.factories.incidents import make_incident
from tests.sla.test_whatif import candidate

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "what-if"}


@pytest.fixture
def admin() -> Any:
    return administrator()


@pytest.fixture
def browser(admin: Any) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(admin)
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


def test_a_question_is_asked_watched_and_read(browser):
    make_incident("resolved", impact=1, urgency=1)
    draft = candidate(target_s=1)
    assert f"{draft.key}:{draft.no}" in text(browser.get("/design/sla/what-if/new/"))
    asked = {"definition": f"{draft.key}:{draft.no}", "months": "1"}
    answer = browser.post("/design/sla/what-if/new/", asked)
    row = WhatIf.objects.get()
    assert answer["Location"] == f"/design/sla/what-if/{row.public_id}/"
    waiting = text(browser.get(answer["Location"]))
    assert 'hx-trigger="every 1s"' in waiting
    assert '<progress class="meter"' in waiting
    while advance_what_ifs(limit=5):
        pass
    part = text(browser.get(answer["Location"], **HTMX))
    assert part.lstrip().startswith('<div class="panel" id="what-if"')
    assert "hx-trigger" not in part
    assert "1 of 1 tickets, 100 %" in part
    assert "By priority" in part


def test_a_calendar_is_asked_about_with_its_hours_in_the_form(browser):
    page = text(browser.get("/design/sla/what-if/new/?calendar=kr-office"))
    assert 'name="hours_0"' in page
    assert "09:00" in page
    days = {f"hours_{day}": "10:00-12:00" for day in range(5)}
    given = {"months": "2", "tz": "Asia/Seoul", "holidays": "2026-05-01, 2026-05-05", **days}
    answer = browser.post("/design/sla/what-if/new/?calendar=kr-office", given)
    row = WhatIf.objects.get()
    assert answer["Location"] == f"/design/sla/what-if/{row.public_id}/"
    assert row.candidate["says"]["holidays"] == ["2026-05-01", "2026-05-05"]
    assert row.candidate["says"]["hours"]["0"] == "10:00-12:00"


def test_bad_input_comes_back_with_the_reason(browser):
    assert "form" in text(browser.post("/design/sla/what-if/new/", {"months": "99"}), 422)
    given = {"months": "2", "tz": "Asia/Seoul", "hours_0": "nine to five"}
    page = text(browser.post("/design/sla/what-if/new/?calendar=kr-office", given), 422)
    assert "Write hours like" in page
    assert not WhatIf.objects.exists()


def test_only_the_own_questions_are_listed_and_read(browser, admin):
    draft = candidate()
    mine = start_what_if(actor=admin, definition=draft, months=1)
    other = start_what_if(actor=administrator(), definition=draft, months=1)
    page = text(browser.get("/design/sla/what-if/"))
    assert str(mine.public_id) in page
    assert str(other.public_id) not in page
    assert browser.get(f"/design/sla/what-if/{other.public_id}/").status_code == 404


def test_agents_are_refused():
    client = Client()
    client.force_login(AgentFactory())
    for path in ("", "new/"):
        assert client.get(f"/design/sla/what-if/{path}").status_code == 403


def test_the_list_costs_the_same_for_few_and_many(browser, admin, django_assert_num_queries):
    draft = candidate()
    start_what_if(actor=admin, definition=draft, months=1)
    browser.get("/design/sla/what-if/")
    with django_assert_num_queries(6):
        browser.get("/design/sla/what-if/")
    for _number in range(20):
        start_what_if(actor=None, definition=draft, months=1)
    WhatIf.objects.update(asked_by=admin)
    with django_assert_num_queries(6):
        browser.get("/design/sla/what-if/")
