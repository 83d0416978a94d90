"""Who holds which grant, and the company wall. Nothing is kept across requests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import PLATFORM, UNKNOWN_ACTION, Decision, no
from accounts.choices import Grant
from accounts.models import Company, Group, Membership, Role, User
from core.prepared import PreparedPlain

if TYPE_CHECKING:
    from collections.abc import Iterable

Actor = User | None
AGENT_GRANTS = (
    Grant.TICKET_READ_ALL,
    Grant.INCIDENT_WRITE,
    Grant.REQUEST_WRITE,
    Grant.REQUEST_FULFIL,
    Grant.PROBLEM_WRITE,
    Grant.CHANGE_WRITE,
)
_PEOPLE: dict[str, tuple[str, ...]] = {
    "edit": (Grant.USERS_WRITE,),
    "read_roles": (Grant.USERS_WRITE, Grant.AUDIT_READ),
    "edit_roles": (Grant.USERS_WRITE,),
    "explain": (Grant.USERS_WRITE, Grant.AUDIT_READ),
}
_PERSON = -1  # the place of the person that a prepared query is asked for
_HELD = _("A role of this person gives the right that is asked for.")
_MISSING = _("No role of this person gives the right that is asked for.")
_SHARED = no("shared", _("All companies share this: only who may cross the wall between them changes it."))
INACTIVE = no("inactive", _("The account is switched off: it holds no right."))


def grants_of(actor: User) -> frozenset[str]:
    """Every grant the person's roles give, kept on this instance, that is for this request or job."""
    known: frozenset[str] | None = actor.__dict__.get("_grants")
    if known is None:
        known = frozenset()
        if actor.is_active:  # nobody and those who left hold none: nothing is asked
            known = frozenset(grant for role in _roles().read(actor.pk) for grant in role.grants)
        know_grants(actor, known)
    return known


def know_grants(actor: User, grants: Iterable[str]) -> None:
    """Keep the grants on this instance, for a caller who has read them together with the person."""
    actor.__dict__["_grants"] = frozenset(grants)


def forget_grants(actor: User) -> None:
    """Let the next question read the grants anew, for a writer that holds the locks."""
    actor.__dict__.pop("_grants", None)


def has_grant(actor: Actor, grant: str) -> bool:
    """Whether ``actor`` holds ``grant``; the platform itself (None) holds all, an inactive person none."""
    return actor is None or grant in grants_of(actor)


def by_grant(actor: Actor, *grants: str) -> Decision:
    """Yes when ``actor`` holds one of ``grants``; the answer names those held, a refusal names all."""
    if actor is None:
        return PLATFORM
    held = tuple(grant for grant in grants if grant in grants_of(actor))
    return _by_grants(actor, grants, held, allowed=bool(held))


def by_grants(actor: Actor, *grants: str) -> Decision:
    """Yes when ``actor`` holds every one of ``grants``; a refusal names those that are missing."""
    if actor is None:
        return PLATFORM
    missing = tuple(grant for grant in grants if grant not in grants_of(actor))
    return _by_grants(actor, missing, grants, allowed=not missing)


def _by_grants(actor: User, missing: tuple[str, ...], held: tuple[str, ...], *, allowed: bool) -> Decision:
    if allowed:
        return Decision(True, "grant", _HELD, held)  # noqa: FBT003 - the answer
    if not actor.is_active:
        return INACTIVE
    return no("grant_missing", _MISSING).needing(missing)


def agent_decision(actor: Actor) -> Decision:
    """Whether ``actor`` works tickets of others, by which grants."""
    return by_grant(actor, *AGENT_GRANTS)


def is_agent(actor: Actor) -> bool:
    """Whether ``actor`` works tickets of others."""
    return bool(agent_decision(actor))


def company_wall(actor: Actor, prefix: str = "") -> Q:
    """Rows of the actor's own company; the constant that list indexes start with (DOMAIN DM-2)."""
    if actor is None:
        return Q()
    return Q(**{f"{prefix}company_id": actor.company_id})


