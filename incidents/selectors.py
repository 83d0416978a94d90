"""Reading incidents."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from accounts.policies import Actor
from incidents.models import Incident
from incidents.policies import visible_to
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket
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


def keep_families_still() -> None:
    """Let nobody else give an incident a parent until this transaction ends: two could close a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('tickets_parents_make_no_circle'))")


def line_above(ticket: Ticket) -> list[int]:
    """Keys of the ticket, its parent, and so on to the top: a query for each level."""
    line, above = [ticket.pk], ticket.parent_id
    while above is not None and above not in line:
        line.append(above)
        above = Ticket.objects.values_list("parent", flat=True).get(pk=above)
    return line


def levels_below(pk: int, most: int) -> int:
    """How many levels of incidents lie below it, at most ``most``: a query for each."""
    found = [pk]
    for level in range(most):
        found = list(Ticket.objects.filter(kind="incident", parent__in=found).values_list("pk", flat=True))
        if not found:
            return level
    return most


def open_children(pk: int) -> QuerySet[Incident]:
    """The incidents right below that have come to no end yet."""
    return Incident.objects.filter(parent=pk, kind="incident", active=True).order_by("pk")


def last_question(incident: Incident) -> int | None:
    """The last public word of who works on it: what its caller is asked."""
    own = [incident.requester_id, incident.on_behalf_of_id]
    rows = Activity.objects.filter(ticket=incident.pk, kind=ActivityKind.COMMENT, is_public=True)
    asked = rows.exclude(actor__in=[pk for pk in own if pk]).order_by("-pk")
    return asked.values_list("pk", flat=True).first()


def cause_of_resolution(pk: int) -> str:
    """What made the platform resolve the incident last, as causes are written; empty for a person's doing."""
    rows = Activity.objects.filter(ticket=pk, kind=ActivityKind.STATE, verb="resolve").order_by("-pk")
    chain: list[str] = rows.values_list("cause_chain", flat=True).first() or []
    return chain[-1] if chain else ""
