"""Search, palette, suggestions and the form for a new incident."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cmdb.services import create_ci
from incidents.models import Incident
from tests.factories.accounts import CompanyFactory, GroupFactory, UserFactory, default_company
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tickets.models import TicketAttachment
from tickets.services import update_ticket


def test_a_full_number_jumps_to_its_ticket(desk: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.get("/w/search/", {"q": f" {incident.number.lower()} "})
    assert response["Location"] == f"/w/incidents/{incident.number}/"


@pytest.mark.parametrize(
    ("text", "found"), [("와이파이", True), ("이파", True), ("프린터", False), ("wifi", False)]
)
def test_korean_words_are_found_by_their_parts(text: str, found: bool, desk: Any, group: Any):
    incident = make_incident(group=group, title="판교 3층 와이파이 끊김")
    assert (incident.number in desk.get("/w/search/", {"q": text}).content.decode()) is found


def test_nothing_hidden_is_found(desk: Any, group: Any):
    hidden = make_incident(group=GroupFactory(is_restricted=True), title="Payroll secret")
    theirs = make_incident(requester=UserFactory(company=CompanyFactory()), title="Payroll elsewhere")
    for address in ("/w/search/", "/w/palette"):
        page = desk.get(address, {"q": "Payroll"}).content.decode()
        assert hidden.number not in page
        assert theirs.number not in page
    assert desk.get("/w/search/", {"q": hidden.number}).status_code == 200


@pytest.mark.parametrize("text", ["", "\0", "%", "_", "'; --", "x" * 5000, "\ud7ff", "👩‍💻"])
def test_any_text_can_be_searched_for(text: str, desk: Any):
    assert desk.get("/w/search/", {"q": text}).status_code == 200
    assert desk.get("/w/palette", {"q": text}).status_code == 200
    assert desk.get("/w/suggest/people/", {"q": text}).status_code == 200
    assert desk.get("/w/suggest/items/", {"q": text}).status_code == 200


def test_the_palette_knows_places_and_tickets(desk: Any, group: Any):
    incident = make_incident(group=group, title="Unassigned laptop")
    page = desk.get("/w/palette", {"q": "unassigned"}).content.decode()
    assert f'href="/w/incidents/{incident.number}/"' in page
    assert 'href="/w/all/?view=unassigned"' in page
    assert "New incident" not in page
    assert "Nothing was found." in desk.get("/w/palette", {"q": "zzzz"}).content.decode()


def test_people_and_items_are_suggested_within_the_company(desk: Any):
    UserFactory(username="minho", name_en="Minho Choi")
    UserFactory(username="minhostranger", name_en="Minho Far", company=CompanyFactory())
    item = create_ci(actor=None, company=default_company(), class_key="server", name="vpn-gateway-01")
    people = desk.get("/w/suggest/people/", {"requester": "minho"}).content.decode()
    assert '<option value="minho">Minho Choi' in people
    assert "minhostranger" not in people
    assert (
        f'<option value="{item.number}">' in desk.get("/w/suggest/items/", {"ci": "gateway"}).content.decode()
    )


def test_a_title_that_is_typed_shows_known_errors_and_open_incidents(desk: Any, agent: Any):
    problem = make_problem(agent=agent, title="Outlook does not start after the update")
    update_ticket(problem.pk, actor=agent, workaround="Start it in <safe> mode.", is_known_error=True)
    incident, done = (make_incident(each, title="Outlook does not start") for each in ("new", "resolved"))
    page = desk.get("/w/suggest/known/", {"title": "Outlook does not start any more"}).content.decode()
    assert f'href="/w/problems/{problem.number}/"' in page
    assert "Start it in &lt;safe&gt; mode." in page
    assert incident.number in page
    assert done.number not in page
    assert "Nothing like it is known." in desk.get("/w/suggest/known/", {"title": "Zebra"}).content.decode()
    assert desk.get("/w/suggest/known/", {"title": "a\0b"}).status_code == 200
    assert 'hx-get="/w/suggest/known/"' in desk.get("/w/incidents/new/").content.decode()


def form(**more: Any) -> dict[str, Any]:
    """A valid new incident."""
    return {"requester": "minho", "title": "No sound", "impact": "3", "urgency": "2"} | more


@pytest.fixture
def caller(db: Any) -> Any:
    """The person on the phone."""
    return UserFactory(username="minho", name_en="Minho Choi")


def test_an_incident_is_opened_for_the_person_who_called(desk: Any, agent: Any, caller: Any, group: Any):
    data = form(
        description="In the meeting room.",
        category="hardware",
        group=group.key,
        attachments=SimpleUploadedFile("photo.txt", b"a note"),
    )
    response = desk.post("/w/incidents/new/", data)
    incident = Incident.objects.get()
    assert response["Location"] == f"/w/incidents/{incident.number}/"
    assert (incident.requester, incident.opened_by, incident.channel) == (caller, agent, "agent")
    assert (incident.group, incident.category, incident.urgency) == (group, "hardware", 2)
    assert TicketAttachment.objects.get().ticket_id == incident.pk
    page = desk.get(response["Location"]).content.decode()
    assert "Requester, written by Jiwoo Han" in page


def test_a_form_sent_twice_opens_one_incident(desk: Any, caller: Any):
    key = str(uuid.uuid4())
    first = desk.post("/w/incidents/new/", form(once_key=key))
    second = desk.post("/w/incidents/new/", form(once_key=key))
    assert first["Location"] == second["Location"]
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"requester": ""}, "requester"),
        ({"requester": "nobody"}, "requester"),
        ({"requester": "\0"}, "requester"),
        ({"title": ""}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"description": "x" * 20_001}, "description"),
        ({"impact": "0"}, "impact"),
        ({"urgency": "high"}, "urgency"),
        ({"category": "made-up"}, "category"),
        ({"ci": "CI9999999"}, "ci"),
        ({"group": "no-such"}, "group"),
        ({"attachments": SimpleUploadedFile("x.exe", b"MZ")}, "attachments"),
    ],
)
def test_a_bad_new_incident_names_its_field_and_opens_nothing(
    change: dict[str, Any], field: str, desk: Any, caller: Any
):
    response = desk.post("/w/incidents/new/", form(**change))
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Incident.objects.exists()


def test_a_caller_of_another_company_is_as_absent(desk: Any):
    UserFactory(username="minho", company=CompanyFactory())
    response = desk.post("/w/incidents/new/", form())
    assert response.status_code == 422
    assert "There is no person with the user name" in response.content.decode()
