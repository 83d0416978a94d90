"""What belongs to a ticket over REST: words, files, watchers, links; who reads and writes which."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cmdb.services import create_ci
from core.models import Attachment
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, default_company
from tests.factories.catalog import make_task
from tests.factories.incidents import make_incident
from tickets.models import Activity, Ticket, TicketAttachment, TicketLink, Watcher
from tickets.services import update_ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def requester_api(db):
    return Caller(UserFactory())


@pytest.fixture
def agent_api(db):
    return Caller(AgentFactory())


@pytest.fixture
def path(requester_api):
    return f"incidents/{make_incident(requester=requester_api.user).number}/"


def test_comments_and_notes(agent_api, requester_api, path):
    made = requester_api.post(f"{path}comments/", {"body": "여전히 안 됩니다"})
    assert made.status_code == 201
    assert made.json()["body"] == "여전히 안 됩니다"
    assert agent_api.post(f"{path}work-notes/", {"body": "Gateway flaps."}).status_code == 201
    for caller, comments, notes in ((agent_api, 1, 1), (requester_api, 1, None)):
        assert len(caller.get(f"{path}comments/").json()["results"]) == comments
        response = caller.get(f"{path}work-notes/")
        assert (response.status_code, len(response.json().get("results", []))) == (
            (200, notes) if notes else (404, 0)
        )
    shown = requester_api.get(f"{path}comments/").json()["results"][0]
    assert {"is_public", "channel", "cause_chain"}.isdisjoint(shown)


@pytest.mark.parametrize(
    ("body", "status", "code", "places"),
    [
        ({}, 422, "rule_refused", ["/body"]),
        ({"body": "  "}, 422, "rule_refused", ["/body"]),
        ({"body": 5}, 422, "rule_refused", ["/body"]),
        ({"body": "x" * 20_001}, 422, "rule_refused", ["/body"]),
        ({"body": "bell \x07"}, 422, "rule_refused", ["/body"]),
        ({"body": "x", "is_public": True}, 400, "bad_input", ["/is_public"]),
        ({"body": "x", "attachments": ["nope"]}, 422, "rule_refused", ["/attachments/0"]),
        ({"body": "x", "attachments": "nope"}, 422, "rule_refused", ["/attachments"]),
    ],
)
def test_a_bad_comment_is_not_written(requester_api, path, body, status, code, places):
    problem(requester_api.post(f"{path}comments/", body), status, code, *places)
    assert not Activity.objects.filter(kind="comment").exists()


def test_nobody_comments_on_anothers_or_a_closed_ticket(requester_api, agent_api):
    other = make_incident()
    problem(requester_api.post(f"incidents/{other.number}/comments/", {"body": "x"}), 404, "not_found")
    closed = make_incident("closed")
    answer = agent_api.post(f"incidents/{closed.number}/comments/", {"body": "x"})
    assert problem(answer, 409, "wrong_state")["current_state"] == "closed"


def test_the_timeline_is_paged_and_its_cost_is_fixed(agent_api, path):
    for number in range(6):
        agent_api.post(f"{path}comments/", {"body": f"No. {number}"})
    counts = set()
    for size in (2, 6):
        with CaptureQueriesContext(connection) as queries:
            page = agent_api.get(f"{path}activity/?page_size={size}").json()
        assert len(page["results"]) == size
        counts.add(len(queries))
    assert counts == {4}  # token and its owner, the ticket, the page, its files
    bodies = []
    address = f"{path}comments/?page_size=4"
    while address:
        page = agent_api.get(address).json()
        bodies += [row["body"] for row in page["results"]]
        address = (page["next"] or "").removeprefix("http://testserver")
    assert bodies == [f"No. {number}" for number in range(6)]


def test_changes_name_people_groups_and_tickets_as_the_rest_of_the_api_does(agent_api, path):
    group = GroupFactory()
    agent_api.user.member_of.add(group)
    item = create_ci(actor=None, company=default_company(), class_key="server", name="vpn-01")
    parent, hidden = make_incident(), make_incident(group=GroupFactory(is_restricted=True))
    pk = Ticket.objects.get(number=path.split("/")[1]).pk
    update_ticket(pk, actor=agent_api.user, group=group, assignee=agent_api.user, ci=item, impact=1)
    update_ticket(pk, actor=agent_api.user, parent=parent)
    update_ticket(pk, actor=None, parent=hidden)
    rows = [row["changes"] for row in agent_api.get(f"{path}activity/").json()["results"]]
    assert rows[1]["group"] == [None, group.key]
    assert rows[1]["assignee"] == [None, agent_api.user.username]
    assert rows[1]["ci"] == [None, item.number]
    assert (rows[1]["impact"], rows[2]["parent"]) == ([3, 1], [None, parent.number])
    assert "parent" not in rows[3]  # it names a ticket that the caller does not see


def test_the_cost_of_changes_is_fixed(agent_api, path):
    pk = Ticket.objects.get(number=path.split("/")[1]).pk
    for _ in range(6):
        update_ticket(pk, actor=None, group=GroupFactory())
    agent_api.get(f"{path}activity/")
    counts = set()
    for size in (2, 6):
        with CaptureQueriesContext(connection) as queries:
            agent_api.get(f"{path}activity/?page_size={size}&ordering=-at")
        counts.add(len(queries))
    assert counts == {5}  # and the groups


def test_a_file_goes_up_and_comes_down(requester_api, agent_api, path):
    made = requester_api.upload(f"{path}attachments/", SimpleUploadedFile("로그.txt", "한글".encode()))
    assert made.status_code == 201
    shown = made.json()
    assert (shown["name"], shown["size"], shown["media_type"]) == ("로그.txt", 6, "text/plain")
    down = agent_api.get(shown["url"])
    assert b"".join(down.streaming_content) == "한글".encode()
    assert down["X-Content-Type-Options"] == "nosniff"
    assert down["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in down["Content-Security-Policy"]
    problem(Caller(UserFactory()).get(shown["url"]), 404, "not_found")
    elsewhere = f"incidents/{make_incident(requester=requester_api.user).number}/attachments/{shown['id']}/"
    problem(requester_api.get(elsewhere), 404, "not_found")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.svg", b"<svg onload=alert(1)>", "type_not_accepted"),
        ("page.html", b"<html>", "type_not_accepted"),
        ("image.png", b"<html><script>x</script>", "type_disguised"),
        ("notes.txt", b"<!doctype html><script>", "type_disguised"),
        ("empty.txt", b"", "empty"),
        ("noextension", b"hello", "type_not_accepted"),
    ],
)
def test_a_disguised_file_is_refused_and_leaves_nothing(requester_api, path, name, content, code):
    answer = requester_api.upload(f"{path}attachments/", SimpleUploadedFile(name, content))
    assert problem(answer, 422, "rule_refused", "/file")["errors"][0]["code"] == code
    assert not Attachment.objects.exists()
    assert not Activity.objects.filter(kind="attachment").exists()


def test_a_file_that_is_too_large_is_refused(requester_api, path, settings):
    settings.ATTACHMENT_MAX_BYTES = 100_000
    for size in (100_001, 300_000):
        answer = requester_api.upload(f"{path}attachments/", SimpleUploadedFile("a.txt", b"x" * size))
        problem(answer, 413, "too_large")
    assert not Attachment.objects.exists()


def test_a_file_comes_as_multipart_and_alone(requester_api, path):
    problem(requester_api.post(f"{path}attachments/", {"file": "x"}), 415, "unsupported_media_type")
    sent = requester_api.client.post(
        f"/api/v1/{path}attachments/", {"name": "x"}, headers=requester_api.headers
    )
    problem(sent, 400, "bad_input", "/name")
    both = {"file": [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"b")]}
    sent = requester_api.client.post(f"/api/v1/{path}attachments/", both, headers=requester_api.headers)
    problem(sent, 422, "rule_refused", "/file")
    broken = requester_api.post(f"{path}attachments/", raw=b"--x\r\n", content_type="multipart/form-data")
    problem(broken, 400, "bad_input")


def test_an_upload_is_named_in_a_comment_once_and_by_its_owner(requester_api, agent_api, path):
    file_id = requester_api.upload("attachments/", SimpleUploadedFile("a.png", PNG)).json()["id"]
    stolen = agent_api.post(f"{path}comments/", {"body": "x", "attachments": [file_id]})
    problem(stolen, 422, "rule_refused", "/attachments/0")
    made = requester_api.post(f"{path}comments/", {"body": "See", "attachments": [file_id]})
    assert [file["id"] for file in made.json()["attachments"]] == [file_id]
    again = requester_api.post(f"{path}comments/", {"body": "See", "attachments": [file_id]})
    problem(again, 422, "rule_refused", "/attachments/0")
    assert TicketAttachment.objects.count() == 1


def test_watchers(requester_api, agent_api, path):
    colleague = UserFactory()
    assert requester_api.post(f"{path}watchers/", {"user": colleague.username}).status_code == 201
    assert Caller(colleague).get(path).status_code == 200
    listed = agent_api.get(f"{path}watchers/").json()["results"]
    assert [row["username"] for row in listed] == [colleague.username]
    stranger = UserFactory(company=CompanyFactory())
    problem(requester_api.post(f"{path}watchers/", {"user": stranger.username}), 422, "rule_refused", "/user")
    problem(Caller(colleague).post(f"{path}watchers/", {"user": colleague.username}), 403, "not_allowed")
    assert Caller(colleague).delete(f"{path}watchers/{colleague.username}/").status_code == 204
    problem(agent_api.delete(f"{path}watchers/{colleague.username}/"), 404, "not_found")
    assert not Watcher.objects.exists()


def test_links(requester_api, agent_api, path):
    other = make_incident()
    made = agent_api.post(f"{path}links/", {"type": "duplicate", "target": other.number})
    assert made.status_code == 201
    assert made.json()["target"] == {"number": other.number, "kind": "incident", "title": other.title}
    problem(agent_api.post(f"{path}links/", {"type": "duplicate", "target": other.number}), 409, "duplicate")
    problem(
        agent_api.post(f"{path}links/", {"type": "x", "target": "y"}), 422, "rule_refused", "/type", "/target"
    )
    own = path.split("/")[1]
    problem(
        agent_api.post(f"{path}links/", {"type": "related", "target": own}), 422, "rule_refused", "/target"
    )
    assert requester_api.get(f"{path}links/").json()["results"] == [], "the other end is hidden"
    problem(requester_api.delete(f"{path}links/{made.json()['id']}/"), 404, "not_found")
    assert agent_api.delete(f"{path}links/{made.json()['id']}/").status_code == 204
    assert not TicketLink.objects.exists()


def test_all_kinds_in_one_list(agent_api, requester_api):
    incident = make_incident(requester=requester_api.user)
    task = make_task(person=requester_api.user)
    kinds = {row["kind"] for row in agent_api.get("tickets/").json()["results"]}
    assert kinds == {"incident", "request", "ritm", "sctask"}
    assert agent_api.get("tickets/?kind=incident").json()["results"][0]["number"] == incident.number
    own = {row["kind"] for row in requester_api.get("tickets/").json()["results"]}
    assert own == {"incident", "request", "ritm"}, "the work behind a request is not the employee's"
    problem(requester_api.get(f"tickets/{task.number}/"), 404, "not_found")
    problem(requester_api.get(f"catalog-tasks/{task.number}/"), 404, "not_found")
    assert agent_api.get(f"tickets/{incident.number}/").json()["_transitions"] != []
    problem(agent_api.patch(f"tickets/{incident.number}/", {}, If_Match="*"), 405, "method_not_allowed")
    problem(agent_api.get(f"incidents/{task.number}/"), 404, "not_found")


def test_agents_read_clocks_and_employees_do_not(requester_api, agent_api, path):
    clocks = agent_api.get(f"{path}clocks/").json()["results"]
    assert {clock["target"] for clock in clocks} == {"response", "resolution"}
    assert all(clock["target_duration"].startswith("PT") for clock in clocks)
    problem(requester_api.get(f"{path}clocks/"), 404, "not_found")
    assert requester_api.get(f"{path}progress/").json()["results"] == []
