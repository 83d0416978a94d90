"""One POST with a key has one effect and one answer, however often and at once it is sent."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from core.models import IdempotencyKey
from incidents.models import Incident
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.sessions import beside, impatient
from tickets.models import Activity

GOOD = {"title": "VPN drops", "impact": 2, "urgency": 2}


def test_a_repeat_gets_the_same_bytes_and_does_nothing(agent_api):
    first = agent_api.post("incidents/", GOOD, Idempotency_Key="k1")
    second = agent_api.post("incidents/", GOOD, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (first["ETag"], first["Location"]) == (second["ETag"], second["Location"])
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Incident.objects.count() == 1


def test_the_path_without_slash_is_the_same_request(agent_api):
    first = agent_api.post("incidents/", GOOD, Idempotency_Key="k1")
    assert agent_api.post("incidents", GOOD, Idempotency_Key="k1").json() == first.json()


@pytest.mark.parametrize(("path", "body"), [("incidents/", {"title": "Other"}), ("tokens/", {"name": "x"})])
def test_the_key_of_another_request_is_refused(agent_api, path, body):
    agent_api.post("incidents/", GOOD, Idempotency_Key="k1")
    problem(agent_api.post(path, body, Idempotency_Key="k1"), 422, "idempotency_key_reused")
    assert Incident.objects.count() == 1


def test_a_refusal_leaves_the_key_free(agent_api):
    problem(agent_api.post("incidents/", {}, Idempotency_Key="k1"), 422, "rule_refused")
    assert not IdempotencyKey.objects.exists()
    assert agent_api.post("incidents/", GOOD, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_bad_key_is_malformed(agent_api, key):
    problem(agent_api.post("incidents/", GOOD, Idempotency_Key=key), 400, "bad_input")
    assert not Incident.objects.exists()


def test_keys_belong_to_their_caller(db):
    numbers = {
        Caller(UserFactory()).post("incidents/", GOOD, Idempotency_Key="k").json()["number"] for _ in range(2)
    }
    assert len(numbers) == 2


def test_a_replay_checks_present_rights_first(db):
    group_member = AgentFactory()
    caller = Caller(group_member)
    body = GOOD | {"requester": UserFactory().username}
    assert caller.post("incidents/", body, Idempotency_Key="k").status_code == 201
    Incident.objects.update(opened_by=None)
    group_member.roleassignment_set.filter(role__key="agent").delete()
    problem(caller.post("incidents/", body, Idempotency_Key="k"), 404, "not_found")


def test_a_transition_with_a_key_runs_once(agent_api):
    incident = make_incident()
    path = f"incidents/{incident.number}/transitions/start/"
    first, second = (agent_api.post(path, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert Activity.objects.filter(ticket=incident, verb="start", kind="state").count() == 1


def test_the_secret_of_a_token_is_told_once_and_kept_nowhere(agent_api):
    first = agent_api.post("tokens/", {"name": "ci"}, Idempotency_Key="k").json()
    second = agent_api.post("tokens/", {"name": "ci"}, Idempotency_Key="k").json()
    assert first["token"].startswith("itsm_pat_")
    assert second == first | {"token": None}
    secret = first["token"].split("_", 3)[3]
    assert secret not in str(list(IdempotencyKey.objects.values_list("answer", flat=True)))


def test_an_upload_with_a_key_is_stored_once(agent_api):
    from django.core.files.uploadedfile import SimpleUploadedFile

    incident = make_incident()
    path = f"incidents/{incident.number}/attachments/"
    answers = [
        agent_api.upload(path, SimpleUploadedFile("a.txt", b"hello"), Idempotency_Key="k") for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    other = agent_api.upload(path, SimpleUploadedFile("a.txt", b"other"), Idempotency_Key="k")
    problem(other, 422, "idempotency_key_reused")
    more = agent_api.client.post(
        f"/api/v1/{path}",
        {"file": SimpleUploadedFile("a.txt", b"hello"), "note": "x"},
        headers=agent_api.headers | {"Idempotency-Key": "k"},
    )
    problem(more, 422, "idempotency_key_reused")
    assert len(agent_api.get(path).json()["results"]) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_twins_at_once_make_one_incident():
    caller = Caller(AgentFactory())
    caller.get("users/me/")
    token = caller.headers["Authorization"].removeprefix("Bearer ")
    barrier = threading.Barrier(20)
    answers = []

    def twin():
        barrier.wait()
        try:
            answers.append(Caller(token=token).post("incidents/", GOOD, Idempotency_Key="k"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=twin) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.content for answer in answers}) == 1
    assert len([answer for answer in answers if "Idempotency-Replayed" in answer]) == 19
    assert Incident.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_waits_no_longer_than_the_lock_timeout():
    caller = Caller(AgentFactory())
    with impatient(), beside() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (caller, scope, key, fingerprint) VALUES (%s, 'api', 'k', '')",
            [f"user:{caller.user.pk}"],
        )
        response = caller.post("incidents/", GOOD, Idempotency_Key="k")
        problem(response, 409, "idempotency_in_progress")
        assert response["Retry-After"] == "1"
    assert not Incident.objects.exists()
