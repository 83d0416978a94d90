"""The list of a queue, and what refreshes it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.errors import BadInputError, FieldError
from desk import selectors
from desk.filters import Filters, ListForm, filters_from
from desk.saved.policies import why_change
from desk.saved.selectors import applied
from desk.saved.services import STATE, state_of
from desk.views.base import agents_only, is_part, known_path
from tickets.selectors import ticket_numbered


def list_names(request: HttpRequest, path: str, filters: Filters) -> dict[str, Any]:
    """What the list pane and the rail show. Raises NotVisibleError for a saved view of others."""
    actor: Any = request.user
    filters, view = applied(actor, filters)
    path = filters.path
    page = selectors.list_page(actor, filters)
    url = reverse(f"desk:{path}")
    query = filters.query()
    names: dict[str, Any] = {
        "path": path,
        "filters": filters,
        "title": view.name if view else filters.queue.label,
        "view": view,
        "page": page,
        "list_url": f"{url}?{query}",
        "query": query,
        "chips": filters.chips(url, page.group_names),
        "next_url": f"{url}?{filters.query(after=page.next_cursor)}" if page.next_cursor else "",
    }
    if view is not None:
        differs = view.path != path or state_of(filters) != {key: getattr(view, key) for key in STATE}
        names["can_update"] = differs and view.path == path and bool(why_change(actor, view))
    if not (is_part(request, "pager") or is_part(request, "list-live")):
        names["frame"] = selectors.frame_for(actor, filters)
    return names


@require_safe
@agents_only
def show(request: HttpRequest, path: str) -> HttpResponse:
    """One page of a list, or only its rows for "Load more"."""
    path = known_path(path)
    names = list_names(request, path, filters_from(request.GET, path=path))
    if is_part(request, "list-live"):
        return render(request, "desk/_rows_oob.html", names)
    return render(request, "desk/_rows.html" if is_part(request, "pager") else "desk/list.html", names)


@require_safe
@agents_only
def choose_filters(request: HttpRequest, path: str) -> HttpResponse:
    """The form of all filters of a list, as a page or inside the dialog."""
    actor: Any = request.user
    path = known_path(path)
    filters = filters_from(request.GET, path=path)
    filters, _view = applied(actor, filters)
    values = {"view": filters.queue.key, "sort": filters.sort, **filters.values}
    values |= {"columns": filters.columns, "density": filters.density}
    form = ListForm(None, path=path)
    form.initial = values
    form.offer_groups(actor)
    names = {"path": path, "filters": filters, "form": form, "list_url": reverse(f"desk:{path}")}
    return render(
        request, "desk/_filters.html" if is_part(request, "dialog-body") else "desk/filters.html", names
    )


@require_safe
@agents_only
def row(request: HttpRequest, path: str, number: str) -> HttpResponse:
    """One row as it stands now, for the row on screen."""
    path = known_path(path)
    filters = filters_from(request.GET, path=path)
    actor: Any = request.user
    ticket = ticket_numbered(actor, number)
    names = {
        "row": selectors.row_of(ticket, filters, reader=actor),
        "path": path,
        "query": filters.query(),
        "fresh": True,
    }
    return render(request, "desk/_row.html", names)


@require_safe
@agents_only
def fresh(request: HttpRequest, path: str) -> HttpResponse:
    """The bar that says how many tickets have come since the list was read."""
    path = known_path(path)
    filters = filters_from(request.GET, path=path)
    since = _moment(request.GET.get("since", ""))
    count = selectors.fresh_count(request.user, filters, since)  # type: ignore[arg-type]
    names = {
        "path": path,
        "count": count,
        "since": since,
        "query": filters.query(),
        "list_url": f"{reverse(f'desk:{path}')}?{filters.query()}",
        "frame": selectors.frame_for(request.user, filters),  # type: ignore[arg-type]
        "oob": True,
    }
    return render(request, "desk/_fresh.html", names)


def _moment(text: str) -> dt.datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInputError(
            errors=[FieldError("since", "invalid", _("“since” must be a moment with its zone."))]
        )
    return moment
