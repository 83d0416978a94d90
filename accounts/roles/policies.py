"""Who reads and edits roles. Nobody gives a right that they do not hold (SECURITY AC-7)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import OTHER_COMPANY, PLATFORM, Decision, no
from accounts.models import Role, User
from accounts.policies import Actor, has_grant, of_all_companies, why_people

# The way back in: whoever holds it can give everything to everybody, so nobody takes anything from it.
FIXED = "super"
_FIXED = no("fixed", _("This role holds every right and stays as it is."))


def visible_roles(actor: Actor) -> Q:
    """The roles that all companies share, and those of the actor's own."""
    return Q() if actor is None else Q(company=None) | Q(company=actor.company_id)


def may_read(actor: Actor) -> bool:
    """Whether ``actor`` may see who holds which role."""
    return bool(why_people(actor, "read_roles"))


def why_edit(actor: Actor, role: Role | None = None) -> Decision:
    """Whether ``actor`` may change this role, or make one, and by which rule."""
    found = why_people(actor, "edit_roles")
    if actor is None or role is None or not found:
        return found
    if role.company_id not in {None, actor.company_id}:
        return OTHER_COMPANY
    if role.company_id is None and role.key == FIXED:
        return _FIXED
    return of_all_companies(actor, found) if role.company_id is None else found


def may_edit(actor: Actor, role: Role | None = None) -> bool:
    """Whether ``actor`` may change this role, or make one."""
    return bool(why_edit(actor, role))


def why_hand(actor: Actor, role: Role, user: User | None = None) -> Decision:
    """Whether ``actor`` may let people, or this one, hold the role or hold it no longer.

    Who edits people may, for the own company and roles whose every right they hold themselves: nobody takes
    from others what they could not give back.
    """
    found = why_people(actor, "edit")
    if actor is None or not found:
        return found
    if {role.company_id, user.company_id if user else actor.company_id} - {None, actor.company_id}:
        return OTHER_COMPANY
    given = why_give(actor, frozenset(role.grants))
    return found if given else given


def why_give(actor: Actor, grants: frozenset[str]) -> Decision:
    """Whether ``actor`` may give these grants to others: those they hold themselves."""
    lacking = sorted(grant for grant in grants if not has_grant(actor, grant))
    return _LACKING.needing(lacking) if lacking else PLATFORM if actor is None else _HOLDS


_LACKING = no("lacking", _("Nobody gives a right that they do not hold themselves."))
_HOLDS = Decision(True, "holds", _("This person holds what they give."))  # noqa: FBT003 - the answer
