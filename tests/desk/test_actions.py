"""What agents do on a ticket's page: each through its service, with the version it was read at."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cmdb.services import create_ci
from cmdb.models import CIClass
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, default_company
from tests.factories.catalog import make_task
from tests.factories.incidents import make_incident
from tickets.models import Activity, Draft, Ticket, TicketAttachment, TicketLink, Watcher
from tickets.services import add_comment, keep_draft, update_ticket


def url(ticket: Any, action: str, path: str = "incidents") -> str:
    """The address of an action."""
    return f"/w/{path}/{ticket.number}/{action}/"


def words_of(ticket: Any) -> list[tuple[str, str]]:
    """What was said on the ticket: kind and text."""
    rows = Activity.objects.filter(ticket=ticket.pk, kind__in=["comment", "work_note"]).order_by("pk")
    return list(rows.values_list("kind", "body"))


# moves


def test_a_move_without_questions_is_one_click(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.post(url(incident, "move/start"), {"lock_version": "1"})
    assert response.status_code == 302
    assert response["Location"] == f"/w/incidents/{incident.number}/?view=open"
    incident.refresh_from_db()
    assert incident.state == "in_progress"


def test_a_move_with_inputs_stores_them(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    data = {
        "lock_version": "1",
        "close_code": "solution_provided",
        "close_notes": "Restarted.",
        "comment": "It works again.",
    }
    response = desk.post(url(incident, "move/resolve"), data, **hx("dialog-body"))
    assert response.status_code == 200
    assert response["HX-Trigger"] == "desk:done"
    assert response["HX-Reswap"] == "none"
    incident.refresh_from_db()
    assert (incident.state, incident.close_code) == ("resolved", "solution_provided")
    assert words_of(incident) == [("comment", "It works again.")]


def test_putting_on_hold_takes_a_moment_in_the_readers_zone(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    data = {"lock_version": "1", "hold_reason": "awaiting_vendor", "hold_until": "2099-01-02T09:30"}
    desk.post(url(incident, "move/hold"), data)
    incident.refresh_from_db()
    assert incident.state == "on_hold"
    assert incident.hold_until.isoformat() == "2099-01-02T00:30:00+00:00"


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("resolve", {}, "close_code"),
        ("resolve", {"close_code": "solution_provided"}, "close_notes"),
        ("resolve", {"close_code": "made up", "close_notes": "x"}, "close_code"),
        ("resolve", {"close_code": "solution_provided", "close_notes": "a\0b"}, "close_notes"),
        ("resolve", {"close_code": "solution_provided", "close_notes": "x" * 20_001}, "close_notes"),
        ("cancel", {"reason_text": "   "}, "reason_text"),
        ("hold", {"hold_reason": "awaiting_caller"}, "comment"),
        ("hold", {"hold_reason": "awaiting_vendor", "hold_until": "soon"}, "hold_until"),
        ("hold", {"hold_reason": "awaiting_vendor", "hold_until": "1999-01-01T00:00"}, "hold_until"),
    ],
)
@pytest.mark.parametrize("by_htmx", [True, False])
def test_a_refused_move_names_its_field_and_changes_nothing(
    name: str, data: dict[str, str], field: str, by_htmx: bool, desk: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    more = hx("dialog-body") if by_htmx else {}
    response = desk.post(url(incident, f"move/{name}"), {"lock_version": "1", **data}, **more)
    assert response.status_code == 422
    page = response.content.decode()
    assert ("<html" in page) is not by_htmx
    assert f'id="id_{name}_{field}_error"' in page
    incident.refresh_from_db()
    assert (incident.state, incident.lock_version) == ("new", 1)


def test_a_refused_form_keeps_what_was_typed(desk: Any, group: Any):
    incident = make_incident(group=group)
    data = {"lock_version": "1", "close_notes": "Two hours of typing"}
    assert "Two hours of typing" in desk.post(url(incident, "move/resolve"), data).content.decode()


def test_a_stale_move_is_409_shows_how_it_stands_and_can_be_made_all_the_same(
    desk: Any, agent: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    other = AgentFactory(groups=[group], name_en="Other Agent")
    update_ticket(incident.pk, actor=other, assignee=other)
    data = {"lock_version": "1", "close_code": "solution_provided", "close_notes": "Restarted."}
    response = desk.post(url(incident, "move/resolve"), data, **hx("dialog-body"))
    assert response.status_code == 409
    page = response.content.decode()
    assert "Someone changed this ticket in the meantime." in page
    assert "Assignee: Other Agent." in page
    assert "Restarted." in page
    incident.refresh_from_db()
    assert incident.state == "new"
    version = re.search(r'name="lock_version" value="(\d+)"', page)
    assert version is not None
    again = desk.post(url(incident, "move/resolve"), data | {"lock_version": version.group(1)}, **hx())
    assert again.status_code == 200
    incident.refresh_from_db()
    assert (incident.state, incident.close_notes) == ("resolved", "Restarted.")


def test_a_stale_move_that_is_impossible_now_gives_the_text_back(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    from incidents.services import cancel_incident

    cancel_incident(incident.pk, actor=agent, reason_text="Sent twice.")
    data = {"lock_version": "1", "close_code": "solution_provided", "close_notes": "Two hours of typing"}
    response = desk.post(url(incident, "move/resolve"), data)
    assert response.status_code == 409
    assert "Two hours of typing" in response.content.decode()


def test_an_illegal_move_is_409_and_an_unknown_one_too(desk: Any, group: Any):
    incident = make_incident(group=group)
    for name in ("reopen", "close", "explode"):
        assert desk.post(url(incident, f"move/{name}"), {"lock_version": "1"}).status_code in {403, 409}
    incident.refresh_from_db()
    assert incident.state == "new"


@pytest.mark.parametrize("version", ["", "x", "-1", "1" * 30, "１"])
def test_a_form_without_a_version_is_refused(version: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    assert desk.post(url(incident, "move/start"), {"lock_version": version}).status_code == 400
    data = {"lock_version": version, "field": "urgency", "value": "1"}
    assert desk.post(url(incident, "edit"), data).status_code == 400
    incident.refresh_from_db()
    assert incident.lock_version == 1


def test_a_catalog_task_is_completed_with_its_serial_number(desk: Any):
    task = make_task()
    data = {"lock_version": str(task.lock_version), "serial": "SN-1234", "close_notes": "Handed over."}
    assert desk.post(url(task, "move/complete", "tasks"), data).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.result, task.close_notes) == (
        "closed_complete",
        {"serial": "SN-1234"},
        "Handed over.",
    )


@pytest.mark.parametrize(("name", "state"), [("incomplete", "closed_incomplete"), ("skip", "closed_skipped")])
def test_a_catalog_task_ends_otherwise_only_with_notes(name: str, state: str, desk: Any):
    task = make_task()
    version = str(task.lock_version)
    refused = desk.post(url(task, f"move/{name}", "tasks"), {"lock_version": version})
    assert refused.status_code == 422
    assert f'id="id_{name}_close_notes_error"' in refused.content.decode()
    desk.post(url(task, f"move/{name}", "tasks"), {"lock_version": version, "close_notes": "No stock."})
    task.refresh_from_db()
    assert (task.state, task.close_notes) == (state, "No stock.")


# properties


def edit(browser: Any, ticket: Any, field: str, value: str, *, version: int = 1, **more: str) -> Any:
    """Send one property."""
    data = {"lock_version": str(version), "field": field, "value": value}
    return browser.post(url(ticket, "edit"), data, **more)


def test_each_property_is_stored_by_its_service(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    item = create_ci(
        actor=None, company=default_company(), ci_class=CIClass.objects.order_by("pk")[0], name="vpn-gateway-01"
    )
    network = GroupFactory(name_en="Network")
    steps = [
        ("assignee", agent.username, "assignee_id", agent.pk),
        ("impact", "1", "impact", 1),
        ("urgency", "1", "urgency", 1),
        ("category", "network", "category", "network"),
        ("ci", item.number, "ci_id", item.pk),
        ("title", "Nobody gets in", "title", "Nobody gets in"),
        ("group", network.key, "group_id", network.pk),
    ]
    for place, (field, value, attribute, stored) in enumerate(steps, 1):
        response = edit(desk, incident, field, value, version=place)
        assert response.status_code == 302, (field, response.content[:300])
        incident.refresh_from_db()
        assert getattr(incident, attribute) == stored, field
    assert incident.priority == 1
    assert incident.assignee is None


def test_a_property_can_be_emptied(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    update_ticket(incident.pk, actor=agent, assignee=agent)
    assert edit(desk, incident, "assignee", "", version=2).status_code == 302
    incident.refresh_from_db()
    assert incident.assignee is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("assignee", "nobody-like-this"),
        ("impact", "7"),
        ("urgency", ""),
        ("category", "made-up"),
        ("ci", "CI9999999"),
        ("ci", "\0"),
        ("group", "no-such-group"),
        ("title", ""),
        ("title", "x" * 161),
        ("title", "a\0b"),
    ],
)
@pytest.mark.parametrize("by_htmx", [True, False])
def test_a_bad_property_is_refused_beside_its_field(
    field: str, value: str, by_htmx: bool, desk: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    response = edit(desk, incident, field, value, **(hx() if by_htmx else {}))
    assert response.status_code == 422
    assert 'class="field__error"' in response.content.decode()
    incident.refresh_from_db()
    assert incident.lock_version == 1


@pytest.mark.parametrize("field", ["state", "priority", "number", "company", "lock_version", "", "requester"])
def test_other_fields_are_not_edited_here(field: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    assert edit(desk, incident, field, "1").status_code == 400
    incident.refresh_from_db()
    assert incident.lock_version == 1


@pytest.mark.parametrize("field", ["group", "assignee"])
def test_a_reference_of_another_company_is_as_absent(field: str, desk: Any, group: Any):
    incident = make_incident()
    theirs = CompanyFactory()
    value = (
        GroupFactory(company=theirs).key if field == "group" else AgentFactory(company=theirs).username
    )
    foreign = edit(desk, incident, field, value)
    absent = edit(desk, incident, field, "zz-" + value)
    assert (foreign.status_code, absent.status_code) == (422, 422)
    incident.refresh_from_db()
    assert incident.lock_version == 1


def test_a_stale_property_is_409_with_both_values_and_either_can_be_taken(
    desk: Any, agent: Any, group: Any, hx: Any
):
    incident = make_incident(group=group)
    update_ticket(incident.pk, actor=AgentFactory(groups=[group]), urgency=2)
    response = edit(desk, incident, "urgency", "1", **hx())
    assert response.status_code == 409
    page = response.content.decode()
    assert "<dt>Now</dt><dd>Medium</dd>" in page
    assert "<dt>Yours</dt><dd>High</dd>" in page
    assert 'name="value" value="1"' in page
    assert "Take theirs" in page
    incident.refresh_from_db()
    assert incident.urgency == 2
    version = int(re.search(r'name="lock_version" value="(\d+)"', page).group(1))  # type: ignore[union-attr]
    assert edit(desk, incident, "urgency", "1", version=version, **hx()).status_code == 200
    incident.refresh_from_db()
    assert incident.urgency == 1


def test_a_stale_property_without_scripts_is_a_whole_page(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    update_ticket(incident.pk, actor=agent, title="Theirs")
    response = edit(desk, incident, "title", "Mine, long thought over")
    assert response.status_code == 409
    page = response.content.decode()
    assert "<html" in page
    assert "Mine, long thought over" in page


def test_a_ticket_is_taken_from_the_list_with_one_click(desk: Any, agent: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    response = desk.post(
        "/w/all/take/",
        {"take": f"{incident.number}/1"},
        **hx("take"),
        HTTP_HX_CURRENT_URL="http://testserver/w/all/?view=unassigned",
    )
    page = response.content.decode()
    assert f'id="row-{incident.number}"' in page
    assert 'hx-swap-oob="true"' in page
    incident.refresh_from_db()
    assert incident.assignee == agent


def test_taking_needs_the_version_and_goes_back_where_one_was(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    assert desk.post("/w/all/take/", {"take": incident.number}).status_code == 400
    assert desk.post("/w/all/take/", {"take": f"{incident.number}/7"}).status_code == 412
    answer = desk.post("/w/all/take/", {"take": f"{incident.number}/1", "next": "/w/tasks/?view=open"})
    assert answer["Location"] == "/w/tasks/?view=open"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_taking_never_leads_to_another_site(target: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    answer = desk.post("/w/all/take/", {"take": f"{incident.number}/1", "next": target})
    assert answer["Location"] == "/w/all/"


# words


def say(browser: Any, ticket: Any, tab: str, body: str, **more: Any) -> Any:
    """Send a message."""
    return browser.post(url(ticket, "say"), {"tab": tab, "body": body, **more})


def test_a_reply_is_public_and_a_note_is_not(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    say(desk, incident, "comment", "We are on it.")
    say(desk, incident, "work_note", "The gateway is old.")
    assert words_of(incident) == [("comment", "We are on it."), ("work_note", "The gateway is old.")]
    public = Activity.objects.filter(ticket=incident.pk, kind="work_note").values_list("is_public", flat=True)
    assert list(public) == [False]


def test_sending_removes_the_draft_and_empties_that_form_only(desk: Any, agent: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    keep_draft(actor=agent, ticket=incident, tab="comment", body="We are")
    keep_draft(actor=agent, ticket=incident, tab="work_note", body="Half a thought")
    response = desk.post(url(incident, "say"), {"tab": "comment", "body": "We are on it."}, **hx())
    page = response.content.decode()
    assert 'id="composer-comment"' in page
    assert 'id="composer-work_note"' not in page
    assert list(Draft.objects.values_list("tab", "body")) == [("work_note", "Half a thought")]


@pytest.mark.parametrize("data", [{}, {"tab": ""}, {"tab": "public"}, {"tab": "comment,work_note"}])
def test_a_message_that_does_not_say_what_it_is_goes_nowhere(data: dict[str, str], desk: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.post(url(incident, "say"), {"body": "To whom?", **data})
    assert response.status_code == 422
    assert "To whom?" in response.content.decode()
    assert words_of(incident) == []


@pytest.mark.parametrize("body", ["", "   \n ", "a\0b", "x" * 20_001])
@pytest.mark.parametrize("tab", ["comment", "work_note"])
def test_a_text_that_cannot_be_stored_is_refused_and_kept(body: str, tab: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    response = say(desk, incident, tab, body)
    assert response.status_code == 422
    assert 'class="composer__error"' in response.content.decode()
    assert words_of(incident) == []


def test_a_reply_can_put_the_incident_on_hold(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    keep_draft(actor=agent, ticket=incident, tab="comment", body="Which off")
    response = say(desk, incident, "comment", "Which office?", then="hold", lock_version="1")
    assert response.status_code == 302
    incident.refresh_from_db()
    assert (incident.state, incident.hold_reason) == ("on_hold", "awaiting_caller")
    assert words_of(incident) == [("comment", "Which office?")]
    assert not Draft.objects.exists()


def test_what_the_requester_wrote_meanwhile_is_read_before_waiting_for_it(
    desk: Any, requester: Any, group: Any, hx: Any
):
    incident = make_incident(requester=requester, group=group)
    add_comment(incident.pk, actor=requester, body="I am in Sejong.")
    data = {"tab": "comment", "body": "Which office?", "then": "hold", "lock_version": "1"}
    response = desk.post(url(incident, "say"), data, **hx())
    assert response.status_code == 409
    page = response.content.decode()
    assert "Which office?" in page
    assert 'value="2"' in page
    incident.refresh_from_db()
    assert incident.state == "new"
    assert words_of(incident) == [("comment", "I am in Sejong.")]


def test_files_go_with_the_message(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    files = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]
    assert say(desk, incident, "work_note", "See the logs.", files=files).status_code == 302
    places = TicketAttachment.objects.filter(ticket=incident.pk).order_by("pk")
    assert [(p.attachment.name, p.is_public) for p in places] == [("a.txt", False), ("b.txt", False)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("run.exe", b"MZ"), ("photo.png", b"<script>alert(1)</script>"), ("page.html", b"<html>"), ("empty.txt", b"")],
)
def test_a_file_that_is_not_taken_refuses_the_message_and_keeps_the_text(
    name: str, content: bytes, desk: Any, group: Any
):
    incident = make_incident(group=group)
    response = say(desk, incident, "comment", "See this.", files=SimpleUploadedFile(name, content))
    assert response.status_code == 422
    assert "See this." in response.content.decode()
    assert words_of(incident) == []
    assert not TicketAttachment.objects.exists()


def test_nobody_replies_on_a_closed_ticket_but_notes_are_possible(desk: Any, agent: Any, group: Any):
    incident = make_incident("closed", group=group, agent=agent)
    assert say(desk, incident, "comment", "One more thing").status_code == 409
    assert say(desk, incident, "work_note", "For the record").status_code == 302
    page = desk.get(f"/w/incidents/{incident.number}/").content.decode()
    assert "Send reply" not in page
    assert "Closed: no reply possible, only notes." in page


def test_a_draft_is_kept_and_an_empty_one_removed(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    data = {"tab": "comment", "body": "Half a sent"}
    assert desk.post(url(incident, "draft"), data).status_code == 204
    assert Draft.objects.get().body == "Half a sent"
    desk.post(url(incident, "draft"), {"tab": "comment", "body": ""})
    assert not Draft.objects.exists()
    assert desk.post(url(incident, "draft"), {"tab": "other", "body": "x"}).status_code == 400
    assert desk.post(url(incident, "draft"), {"tab": "comment", "body": "a\0b"}).status_code == 400


# watchers and links


def test_people_are_added_to_and_taken_from_the_watchers(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    person = UserFactory()
    assert desk.post(url(incident, "watch"), {"person": person.username}).status_code == 302
    assert desk.post(url(incident, "watch"), {"me": "1"}).status_code == 302
    assert set(Watcher.objects.values_list("user", flat=True)) == {person.pk, agent.pk}
    desk.post(url(incident, "unwatch"), {"person": person.username})
    assert list(Watcher.objects.values_list("user", flat=True)) == [agent.pk]


def test_a_watcher_of_another_company_is_as_absent(desk: Any, group: Any):
    incident = make_incident(group=group)
    stranger = UserFactory(company=CompanyFactory())
    for name in (stranger.username, "zz-nobody", "", "\0"):
        response = desk.post(url(incident, "watch"), {"person": name})
        assert response.status_code == 422
        assert 'id="id_watcher_person_error"' in response.content.decode()
    assert not Watcher.objects.exists()


def test_tickets_are_linked_and_unlinked(desk: Any, group: Any):
    first, second = make_incident(group=group), make_incident(group=group)
    desk.post(url(first, "link"), {"type": "blocks", "number": second.number.lower()})
    row = TicketLink.objects.get()
    assert (row.source_id, row.target_id, row.type) == (first.pk, second.pk, "blocks")
    third = make_incident(group=group)
    assert desk.post(url(third, "unlink"), {"link": str(row.pk)}).status_code == 400
    assert desk.post(url(second, "unlink"), {"link": str(row.pk)}).status_code == 302
    assert not TicketLink.objects.exists()


@pytest.mark.parametrize("number", ["INC9999999", "", "\0", "x" * 21])
def test_a_link_to_nothing_names_its_field(number: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.post(url(incident, "link"), {"type": "blocks", "number": number})
    assert response.status_code == 422
    assert 'id="id_link_number_error"' in response.content.decode()


def test_a_link_to_itself_twice_or_behind_the_wall_is_refused(desk: Any, group: Any):
    incident, other = make_incident(group=group), make_incident(group=group)
    theirs = make_incident(requester=UserFactory(company=CompanyFactory()))
    assert desk.post(url(incident, "link"), {"type": "blocks", "number": incident.number}).status_code == 422
    assert desk.post(url(incident, "link"), {"type": "blocks", "number": theirs.number}).status_code == 422
    desk.post(url(incident, "link"), {"type": "blocks", "number": other.number})
    again = desk.post(url(incident, "link"), {"type": "blocks", "number": other.number})
    assert again.status_code == 422
    assert TicketLink.objects.count() == 1
    assert desk.post(url(incident, "unlink"), {"link": "²"}).status_code == 400
    assert Ticket.objects.get(pk=incident.pk).lock_version == 1