def of_all_companies(actor: Actor, found: Decision) -> Decision:
    """``found``, unless the thing is shared by several companies and ``actor`` may not cross their wall.

    What one of them changes counts for all: flows, connections, calendars, service levels and shared roles.
    """
    if not found or actor is None or has_grant(actor, Grant.CROSS_COMPANY) or _is_alone(actor):
        return found
    return _SHARED


def _is_alone(actor: User) -> bool:
    """Whether there is no other company, kept on this instance."""
    known: bool | None = actor.__dict__.get("_is_alone")
    if known is None:
        known = actor.__dict__["_is_alone"] = not Company.objects.exclude(pk=actor.company_id).exists()
    return known


def group_ids(actor: Actor) -> frozenset[int]:
    """The active groups the person is in, kept on this instance."""
    if actor is None:
        return frozenset()
    known: frozenset[int] | None = actor.__dict__.get("_group_ids")
    if known is None:
        rows = _memberships().read(actor.pk)
        known = actor.__dict__["_group_ids"] = frozenset(row.group_id for row in rows)
    return known


@cache
def _roles() -> PreparedPlain:
    return PreparedPlain(Role.objects.filter(holders=_PERSON), ["grants"], {}, _PERSON)


@cache
def _memberships() -> PreparedPlain:
    rows = Membership.objects.filter(user=_PERSON, group__is_active=True)
    return PreparedPlain(rows, ["group_id"], {}, _PERSON)


def know_groups(actor: User, ids: Iterable[int]) -> None:
    """Keep the active groups on this instance, for a caller who has read them together with the person."""
    actor.__dict__["_group_ids"] = frozenset(ids)


def managed_group_ids(actor: Actor) -> frozenset[int]:
    """The groups the person manages, by name or as a managing member."""
    if actor is None:
        return frozenset()
    named = Group.objects.filter(
        Q(manager=actor.pk) | Q(memberships__user=actor.pk, memberships__is_manager=True)
    )
    return frozenset(named.values_list("pk", flat=True))


def visible_people(actor: Actor) -> Q:
    """People ``actor`` may name: active ones of the own company; service accounts for agents only."""
    if actor is None:
        return Q()
    wall = company_wall(actor) & Q(is_active=True)
    return wall if is_agent(actor) else wall & Q(is_service=False)


def visible_tokens(actor: User) -> Q:
    """API tokens ``actor`` may see: the own ones, or all of the company for who edits people."""
    if has_grant(actor, Grant.USERS_WRITE):
        return Q(owner__company_id=actor.company_id)
    return Q(owner=actor.pk)


def may_edit_person(actor: Actor, person: User) -> bool:
    """Whether ``actor`` may change this person's record beyond its own preferences."""
    return has_grant(actor, Grant.USERS_WRITE) and (actor is None or actor.company_id == person.company_id)


def may_ask(actor: Actor) -> bool:
    """Whether ``actor`` may ask what others may see and do, and why (SECURITY AC-14)."""
    return bool(why_people(actor, "explain"))


def why_people(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may ``edit`` people, ``read_roles``, ``edit_roles``, or ``explain`` access."""
    grants = _PEOPLE.get(action)
    return by_grant(actor, *grants) if grants else UNKNOWN_ACTION


def may_mint(actor: User, owner: User) -> bool:
    """Whether ``actor`` may make a token for ``owner``: own ones, or a service account's.

    A service account that holds a right the actor lacks is above them: its token would lend it (AC-7).
    """
    if not has_grant(actor, Grant.API_USE):
        return False
    if actor.pk == owner.pk:
        return True
    below = owner.is_service and owner.is_active and may_edit_person(actor, owner)
    return below and grants_of(owner) <= grants_of(actor)


def may_end(actor: User, owner: User) -> bool:
    """Whether ``actor`` may end tokens and sessions of ``owner``: the own ones, or as who edits people."""
    return actor.pk == owner.pk or may_edit_person(actor, owner)
