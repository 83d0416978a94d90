"""Jobs: each operation once, in order, whatever stops the sweep; with present rights; the maker's alone."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction
from django.db.models.functions import Now
from rest_framework.settings import api_settings

from accounts import tokens
from accounts.models import ApiToken, User
from api import working
from api.models import Job, JobItem
from api.services import forget_old
from core.models import AuditLog
from incidents.models import Incident
from tests.api.calls import Caller, problem
from tests.api.test_bulk import GOOD, narrow, op
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.sessions import beside, impatient

LATER = {"Prefer": "respond-async"}


@pytest.fixture(autouse=True)
def _no_limit(monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")


def start(caller: Caller, *operations: dict[str, Any], **headers: str) -> Any:
    """The answer to a bulk that is to be a job."""
    return caller.post("bulk/", {"operations": list(operations)}, **(LATER | headers))


def work(limit: int = 20, rounds: int = 1000) -> None:
    """The sweep's rounds until nothing is due."""
    while rounds and working.work_jobs(limit=limit):
        rounds -= 1


def test_a_job_is_taken_in_worked_and_told(agent_api):
    incident = make_incident()
    path = f"incidents/{incident.number}/"
    tag = agent_api.get(path)["ETag"]
    answer = start(
        agent_api,
        op("POST", "incidents/", GOOD, ref="a"),
        op("POST", "incidents/", {}, ref="b"),
        op("PATCH", path, {"urgency": 1}, if_match=tag, ref="c"),
    )
    assert answer.status_code == 202
    assert answer["Preference-Applied"] == "respond-async"
    job = answer.json()
    assert answer["Location"] == f"/api/v1/jobs/{job['id']}/"
    assert (job["state"], job["done"], job["total"]) == ("queued", 0, 3)
    assert not Incident.objects.exclude(pk=incident.pk).exists()
    work()
    told = agent_api.get(answer["Location"]).json()
    assert (told["state"], told["done"], told["failed"]) == ("done", 3, 1)
    assert None not in (told["started_at"], told["ended_at"])
    results = agent_api.get(told["results_url"]).json()["results"]
    assert [(each["index"], each["ref"], each["status"]) for each in results] == [
        (0, "a", 201), (1, "b", 422), (2, "c", 200),
    ]  # fmt: skip
    made = Incident.objects.exclude(pk=incident.pk).get()
    assert results[0]["location"] == f"/api/v1/incidents/{made.number}/"
    assert results[0]["etag"] == agent_api.get(results[0]["location"])["ETag"]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/title"
    assert results[2]["etag"] == agent_api.get(path)["ETag"]
    assert [row["ref"] for row in agent_api.get(f"{told['results_url']}?failed=true").json()["results"]] == [
        "b"
    ]
    assert [row["id"] for row in agent_api.get("jobs/?state=done").json()["results"]] == [job["id"]]


def test_what_a_job_writes_is_the_makers_own_act(agent_api):
    answer = start(agent_api, op("POST", "incidents/", GOOD))
    work()
    made = Incident.objects.get()
    row = AuditLog.objects.get(object_ref=made.number, action="opened")
    assert (row.actor_id, row.channel, row.request_id) == (agent_api.user.pk, "api", answer["X-Request-Id"])


