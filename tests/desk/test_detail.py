"""A ticket's page: what it shows to whom, and what it costs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.attachments import accept
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.approvals import make_approval_request
from tests.factories.catalog import make_item, make_task
from tests.factories.incidents import make_incident
from tickets.services import add_comment, add_work_note, attach, keep_draft, link, update_ticket, watch

PART = re.compile(r'id="([a-z-]+)"[^>]*hx-swap-oob="true"')


def text(response: Any) -> str:
    """The page, which must be there."""
    assert response.status_code == 200, response.content[:500]
    return str(response.content.decode())


@pytest.mark.parametrize("words", [2, 20])
def test_a_page_costs_the_same_for_any_length_of_its_timeline(
    words: int, warm: Any, agent: Any, group: Any, django_assert_num_queries: Any, hx: Any
):
    incident = make_incident(group=group)
    for place in range(words):
        add_comment(incident.pk, actor=agent, body=f"Reply {place}")
        update_ticket(incident.pk, actor=agent, title=f"Title {place}", assignee=agent if place % 2 else None)
    with django_assert_num_queries(22):
        assert f"Reply {words - 1}" in text(warm.get(f"/w/incidents/{incident.number}/", **hx("ticket")))


def test_reply_note_and_system_line_never_look_alike(desk: Any, agent: Any, requester: Any, group: Any):
    incident = make_incident(requester=requester, group=group, description="It drops.")
    add_comment(incident.pk, actor=agent, body="We are on it.")
    add_work_note(incident.pk, actor=agent, body="The gateway is old.")
    page = text(desk.get(f"/w/incidents/{incident.number}/"))
    kinds = re.findall(r'class="message" data-kind="(\w+)"', page)
    assert kinds == ["in", "out", "note"]
    assert "Internal · requester can&#x27;t see" in page
    assert "Sent to requester" in page
    assert 'class="timeline__event"' in page


def test_the_two_composer_forms_differ_in_ground_words_and_button(desk: Any, group: Any):
    incident = make_incident(group=group)
    page = text(desk.get(f"/w/incidents/{incident.number}/"))
    reply, note = re.findall(r'<form class="composer".*?</form>', page, re.DOTALL)
    assert 'data-mode="reply"' in reply
    assert 'data-mode="note"' in note
    assert "Send reply" in reply
    assert "To: Jimin Kim" in reply
    assert "Save note" in note
    assert "Send" not in note
    assert "requester can't see" in note
    assert " hidden" in note.split(">", 1)[0]
    assert " hidden" not in reply.split(">", 1)[0]


def test_the_address_can_ask_for_the_note_form(desk: Any, group: Any):
    incident = make_incident(group=group)
    page = text(desk.get(f"/w/incidents/{incident.number}/?tab=work_note"))
    reply, note = re.findall(r'<form class="composer".*?>', page, re.DOTALL)
    assert " hidden" in reply
    assert " hidden" not in note


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("conversation", ["in", "out"]),
        ("internal", ["note"]),
        ("system", []),
        ("all", ["in", "out", "note"]),
        ("no such", ["in", "out", "note"]),
    ],
)
def test_the_timeline_can_be_narrowed(shown: str, expected: list[str], desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    add_comment(incident.pk, actor=agent, body="We are on it.")
    add_work_note(incident.pk, actor=agent, body="The gateway is old.")
    page = text(desk.get(f"/w/incidents/{incident.number}/", {"show": shown}))
    assert re.findall(r'class="message" data-kind="(\w+)"', page) == expected


def test_changes_are_told_in_words(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    other = GroupFactory(name_en="Network")
    update_ticket(incident.pk, actor=agent, urgency=1, group=other)
    page = text(desk.get(f"/w/incidents/{incident.number}/?show=system"))
    assert "Group: Service desk → <b>Network</b>" in page
    assert "Urgency: Low → <b>High</b>" in page
    assert "reassignment" not in page


def test_many_system_lines_in_a_row_fold(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    for urgency in (1, 2, 3):
        update_ticket(incident.pk, actor=agent, urgency=urgency)
    assert "4 changes" in text(desk.get(f"/w/incidents/{incident.number}/"))


def test_moves_are_offered_as_the_state_allows(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    page = text(desk.get(f"/w/incidents/{incident.number}/"))
    assert f'action="/w/incidents/{incident.number}/move/start/' in page
    assert f'hx-get="/w/incidents/{incident.number}/move/resolve/' in page
    assert "move/reopen/" not in page
    assert "move/close/" not in page


def test_a_form_is_reached_without_scripts(desk: Any, group: Any):
    incident = make_incident(group=group)
    page = text(desk.get(f"/w/incidents/{incident.number}/?do=resolve"))
    assert 'id="id_resolve_close_code"' in page
    assert 'name="lock_version" value="1"' in page
    edit = text(desk.get(f"/w/incidents/{incident.number}/?edit=urgency"))
    assert '<button name="value" value="1"' in edit


def test_a_part_is_only_the_part(desk: Any, agent: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    url = f"/w/incidents/{incident.number}/"
    assert "<html" not in text(desk.get(url, **hx("ticket")))
    live = text(desk.get(url, **hx("ticket-live")))
    assert set(PART.findall(live)) == {
        *("ticket-head", "ticket-awaited", "ticket-merged", "ticket-sla", "timeline", "props"),
    }
    assert 'class="composer' not in live
    assert 'id="body-' not in live
    kept = text(desk.get(url, {"keep": "props,head"}, **hx("ticket-live")))
    assert set(PART.findall(kept)) == {"ticket-awaited", "ticket-merged", "ticket-sla", "timeline"}
    assert desk.get(url).headers["Vary"].count("HX-Request") == 1


def test_the_page_is_found_at_the_list_of_its_kind(desk: Any, group: Any):
    incident = make_incident(group=group)
    assert desk.get(f"/w/tasks/{incident.number}/")["Location"] == f"/w/incidents/{incident.number}/"
    assert desk.get(f"/w/all/{incident.number}/").status_code == 200


def test_a_draft_is_there_again(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    keep_draft(actor=agent, ticket=incident, tab="work_note", body="Half a thought")
    page = text(desk.get(f"/w/incidents/{incident.number}/"))
    note = re.findall(r'id="body-work_note".*?>\n?(.*?)</textarea>', page, re.DOTALL)
    reply = re.findall(r'id="body-comment".*?>\n?(.*?)</textarea>', page, re.DOTALL)
    assert (note, reply) == (["Half a thought"], [""])


def test_links_and_watchers_are_shown_from_this_end(desk: Any, agent: Any, group: Any):
    first, second = make_incident(group=group, title="First"), make_incident(group=group, title="Second")
    link(first.pk, actor=agent, target=second, type="blocks")
    watch(first.pk, actor=agent, user=UserFactory(name_en="Watching Person"))
    page = text(desk.get(f"/w/incidents/{first.number}/"))
    assert "Blocks" in page
    assert "Watching Person" in page
    assert "Blocked by" in text(desk.get(f"/w/incidents/{second.number}/"))


def test_a_link_to_a_ticket_one_may_not_see_is_left_out(desk: Any, group: Any):
    secret_group = GroupFactory(is_restricted=True)
    insider = AgentFactory(groups=[secret_group])
    shown = make_incident(group=group)
    secret = make_incident(group=secret_group, title="Very secret")
    link(shown.pk, actor=insider, target=secret, type="related")
    page = text(desk.get(f"/w/incidents/{shown.number}/"))
    assert "Very secret" not in page
    assert secret.number not in page


def test_a_file_is_served_to_who_sees_its_ticket(
    desk: Any, agent: Any, group: Any, requester: Any, client_of: Any
):
    incident = make_incident(requester=requester, group=group)
    stored = accept(uploader=agent, name="log.txt", chunks=[b"down at ten"])
    attach(incident.pk, actor=agent, attachment=stored, public=False)
    page = text(desk.get(f"/w/incidents/{incident.number}/"))
    assert f'href="/w/files/{stored.public_id}/"' in page
    response = desk.get(f"/w/files/{stored.public_id}/")
    assert b"".join(response.streaming_content) == b"down at ten"
    assert response["Content-Disposition"].startswith("attachment")
    assert client_of(requester).get(f"/w/files/{stored.public_id}/").status_code == 403
    outsider = AgentFactory()
    incident_group = group
    incident_group.is_restricted = True
    incident_group.save()
    assert client_of(outsider).get(f"/w/files/{stored.public_id}/").status_code == 404


def test_text_is_shown_as_text(desk: Any, agent: Any, group: Any):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    incident = make_incident(group=group, title=evil, description=evil)
    add_comment(incident.pk, actor=agent, body=evil)
    keep_draft(actor=agent, ticket=incident, tab="comment", body=evil + "</textarea>")
    for page in (
        text(desk.get(f"/w/incidents/{incident.number}/")),
        text(desk.get("/w/search/?q=script")),
        text(desk.get("/w/palette?q=script")),
    ):
        assert "alert(1)</script>" not in page
        assert "<img src=x" not in page


def test_a_catalog_task_shows_what_was_ordered_and_for_whom(desk: Any):
    task = make_task()
    page = text(desk.get(f"/w/tasks/{task.number}/"))
    item = task.ritm
    assert "Chair" in page
    assert "Small" in page
    assert "₩ 150,000" in page
    assert task.requester.name_en in page
    assert item.number in page
    assert item.request.number in page
    assert f'hx-get="/w/tasks/{task.number}/move/complete/' in page


def test_a_requested_item_shows_its_approvals(desk: Any):
    item = make_item()
    approver = UserFactory(name_en="Seoyeon Lee")
    make_approval_request(approver, ticket=item)
    page = text(desk.get(f"/w/requests/{item.number}/"))
    assert "Seoyeon Lee" in page
    assert "Waiting for a decision" in page


def test_no_internal_word_reaches_the_portal(agent: Any, requester: Any, client_of: Any, group: Any):
    incident = make_incident(requester=requester, group=group)
    add_work_note(incident.pk, actor=agent, body="Secret gateway word")
    page = text(client_of(requester).get(f"/my/{incident.number}/"))
    assert "Secret gateway word" not in page
