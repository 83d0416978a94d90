"""A list as a board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.errors import BadInputError, FieldError
from desk import selectors
from desk.board.selectors import BY, board_of
from desk.filters import Filters, filters_from
from desk.models import SavedView
from desk.saved.selectors import applied, filters_of, view_of
from desk.views.base import agents_only, is_part, known_path


@require_safe
@agents_only
def show(request: HttpRequest, view: str) -> HttpResponse:
    """The board of a list with its filters, or of a saved view by its id."""
    actor: Any = request.user
    filters, saved = _asked(request, view)
    by = request.GET.get("by", "state")
    if by not in BY:
        raise BadInputError(errors=[FieldError("by", "choice", f"by: {', '.join(BY)}")])
    url = reverse("desk:board", args=[filters.path])
    names = {
        "board": board_of(actor, filters, by, request.GET.get("more", "")[:60]),
        "filters": filters,
        "path": filters.path,
        "query": filters.query(),
        "title": saved.name if saved else filters.queue.label,
        "board_url": f"{url}?{filters.query()}",
        "list_url": f"{reverse(f'desk:{filters.path}')}?{filters.query()}",
        "chips": filters.chips(url, {}),
    }
    if is_part(request, "board"):
        return render(request, "desk/_board.html", names)
    names["frame"] = selectors.frame_for(actor, filters)
    return render(request, "desk/board.html", names)


def _asked(request: HttpRequest, view: str) -> tuple[Filters, SavedView | None]:
    """What the address asks for. Raises NotVisibleError, Http404, BadInputError."""
    actor: Any = request.user
    try:
        saved = view_of(actor, UUID(view))
    except ValueError:
        path = known_path(view)
        return applied(actor, filters_from(request.GET, path=path))
    return filters_of(saved), saved
