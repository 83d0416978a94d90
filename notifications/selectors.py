"""Reading notices, and finding out who is to have them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache

from django.db.models import F, Prefetch, Q, QuerySet

from accounts.choices import Grant
from accounts.models import Group, User
from accounts.policies import company_wall, group_ids, has_grant
from approvals.models import Approval
from core.models import OutboxEvent
from core.prepared import Among, Prepared
from notifications.choices import Channel, PageEnd
from notifications.models import (
    Notification,
    NotificationHours,
    NotificationPreference,
    NotificationTemplate,
    OnCallPage,
    PagedPerson,
)
from notifications.policies import visible_to
from tickets.models import Ticket

PAGE = 30
PAGING = frozenset({"sla_paged", "page_climbed"})  # the notices that ask to answer a page
_PLACE = -1  # of the keys that a prepared query is asked for


def ticket_of(event: OutboxEvent) -> Ticket | None:
    """The ticket that the event is about, with its group, if it is about one that is there."""
    pk = event.payload.get("ticket_id")
    return next(iter(_ticket().read(pk)), None) if pk else None


@cache
def _ticket() -> Prepared[Ticket]:
    return Prepared(Ticket.objects.select_related("group").filter(pk=_PLACE), _PLACE)


def people_told(keys: Iterable[int]) -> list[User]:
    """Those of the people with these keys who are told anything at all: active, no service accounts."""
    wanted = list(keys)
    return _people().read(wanted) if wanted else []


@cache
def _people() -> Prepared[User]:
    rows = User.objects.filter(Among(F("id"), [_PLACE]), is_active=True, is_service=False)
    return Prepared(rows.select_related("company").order_by("pk"), [_PLACE])


def mail_notice(event_id: int, user_id: int) -> Notification | None:
    """What ``user_id`` is told of the event by mail, with the reader, or None."""
    return next(iter(_mail_notice().read(event_id, user_id)), None)


@cache
def _mail_notice() -> Prepared[Notification]:
    event, user = -1, -2
    rows = Notification.objects.filter(event_id=event, user_id=user, channel=Channel.MAIL)
    return Prepared(rows.select_related("user__company"), event, user)


def sees_queue(person: User, key: str) -> bool:
    """Whether ``person`` may watch the queue of the group with that key; ``all`` is every queue."""
    if not has_grant(person, Grant.TICKET_READ_ALL):
        return False
    if key == "all":
        return True
    open_to = Q(is_restricted=False) | Q(pk__in=group_ids(person))
    return Group.objects.filter(company_wall(person), open_to, key=key, is_active=True).exists()


def notices_for(actor: User) -> QuerySet[Notification]:
    """What the bell of ``actor`` holds, newest first."""
    rows = Notification.objects.filter(visible_to(actor), channel=Channel.INAPP)
    return rows.order_by("-pk")


def unread_count(actor: User) -> int:
    """How many notices ``actor`` has not read; one index read."""
    return notices_for(actor).filter(read_at=None).count()


def page_for(actor: User, *, before: int | None = None) -> tuple[list[Notification], int | None]:
    """A page of notices and the cursor of the next page, None on the last."""
    rows = notices_for(actor)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return shown, shown[-1].pk if len(found) > PAGE else None


def template_keyed(key: str) -> NotificationTemplate | None:
    """The text with that key, or None."""
    return NotificationTemplate.objects.filter(key=key).first()


def templates_keyed(keys: Iterable[str]) -> dict[str, NotificationTemplate]:
    """Texts by key."""
    return {row.key: row for row in NotificationTemplate.objects.filter(key__in=set(keys))}


_CHOICE = ("user_id", "topic", "channel", "way")


def ways_of(people: Sequence[User]) -> dict[tuple[int, str, str], str]:
    """What these people have chosen: the way by person, topic and channel; what is missing is at once."""
    rows = NotificationPreference.objects.filter(user__in=people)
    return {(user, topic, channel): way for user, topic, channel, way in rows.values_list(*_CHOICE)}


def hours_of(people: Sequence[User]) -> dict[int, NotificationHours]:
    """The quiet hours and the rhythm of the digest of those who have said something, by person."""
    return {row.user_id: row for row in NotificationHours.objects.filter(user__in=people)}


def approval_due_at(pk: int) -> dt.datetime | None:
    """Until when that approval can be decided; None for ever, or when there is none."""
    return Approval.objects.filter(pk=pk).values_list("request__due_at", flat=True).first()


def pages_of(ticket: Ticket) -> QuerySet[OnCallPage]:
    """The pages about a ticket, newest first, each with its rota and who was called, in order."""
    calls = Prefetch("calls", PagedPerson.objects.select_related("user").order_by("level"))
    rows = OnCallPage.objects.filter(ticket=ticket.pk).select_related("rota", "acknowledged_by")
    return rows.prefetch_related(calls).order_by("-pk")


def awaited(ticket: Ticket) -> list[PagedPerson]:
    """Whose answer the pages about a ticket wait for: of each the one called last; one query."""
    rows = PagedPerson.objects.filter(
        page__ticket=ticket.pk, page__ended_at=None, level=F("page__level")
    ).select_related("page__rota", "user")
    return list(rows.order_by("pk"))


def is_answered(page_id: int) -> bool:
    """Whether nobody needs to come any more for that page: it was answered, or its ticket is done."""
    settled = (PageEnd.ACKNOWLEDGED, PageEnd.OVER)
    return OnCallPage.objects.filter(pk=page_id, end__in=settled).exists()


def answerable(notices: Iterable[Notification]) -> set[int]:
    """The keys of those notices that ask to answer a page which still waits; no query when none asks."""
    asking = {row.pk: row.ticket_id for row in notices if row.template in PAGING and row.ticket_id}
    if not asking:
        return set()
    rows = OnCallPage.objects.filter(ticket__in=set(asking.values()), ended_at=None)
    waiting = set(rows.values_list("ticket", flat=True))
    return {pk for pk, ticket in asking.items() if ticket in waiting}
