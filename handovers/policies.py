"""Who writes, reads and accepts hand-overs: the members of the team; who leads it reads them."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import PLATFORM, Decision, no, yes
from accounts.models import User
from accounts.policies import Actor, company_wall, group_ids, managed_group_ids
from handovers.models import HandOver
from tickets.policies import works_inside

_MEMBER = yes("member", _("This person is a member of the team."))
_NO_MEMBER = no("not_member", _("Only members of the team hand over and take over its shifts."))
_OWN = no("own", _("Who wrote it does not take it over; the next shift does."))
_OUTSIDE = no("outside", _("This is for people who work in the workspace."))


def may_use(actor: Actor) -> bool:
    """Whether ``actor`` is a person who works on tickets in the workspace."""
    return actor is not None and works_inside(actor)


def visible_to(actor: Actor) -> Q:
    """The hand-overs ``actor`` reads: those of the teams they are in or lead.

    Which of the notes in one they read is decided ticket by ticket (``selectors.with_notes``).
    """
    if actor is None:
        return Q()
    if not may_use(actor):
        return Q(pk__in=())
    return company_wall(actor) & Q(group__in=group_ids(actor) | managed_group_ids(actor))


def acceptable_by(actor: User) -> Q:
    """The hand-overs that wait for ``actor`` to take them over: rows for which ``why_accept`` says yes."""
    if not may_use(actor):
        return Q(pk__in=())
    waiting = Q(taken_at=None, group__in=group_ids(actor)) & ~Q(written_by=actor)
    return company_wall(actor) & waiting


def why_write(actor: Actor, group_id: int) -> Decision:
    """Whether ``actor`` may hand over a shift of that team."""
    if actor is None:
        return PLATFORM
    if not may_use(actor):
        return _OUTSIDE
    return _MEMBER if group_id in group_ids(actor) else _NO_MEMBER


def why_accept(actor: Actor, row: HandOver) -> Decision:
    """Whether ``actor`` may take over what this visible hand-over leaves, as long as nobody has."""
    found = why_write(actor, row.group_id)
    if found and actor is not None and row.written_by_id == actor.pk:
        return _OWN
    return found
