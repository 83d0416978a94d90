"""Reading roles, who holds them, and what a change of their grants would do to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.choices import Grant
from accounts.models import Role, RoleAssignment, User
from accounts.policies import Actor, company_wall
from accounts.roles.policies import may_read, visible_roles
from core.errors import NotVisibleError

NAMES_SHOWN = 10


@dataclass(frozen=True)
class Effect:
    """What a change does: ``count`` people gain or lose ``grant``; the first of them by name.

    ``hidden`` of them are not named: there are too many, or they are of other companies.
    """

    grant: str
    label: str
    gained: bool
    count: int
    people: tuple[User, ...]

    @property
    def hidden(self) -> int:
        """How many are not named."""
        return self.count - len(self.people)


def roles_for(actor: Actor) -> QuerySet[Role]:
    """The roles ``actor`` may name, by key: the shared ones and those of the own company."""
    return Role.objects.filter(visible_roles(actor)).order_by("key")


def role_keyed(actor: Actor, key: str) -> Role:
    """The role with that key. Raises NotVisibleError."""
    row = roles_for(actor).filter(key=key).first()
    if row is None:
        raise NotVisibleError
    return row


def roles_with_counts(actor: User) -> QuerySet[Role]:
    """The roles with ``holder_count``: how many active people of the own company hold each. One query."""
    held = Q(holders__company=actor.company_id, holders__is_active=True)
    return roles_for(actor).annotate(holder_count=Count("holders", filter=held))


def holders_for(actor: Actor, role: Role) -> QuerySet[User]:
    """Active people of the own company who hold the role, by name; nobody for who may not know."""
    rows = User.objects.filter(company_wall(actor), roles=role.pk, is_active=True)
    return rows.order_by("name_ko", "pk") if may_read(actor) else rows.none()


def holder_named(actor: Actor, role: Role, username: str) -> User | None:
    """The person of the own company, active or not, who holds the role; None for anybody else."""
    if not may_read(actor):
        return None
    held = User.objects.filter(company_wall(actor), roles=role.pk)
    return held.filter(username__iexact=username).first()


def effects_of(actor: User, role: Role, grants: Iterable[str]) -> list[Effect]:
    """Who would gain or lose what, were these the role's grants; those who hold a grant elsewhere do neither.

    At most two queries for each grant that changes. In the order of the grants.
    """
    wanted, present = set(grants), set(role.grants)
    changed = [grant for grant in Grant if grant in wanted ^ present]
    return [_effect(actor, role, grant, gained=grant in wanted) for grant in changed]


def _effect(actor: User, role: Role, grant: Grant, *, gained: bool) -> Effect:
    elsewhere = RoleAssignment.objects.filter(user=OuterRef("pk"), role__grants__contains=[grant])
    touched = User.objects.filter(
        ~Exists(elsewhere.exclude(role=role.pk)), roles=role.pk, is_active=True
    ).order_by("name_ko", "pk")
    count = touched.count()
    people = tuple(touched.filter(company_wall(actor))[:NAMES_SHOWN]) if count else ()
    return Effect(str(grant), str(grant.label), gained, count, people)
