"""Search, palette, suggestions and the form for a new incident."""

from __future__ import annotations

import html
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.sla_rows import copies
from cmdb.services import create_ci
from desk.selectors import finding
from incidents.models import Incident
from tests.factories.accounts import CompanyFactory, GroupFactory, UserFactory, default_company
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tickets.models import TicketAttachment
from tickets.services import update_ticket

COST = {"/w/search/?q=zebra": 12, "/w/palette?q=zebra": 9}


def test_a_full_number_jumps_to_its_ticket(desk: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.get("/w/search/", {"q": f" {incident.number.lower()} "})
    assert response["Location"] == f"/w/incidents/{incident.number}/"


@pytest.mark.parametrize(
    ("text", "found"), [("와이파이", True), ("이파", True), ("프린터", False), ("wifi", True)]
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
    assert 'data-press="KeyC"' not in page
    assert "Nothing was found." in desk.get("/w/palette", {"q": "zzzz"}).content.decode()


def test_results_are_grouped_by_sort_with_what_was_looked_for_marked(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group, title="<b>Gateway</b> & gateway down")
    problem = make_problem(agent=agent, title="Gateway drops")
    person = UserFactory(username="gateway.kim", name_en="Kim Gateway", name_ko="김지민")
    item = create_ci(actor=None, company=default_company(), class_key="server", name="vpn-gateway-01")
    page = desk.get("/w/search/", {"q": "gateway"}).content.decode()
    page = page.replace("\n", "")
    assert "<b>&lt;b&gt;<mark>Gateway</mark>&lt;/b&gt; &amp; <mark>gateway</mark> down</b>" in page
    for number in (incident.number, problem.number, item.number, person.username):
        assert number in page
    assert "vpn-<mark>gateway</mark>-01" in page
    headings = [f'id="found-{key}"' for key in ("problem", "incident", "people", "items")]
    assert all(each in page for each in headings)
    only = desk.get("/w/search/", {"q": "gateway", "type": "problem"}).content.decode()
    assert problem.number in only
    assert incident.number not in only
    assert item.number not in only
    assert item.number in desk.get("/w/search/", {"q": "gateway", "type": "items"}).content.decode()
    assert item.number in desk.get("/w/search/", {"q": f"ci {int(item.number[2:])}"}).content.decode()
    for text in ("ㄱㅈㅁ", "rlawlals", "김지민"):
        assert person.username in desk.get("/w/search/", {"q": text, "type": "people"}).content.decode(), text


def test_open_tickets_alone(desk: Any, group: Any):
    waiting, done = make_incident(group=group, title="Zebra"), make_incident("closed", title="Zebra done")
    page = desk.get("/w/search/", {"q": "zebra"}).content.decode()
    assert waiting.number in page
    assert done.number in page
    page = desk.get("/w/search/", {"q": "zebra", "open": "1"}).content.decode()
    assert waiting.number in page
    assert done.number not in page


def test_pages_of_results_follow_each_other(desk: Any, group: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(finding, "PAGE", 2)
    numbers = [make_incident(group=group, title=f"Zebra {place}").number for place in range(5)]
    seen: list[str] = []
    address = "/w/search/?q=zebra"
    for _page in range(3):
        page = desk.get(address).content.decode()
        seen += [number for number in reversed(numbers) if number in page]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(found[1]) if found else ""
    assert seen == numbers[::-1]
    assert address == ""


@pytest.mark.parametrize(
    "query", ["type=nonsense", "page=0", "page=-1", "page=x", "page=99999999999999999999", "page=²", "open=x"]
)
def test_an_odd_address_is_a_page(query: str, desk: Any):
    assert desk.get(f"/w/search/?q=zebra&{query}").status_code == 200


def test_another_layout_is_said(desk: Any, group: Any):
    incident = make_incident(group=group, title="노트북이 느려요")
    for address in ("/w/search/", "/w/palette"):
        page = desk.get(address, {"q": "shxmqnr"}).content.decode()
        assert incident.number in page
        assert "“노트북”" in page


def palette_on(desk: Any, ticket: Any, text: str = "") -> str:
    """The palette's options on the page of a ticket."""
    here = {
        "HTTP_HX_REQUEST": "true",
        "HTTP_HX_CURRENT_URL": f"http://testserver/w/incidents/{ticket.number}/",
    }
    return str(desk.get("/w/palette", {"q": text}, **here).content.decode())


def test_the_palette_acts_on_the_ticket_that_is_open(desk: Any, agent: Any, group: Any):
    incident = make_incident("in_progress", group=group, agent=agent, title="Zebra")
    page = palette_on(desk, incident)
    for key in "ARNE":
        assert f'data-press="Key{key}"' in page
    assert f'href="/w/incidents/{incident.number}/?do=resolve"' in page
    assert 'data-press="KeyI"' in page
    Incident.objects.filter(pk=incident.pk).update(assignee=agent)
    assert 'data-press="KeyI"' not in palette_on(desk, incident)
    assert "do=resolve" in palette_on(desk, incident, "resol")
    assert "do=resolve" not in palette_on(desk, incident, "assig")
    closed = make_incident("closed", group=group)
    assert 'data-press="KeyR"' not in palette_on(desk, closed)
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    assert "On this ticket" not in palette_on(desk, hidden)
    for odd in (
        "http://testserver/w/incidents/../",
        "http://testserver/w/x/INC1/",
        "https://evil.example/",
        "\0",
    ):
        answer = desk.get("/w/palette", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=odd)
        assert answer.status_code == 200
        assert b"On this ticket" not in answer.content


def test_commands_are_found_by_initials_and_on_the_other_layout(desk: Any, agent: Any):
    agent.language = "ko"
    agent.save(update_fields=["language"])
    for text in ("새 인시던트", "ㅅㅇㅅㄷㅌ", "to dlstlejsxm"):
        assert "/w/incidents/new/" in desk.get("/w/palette", {"q": text}).content.decode(), text


@pytest.mark.parametrize("rows", [10, 500])
def test_a_search_costs_the_same_for_any_number_of_hits(rows: int, desk: Any, group: Any):
    incident = make_incident(group=group, title="Zebra")
    with connection.cursor() as cursor:
        copies(cursor, incident, rows)
        cursor.execute(
            "INSERT INTO tickets_tickettext (ticket_id, is_public, words)"
            " SELECT t.id, true, words FROM tickets_ticket t, tickets_tickettext"
            " WHERE ticket_id = %s AND t.id <> %s",
            [incident.pk, incident.pk],
        )
    desk.get("/w/search/?q=zebra")
    for address, most in (("/w/search/?q=zebra", 13), ("/w/palette?q=zebra", 12)):
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address).status_code == 200
        assert len(statements(captured)) == COST[address] <= most, statements(captured)


def statements(captured: Any) -> list[str]:
    """What was asked of the database, less what begins and ends a transaction."""
    apart = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET LOCAL", "SELECT set_config")
    return [each["sql"] for each in captured.captured_queries if not each["sql"].startswith(apart)]


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
