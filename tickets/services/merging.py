"""Bringing two tickets together in one, and taking that back: what is the same for tickets of every kind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.policies import Actor
from core import audit, outbox, rows
from tickets.choices import ActivityKind, LinkType
from tickets.models import Merge, Ticket, TicketLink, Watcher
from tickets.selectors import seen_by
from tickets.services.writing import activity


def bring_together(
    source: Ticket, target: Ticket, *, actor: Actor, at: dt.datetime, moved: dict[str, Any]
) -> Merge:
    """The merge of two locked tickets of one company, of which ``source`` has just ended.

    Links and watchers go over, the latter as far as they may read the target anyway; what went on in
    ``source`` goes on in ``target``. ``moved`` is what the kind itself has moved. Part of the caller's
    transaction. Publishes ``ticket.merged`` and ``ticket.linked``.
    """
    earlier = list(Merge.objects.filter(main=source.pk, undone_at=None).values_list("pk", flat=True))
    Merge.objects.filter(pk__in=earlier).update(main=target.pk)
    links = _move_links(source, target)
    _link, is_new = _linked(source, target, LinkType.DUPLICATE)
    moved |= {
        "merges": earlier,
        "links": links,
        "duplicate": is_new,
        "watchers": [person.pk for person in followers(source, target)],
    }
    Watcher.objects.bulk_create([Watcher(ticket=target, user_id=pk) for pk in moved["watchers"]])
    merge = Merge.objects.create(source=source, target=target, main=target, by=actor, at=at, moved=moved)
    _note(merge, actor, "merged", at)
    return merge


def take_apart(merge: Merge, *, actor: Actor, at: dt.datetime) -> None:
    """Undo ``bring_together`` between two locked tickets; part of the caller's transaction.

    Watchers, links and earlier merges are as before. Publishes ``ticket.unmerged``.
    """
    moved, source, target = merge.moved, merge.source, merge.main
    Watcher.objects.filter(ticket=target, user__in=moved["watchers"]).delete()
    if moved["duplicate"]:
        TicketLink.objects.filter(source=source, target=target, type=LinkType.DUPLICATE).delete()
    for each in moved["links"]:
        if each["new"]:
            TicketLink.objects.filter(pk=each["new"]).delete()
        TicketLink.objects.get_or_create(
            source_id=each["source"], target_id=each["target"], type=each["type"]
        )
    Merge.objects.filter(pk__in=moved["merges"], undone_at=None).update(main=source.pk)
    merge.undone_at, merge.undone_by = at, actor
    merge.save(update_fields=["undone_at", "undone_by"])
    _note(merge, actor, "unmerged", at)


def followers(source: Ticket, target: Ticket) -> list[User]:
    """Who follows or asked for ``source`` and may read ``target`` by other rules than by following it.

    To follow a ticket is to see it: nobody comes to see one because it was merged with theirs.
    """
    asked = [pk for pk in (source.requester_id, source.on_behalf_of_id) if pk]
    people = User.objects.filter(Q(watches__ticket=source.pk) | Q(pk__in=asked), is_active=True)
    new = people.exclude(pk__in=Watcher.objects.filter(ticket=target.pk).values("user")).distinct()
    return [person for person in new.order_by("pk") if seen_by(person).filter(pk=target.pk).exists()]


def links_that_move(source: Ticket, target: Ticket) -> list[TicketLink]:
    """The links of ``source`` that go over: all but those to ``target`` itself."""
    both = TicketLink.objects.filter(Q(source=source.pk) | Q(target=source.pk))
    others = both.exclude(source=target.pk).exclude(target=target.pk)
    return list(others.select_related("source", "target").order_by("pk"))


def _move_links(source: Ticket, target: Ticket) -> list[dict[str, Any]]:
    """What was where, for the way back; ``new`` is the key of the link that stands there instead, if any.

    Of what ``source`` was a duplicate before, ``target`` is none.
    """
    moved = []
    for row in links_that_move(source, target):
        was = {"source": row.source_id, "target": row.target_id, "type": row.type, "new": None}
        begin = target if row.source_id == source.pk else row.source
        end = target if row.target_id == source.pk else row.target
        row.delete()
        if row.type != LinkType.DUPLICATE or end.pk == target.pk:
            link, is_new = _linked(begin, end, row.type)
            was["new"] = link.pk if is_new else None
        moved.append(was)
    return moved


def _linked(source: Ticket, target: Ticket, type: str) -> tuple[TicketLink, bool]:
    link, is_new = TicketLink.objects.get_or_create(source=source, target=target, type=type)
    if is_new:
        audit.write(actor=None, table="tickets_ticketlink", object_ref=source.number, action="linked")
        payload = {"ticket_id": source.pk, "target_id": target.pk, "type": type, "number": source.number}
        outbox.publish("ticket.linked", payload)
    return link, is_new


def _note(merge: Merge, actor: Actor, verb: str, at: dt.datetime) -> None:
    """A line on both tickets for agents, the audit row and the event."""
    source, target = merge.source, merge.main
    there = {"merged_into": [None, target.pk] if verb == "merged" else [target.pk, None]}
    here = {"merged_here": [None, source.pk] if verb == "merged" else [source.pk, None]}
    rows.insert(
        [
            activity(source, actor, ActivityKind.SYSTEM, verb=verb, changes=there, is_public=False, at=at),
            activity(
                target, actor, ActivityKind.SYSTEM, verb=f"{verb}_here", changes=here, is_public=False, at=at
            ),
        ]
    )
    audit.write(actor=actor, table="tickets_merge", object_ref=source.number, action=verb, diff=there)
    payload = {"ticket_id": source.pk, "number": source.number, "kind": source.kind}
    outbox.publish(f"ticket.{verb}", payload | {"target_id": target.pk, "merge_id": merge.pk}, actor=actor)


def split_from(source: Ticket, new: Ticket, *, actor: Actor, at: dt.datetime) -> None:
    """Link a ticket that was opened for a part of another; a line on that. Publishes ``ticket.split``."""
    _linked(new, source, LinkType.SPLIT_OF)
    there = {"split_into": [None, new.pk]}
    rows.insert(
        [activity(source, actor, ActivityKind.SYSTEM, verb="split", changes=there, is_public=False, at=at)]
    )
    audit.write(
        actor=actor, table=source._meta.db_table, object_ref=source.number, action="split", diff=there
    )
    payload = {"ticket_id": source.pk, "number": source.number, "kind": source.kind, "target_id": new.pk}
    outbox.publish("ticket.split", payload, actor=actor)
