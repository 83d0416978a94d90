"""Connectors over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from connectors.models import Connector, ConnectorCall, ConnectorSecret
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.connectors import make_connector

CANARY = "canary-7c1f-secret"
GOOD = {"key": "erp", "name_ko": "전사자원", "base_url": "https://erp.example/api"}


@pytest.fixture
def keeper(db: None) -> Caller:
    return Caller(administrator())


def test_a_connector_is_made_read_and_changed(keeper):
    made = keeper.post("connectors/", GOOD | {"auth": "bearer"})
    assert made.status_code == 201, made.json()
    assert made["Location"] == "/api/v1/connectors/erp/"
    body = made.json()
    assert (body["allowed_hosts"], body["auth_label"], body["secrets"]) == (
        ["erp.example"],
        "Bearer token",
        [],
    )
    assert keeper.get("connectors/erp/").json() == body
    changed = keeper.change("connectors/erp/", {"timeout_seconds": 20, "enabled": False})
    assert (changed.json()["timeout_seconds"], changed.json()["enabled"]) == (20, False)
    assert "erp" in {each["key"] for each in keeper.get("connectors/").json()["results"]}


def test_a_change_needs_the_version(keeper):
    make_connector(key="erp")
    problem(keeper.patch("connectors/erp/", {"enabled": False}), 428, "version_missing", "If-Match")
    problem(keeper.patch("connectors/erp/", {"enabled": False}, If_Match='"old"'), 412, "stale_version")
    assert Connector.objects.get(key="erp").enabled


@pytest.mark.parametrize(
    ("change", "status", "places"),
    [
        ({"key": "ERP"}, 422, ["/key"]),
        ({"base_url": "file:///etc/passwd"}, 422, ["/base_url"]),
        ({"timeout_seconds": 61}, 422, ["/timeout_seconds"]),
        ({"timeout_seconds": "10"}, 422, ["/timeout_seconds"]),
        ({"auth": "oauth2"}, 422, ["/client_id", "/token_url"]),
        ({"headers": {"Cookie": "x"}}, 422, ["/headers"]),
        ({"secrets": [{"name": "token"}]}, 400, ["/secrets"]),
        ({"lock_version": 7}, 400, ["/lock_version"]),
    ],
)
def test_a_bad_connector_is_not_made(keeper, change, status, places):
    code = "bad_input" if status == 400 else "rule_refused"
    problem(keeper.post("connectors/", GOOD | change), status, code, *places)
    assert not Connector.objects.exclude(key="directory").exists()  # the one that ships


def test_a_taken_key_is_a_duplicate(keeper):
    make_connector(key="erp")
    problem(keeper.post("connectors/", GOOD), 409, "duplicate", "/key")


def test_a_secret_goes_in_and_never_comes_out(keeper):
    make_connector(key="erp", auth="bearer")
    answer = keeper.post("connectors/erp/secrets/", {"name": "token", "value": CANARY})
    assert answer.status_code == 200
    assert [each["name"] for each in answer.json()["secrets"]] == ["token"]
    answers = [
        answer,
        keeper.get("connectors/"),
        keeper.get("connectors/erp/"),
        keeper.get("connectors/erp/calls/"),
    ]
    assert not any(CANARY in each.content.decode() for each in answers)
    assert keeper.post("connectors/erp/secrets/", {"name": "token", "value": ""}).json()["secrets"] == []
    assert not ConnectorSecret.objects.exists()


def test_a_repeated_secret_is_stored_once(keeper):
    make_connector(key="erp", auth="bearer")
    for _turn in range(2):
        body = {"name": "token", "value": CANARY}
        assert keeper.post("connectors/erp/secrets/", body, Idempotency_Key="k").status_code == 200
    assert Connector.objects.get(key="erp").lock_version == 2


def test_a_session_confirms_its_password_before_a_secret(keeper):
    make_connector(key="erp", auth="bearer")
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(keeper.user)
    body = {"name": "token", "value": CANARY}
    answer = browser.post("/api/v1/connectors/erp/secrets/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthenticate")
    assert not ConnectorSecret.objects.exists()


@pytest.mark.parametrize("person", [AgentFactory, UserFactory])
@pytest.mark.parametrize(
    "path", ["connectors/", "connectors/erp/", "connectors/none/", "connectors/erp/calls/"]
)
def test_it_is_for_who_edits_configuration(person, path, db):
    make_connector(key="erp")
    problem(Caller(person()).get(path), 403, "not_allowed")


def test_what_is_not_there_is_not_found(keeper):
    problem(keeper.get("connectors/none/"), 404, "not_found")
    problem(keeper.get("connectors/none/calls/"), 404, "not_found")
    problem(keeper.post("connectors/none/test/", {}), 404, "not_found")


def test_calls_are_listed_and_read_whole(keeper):
    row = make_connector(key="erp")
    call = ConnectorCall.objects.create(
        connector=row, method="GET", url="x", error="timeout", request_body="b"
    )
    call.refresh_from_db()
    listed = keeper.get("connectors/erp/calls/").json()["results"]
    assert (listed[0]["error"], listed[0]["error_label"]) == ("timeout", "The target did not answer in time.")
    assert "request_body" not in listed[0]
    assert keeper.get(f"connectors/erp/calls/{call.public_id}/").json()["request_body"] == "b"
    other = make_connector()
    problem(keeper.get(f"connectors/{other.key}/calls/{call.public_id}/"), 404, "not_found")


@pytest.mark.parametrize("rows", [2, 20])
def test_the_lists_cost_the_same_for_any_number_of_rows(keeper, rows, django_assert_num_queries):
    made = [make_connector(auth="bearer", secret=CANARY) for _each in range(rows)]
    ConnectorCall.objects.bulk_create(
        ConnectorCall(connector=made[0], method="GET", url="x") for _each in range(rows)
    )
    keeper.get("connectors/")
    with django_assert_num_queries(4):  # token, its owner and grants · other companies · connectors · secrets
        assert len(keeper.get("connectors/").json()["results"]) == rows + 1  # with the one that ships
    with django_assert_num_queries(5):  # token · other companies · connector · its secrets · calls
        assert len(keeper.get(f"connectors/{made[0].key}/calls/").json()["results"]) == rows


@pytest.mark.django_db(transaction=True)
def test_a_test_call_shows_the_answer(sink):
    keeper = Caller(administrator())
    row = make_connector(sink.url, auth="bearer", secret=CANARY)
    for _turn in range(2):  # each is sent, also with a key
        answer = keeper.post(f"connectors/{row.key}/test/", {"path": "/echo"}, Idempotency_Key="k")
        body: Any = answer.json()
        assert (answer.status_code, body["status"], body["error"]) == (200, 200, "")
    assert CANARY not in answer.content.decode()
    assert "•••" in body["body"]
    assert len(sink.requests) == 2
    refused = keeper.post(f"connectors/{row.key}/test/", {"path": "/../x"})
    assert refused.json()["error"] == "bad_request"
    problem(Caller(AgentFactory()).post(f"connectors/{row.key}/test/", {}), 403, "not_allowed")
    assert len(sink.requests) == 2
