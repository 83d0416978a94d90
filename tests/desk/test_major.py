"""The list of major incidents and the room of one: all of it by plain forms."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.time import db_now
from incidents import services
from incidents.models import Incident, MajorReview, MajorRoom, MajorSeat, MajorTodo, MajorUpdate
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.major import IMPACT, REASON, make_child, make_major, make_manager, no_rules
from tests.settling import settle
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Any:
    """Who leads."""
    no_rules()
    return make_manager()


@pytest.fixture
def lead(manager: Any, client_of: Any) -> Any:
    """Their browser."""
    return client_of(manager)


@pytest.fixture
def major(manager: Any) -> Incident:
    """A major incident that was just accepted."""
    return make_major(manager=manager, title="The core switch is down", requester=UserFactory())


def place(incident: Any, below: str = "") -> str:
    """An address of its room."""
    return f"/w/major/{incident.number}/{below}"


def shown(browser: Any, address: str) -> str:
    """The page."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def given(incident: Any, **more: str) -> dict[str, str]:
    """A form with the version of the incident as it stands."""
    return {"lock_version": str(Incident.objects.get(pk=incident.pk).lock_version)} | more


def test_an_agent_proposes_from_the_incident_and_who_leads_accepts(desk: Any, lead: Any, manager: Any):
    incident = make_incident(title="Nothing prints")
    assert place(incident) in shown(desk, f"/w/incidents/{incident.number}/")
    page = shown(desk, place(incident))
    assert 'name="business_impact"' in page
    assert "move/accept_major" not in page
    form = given(incident, reason=REASON, business_impact=IMPACT)
    assert desk.post(place(incident, "move/propose_major/"), form)["Location"] == place(incident)
    assert "Nothing prints" in shown(lead, "/w/major/")
    page = shown(lead, place(incident))
    assert REASON in page
    assert "move/reject_major" in page
    form = given(incident, work_note="All hands.", business_impact=IMPACT)
    assert lead.post(place(incident, "move/accept_major/"), form).status_code == 302
    assert Incident.objects.get().assignee == manager
    page = shown(lead, place(incident))
    assert "Update due" in page
    assert "move/demote_major" in page
    assert "Major incident" in shown(desk, f"/w/incidents/{incident.number}/")


def test_a_missing_text_brings_the_page_back_with_what_was_typed(desk: Any):
    incident = make_incident()
    form = given(incident, reason="Typed <i>before</i>", business_impact="")
    answer = desk.post(place(incident, "move/propose_major/"), form)
    page = answer.content.decode()
    assert (answer.status_code, "Typed &lt;i&gt;before&lt;/i&gt;" in page) == (422, True)
    assert 'id="move-propose_major"' in page
    assert Incident.objects.get().major_status == "none"


def test_a_stale_form_says_so_and_one_that_is_too_late_too(desk: Any, lead: Any, agent: Any):
    incident = make_incident()
    form = given(incident, reason="x", business_impact="y")
    update_ticket(incident.pk, actor=agent, title="Changed meanwhile")
    assert desk.post(place(incident, "move/propose_major/"), form).status_code == 409
    form = given(incident, reason="x", business_impact="y")
    for _ in range(2):
        desk.post(place(incident, "move/propose_major/"), form | {"once_key": str(uuid.uuid4())})
    late = lead.post(place(incident, "move/propose_major/"), given(incident, reason="x", business_impact="y"))
    assert late["Location"] == place(incident)
    assert "Proposed" in shown(lead, place(incident))


def test_the_same_press_twice_acts_once(lead: Any, major: Incident):
    key = str(uuid.uuid4())
    form = {"audience": "public", "channel": "notice", "text_ko": "복구 중이에요.", "once_key": key}
    for _ in range(2):
        assert lead.post(place(major, "updates/"), form)["Location"] == place(major, "#updates")
    todo = {"text": "Call the vendor", "once_key": key}
    for _ in range(2):
        lead.post(place(major, "actions/"), todo)
    assert (MajorUpdate.objects.count(), MajorTodo.objects.count()) == (1, 1)
    page = shown(lead, place(major))
    assert ("복구 중이에요." in page, "Call the vendor" in page) == (True, True)


def test_an_update_without_words_is_asked_for_them(lead: Any, major: Incident):
    answer = lead.post(place(major, "updates/"), {"audience": "public", "channel": "notice"})
    assert answer.status_code == 422
    assert "Write the update in at least one language." in answer.content.decode()


def test_parts_are_given_by_user_name(lead: Any, major: Incident, agent: Any):
    lead.post(place(major, "roles/technical_lead/"), {"person": agent.username})
    assert MajorSeat.objects.get(part="technical_lead").person == agent
    wrong = lead.post(place(major, "roles/scribe/"), {"person": UserFactory().username})
    assert wrong.status_code == 422
    assert "does not work on tickets" in wrong.content.decode()
    lead.post(place(major, "roles/technical_lead/"), {"person": ""})
    assert not MajorSeat.objects.filter(part="technical_lead").exists()
    assert lead.post(place(major, "roles/king/"), {"person": ""}).status_code == 404


