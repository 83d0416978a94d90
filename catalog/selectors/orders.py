"""Reading requests, requested items and catalog tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor, group_ids
from accounts.selectors import people_for
from catalog import flows
from catalog.formdata import FormField, form_of
from catalog.models import CatalogTask, Request, RequestItem
from catalog.policies import visible_to
from tickets.policies import involved, reads_internal
from tickets.selectors import kind_numbered

_HEAVY = ("description", "bigram", "custom", "close_notes")


@dataclass(frozen=True)
class Answer:
    """One answered question as people read it; ``value`` is what is stored."""

    key: str
    label: str
    text: str
    value: Any


@dataclass(frozen=True)
class ItemView:
    """One item of a request with its answers, what stage it is at, and for agents its tasks."""

    item: RequestItem
    answers: list[Answer]
    stages: list[Any]
    tasks: list[CatalogTask]


def requests_for(actor: Actor) -> QuerySet[Request]:
    """Requests ``actor`` may see, newest first, with their items."""
    items = RequestItem.objects.select_related("item_version__item", "requester").order_by("pk")
    return (
        Request.objects.filter(visible_to(actor))
        .select_related("requester", "assignee", "group", "ci", "opened_by")
        .prefetch_related(Prefetch("items", queryset=items))
        .defer(*_HEAVY)
        .order_by("-opened_at", "-pk")
    )


def own_requests(actor: User) -> QuerySet[Request]:
    """What the person ordered or gets, newest first, with the items."""
    return requests_for(actor).filter(involved(actor))


def request_numbered(actor: Actor, number: str) -> Request:
    """The request with that number. Raises NotVisibleError."""
    row: Request = kind_numbered(actor, "request", number)
    return row


def item_numbered(actor: Actor, number: str) -> RequestItem:
    """The requested item with that number. Raises NotVisibleError."""
    row: RequestItem = kind_numbered(actor, "ritm", number)
    return row


def task_numbered(actor: Actor, number: str) -> CatalogTask:
    """The catalog task with that number. Raises NotVisibleError."""
    row: CatalogTask = kind_numbered(actor, "sctask", number)
    return row


def items_of(actor: Actor, request: Request) -> list[RequestItem]:
    """The items of a visible request that ``actor`` may see, in order."""
    rows = RequestItem.objects.filter(visible_to(actor), request=request.pk)
    return list(
        rows.select_related("item_version__item__category", "requester__department", "group").order_by("pk")
    )


def tasks_of(actor: Actor, items: Sequence[RequestItem]) -> dict[int, list[CatalogTask]]:
    """The tasks of these items by item, for who reads internal things; none for others."""
    if not reads_internal(actor):
        return {}
    rows = (
        CatalogTask.objects.filter(visible_to(actor), ritm__in=[item.pk for item in items])
        .select_related("group", "assignee")
        .order_by("pk")
    )
    found: dict[int, list[CatalogTask]] = {}
    for row in rows:
        found.setdefault(row.ritm_id, []).append(row)
    return found


def tasks_for(actor: Actor) -> QuerySet[CatalogTask]:
    """The open tasks of the actor's groups, those due first at the top."""
    return (
        CatalogTask.objects.filter(visible_to(actor), active=True, group__in=group_ids(actor))
        .select_related(
            "requester", "assignee", "group", "ritm__item_version__item", "ritm__requester", "ritm__request"
        )
        .defer(*_HEAVY)
        .order_by("priority", "due_at", "-opened_at", "-pk")
    )


def request_view(actor: Actor, request: Request) -> list[ItemView]:
    """Each item of a visible request with answers, stages (at most 6) and, for agents, tasks."""
    items = items_of(actor, request)
    tasks, names, stages = tasks_of(actor, items), _people_named(actor, items), flows.stages_of(items)
    return [
        ItemView(item, _answers(item, names), stages.get(item.pk, []), tasks.get(item.pk, []))
        for item in items
    ]


def answers_of(actor: Actor, item: RequestItem) -> list[Answer]:
    """What was answered when the item was ordered, in the order of its form and in the reader's language."""
    return _answers(item, _people_named(actor, [item]))


def _people_named(actor: Actor, items: Sequence[RequestItem]) -> dict[str, str]:
    names = {
        item.variables[each.key]
        for item in items
        for each in form_of(item.item_version.form).fields
        if each.type == "user" and each.key in item.variables
    }
    if not names:
        return {}
    return {row.username: row.display_name for row in people_for(actor).filter(username__in=names)}


def _answers(item: RequestItem, names: dict[str, str]) -> list[Answer]:
    fields = form_of(item.item_version.form).fields
    return [
        Answer(each.key, each.label, _shown(each, item.variables[each.key], names), item.variables[each.key])
        for each in fields
        if each.key in item.variables
    ]


def _shown(field: FormField, value: Any, names: dict[str, str]) -> str:
    if field.type == "boolean":
        return _("Yes") if value else _("No")
    if field.type == "user":
        return names.get(value, value)
    if field.type in {"choice", "multi_choice"}:
        chosen = [value] if field.type == "choice" else value
        known = [field.choice(each) for each in chosen]
        return ", ".join(each.label for each in known if each is not None)
    return str(value)
