"""Merging, splitting and what is similar over REST; what programs outside hear of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core.models import OutboxEvent
from incidents.models import Incident
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident
from tickets.models import Merge
from tickets.services import add_comment, add_work_note
from webhooks.catalogue import find
from webhooks.messages import body_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(agent: Any) -> Caller:
    """The agent's program."""
    return Caller(agent)


def place(ticket: Incident, action: str) -> str:
    """The address of an action."""
    return f"incidents/{ticket.number}/{action}/"


def merged(api: Caller, source: Incident, target: Incident) -> Any:
    """The answer to a merge, as if committed."""
    answer = api.post(place(source, "merge"), {"into": target.number})
    connection.check_constraints()
    return answer


def test_an_incident_is_merged_and_taken_apart(api: Caller, agent: Any):
    source, target = make_incident(), make_incident()
    add_comment(source.pk, actor=source.requester, body="Mine too")
    add_work_note(source.pk, actor=agent, body="Secret")
    assert api.get(place(source, "merge")).status_code == 404
    answer = merged(api, source, target)
    assert (answer.status_code, answer.json()["state"], answer.json()["close_code"]) == (
        200, "cancelled", "duplicate",
    )  # fmt: skip
    told = api.get(place(source, "merge")).json()
    assert (told["source"], told["into"], told["merged_by"]["username"]) == (
        source.number, target.number, agent.username,
    )  # fmt: skip
    rows = api.get(place(target, "activity")).json()["results"]
    assert [(row["body"], row["merged_from"]) for row in rows if row["body"]] == [
        ("Mine too", source.number), ("Secret", source.number),
    ]  # fmt: skip
    other = Caller(target.requester)
    comments = other.get(place(target, "comments")).json()["results"]
    assert [(row["body"], row["merged_from"]) for row in comments] == [("Mine too", source.number)]
    assert "Secret" not in other.get(place(target, "activity")).content.decode()
    own = Caller(source.requester)
    where = own.get(place(source, "merge")).json()
    assert (where["into"], "merged_by" in where) == (None, False)
    back = api.post(place(source, "unmerge"))
    assert (back.status_code, back.json()["state"]) == (200, "new")
    assert "Mine too" not in api.get(place(target, "activity")).content.decode()
    assert api.post(place(source, "unmerge")).status_code == 409


def test_a_reply_of_its_requester_over_rest_lands_in_the_target_once(api: Caller):
    source, target = make_incident(), make_incident()
    merged(api, source, target)
    own = Caller(source.requester)
    key = {"Idempotency_Key": "5b0e5b1e-0000-4000-8000-000000000001"}
    for _again in range(2):
        assert own.post(place(source, "comments"), {"body": "Still down"}, **key).status_code == 201
    rows = api.get(place(target, "comments")).json()["results"]
    assert [row["body"] for row in rows] == ["Still down"]
    assert [row["body"] for row in own.get(place(source, "comments")).json()["results"]] == ["Still down"]


def test_a_file_of_the_source_is_reached_from_the_target_with_its_visibility(api: Caller, agent: Any):
    source, target = make_incident(), make_incident()
    own = Caller(source.requester)
    made = own.upload(place(source, "attachments"), SimpleUploadedFile("a.txt", b"words"))
    assert made.status_code == 201
    other = Caller(target.requester)
    address = f"{place(target, 'attachments')}{made.json()['id']}/"
    assert other.get(address).status_code == 404
    merged(api, source, target)
    answer = other.get(address)
    assert b"".join(answer.streaming_content) == b"words"
    listed = other.get(place(target, "attachments")).json()["results"]
    assert [(each["name"], each["url"].endswith(address)) for each in listed] == [("a.txt", True)]
    assert (
        Caller(AgentFactory()).get(f"{place(make_incident(), 'attachments')}{made.json()['id']}/").status_code
        == 404
    )


