"""S-7, A-34: what one may not do singly one may not do in a bulk or by a job; equal decisions everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.settings import api_settings

from api.models import Job, JobItem
from api.urls import addresses
from api.working import work_jobs
from tests.security.world import World, build

ROLES = ("own", "other", "agent", "supplier", "approver")
SHARES = 4
MOST = 100  # operations that are sent together
Outcome = tuple[int, str]  # the status, and the code of a refusal
NOT_IN_BULK = {"attachments", "bulk", "hooks", "jobs"}


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")
    monkeypatch.setattr("api.working.AT_ONCE", 1000)
    monkeypatch.setattr("api.working.SECONDS", 60.0)
    return build()


OPERATIONS = [
    (f"api/v1/{each.route}", method, each)
    for each in addresses
    for method in ("get", "post", "patch", "delete")
    if method in each.actions and each.view.in_bulk
]


def signed_in(person: Any) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def operation(client: Client, world: World, route: str, method: str) -> dict[str, Any]:
    """The call as an operation of a bulk; a change names the version that its caller reads."""
    path = world.path(route)
    made: dict[str, Any] = {"method": method.upper(), "path": path}
    if method in {"post", "patch"}:
        made["body"] = world.body(path)
    if method in {"patch", "delete"}:
        made["if_match"] = client.get(path).headers.get("ETag", '"none"')
    return made


def code_of(document: Any) -> str:
    return document.get("code", "") if isinstance(document, dict) else ""


def singly(client: Client, told: dict[str, Any]) -> Outcome:
    headers = {"If-Match": told["if_match"]} if "if_match" in told else {}
    sent = getattr(client, told["method"].lower())
    if told["method"] == "GET":
        answer = sent(told["path"])
    else:
        answer = sent(told["path"], told.get("body", {}), content_type="application/json", headers=headers)
    status = answer.status_code
    return status, code_of(answer.json()) if status >= 400 else ""


def in_bulk(client: Client, told: list[dict[str, Any]]) -> list[Outcome]:
    answer = client.post("/api/v1/bulk/", {"operations": told}, content_type="application/json")
    assert answer.status_code == 200, (told, answer.content)
    return [(each["status"], code_of(each.get("problem"))) for each in answer.json()["results"]]


def by_job(client: Client, told: list[dict[str, Any]]) -> list[Outcome]:
    answer = client.post(
        "/api/v1/bulk/",
        {"operations": told},
        content_type="application/json",
        headers={"Prefer": "respond-async"},
    )
    assert answer.status_code == 202, (told, answer.content)
    while work_jobs(limit=1000):
        pass
    items = JobItem.objects.filter(job=Job.objects.latest("pk")).order_by("no")
    return [(each.status, code_of(each.problem)) for each in items if each.status is not None]


def undone(act: Any, *given: Any) -> Any:
    """What ``act`` answers; what it writes is undone."""
    with transaction.atomic():
        answer = act(*given)
        transaction.set_rollback(True)
    return answer


class Calls:
    """What a person may call, with what each call answers when it is made singly."""

    def __init__(self, client: Client) -> None:
        self.client = client
        # What changes nothing is asked for together; the rest alone, each in the world as it was.
        self.together: list[tuple[dict[str, Any], Outcome]] = []
        self.alone: list[tuple[dict[str, Any], Outcome]] = []

    def add(self, told: dict[str, Any]) -> None:
        """One more."""
        expected = undone(singly, self.client, told)
        kept = self.together if told["method"] == "GET" or expected[0] >= 400 else self.alone
        kept.append((told, expected))

    def wrong(self, way: Any) -> list[str]:
        """Which of them are answered otherwise in this way."""
        found = []
        together = [each for each in self.together if way is in_bulk or each[0]["method"] != "GET"]
        for batch in [*batched(together, MOST), *([each] for each in self.alone)]:
            answers = undone(way, self.client, [told for told, _expected in batch])
            assert len(answers) == len(batch), (way, batch)
            found += [
                f"{told['method']} {told['path']} {way.__name__}: {answer}, singly {expected}"
                for (told, expected), answer in zip(batch, answers, strict=True)
                if answer != expected
            ]
        return found


def batched(rows: list[Any], most: int) -> list[list[Any]]:
    return [rows[at : at + most] for at in range(0, len(rows), most)]


@pytest.mark.parametrize("share", range(SHARES))
def test_a_bulk_decides_as_single_calls_do(world, share):
    wrong, counts = [], [0, 0]
    for role in ROLES:
        client = signed_in(world.people[role])
        calls, secret = Calls(client), Calls(client)
        for route, method, address in OPERATIONS[share::SHARES]:
            takes_secret = address.actions[method] in address.view.secret_actions
            (secret if takes_secret else calls).add(operation(client, world, route, method))
        ways = [(in_bulk, calls), (in_bulk, secret), (by_job, calls)]
        wrong += [f"{role}: {each}" for way, made in ways for each in made.wrong(way)]
        counts = [counts[0] + len(calls.together), counts[1] + len(calls.alone)]
    print(f"S-7: {counts[0]} calls that change nothing and {counts[1]} that do, in bulk and by job")
    assert not wrong, "\n".join(wrong)
    assert min(counts) > 20


def test_what_a_bulk_does_not_do_is_a_short_list():
    outside = {each.route for each in addresses if not each.view.in_bulk}
    assert {next(name for name in NOT_IN_BULK if name in route) for route in outside} == NOT_IN_BULK
    assert len(OPERATIONS) > 150
