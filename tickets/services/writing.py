"""Opening and editing tickets, and the record that every write leaves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.policies import Actor
from accounts.selectors import is_member
from core import audit, outbox, rehearsing, rows
from core.cause import current_chain, current_channel
from core.errors import (
    BadInputError,
    NotAllowedError,
    NotVisibleError,
    StaleVersionError,
    WrongStateError,
    invalid,
)
from core.prepared import the_one
from core.revisions import Stamps
from core.text import bigrams, clean
from tickets import hooks, indexing, kinds
from tickets.assignment import ROUTED, Match, assign_by_rules, priority_for
from tickets.choices import ActivityKind, Level, Priority
from tickets.models import Activity, Ticket
from tickets.numbering import begin
from tickets.policies import CLOSED, may, visible_to, why_change
from tickets.selectors import seen_by
from tickets.services.mentioning import mention

TicketT = TypeVar("TicketT", bound=Ticket)
PartT = TypeVar("PartT", bound=Model)
_UNTRACKED = {
    "id",
    "ticket_ptr",
    "public_id",
    "bigram",
    "active",
    "lock_version",
    "created_at",
    "updated_at",
    "company",
}
_DERIVED = {"state_rank", "phase"}
_TEXT_SIZES = {"title": 160, "description": 20_000, "category": 60, "close_notes": 20_000, "reason": 40}


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """The tracked columns by field name; foreign keys as primary keys."""
    return {
        field.name: ticket.__dict__.get(field.attname)
        for field in ticket._meta.concrete_fields
        if field.name not in _UNTRACKED and field.attname in ticket.__dict__
    }


def plain(value: Any) -> Any:
    """``value`` as JSON for activity and audit rows."""
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID | Decimal) else value


def locked(model: type[TicketT], pk: int, *, actor: Actor, expected_version: int | None = None) -> TicketT:
    """The row, locked until the commit without blocking comments on it (RELIABILITY RL-32).

    It brings the instant of the transaction along: ``instant``. Raises NotVisibleError, StaleVersionError.
    """
    of = ("self", "ticket_ptr") if model is not Ticket else ("self",)
    found = cast("QuerySet[TicketT]", model._default_manager.filter(visible_to(actor), pk=pk))
    found = cast("QuerySet[TicketT]", found.annotate(locked_at=TransactionNow()))
    row = the_one(found.select_for_update(no_key=True, of=of))
    if row is None:
        raise NotVisibleError
    if expected_version is not None and row.lock_version != expected_version:
        raise StaleVersionError(current_version=row.lock_version)
    return row


def instant(ticket: Ticket) -> dt.datetime:
    """What ``db_now`` would say in the transaction that ``locked`` this ticket, without asking once more."""
    at: dt.datetime = ticket.__dict__["locked_at"]
    return at + rehearsing.shift()


def open_ticket(ticket: TicketT, *, actor: Actor, payload: dict[str, Any] | None = None) -> TicketT:
    """Number, prioritise, route, save and record a new ticket; part of the caller's transaction.

    The caller has set kind, state, requester and what is particular to the kind. Publishes ``<kind>.opened``.
    Raises RuleRefusedError for texts that cannot be stored.
    """
    ticket.company_id = ticket.company_id or ticket.requester.company_id
    ticket.opened_by = ticket.opened_by or actor
    ticket.title = clean("title", ticket.title, max_length=160, multiline=False)
    ticket.description = clean("description", ticket.description, max_length=20_000)
    if not ticket.title:
        raise invalid("title", _("Say in a few words what this is about."), code="required")
    beginning = begin(ticket.kind)
    ticket.number, ticket.opened_at = beginning.number, beginning.now
    ticket.priority = priority_for(ticket.impact, ticket.urgency, stamps=beginning.stamps)
    ticket.bigram = bigrams(ticket.title, ticket.number)
    ticket.set_place()
    match = assign_by_rules(ticket, beginning.now, stamps=beginning.stamps)
    rows.insert([ticket])
    record(
        ticket,
        before=None,
        actor=actor,
        verb="opened",
        event=f"{ticket.kind}.opened",
        at=beginning.now,
        payload=payload,
        then=[] if match is None else [_routed(ticket, match)],
        stamps=beginning.stamps,
    )
    return ticket


def record(
    ticket: Ticket,
    *,
    before: dict[str, Any] | None,
    actor: Actor,
    verb: str,
    event: str,
    at: dt.datetime,
    payload: dict[str, Any] | None = None,
    extra: Sequence[Activity] = (),
    then: Sequence[Activity] = (),
    stamps: Stamps | None = None,
) -> dict[str, list[Any]]:
    """Write activity, audit row and event of a saved change, run the engines' hooks; returns the changes.

    ``before`` is the snapshot taken under the lock, None for a new ticket. ``extra`` rows are stored beside,
    people's words among them; what the platform did in the same write stands in ``then``, behind all else.
    ``stamps`` are the revisions of configuration where the caller has read them.
    """
    after = snapshot(ticket)
    differs = {
        n: [plain(before[n]), plain(v)] for n, v in after.items() if before is not None and before[n] != v
    }
    changes = {name: pair for name, pair in differs.items() if name not in _DERIVED}
    lines = [*extra, *_activity_rows(ticket, before, changes, actor, verb), *then]
    for line in lines:
        line.at = at  # the write's own instant, so that history can be played again
    rows.insert(lines)
    indexing.note(ticket, changed=None if before is None else list(changes), said=extra)
    table = ticket._meta.db_table
    audit.write(actor=actor, table=table, object_ref=ticket.number, action=verb, diff=changes)
    body = {"ticket_id": ticket.pk, "number": ticket.number, "kind": ticket.kind, "changed": sorted(changes)}
    said = next((row.pk for row in extra if row.kind == ActivityKind.COMMENT), None)
    body |= (payload or {}) | ({"comment_id": said} if said else {}) | mention(ticket, extra, actor)
    outbox.publish(event, body, actor=actor)
    if before is not None and {"group", "assignee"} & set(changes):
        outbox.publish("ticket.assigned", {"ticket_id": ticket.pk, "number": ticket.number}, actor=actor)
    hooks.run(hooks.Change(ticket, before, after, changes, actor, verb, at, stamps))
    return changes


def _activity_rows(
    ticket: Ticket, before: dict[str, Any] | None, changes: dict[str, list[Any]], actor: Actor, verb: str
) -> list[Activity]:
    lines = []
    if before is None or "state" in changes:
        moved = {"state": changes.get("state", [None, ticket.state])}
        lines.append(activity(ticket, actor, ActivityKind.STATE, verb=verb, changes=moved, is_public=True))
    fields = {name: pair for name, pair in changes.items() if name != "state"}
    if fields:
        lines.append(activity(ticket, actor, ActivityKind.FIELD, verb=verb, changes=fields))
    return lines


def _routed(ticket: Ticket, match: Match) -> Activity:
    """Which rule gave the ticket its group: by the name the rule had, whatever becomes of it."""
    line = activity(ticket, None, ActivityKind.SYSTEM, verb=ROUTED, body=match.rule.name)
    line.cause_chain = [*line.cause_chain, f"rule:{match.rule.name.replace(':', ' ')}:{match.rule.public_id}"]
    return line


def activity(ticket: Ticket, actor: Actor, kind: ActivityKind, **values: Any) -> Activity:
    """An unsaved activity row that carries the channel and the causes of the present write."""
    stamp = {"channel": current_channel(), "cause_chain": current_chain()}
    return Activity(ticket_id=ticket.pk, actor=actor, kind=kind, **stamp, **values)


def save_changed(ticket: Ticket, before: dict[str, Any], *, at: dt.datetime) -> None:
    """Write only the columns that differ from ``before``, and the next version of the row."""
    after = snapshot(ticket)
    names = [name for name, value in after.items() if before[name] != value]
    ticket.lock_version += 1
    ticket.updated_at = at
    ticket.save(
        update_fields=[*names, "lock_version", "updated_at", *(["bigram"] if "title" in names else [])]
    )


def part_with(parts: QuerySet[PartT], public_id: uuid.UUID, expected_version: int | None) -> PartT:
    """The one of a locked ticket's parts with that id, as its caller last saw it.

    Raises NotVisibleError when it is not among ``parts``, StaleVersionError when it was changed meanwhile.
    """
    row: Any = parts.filter(public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    if expected_version is not None and row.lock_version != expected_version:
        raise StaleVersionError(current_version=row.lock_version)
    return cast("PartT", row)


def save_untouched(ticket: Ticket, *, at: dt.datetime) -> None:
    """Remember that agents did something on the ticket that changed none of its fields.

    The version stays: its tag would tell the requester of a note that they may not know of (SECURITY S-9).
    """
    ticket.updated_at = at
    ticket.save(update_fields=["updated_at"])


@transaction.atomic
def update_ticket(pk: int, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> Ticket:
    """The ticket with ``fields`` changed. Publishes ``<kind>.updated``; for a new owner ``ticket.assigned``.

    References come as instances the caller may see. Impact and urgency recompute the priority; ``priority``
    itself needs the right to override and ``priority_override_reason``. Raises NotVisibleError,
    StaleVersionError, NotAllowedError, BadInputError (unknown field), WrongStateError (closed),
    RuleRefusedError.
    """
    ticket = child_locked(pk, actor=actor, expected_version=expected_version)
    spec = kinds.get(ticket.kind)
    unknown = set(fields) - spec.editable
    if unknown:
        raise BadInputError(
            _("Unknown or read-only field: %(names)s") % {"names": ", ".join(sorted(unknown))}
        )
    if not may(actor, ticket, "update"):
        raise NotAllowedError
    if ticket.is_closed:
        raise WrongStateError(str(CLOSED.words), current_state=ticket.state, allowed=[])
    before, now = snapshot(ticket), instant(ticket)
    _set_fields(ticket, fields, actor)
    if snapshot(ticket) != before:
        save_changed(ticket, before, at=now)
        record(ticket, before=before, actor=actor, verb="updated", event=f"{ticket.kind}.updated", at=now)
    return ticket


def child_locked(pk: int, *, actor: Actor, expected_version: int | None = None) -> Ticket:
    """The child row (incident, request …) of a ticket, locked. Raises NotVisibleError, StaleVersionError."""
    parent = the_one(seen_by(actor).filter(pk=pk).only("kind"))
    if parent is None:
        raise NotVisibleError
    return locked(kinds.get(parent.kind).model, pk, actor=actor, expected_version=expected_version)


def _set_fields(ticket: Ticket, fields: dict[str, Any], actor: Actor) -> None:
    old_group, old_assignee = ticket.group_id, ticket.assignee_id
    for name, value in fields.items():
        _check_level(name, value)
        size = _TEXT_SIZES.get(name)
        setattr(
            ticket, name, clean(name, value, max_length=size, multiline=name != "title") if size else value
        )
    if not ticket.title:
        raise invalid("title", _("Say in a few words what this is about."), code="required")
    ticket.bigram = bigrams(ticket.title, ticket.number)
    _settle_priority(ticket, fields, actor)
    settle_owner(ticket, old_group, old_assignee)
    check = kinds.get(ticket.kind).check
    if check is not None:
        check(ticket, fields, actor)


def _check_level(name: str, value: Any) -> None:
    if name in {"impact", "urgency"} and value not in Level.values:
        raise invalid(name, _("Choose 1 (high), 2 (medium) or 3 (low)."))
    if name == "priority" and value not in Priority.values:
        raise invalid(name, _("Priority runs from 1 (critical) to 5 (planning)."))


def _settle_priority(ticket: Ticket, fields: dict[str, Any], actor: Actor) -> None:
    if "priority" in fields:
        if not why_change(actor, ticket, "priority"):
            raise NotAllowedError(_("Only an incident manager overrides the priority."))
        if not ticket.priority_override_reason:
            raise invalid(
                "priority_override_reason", _("Say why the priority is set by hand."), code="required"
            )
    elif not ticket.priority_override_reason:
        ticket.priority = priority_for(ticket.impact, ticket.urgency)


def settle_owner(
    ticket: Ticket, old_group: int | None, old_assignee: int | None, *, by_hand: bool = True
) -> None:
    """Keep assignee and group consistent after either changed (PROCESSES INC-06, G-11).

    A new group clears an assignee who is no member. An assignee outside the group is refused when set
    ``by_hand``; one that a transition proposed (whoever resolves) is left out.
    """
    if ticket.group_id != old_group and old_group is not None:
        ticket.reassignment_count += 1
    if ticket.group_id is None or ticket.assignee_id is None:
        return
    if (ticket.group_id, ticket.assignee_id) == (old_group, old_assignee):
        return
    if not is_member(ticket.assignee_id, ticket.group_id):
        if by_hand and ticket.assignee_id != old_assignee:
            raise invalid("assignee", _("The assignee must be a member of the assignment group."))
        ticket.assignee = None
