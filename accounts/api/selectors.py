"""Reads that only the API needs."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Membership, User
from accounts.policies import Actor, company_wall, visible_people


def memberships_for(actor: Actor) -> QuerySet[Membership]:
    """Who is in which active group, as far as ``actor`` may name both, in the order they were added."""
    return (
        Membership.objects.filter(
            company_wall(actor, "group__"),
            group__is_active=True,
            user__in=User.objects.filter(visible_people(actor)),
        )
        .select_related("user", "group")
        .order_by("created_at", "pk")
    )
