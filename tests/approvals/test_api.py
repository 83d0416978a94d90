"""Approvals and delegations over REST."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections
from django.utils import timezone

from approvals.models import Approval, Delegation
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.approvals import make_approval_request, make_delegation, row_of
from tests.factories.incidents import make_incident


@pytest.fixture
def boss(db):
    return Caller(UserFactory(name_en="Hana Lee"))


def test_what_waits_for_the_caller(boss):
    request = make_approval_request(boss.user, title="Laptop")
    make_approval_request(UserFactory())
    listed = boss.get("approvals/?mine=pending").json()["results"]
    assert [row["title"] for row in listed] == ["Laptop"]
    assert listed[0]["id"] == str(row_of(request, boss.user).public_id)
    assert boss.get("approvals/?mine=decided").json()["results"] == []
    problem(boss.get("approvals/?mine=all"), 400, "bad_input", "mine")


def test_the_sheet_and_the_decision(boss):
    request = make_approval_request(boss.user, title="Laptop", summary={"cost": "₩2,500,000"})
    path = f"approvals/{row_of(request, boss.user).public_id}/"
    sheet = boss.get(path).json()
    assert (sheet["can_decide"], sheet["cost"], sheet["title"]) == (True, "₩2,500,000", "Laptop")
    decided = boss.post(f"{path}decision/", {"decision": "approve", "comment": "Fine."})
    assert decided.status_code == 200
    assert (decided.json()["status"], decided.json()["request_status"]) == ("approved", "approved")
    assert [row["status"] for row in boss.get("approvals/?mine=decided").json()["results"]] == ["approved"]
    again = boss.post(f"{path}decision/", {"decision": "reject", "comment": "No."})
    body = problem(again, 409, "already_decided")
    assert (body["decided_by"], body["decision"]) == ("Hana Lee", "approved")
    assert body["decided_at"].startswith("20")


@pytest.mark.parametrize(
    ("body", "status", "places"),
    [
        ({}, 422, ["/decision"]),
        ({"decision": "maybe"}, 422, ["/decision"]),
        ({"decision": "reject"}, 422, ["/comment"]),
        ({"decision": "reject", "comment": " "}, 422, ["/comment"]),
        ({"decision": "approve", "comment": "x" * 2001}, 422, ["/comment"]),
        ({"decision": "approve", "comment": 5}, 422, ["/comment"]),
        ({"decision": "approve", "status": "approved"}, 400, ["/status"]),
    ],
)
def test_a_bad_decision_decides_nothing(boss, body, status, places):
    row = row_of(make_approval_request(boss.user), boss.user)
    answer = boss.post(f"approvals/{row.public_id}/decision/", body)
    problem(answer, status, "bad_input" if status == 400 else "rule_refused", *places)
    assert Approval.objects.get(pk=row.pk).status == "requested"


def test_who_may_not_decide(boss):
    request = make_approval_request(boss.user)
    path = f"approvals/{row_of(request, boss.user).public_id}/"
    for caller in (Caller(UserFactory()), Caller(AgentFactory())):
        problem(caller.get(path), 404, "not_found")
        problem(caller.post(f"{path}decision/", {"decision": "approve"}), 404, "not_found")
    problem(boss.post(f"{path}decision/", {"decision": "approve"}, If_Match='"old"'), 412, "stale_version")
    problem(boss.post("approvals/0197c0de-0000-7000-8000-000000000000/decision/", {}), 404, "not_found")


def test_a_substitute_decides_while_the_delegation_lasts(boss):
    row = row_of(make_approval_request(boss.user), boss.user)
    stand_in = Caller(UserFactory())
    problem(stand_in.get(f"approvals/{row.public_id}/"), 404, "not_found")
    make_delegation(boss.user, stand_in.user)
    assert stand_in.get(f"approvals/{row.public_id}/").json()["acting_for"] == "Hana Lee"
    decided = stand_in.post(f"approvals/{row.public_id}/decision/", {"decision": "approve"})
    assert decided.json()["decided_by"]["username"] == stand_in.user.username


def test_delegations(boss):
    to = UserFactory()
    start = timezone.now() - dt.timedelta(hours=1)
    body = {
        "delegate": to.username,
        "start": start.isoformat(),
        "end": (start + dt.timedelta(days=3)).isoformat(),
    }
    made = boss.post("delegations/", body)
    assert made.status_code == 201
    assert boss.get(made["Location"]).json()["delegate"]["username"] == to.username
    problem(boss.post("delegations/", body), 409, "duplicate")
    problem(boss.post("delegations/", body | {"end": body["start"]}), 422, "rule_refused", "/end")
    problem(
        boss.post("delegations/", body | {"delegate": boss.user.username}), 422, "rule_refused", "/delegate"
    )
    foreign = UserFactory(company=CompanyFactory())
    problem(
        boss.post("delegations/", body | {"delegate": foreign.username}), 422, "rule_refused", "/delegate"
    )
    problem(boss.post("delegations/", body | {"user": to.username}), 403, "not_allowed")
    problem(boss.post("delegations/", {}), 422, "rule_refused", "/delegate", "/start", "/end")
    assert boss.post(f"{made['Location']}end/").status_code == 204
    assert Delegation.objects.get().during.upper <= timezone.now()


def test_the_questions_about_a_ticket(boss):
    person = Caller(UserFactory())
    incident = make_incident(requester=person.user)
    make_approval_request(boss.user, ticket=incident)
    rounds = person.get(f"incidents/{incident.number}/approvals/").json()["results"]
    assert [row["approver"]["name"] for row in rounds[0]["approvals"]] == ["Hana Lee"]
    problem(Caller(UserFactory()).get(f"incidents/{incident.number}/approvals/"), 404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_twelve_decisions_at_once_have_one_winner():
    boss = UserFactory()
    row = row_of(make_approval_request(boss), boss)
    token = Caller(boss).headers["Authorization"].removeprefix("Bearer ")
    barrier, answers = threading.Barrier(12), []

    def decide(number):
        body = {"decision": "approve" if number % 2 else "reject", "comment": f"No. {number}"}
        barrier.wait()
        try:
            answers.append(Caller(token=token).post(f"approvals/{row.public_id}/decision/", body))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 11]
    won = next(answer.json()["status"] for answer in answers if answer.status_code == 200)
    assert {answer.json()["decision"] for answer in answers if answer.status_code == 409} == {won}