def test_a_thousand_operations_survive_a_sweep_that_is_killed(agent_api, monkeypatch):
    operations = [op("POST", "incidents/", {"title": f"No {n}"}, ref=f"r{n}") for n in range(1000)]
    answer = agent_api.post("bulk/", {"operations": operations})
    assert answer.status_code == 202

    class Killed(BaseException):
        """Nothing catches it, as nothing catches SIGKILL."""

    def killed_at(no: int, place: str) -> Any:
        def hit(name: str, *, marker: str = "") -> None:
            if (name, marker) == (place, str(no)):
                raise Killed

        return hit

    for no, place in ((137, "before_job_item"), (503, "after_job_item")):
        monkeypatch.setattr(working.failpoints, "hit", killed_at(no, place))
        with pytest.raises(Killed):
            work(rounds=100)
        # What had been done to the operation in hand is undone with its result.
        job = Job.objects.get()
        assert (job.done, job.state) == (no, "running")
        assert Incident.objects.count() == no
    monkeypatch.setattr(working.failpoints, "hit", lambda _name, *, marker="": None)
    work()
    told = agent_api.get(answer["Location"]).json()
    assert (told["state"], told["done"], told["failed"]) == ("done", 1000, 0)
    titles = list(Incident.objects.order_by("pk").values_list("title", flat=True))
    assert titles == [f"No {n}" for n in range(1000)]
    assert not JobItem.objects.exclude(body="").exists()


@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_do_each_operation_once():
    caller = Caller(AgentFactory())
    operations = [op("POST", "incidents/", {"title": f"No {n}"}) for n in range(30)]
    jobs = [start(caller, *operations).json()["id"] for _ in range(2)]
    barrier = threading.Barrier(4)

    def sweep() -> None:
        barrier.wait()
        try:
            for _ in range(200):
                working.work_jobs(limit=5)
                if not Job.objects.filter(ended_at=None).exists():
                    return
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [caller.get(f"jobs/{each}/").json()["done"] for each in jobs] == [30, 30]
    assert Incident.objects.count() == 60
    assert not JobItem.objects.exclude(status=201).exists()


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_looked_a_moment_too_late_takes_nothing_from_the_one_that_works(monkeypatch):
    answer = start(Caller(AgentFactory()), *[op("POST", "incidents/", GOOD)] * 10)
    begin, is_held = working._begin, threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Job.objects.select_for_update(no_key=True).get()
            is_held.set()
            time.sleep(0.3)
        connections.close_all()

    def overtaken() -> int | None:
        begun = begin()
        late.start()
        assert is_held.wait(10)
        return begun

    late = threading.Thread(target=hold)
    monkeypatch.setattr(working, "_begin", overtaken)
    assert working.work_jobs(limit=5) == 5
    late.join()
    told = Caller(User.objects.get(pk=Job.objects.get().owner_id)).get(answer["Location"]).json()
    assert (told["done"], told["failed"]) == (5, 0)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_another_process_has_for_long_is_left_to_it(monkeypatch):
    start(Caller(AgentFactory()), *[op("POST", "incidents/", GOOD)] * 10)
    job = working._begin()
    monkeypatch.setattr(working, "_begin", lambda: job)
    monkeypatch.setattr(working, "_rest", lambda _job, *, is_due: rested.append(is_due))
    rested: list[bool] = []
    with impatient(), beside() as cursor:
        cursor.execute("SELECT 1 FROM api_job WHERE id = %s FOR NO KEY UPDATE", [job])
        assert working.work_jobs(limit=5) == 1
    assert rested == [False]
    assert not JobItem.objects.exclude(status=None).exists()


def test_a_cancelled_job_does_no_more(agent_api):
    answer = start(agent_api, *[op("POST", "incidents/", GOOD)] * 10)
    work(limit=3, rounds=1)
    told = agent_api.post(f"{answer['Location']}cancel/")
    assert (told.status_code, told.json()["state"], told.json()["done"]) == (200, "cancelled", 3)
    work()
    assert Incident.objects.count() == 3
    results = agent_api.get(f"{answer['Location']}results/").json()["results"]
    assert [each["status"] for each in results] == [201] * 3 + [None] * 7
    assert not JobItem.objects.exclude(body="").exists()
    problem(agent_api.post(f"{answer['Location']}cancel/"), 409, "wrong_state")


def test_a_job_is_its_makers_alone(agent_api):
    place = start(agent_api, op("POST", "incidents/", GOOD))["Location"]
    other = Caller(AgentFactory(roles=["administrator"]))
    for path in (place, f"{place}results/"):
        problem(other.get(path), 404, "not_found")
    problem(other.post(f"{place}cancel/"), 404, "not_found")
    assert other.get("jobs/").json()["results"] == []
    limited = narrow(agent_api, "bulk:read")
    problem(limited.get(place), 404, "not_found")
    assert limited.get("jobs/").json()["results"] == []


