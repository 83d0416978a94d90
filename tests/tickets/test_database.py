"""What the database itself refuses of tickets, by raw SQL: DM-4, DD-5."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Membership
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.incidents import make_incident

pytestmark = pytest.mark.django_db


def run(*statements):
    """Execute as one transaction with its deferred rules."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, *values in statements:
            cursor.execute(f"UPDATE tickets_ticket SET {sql}", values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def member():
    return Membership.objects.create(user=AgentFactory(), group=GroupFactory())


def test_the_assignee_is_a_member_of_the_group(member):
    ticket = make_incident("new")
    both = "group_id = %s, assignee_id = %s WHERE id = %s"
    with pytest.raises(IntegrityError, match="a member of the assignment group"):
        run((both, member.group_id, AgentFactory().pk, ticket.pk))
    run((both, member.group_id, member.user_id, ticket.pk))
    with pytest.raises(IntegrityError, match="a member of the assignment group"):
        run(("group_id = %s WHERE id = %s", GroupFactory().pk, ticket.pk))


def test_group_and_assignee_may_be_written_one_after_the_other(member):
    ticket = make_incident("new", group=GroupFactory())
    run(
        ("assignee_id = %s WHERE id = %s", member.user_id, ticket.pk),
        ("group_id = %s WHERE id = %s", member.group_id, ticket.pk),
    )


def test_who_leaves_a_group_keeps_their_tickets(member):
    ticket = make_incident("new")
    run(("group_id = %s, assignee_id = %s WHERE id = %s", member.group_id, member.user_id, ticket.pk))
    member.delete()
    run(("title = 'later' WHERE id = %s", ticket.pk))


def test_a_ticket_is_not_its_own_ancestor():
    first, second, third = (make_incident("new").pk for _ in range(3))
    run(("parent_id = %s WHERE id = %s", first, second), ("parent_id = %s WHERE id = %s", second, third))
    with pytest.raises(IntegrityError, match="its own ancestor"):
        run(("parent_id = %s WHERE id = %s", third, first))
    with pytest.raises(IntegrityError, match="ticket_not_own_parent"):
        run(("parent_id = id WHERE id = %s", first))


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("title = ''", "ticket_has_a_title"),
        ("impact = 4", "ticket_levels"),
        ("priority = 6", "ticket_priority"),
        ("state_rank = 90, phase = 'done'", "ticket_closed_iff_rank_90"),
        ("closed_at = now()", "ticket_closed_iff_rank_90"),
        ("state_rank = 60", "ticket_phase_fits_rank"),
        ("active = false", "generated column"),
    ],
)
def test_a_ticket_that_contradicts_itself_is_refused(sql, rule):
    ticket = make_incident("new")
    with pytest.raises(Exception, match=rule):
        run((f"{sql} WHERE id = %s", ticket.pk))
