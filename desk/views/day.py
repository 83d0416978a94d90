"""The way into the workspace: an agent's day."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk.selectors.day import day_of
from desk.views.base import agents_only, is_part


@require_safe
@agents_only
def show(request: HttpRequest) -> HttpResponse:
    """My day; htmx gets what changes while it is looked at."""
    actor: Any = request.user
    names = {"day": day_of(actor), "path": "all", "query": ""}
    return render(request, "desk/_day.html" if is_part(request, "day") else "desk/day.html", names)