@pytest.mark.parametrize(
    "into", ["itself", "closed", "hidden", "absent", None, 7, ["x"], "x" * 100_000, "\0"]
)
def test_an_unfit_target_is_refused_at_its_field(into: Any, api: Caller):
    source = make_incident()
    named = {
        "itself": lambda: source.number,
        "closed": lambda: make_incident("closed").number,
        "hidden": lambda: make_incident(group=GroupFactory(is_restricted=True)).number,
        "absent": lambda: "INC9999999",
    }
    value = named[into]() if isinstance(into, str) and into in named else into
    answer = api.post(place(source, "merge"), {"into": value})
    assert answer.status_code == (400 if into == "\0" else 422)  # no text may hold that
    if into != "\0":
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/into"]
    assert not Merge.objects.exists()


def test_a_stale_version_is_refused(api: Caller):
    source, target = make_incident(), make_incident()
    answer = api.post(place(source, "merge"), {"into": target.number}, If_Match='"99"')
    assert answer.status_code == 412
    assert not Merge.objects.exists()


def test_a_merge_is_also_a_transition(api: Caller):
    source, target = make_incident(), make_incident()
    assert "merge" in {each["name"] for each in api.get(place(source, "transitions")).json()["transitions"]}
    answer = api.post(place(source, "transitions/merge"), {"into": target.number})
    assert (answer.status_code, Merge.objects.count()) == (200, 1)
    connection.check_constraints()
    assert api.post(place(source, "transitions/unmerge_new")).status_code == 403


def test_a_message_is_split_off(api: Caller, agent: Any):
    source = make_incident(category="network", impact=2)
    said = add_comment(source.pk, actor=source.requester, body="Also the printer\nis broken")
    note = add_work_note(source.pk, actor=agent, body="Secret")
    answer = api.post(place(source, "split"), {"message": str(said.public_id)})
    assert answer.status_code == 201
    new = answer.json()
    assert answer["Location"] == f"/api/v1/incidents/{new['number']}/"
    assert (new["title"], new["category"], new["impact"], new["channel"]) == (
        "Also the printer", "network", 2, "api",
    )  # fmt: skip
    assert new["requester"]["username"] == source.requester.username
    links = api.get(place(source, "links")).json()["results"]
    assert [(each["type"], each["source"]["number"]) for each in links] == [("split_of", new["number"])]
    for wrong in (str(note.public_id), str(source.public_id)):
        assert api.post(place(source, "split"), {"message": wrong}).status_code == 422
    said_by_agent = add_comment(source.pk, actor=agent, body="We see two things")
    again = api.post(
        place(source, "split"), {"message": str(said_by_agent.public_id), "title": "Second"}
    ).json()
    assert (again["title"], again["requester"]["username"]) == ("Second", source.requester.username)
    assert (
        Caller(source.requester).post(place(source, "split"), {"message": str(said.public_id)}).status_code
        == 403
    )
    assert Incident.objects.count() == 3


def test_similar_incidents_are_told_to_agents(api: Caller):
    one = make_incident(title="VPN drops every hour")
    like = make_incident(title="VPN drops hourly")
    make_incident(title="VPN drops every hour", group=GroupFactory(is_restricted=True))
    assert [each["number"] for each in api.get(place(one, "similar")).json()] == [like.number]
    assert Caller(one.requester).get(place(one, "similar")).status_code == 404


def test_webhooks_hear_of_it_as_far_as_their_reader_sees_both_ends(api: Caller, agent: Any):
    source, target = make_incident(), make_incident()
    merged(api, source, target)
    api.post(place(source, "unmerge"))
    for name in ("ticket.merged", "ticket.unmerged"):
        assert find(name) is not None
        event = OutboxEvent.objects.get(name=name)
        message = body_of(event, agent, "full")
        assert message is not None
        assert target.number.encode() in message
        assert body_of(event, source.requester, "full") is None


def test_a_word_on_the_source_is_told_of_the_target(api: Caller, agent: Any):
    source, target = make_incident(), make_incident()
    merged(api, source, target)
    add_comment(source.pk, actor=source.requester, body="Still down")
    message = body_of(OutboxEvent.objects.get(name="ticket.commented"), agent, "full")
    assert message is not None
    assert b"Still down" in message
    assert target.number.encode() in message
