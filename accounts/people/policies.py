"""Who sees people that are switched off, and who switches them off and on."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import OTHER_COMPANY, Decision, no
from accounts.choices import Grant
from accounts.models import Role, User
from accounts.policies import Actor, company_wall, has_grant, why_people
from accounts.roles.policies import FIXED, why_give

_ONESELF = no("oneself", _("Nobody switches themselves off or on."))


def may_keep(actor: Actor) -> bool:
    """Whether ``actor`` looks after the people of the company."""
    return bool(why_people(actor, "edit"))


def kept_people(actor: Actor) -> Q:
    """Everybody of the company, also those switched off and service accounts, for who edits people."""
    return company_wall(actor) if has_grant(actor, Grant.USERS_WRITE) else Q(pk__in=[])


def why_switch(actor: User, person: User) -> Decision:
    """Whether ``actor`` may switch this person off or on, and by which rule.

    Who edits people may, for the own company and not for themselves. Who holds the role that holds every
    right is switched only by who holds as much: nobody else could give it back (docs/decisions/0027).
    """
    found = why_people(actor, "edit")
    if not found:
        return found
    if person.company_id != actor.company_id:
        return OTHER_COMPANY
    if person.pk == actor.pk:
        return _ONESELF
    held = Role.objects.filter(holders=person.pk, key=FIXED, company=None).values_list("grants", flat=True)
    given = why_give(actor, frozenset(grant for grants in held for grant in grants))
    return found if given else given