def test_actions_are_done_opened_again_and_taken_away(desk: Any, major: Incident):
    desk.post(place(major, "actions/"), {"text": "Call the vendor"})
    todo = MajorTodo.objects.get()
    one = place(major, f"actions/{todo.public_id}/")
    for is_done in (True, False):
        desk.post(one, {"is_done": "1" if is_done else "0"})
        assert (MajorTodo.objects.get().done_at is not None) is is_done
    desk.post(f"{one}remove/")
    assert not MajorTodo.objects.exists()
    assert desk.post(one, {"is_done": "1"}).status_code == 404


def test_an_overdue_update_is_told_in_words(lead: Any, major: Incident):
    MajorRoom.objects.update(next_update_at=db_now() - dt.timedelta(minutes=12))
    assert "The next update is overdue." in shown(lead, place(major))
    assert "12 min ago" in shown(lead, place(major))
    assert "Update overdue" in shown(lead, "/w/major/")


def test_the_review_is_written_and_finished(lead: Any, desk: Any, major: Incident, manager: Any):
    services.resolve_incident(
        major.pk, actor=manager, close_code="solution_provided", close_notes="Replaced the switch."
    )
    settle()
    page = shown(lead, place(major))
    assert "It is over" in page
    review = MajorReview.objects.get()
    form = {"lock_version": "1", "summary": review.summary, "lessons": "", "timeline": "09:00 It began"}
    short = lead.post(place(major, "review/"), form | {"finish": "1"})
    assert short.status_code == 422
    assert "Write this down before you finish the review." in short.content.decode()
    assert MajorReview.objects.get().timeline == "09:00 It began"  # what was typed is kept
    form |= {"lock_version": "2", "lessons": "Keep a <spare> switch."}
    assert lead.post(place(major, "review/"), form | {"lock_version": "1"}).status_code == 409
    assert lead.post(place(major, "review/"), form | {"finish": "1"})["Location"] == place(major, "#review")
    page = shown(desk, place(major))
    assert "Keep a &lt;spare&gt; switch." in page
    assert 'name="finish"' not in page


def test_who_may_not_sees_no_form_and_is_refused(desk: Any, major: Incident, client_of: Any):
    page = shown(desk, place(major))
    for below in ("updates/", "roles/scribe/", "move/demote_major/", "review/"):
        assert place(major, below) not in page
        form = given(major, reason="x", audience="public", channel="notice", text_ko="x", person="")
        status = desk.post(place(major, below), form).status_code
        assert status == (404 if below == "review/" else 403), below
    for person in (major.requester, UserFactory()):
        assert client_of(person).get(place(major)).status_code == 403
    hidden = client_of(AgentFactory(company=CompanyFactory()))
    assert hidden.get(place(major)).status_code == 404
    restricted = make_incident(group=GroupFactory(is_restricted=True))
    assert desk.get(place(restricted)).status_code == 404
    assert restricted.number not in shown(desk, "/w/major/")


def test_htmx_gets_the_room_alone(lead: Any, major: Incident, hx: Any):
    part = lead.get(place(major), **hx("room")).content.decode()
    assert "<html" not in part
    assert 'id="room"' in part


@pytest.mark.parametrize("rows", [2, 20])
def test_list_and_room_cost_the_same_for_any_number_of_rows(
    rows: int, lead: Any, manager: Any, major: Incident
):
    for number in range(rows):
        make_major("proposed", manager=manager)
        make_major(manager=manager)
        make_child(major)
        services.add_major_todo(major.pk, actor=manager, text=str(number), owner=manager)
        services.send_major_update(major.pk, actor=manager, audience="internal", text_ko=str(number))
    shown(lead, place(major))
    counts = []
    for address in ("/w/major/", place(major)):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            shown(lead, address)
        counts.append(len(asked))
    assert counts == [9, 21]


def test_a_child_s_requester_reads_what_was_said_to_all(major: Incident, manager: Any, client_of: Any):
    requester = UserFactory(language="en")
    child = make_child(make_child(major), requester=requester)
    other = make_incident(requester=requester)
    browser = client_of(requester)
    page = shown(browser, f"/my/{child.number}/")
    assert "This belongs to an outage that concerns several people." in page
    services.send_major_update(
        major.pk, actor=manager, audience="public", text_ko="복구 중", text_en="We <b>replace</b> it."
    )
    services.send_major_update(major.pk, actor=manager, audience="internal", text_en="The vendor lied.")
    page = shown(browser, f"/my/{child.number}/")
    assert "We &lt;b&gt;replace&lt;/b&gt; it." in page
    for hidden in ("The vendor lied.", major.number, "The core switch is down", IMPACT, "All hands."):
        assert hidden not in page
    assert "outage" not in shown(browser, f"/my/{other.number}/")
    services.resolve_incident(
        major.pk, actor=manager, close_code="solution_provided", close_notes="Replaced the switch."
    )
    assert "This belonged to an outage that is over." in shown(browser, f"/my/{child.number}/")
    proposed = make_major("proposed", manager=manager, requester=requester)
    assert "outage" not in shown(browser, f"/my/{proposed.number}/")
