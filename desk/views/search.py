"""Finding tickets: the search page, the command palette and the suggestions under a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.errors import NotVisibleError
from desk import queues, selectors
from desk.views.base import agents_only
from desk.views.detail import address
from tickets.selectors import ticket_numbered

LONGEST_QUERY = 100
MANY = 50


@dataclass(frozen=True)
class Command:
    """One thing the palette can do without knowing a ticket."""

    label: str | Promise
    icon: str
    url: str


def _query(request: HttpRequest) -> str:
    text = request.GET.get("q", "").replace("\0", "").strip()
    return text[:LONGEST_QUERY]


@require_safe
@agents_only
def search(request: HttpRequest) -> HttpResponse:
    """Tickets by number or words; a full number jumps to its ticket."""
    actor: Any = request.user
    text = _query(request)
    if text:
        try:
            ticket = ticket_numbered(actor, text.upper())
        except NotVisibleError:
            pass
        else:
            return redirect(address(queues.path_of(ticket.kind), ticket.number))
    found = selectors.suggested_tickets(actor, text, most=MANY)
    names = {"q": text, "rows": selectors.as_rows(found), "many": MANY}
    return render(request, "desk/search.html", names)


@require_safe
@agents_only
def palette(request: HttpRequest) -> HttpResponse:
    """The options of the command palette: places and actions by name, tickets by number or words."""
    actor: Any = request.user
    text = _query(request)
    commands = [each for each in _commands() if text.lower() in str(each.label).lower()]
    found = [
        {"ticket": ticket, "url": address(queues.path_of(ticket.kind), ticket.number)}
        for ticket in selectors.suggested_tickets(actor, text)
    ]
    return render(request, "desk/_palette_options.html", {"q": text, "commands": commands, "found": found})


def _commands() -> list[Command]:
    places = [
        Command(queue.label, queue.icon, f"{reverse(f'desk:{queue.path}')}?view={queue.key}")
        for queue in queues.QUEUES
    ]
    return [Command(_("New incident"), icon="plus", url=reverse("desk:new_incident")), *places]


@require_safe
@agents_only
def known(request: HttpRequest) -> HttpResponse:
    """What is like the title that is being typed: known errors and open incidents, for the form's side."""
    actor: Any = request.user
    text = request.GET.get("title", "").replace("\0", "").strip()[:LONGEST_QUERY]
    return render(request, "desk/_known.html", {"known": selectors.known_already(actor, text), "typed": text})


@require_safe
@agents_only
def suggest(request: HttpRequest, sort: str) -> HttpResponse:
    """Options for a field in which people or items are named."""
    actor: Any = request.user
    typed = next((str(value) for value in request.GET.values() if value), "")
    text = typed.replace("\0", "").strip()[:LONGEST_QUERY]
    if sort == "people":
        people = selectors.suggested_people(actor, text)
        options = [(person.username, f"{person.display_name} {person.email}".strip()) for person in people]
    else:
        options = [
            (item.number, f"{item.name} · {item.ci_class}") for item in selectors.suggested_items(actor, text)
        ]
    return render(request, "desk/_suggestions.html", {"options": options})
