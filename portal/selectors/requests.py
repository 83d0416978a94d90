"""What employees see of their own requests: lists, the parcel tracker and the conversation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from catalog.models import RequestItem
from catalog.selectors import Answer, answers_of, items_of
from core import formats
from core.components import Entry, FileLink
from core.errors import BadInputError
from core.time import instant
from incidents.major_selectors import major_above, public_updates
from tickets import kinds
from tickets.choices import ActivityKind, Phase, Score
from tickets.merges import merge_of
from tickets.models import Activity, Survey, Ticket
from tickets.selectors import child_of, drafts_of, survey_for, ticket_numbered, tickets_for, timeline_for
from tickets.transitions import Move, available

PAGE = 20
MOST_NEWS = 20
DRAFT_TAB = str(ActivityKind.COMMENT)
BRACKET = "request"
NOT_DONE = {"cancelled", "rejected", "closed_incomplete", "closed_skipped"}
APPROVAL_WORDS = {
    "approval_requested": gettext_lazy("Approval was asked for"),
    "approval_approved": gettext_lazy("Approved"),
    "approval_rejected": gettext_lazy("Declined"),
    "approval_escalated": gettext_lazy("Not answered in time, so the manager is asked too"),
    "approval_cancelled": gettext_lazy("The question was withdrawn"),
    "approval_empty": gettext_lazy("There was nobody to ask"),
}


@dataclass(frozen=True)
class Row:
    """One request in a list."""

    ticket: Ticket
    url: str
    icon: str
    word: str | Promise
    tone: str
    needs_reply: bool
    needs_check: bool
    was_done: bool


@dataclass(frozen=True)
class Merged:
    """It goes on in another one, ``main`` if the person sees that; ``is_open`` while replies go there."""

    main: Ticket | None
    is_open: bool


@dataclass(frozen=True)
class News:
    """What was said of an outage to all whom it concerns, in the reader's language."""

    text: str
    at: dt.datetime


@dataclass(frozen=True)
class Outage:
    """The outage that a report belongs to: whether it is over, and the news of it, newest first."""

    is_over: bool
    news: list[News]


@dataclass(frozen=True)
class RequestPage:
    """All that the page of one request shows."""

    row: Row
    child: Any
    entries: list[Entry]
    moves: list[Move]
    draft: str
    may_reply: bool
    answers: list[Answer]
    expected_at: dt.datetime | None
    price: Decimal | None
    survey: Survey | None
    merged: Merged | None
    outage: Outage | None

    @property
    def scores(self) -> list[tuple[int, Any]]:
        """What may be answered to how it went."""
        return Score.choices


@dataclass(frozen=True)
class Page:
    """A page of rows and the cursor of the next one."""

    rows: list[Row]
    after: str = ""


def shown_kinds() -> list[str]:
    """The kinds that have a word for employees, but the bracket around ordered items: those stand for it."""
    return [spec.key for spec in kinds.all_kinds() if spec.employee_word and spec.key != BRACKET]


def own(actor: User) -> QuerySet[Ticket]:
    """What the person asked for or what was asked for them, newest first."""
    mine = Q(requester=actor) | Q(on_behalf_of=actor)
    return tickets_for(actor).filter(mine, kind__in=shown_kinds())


def open_requests(actor: User, *, limit: int) -> list[Row]:
    """The newest open ones; those that wait for the person come first."""
    rows = [row_of(ticket) for ticket in own(actor).filter(active=True)[: limit * 3]]
    return sorted(rows, key=lambda row: not (row.needs_reply or row.needs_check))[:limit]


def page_of(actor: User, *, done: bool, after: str = "") -> Page:
    """Open or finished requests, newest first; ``after`` is the cursor a page before gave."""
    tickets = own(actor).filter(active=not done)
    if after:
        opened_at, pk = _cursor(after)
        tickets = tickets.filter(Q(opened_at__lt=opened_at) | Q(opened_at=opened_at, pk__lt=pk))
    found = list(tickets[: PAGE + 1])
    shown = found[:PAGE]
    more = f"{shown[-1].opened_at.isoformat()}_{shown[-1].pk}" if len(found) > PAGE else ""
    return Page([row_of(ticket) for ticket in shown], more)


def _cursor(after: str) -> tuple[dt.datetime, int]:
    moment, _underscore, pk = after.rpartition("_")
    try:
        opened_at = instant(moment)
        number = int(pk)
    except ValueError as error:
        raise BadInputError(_("This page address is not valid.")) from error
    if not 0 < number < 2**63:
        raise BadInputError(_("This page address is not valid."))
    return opened_at, number


