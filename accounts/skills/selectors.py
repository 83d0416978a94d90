"""Reads of skills."""

from __future__ import annotations

from accounts.models import Skill, User
from accounts.policies import Actor, company_wall

MOST_NAMES = 500


def names_for(actor: Actor) -> list[str]:
    """The skills that people of the actor's company have, by name, at most MOST_NAMES."""
    rows = Skill.objects.filter(company_wall(actor, "user__"), user__is_active=True)
    return list(rows.order_by("name").values_list("name", flat=True).distinct()[:MOST_NAMES])


def skills_of(person: User) -> list[Skill]:
    """What the person knows, by name."""
    return list(Skill.objects.filter(user=person.pk).order_by("name"))
