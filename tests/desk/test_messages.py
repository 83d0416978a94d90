"""Replies, internal notes, drafts and files."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories.incidents import make_incident
from tickets.models import Activity, Draft, TicketAttachment
from tickets.services import add_comment, keep_draft


def url(ticket: Any, action: str, path: str = "incidents") -> str:
    """The address of an action."""
    return f"/w/{path}/{ticket.number}/{action}/"


def words_of(ticket: Any) -> list[tuple[str, str]]:
    """What was said on the ticket: kind and text."""
    rows = Activity.objects.filter(ticket=ticket.pk, kind__in=["comment", "work_note"]).order_by("pk")
    return list(rows.values_list("kind", "body"))


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


def test_a_message_that_is_sent_twice_is_said_once(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    key = str(uuid.uuid4())
    for _ in range(2):
        assert say(desk, incident, "comment", "We are on it.", once_key=key).status_code == 302
    assert words_of(incident) == [("comment", "We are on it.")]
    answer = desk.post(url(incident, "say"), {"tab": "comment", "body": "ok", "once_key": key}, **hx())
    assert key not in answer.content.decode()
    assert 'name="once_key"' in answer.content.decode()
    for _ in range(2):
        say(desk, incident, "comment", "ok")
    assert len(words_of(incident)) == 4


def test_a_reply_that_holds_and_is_sent_twice_holds_once(desk: Any, group: Any):
    incident = make_incident(group=group)
    for _ in range(2):
        more = {"then": "hold", "lock_version": "1", "once_key": "7b0c3a52-5b5e-4c1b-9f7e-2f6a3c1d0e9f"}
        assert say(desk, incident, "comment", "Which office?", **more).status_code == 302
    assert words_of(incident) == [("comment", "Which office?")]


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
    assert say(desk, incident, "work_note", "See the logs.", attachments=files).status_code == 302
    places = TicketAttachment.objects.filter(ticket=incident.pk).order_by("pk")
    assert [(p.attachment.name, p.is_public) for p in places] == [("a.txt", False), ("b.txt", False)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ"),
        ("photo.png", b"<script>alert(1)</script>"),
        ("page.html", b"<html>"),
        ("empty.txt", b""),
    ],
)
def test_a_file_that_is_not_taken_refuses_the_message_and_keeps_the_text(
    name: str, content: bytes, desk: Any, group: Any
):
    incident = make_incident(group=group)
    response = say(desk, incident, "comment", "See this.", attachments=SimpleUploadedFile(name, content))
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
    assert desk.post(url(incident, "draft"), {"tab": "comment", "body": "a\0b"}).status_code == 422
