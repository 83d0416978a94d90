"""Calling through a connector: what is sent, what comes back, what is kept, and that no secret leaks."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import pytest
from django.db import transaction

from connectors import services
from connectors.models import CallSlot, Connector, ConnectorCall
from connectors.services import CallError, call, try_out
from connectors.services.request import MAX_REQUEST_BODY
from core.errors import NotVisibleError
from core.models import AuditLog, OutboxEvent
from tests.factories.accounts import AgentFactory
from tests.factories.connectors import make_connector
from tests.sinks import Sink

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = 'canary "7k1q/&+secret'
TOKEN = "canary-token-9w2z"


def failed(row: Connector, **more: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        call(row.key, **({"method": "GET"} | more))
    return caught.value


def test_what_is_asked_for_is_sent_once_and_kept(sink):
    row = make_connector(sink.url + "/base", headers={"X-Company": "maru"})
    answer = call(
        row.key,
        method="post",
        path="/echo/노트북",
        query={"a": [1, 2], "b": True, "c": None},
        body={"이름": "노트북", "n": 1.5},
        headers={"X-Flow": "laptop"},
        idempotency_key="run:node:/:0",
        source="run 1 node erp",
    )
    method, path, headers, body = sink.requests[0]
    assert (method, path) == ("POST", "/base/echo/%EB%85%B8%ED%8A%B8%EB%B6%81?a=1&a=2&b=true")
    assert json.loads(body) == {"이름": "노트북", "n": 1.5}
    assert headers["idempotency-key"] == "run:node:/:0"
    assert (headers["x-company"], headers["x-flow"], headers["content-type"]) == (
        "maru", "laptop", "application/json",
    )  # fmt: skip
    assert (answer.status, answer.body) == (200, {"ok": True})
    assert len(sink.requests) == 1
    kept = ConnectorCall.objects.get()
    assert (kept.method, kept.status, kept.error, kept.idempotency_key, kept.source) == (
        "POST", 200, "", "run:node:/:0", "run 1 node erp",
    )  # fmt: skip
    assert kept.url.endswith(path)
    assert json.loads(kept.request_body) == {"이름": "노트북", "n": 1.5}
    assert kept.response_body == '{"ok": true}'
    assert not CallSlot.objects.exists()


def test_never_inside_a_transaction(sink):
    row = make_connector(sink.url)
    with transaction.atomic(), pytest.raises(RuntimeError):
        call(row.key, method="GET")
    with transaction.atomic(), pytest.raises(RuntimeError):
        try_out(row.key, actor=None)
    assert sink.connections == 0


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (403, False), (404, False), (409, False), (422, False),
     (408, True), (429, True), (500, True), (502, True), (503, True)],
)  # fmt: skip
def test_a_refusal_tells_whether_to_try_again(sink, status, retryable):
    error = failed(make_connector(sink.url), path=f"/status/{status}")
    assert (error.code, error.retryable, error.retry_after, error.was_sent) == (
        f"http_{status}", retryable, 7.0, True,
    )  # fmt: skip
    assert "it does not work" not in f"{error} {error.message}", "nothing of the answer (OUT-7)"
    assert ConnectorCall.objects.get().response_body == "it does not work"


@pytest.mark.parametrize(
    ("path", "code", "retryable"),
    [("/hang", "timeout", True), ("/drip", "timeout", True), ("/big", "too_large", False),
     ("/bomb", "too_large", False), ("/cut", "protocol", True),
     ("/redirect/http%3A%2F%2F169.254.169.254%2F", "redirect", False)],
)  # fmt: skip
def test_a_bad_target_is_an_error_with_a_row(sink, path, code, retryable):
    error = failed(make_connector(sink.url, timeout_seconds=1), path=path)
    assert (error.code, error.retryable, error.was_sent) == (code, retryable, True)
    kept = ConnectorCall.objects.get()
    assert (kept.error, kept.status) == (code, None)
    assert not CallSlot.objects.exists()


def test_the_callers_time_counts_when_it_is_shorter(sink):
    error = failed(make_connector(sink.url, timeout_seconds=60), path="/hang", timeout=0.4)
    assert error.code == "timeout"
    assert ConnectorCall.objects.get().elapsed_ms < 3000


@pytest.mark.parametrize(
    "more",
    [
        {"method": "TRACE"}, {"method": "GET /\r\n"}, {"path": "/../admin"}, {"path": "//evil.example/"},
        {"headers": {"Authorization": "x"}}, {"headers": {"Host": "evil.example"}},
        {"headers": {"X": "a\r\nb: c"}},
        {"headers": {"X": 3}}, {"idempotency_key": "a\r\nb"}, {"idempotency_key": "x" * 256},
        {"body": float("nan")}, {"body": object()}, {"body": "x" * (MAX_REQUEST_BODY + 1)}, {"query": ["a"]},
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_sent_is_not(sink, more):
    error = failed(make_connector(sink.url), **more)
    assert (error.code, error.retryable, error.was_sent) == ("bad_request", False, False)
    assert sink.connections == 0


def test_who_is_not_there_or_off_is_not_called(sink):
    row = make_connector(sink.url, enabled=False)
    assert failed(row).code == "disabled"
    with pytest.raises(CallError) as caught:
        call("nobody", method="GET")
    assert caught.value.code == "unknown_connector"
    assert failed(make_connector(sink.url, auth="bearer")).code == "no_secret"
    assert sink.connections == 0


def test_another_installations_key_sends_nothing(sink, settings):
    row = make_connector(sink.url, auth="bearer", secret=TOKEN)
    settings.FIELD_KEYS = ["another key of forty letters, or more...."]
    error = failed(row)
    assert (error.code, error.was_sent) == ("secret_key", False)
    assert sink.connections == 0


def test_an_inner_address_is_refused_unless_allowed(sink, settings):
    settings.OUTBOUND_ALLOW = []
    assert failed(make_connector(sink.url)).code == "blocked_address"
    assert sink.connections == 0


# What comes back


@pytest.mark.parametrize(
    ("kind", "body", "kept"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/problem+json; charset=utf-8", b"[1]", [1]),
        ("application/json", b"not json", "not json"),
        ("application/json", b"", ""),
        ("application/json", b'{"a": "x\\u0000y", "b": "\\ud800"}', {"a": "x�y", "b": "�"}),
        ("application/json", b'{"a": 1e999, "b": NaN}', {"a": "inf", "b": "nan"}),
        ("application/json", b"[" * 100_000, "[" * 100_000),
        ("application/json", b"[" * 70 + b"]" * 70, "[" * 70 + "]" * 70),
        ("text/plain", "한글".encode(), "한글"),
        ("text/plain", b"\xff\x00", "��"),
        ("", b'{"a": 1}', '{"a": 1}'),
    ],
)
def test_what_came_can_always_be_stored(sink, kind, body, kept):
    sink.answers["/x"] = (200, {"Content-Type": kind} if kind else {}, body)
    answer = call(make_connector(sink.url).key, method="GET", path="/x")
    assert answer.body == kept
    OutboxEvent.objects.create(name="x.stored", payload={"body": answer.body, "headers": answer.headers})


def test_long_bodies_are_cut_in_the_log_alone(sink):
    text = "가" * 10_000
    sink.answers["/x"] = (200, {"Content-Type": "text/plain"}, text.encode())
    answer = call(make_connector(sink.url).key, method="POST", path="/x", body=text)
    assert answer.body == text
    kept = ConnectorCall.objects.get()
    assert kept.response_body == kept.request_body == "가" * (8192 // 3)


# Secrets


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("fields", "secret", "header", "sent"),
    [
        ({"auth": "basic", "username": "maru"}, CANARY, "authorization", basic("maru", CANARY)),
        ({"auth": "bearer"}, TOKEN, "authorization", f"Bearer {TOKEN}"),
        ({"auth": "api_key_header", "parameter": "X-Key"}, TOKEN, "x-key", TOKEN),
        ({"auth": "api_key_query", "parameter": "k"}, CANARY, "", ""),
    ],
)
def test_a_secret_is_sent_and_seen_nowhere(sink, fields, secret, header, sent, caplog):
    caplog.set_level(logging.DEBUG)
    row = make_connector(sink.url, **fields, secret=secret)
    answer = call(row.key, method="GET", path="/echo")
    _method, path, headers, _body = sink.requests[0]
    assert headers.get(header, "") == sent
    if not header:
        assert "k=canary+%227k1q%2F%26%2Bsecret" in path
    sink.answers["/bad"] = (418, {"X-Echo": sent or secret}, f"you sent {sent or secret}".encode())
    with pytest.raises(CallError) as caught:
        call(row.key, method="GET", path="/bad")
    trial = try_out(row.key, actor=None, path="/echo")
    assert trial.status == 200
    shown = [answer.headers, answer.body, str(caught.value), caught.value.message, repr(trial)]
    assert not leaks(shown, caplog)


def leaks(shown: list[Any], caplog: Any) -> list[str]:
    """Where a canary can be read: answers, rows, log lines."""
    rows = [*ConnectorCall.objects.values(), *AuditLog.objects.values(), *OutboxEvent.objects.values()]
    texts = [str(each) for each in (*shown, *rows)] + [
        f"{record.getMessage()} {record.args} {record.exc_text}" for record in caplog.records
    ]
    parts = ("canary", "Y2FuYXJ5", "NhbmFye", "jYW5hcn", "7k1q", "9w2z")
    return [text for text in texts if any(part in text for part in parts)]


def test_a_cookie_of_the_target_is_not_kept(sink):
    sink.answers["/x"] = (200, {"Set-Cookie": "session=abc"}, b"")
    answer = call(make_connector(sink.url).key, method="GET", path="/x")
    assert ConnectorCall.objects.get().response_headers["set-cookie"] == "•••"
    assert "set-cookie" not in answer.headers


# OAuth 2


@pytest.fixture
def issuer(sink: Sink) -> Sink:
    sink.answers["/token"] = (
        200, {"Content-Type": "application/json"},
        json.dumps({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}).encode(),
    )  # fmt: skip
    return sink


def oauth(sink: Sink) -> Connector:
    return make_connector(
        sink.url,
        auth="oauth2",
        client_id="maru",
        token_url=sink.url + "/token",
        scope="assets",
        secret=CANARY,
    )


def paths(sink: Sink) -> list[str]:
    return [path for _method, path, _headers, _body in sink.requests]


def test_a_token_is_fetched_once_and_kept_in_memory(issuer, caplog):
    caplog.set_level(logging.DEBUG)
    row = oauth(issuer)
    answers = [call(row.key, method="GET", path="/echo") for _turn in range(3)]
    assert paths(issuer) == ["/token", "/echo", "/echo", "/echo"]
    _method, _path, headers, body = issuer.requests[0]
    assert body == b"grant_type=client_credentials&scope=assets"
    assert headers["authorization"] == basic("maru", "canary%20%227k1q%2F%26%2Bsecret")
    assert issuer.requests[1][2]["authorization"] == f"Bearer {TOKEN}"
    assert not leaks([answer.body for answer in answers], caplog)


def test_a_token_that_ends_soon_is_not_kept(issuer):
    issuer.answers["/token"] = (200, {}, json.dumps({"access_token": TOKEN, "expires_in": 29}).encode())
    row = oauth(issuer)
    for _turn in range(2):
        call(row.key, method="GET", path="/ok")
    assert paths(issuer) == ["/token", "/ok", "/token", "/ok"]


def test_a_refused_token_is_renewed_once(issuer):
    issuer.answers["/x"] = (401, {}, b"")
    row = oauth(issuer)
    error = failed(row, path="/x", idempotency_key="same")
    assert (error.code, error.retryable) == ("http_401", False)
    assert paths(issuer) == ["/token", "/x", "/token", "/x"]
    assert [each.idempotency_key for each in ConnectorCall.objects.all()] == ["same", "same"]


def test_a_new_secret_ends_the_token(issuer):
    row = oauth(issuer)
    call(row.key, method="GET", path="/ok")
    services.set_secret(row.key, actor=None, name="client_secret", value="another secret")
    call(row.key, method="GET", path="/ok")
    assert paths(issuer) == ["/token", "/ok", "/token", "/ok"]


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        ((401, {}, b'{"error": "canary-in-error"}'), "token_refused", False),
        ((503, {}, b""), "token_refused", True),
        ((200, {}, b"no json"), "token_refused", False),
        ((200, {}, b"[]"), "token_refused", False),
        ((200, {}, b'{"access_token": 7}'), "token_refused", False),
        ((200, {}, b'{"access_token": "a\\r\\nb: c12345"}'), "token_refused", False),
        ((302, {"Location": "http://169.254.169.254/"}, b""), "redirect", False),
    ],
)
def test_no_token_no_call(issuer, answer, code, retryable):
    issuer.answers["/token"] = answer
    error = failed(oauth(issuer))
    assert (error.code, error.retryable, error.was_sent) == (code, retryable, False)
    assert paths(issuer) == ["/token"]


# The Test button


def test_a_trial_works_while_the_connector_is_off(sink):
    row = make_connector(sink.url, enabled=False)
    trial = try_out(row.key, actor=None, path="/ok")
    assert (trial.status, trial.body, trial.code) == (200, '{"ok": true}', "")
    assert ConnectorCall.objects.get().source == "test by system"


def test_a_trial_shows_a_refusal_with_its_text(sink):
    trial = try_out(make_connector(sink.url).key, actor=None, path="/status/503")
    assert (trial.status, trial.body, trial.code) == (503, "it does not work", "http_503")
    assert "503" in trial.message


def test_a_trial_is_not_for_others(sink):
    row = make_connector(sink.url)
    with pytest.raises(NotVisibleError):
        try_out(row.key, actor=AgentFactory())
    assert sink.connections == 0