def test_the_present_rights_of_the_owner_count(agent_api):
    incident = make_incident()
    note = op("POST", f"incidents/{incident.number}/work-notes/", {"body": "x"})
    answer = start(agent_api, note, note)
    work(limit=1, rounds=1)
    agent_api.user.roleassignment_set.filter(role__key="agent").delete()
    work()
    results = agent_api.get(f"{answer['Location']}results/").json()["results"]
    assert [each["status"] for each in results] == [201, 404]


def stopped(answer: Any) -> tuple[str, str, int]:
    """State, reason and progress of the only job."""
    work()
    job = Job.objects.get()
    return job.state, job.reason, job.done


TAKEN = [
    (lambda token: ApiToken.objects.filter(pk=token.pk).update(revoked_at=Now()), "token_ended"),
    (lambda token: ApiToken.objects.filter(pk=token.pk).update(expires_at=Now()), "token_ended"),
    (lambda token: ApiToken.objects.filter(pk=token.pk).update(scopes=["bulk:write"]), "scopes_reduced"),
    (lambda token: User.objects.filter(pk=token.owner_id).update(is_active=False), "owner_gone"),
    (lambda token: token.owner.roleassignment_set.all().delete(), "no_api"),
]


@pytest.mark.parametrize(("take", "reason"), TAKEN)
@pytest.mark.parametrize("scopes", [[], ["bulk:write", "incidents:write"]])
def test_a_job_stops_when_its_credential_is_no_longer_what_it_was(db, take, reason, scopes):
    agent = AgentFactory()
    token, plain = tokens.mint(actor=agent, owner=agent, name="x", scopes=scopes)
    answer = start(Caller(token=plain), *[op("POST", "incidents/", GOOD)] * 3)
    work(limit=1, rounds=1)
    take(token)
    assert stopped(answer) == ("stopped", reason, 1)
    assert Incident.objects.count() == 1
    assert not JobItem.objects.exclude(body="").exists()


def test_a_scope_counts_in_a_job(agent_api):
    caller = narrow(agent_api, "bulk:write", "incidents:write")
    place = start(caller, op("POST", "incidents/", GOOD), op("POST", "cis/", {"name": "x"}))["Location"]
    work()
    results = caller.get(f"{place}results/").json()["results"]
    assert [each["status"] for each in results] == [201, 403]


