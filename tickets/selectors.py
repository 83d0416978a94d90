"""Reading tickets: lists page the parent, then read the children (DOMAIN DM-6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Any, TypeVar, cast

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from accounts.policies import Actor
from core.cause import current_chain
from core.errors import NotVisibleError
from core.prepared import Among, PreparedPlain, the_one
from tickets import kinds
from tickets.merges import among_files, in_conversation, mark_origin, merge_of
from tickets.models import Activity, Draft, Survey, Ticket, TicketAttachment, TicketLink
from tickets.policies import (
    Rights,
    involved,
    reads_internal,
    rights_of,
    visible_activity,
    visible_attachments,
    visible_to,
)

TicketT = TypeVar("TicketT", bound=Ticket)
_HEAVY = ("description", "bigram", "custom", "close_notes")
_NOT_SHOWN = (*_HEAVY, "public_id", "created_at")
_PERSON = ("username", "name_ko", "name_en")
_SHOWN = {
    "requester": _PERSON, "assignee": _PERSON,
    "group": ("key", "name_ko", "name_en"), "ci": ("number", "name"),
}  # fmt: skip
_PEOPLE_PER_QUERY = 40
_PLACE, _KIND = -1, "?"  # of the keys and the kind that a prepared query is asked for


def seen_by(actor: Actor) -> QuerySet[Ticket]:
    """Tickets ``actor`` may see, in no order and with nothing beside them.

    Making the conditions of the gate takes 2 ms, so the question is kept, never an answer, by all that the
    gate asks of a person.
    """
    return Ticket.objects.all() if actor is None else _seen(rights_of(actor)).all()


@lru_cache(maxsize=512)
def _seen(rights: Rights) -> QuerySet[Ticket]:
    return Ticket.objects.filter(visible_to(rights.actor))


def tickets_for(actor: Actor, *, kind: str | None = None) -> QuerySet[Ticket]:
    """Tickets ``actor`` may see, newest first, with what a list row shows; all kinds or one."""
    rows = seen_by(actor)
    if kind:
        rows = rows.filter(kind=kind)
    return (
        rows.select_related("requester", "assignee", "group", "ci")
        .defer(*_HEAVY)
        .order_by("-opened_at", "-pk")
    )


def own_tickets(actor: User, *, kinds_shown: Sequence[str]) -> QuerySet[Ticket]:
    """What the person asked for or follows, newest first, for the portal."""
    return tickets_for(actor).filter(involved(actor), kind__in=kinds_shown)


def ticket_numbered(actor: Actor, number: str) -> Ticket:
    """The parent row with that number. Raises NotVisibleError when there is none the actor may see."""
    row = the_one(
        seen_by(actor)
        .filter(number=number)
        .select_related(
            "requester__department", "assignee", "group", "ci", "on_behalf_of", "opened_by", "company"
        )
    )
    if row is None:
        raise NotVisibleError
    return row


def seen_numbered(actor: Actor, number: str, *, kind: str = "") -> Ticket:
    """The parent row with that number, of the kind or of any, with its key, kind and version alone.

    Raises NotVisibleError.
    """
    rows = seen_by(actor).filter(number=number)
    row = the_one((rows.filter(kind=kind) if kind else rows).only("kind", "lock_version"))
    if row is None:
        raise NotVisibleError
    return row


def kind_numbered(actor: Actor, kind: str, number: str) -> Any:
    """The child row (incident, request …) with that number. Raises NotVisibleError."""
    row = the_one(
        kinds.get(kind)
        .model.objects.filter(visible_to(actor), number=number)
        .select_related(
            "requester__department", "assignee", "group", "ci", "on_behalf_of", "opened_by", "company"
        )
    )
    if row is None:
        raise NotVisibleError
    return row


def child_of(ticket: Ticket) -> Any:
    """The child row of a parent row that was checked already; the ticket itself when it is a child."""
    model = kinds.get(ticket.kind).model
    return ticket if isinstance(ticket, model) else model.objects.get(pk=ticket.pk)


def as_kinds(page: Sequence[Ticket]) -> list[Any]:
    """The children of a page of parents, in its order: one query per kind that is present."""
    found: dict[int, Any] = {}
    for key in {row.kind for row in page}:
        model = kinds.get(key).model
        ids = [row.pk for row in page if row.kind == key]
        rows = (
            model.objects.filter(pk__in=ids)
            .select_related("requester", "assignee", "group", "ci")
            .defer(*_HEAVY)
        )
        found |= {row.pk: row for row in rows}
    return [found[row.pk] for row in page]


def in_short(page: Sequence[Ticket]) -> list[Any]:
    """The children of a page of parents, in its order, as plain rows: all that a list shows of them.

    One query per kind that is present; of whom and what they refer to they have names and keys.
    """
    found: dict[int, Any] = {}
    for key in {row.kind for row in page}:
        rows = _in_short(key).read([row.pk for row in page if row.kind == key])
        found |= {row.id: row for row in rows}
    return [found[row.pk] for row in page]


def listed(keys: Sequence[int]) -> list[Any]:
    """The parents with these keys, in their order, as plain rows: all that a row of a list shows; one query.

    The caller has cut the keys to what the reader sees; what was deleted meanwhile is left out.
    """
    found = {row.id: row for row in _listed().read(list(keys))} if keys else {}
    return [found[key] for key in keys if key in found]


@cache
def _listed() -> PreparedPlain:
    columns = [each.attname for each in Ticket._meta.concrete_fields if each.name not in _NOT_SHOWN]
    return PreparedPlain(Ticket.objects.filter(Among(F("id"), [_PLACE])), columns, _SHOWN, [_PLACE])


@cache
def _in_short(kind: str) -> PreparedPlain:
    model: Any = kinds.get(kind).model
    columns = [each.attname for each in model._meta.concrete_fields if each.name not in _NOT_SHOWN]
    return PreparedPlain(model.objects.filter(Among(F("id"), [_PLACE])), columns, _SHOWN, [_PLACE])


def has_open_task(ticket: Ticket) -> bool:
    """Whether a task of the ticket's kind is open below it; a row that was read ``with_tasks`` knows."""
    known: bool | None = ticket.__dict__.get("has_open_tasks")
    if known is None:
        return bool(_open_task().read(ticket.pk, kinds.get(ticket.kind).task_kind))
    return known


