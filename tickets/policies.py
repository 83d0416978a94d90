"""Which tickets a person may see, and which shared actions they may run. One gate for every surface."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import PLATFORM, Decision, RowRule, any_of, no, row_decision, yes
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, company_wall, grants_of, group_ids, has_grant, is_agent
from tickets import kinds
from tickets.models import Ticket, Watcher

if TYPE_CHECKING:
    from accounts.models import User

# What the policies of kinds answer to the requester's side.
OWN = yes("own", _("It is this person's own: they asked for it, or it is for them."))
BEGUN = no("begun", _("Work on it has begun; its requester cannot take it back alone any more."))
NOT_FOR_REQUESTERS = no("not_for_requesters", _("This is for people who work on it, not for who asked."))
CLOSED = no("closed", _("A closed ticket cannot be edited."))
OWN_TIME = yes("own_time", _("It is the time of this person."))
LEADS_GROUP = yes("leads_group", _("This person leads the group that has the ticket."))
# What who may not correct it is told of the time of others.
NOT_THEIRS = _("Only this person, or who leads the team, changes this time.")
_READS_ALL = (Grant.TICKET_READ_ALL,)
# What is written where only who reads what is internal looks.
_INSIDE = frozenset({"work_note", "add_task"})


def visible_to(actor: Actor) -> Q:
    """The tickets ``actor`` may see, inside the company wall: the own and watched ones.

    For agents also those of unrestricted groups and of their own groups.
    """
    if actor is None:
        return Q()
    return company_wall(actor) & any_of(row_rules(actor))


def row_rules(actor: User) -> list[RowRule]:
    """Why ``actor`` sees tickets: each rule with the rows it shows."""
    return [*_involved_rules(actor), *_agent_rules(actor)]


@dataclass(frozen=True)
class Rights:
    """All that ``visible_to`` asks of a person: what follows from it serves all who have the same."""

    person: int
    company: int
    grants: frozenset[str]
    groups: frozenset[int]
    actor: User = field(compare=False)


def rights_of(actor: User) -> Rights:
    """What the gate asks of ``actor``; their groups only where its rules look at them."""
    groups = group_ids(actor) if has_grant(actor, Grant.TICKET_READ_ALL) else frozenset[int]()
    return Rights(actor.pk, actor.company_id, grants_of(actor), groups, actor)


def why_seen(actor: Actor, ticket: Ticket) -> Decision:
    """Whether ``actor`` sees this ticket, and by which rule."""
    if actor is None:
        return PLATFORM
    found = row_decision(Ticket, ticket.pk, company_wall(actor), row_rules(actor))
    return found if found or has_grant(actor, Grant.TICKET_READ_ALL) else found.needing(_READS_ALL)


def involved(actor: User) -> Q:
    """Tickets the person asked for, is meant by, opened, works on or watches."""
    return any_of(_involved_rules(actor))


def _involved_rules(actor: User) -> list[RowRule]:
    """Work orders of teams, which employees have no word for, carry the requester too: hidden from them."""
    watched = Exists(Watcher.objects.filter(ticket=OuterRef("pk"), user=actor))
    asked = (Q(requester=actor) | Q(on_behalf_of=actor)) & ~Q(kind__in=kinds.work_orders())
    return [
        RowRule("asked", _("It was asked for by this person, or for them."), asked),
        RowRule("opened", _("This person opened it."), Q(opened_by=actor)),
        RowRule("assignee", _("It is assigned to this person."), Q(assignee=actor)),
        RowRule("watcher", _("This person watches it."), Q(watched)),
    ]


def _agent_rules(actor: Actor) -> list[RowRule]:
    """Tickets an agent sees by role; nothing for others. Work orders are internal as a whole."""
    if not has_grant(actor, Grant.TICKET_READ_ALL):
        return []
    kept = Q() if reads_internal(actor) else ~Q(kind__in=kinds.work_orders())
    return [
        RowRule(
            "no_group", _("It is assigned to no group: agents see it."), Q(group=None) & kept, _READS_ALL
        ),
        RowRule(
            "open_group",
            _("Its group is not restricted: agents see it."),
            Q(group__is_restricted=False) & kept,
            _READS_ALL,
            via="group",
        ),
        RowRule(
            "member",
            _("This agent is a member of its group."),
            Q(group__in=group_ids(actor)) & kept,
            _READS_ALL,
            via="group",
        ),
    ]


def why_internal(actor: Actor) -> Decision:
    """Whether ``actor`` may read work notes and internal fields of tickets they see (PROCESSES G-08)."""
    return by_grant(actor, Grant.TICKET_READ_INTERNAL)


def reads_internal(actor: Actor) -> bool:
    """Whether ``actor`` may read work notes and internal fields of tickets they see (PROCESSES G-08)."""
    return bool(why_internal(actor))


def works_inside(actor: User) -> bool:
    """Whether the workspace is this person's: they work on tickets of others and read what is internal.

    It shows internal fields everywhere. Who works without them does so over REST and in the portal.
    """
    return is_agent(actor) and reads_internal(actor)


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
    return actor.pk == ticket.opened_by_id and not is_agent(actor)


def why(actor: Actor, ticket: Ticket, action: str) -> Decision:
    """Whether ``actor`` may run ``action`` on this visible ticket, and by which rule: the kind decides.

    Nobody writes work notes or opens tasks who does not read them, but for the reason of a correction by hand
    (REQ-06).
    """
    if actor is None:
        return PLATFORM
    found = kinds.get(ticket.kind).why(actor, ticket, action)
    if not found or action not in _INSIDE or Grant.CONFIG_WRITE in found.grants:
        return found
    internal = why_internal(actor)
    return found if internal else internal


def why_work(actor: Actor, ticket: Ticket) -> Decision:
    """Whether ``actor`` may keep the checklist of a visible ticket and note time: who writes its work notes.

    Nobody may who does not read what is internal, not even for a correction by hand.
    """
    internal = why_internal(actor)
    return why(actor, ticket, "work_note") if internal else internal


def why_correct_time(actor: Actor, ticket: Ticket, person_id: int) -> Decision:
    """Whether ``actor`` may change or take away the time that ``person_id`` spent on a visible ticket.

    One's own; that of others as the manager of the ticket's group, or as who manages incidents.
    """
    found = why_work(actor, ticket)
    if actor is None or not found:
        return found
    if actor.pk == person_id:
        return OWN_TIME
    group = ticket.group if ticket.group_id else None
    if group is not None and group.manager_id == actor.pk:
        return LEADS_GROUP
    return by_grant(actor, Grant.INCIDENT_MANAGE)


def why_change(actor: Actor, ticket: Ticket, field: str) -> Decision:
    """Whether ``actor`` may change this field of a visible ticket now, and by which rule."""
    decision = why(actor, ticket, "update")
    if decision and ticket.is_closed:
        return CLOSED
    return by_grant(actor, Grant.INCIDENT_MANAGE) if decision and field == "priority" else decision


def may(actor: Actor, ticket: Ticket, action: str) -> bool:
    """Whether ``actor`` may run ``action`` on this visible ticket: the kind decides; the platform may all."""
    return bool(why(actor, ticket, action))
