"""What the database itself refuses, and one winner among many."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from approvals import services
from approvals.models import Approval
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
    columns = "request_id, approver_id, seat, why, status, comment, channel, lock_version"
    values = f"{row.request_id}, {person.pk}, 'x', 'asked', 'requested', '', '', 1"
    again = f"INSERT INTO approvals_approval ({columns}) VALUES ({values})"
    assert "approver_once" in refusal_of(again)


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
