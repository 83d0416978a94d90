"""What people keep in the workspace for themselves, a team or all agents: who sees it, who changes it.

The rows have ``company``, ``owner``, ``audience`` and ``group``: saved views and macros.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import PLATFORM, Decision, no, yes
from accounts.choices import Audience, Grant
from accounts.models import Group, User
from accounts.policies import Actor, by_grant, company_wall, group_ids, has_grant, managed_group_ids
from core.errors import NotAllowedError, StaleVersionError, invalid, required

_OWN = yes("own", _("It is this person's own."))
_MAKER = yes("maker", _("This person made it and is in its team."))
_MANAGER = yes("manager", _("This person manages its team."))
_OTHERS = no("not_own", _("Only who made it, a manager of its team or an administrator changes it."))


def shown_to(actor: Actor) -> Q:
    """The rows ``actor`` is shown: the own ones, those of their teams, and those for all agents."""
    if actor is None:
        return Q()
    return company_wall(actor) & (
        Q(audience=Audience.MINE, owner=actor)
        | Q(audience=Audience.TEAM, group__in=group_ids(actor))
        | Q(audience=Audience.EVERYONE)
    )


def why_change(actor: Actor, row: Any) -> Decision:
    """Whether ``actor`` may change, share and delete this visible row, and by which rule."""
    if actor is None:
        return PLATFORM
    if row.audience == Audience.MINE:
        return _OWN if row.owner_id == actor.pk else _OTHERS
    if row.audience == Audience.TEAM:
        if row.owner_id == actor.pk and row.group_id in group_ids(actor):
            return _MAKER
        if row.group_id in managed_group_ids(actor):
            return _MANAGER
    administrator = by_grant(actor, Grant.CONFIG_WRITE)
    return administrator if administrator or row.audience == Audience.EVERYONE else _OTHERS


def may_share(actor: Actor, audience: str, group_id: int | None) -> bool:
    """Whether ``actor`` may make a row for that audience: their own teams, or all as administrator."""
    if actor is None or audience == Audience.MINE or has_grant(actor, Grant.CONFIG_WRITE):
        return True
    return audience == Audience.TEAM and group_id in group_ids(actor)


def check_change(actor: Actor, row: Any, expected_version: int | None) -> None:
    """Nothing when ``actor`` may change this locked row as they know it; None is any version.

    Raises NotAllowedError with the rule's words, StaleVersionError with the version it has.
    """
    decision = why_change(actor, row)
    if not decision:
        raise NotAllowedError(str(decision.words))
    if expected_version is not None and row.lock_version != expected_version:
        raise StaleVersionError(current_version=row.lock_version)


def share(row: Any, actor: User, audience: str, group: Group | None) -> None:
    """Set for whom the row is; who takes another's for themselves becomes its owner.

    Raises RuleRefusedError for no audience and for a team's without a team, NotAllowedError for an audience
    the actor may not share with.
    """
    if audience not in Audience.values:
        raise invalid("audience", gettext("This is not one of the choices."), code="choice")
    if audience == Audience.TEAM and group is None:
        raise required("group", gettext("Choose the team that sees it."))
    team = group if audience == Audience.TEAM else None
    same = audience == row.audience and team == row.group
    if not same and not may_share(actor, audience, team.pk if team else None):
        raise NotAllowedError(
            gettext(
                "You make this for yourself and your own teams; an administrator makes it for all agents."
            )
        )
    if audience == Audience.MINE and row.owner_id != actor.pk:
        row.owner = actor
    row.audience, row.group = audience, team