def with_tasks(rows: QuerySet[TicketT], kind: str) -> QuerySet[TicketT]:
    """The rows of that kind, knowing whether a task is open below each."""
    task_kind = kinds.get(kind).task_kind if kind else ""
    if not task_kind:
        return rows
    is_open = Exists(Ticket.objects.filter(parent=OuterRef("pk"), kind=task_kind, active=True))
    return cast("QuerySet[TicketT]", rows.annotate(has_open_tasks=is_open))


@cache
def _open_task() -> PreparedPlain:
    rows = Ticket.objects.filter(parent=_PLACE, kind=_KIND, active=True)
    return PreparedPlain(rows[:1], ["id"], {}, _PLACE, _KIND)


def timeline_for(actor: Actor, ticket: Ticket, *, limit: int = 500) -> list[Activity]:
    """What happened on a visible ticket, oldest first, as far as ``actor`` may read it.

    Among it is what was said on tickets that were merged into it; such a row has ``came_from``.
    """
    rows = (
        Activity.objects.filter(visible_activity(actor), in_conversation(ticket.pk))
        .select_related("actor")
        .order_by("-pk")[:limit]
    )
    shown = list(reversed(rows))
    files = TicketAttachment.objects.filter(visible_attachments(actor), among_files(ticket.pk))
    files = files.select_related("attachment")
    by_activity: dict[int, list[TicketAttachment]] = {}
    for place in files:
        by_activity.setdefault(place.activity_id, []).append(place)
    for row in shown:
        row.files = by_activity.get(row.pk, [])  # type: ignore[attr-defined]
    mark_origin(ticket, shown)
    return shown


def attachment_for(actor: Actor, public_id: str) -> TicketAttachment:
    """The file's place, if ``actor`` may see the ticket and the file. Raises NotVisibleError.

    The ticket is that of the file, or what it was merged into.
    """
    places = TicketAttachment.objects.filter(visible_attachments(actor), attachment__public_id=public_id)
    places = places.select_related("attachment", "ticket")
    place = places.filter(ticket__in=seen_by(actor)).first()
    if place is None:  # what one sees need not be asked twice of most files
        place = places.filter(ticket__merges_out__undone_at=None).first()
        merge = merge_of(place.ticket_id) if place is not None else None
        if merge is None or not seen_by(actor).filter(pk=merge.main_id).exists():
            raise NotVisibleError
    return cast("TicketAttachment", place)


