"""Who reads and edits roles. Nobody gives a right that they do not hold (SECURITY AC-7)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import OTHER_COMPANY, PLATFORM, Decision, no
from accounts.choices import Grant
from accounts.models import Company, Role
from accounts.policies import Actor, has_grant, why_people

# The way back in: whoever holds it can give everything to everybody, so nobody takes anything from it.
FIXED = "super"
_FIXED = no("fixed", _("This role holds every right and stays as it is."))
_SHARED = no(
    "shared", _("All companies share this role: only who may cross the wall between them changes it.")
)


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
    if role.company_id is None and not _is_alone(actor) and not has_grant(actor, Grant.CROSS_COMPANY):
        return _SHARED
    return found


def may_edit(actor: Actor, role: Role | None = None) -> bool:
    """Whether ``actor`` may change this role, or make one."""
    return bool(why_edit(actor, role))


def why_give(actor: Actor, grants: frozenset[str]) -> Decision:
    """Whether ``actor`` may give these grants to others: those they hold themselves."""
    lacking = sorted(grant for grant in grants if not has_grant(actor, grant))
    return _LACKING.needing(lacking) if lacking else PLATFORM if actor is None else _HOLDS


_LACKING = no("lacking", _("Nobody gives a right that they do not hold themselves."))
_HOLDS = Decision(True, "holds", _("This person holds what they give."))  # noqa: FBT003 - the answer


def _is_alone(actor: Actor) -> bool:
    return actor is not None and not Company.objects.exclude(pk=actor.company_id).exists()
