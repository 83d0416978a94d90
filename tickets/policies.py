"""Which tickets a person may see, and which shared actions they may run. One gate for every surface."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from accounts.choices import Grant
from accounts.policies import Actor, company_wall, group_ids, has_grant
from tickets import kinds
from tickets.models import Ticket, Watcher


def visible_to(actor: Actor) -> Q:
    """The tickets ``actor`` may see, inside the company wall: the own and watched ones.

    For agents also those of unrestricted groups and of their own groups.
    """
    if actor is None:
        return Q()
    return company_wall(actor) & (involved(actor) | agent_rows(actor))


def involved(actor: Actor) -> Q:
    """Tickets the person asked for, is meant by, opened, works on or watches.

    Work orders of teams, which employees have no word for, carry the requester too and stay hidden from them.
    """
    watched = Exists(Watcher.objects.filter(ticket=OuterRef("pk"), user=actor))
    work_orders = [spec.key for spec in kinds.all_kinds() if not spec.employee_word]
    asked = (Q(requester=actor) | Q(on_behalf_of=actor)) & ~Q(kind__in=work_orders)
    return asked | Q(opened_by=actor) | Q(assignee=actor) | Q(watched)


def agent_rows(actor: Actor) -> Q:
    """Tickets an agent sees by role; nothing for others."""
    if not has_grant(actor, Grant.TICKET_READ_ALL):
        return Q(pk__in=[])
    return Q(group=None) | Q(group__is_restricted=False) | Q(group__in=group_ids(actor))


def reads_internal(actor: Actor) -> bool:
    """Whether ``actor`` may read work notes and internal fields of tickets they see (PROCESSES G-08)."""
    return actor is None or has_grant(actor, Grant.TICKET_READ_ALL)


def visible_activity(actor: Actor) -> Q:
    """The activity rows of a visible ticket that ``actor`` may read."""
    return Q() if reads_internal(actor) else Q(is_public=True)


def visible_attachments(actor: Actor) -> Q:
    """The files of a visible ticket that ``actor`` may read."""
    return Q() if reads_internal(actor) else Q(is_public=True)


def is_requester_side(actor: Actor, ticket: Ticket) -> bool:
    """Whether ``actor`` acts on the requester's side: who asked, whom it is for, or who opened it for them.

    An agent who wrote a caller's words down opened it too, but acts as an agent.
    """
    if actor is None:
        return False
    if actor.pk in {ticket.requester_id, ticket.on_behalf_of_id}:
        return True
    return actor.pk == ticket.opened_by_id and not reads_internal(actor)


def may(actor: Actor, ticket: Ticket, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible ticket: the kind decides; the platform may all."""
    return actor is None or kinds.get(ticket.kind).may(actor, ticket, action)
