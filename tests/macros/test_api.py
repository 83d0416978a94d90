"""Macros over REST: the same rules, told as problems."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.models import Incident
from macros.models import Macro
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.macros import make_hold, make_reply

pytestmark = pytest.mark.django_db

URL = "/api/v1/macros/"
JSON = {"content_type": "application/json"}


def test_a_macro_is_made_read_changed_and_deleted(agent: Any, group: Any, client_of: Any):
    client = client_of(agent)
    body = {
        "name": "Ask",
        "kinds": ["incident"],
        "says": "comment",
        "text": "Dear {requester}",
        "move": "hold",
        "inputs": {"hold_reason": "awaiting_caller"},
        "to_group": group.key,
    }
    made = client.post(URL, body, **JSON)
    assert made.status_code == 201, made.content
    one = made["Location"]
    shown = client.get(one).json()
    assert shown["inputs"] == {"hold_reason": "awaiting_caller"}
    assert (shown["to_group"]["key"], shown["assign"], shown["can_change"]) == (group.key, "keep", True)
    assert client.patch(one, {"name": "x"}, **JSON).status_code == 428
    stale = client.patch(one, {"name": "x"}, HTTP_IF_MATCH='"9"', **JSON)
    assert stale.status_code == 412
    changed = client.patch(
        one, {"move": "", "audience": "team", "group": group.key}, HTTP_IF_MATCH=made["ETag"], **JSON
    )
    assert changed.status_code == 200, changed.content
    assert (changed.json()["move"], changed.json()["inputs"], changed.json()["audience"]) == ("", {}, "team")
    refused = client.post(URL, body | {"text": "{{settings}}"}, **JSON)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/text")
    assert client.post(URL, body | {"uses": 3}, **JSON).status_code == 400
    assert client_of(AgentFactory()).get(one).status_code == 404
    assert client_of(UserFactory()).get(URL).status_code == 403
    assert [row["name"] for row in client.get(URL).json()["results"]] == ["Ask"]
    assert client.delete(one, HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    assert not Macro.objects.exists()


def test_a_macro_is_run_for_the_version_the_caller_saw(agent: Any, group: Any, client_of: Any):
    client, macro = client_of(agent), make_hold(agent)
    incident = make_incident(group=group)
    url = f"/api/v1/incidents/{incident.number}/run-macro/"
    body = {"macro": str(macro.public_id)}
    assert client.post(url, body, HTTP_IF_MATCH='"99"', **JSON).status_code == 412
    assert client.post(url, {"macro": str(make_reply(AgentFactory()).public_id)}, **JSON).status_code == 404
    assert client.post(url, {"macro": "x"}, **JSON).status_code in {400, 422}
    tag = client.get(f"/api/v1/incidents/{incident.number}/")["ETag"]
    done = client.post(url, body, HTTP_IF_MATCH=tag, **JSON)
    assert (done.status_code, done.json()["state"]) == (200, "on_hold"), done.content
    assert done["ETag"] == client.get(f"/api/v1/incidents/{incident.number}/")["ETag"]
    assert client.post(url, body, **JSON).status_code == 409
    assert Incident.objects.get(pk=incident.pk).assignee == agent
    wrong = client.post(url, {"macro": str(make_reply(agent, kinds=["request"]).public_id)}, **JSON)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/macro")
    requester = client_of(incident.requester)
    assert requester.post(url, body, **JSON).status_code == 403
