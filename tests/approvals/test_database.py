"""What the database itself refuses, and one winner among many."""

from __future__ import annotations

import threading
from collections import Counter
from importlib import import_module

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from approvals import plans, services
from approvals.models import Approval, ApprovalRequest
from approvals.selectors import count_waiting, recipients
from core.errors import AlreadyDecidedError
from core.models import OutboxEvent
from tests.factories.accounts import UserFactory
from tests.factories.approvals import answer, make_approval_request, make_delegation, row_of
from tickets.models import Activity

REFUSED = (IntegrityError, InternalError)


def refusal_of(sql, *params):
    """What refuses the statement: the message of the database, empty when it is accepted."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except REFUSED as error:
        return str(error)
    return ""


@pytest.mark.django_db
def test_overlapping_delegations_are_refused_and_touching_ones_are_not():
    """DD-2."""
    row = make_delegation(UserFactory(), UserFactory(), starts_in=-1, ends_in=1)
    insert = (
        "INSERT INTO approvals_delegation (user_id, delegate_id, scope, lock_version, during)"
        " VALUES (%s, %s, 'approvals', 1, tstzrange(now() + %s::interval, now() + %s::interval))"
    )
    delegate = UserFactory().pk
    assert "do_not_overlap" in refusal_of(insert, row.user_id, delegate, "0 days", "3 days")
    assert "is_another" in refusal_of(insert, row.user_id, row.user_id, "5 days", "6 days")
    assert "has_an_end" in refusal_of(insert, row.user_id, delegate, "6 days", "6 days")
    assert refusal_of(insert, row.user_id, delegate, "2 days", "3 days") == ""


@pytest.mark.django_db
def test_a_decided_approval_absorbs():
    """DF-1's twin: no status after the end, no row disappears."""
    person = UserFactory()
    request = answer(make_approval_request(person), person)
    row = row_of(request, person)
    for table, pk in (("approvals_approval", row.pk), ("approvals_approvalrequest", request.pk)):
        back = f"UPDATE {table} SET status = 'requested', decided_at = NULL WHERE id = %s"
        assert "has been decided" in refusal_of(back, pk)
        later = f"UPDATE {table} SET decided_at = now() + '1 day' WHERE id = %s"
        assert "has been decided" in refusal_of(later, pk)
        assert "never deleted" in refusal_of(f"DELETE FROM {table} WHERE id = %s", pk)


@pytest.mark.django_db
def test_an_answer_has_a_person_a_time_and_for_a_no_a_reason():
    person = UserFactory()
    row = row_of(make_approval_request(person), person)
    update = "UPDATE approvals_approval SET {} WHERE id = %s"
    assert "approval_answer" in refusal_of(update.format("status = 'approved'"), row.pk)
    assert "approval_answer" in refusal_of(update.format("decided_at = now()"), row.pk)
    no = f"status = 'rejected', decided_at = now(), decided_by_id = {person.pk}"
    assert "has_a_reason" in refusal_of(update.format(no), row.pk)
    assert refusal_of(update.format(no + ", comment = 'No'"), row.pk) == ""
    columns = "request_id, approver_id, stage, seats, why, status, comment, channel, lock_version"
    insert = (
        f"INSERT INTO approvals_approval ({columns}) VALUES ({row.request_id}, {person.pk}, %s, %s, {{}})"
    )
    again = insert.format("'asked', 'requested', '', '', 1")
    assert "approver_once" in refusal_of(again, 1, ["1/x"])
    assert "has_a_seat" in refusal_of(again, 2, [])
    assert refusal_of(again, 2, ["1/x"]) == ""


@pytest.mark.django_db
def test_a_round_beyond_the_first_replaces_one_and_each_is_replaced_once():
    first = make_approval_request()
    update = "UPDATE approvals_approvalrequest SET round = %s, previous_id = %s WHERE id = %s"
    second, third = make_approval_request(), make_approval_request()
    assert "request_round" in refusal_of(update, 2, None, second.pk)
    assert "request_round" in refusal_of(update, 1, first.pk, second.pk)
    assert refusal_of(update, 2, first.pk, second.pk) == ""
    assert "previous_id" in refusal_of(update, 2, first.pk, third.pk)


@pytest.mark.django_db
@pytest.mark.pitfall("P-15")
def test_the_others_lists_are_empty_in_the_very_transaction_of_the_decision():
    people = [UserFactory() for _ in range(3)]
    request = make_approval_request(*people)
    ids = list(request.approvals.values_list("pk", flat=True))
    with transaction.atomic():
        answer(request, people[0])
        assert [count_waiting(person) for person in people] == [0, 0, 0]
        assert recipients(ids) == []
        transaction.set_rollback(True)
    assert [count_waiting(person) for person in people] == [1, 1, 1]
    assert len(recipients(ids)) == 3


@pytest.mark.django_db
def test_questions_from_before_stages_become_one_stage_and_back():
    migration = import_module("approvals.migrations.0002_stages")
    request = make_approval_request(due={"after": "P1D"}, on_due="remind")
    due = request.policy["stages"][0]["due"]
    before = {"rule": "count:2", "reject": "any", "on_empty": "fail", "due": due}
    ApprovalRequest.objects.filter(pk=request.pk).update(policy=before)
    with connection.cursor() as cursor:
        cursor.execute(migration.TO_STAGES)
        plan = plans.of(ApprovalRequest.objects.get(pk=request.pk).policy)
        [stage] = plan.stages
        assert (str(stage.sets[0].rule.amount), stage.reject.kind, stage.due, plan.on_empty) == (
            "2", "any", due, "fail",
        )  # fmt: skip
        cursor.execute(migration.TO_ONE_RULE)
    assert ApprovalRequest.objects.get(pk=request.pk).policy == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.pitfall("P-13")
def test_of_thirty_two_answers_at_once_exactly_one_wins():
    """RP-2: approvers, a stand-in and a mail link, yes and no, all at the same moment."""
    people = [UserFactory() for _ in range(8)]
    request = make_approval_request(*people, rule="first_response")
    rows = {person: row_of(request, person).pk for person in people}
    results: Counter[str] = Counter()
    barrier = threading.Barrier(32)

    def attempt(number):
        person = people[number % 8]
        decision = "approved" if number % 3 else "rejected"
        try:
            barrier.wait(30)
            services.decide(rows[person], actor=person, decision=decision, comment="Because")
            results["won"] += 1
        except AlreadyDecidedError as refusal:
            results["late" if refusal.extra["decided_by"] else "late without a name"] += 1
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            results[repr(error)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == {"won": 1, "late": 31}
    request.refresh_from_db()
    assert request.status in {"approved", "rejected"}
    assert Approval.objects.filter(request=request, decided_at__isnull=False).count() == 1
    assert OutboxEvent.objects.filter(name="approval.decided").count() == 1
    assert OutboxEvent.objects.filter(name="approval.answered").count() == 1
    assert (
        Activity.objects.filter(kind="approval", verb__in=["approval_approved", "approval_rejected"]).count()
        == 1
    )
