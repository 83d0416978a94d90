"""Which incidents report much the same as one: open ones, and those that were resolved of late."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from accounts.policies import Actor
from core.time import db_now
from incidents.models import Incident
from tickets.likeness import alike
from tickets.models import Ticket

MOST = 10
LATELY = dt.timedelta(days=30)


def similar_incidents(actor: Actor, incident: Incident, *, most: int = MOST) -> list[Ticket]:
    """Visible incidents with a title like that of ``incident``, the best first; at most six queries.

    They are about the same item or of the same category where the incident has any. Left out are those that
    were withdrawn or merged.
    """
    lately = Q(resolved_at__gte=db_now() - LATELY) & ~Q(state="cancelled")
    among = Q(kind="incident") & ~Q(pk=incident.pk) & (Q(active=True) | lately)
    return alike(actor, incident.title, among=among & _same_place(incident), most=most)


def _same_place(incident: Incident) -> Q:
    place = Q()
    if incident.ci_id is not None:
        place |= Q(ci=incident.ci_id)
    if incident.category:
        place |= Q(category=incident.category)
    return place
