"""What open pages are told of an event: topics, ids, numbers and versions; never a text (UI section 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models.functions import Now

from accounts.models import Group
from approvals.models import Approval, ApprovalRequest
from core.live import Envelope, Message
from core.models import OutboxEvent
from core.prepared import the_one
from notifications.choices import Channel
from notifications.models import Notification
from tickets import kinds
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket

WINDOW_SECONDS = 30
MOST = 500
MAX_DEPTH = 3
_BOTH_ENDS = frozenset({"ticket.merged", "ticket.unmerged", "ticket.split"})
_TOLD = (
    *("number", "kind", "lock_version", "requester", "group__key"),
    *("parent__number", "parent__kind", "parent__lock_version", "parent__requester", "parent__parent"),
)


def envelope_of(event: OutboxEvent) -> Envelope:
    """All that open pages hear of ``event``; without messages when they hear nothing."""
    return Envelope(f"e{event.pk}", tuple(_messages(event)))


def _messages(event: OutboxEvent) -> Iterator[Message]:
    payload = event.payload
    pk = payload.get("ticket_id") or 0
    rows = Ticket.objects.select_related("group", "parent").only(*_TOLD)
    ticket = the_one(rows.filter(pk=pk)) if pk else None
    if ticket is not None:
        internal = event.name == "ticket.commented" and not payload.get("public")
        internal |= event.name.endswith((".children_resolved", ".tasks_done"))
        internal |= ".major_" in event.name and not event.name.endswith(".major_told")
        yield from _of_ticket(ticket, event.name, internal=internal)
        if "group" in payload.get("changed", ()):
            yield from _left_queue(ticket)
    if event.name in _BOTH_ENDS:
        other = the_one(rows.filter(pk=payload["target_id"]))
        if other is not None:
            yield from _of_ticket(other, event.name, internal=False)
    if event.name.startswith("approval."):
        yield from _of_approval(payload)


def _of_ticket(ticket: Ticket, kind: str, *, internal: bool) -> Iterator[Message]:
    data = {"number": ticket.number, "version": ticket.lock_version, "kind": kind}
    yield Message(f"tickets/{ticket.number}", "ticket.changed", data, internal)
    yield Message("queue/all", "queue.changed", data, internal)
    if ticket.group:
        yield Message(f"queue/{ticket.group.key}", "queue.changed", data, internal)
    above, depth = ticket.parent, 0
    while above is not None and depth < MAX_DEPTH:
        child = {"number": above.number, "version": above.lock_version, "kind": "child.changed"}
        kept = internal or _is_hidden_below(above, ticket)
        yield Message(f"tickets/{above.number}", "ticket.changed", child, kept)
        above, depth = above.parent, depth + 1


def _is_hidden_below(above: Ticket, ticket: Ticket) -> bool:
    """Whether who asked for the one above knows nothing of the one below: work for teams, other people's."""
    return bool(kinds.get(above.kind).task_kind) or above.requester_id != ticket.requester_id


def _left_queue(ticket: Ticket) -> Iterator[Message]:
    """The queue a ticket was in before; without its number, which readers there may no longer know."""
    row = (
        Activity.objects.filter(ticket=ticket, kind=ActivityKind.FIELD, changes__has_key="group")
        .order_by("-pk")
        .first()
    )
    before = Group.objects.filter(pk=row.changes["group"][0]).first() if row else None
    if before is not None and before.pk != ticket.group_id:
        yield Message(f"queue/{before.key}", "queue.changed", {"kind": "ticket.left"})


def _of_approval(payload: dict[str, Any]) -> Iterator[Message]:
    request = ApprovalRequest.objects.filter(pk=payload.get("request_id") or 0).first()
    if request is None:
        return
    rows = Approval.objects.filter(request=request).values_list("approver_id", "delegate_id", "decided_by_id")
    people = {pk for row in rows for pk in row if pk}
    data = {"request": str(request.public_id), "version": request.lock_version}
    for pk in sorted(people):
        yield Message(f"users/{pk}", "approval", data)


def recent_envelopes(known: frozenset[str]) -> list[Envelope]:
    """What happened in the last half minute and is not among ``known``, oldest first.

    The live process reads this while the broker is away, and now and then beside it.
    """
    since = Now() - dt.timedelta(seconds=WINDOW_SECONDS)
    newest = OutboxEvent.objects.order_by("-pk").values("pk")[:MOST]
    ids = OutboxEvent.objects.filter(pk__in=newest, created_at__gt=since).values_list("pk", flat=True)
    unknown = [pk for pk in ids if f"e{pk}" not in known]
    events = OutboxEvent.objects.filter(pk__in=unknown).order_by("pk")
    fresh = [envelope_of(event) for event in events]
    rows = Notification.objects.order_by("-pk").values("pk")[:MOST]
    rung = Notification.objects.filter(pk__in=rows, channel=Channel.INAPP, created_at__gt=since).order_by(
        "pk"
    )
    bells = [
        (f"n{event_id}.{user_id}", user_id, event_id)
        for event_id, user_id in rung.values_list("event_id", "user_id")
    ]
    fresh += [
        Envelope(key, (Message(f"users/{user_id}", "notification", {"event": event_id}),))
        for key, user_id, event_id in bells
        if key not in known
    ]
    return [envelope for envelope in fresh if envelope.messages]
