"""Catalogue items and orders for tests, made through the services, so they are what the platform makes."""

from __future__ import annotations

from itertools import count
from typing import Any

from catalog import services
from catalog.models import CatalogItem, CatalogItemVersion, CatalogTask, Category, Request, RequestItem
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory, default_company
from tickets.services import apply_transition

_numbers = count(1)
SIZES = {
    "key": "size",
    "type": "choice",
    "label": {"ko": "크기", "en": "Size"},
    "required": True,
    "choices": [
        {"value": "small", "label": {"ko": "작은 것", "en": "Small"}, "price_effect": "100000"},
        {"value": "large", "label": {"ko": "큰 것", "en": "Large"}, "price_effect": "250000"},
    ],
}
ANSWERS = {"size": "small"}


def form_with(*fields: dict[str, Any]) -> dict[str, Any]:
    """A form of these fields."""
    return {"schema": 1, "fields": list(fields)}


def make_category(**more: Any) -> Category:
    """A shelf of the default company."""
    number = next(_numbers)
    values = {"name_ko": "장비", "name_en": "Equipment"} | more
    key = values.pop("key", f"shelf-{number}")
    return services.create_category(actor=None, company=default_company(), key=key, **values)


def make_catalog_item(**more: Any) -> CatalogItem:
    """An item without a version."""
    values = {"company": default_company(), "key": f"item-{next(_numbers)}"} | more
    category = values.pop("category", None) or make_category()
    group = values.pop("owner_group", None) or GroupFactory()
    return services.create_item(actor=None, category=category, owner_group=group, **values)


def make_version(
    *, item: CatalogItem | None = None, publish: bool = True, **content: Any
) -> CatalogItemVersion:
    """A version, published unless told otherwise; by default it asks for a size and has no flow."""
    item = item or make_catalog_item()
    values = {"name_ko": "의자", "name_en": "Chair", "form": form_with(SIZES), "price": 50_000} | content
    draft = services.save_draft(item.pk, actor=None, **values)
    return services.publish_version(draft.pk, actor=None) if publish else draft


def make_order(*, person: Any = None, version: CatalogItemVersion | None = None, **more: Any) -> Request:
    """A request with one item; the form's answers are valid by default."""
    version = version or make_version()
    values = {"actor": person or UserFactory(), "item_key": version.item.key, "answers": ANSWERS} | more
    return services.order_item(**values)


def item_of(request: Request) -> RequestItem:
    """The only item of a request."""
    return RequestItem.objects.get(request=request.pk)


def task_of(item: RequestItem) -> CatalogTask:
    """The latest task of an item."""
    return CatalogTask.objects.filter(ritm=item.pk).order_by("-pk")[0]


def make_request(state: str = "in_process", *, person: Any = None) -> Request:
    """A request walked to ``state`` by the platform; its one item stays where it is."""
    request = make_order(person=person)
    if state in {"draft", "submitted"}:
        # Nothing leads back to these states, so the row is written as an importer would find it.
        Request.objects.filter(pk=request.pk).update(state=state, **_place(Request, state))
    elif state != "in_process":
        names = {
            "closed_complete": "complete",
            "closed_incomplete": "incomplete",
            "closed_skipped": "skip",
            "closed_cancelled": "cancel",
            "closed_rejected": "reject",
        }
        apply_transition(Request, request.pk, names[state], actor=None)
    return Request.objects.get(pk=request.pk)


_ITEM_PATHS = {
    "open": [],
    "work_in_progress": ["begin"],
    "delivered": ["begin", "deliver"],
    "closed_complete": ["complete"],
    "closed_incomplete": ["incomplete"],
    "closed_skipped": ["skip"],
    "cancelled": ["cancel"],
    "rejected": ["reject"],
}


def make_item(state: str = "open", *, person: Any = None, version: Any = None) -> RequestItem:
    """A requested item walked to ``state`` by the platform; its one task stays where it is."""
    item = item_of(make_order(person=person, version=version))
    if state == "pending_approval":
        # A flow would have put it there; the machine has no edge back to it.
        RequestItem.objects.filter(pk=item.pk).update(state=state, **_place(RequestItem, state))
    for name in _ITEM_PATHS.get(state, []):
        apply_transition(RequestItem, item.pk, name, actor=None)
    return RequestItem.objects.get(pk=item.pk)


_TASK_PATHS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "open": [],
    "work_in_progress": [("start", {})],
    "closed_complete": [("complete", {})],
    "closed_incomplete": [("incomplete", {"close_notes": "Out of stock."})],
    "closed_skipped": [("skip", {"close_notes": "Not needed."})],
}


def make_task(state: str = "open", *, agent: Any = None, person: Any = None) -> CatalogTask:
    """A catalog task walked to ``state`` by an agent along the legal edges."""
    task = task_of(item_of(make_order(person=person)))
    if state == "pending":
        CatalogTask.objects.filter(pk=task.pk).update(state=state, **_place(CatalogTask, state))
    for name, inputs in _TASK_PATHS.get(state, []):
        apply_transition(CatalogTask, task.pk, name, actor=agent or AgentFactory(), **inputs)
    return CatalogTask.objects.get(pk=task.pk)


def _place(model: Any, state: str) -> dict[str, Any]:
    return {"state_rank": model.RANKS[state], "phase": model.PHASES[state]}
