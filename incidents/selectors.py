"""Reading incidents."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.policies import Actor
from incidents.models import Incident
from incidents.policies import visible_to
from tickets.selectors import kind_numbered

_HEAVY = ("description", "bigram", "custom", "close_notes")


def incidents_for(actor: Actor) -> QuerySet[Incident]:
    """Incidents ``actor`` may see, newest first."""
    return (
        Incident.objects.filter(visible_to(actor))
        .select_related("requester", "assignee", "group", "ci")
        .defer(*_HEAVY)
        .order_by("-opened_at", "-pk")
    )


def incident_numbered(actor: Actor, number: str) -> Incident:
    """The incident with that number. Raises NotVisibleError."""
    row: Incident = kind_numbered(actor, "incident", number)
    return row
