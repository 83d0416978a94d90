"""Webhooks over REST."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from core.time import db_now
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.webhooks import URL, make_delivery, make_webhook
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookSecret

GOOD = {"url": URL, "events": ["request.*", "incident.opened"]}


@pytest.fixture
def keeper(db: None) -> Caller:
    return Caller(administrator())


def address(row: Webhook, rest: str = "") -> str:
    return f"webhooks/{row.public_id}/{rest}"


def test_a_webhook_is_made_read_changed_and_removed(keeper):
    made = keeper.post("webhooks/", GOOD)
    assert made.status_code == 201, made.json()
    body = made.json()
    secret = body.pop("secret")
    assert secret.startswith("whsec_")
    assert made["Location"] == f"/api/v1/webhooks/{body['id']}/"
    assert (body["name"], body["events"], body["payload"], body["enabled"]) == (
        "erp.example", GOOD["events"], "thin", True,
    )  # fmt: skip
    assert body["run_as"]["username"] == body["owner"]["username"] == keeper.user.username
    place = f"webhooks/{body['id']}/"
    assert keeper.get(place).json() == body
    assert secret not in keeper.get("webhooks/").content.decode()
    changed = keeper.change(place, {"enabled": False, "payload": "full", "name": "전사자원"})
    assert (changed.json()["enabled"], changed.json()["payload_label"]) == (
        False, "The whole record, as its reader may see it",
    )  # fmt: skip
    problem(keeper.delete(place), 428, "version_missing", "If-Match")
    assert keeper.delete(place, If_Match=keeper.get(place)["ETag"]).status_code == 204
    problem(keeper.get(place), 404, "not_found")


def test_a_change_needs_the_version(keeper):
    row = make_webhook()
    problem(keeper.patch(address(row), {"enabled": False}), 428, "version_missing", "If-Match")
    problem(keeper.patch(address(row), {"enabled": False}, If_Match='"old"'), 412, "stale_version")
    assert Webhook.objects.get().enabled


@pytest.mark.parametrize(
    ("change", "status", "places"),
    [
        ({"url": "http://127.0.0.1/"}, 422, ["/url"]),
        ({"url": "https://169.254.169.254/latest/meta-data/"}, 422, ["/url"]),
        ({"url": None}, 422, ["/url"]),
        ({"events": []}, 422, ["/events"]),
        ({"events": "incident.*"}, 422, ["/events"]),
        ({"events": ["change.opened.now.x"]}, 422, ["/events"]),
        ({"payload": "all"}, 422, ["/payload"]),
        ({"run_as": "nobody"}, 422, ["/run_as"]),
        ({"owner": 7}, 422, ["/owner"]),
        ({"enabled": "yes"}, 422, ["/enabled"]),
        ({"condition": {"f": "x", "op": "eq", "v": 1}}, 422, ["/condition/f"]),
        ({"condition": {"all": [{"f": "state", "op": "changed"}]}}, 422, ["/condition/all/0"]),
        ({"condition": "x"}, 422, ["/condition"]),
        ({"secret": "whsec_x"}, 400, ["/secret"]),
        ({"lock_version": 7}, 400, ["/lock_version"]),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_bad_webhook_is_not_made(db, change, status, places, language):
    caller = Caller(administrator(), language=language)
    code = "bad_input" if status == 400 else "rule_refused"
    told = problem(caller.post("webhooks/", GOOD | change), status, code, *places)
    assert any("가" <= letter <= "힣" for letter in told["errors"][0]["detail"]) is (language == "ko")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("person", [UserFactory, AgentFactory])
def test_others_reach_nothing(db, person):
    row = make_webhook()
    delivery = make_delivery(row)
    caller = Caller(person(roles=["agent"]) if person is UserFactory else person())
    sent = address(row, "deliveries/")
    calls = [
        caller.get("webhooks/"), caller.post("webhooks/", GOOD), caller.get(address(row)),
        caller.post(address(row, "test/")), caller.post(address(row, "rotate/")), caller.get(sent),
        caller.get(f"{sent}{delivery.public_id}/"), caller.post(f"{sent}{delivery.public_id}/replay/"),
        caller.get(address(make_webhook(), "deliveries/")),
    ]  # fmt: skip
    assert [call.status_code for call in calls] == [403] * len(calls)


def test_a_repeat_does_not_tell_the_secret_again(keeper):
    first = keeper.post("webhooks/", GOOD, Idempotency_Key="k1")
    again = keeper.post("webhooks/", GOOD, Idempotency_Key="k1")
    assert again["Idempotency-Replayed"] == "true"
    assert first.json()["secret"]
    assert again.json() == first.json() | {"secret": None}
    assert Webhook.objects.count() == 1


def test_a_session_makes_a_secret_only_after_the_password(db):
    row = make_webhook()
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(administrator())
    for path, body in (("webhooks/", GOOD), (address(row, "rotate/"), {})):
        answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
        problem(answer, 403, "reauthenticate")
    assert WebhookSecret.objects.count() == 1


def test_a_rotation_tells_the_new_secret_once(keeper):
    row = make_webhook()
    told = keeper.post(address(row, "rotate/"), {"overlap_hours": 2}).json()
    assert told["secret"].startswith("whsec_")
    assert told["secret"] != row.plain
    assert [each["ends_at"] is None for each in sorted(told["secrets"], key=lambda s: s["created_at"])] == [
        False, True,
    ]  # fmt: skip
    problem(
        keeper.post(address(row, "rotate/"), {"overlap_hours": 25}), 422, "rule_refused", "/overlap_hours"
    )


@pytest.mark.parametrize("count", [2, 20])
def test_lists_cost_the_same_for_any_number_of_rows(keeper, count, django_assert_num_queries):
    rows = [make_webhook() for _number in range(count)]
    for _number in range(count):
        make_delivery(rows[0], state="dead")
    keeper.get("webhooks/")
    with django_assert_num_queries(3):  # token and grants, the webhooks, their secrets
        assert len(keeper.get("webhooks/?page_size=50").json()["results"]) == count
    with django_assert_num_queries(4):  # the same, and the deliveries
        found = keeper.get(address(rows[0], "deliveries/?page_size=50")).json()["results"]
    assert len(found) == count


def test_deliveries_are_listed_by_state_and_read_with_their_log(keeper):
    row = make_webhook()
    dead = make_delivery(row, state="dead", error="http_500", status=500, attempts=11)
    make_delivery(row, state="sent")
    for number in (1, 2):
        WebhookAttempt.objects.create(
            delivery=dead, number=number, url=URL, status=500, error="http_500", response_body="no"
        )
    found = keeper.get(address(row, "deliveries/?state=dead")).json()["results"]
    assert [(each["id"], each["state"], each["error_label"]) for each in found] == [
        (str(dead.public_id), "dead", "The target answered with status 500.")
    ]
    assert "log" not in found[0]
    one = keeper.get(address(row, f"deliveries/{dead.public_id}/")).json()
    assert [(each["number"], each["status"], each["response_body"]) for each in one["log"]] == [
        (1, 500, "no"), (2, 500, "no"),
    ]  # fmt: skip
    assert one["message_id"] == str(dead.message_id)
    problem(keeper.get(address(row, "deliveries/?state=lost")), 400, "bad_input", "state")
    problem(keeper.get(address(row, "deliveries/?status=dead")), 400, "bad_input", "status")
    problem(keeper.get(f"webhooks/{uuid.uuid4()}/deliveries/"), 404, "not_found")
    problem(keeper.get(address(make_webhook(), f"deliveries/{dead.public_id}/")), 404, "not_found")


def test_one_and_many_are_sent_again(keeper):
    row = make_webhook()
    dead = [make_delivery(row, state="dead", attempts=11) for _number in range(3)]
    one = keeper.post(address(row, f"deliveries/{dead[0].public_id}/replay/")).json()
    assert (one["state"], one["attempts"], one["replays"]) == ("waiting", 0, 1)
    since = (db_now() - dt.timedelta(hours=1)).isoformat()
    assert keeper.post(address(row, "replay/"), {"from": since}).json() == {"count": 2}
    assert WebhookDelivery.objects.filter(state="waiting").count() == 3


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, ["/from"]),
        ({"from": "yesterday"}, ["/from"]),
        ({"from": "2026-03-01T00:00:00"}, ["/from"]),
        ({"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, ["/to"]),
        ({"from": "2026-03-02T00:00:00Z", "states": ["waiting"]}, ["/states"]),
        ({"from": "2026-03-02T00:00:00Z", "states": []}, ["/states"]),
    ],
)
def test_a_span_that_is_none_replays_nothing(keeper, body, places):
    row = make_webhook()
    make_delivery(row, state="dead")
    problem(keeper.post(address(row, "replay/"), body), 422, "rule_refused", *places)
    assert WebhookDelivery.objects.get().state == "dead"


def test_one_that_is_off_replays_nothing(keeper):
    row = make_webhook(enabled=False)
    dead = make_delivery(row, state="dead")
    told = problem(keeper.post(address(row, f"deliveries/{dead.public_id}/replay/")), 409, "wrong_state")
    assert told["current_state"] == "off"


def test_the_catalogue_names_every_event_with_its_schema(keeper):
    found = {each["name"]: each for each in keeper.get("event-types/").json()["results"]}
    assert {"incident.opened", "ticket.commented", "sla.breached", "ci.changed"} <= set(found)
    assert found["incident.moved"]["label"] == "Incident came to another state"
    korean = Caller(keeper.user, language="ko").get("event-types/").json()["results"]
    assert next(each for each in korean if each["name"] == "incident.moved")["label"] != "Incident moved"
    assert found["incident.moved"]["schema"]["properties"]["type"] == {"const": "incident.moved"}


@pytest.mark.django_db(transaction=True)
def test_a_test_is_sent_now_and_logged_whatever_its_key(sink: Any):
    row = make_webhook(sink.url + "/status/418", enabled=False)
    keeper = Caller(administrator())
    for _time in range(2):
        told = keeper.post(address(row, "test/"), Idempotency_Key="once").json()
        assert (told["status"], told["error"], told["body"]) == (418, "http_418", "it does not work")
    assert len(sink.requests) == 2
    rows = keeper.get(address(row, "deliveries/")).json()["results"]
    assert [(each["type"], each["state"]) for each in rows] == [("webhook.test", "dead")] * 2
    row.pulse.refresh_from_db()
    assert row.pulse.failures == 0, "a test counts against nothing"
    path = address(row, f"deliveries/{rows[0]['id']}/replay/")
    assert keeper.post(path).status_code in (409, 422)
