"""Reporting a problem on the page."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Attachment, OutboxEvent
from incidents.models import Incident
from tests.factories.accounts import UserFactory
from tickets.models import TicketAttachment

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def form(**more):
    values = {
        "text": "The meeting room screen is black.\nThe remote does nothing.",
        "category": "hardware",
        "impact": "2",
        "urgency": "1",
        "once_key": str(uuid.uuid4()),
    }
    return values | more


def png(name="screen.png"):
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def test_a_report_becomes_an_incident_in_the_reporters_name(own, employee):
    answer = own.post("/report/", form())
    incident = Incident.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/my/{incident.number}/")
    assert incident.requester == employee
    assert incident.title == "The meeting room screen is black."
    assert incident.description.endswith("The remote does nothing.")
    assert (incident.category, incident.impact, incident.urgency) == ("hardware", 2, 1)
    assert incident.channel == "portal"


def test_a_long_first_line_is_cut_in_the_title_only(own):
    own.post("/report/", form(text="x" * 400))
    incident = Incident.objects.get()
    assert len(incident.title) == 160
    assert incident.title.endswith("…")
    assert len(incident.description) == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "   \n "),
        ("text", "x" * 20_001),
        ("text", "a\0b"),
        ("category", "no-such"),
        ("impact", "9"),
        ("urgency", "soon"),
    ],
)
def test_a_wrong_report_names_the_field_and_writes_nothing(own, field, value):
    events = OutboxEvent.objects.count()
    answer = own.post("/report/", form(**{field: value}))
    assert answer.status_code == 422
    assert f'aria-describedby="id_{field}' in answer.content.decode()
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Incident.objects.exists()
    assert OutboxEvent.objects.count() == events


def test_a_refused_report_answers_htmx_with_the_form_alone(own):
    answer = own.post("/report/", form(text=""), headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" not in html
    assert html.lstrip().startswith("<form")
    assert "HX-Request" in answer["Vary"]


def test_a_taken_report_tells_htmx_where_to_go(own):
    answer = own.post("/report/", form(), headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/my/{Incident.objects.get().number}/"


def test_the_same_form_sent_twice_reports_once(own):
    sent = form()
    first, second = own.post("/report/", sent), own.post("/report/", sent)
    assert Incident.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_a_form_that_was_edited_after_going_back_counts_anew(own):
    sent = form()
    own.post("/report/", sent)
    own.post("/report/", sent | {"text": "Something else is broken."})
    assert Incident.objects.count() == 2


def test_a_form_without_a_key_still_works(own):
    own.post("/report/", form(once_key="not a key"))
    own.post("/report/", form(once_key=""))
    assert Incident.objects.count() == 2


def test_files_come_along(own):
    own.post("/report/", form(attachments=[png(), png("second.png")]))
    names = TicketAttachment.objects.filter(is_public=True).values_list("attachment__name", flat=True)
    assert sorted(names) == ["screen.png", "second.png"]


def test_a_disguised_file_is_refused_and_the_good_one_is_kept(own):
    bad = SimpleUploadedFile("offer.pdf", b"<html><script>alert(1)</script>", content_type="application/pdf")
    answer = own.post("/report/", form(attachments=[png(), bad]))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "offer.pdf" in html
    assert not Incident.objects.exists()
    kept = Attachment.objects.get()
    assert f'name="kept_files" value="{kept.public_id}" checked' in html
    own.post("/report/", form(kept_files=str(kept.public_id)))
    assert TicketAttachment.objects.get().attachment == kept


def test_a_file_of_somebody_else_cannot_be_taken(own, browser):
    other = browser(UserFactory())
    other.post("/report/", form(text="", attachments=[png("private.png")]))
    stolen = Attachment.objects.get()
    answer = own.post("/report/", form(kept_files=[str(stolen.public_id), "nonsense"]))
    assert answer.status_code == 302
    assert not TicketAttachment.objects.exists()


def test_words_of_a_search_go_along(own):
    assert "VPN is slow" in own.get("/report/", {"text": "VPN is slow"}).content.decode()
