"""Everybody reads their own notices; who edits configuration edits the texts; who works it answers a page."""

from __future__ import annotations

from django.db.models import Q

from accounts.access.decisions import Decision
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, of_all_companies
from notifications.models import PagedPerson
from tickets.models import Ticket
from tickets.policies import may, reads_internal


def visible_to(actor: Actor) -> Q:
    """The notices ``actor`` may see: their own."""
    return Q() if actor is None else Q(user=actor)


def why_edit_texts(actor: Actor, action: str = "edit") -> Decision:
    """Whether ``actor`` may change the texts of notices, and by which grant. All companies share them."""
    return of_all_companies(actor, by_grant(actor, Grant.CONFIG_WRITE))


def may_edit_texts(actor: Actor) -> bool:
    """Whether ``actor`` may change the texts of notices."""
    return bool(why_edit_texts(actor))


def may_acknowledge(actor: Actor, ticket: Ticket) -> bool:
    """Whether ``actor`` may answer the pages of a visible ticket: who may work it, and who was called."""
    if actor is None:
        return True
    if not reads_internal(actor):
        return False
    called = PagedPerson.objects.filter(page__ticket=ticket.pk, user=actor)
    return may(actor, ticket, "update") or called.exists()
