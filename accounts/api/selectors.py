"""Reads that only the API needs."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from accounts.policies import Actor, company_wall, group_ids, visible_people


def memberships_for(actor: Actor) -> QuerySet[Membership]:
    """Who is in which active group, in the order they were added, as far as ``actor`` may name both.

    Who is in a restricted group, only its members are told.
    """
    if actor is None:
        return Membership.objects.select_related("user", "group").order_by("created_at", "pk")
    told = Q(group__is_restricted=False) | Q(group__in=group_ids(actor))
    return (
        Membership.objects.filter(
            told,
            company_wall(actor, "group__"),
            group__is_active=True,
            user__in=User.objects.filter(visible_people(actor)),
        )
        .select_related("user", "group")
        .order_by("created_at", "pk")
    )
