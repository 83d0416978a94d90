"""Signed calls that start flows: Standard Webhooks from the outside, secrets, repeats, refusals (A-47)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from core import secrets
from core.api.throttling import CallerThrottle
from core.models import AuditLog, IdempotencyKey
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.workflows import go, graph_of, make_flow
from workflows import services, signing
from workflows.models import FlowHook, FlowRun

SEEN = {"a": {"kind": "set", "set": {"seen": {"path": "vars.trigger"}}}}
BODY = b'{"type": "order.paid", "data": {"no": 7, "name": "\xea\xb9\x80"}}'


def reference(secret: str, message_id: str, timestamp: str, payload: bytes) -> str:
    """As the specification (standardwebhooks.com) says it, written without looking at ours."""
    assert secret.startswith("whsec_")
    mac = hmac.new(base64.b64decode(secret[6:]), digestmod=hashlib.sha256)
    for part in (message_id.encode(), b".", timestamp.encode(), b".", payload):
        mac.update(part)
    return "v1," + base64.standard_b64encode(mac.digest()).decode("ascii")


@pytest.fixture
def admin(db):
    return Caller(AgentFactory(roles=["administrator"]))


@pytest.fixture
def flow(db):
    return make_flow(SEEN, trigger={"kind": "inbound_webhook"}).flow


@pytest.fixture
def secret(admin, flow):
    return admin.post(f"flows/{flow.key}/hook-secret/").json()["secret"]


def send(key, secret, *, body=BODY, message_id="m-1", at=None, sent=None, path="", **headers):
    """A call; ``sent`` is the body that goes out where it differs from the one that was signed."""
    stamp = str(int(time.time()) if at is None else at)
    told = {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": reference(secret, message_id, stamp, body),
        "Accept-Language": "en",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    told = {name: value for name, value in told.items() if value is not None}
    kind = told.pop("Content-Type", "application/json")
    return Client(enforce_csrf_checks=True).generic(
        "POST",
        path or f"/api/v1/hooks/{key}/",
        body if sent is None else sent,
        content_type=kind,
        headers=told,
    )


def test_the_algorithm_is_that_of_the_specification():
    """The example of the specification and of its libraries, word for word."""
    told = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
        b'{"test": 2432232314}',
    )  # fmt: skip
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(
    st.binary(max_size=200), st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
)
def test_ours_and_the_reference_agree_on_every_body(raw, message_id):
    secret = signing.new_secret()
    assert len(base64.b64decode(secret[6:])) == 32
    ours = signing.signature(secret, message_id, "1700000000", raw)
    assert ours == reference(secret, message_id, "1700000000", raw)


def test_a_signed_call_starts_the_flow_with_its_facts(flow, secret):
    at = int(time.time()) - 10
    answer = send(flow.key, secret, at=at)
    assert answer.status_code == 202, answer.content
    run = FlowRun.objects.get()
    assert answer.json() == {"run": str(run.public_id)}
    go()
    run.refresh_from_db()
    assert (run.ticket, run.started_by, run.status) == (None, None, "completed")
    assert run.vars["seen"] == {
        "id": "m-1",
        "at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(at)),
        "body": {"type": "order.paid", "data": {"no": 7, "name": "김"}},
    }


def test_the_address_works_without_its_last_slash(flow, secret):
    assert send(flow.key, secret, path=f"/api/v1/hooks/{flow.key}").status_code == 202


def test_a_message_starts_the_flow_once_also_after_another_version_or_a_day(flow, secret):
    first = send(flow.key, secret).json()
    assert send(flow.key, secret).json() == first
    assert send(flow.key, secret, body=b'{"other": 1}').json() == first
    IdempotencyKey.objects.all().delete()
    assert send(flow.key, secret).json() == first
    graph = graph_of(SEEN, key=flow.key, trigger={"kind": "inbound_webhook"})
    services.publish(services.save_draft(actor=None, key=flow.key, graph=graph).pk, actor=None)
    assert send(flow.key, secret).json() == first
    IdempotencyKey.objects.all().delete()
    assert send(flow.key, secret).json() == first
    assert send(flow.key, secret, message_id="m-2").json() != first
    long = "x" * 250
    assert (
        send(flow.key, secret, message_id=long + "a").json()
        != send(flow.key, secret, message_id=long + "b").json()
    )
    assert FlowRun.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_start_one_run():
    flow = make_flow(SEEN, trigger={"kind": "inbound_webhook"}).flow
    _hook, secret = services.make_hook_secret(flow.key, actor=None)

    def one(_turn):
        try:
            return send(flow.key, secret).json()["run"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        runs = set(pool.map(one, range(8)))
    assert runs == {str(FlowRun.objects.get().public_id)}


def test_the_condition_decides(admin):
    condition = {"f": "vars.trigger.body.no", "op": "gt", "v": 5}
    key = make_flow(SEEN, trigger={"kind": "inbound_webhook", "if": condition}).flow.key
    secret = admin.post(f"flows/{key}/hook-secret/").json()["secret"]
    assert send(key, secret, body=b'{"no": 6}', message_id="big").json()["run"]
    small = (b'{"no": 5}', b'{"no": null}', b'{"no": [9]}', b'{"no": "many"}', b'{"no": {"a": 9}}', b"{}")
    for number, body in enumerate(small):
        answer = send(key, secret, body=body, message_id=f"small-{number}")
        assert (answer.status_code, answer.json()) == (202, {"run": None})
    assert FlowRun.objects.count() == 1


TAMPERED = {
    "another body": {"sent": BODY + b" "},
    "no body": {"sent": b""},
    "another id": {"webhook_id": "m-2"},
    "no id": {"webhook_id": None},
    "an id with a space": {"message_id": "m 1"},
    "an id that is too long": {"message_id": "x" * 256},
    "another time": {"webhook_timestamp": str(int(time.time()) + 1)},
    "no time": {"webhook_timestamp": None},
    "a time that is none": {"webhook_timestamp": "now"},
    "a time in other digits": {"webhook_timestamp": "\uff17"},
    "a huge time": {"webhook_timestamp": "9" * 400},
    "no signature": {"webhook_signature": None},
    "an empty signature": {"webhook_signature": ""},
    "another signature": {"webhook_signature": "v1," + base64.b64encode(b"x" * 32).decode()},
    "no base64": {"webhook_signature": "v1,김"},
    "a newer scheme alone": {"webhook_signature": "v1a,abc"},
    "too old": {"at": int(time.time()) - 10 * 86_400},
    "too new": {"at": int(time.time()) + 10 * 86_400},
    "another secret": {"secret": signing.new_secret()},
    "an unknown flow": {"key": "no-such-flow"},
    "a flow without a hook": {"key": "plain"},
}


@pytest.mark.parametrize("case", sorted(TAMPERED))
def test_whatever_does_not_fit_gets_one_answer(case, flow, secret):
    make_flow(SEEN, key="plain", trigger={"kind": "inbound_webhook"})
    parts = {"key": flow.key, "secret": secret} | TAMPERED[case]
    answer = send(parts.pop("key"), parts.pop("secret"), **parts)
    told = problem(answer, 401, "bad_signature")
    for name in ("instance", "request_id"):
        told.pop(name)
    assert told == {
        "type": "/problems/bad-signature",
        "title": "This call is not signed as it should be",
        "status": 401,
        "code": "bad_signature",
        "detail": "This call is not signed as it should be",
    }
    assert not FlowRun.objects.exists()


def test_five_minutes_are_the_limit(flow, secret):
    now = int(time.time())
    assert send(flow.key, secret, at=now - 290, message_id="a").status_code == 202
    assert send(flow.key, secret, at=now + 290, message_id="b").status_code == 202
    assert send(flow.key, secret, at=now - 310, message_id="c").status_code == 401
    assert send(flow.key, secret, at=now + 310, message_id="d").status_code == 401


def test_one_good_signature_among_several_is_enough(flow, secret):
    now = str(int(time.time()))
    good = reference(secret, "m-1", now, BODY)
    mixed = f"v1,AAAA v2,x {good}"
    assert send(flow.key, secret, at=int(now), webhook_signature=mixed).status_code == 202
    assert send(flow.key, secret, at=int(now), webhook_signature=good.removeprefix("v1,")).status_code == 401
    assert (
        send(flow.key, secret, at=int(now), webhook_signature=" ".join(["v1,x"] * 20 + [good])).status_code
        == 401
    )


def test_the_key_of_a_repeat_opens_nothing(flow, secret):
    """Nobody has signed in here: a key that another caller used must not stand in for a signature."""
    assert send(flow.key, secret, Idempotency_Key="k").status_code == 202
    answer = send(flow.key, signing.new_secret(), Idempotency_Key="k")
    assert answer.status_code == 401
    assert "Idempotency-Replayed" not in answer


def test_bad_bodies_are_refused_after_the_signature(flow, secret):
    deep = b"[" * 40 + b"]" * 40
    for body, status, code in [
        (b"{", 400, "bad_input"),
        (b"[1]", 400, "bad_input"),
        (b'{"a": 1, "a": 2}', 400, "bad_input"),
        (b'{"a": NaN}', 400, "bad_input"),
        (b'{"a": "\\u0000"}', 400, "bad_input"),
        (b'{"a": ' + deep + b"}", 400, "bad_input"),
        (b'{"a": "\xff"}', 400, "bad_input"),
        (b'{"a": "' + b"x" * 65_530 + b'"}', 413, "too_large"),
        (b'{"a": "' + "김".encode() * 20_000 + b'"}', 413, "too_large"),
        (b'{"a": "' + b"x" * 2_000_000 + b'"}', 413, "too_large"),
    ]:
        problem(send(flow.key, secret, body=body), status, code)
    problem(send(flow.key, secret, Content_Type="text/plain"), 415, "unsupported_media_type")
    assert not FlowRun.objects.exists()
    fits = json.dumps({"a": "x" * 60_000}).encode()
    assert send(flow.key, secret, body=fits).status_code == 202


def test_other_methods_and_parameters_are_refused(flow, secret):
    assert Client().get(f"/api/v1/hooks/{flow.key}/").status_code == 405
    answer = send(flow.key, secret, path=f"/api/v1/hooks/{flow.key}/?token=x")
    problem(answer, 400, "bad_input", "token")


def test_calls_of_one_address_are_limited(flow, secret, monkeypatch):
    monkeypatch.setattr(CallerThrottle, "count", staticmethod(lambda caller, minute: 10_000))
    assert problem(send(flow.key, secret), 429, "rate_limited")
    assert not FlowRun.objects.exists()


def test_a_retired_flow_takes_no_calls(flow, secret):
    services.retire(flow.key, actor=None)
    problem(send(flow.key, secret), 409, "wrong_state")
    assert not FlowRun.objects.exists()


# Secrets


def test_a_secret_is_told_once_and_kept_encrypted(admin, flow):
    path = f"flows/{flow.key}/hook-secret/"
    problem(admin.get(path), 404, "not_found")
    made = admin.post(path, {}, Idempotency_Key="k")
    told = made.json()
    assert (made.status_code, told["address"]) == (201, f"/api/v1/hooks/{flow.key}/")
    again = admin.post(path, {}, Idempotency_Key="k").json()
    assert again == told | {"secret": None}
    shown = admin.get(path)
    assert shown.json() == {name: told[name] for name in ("address", "changed_at", "previous_until")}
    hook = FlowHook.objects.get()
    stored = json.dumps([hook.sealed, *AuditLog.objects.values_list("diff", flat=True),
                         *IdempotencyKey.objects.values_list("answer", flat=True)])  # fmt: skip
    assert told["secret"].removeprefix("whsec_") not in stored
    assert AuditLog.objects.filter(action="hook_secret_made").count() == 1


def test_the_secret_before_is_good_for_a_day(admin, flow, secret):
    new = admin.post(f"flows/{flow.key}/hook-secret/").json()
    assert send(flow.key, secret, message_id="old").status_code == 202
    assert send(flow.key, new["secret"], message_id="new").status_code == 202
    FlowHook.objects.update(previous_until="2020-01-01T00:00:00Z")
    assert send(flow.key, secret, message_id="late").status_code == 401
    third = admin.post(f"flows/{flow.key}/hook-secret/").json()["secret"]
    assert send(flow.key, secret, message_id="gone").status_code == 401
    assert send(flow.key, new["secret"], message_id="before").status_code == 202
    assert send(flow.key, third, message_id="third").status_code == 202


def test_a_hook_is_ended_at_once(admin, flow, secret):
    path = f"flows/{flow.key}/hook-secret/"
    assert admin.delete(path).status_code == 204
    problem(send(flow.key, secret), 401, "bad_signature")
    problem(admin.delete(path), 404, "not_found")
    assert AuditLog.objects.filter(action="hook_ended").count() == 1


def test_secrets_are_for_who_edits_configuration(admin, flow):
    path = f"flows/{flow.key}/hook-secret/"
    for caller in (Caller(AgentFactory()), Caller(UserFactory())):
        for method in ("GET", "POST", "DELETE"):
            problem(caller.call(method, path), 403, "not_allowed")
    problem(Caller().post(path), 401, "not_signed_in")
    browser = Client(headers={"Accept-Language": "en"})
    browser.force_login(admin.user)
    answer = browser.post(f"/api/v1/{path}", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthenticate")
    assert not FlowHook.objects.exists()
    problem(admin.post("flows/none/hook-secret/"), 404, "not_found")
    other = make_flow(SEEN | {"a": {"kind": "log", "message": "x"}}).flow.key
    problem(admin.post(f"flows/{other}/hook-secret/"), 422, "no_hook")


def test_a_secret_of_another_flow_is_refused(admin, flow, secret):
    other = make_flow(SEEN, trigger={"kind": "inbound_webhook"}).flow
    admin.post(f"flows/{other.key}/hook-secret/")
    problem(send(other.key, secret), 401, "bad_signature")
    FlowHook.objects.filter(flow=other).update(sealed=FlowHook.objects.get(flow=flow).sealed)
    problem(send(other.key, secret), 503, "secret_key")  # a moved value cannot be read
    assert not FlowRun.objects.exists()


def test_a_new_key_of_the_installation_takes_the_secrets_over(admin, flow, secret, settings):
    admin.post(f"flows/{flow.key}/hook-secret/")
    old = list(settings.FIELD_KEYS)
    settings.FIELD_KEYS = ["n" * 40, *old]
    assert secrets.reencrypt_all() == 1
    assert secrets.reencrypt_all() == 0
    settings.FIELD_KEYS = ["n" * 40]
    assert send(flow.key, secret).status_code == 202