def belongs_to(ticket: Ticket, place: TicketAttachment) -> bool:
    """Whether the file is one of the ticket's, its own or of one that was merged into it."""
    if place.ticket_id == ticket.pk:
        return True
    merge = merge_of(place.ticket_id)
    return merge is not None and merge.main_id == ticket.pk


def attachments_of(actor: Actor, ticket: Ticket) -> list[TicketAttachment]:
    """The files of a visible ticket that ``actor`` may read, oldest first."""
    rows = TicketAttachment.objects.filter(visible_attachments(actor), among_files(ticket.pk))
    return list(rows.select_related("attachment").order_by("pk"))


def watchers_of(ticket: Ticket) -> QuerySet[User]:
    """People who watch the ticket, by name."""
    return User.objects.filter(watches__ticket=ticket.pk).order_by("name_ko", "pk")


def readers_of(people: Iterable[User], *, pk: int | None = None, number: str = "") -> set[int]:
    """The keys of those of ``people`` who may read the ticket now, by the one gate of ``tickets.policies``.

    One query for forty people, beside the one or two that each person's grants and groups cost.
    """
    ticket = Ticket.objects.filter(pk=pk) if pk else Ticket.objects.filter(number=number)
    allowed: set[int] = set()
    rest = iter(people)
    while chunk := list(islice(rest, _PEOPLE_PER_QUERY)):
        answers = {
            f"u{person.pk}": ExpressionWrapper(visible_to(person), output_field=BooleanField())
            for person in chunk
        }
        row = the_one(ticket.annotate(**answers).values(*answers)) or {}
        allowed |= {person.pk for person in chunk if row.get(f"u{person.pk}")}
    return allowed


def participants(ticket: Ticket) -> set[int]:
    """Primary keys of requester, person it is for, opener and watchers."""
    own = {ticket.requester_id, ticket.on_behalf_of_id, ticket.opened_by_id}
    return {pk for pk in own if pk} | set(watchers_of(ticket).values_list("pk", flat=True))


def links_for(actor: Actor, ticket: Ticket) -> list[TicketLink]:
    """The ticket's links whose other end ``actor`` may see too; hidden ends are left out."""
    both = Q(source=ticket.pk) | Q(target=ticket.pk)
    seen = seen_by(actor).values("pk")
    rows = TicketLink.objects.filter(both, source__in=seen, target__in=seen)
    return list(rows.select_related("source", "target").order_by("pk"))


def drafts_of(actor: User, ticket: Ticket | None) -> dict[str, str]:
    """What the person typed and did not send, by tab."""
    return dict(Draft.objects.filter(user=actor, ticket=ticket).values_list("tab", "body"))


def survey_for(actor: User, ticket: Ticket) -> Survey | None:
    """The question how it went that ``actor`` may still answer, with the answer so far; None for others."""
    return Survey.objects.filter(ticket=ticket.pk, person=actor, closes_at__gt=Now()).first()


def survey_asked(actor: Actor, ticket: Ticket) -> Survey | None:
    """The question how it went, for who was asked and for who reads what is internal; None for others."""
    rows = Survey.objects.filter(ticket=ticket.pk).select_related("person", "ticket")
    return (rows if reads_internal(actor) else rows.filter(person=actor)).first()


def survey_of(actor: Actor, ticket: Ticket) -> Survey | None:
    """The same once it was answered."""
    row = survey_asked(actor, ticket)
    return row if row is not None and row.score is not None else None


def tickets_by_ids(ids: Iterable[int]) -> dict[int, Ticket]:
    """Parent rows by primary key, for engines and rows that were checked already."""
    return Ticket.objects.select_related("requester", "company", "group", "assignee").in_bulk(list(ids))


def activity_text(activity_id: int) -> str:
    """The body of one activity row, for handlers of the event that names it."""
    return Activity.objects.values_list("body", flat=True).get(pk=activity_id)


def is_done_here(pk: int) -> bool:
    """Whether what runs now has left its trace on the ticket before: its event came twice (G-05)."""
    cause = current_chain()[-1:]
    return bool(cause) and Activity.objects.filter(ticket=pk, cause_chain__contains=cause).exists()
