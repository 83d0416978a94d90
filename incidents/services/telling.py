"""Who hears what of a major incident (PROCESSES INC-13, INC-15)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.models import OutboxEvent
from incidents.choices import MajorStatus, UpdateChannel
from incidents.major_selectors import major_managers, room_staff
from incidents.models import Incident, MajorRoom, MajorUpdate
from notifications.audience import portal_url
from notifications.choices import Side
from notifications.services import Notice, notify
from tickets.models import Ticket
from tickets.selectors import watchers_of


@transaction.atomic
def tell_of_major(event: OutboxEvent) -> None:
    """Tell the managers of a proposal, who works on it of the decision, who leads of a late update.

    What does not hold any more is told nobody. Each person is told once of an event.
    """
    incident = Incident.objects.filter(pk=event.payload["ticket_id"]).first()
    if incident is None:
        return
    found = _WORDS[event.name](incident, event)
    if found is not None:
        template, people = found
        notify(event, [Notice(template, people, Side.DESK, _url(incident))], ticket=incident)


def _proposed(incident: Incident, _event: OutboxEvent) -> tuple[str, list[int]] | None:
    is_so = incident.major_status == MajorStatus.PROPOSED
    return ("major_proposed", major_managers(incident)) if is_so else None


def _accepted(incident: Incident, _event: OutboxEvent) -> tuple[str, list[int]] | None:
    is_so = incident.major_status == MajorStatus.ACCEPTED
    return ("major_accepted", [*room_staff(incident), *major_managers(incident)]) if is_so else None


def _rejected(incident: Incident, _event: OutboxEvent) -> tuple[str, list[int]] | None:
    return ("major_rejected", [incident.assignee_id]) if incident.assignee_id else None


def _overdue(incident: Incident, event: OutboxEvent) -> tuple[str, list[int]] | None:
    due = MajorRoom.objects.filter(incident=incident).values_list("next_update_at", flat=True).first()
    if due is None or due.isoformat() != event.payload["due_at"]:
        return None  # somebody has written meanwhile, or it has ended
    return "major_update_late", room_staff(incident) or major_managers(incident)


_WORDS = {
    "incident.major_proposed": _proposed,
    "incident.major_accepted": _accepted,
    "incident.major_rejected": _rejected,
    "incident.major_update_overdue": _overdue,
}
TOLD_OF_MAJOR = frozenset(_WORDS)


@transaction.atomic
def tell_the_staff(event: OutboxEvent) -> None:
    """Tell who works on a major incident, and follows it from inside, of an internal update."""
    incident = Incident.objects.filter(pk=event.payload["ticket_id"]).first()
    update = MajorUpdate.objects.filter(pk=event.payload["update_id"]).first()
    if incident is None or update is None or event.payload["public"]:
        return
    if update.channel == UpdateChannel.NOTICE:
        people = [*room_staff(incident), *watchers_of(incident).values_list("pk", flat=True)]
        notice = Notice("major_internal_update", people, Side.DESK, _url(incident), params=_said(update))
        notify(event, [notice], ticket=incident)


@transaction.atomic
def tell_the_affected(event: OutboxEvent) -> None:
    """Tell the people of one ticket of the family of a public update, with the ticket that they know."""
    ticket = Ticket.objects.filter(pk=event.payload["ticket_id"]).first()
    update = MajorUpdate.objects.filter(pk=event.payload.get("update_id")).first()
    if ticket is None or update is None or update.channel != UpdateChannel.NOTICE:
        return
    people = event.payload["people"]
    notice = Notice("major_news", people, Side.PORTAL, portal_url(ticket), params=_said(update))
    notify(event, [notice], ticket=ticket)


def _said(update: MajorUpdate) -> dict[str, Any]:
    return {"names": {"news": {"ko": update.korean, "en": update.english}}}


def _url(incident: Incident) -> str:
    return f"/w/major/{incident.number}/"
