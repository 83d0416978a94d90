"""The panels of checklist and time on a ticket's page."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import OutboxEvent
from incidents.services import cancel_incident, merge_incident
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tickets.models import ChecklistItem, TimeEntry
from tickets.services import add_checklist_items, add_time


def panel(response: Any, id: str) -> str:
    """One section of the page, as it reads."""
    assert response.status_code in {200, 422, 409}, response.content[:500]
    page = response.content.decode()
    found = re.search(rf'<section class="props__section" id="{id}".*?</section>', page, re.DOTALL)
    return unescape(found[0]) if found else ""


def shown(desk: Any, incident: Any, id: str) -> str:
    return panel(desk.get(f"/w/incidents/{incident.number}/"), id)


def place(incident: Any, below: str) -> str:
    return f"/w/incidents/{incident.number}/{below}"


def heading(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("</h2>")[0])).strip()


def test_lines_are_pasted_ticked_and_counted_without_scripts(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    assert "None" in shown(desk, incident, "checklist")
    sent = desk.post(place(incident, "checklist/"), {"text": "Look\r\n\r\n  Restart  \nTell <b>them</b>"})
    assert sent["Location"].startswith(f"/w/incidents/{incident.number}/")
    rows = list(ChecklistItem.objects.order_by("position"))
    assert [row.text for row in rows] == ["Look", "Restart", "Tell <b>them</b>"]
    for row in rows[:2]:
        assert desk.post(place(incident, f"checklist/{row.public_id}/"), {"is_done": "1"}).status_code == 302
    page = desk.get(f"/w/incidents/{incident.number}/")
    assert heading(panel(page, "checklist")) == "Checklist 2 of 3"
    assert "Tell &lt;b&gt;them" in page.content.decode()
    assert f"done by {agent.display_name}" in panel(page, "checklist")
    desk.post(place(incident, f"checklist/{rows[0].public_id}/"), {"is_done": "0"})
    assert heading(shown(desk, incident, "checklist")) == "Checklist 1 of 3"


def test_a_line_moves_up_and_down_and_away(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    rows = add_checklist_items(incident.pk, actor=agent, texts=["A", "B", "C"])

    def order() -> str:
        return "".join(ChecklistItem.objects.order_by("position").values_list("text", flat=True))

    for row, step, expected in ((0, "down", "BAC"), (2, "up", "BCA"), (0, "down", "BCA"), (1, "up", "BCA")):
        desk.post(place(incident, f"checklist/{rows[row].public_id}/"), {"step": step})
        assert order() == expected
    assert desk.post(place(incident, f"checklist/{rows[0].public_id}/remove/")).status_code == 302
    assert order() == "BC"
    assert desk.post(place(incident, f"checklist/{rows[1].public_id}/"), {"step": "x"}).status_code == 400
    assert desk.post(place(incident, f"checklist/{rows[0].public_id}/"), {"is_done": "1"}).status_code == 404


def test_other_words_are_kept_unless_somebody_was_faster(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    row = add_checklist_items(incident.pk, actor=agent, texts=["A"])[0]
    url = place(incident, f"checklist/{row.public_id}/")
    assert desk.post(url, {"text": "B", "lock_version": "1"}).status_code == 302
    late = desk.post(url, {"text": "My words", "lock_version": "1"})
    assert late.status_code == 409
    assert 'value="My words"' in panel(late, "checklist")
    assert 'name="lock_version" value="2"' in panel(late, "checklist")
    empty = desk.post(url, {"text": " ", "lock_version": "2"})
    assert empty.status_code == 422
    assert ChecklistItem.objects.get().text == "B"


def test_what_is_refused_comes_back_as_it_was_typed(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    long = "x" * 201
    refused = desk.post(place(incident, "checklist/"), {"text": f"Good\n{long}"}, **hx("checklist"))
    assert refused.status_code == 422
    assert f"Good\n{long}" in panel(refused, "checklist")
    assert "at most 200" in panel(refused, "checklist")
    assert desk.post(place(incident, "checklist/"), {"text": "x" * 100_000}).status_code == 422
    assert not ChecklistItem.objects.exists()


def test_by_htmx_the_parts_of_the_page_come_anew(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    here = {"HTTP_HX_CURRENT_URL": f"http://testserver/w/incidents/{incident.number}/"}
    done = desk.post(place(incident, "checklist/"), {"text": "One"}, **hx("checklist"), **here)
    assert done["HX-Reswap"] == "none"
    assert heading(panel(done, "checklist")) == "Checklist 0 of 1"
    assert 'id="checklist" aria-labelledby="checklist-title" hx-swap-oob="true"' in done.content.decode()
    assert 'id="props"' not in done.content.decode()  # what is being typed in another section stays
    assert "Added to the checklist: One" in done.content.decode()


def test_a_form_that_is_sent_twice_acts_once(desk: Any, group: Any):
    incident = make_incident(group=group)
    key = {"once_key": "0197c0de-0000-7000-8000-00000000000a"}
    for _time in range(2):
        desk.post(place(incident, "checklist/"), {"text": "One", **key})
        desk.post(place(incident, "time/"), {"minutes": "5", "day": timezone.localdate().isoformat(), **key})
    assert (ChecklistItem.objects.count(), TimeEntry.objects.count()) == (1, 1)
    assert OutboxEvent.objects.filter(name="ticket.time_changed").count() == 1


def test_a_closed_ticket_shows_its_checklist_and_takes_time(desk: Any, agent: Any, group: Any):
    incident = make_incident("in_progress", group=group, agent=agent)
    add_checklist_items(incident.pk, actor=agent, texts=["A"])
    cancel_incident(incident.pk, actor=agent, reason_text="Sent twice.")
    found = shown(desk, incident, "checklist")
    assert "0 of 1" in found
    assert "<form" not in found
    assert "Note time" in shown(desk, incident, "time-spent")
    assert desk.post(place(incident, "checklist/"), {"text": "B"}).status_code == 409
    assert shown(desk, make_incident("closed", group=group), "checklist") == ""


@pytest.mark.parametrize(
    ("language", "typed", "total"), [("en", "1h 30m", "1 h 30 min"), ("ko", "1시간 30분", "1시간 30분")]
)
def test_time_is_typed_and_told_as_people_do(
    language: str, typed: str, total: str, desk: Any, agent: Any, group: Any
):
    agent.language = language
    agent.save()
    incident = make_incident(group=group)
    today = timezone.localdate().isoformat()
    sent = desk.post(place(incident, "time/"), {"minutes": typed, "day": today, "note": "<i>Phone</i>"})
    assert sent.status_code == 302
    assert TimeEntry.objects.get().minutes == 90
    page = desk.get(f"/w/incidents/{incident.number}/")
    assert total in heading(panel(page, "time-spent"))
    assert "&lt;i&gt;Phone" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [("minutes", "soon"), ("minutes", "25h"), ("day", ""), ("day", "x"), ("note", "x" * 501)],
)
def test_time_that_is_none_is_refused_at_its_field(name: str, value: str, desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    body = {"minutes": "5", "day": timezone.localdate().isoformat(), "note": "", name: value}
    refused = desk.post(place(incident, "time/"), body, **hx("time-spent"))
    assert refused.status_code == 422
    assert f'id="id_time_{name}_field"' in panel(refused, "time-spent")
    assert "field__error" in panel(refused, "time-spent").split(f'id="id_time_{name}_field"')[1]
    future = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    late = desk.post(place(incident, "time/"), {"minutes": "5", "day": future}, **hx("time-spent"))
    assert "yet to come" in panel(late, "time-spent")
    assert not TimeEntry.objects.exists()


def test_sums_are_by_person_and_by_merged_ticket(desk: Any, agent: Any, group: Any):
    incident, twin = make_incident(group=group), make_incident(group=group)
    other = AgentFactory(groups=[group], name_en="Other Agent")
    add_time(incident.pk, actor=agent, minutes=30)
    assert "time-sums" not in shown(desk, incident, "time-spent")
    add_time(incident.pk, actor=other, minutes=60)
    add_time(twin.pk, actor=agent, minutes=10)
    merge_incident(twin.pk, actor=agent, into=incident)
    found = shown(desk, incident, "time-spent")
    assert heading(found) == "Time spent 1 h 30 min"
    sums = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.split("</dl>")[0].split("<dl")[1]))
    for part in (
        "Other Agent 1 h",
        f"{agent.display_name} 30 min",
        f"on {twin.number}, which was merged 10 min",
    ):
        assert part in sums


def test_own_time_is_corrected_and_taken_away_that_of_others_is_not(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    own = add_time(incident.pk, actor=agent, minutes=30)
    other = add_time(incident.pk, actor=AgentFactory(groups=[group]), minutes=60)
    assert shown(desk, incident, "time-spent").count("Correct the time") == 1
    body = {"minutes": "0:45", "day": own.day.isoformat(), "note": "More", "lock_version": "1"}
    assert desk.post(place(incident, f"time/{own.public_id}/"), body).status_code == 302
    assert desk.post(place(incident, f"time/{own.public_id}/"), body | {"note": "x"}).status_code == 409
    assert desk.post(place(incident, f"time/{own.public_id}/"), body | {"minutes": "?"}).status_code == 422
    assert TimeEntry.objects.get(pk=own.pk).minutes == 45
    for below in (f"time/{other.public_id}/remove/", f"time/{other.public_id}/"):
        assert desk.post(place(incident, below), body).status_code == 403
    assert TimeEntry.objects.get(pk=other.pk).minutes == 60
    assert desk.post(place(incident, f"time/{own.public_id}/remove/")).status_code == 302
    assert list(TimeEntry.objects.all()) == [other]
    assert "Time taken away" in desk.get(f"/w/incidents/{incident.number}/").content.decode()


def test_the_page_costs_the_same_for_any_number_of_lines(warm: Any, agent: Any, group: Any, hx: Any):
    asked = []
    for count in (2, 30):
        incident = make_incident(group=group)
        for number in range(count):
            add_checklist_items(incident.pk, actor=agent, texts=[f"Line {number}"])
            add_time(incident.pk, actor=AgentFactory() if number < 5 else agent, minutes=5)
        with CaptureQueriesContext(connection) as seen:
            page = warm.get(f"/w/incidents/{incident.number}/", **hx("ticket"))
        asked.append(len(seen))
    assert asked[0] == asked[1]
    assert sum("tickets_checklistitem" in each["sql"] for each in seen.captured_queries) == 1
    assert "and 10 more" in panel(page, "time-spent")


def test_no_word_of_it_reaches_the_portal(agent: Any, client_of: Any, group: Any):
    incident = make_incident(group=group)
    add_checklist_items(incident.pk, actor=agent, texts=["Secret step"])
    add_time(incident.pk, actor=agent, minutes=5, note="Secret note")
    page = client_of(incident.requester).get(f"/my/{incident.number}/").content.decode()
    assert "Secret" not in page
    assert client_of(incident.requester).post(place(incident, "checklist/"), {"text": "x"}).status_code == 403
