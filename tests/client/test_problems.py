"""Refusals as exceptions, and a token that is told to nobody."""

from __future__ import annotations

import pickle

import pytest

import maru_client
from maru_client import ConflictError, NotSignedInError, ProblemError, RuleRefusedError, StaleVersionError
from tests.client.conftest import TOKEN


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadInputError"),
        (401, "NotSignedInError"),
        (403, "NotAllowedError"),
        (404, "NotFoundError"),
        (405, "ProblemError"),
        (409, "ConflictError"),
        (412, "StaleVersionError"),
        (413, "ProblemError"),
        (422, "RuleRefusedError"),
        (428, "StaleVersionError"),
        (500, "ServerError"),
        (507, "ServerError"),
    ],
)
def test_each_status_has_its_exception(fake, maru, status, name):
    fake.refuses(status, "some_code")
    with pytest.raises(ProblemError) as caught:
        maru.get("/flows/")
    assert type(caught.value) is getattr(maru_client, name)
    assert (caught.value.status, caught.value.code) == (status, "some_code")
    assert caught.value.detail == "It is some_code."


def test_a_refusal_names_its_fields_and_the_request(fake, maru):
    fake.refuses(
        422,
        "rule_refused",
        errors=[
            {"pointer": "/variables/a~1b~0c", "code": "required", "detail": "Needed."},
            {"parameter": "page_size", "code": "invalid", "detail": "Too many."},
            {"header": "If-Match", "code": "required", "detail": "Send it."},
        ],
    )
    with pytest.raises(RuleRefusedError) as caught:
        maru.incidents.create(title="x")
    problem = caught.value
    assert [each.field for each in problem.errors] == ["variables.a/b~c", "page_size", "If-Match"]
    assert problem.errors[0].code == "required"
    assert problem.request_id == "r-1"
    assert str(problem) == "422 rule_refused: It is rule_refused. (variables.a/b~c, page_size, If-Match)"


def test_what_the_status_knows_is_at_hand(fake, maru):
    fake.refuses(409, "wrong_state", current_state="closed", allowed=["reopen"])
    with pytest.raises(ConflictError) as caught:
        maru.get("/flows/")
    assert (caught.value.current_state, caught.value.allowed) == ("closed", ["reopen"])
    fake.refuses(412, "stale_version", changed_fields=["urgency"])
    with pytest.raises(StaleVersionError) as stale:
        maru.get("/flows/")
    assert stale.value.changed_fields == ["urgency"]


@pytest.mark.parametrize("content", [b"[1]", b"{", b"\xff"])
def test_a_refusal_without_a_document_is_one_all_the_same(fake, maru, content):
    fake.sends(content, 403, "application/json", X_Request_Id="r-9")
    with pytest.raises(ProblemError) as caught:
        maru.get("/flows/")
    assert caught.value.code == "http_403"
    assert caught.value.request_id == "r-9"


def test_a_refusal_travels_between_processes(fake, maru):
    fake.refuses(401, "not_signed_in", wait="3")
    with pytest.raises(NotSignedInError) as caught:
        maru.get("/flows/")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is NotSignedInError
    assert (str(again), again.document, again.retry_after) == (str(caught.value), caught.value.document, 3)


def test_the_token_is_in_no_text(fake, maru):
    fake.refuses(401, "not_signed_in")
    with pytest.raises(NotSignedInError) as caught:
        maru.get("/flows/")
    assert fake.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    shown = [
        repr(maru),
        repr(maru.session),
        repr(caught.value),
        str(caught.value),
        repr(maru.events("users/me")),
    ]
    assert not [text for text in shown if "secret" in text]


def test_the_language_and_the_program_are_told(fake):
    with maru_client.Maru(fake.url, TOKEN, language="ko") as maru:
        maru.get("/flows/")
    headers = fake.asked[0].headers
    assert headers["accept-language"] == "ko"
    assert headers["user-agent"] == f"maru-client/{maru_client.__version__}"