def row_of(ticket: Ticket) -> Row:
    """How a request stands, in an employee's words."""
    spec = kinds.get(ticket.kind)
    word = spec.employee_states.get(ticket.state) or spec.state_labels.get(ticket.state, ticket.state)
    waiting = ticket.phase == Phase.WAITING
    return Row(
        ticket=ticket,
        url=reverse("portal:request", args=[ticket.number]),
        icon=spec.icon,
        word=word or ticket.state,
        tone=_tone(ticket),
        needs_reply=waiting and ticket.last_public_from == "agent",
        needs_check=ticket.phase == Phase.DONE and not ticket.is_closed,
        was_done=ticket.state not in NOT_DONE,
    )


def _tone(ticket: Ticket) -> str:
    if ticket.is_closed:
        return "neutral"
    return {Phase.WAITING: "warn", Phase.DONE: "good"}.get(Phase(ticket.phase), "info")


def request_page(actor: User, number: str) -> RequestPage:
    """The page of one request. Raises NotVisibleError for one the actor may not see."""
    ticket = ticket_numbered(actor, number)
    child = child_of(ticket)
    return RequestPage(
        row=row_of(ticket),
        child=child,
        entries=conversation(actor, ticket),
        moves=available(actor, child),
        draft=drafts_of(actor, ticket).get(DRAFT_TAB, ""),
        may_reply=kinds.get(ticket.kind).may(actor, child, "comment"),
        answers=answers_of(actor, child) if isinstance(child, RequestItem) else [],
        expected_at=None if child.is_closed else getattr(child, "expected_at", None),
        price=getattr(child, "price", None),
        survey=survey_for(actor, ticket) if child.is_closed else None,
        merged=_merged(actor, child) if child.is_closed else None,
        outage=outage_of(ticket),
    )


def _merged(actor: User, ticket: Ticket) -> Merged | None:
    merge = merge_of(ticket.pk)
    if merge is None:
        return None
    main = tickets_for(actor).filter(pk=merge.main_id).first()
    return Merged(main, not merge.main.is_closed)


def outage_of(ticket: Ticket) -> Outage | None:
    """The accepted major incident that a report is or hangs on, as far as its requester hears of it.

    Nothing of it is shown but what was written for all who are affected: neither number nor title.
    """
    major = major_above(ticket)
    if major is None:
        return None
    korean = formats.is_korean()
    rows = public_updates(major)[:MOST_NEWS]
    news = [News(row.korean if korean else row.english, row.sent_at) for row in rows]
    return Outage(major.phase == Phase.DONE, news)


def items_in(actor: User, number: str) -> list[Row] | None:
    """The items of the request with that number; None when it is no request. Raises NotVisibleError."""
    ticket = ticket_numbered(actor, number)
    if ticket.kind != BRACKET:
        return None
    return [row_of(item) for item in items_of(actor, child_of(ticket))]


def conversation(actor: User, ticket: Ticket) -> list[Entry]:
    """What was said and what happened in public, oldest first, beginning with what was asked for."""
    public = [row for row in timeline_for(actor, ticket) if row.is_public]
    first = (
        Entry("in", ticket.opened_at, ticket.requester, ticket.description) if ticket.description else None
    )
    rest = [entry for row in public if (entry := _entry(row, ticket)) is not None]
    return [first, *rest] if first else rest


def _entry(row: Activity, ticket: Ticket) -> Entry | None:
    files = _files(getattr(row, "files", ()))
    anchor = f"a-{row.public_id}"
    if row.kind in {ActivityKind.COMMENT, ActivityKind.MAIL} or (
        row.kind == ActivityKind.ATTACHMENT and files
    ):
        there = getattr(row, "came_from", None)
        place = there or ticket
        kind = "in" if row.actor_id in {place.requester_id, place.on_behalf_of_id} else "out"
        origin = _("from %(number)s") % {"number": there.number} if there else ""
        return Entry(kind, row.at, row.actor, row.body, files=files, anchor=anchor, origin=origin)
    if row.kind == ActivityKind.STATE:
        return Entry("system", row.at, None, text=str(_moved(row, ticket)), icon="circle-dot", anchor=anchor)
    text = _approval_words(row) if row.kind == ActivityKind.APPROVAL else row.body
    if text:
        icon = "user-check" if row.kind == ActivityKind.APPROVAL else "zap"
        return Entry("system", row.at, row.actor, text=text, icon=icon, anchor=anchor)
    return None


def _approval_words(row: Activity) -> str:
    words = str(APPROVAL_WORDS.get(row.verb, ""))
    return ": ".join(part for part in (words, row.body) if part)


def _moved(row: Activity, ticket: Ticket) -> str | Promise:
    spec = kinds.get(ticket.kind)
    _before, state = row.changes.get("state", [None, ""])
    return spec.employee_states.get(state) or spec.state_labels.get(state, state)


def _files(places: Iterable[Any]) -> Sequence[FileLink]:
    return [
        FileLink(
            place.attachment.name,
            reverse("portal:file", args=[place.attachment.public_id]),
            place.attachment.size,
        )
        for place in places
        if place.is_public
    ]
