"""What the database itself refuses of incidents, by raw SQL: DM-4, DD-11."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories.incidents import make_incident

pytestmark = pytest.mark.django_db
HOLD, SOLUTION = "a reason for the hold", "a close code and close notes"


def run(ticket, *statements):
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in statements:
            key = "ticket_ptr_id" if "incidents_incident" in sql else "id"
            cursor.execute(f"UPDATE {sql} WHERE {key} = %s", [ticket.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("state", "sql", "rule"),
    [
        ("new", "tickets_ticket SET state = 'on_hold'", HOLD),
        ("new", "incidents_incident SET hold_reason = 'awaiting_caller', hold_until = now()", HOLD),
        ("on_hold", "tickets_ticket SET state = 'in_progress'", HOLD),
        ("on_hold", "incidents_incident SET hold_reason = ''", HOLD),
        ("new", "tickets_ticket SET state = 'resolved'", SOLUTION),
        ("resolved", "tickets_ticket SET close_notes = ''", SOLUTION),
        ("resolved", "tickets_ticket SET close_code = ''", SOLUTION),
    ],
)
def test_rows_that_contradict_each_other_are_refused(state, sql, rule):
    with pytest.raises(IntegrityError, match=rule):
        run(make_incident(state), sql)


def test_a_hold_may_be_written_row_by_row():
    run(
        make_incident("in_progress"),
        "tickets_ticket SET state = 'on_hold', phase = 'waiting'",
        "incidents_incident SET hold_reason = 'awaiting_caller', hold_until = now()",
    )


def test_the_words_of_other_holds_may_change():
    run(make_incident("on_hold"), "incidents_incident SET hold_reason = 'awaiting_vendor'")
