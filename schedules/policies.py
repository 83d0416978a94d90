"""Who may see and change calendars and rotas: people who work with tickets read them.

Administrators change them; a rota also the managers of its group, and its people hand their turns over.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import UNKNOWN_ACTION, Decision, yes
from accounts.choices import Grant
from accounts.models import Group
from accounts.policies import (
    Actor,
    by_grant,
    company_wall,
    has_grant,
    managed_group_ids,
    of_all_companies,
)
from schedules.models import Rota, RotaOverride

ACTIONS = ("read", "edit")
_MANAGES = yes("manages", _("This person manages a group, and people who manage one change its rotas."))
_NEEDS = {"read": (Grant.TICKET_READ_ALL, Grant.CONFIG_WRITE), "edit": (Grant.CONFIG_WRITE,)}


def why(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may read calendars or edit them, and by which grant. All companies share them."""
    if action not in _NEEDS:
        return UNKNOWN_ACTION
    found = by_grant(actor, *_NEEDS[action])
    return of_all_companies(actor, found) if action == "edit" else found


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read calendars or edit them."""
    return bool(why(actor, action))


def may_choose(actor: Actor) -> bool:
    """Whether ``actor`` may say by which calendar the groups, places and items of the own company go."""
    return has_grant(actor, Grant.CONFIG_WRITE)


def visible_rotas(actor: Actor) -> Q:
    """The rotas ``actor`` may read: those of the own company, for agents and who edits the configuration."""
    return company_wall(actor, "group__") if may(actor, "read") else Q(pk__in=())


def may_edit_rotas_of(actor: Actor, group: Group) -> bool:
    """Whether ``actor`` may make and change rotas of that group: its managers and administrators."""
    if actor is None:
        return True
    if group.company_id != actor.company_id or not may(actor, "read"):
        return False
    return has_grant(actor, Grant.CONFIG_WRITE) or group.pk in managed_group_ids(actor)


def why_rotas(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may ``read`` rotas, or ``edit`` those of any group, and by which rule."""
    if action not in _NEEDS:
        return UNKNOWN_ACTION
    found = by_grant(actor, *_NEEDS[action])
    if found or action != "edit" or not may(actor, "read"):
        return found
    return _MANAGES if managed_group_ids(actor) else found


def may_configure_rotas(actor: Actor) -> bool:
    """Whether ``actor`` may make and change rotas of any group."""
    return bool(why_rotas(actor, "edit"))


def may_drop_override(actor: Actor, row: RotaOverride) -> bool:
    """Who may take an override back: who made it, who is on call by it, and who may change the rota."""
    if actor is not None and actor.pk in {row.made_by_id, row.person_id}:
        return may(actor, "read")
    return may_edit_rotas_of(actor, row.rota.group)


def may_read_rota(actor: Actor, row: Rota) -> bool:
    """Whether ``actor`` may read that rota."""
    return actor is None or (row.group.company_id == actor.company_id and may(actor, "read"))