def test_a_repeat_with_its_key_is_the_same_job(agent_api):
    first, second = (start(agent_api, op("POST", "incidents/", GOOD), Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Job.objects.count() == 1
    other = agent_api.post("bulk/", {"operations": [op("POST", "incidents/", GOOD)]}, Idempotency_Key="k")
    problem(other, 422, "idempotency_key_reused")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_reading_and_secrets_are_not_for_jobs(agent, language):
    caller = Caller(agent, language=language)
    many = [op("POST", "incidents/", GOOD)] * 100
    for one, place in (
        (op("GET", "users/me/"), "/operations/100/method"),
        (op("POST", "tokens/", {"name": "x"}), "/operations/100/path"),
    ):
        problem(caller.post("bulk/", {"operations": [*many, one]}), 400, "bad_input", place)
        told = start(caller, one)  # a preference that cannot be met is passed over
        assert told.status_code == 200
        assert "Preference-Applied" not in told
    assert not Job.objects.exists()


def test_bodies_are_kept_encrypted(agent_api):
    start(agent_api, op("POST", "incidents/", GOOD | {"description": "the door code is 4711"}))
    assert "4711" not in str(list(JobItem.objects.values()))
    work()
    assert Incident.objects.get().description == "the door code is 4711"


def test_five_jobs_at_a_time(agent_api):
    for _ in range(5):
        assert start(agent_api, op("POST", "incidents/", GOOD)).status_code == 202
    problem(start(agent_api, op("POST", "incidents/", GOOD)), 409, "too_many_jobs")
    assert start(Caller(UserFactory()), op("POST", "incidents/", GOOD)).status_code == 202
    work()
    assert start(agent_api, op("POST", "incidents/", GOOD)).status_code == 202


def test_a_job_leaves_its_caller_a_part_of_the_limit(agent_api, monkeypatch):
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "20/min")
    monkeypatch.setattr("core.api.throttling.time.time", lambda: 1_000_000_020.0)
    place = start(agent_api, *[op("POST", "incidents/", GOOD)] * 30)["Location"]
    work()
    job = Job.objects.get()
    assert job.done == 15  # with the call that made it 16 of 20
    assert agent_api.get(place).status_code == 200
    assert job.not_before > job.created_at + dt.timedelta(seconds=1)
    Job.objects.update(not_before=Now())
    monkeypatch.setattr("core.api.throttling.time.time", lambda: 1_000_000_080.0)
    work()
    assert Job.objects.get().done == 30


def test_a_defect_fails_its_operation_alone(agent_api, monkeypatch):
    real = working.call

    def broken(request: Any) -> Any:
        if b"boom" in request.body:
            raise ValueError("boom")
        return real(request)

    monkeypatch.setattr(working, "call", broken)
    place = start(agent_api, op("POST", "incidents/", {"title": "boom"}), op("POST", "incidents/", GOOD))
    work()
    results = agent_api.get(f"{place['Location']}results/").json()["results"]
    assert [each["status"] for each in results] == [500, 201]
    assert results[0]["problem"]["code"] == "unexpected"
    assert "boom" not in str(results[0]["problem"])


def test_a_lock_that_is_held_is_waited_for_and_then_told(agent_api, monkeypatch):
    def held(_request: Any) -> Any:
        raise OperationalError("canceling statement due to lock timeout") from LockError()

    monkeypatch.setattr(working, "call", held)
    place = start(agent_api, op("POST", "incidents/", GOOD))["Location"]
    for _ in range(6):
        work()
        Job.objects.filter(ended_at=None).update(not_before=Now())
    results = agent_api.get(f"{place}results/").json()["results"]
    assert (results[0]["status"], results[0]["problem"]["code"]) == (503, "busy")


class LockError(Exception):
    """As psycopg2 tells of a lock timeout."""

    pgcode = "55P03"


def test_an_operation_that_takes_its_process_along_is_given_up(agent_api, monkeypatch):
    class Killed(BaseException):
        pass

    def fatal(_request: Any) -> Any:
        raise Killed

    real = working.call
    monkeypatch.setattr(working, "call", fatal)
    place = start(agent_api, op("POST", "incidents/", GOOD), op("POST", "incidents/", GOOD))["Location"]
    for _ in range(working.MAX_TRIES):
        with pytest.raises(Killed):
            work()
    monkeypatch.setattr(working, "call", real)
    work()
    results = agent_api.get(f"{place}results/").json()["results"]
    assert [each["status"] for each in results] == [500, 201]


def test_jobs_go_a_week_after_their_end(agent_api):
    start(agent_api, op("POST", "incidents/", GOOD))
    work()
    assert forget_old() == 0
    Job.objects.update(ended_at=Now() - dt.timedelta(days=8))
    assert forget_old() == 2
    assert not JobItem.objects.exists()


@pytest.mark.parametrize("size", [2, 20])
def test_lists_cost_the_same_for_any_number(agent_api, django_assert_num_queries, size):
    place = start(agent_api, *[op("POST", "incidents/", {})] * size)["Location"]
    work()
    for path, queries in ((f"{place}results/?page_size=200", 3), ("jobs/", 2)):
        agent_api.get(path)
        with django_assert_num_queries(queries):
            assert agent_api.get(path).json()["results"]
