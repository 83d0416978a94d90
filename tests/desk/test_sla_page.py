"""The SLA page of a ticket: who reads it, what it shows, and the repair on it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Role
from sla.models import Clock
from tests.factories.accounts import UserFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.sla import SLADefinitionFactory, is_
from tests.sla.histories import life


def page_of(incident: Any) -> str:
    return f"/w/incidents/{incident.number}/sla/"


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


@pytest.fixture
def admin_desk(db: Any, client_of: Any) -> Any:
    """The browser of an administrator who works on tickets."""
    person = administrator()
    person.roles.add(*Role.objects.filter(key="agent"))
    return client_of(person)


def test_the_page_tells_each_clock_in_steps_with_a_band_and_the_same_as_a_table(desk: Any, group: Any):
    incident = make_incident("on_hold", group=group)
    page = text(desk.get(page_of(incident)))
    assert page.count('class="bands" viewBox="0 0 1000 28"') <= 2
    assert "Started at" in page
    assert "While it waits it has no due time" in page
    assert f'href="/w/incidents/{incident.number}/"' in page
    assert f"/w/incidents/{incident.number}/sla/" in text(desk.get(f"/w/incidents/{incident.number}/"))


def test_a_band_shows_where_time_was_used_and_where_it_waited(desk: Any, group: Any):
    with life(impact=1, urgency=1) as one:
        one.wait(60)
        one.do("hold")
        one.wait(60)
        one.do("resume")
        one.wait(60)
        page = text(desk.get(page_of(one.ticket)))
        assert {"open", "paused", "due"} <= set(re.findall(r'<rect data-band="(\w+)" x=', page))
        assert "Put on hold" in page
        with translation.override("en"):
            assert one.agent.display_name in page


def test_definitions_that_do_not_count_say_why(desk: Any, group: Any):
    SLADefinitionFactory(key="only-mail", kind="incident", start_cond=is_("channel", "mail"))
    page = text(desk.get(page_of(make_incident(group=group))))
    assert "only-mail" in page
    assert "The start condition does not hold." in page
    assert 'data-label="Value">portal' in page


def test_requesters_and_strangers_do_not_read_it(group: Any, client_of: Any, requester: Any):
    incident = make_incident(requester=requester, group=group)
    assert client_of(requester).get(page_of(incident)).status_code == 403
    assert client_of(UserFactory()).get(page_of(incident)).status_code == 403


def test_an_agent_sees_no_repair_and_cannot_make_one(desk: Any, group: Any):
    incident = make_incident(group=group)
    assert 'id="repair"' not in text(desk.get(page_of(incident)))
    assert 'name="digest"' not in text(desk.get(f"{page_of(incident)}?repair=then"))
    assert desk.post(f"{page_of(incident)}repair/", {"rules": "then"}).status_code == 403


def test_an_administrator_sees_the_difference_and_confirms_it(admin_desk: Any, group: Any):
    incident = make_incident("on_hold", group=group)
    Clock.objects.filter(ticket=incident.pk, track="incident_resolution").update(wall_pause_s=99)
    page = text(admin_desk.get(f"{page_of(incident)}?repair=then"))
    assert "Time waited" in page
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest is not None
    stale = admin_desk.post(f"{page_of(incident)}repair/", {"rules": "then", "digest": "0" * 32})
    assert "Look at the difference again" in text(stale, 409)
    answer = admin_desk.post(f"{page_of(incident)}repair/", {"rules": "then", "digest": digest[1]})
    assert answer["Location"] == page_of(incident)
    assert not Clock.objects.filter(ticket=incident.pk, wall_pause_s=99).exists()
    assert "There is nothing to repair" in text(admin_desk.get(f"{page_of(incident)}?repair=then"))


@pytest.mark.parametrize("turns", [1, 10])
def test_the_page_costs_the_same_for_any_length_of_the_history(
    turns: int, warm: Any, django_assert_num_queries: Any
):
    with life(impact=1, urgency=1) as one:
        for _turn in range(turns):
            one.wait(30)
            one.do("hold")
            one.do("resume")
        address = page_of(one.ticket)
        warm.get(address)
        with django_assert_num_queries(15):
            text(warm.get(address))
