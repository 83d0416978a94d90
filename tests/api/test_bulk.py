"""Many calls in one: in order, each with its own outcome, or all or nothing; repeatable; strict."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.crypto import get_random_string

from api.models import Job
from core.models import IdempotencyKey, OutboxEvent
from incidents.models import Incident
from tests.api.calls import Caller, problem
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Activity

GOOD = {"title": "VPN drops", "impact": 2, "urgency": 2}


def op(method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    """One operation; ``path`` below ``/api/v1/``."""
    made = {"method": method, "path": f"/api/v1/{path}"} | more
    return made if body is None else made | {"body": body}


def bulk(caller: Caller, *operations: dict[str, Any], atomic: bool | None = None, **headers: str) -> Any:
    """The bulk, sent."""
    body: dict[str, Any] = {"operations": list(operations)}
    return caller.post("bulk/", body if atomic is None else body | {"atomic": atomic}, **headers)


def test_one_failure_stops_nothing(agent_api):
    incident, other = make_incident(), make_incident()
    told = bulk(
        agent_api,
        op("POST", "incidents/", GOOD, ref="a"),
        op("POST", "incidents/", {"title": ""}, ref="b"),
        op("GET", f"incidents/{other.number}/"),
        op("GET", "incidents/INC9999999/"),
        op("POST", f"incidents/{incident.number}/comments/", {"body": "Hello"}, ref="e"),
    )
    assert told.status_code == 200
    body = told.json()
    assert body["summary"] == {"ok": 3, "failed": 2}
    assert [(each["ref"], each["status"]) for each in body["results"]] == [
        ("a", 201), ("b", 422), ("2", 200), ("3", 404), ("e", 201),
    ]  # fmt: skip
    first, second, third = body["results"][:3]
    made = Incident.objects.get(number=first["body"]["number"])
    assert first["location"] == f"/api/v1/incidents/{made.number}/"
    assert first["etag"] == agent_api.get(f"incidents/{made.number}/")["ETag"]
    assert second["problem"]["code"] == "rule_refused"
    assert second["problem"]["errors"][0]["pointer"] == "/title"
    assert second["problem"]["instance"] == "/api/v1/incidents/"
    assert second["problem"]["request_id"] == told["X-Request-Id"]
    assert "body" not in second
    assert third["body"] == agent_api.get(f"incidents/{other.number}/").json()


def test_operations_run_in_order_and_see_each_other(agent_api):
    incident = make_incident()
    path = f"incidents/{incident.number}/"
    tag = agent_api.get(path)["ETag"]
    told = bulk(
        agent_api,
        op("PATCH", path, {"urgency": 1}, if_match=tag),
        op("PATCH", path, {"urgency": 2}, if_match=tag),
        op("PATCH", path, {"urgency": 2}),
        op("POST", f"{path}transitions/start/", {}),
        op("POST", f"{path}transitions/start/"),
    ).json()["results"]
    assert [each["status"] for each in told] == [200, 412, 428, 200, 409]
    assert told[1]["etag"] == told[0]["etag"]
    assert told[1]["problem"]["changed_fields"] == ["priority", "urgency"]
    incident.refresh_from_db()
    assert (incident.urgency, incident.state) == (1, "in_progress")


def test_a_query_and_a_missing_slash_are_those_of_a_single_call(agent_api):
    make_incident()
    told = bulk(
        agent_api, op("GET", "incidents/?fields=number&page_size=1"), op("GET", "incidents?bogus=1")
    ).json()["results"]
    assert told[0]["body"] == agent_api.get("incidents/?fields=number&page_size=1").json()
    assert (told[1]["status"], told[1]["problem"]["errors"][0]["parameter"]) == (400, "bogus")


def test_all_or_nothing(agent_api):
    events = OutboxEvent.objects.count()
    refused = bulk(
        agent_api, op("POST", "incidents/", GOOD), op("POST", "incidents/", {}, ref="bad"), atomic=True
    )
    body = problem(refused, 422, "rule_refused", "/title")
    assert (body["ref"], body["index"], body["instance"]) == ("bad", 1, "/api/v1/incidents/")
    assert (Incident.objects.count(), OutboxEvent.objects.count()) == (0, events)
    done = bulk(agent_api, op("POST", "incidents/", GOOD), op("POST", "incidents/", GOOD), atomic=True)
    assert done.json()["summary"] == {"ok": 2, "failed": 0}
    assert Incident.objects.count() == 2


def test_the_first_refusal_of_an_atomic_bulk_keeps_its_tag(agent_api):
    incident = make_incident()
    path = f"incidents/{incident.number}/"
    refused = bulk(agent_api, op("PATCH", path, {"urgency": 1}, if_match='"old"'), atomic=True)
    problem(refused, 412, "stale_version")
    assert refused["ETag"] == agent_api.get(path)["ETag"]


@pytest.mark.parametrize("atomic", [False, True])
def test_a_repeat_of_the_whole_does_each_operation_once(agent_api, atomic):
    incident = make_incident()
    path = f"incidents/{incident.number}/"
    tag = agent_api.get(path)["ETag"]
    operations = [
        op("POST", "incidents/", GOOD),
        op("PATCH", path, {"urgency": 1}, if_match=tag),
        op("POST", f"{path}watchers/", {"user": agent_api.user.username}),
        op("DELETE", f"{path}watchers/{agent_api.user.username}/"),
        op("GET", path),
    ]
    first, second = (bulk(agent_api, *operations, atomic=atomic, Idempotency_Key="k") for _ in range(2))
    assert first.json()["summary"] == second.json()["summary"] == {"ok": 5, "failed": 0}
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    again = second.json()["results"]
    assert [each.pop("replayed", False) for each in again] == [True, True, True, True, False]
    assert again == first.json()["results"]
    assert Incident.objects.count() == 2
    assert Activity.objects.filter(ticket=incident, kind="field").count() == 1


def test_what_was_refused_is_tried_again_by_a_repeat(agent_api):
    path = f"incidents/{make_incident('in_progress').number}/transitions/"
    operations = [op("POST", "incidents/", GOOD), op("POST", f"{path}resume/")]
    first = bulk(agent_api, *operations, Idempotency_Key="k").json()["results"]
    assert [each["status"] for each in first] == [201, 409]
    hold = {"hold_reason": "awaiting_caller", "comment": "Which office?"}
    assert agent_api.post(f"{path}hold/", hold).status_code == 200
    second = bulk(agent_api, *operations, Idempotency_Key="k").json()["results"]
    assert [each["status"] for each in second] == [201, 200]
    assert second[0]["body"] == first[0]["body"]


def test_the_key_of_another_bulk_is_refused(agent_api):
    bulk(agent_api, op("POST", "incidents/", GOOD), Idempotency_Key="k")
    other = bulk(agent_api, op("POST", "incidents/", {"title": "Other"}), Idempotency_Key="k")
    problem(other, 422, "idempotency_key_reused")
    problem(agent_api.post("incidents/", GOOD, Idempotency_Key="k"), 422, "idempotency_key_reused")
    assert Incident.objects.count() == 1


def test_a_refused_atomic_bulk_leaves_its_key_free(agent_api):
    problem(
        bulk(agent_api, op("POST", "incidents/", {}), atomic=True, Idempotency_Key="k"), 422, "rule_refused"
    )
    assert not IdempotencyKey.objects.exists()


def test_an_operation_with_a_key_is_the_single_call_with_that_key(agent_api):
    single = agent_api.post("incidents/", GOOD, Idempotency_Key="k1").json()
    told = bulk(agent_api, *[op("POST", "incidents/", GOOD, idempotency_key="k1")] * 2).json()["results"]
    assert [(each["status"], each["replayed"], each["body"]) for each in told] == [(201, True, single)] * 2
    assert Incident.objects.count() == 1


def test_a_repeat_checks_present_rights_first(agent, agent_api):
    incident = make_incident(group=None)
    operations = [op("PATCH", f"incidents/{incident.number}/", {"urgency": 1}, if_match='"x"')]
    tag = agent_api.get(f"incidents/{incident.number}/")["ETag"]
    operations[0]["if_match"] = tag
    assert bulk(agent_api, *operations, Idempotency_Key="k").json()["summary"]["ok"] == 1
    agent.roleassignment_set.filter(role__key="agent").delete()
    told = bulk(agent_api, *operations, Idempotency_Key="k").json()["results"]
    assert (told[0]["status"], "body" in told[0]) == (404, False)


def test_each_operation_counts_against_the_limit(agent_api):
    before = agent_api.get("users/me/")["RateLimit"]
    after = bulk(agent_api, *[op("GET", "users/me/")] * 5)["RateLimit"]
    left = [int(text.split("r=")[1].split(";")[0]) for text in (before, after)]
    assert left[0] - left[1] == 6  # the bulk itself is a call too


def narrow(caller: Caller, *scopes: str) -> Caller:
    """The same person with a token of these scopes."""
    return Caller(token=caller.post("tokens/", {"name": "x", "scopes": list(scopes)}).json()["token"])


def test_a_scope_opens_in_a_bulk_what_it_opens_singly(agent_api):
    path = f"incidents/{make_incident().number}/"
    operations = [op("GET", path), op("POST", f"{path}comments/", {"body": "x"}), op("GET", "cis/")]
    told = bulk(narrow(agent_api, "bulk:write", "incidents:read"), *operations).json()["results"]
    assert [each["status"] for each in told] == [200, 403, 403]
    problem(bulk(narrow(agent_api, "incidents:write"), *operations), 403, "not_allowed")


def test_problems_are_in_the_language_of_the_call(agent):
    korean = Caller(agent, language="ko")
    told = bulk(korean, op("POST", "incidents/", {})).json()["results"][0]
    single = problem(korean.post("incidents/", {}), 422, "rule_refused")
    assert not single["title"].isascii()
    assert told["problem"] | {"request_id": ""} == single | {"request_id": ""}


def test_a_session_needs_its_csrf_token_once(db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    body = {"operations": [op("POST", "incidents/", GOOD)] * 2}
    problem(client.post("/api/v1/bulk/", body, content_type="application/json"), 403, "csrf")
    token = client.cookies["maru_csrf"] = get_random_string(32)
    done = client.post("/api/v1/bulk/", body, content_type="application/json", headers={"X-CSRFToken": token})
    assert done.json()["summary"] == {"ok": 2, "failed": 0}


def test_a_secret_is_told_once_and_not_by_a_repeat(agent_api):
    operations = [op("POST", "tokens/", {"name": "ci"})]
    first, second = (
        bulk(agent_api, *operations, Idempotency_Key="k").json()["results"][0]["body"] for _ in range(2)
    )
    assert first["token"].startswith("itsm_pat_")
    assert second == first | {"token": None}


BAD_PATHS = [
    "",
    "incidents/",
    "//evil.example/api/v1/incidents/",
    "https://evil.example/api/v1/incidents/",
    "http://testserver/api/v1/incidents/",
    "/api/v2/incidents/",
    "/w/incidents/",
    "/accounts/logout/",
    "/api/v1/../../accounts/logout/",
    "/api/v1/incidents/../users/",
    "/api/v1/%2e%2e/incidents/",
    "/api/v1/incidents/%2E%2E/%2e%2e/%2e%2e/w/",
    "/api/v1/..%2fincidents/",
    "/api/v1/incidents\\..\\users/",
    "/api/v1//incidents/",
    "/api/v1/./incidents/",
    "/api/v1/incidents/%00/",
    "/api/v1/incidents/%ff/",
    "/api/v1/incidents/#top",
    "/api/v1/incidents/\r\nX-Evil: 1",
    "/api/v1/bulk/",
    "/api/v1/bulk",
    "/api/v1/%62ulk/",
    "/api/v1/jobs/",
    "/api/v1/stream/?topics=users/me",
    "/api/v1/attachments/",
    "/api/v1/incidents/INC0000001/attachments/",
    "/api/v1/hooks/laptop_request/",
    "/api/v1/schema/",
    "/api/v1/docs/",
    "/api/v1/",
    "/api/v1",
    "/api/v1/" + "x" * 2000,
    7,
    None,
    ["/api/v1/incidents/"],
]


@pytest.mark.parametrize("path", BAD_PATHS)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_path_that_is_none_refuses_the_whole(agent, path, language):
    caller = Caller(agent, language=language)
    operations = [op("POST", "incidents/", GOOD), {"method": "POST", "path": path}]
    body = problem(caller.post("bulk/", {"operations": operations}), 400, "bad_input", "/operations/1/path")
    assert body["errors"][0]["detail"].isascii() is (language == "en") or "/api/v1/" in body["detail"]
    assert not Incident.objects.exists()


BAD = [
    ([], ""),
    ("text", ""),
    ({}, "/operations"),
    ({"operations": {}}, "/operations"),
    ({"operations": []}, "/operations"),
    ({"operations": [op("GET", "users/me/")] * 1001}, "/operations"),
    ({"operations": [op("GET", "users/me/")] * 101, "atomic": True}, "/operations"),
    ({"operations": [op("GET", "users/me/")], "atomic": "yes"}, "/atomic"),
    ({"operations": [op("GET", "users/me/")], "atomic": None}, "/atomic"),
    ({"operations": [op("GET", "users/me/")], "other": 1}, "/other"),
    ({"operations": ["GET"]}, "/operations/0"),
    ({"operations": [op("HEAD", "users/me/")]}, "/operations/0/method"),
    ({"operations": [op("get", "users/me/")]}, "/operations/0/method"),
    ({"operations": [{"path": "/api/v1/users/me/"}]}, "/operations/0/method"),
    ({"operations": [op("GET", "users/me/", headers={"Authorization": "x"})]}, "/operations/0/headers"),
    ({"operations": [op("GET", "users/me/", {"a": 1})]}, "/operations/0/body"),
    ({"operations": [op("GET", "users/me/", ref=7)]}, "/operations/0/ref"),
    ({"operations": [op("GET", "users/me/", ref="x" * 101)]}, "/operations/0/ref"),
    ({"operations": [op("GET", "users/me/", ref="a")] * 2}, "/operations/1/ref"),
    ({"operations": [op("POST", "incidents/", GOOD, if_match=['"x"'])]}, "/operations/0/if_match"),
    ({"operations": [op("POST", "incidents/", GOOD, if_match='"é"')]}, "/operations/0/if_match"),
    *(
        ({"operations": [op("POST", "cis/", {}, idempotency_key=key)]}, "/operations/0/idempotency_key")
        for key in ("", "a b", "é", 1)
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "place"), BAD)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_malformed_bulk_is_refused_with_its_place(agent, body, place, language):
    caller = Caller(agent, language=language)
    told = problem(caller.post("bulk/", body), 400, "bad_input", *([place] if place else []))
    assert told["title"].isascii() is (language == "en")
    assert not Incident.objects.exists()
    assert not Job.objects.exists()


def test_all_mistakes_are_told_but_not_endlessly(agent_api):
    rows = [{"method": "NO", "path": "/x"}] * 30
    body = problem(agent_api.post("bulk/", {"operations": rows}), 400, "bad_input")
    assert len(body["errors"]) == 20


def test_the_body_of_an_operation_is_read_as_strictly_as_any(agent_api):
    told = bulk(
        agent_api,
        op("POST", "incidents/", [1]),
        op("POST", "incidents/", {"title": "x", "number": "INC1"}),
        op("PUT", "incidents/", {}),
        op("POST", "incidents/INC1/nothing/", {}),
    ).json()["results"]
    assert [each["status"] for each in told] == [400, 400, 405, 404]
    assert agent_api.post("bulk/", raw=b'{"operations": [], "operations": []}').status_code == 400


def test_a_bulk_needs_a_credential(db):
    problem(Caller().post("bulk/", {"operations": [op("GET", "users/me/")]}), 401, "not_signed_in")
