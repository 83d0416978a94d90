"""Finding tickets, people and items: the search page, the command palette and suggestions under a field."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from core import searching
from core.errors import NotVisibleError
from desk import palette as commands
from desk import queues, selectors
from desk.selectors import finding
from desk.views.base import agents_only
from desk.views.detail import address
from tickets.selectors import ticket_numbered

LONGEST_QUERY = 100


def _query(request: HttpRequest, name: str = "q") -> str:
    return searching.cleaned(request.GET.get(name, ""))[:LONGEST_QUERY]


@require_safe
@agents_only
def search(request: HttpRequest) -> HttpResponse:
    """Everything that matches, by sort; a full number jumps to its ticket."""
    actor: Any = request.user
    asked = _asked(request)
    if asked.text:
        try:
            ticket = ticket_numbered(actor, asked.text.upper())
        except NotVisibleError:
            pass
        else:
            return redirect(address(queues.path_of(ticket.kind), ticket.number))
    return render(request, "desk/search.html", {"found": finding.search(actor, asked)})


def _asked(request: HttpRequest) -> finding.Asked:
    """What the address asks for; what it cannot mean is left out."""
    sort, page = request.GET.get("type", ""), request.GET.get("page", "")
    return finding.Asked(
        text=_query(request),
        sort=sort if sort in finding.sorts() else "",
        only_open=request.GET.get("open") == "1",
        page=min(int(page), finding.LAST_PAGE) if page.isascii() and page.isdigit() and int(page[:4]) else 1,
    )


@require_safe
@agents_only
def palette(request: HttpRequest) -> HttpResponse:
    """The options of the command palette: what can be done here, what was found, where one can go."""
    actor: Any = request.user
    text = _query(request)
    here = getattr(request.htmx, "current_url_abs_path", "") or ""  # type: ignore[attr-defined]
    names = {
        "q": text,
        "actions": commands.on_ticket(actor, here, text),
        "found": finding.at_hand(actor, text) if text else None,
        "commands": commands.commands(actor, text),
    }
    return render(request, "desk/_palette_options.html", names)


@require_safe
@agents_only
def known(request: HttpRequest) -> HttpResponse:
    """What is like the title that is being typed: known errors and open incidents, for the form's side."""
    actor: Any = request.user
    text = _query(request, "title")
    return render(request, "desk/_known.html", {"known": selectors.known_already(actor, text), "typed": text})


@require_safe
@agents_only
def suggest(request: HttpRequest, sort: str) -> HttpResponse:
    """Options for a field in which people or items are named."""
    actor: Any = request.user
    typed = next((str(value) for value in request.GET.values() if value), "")
    text = searching.cleaned(typed)[:LONGEST_QUERY]
    if sort == "people":
        people = selectors.suggested_people(actor, text)
        options = [(person.username, f"{person.display_name} {person.email}".strip()) for person in people]
    else:
        options = [
            (item.number, f"{item.name} · {item.ci_class}") for item in selectors.suggested_items(actor, text)
        ]
    return render(request, "desk/_suggestions.html", {"options": options})
