"""What the clocks of a ticket say beyond the strip: whose time it was."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from desk import promises
from desk.views.base import is_part, with_ticket
from desk.views.detail import address


@require_safe
@with_ticket
def times(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """The time of each clock by group and assignee, as a page or inside the ticket's own."""
    names = {
        "path": path,
        "ticket": ticket,
        "times": promises.times_of(ticket),
        "url": address(path, ticket.number),
    }
    return render(request, "desk/_times.html" if is_part(request, "times-body") else "desk/times.html", names)
