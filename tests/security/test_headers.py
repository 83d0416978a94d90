"""Headers as nobody should send them: refused or ignored, never a defect; what is refused writes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tests.security.operations import rows_digest

HUGE = "x" * 60_000
ODD = [
    "",
    " ",
    "\x00",
    "\x7f",
    "é",
    "가".encode().decode("latin-1"),
    "'",
    '"',
    "a\tb",
    "%00",
    "\u202e".encode().decode("latin-1"),
    "-1",
    HUGE,
    ",",
    ";;;",
    "*/*;q=nan",
]
NAMES = [
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "Authorization",
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Cookie",
    "Expect",
    "Forwarded",
    "HX-Request",
    "HX-Target",
    "Idempotency-Key",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Origin",
    "Prefer",
    "Range",
    "Referer",
    "Transfer-Encoding",
    "Upgrade",
    "X-CSRFToken",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Request-Id",
]


@pytest.fixture
def caller(db: None, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr("core.api.throttling.CallerThrottle.count", staticmethod(lambda *_args: 1))
    caller = Caller(AgentFactory())
    caller.get("users/me/")  # notes when the token was used last; the next calls of this minute do not
    return caller


def asked(caller: Caller, method: str, path: str, name: str, value: str) -> Any:
    """The call with that one header, beside the credential."""
    client = Client(raise_request_exception=False)
    headers = {"Authorization": caller.headers["Authorization"]} | {name: value}
    if method == "GET":
        return client.get(path, headers=headers)
    kind = value if name == "Content-Type" else "application/json"
    headers.pop("Content-Type", None)
    return client.generic(method, path, b'{"title": "VPN"}', content_type=kind, headers=headers)


@pytest.mark.parametrize("name", NAMES)
def test_no_header_is_a_defect(caller: Caller, name: str):
    number = make_incident().number
    calls = [
        ("GET", "/api/v1/incidents/?page_size=1"),
        ("GET", f"/api/v1/incidents/{number}/"),
        ("POST", "/api/v1/incidents/"),
        ("PATCH", f"/api/v1/incidents/{number}/"),
        ("GET", "/problems/busy"),
        ("GET", "/accounts/login/"),
    ]
    for method, path in calls:
        for value in ODD:
            answer = asked(caller, method, path, name, value)
            assert answer.status_code < 500, (method, path, name, value[:20])
            if answer.status_code >= 400 and path.startswith("/api/"):
                assert answer["Content-Type"] == "application/problem+json", (method, path, name, value[:20])
                assert set(answer.json()) >= {"type", "title", "status", "code", "detail", "request_id"}
            for told in answer.headers.values():
                assert "\n" not in told
                assert HUGE not in told
            if method == "PATCH":
                assert answer.status_code in {400, 401, 406, 412, 415, 428}, (name, value[:20])


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/*", 200),
        ("application/json", 200),
        ("application/json; q=0.1, text/html", 200),
        ("application/json; indent=4", 200),
        ("text/html", 406),
        ("application/xml", 406),
        ("image/png, text/plain", 406),
        ("nonsense", 406),
    ],
)
def test_what_is_accepted_decides_the_form(caller: Caller, accept: str, status: int):
    answer = caller.get("incidents/", Accept=accept)
    assert answer.status_code == status
    if status == 406:
        problem(answer, 406, "not_acceptable")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
     "application/json-patch+json", "application/problem+json", "text/json", "json", "application/"],
)  # fmt: skip
def test_a_body_of_another_type_writes_nothing(caller: Caller, kind: str):
    before = rows_digest()
    problem(
        caller.post("incidents/", raw=b'{"title": "VPN"}', content_type=kind), 415, "unsupported_media_type"
    )
    assert rows_digest() == before


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
def test_json_in_utf_8_is_taken_however_it_is_spelt(caller: Caller, charset: str):
    kind = f"application/json; charset={charset}"
    answer = caller.post("incidents/", raw='{"title": "가"}'.encode(), content_type=kind)
    assert answer.status_code == 201
    assert answer.json()["title"] == "가"


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "euc-kr", "nonsense"])
def test_a_body_that_says_another_encoding_is_read_as_utf_8_or_refused(caller: Caller, charset: str):
    kind = f"application/json; charset={charset}"
    before = rows_digest()
    sent = '{"title": "é"}'.encode("latin-1")
    problem(caller.post("incidents/", raw=sent, content_type=kind), 400, "bad_input")
    assert rows_digest() == before


@pytest.mark.parametrize(
    "tag",
    ['W/"{}"', "{}", "'{}'", '"{}', '{}"', '"{}x"', '""', "W/*", '"*"', "* ", '"a" "{}"', "\x00"],
)
def test_a_tag_that_is_none_is_stale(caller: Caller, tag: str):
    number = make_incident().number
    path = f"incidents/{number}/"
    held = caller.get(path)["ETag"].strip('"')
    before = rows_digest()
    answer = caller.patch(path, {"urgency": 1}, If_Match=tag.replace("{}", held))
    problem(answer, 412, "stale_version")
    assert rows_digest() == before


def test_one_of_several_tags_is_enough(caller: Caller):
    path = f"incidents/{make_incident().number}/"
    held = caller.get(path)["ETag"]
    assert caller.patch(path, {"urgency": 1}, If_Match=f'"other", {held}').status_code == 200


@pytest.mark.parametrize("key", ["\x00", "a\x01", "a\tb", "a\x7f", "\u00a0", "\u00ea\u00b0", "x" * 256, HUGE])
def test_a_key_with_other_characters_is_refused_and_writes_nothing(caller: Caller, key: str):
    before = rows_digest()
    body = problem(caller.post("incidents/", {"title": "VPN"}, Idempotency_Key=key), 400, "bad_input")
    assert body["errors"][0]["header"] == "Idempotency-Key"
    assert rows_digest() == before


@pytest.mark.parametrize("given", ["a b", "é", "<script>", "x" * 41, "../../etc", "a\nb", "short"])
def test_an_id_of_a_request_that_could_harm_a_log_is_replaced(caller: Caller, given: str):
    answer = caller.get("users/me/", X_Request_Id=given.replace("\n", "%0a"))
    assert answer["X-Request-Id"] != given
    assert len(answer["X-Request-Id"]) == 36


def test_a_credential_in_the_address_counts_for_nothing(caller: Caller):
    token = caller.headers["Authorization"].split()[1]
    for name in ("token", "access_token", "api_key", "authorization", "key"):
        answer = Client().get(f"/api/v1/incidents/?{name}={token}")
        assert answer.status_code == 401
        assert token not in answer.content.decode()
