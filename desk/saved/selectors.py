"""Reading saved views through their gate."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from core.errors import NotVisibleError
from desk.filters import Filters, encoded, filters_kept
from desk.models import SavedView
from desk.saved.policies import visible_views


def views_for(actor: User) -> QuerySet[SavedView]:
    """The saved views that ``actor`` is shown, in their order."""
    rows = SavedView.objects.filter(visible_views(actor)).select_related("owner", "group")
    return rows.order_by("position", "name", "pk")


def view_of(actor: User, public_id: Any, *, lock: bool = False) -> SavedView:
    """One of them. Raises NotVisibleError."""
    rows = views_for(actor).filter(public_id=public_id)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    view = rows.first()
    if view is None:
        raise NotVisibleError
    return view


def filters_of(view: SavedView) -> Filters:
    """What the view asks of its list, checked as an address is. Raises BadInputError for a stale one."""
    asked: dict[str, Any] = {
        "view": view.queue,
        "sort": view.sort,
        "columns": view.columns,
        "density": view.density,
        "saved": str(view.public_id),
        **view.filters,
    }
    return filters_kept(view.path, encoded(asked))


def applied(actor: User, filters: Filters) -> tuple[Filters, SavedView | None]:
    """The filters in force and the saved view they come from, if the address names one.

    An address with nothing but the view's id stands for all that the view holds. Raises NotVisibleError.
    """
    if not filters.saved:
        return filters, None
    view = view_of(actor, filters.saved)
    return (filters_of(view) if filters.is_bare else filters), view
