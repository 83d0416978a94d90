"""Pages to who is on call: one person after the other, until somebody answers or nobody is left.

A page calls the first on call; unanswered for the rota's ``climb_minutes`` it calls the next on call at that
moment, and after them who manages the rota's group. It calls nobody twice, and only people who may read the
ticket. To take the ticket or to move it on is an answer too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.policies import Actor
from core import audit, outbox, rows, sweep
from core.cause import caused_by
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.prepared import Prepared
from core.time import db_now
from notifications.choices import Channel, PageEnd
from notifications.models import Notification, OnCallPage, PagedPerson
from notifications.policies import may_acknowledge, visible_to
from notifications.services import mark_read
from schedules import selectors as schedules
from schedules.models import Rota
from tickets.choices import ActivityKind, Phase
from tickets.escalations import Mark
from tickets.hooks import Change
from tickets.models import Ticket
from tickets.policies import is_requester_side
from tickets.selectors import readers_of
from tickets.services.writing import activity, child_locked

MOST_AT_ONCE = 100
_TICKET = -1  # the place of the ticket that the prepared query is asked for


def start(mark: Mark, rota_key: str) -> User:
    """Who was called: the first on call by that rota who may read the ticket; in the caller's transaction.

    Publishes ``sla.paged``. Raises RuleRefusedError when there is nobody to call, NotVisibleError for a rota
    that is gone.
    """
    now = db_now()
    rota = schedules.rota_keyed(None, rota_key)
    called = schedules.on_call_now(rota_key, now)
    if not called:
        text = _("Nobody is on call by the rota “%(rota)s”.") % {"rota": rota_key}
        raise RuleRefusedError(text, code="nobody_on_call")
    person = _first_reader(called, mark.ticket)
    if person is None:
        text = _("Nobody who is on call by the rota “%(rota)s” may read this ticket.") % {"rota": rota_key}
        raise RuleRefusedError(text, code="nobody_on_call")
    page = OnCallPage(
        ticket_id=mark.ticket.pk, rota=rota, mark=mark.once, percent=mark.percent, next_at=_due(rota, now)
    )
    rows.insert([page])
    _call(page, mark.ticket, person)
    return person


@sweep.register
def climb_pages(*, limit: int, now: dt.datetime | None = None) -> int:
    """Let the pages climb that nobody answered in time; returns how many moved.

    Each in its own transaction; any number of copies may run, a locked page is skipped. After downtime a page
    climbs by one and waits its full time again. ``now`` is another clock, for tests. Publishes ``sla.paged``
    for the next person, ``page.unanswered`` when nobody is left.
    """
    moved = 0
    while moved < min(limit, MOST_AT_ONCE) and _climb_one(now):
        moved += 1
    return moved


@transaction.atomic
def acknowledge(ticket_id: int, *, actor: Actor) -> list[OnCallPage]:
    """The pages of the ticket that waited for an answer, answered by ``actor``: they climb no further.

    Publishes ``page.acknowledged`` for each. Raises NotVisibleError, NotAllowedError, WrongStateError (no
    page waits for an answer).
    """
    ticket = child_locked(ticket_id, actor=actor)
    if not may_acknowledge(actor, ticket):
        raise NotAllowedError
    pages = _open().read(ticket_id)
    if not pages:
        raise WrongStateError(_("No page of this ticket waits for an answer any more."))
    _acknowledge(pages, ticket, actor, "page", db_now())
    return pages


@transaction.atomic
def acknowledge_notice(public_id: str, *, actor: User) -> Notification:
    """The notice of a page, read, with the page answered. Raises as ``acknowledge``."""
    rows_found = Notification.objects.filter(visible_to(actor), public_id=public_id, channel=Channel.INAPP)
    row = rows_found.first()
    if row is None or row.ticket_id is None:
        raise NotVisibleError
    acknowledge(row.ticket_id, actor=actor)
    return mark_read(public_id, actor=actor)


def heed(change: Change) -> None:
    """Let a write to the ticket answer its pages: it was taken, or an agent moved it; done, nothing waits."""
    if change.before is None or not {"assignee", "state"} & change.changes.keys():
        return
    ticket, answer = change.ticket, _answer_in(change)
    if not answer and ticket.phase != Phase.DONE:
        return
    pages = _open().read(ticket.pk)
    if pages and answer:
        _acknowledge(pages, ticket, change.actor, answer, change.at)
    elif pages:
        _end(pages, PageEnd.OVER, change.at)


def _answer_in(change: Change) -> str:
    """How the writer answered by this change; empty when it was no answer."""
    if change.actor is None:
        return ""
    if "assignee" in change.changes and change.ticket.assignee_id == change.actor.pk:
        return "taken"
    moved = "state" in change.changes and not is_requester_side(change.actor, change.ticket)
    return "moved" if moved else ""


@cache
def _open() -> Prepared[OnCallPage]:
    """The pages that wait for an answer, locked: a sweep skips them, or has let them climb before."""
    rows_found = OnCallPage.objects.filter(ticket=_TICKET, ended_at=None).order_by("pk")
    return Prepared(rows_found.select_related("rota").select_for_update(no_key=True, of=("self",)), _TICKET)


@transaction.atomic
def _climb_one(now: dt.datetime | None) -> bool:
    # The ticket is not locked: who writes to it has its lock first and then waits for the page's.
    page = (
        OnCallPage.objects.filter(ended_at=None, next_at__lte=now or Now())
        .select_related("ticket", "rota__group")
        .order_by("next_at", "pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .first()
    )
    if page is None:
        return False
    with override(settings.LANGUAGE_CODE), caused_by(f"page:{page.pk}:{page.level}"):
        _climb(page, now or db_now())
    return True


def _climb(page: OnCallPage, now: dt.datetime) -> None:
    ticket = page.ticket
    if ticket.phase == Phase.DONE:
        _end([page], PageEnd.OVER, now)
        return
    known = set(page.calls.values_list("user", flat=True))
    person = _first_reader([each for each in _ladder(page.rota, now) if each.pk not in known], ticket)
    if person is None:
        _end([page], PageEnd.UNANSWERED, now)
        _note(ticket, None, "page_unanswered")
        outbox.publish("page.unanswered", _body(page, ticket))
        return
    page.level, page.next_at = page.level + 1, _due(page.rota, now)
    page.save(update_fields=["level", "next_at"])
    _call(page, ticket, person)
    _note(ticket, None, "page_climbed", person.display_name)


def _ladder(rota: Rota, now: dt.datetime) -> list[User]:
    """Who is called one after the other: those on call now, then who manages the group."""
    managers = User.objects.filter(memberships__group=rota.group_id, memberships__is_manager=True)
    named = [rota.group.manager] if rota.group.manager else []
    above = [*named, *managers.order_by("pk")]
    return [*schedules.on_call_now(rota.key, now), *(person for person in above if person.is_active)]


def _first_reader(people: Sequence[User], ticket: Ticket) -> User | None:
    allowed = readers_of(people, pk=ticket.pk)
    return next((person for person in people if person.pk in allowed), None)


def _due(rota: Rota, now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(minutes=rota.climb_minutes)


def _call(page: OnCallPage, ticket: Ticket, person: User) -> None:
    """Write down who is called; the event makes them hear of it. The database refuses a second time."""
    rows.insert([PagedPerson(page=page, user=person, level=page.level)])
    body = {"user_ids": [person.pk], "percent": page.percent, "level": page.level}
    outbox.publish("sla.paged", _body(page, ticket) | body)


def _acknowledge(
    pages: Sequence[OnCallPage], ticket: Ticket, actor: Actor, by: str, now: dt.datetime
) -> None:
    _end(pages, PageEnd.ACKNOWLEDGED, now, actor=actor)
    for page in pages:
        _note(ticket, actor, "page_acknowledged")
        diff = {"page": [None, PageEnd.ACKNOWLEDGED.value], "by": [None, by]}
        audit.write(
            actor=actor,
            table="notifications_oncallpage",
            object_ref=ticket.number,
            action="page_acknowledged",
            diff=diff,
        )
        outbox.publish("page.acknowledged", _body(page, ticket) | {"by": by}, actor=actor)


def _end(pages: Sequence[OnCallPage], end: PageEnd, now: dt.datetime, *, actor: Actor = None) -> None:
    for page in pages:
        page.end, page.ended_at, page.next_at, page.acknowledged_by = end, now, None, actor
        page.save(update_fields=["end", "ended_at", "next_at", "acknowledged_by"])


def _note(ticket: Ticket, actor: Actor, verb: str, body: str = "") -> None:
    """A line on the ticket that agents read; what the verb says is worded by the page that shows it."""
    rows.insert([activity(ticket, actor, ActivityKind.SYSTEM, verb=verb, body=body)])


def _body(page: OnCallPage, ticket: Ticket) -> dict[str, Any]:
    return {"ticket_id": ticket.pk, "number": ticket.number, "rota": page.rota.key, "page_id": page.pk}
