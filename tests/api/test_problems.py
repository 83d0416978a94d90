"""Every refusal is a problem document that names the place, in Korean and English; nothing is written."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client
from django.utils.crypto import get_random_string

from core.models import OutboxEvent
from incidents.models import Incident
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.sessions import beside, impatient

GOOD = {"title": "VPN drops", "impact": 2, "urgency": 2}


def test_without_a_credential_nothing_is_told(db):
    body = problem(Caller().get("incidents/"), 401, "not_signed_in")
    assert body["instance"] == "/api/v1/incidents/"
    assert Caller().get("incidents/")["WWW-Authenticate"] == 'Bearer realm="maru"'


@pytest.mark.parametrize("token", ["x", "itsm_pat_0123456789abcdef_" + "A" * 43 + "00000000", "", "a b"])
def test_a_dead_token_is_refused_and_never_falls_back_to_the_session(db, token):
    client = Client()
    client.force_login(AgentFactory())
    response = client.get("/api/v1/incidents/", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401
    assert "incidents" not in response.json().get("results", [])


def test_an_unknown_address_is_a_problem_too(agent_api):
    problem(agent_api.get("nothing/"), 404, "not_found")
    problem(agent_api.get("nothing"), 404, "not_found")
    problem(agent_api.get("/api/v2/incidents/"), 404, "not_found")


def test_methods_and_media_types(agent_api):
    response = agent_api.call("DELETE", "incidents/")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, POST, HEAD"
    problem(agent_api.get("incidents/", Accept="text/xml"), 406, "not_acceptable")
    problem(agent_api.post("incidents/", raw=b"<a/>", content_type="text/xml"), 415, "unsupported_media_type")
    problem(agent_api.call("OPTIONS", "incidents/"), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("raw", "places"),
    [
        (b"{", []),
        (b"[1]", []),
        (b'"text"', []),
        (b"\xff\xfe{}", []),
        (b'{"title": "a\xed\xa0\x80"}', []),
        (b'{"title": "a", "title": "b"}', ["/title"]),
        (b'{"title": "a\\u0000b"}', ["/title"]),
        (b'{"title": "a\\ud800b"}', ["/title"]),
        (b'{"title": {"deep": "\\udfff"}}', ["/title/deep"]),
        (b'{"title": NaN}', []),
        (b'{"title": -Infinity}', []),
        (b'{"title": 1e999}', []),
        (b'{"title": ' + b"9" * 5000 + b"}", []),
        (b'{"title": ' + b"[" * 40 + b"]" * 40 + b"}", []),
        (b"[" * 100_000, []),
    ],
)
def test_a_body_with_no_or_two_meanings_is_malformed(agent_api, raw, places):
    problem(agent_api.post("incidents/", raw=raw), 400, "bad_input", *places)
    assert not Incident.objects.exists()


def test_a_body_over_one_mebibyte_is_too_large(agent_api):
    raw = b'{"title": "' + b"x" * 1024 * 1024 + b'"}'
    problem(agent_api.post("incidents/", raw=raw), 413, "too_large")
    problem(agent_api.post("incidents/", raw=raw, Idempotency_Key="k"), 413, "too_large")


def test_unknown_and_read_only_fields_are_named(agent_api):
    body = GOOD | {"number": "INC1", "opened_by": "x", "is_staff": True, "state": "closed"}
    problem(
        agent_api.post("incidents/", body), 400, "bad_input", "/number", "/opened_by", "/is_staff", "/state"
    )
    assert not Incident.objects.exists()


def test_wrong_values_name_each_field(agent_api):
    body = {"title": 5, "description": ["x"], "impact": 9, "urgency": True, "category": "nope", "ci": 3}
    found = problem(
        agent_api.post("incidents/", body),
        422,
        "rule_refused",
        "/title",
        "/description",
        "/impact",
        "/urgency",
        "/category",
        "/ci",
    )
    assert {e["code"] for e in found["errors"]} == {"invalid", "choice"}
    assert not OutboxEvent.objects.filter(name="incident.opened").exists()


def test_a_missing_title_and_one_too_long(agent_api):
    found = problem(agent_api.post("incidents/", {"impact": 1}), 422, "rule_refused", "/title")
    assert found["errors"][0]["code"] == "required"
    found = problem(agent_api.post("incidents/", {"title": "x" * 161}), 422, "rule_refused", "/title")
    assert found["errors"][0]["code"] == "too_long"


def test_a_reference_that_is_hidden_and_one_that_is_absent_get_the_same_answer(requester_api):
    hidden = make_incident()
    own = requester_api.post("incidents/", GOOD).json()["number"]
    answers = [
        requester_api.post(f"incidents/{own}/links/", {"type": "related", "target": number}).json()
        for number in (hidden.number, "INC9999999")
    ]
    for answer, number in zip(answers, (hidden.number, "INC9999999"), strict=True):
        assert answer["errors"][0].pop("detail") == f"There is no “{number}” that you may use here."
        answer.pop("request_id")
        answer.pop("detail")
    assert answers[0] == answers[1]


def test_hidden_and_absent_records_are_one_answer(requester_api):
    bodies = [requester_api.get(f"incidents/{number}/").json() for number in (make_incident().number, "INC9")]
    for body in bodies:
        body.pop("request_id")
        body.pop("instance")
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "not_found"


def test_the_answer_speaks_the_language_asked_for(db):
    person = AgentFactory()
    english = problem(Caller(person, language="en").post("incidents/", {}), 422, "rule_refused")
    korean = problem(Caller(person, language="ko").post("incidents/", {}), 422, "rule_refused")
    assert english["errors"][0]["detail"] == "This field is required."
    assert korean["errors"][0]["detail"] == "꼭 입력해야 하는 항목이에요."
    assert Caller(person, language="ko").get("incidents/")["Content-Language"] == "ko"


def test_unknown_parameters_and_bad_filter_values_are_refused_alike(agent_api):
    problem(agent_api.get("incidents/?requester__password__startswith=a"), 400, "bad_input",
            "requester__password__startswith")  # fmt: skip
    problem(agent_api.get("incidents/?ordering=-secret"), 400, "bad_input", "ordering=-secret")
    problem(agent_api.get("incidents/?priority=high"), 400, "bad_input", "priority")
    problem(agent_api.get("incidents/?opened_at__gte=yesterday"), 400, "bad_input", "opened_at__gte")
    problem(agent_api.get("incidents/?active=maybe"), 400, "bad_input", "active")
    problem(agent_api.get("incidents/?unassigned=2&active=1"), 400, "bad_input", "unassigned")
    problem(agent_api.get("incidents/?priority=1.5"), 400, "bad_input", "priority")
    problem(agent_api.get("incidents/?page_size=0"), 400, "bad_input", "page_size")
    problem(agent_api.get("incidents/?page_size=201"), 400, "bad_input", "page_size")
    problem(agent_api.get("incidents/?count=all"), 400, "bad_input", "count")
    problem(agent_api.get("incidents/?q=%00"), 400, "bad_input", "q")
    problem(agent_api.get(f"incidents/{make_incident().number}/?bogus=1"), 400, "bad_input", "bogus")


@pytest.mark.parametrize(
    ("instant", "status"),
    [
        ("2026-03-02T08:15:00+20:37", 200),  # PostgreSQL takes no offset beyond 15:59
        ("2026-03-02T08:15:00-23:59", 200),
        ("0497-05-13T20:27:01Z", 400),
        ("0001-01-01T00:00:00+23:00", 400),
        ("9999-12-31T23:59:59-23:00", 400),
    ],
)
def test_an_instant_is_taken_with_any_offset_in_years_that_mean_something(agent_api, instant, status):
    told = instant.replace("+", "%2B")
    for name in ("opened_at__gte", "resolved_at__lt", "updated_after"):
        assert agent_api.get(f"tickets/?{name}={told}").status_code == status, name
    assert agent_api.get(f"sla/clocks/?due_before={told}").status_code == status
    number = make_incident("in_progress").number
    hold = {"hold_reason": "awaiting_vendor", "comment": "x", "hold_until": instant}
    assert agent_api.post(f"incidents/{number}/transitions/hold/", hold).status_code in {200, 422}
    ours = {"delegate": UserFactory().username, "start": instant, "end": "2027-01-01T00:00:00-20:00"}
    assert agent_api.post("delegations/", ours).status_code in {201, 422}


def test_a_filter_on_a_hidden_field_is_as_a_misspelt_one(requester_api, agent_api):
    assert agent_api.get("incidents/?ci=CI1").status_code == 200
    problem(requester_api.get("incidents/?ci=CI1"), 400, "bad_input", "ci")
    problem(requester_api.get("incidents/?fields=number,ci"), 400, "bad_input", "fields=ci")
    problem(requester_api.get("incidents/?fields=number,bogus"), 400, "bad_input", "fields=bogus")


def test_nul_in_an_address_finds_nothing(agent_api):
    problem(agent_api.get("incidents/INC%001/"), 404, "not_found")
    problem(agent_api.get("users/%00/"), 404, "not_found")
    problem(agent_api.get("tickets/" + "x" * 300 + "/"), 404, "not_found")


def test_the_limit_of_requests_is_told_and_kept(db, monkeypatch):
    monkeypatch.setattr("core.api.throttling.CallerThrottle.__init__", _three)
    caller = Caller(UserFactory())
    answers = [caller.get("users/me/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    problem(answers[-1], 429, "rate_limited")
    assert answers[0]["RateLimit-Policy"] == '"default";q=3;w=60'
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert Caller(caller.user).get("users/me/").status_code == 200, "another token has its own limit"
    cache.clear()


def _three(self):
    self.quota, self.left, self.reset = 3, 3, 60


def test_a_database_that_is_away_answers_503(agent_api, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("tickets.api.views.tickets_for", away)
    response = agent_api.get("incidents/")
    problem(response, 503, "busy")
    assert response["Retry-After"] == "5"


@pytest.mark.django_db(transaction=True)
def test_a_record_held_by_another_answers_503_within_the_limit(monkeypatch):
    incident = make_incident()
    caller = Caller(AgentFactory())
    with impatient(), beside() as cursor:
        cursor.execute("SELECT 1 FROM tickets_ticket WHERE id = %s FOR UPDATE", [incident.pk])
        response = caller.post(f"incidents/{incident.number}/transitions/start/")
        problem(response, 503, "busy")
        assert response["Retry-After"] == "1"


def test_a_path_without_its_slash_gets_the_same_answer(agent_api):
    incident = make_incident()
    with_slash = agent_api.get(f"incidents/{incident.number}/").json()
    assert agent_api.get(f"incidents/{incident.number}").json() == with_slash
    assert agent_api.post("incidents", GOOD).status_code == 201
    assert agent_api.get("/api/v1").json() == agent_api.get("/api/v1/").json()
    problem(Caller().post("incidents", GOOD), 401, "not_signed_in")


def test_the_session_needs_the_csrf_token(db):
    client = Client(enforce_csrf_checks=True)
    client.force_login(AgentFactory())
    refused = client.post("/api/v1/incidents/", GOOD, content_type="application/json")
    problem(refused, 403, "csrf")
    problem(client.post("/api/v1/incidents", GOOD, content_type="application/json"), 403, "csrf")
    assert not Incident.objects.exists()
    token = client.cookies["maru_csrf"] = get_random_string(32)
    made = client.post(
        "/api/v1/incidents/", GOOD, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert made.status_code == 201
