"""Watchers, links and drafts."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import audit, outbox
from core.errors import DuplicateError, NotAllowedError, NotVisibleError, invalid
from core.text import clean
from tickets.choices import LinkType
from tickets.models import Draft, Ticket, TicketLink, Watcher
from tickets.policies import may
from tickets.selectors import seen_by

MAX_DRAFT = 20_000


def _visible(actor: Actor, pk: int) -> Ticket:
    row = seen_by(actor).filter(pk=pk).first()
    if row is None:
        raise NotVisibleError
    return row


@transaction.atomic
def watch(pk: int, *, actor: Actor, user: User) -> None:
    """``user`` follows the ticket; done twice it is done once. Raises NotVisibleError, NotAllowedError."""
    ticket = _visible(actor, pk)
    if not may(actor, ticket, "watch"):
        raise NotAllowedError
    _row, made = Watcher.objects.get_or_create(ticket=ticket, user=user)
    if made:
        audit.write(actor=actor, table="tickets_watcher", object_ref=ticket.number, action="watched")


@transaction.atomic
def unwatch(pk: int, *, actor: Actor, user: User) -> None:
    """``user`` no longer follows the ticket. Raises NotVisibleError, NotAllowedError."""
    ticket = _visible(actor, pk)
    if not may(actor, ticket, "watch") and user != actor:
        raise NotAllowedError
    if Watcher.objects.filter(ticket=ticket, user=user).delete()[0]:
        audit.write(actor=actor, table="tickets_watcher", object_ref=ticket.number, action="unwatched")


@transaction.atomic
def link(pk: int, *, actor: Actor, target: Ticket, type: str) -> TicketLink:
    """Say that the ticket is ``type`` of ``target``; both ends are checked. Publishes ``ticket.linked``.

    Raises NotVisibleError, NotAllowedError, RuleRefusedError, DuplicateError.
    """
    source, other = _visible(actor, pk), _visible(actor, target.pk)
    if not may(actor, source, "link"):
        raise NotAllowedError
    if type not in LinkType.values:
        raise invalid("type", _("This is not a kind of link."), code="choice")
    if source.pk == other.pk:
        raise invalid("target", _("A ticket cannot be linked to itself."))
    if type == LinkType.DUPLICATE:
        _check_duplicate(source, other)
    row, made = TicketLink.objects.get_or_create(source=source, target=other, type=type)
    if not made:
        raise DuplicateError(_("These two are linked already."))
    audit.write(actor=actor, table="tickets_ticketlink", object_ref=source.number, action="linked")
    payload = {"ticket_id": source.pk, "target_id": other.pk, "type": type, "number": source.number}
    outbox.publish("ticket.linked", payload, actor=actor)
    return row


def _check_duplicate(source: Ticket, original: Ticket) -> None:
    """A duplicate points to an original, never to another duplicate (PROCESSES INC-12)."""
    known = TicketLink.objects.filter(type=LinkType.DUPLICATE)
    if known.filter(source=original).exists():
        text = _("%(number)s is a duplicate itself. Link to its original.") % {"number": original.number}
        raise invalid("target", text)
    if known.filter(target=source).exists():
        text = _("Others are duplicates of %(number)s; it cannot become one.") % {"number": source.number}
        raise invalid("target", text)


@transaction.atomic
def unlink(link_id: int, *, actor: Actor) -> None:
    """Take a link away. Raises NotVisibleError, NotAllowedError."""
    seen = seen_by(actor).values("pk")
    row = (
        TicketLink.objects.filter(pk=link_id, source__in=seen, target__in=seen)
        .select_related("source")
        .first()
    )
    if row is None:
        raise NotVisibleError
    if not may(actor, row.source, "link"):
        raise NotAllowedError
    row.delete()
    audit.write(actor=actor, table="tickets_ticketlink", object_ref=row.source.number, action="unlinked")


@transaction.atomic
def keep_draft(*, actor: User, ticket: Ticket | None, tab: str, body: str) -> None:
    """Keep what the person has typed and not sent; an empty text removes it. Raises RuleRefusedError."""
    text = clean("body", body, max_length=MAX_DRAFT)
    if not text:
        Draft.objects.filter(user=actor, ticket=ticket, tab=tab[:40]).delete()
        return
    Draft.objects.update_or_create(user=actor, ticket=ticket, tab=tab[:40], defaults={"body": text})
