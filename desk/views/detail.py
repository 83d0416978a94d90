"""A ticket's page: the split with its row selected, or only the parts that htmx asks for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from core.attachments import download
from desk import queues, selectors
from desk.filters import filters_from
from desk.forms import FamilyForm, LinkForm, MoveForm, PersonForm, PropertyForm, TellForm
from desk.timeline import SHOWN
from desk.views.base import agents_only, is_part, known_path
from desk.views.lists import list_names
from desk.worklog_forms import ChecklistForm, TimeForm
from tickets.choices import LinkType
from tickets.selectors import attachment_for

TABS = ("comment", "work_note")


def address(path: str, number: str, query: str = "") -> str:
    """Where a ticket's page is, with the list it was opened from."""
    url = reverse("desk:ticket", args=[path, number])
    return f"{url}?{query}" if query else url


def ticket_names(request: HttpRequest, path: str, ticket: Any, **extra: Any) -> dict[str, Any]:
    """What the detail and properties panes show."""
    actor: Any = request.user
    shown = request.GET.get("show", "all")
    page = selectors.ticket_page(actor, ticket, shown=shown if shown in SHOWN else "all")
    query = filters_from(request.GET, path=path).query()
    tab = request.GET.get("tab", "")
    first = "comment" if page.can["comment"] and not page.is_closed else "work_note"
    return {
        "path": path,
        "query": query,
        "t": page,
        "ticket": page.ticket,
        "url": address(path, ticket.number, query),
        "tab": tab if tab in TABS else first,
        "shown_tabs": [{"key": key, "label": label} for key, label in SHOWN.items()],
        "link_form": LinkForm(types=LinkType.choices),
        "person_form": PersonForm(actor=actor),
        "family_form": FamilyForm(),
        "tell_form": TellForm(),
        "checklist_form": ChecklistForm(),
        "time_form": TimeForm(),
        **_asked_form(request, page),
        **extra,
    }


def _asked_form(request: HttpRequest, page: Any) -> dict[str, Any]:
    """The form that the address asks for: what the buttons do without JavaScript."""
    actor: Any = request.user
    move = page.move(request.GET.get("do", ""))
    if move is not None and not move.closed_by:
        return {"move_form": MoveForm(move=move, version=page.ticket.lock_version, actor=actor)}
    asked = page.property(request.GET.get("edit", ""))
    if asked is not None and asked.editable:
        return {"edit_form": PropertyForm(key=asked.key, label=asked.label, ticket=page.ticket, actor=actor)}
    return {}


def whole_page(
    request: HttpRequest, path: str, ticket: Any, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """The split with list and ticket."""
    names = list_names(request, path, filters_from(request.GET, path=path))
    names |= ticket_names(request, path, ticket, **extra)
    return render(request, "desk/ticket.html", names, status=status)


def parts(
    request: HttpRequest, path: str, number: str, *, fresh_composer: str = "", section: str = ""
) -> HttpResponse:
    """All parts of the page but what somebody may be typing in, each to be put in its place by htmx.

    ``fresh_composer`` names the tab of which the message was just sent and whose form is emptied. ``section``
    is the template of the one section that stands for the whole panel: what is open in others stays.
    """
    actor: Any = request.user
    ticket = selectors.desk_ticket(actor, number)
    names = ticket_names(request, path, ticket)
    names |= {
        "row": selectors.row_of(ticket, filters_from(request.GET, path=path), reader=actor)
        if "Desk-Row" in request.headers
        else None,
        "oob": True,
        "own_change": request.method == "POST",
        "fresh_composer": fresh_composer,
        "section": section,
        "keep": request.GET.get("keep", "").split(","),
    }
    return render(request, "desk/_parts.html", names)


def row_alone(request: HttpRequest, path: str, number: str) -> HttpResponse:
    """The ticket's row for its place in the list, when its page is not open."""
    actor: Any = request.user
    ticket = selectors.desk_ticket(actor, number)
    filters = filters_from(request.GET, path=path)
    row = selectors.row_of(ticket, filters, reader=actor)
    names = {"row": row, "path": path, "query": filters.query(), "oob": True}
    return render(request, "desk/_row.html", names)


def done(
    request: HttpRequest,
    path: str,
    number: str,
    text: str | Promise,
    *,
    fresh_composer: str = "",
    section: str = "",
) -> HttpResponse:
    """The answer to a change that was made: the new parts for htmx, else the page again.

    ``fresh_composer`` and ``section`` as in ``parts``.
    """
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if htmx:
        response = _changed_parts(request, path, number, fresh_composer, section)
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = "desk:done"
        return response
    messages.success(request, str(text))
    query = filters_from(request.GET, path=path).query()
    return redirect(address(path, number, query))


def _changed_parts(
    request: HttpRequest, path: str, number: str, fresh_composer: str, section: str
) -> HttpResponse:
    """What has a place where the change was made: the ticket's page, its row, or nothing on a board."""
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    place = htmx.current_url_abs_path or f"/{number}/"
    if f"/{number}/" in place:
        return parts(request, path, number, fresh_composer=fresh_composer, section=section)
    if place.startswith("/w/board/"):  # it asks for itself anew
        return HttpResponse()
    return row_alone(request, path, number)


@require_safe
@agents_only
def show(request: HttpRequest, path: str, number: str) -> HttpResponse:
    """The page of one ticket."""
    actor: Any = request.user
    ticket = selectors.desk_ticket(actor, number)
    listed = known_path(path)
    if listed != "all" and queues.path_of(ticket.kind) != listed:
        return redirect(address(queues.path_of(ticket.kind), number))
    if is_part(request, "ticket"):
        return render(request, "desk/_ticket.html", ticket_names(request, listed, ticket))
    if is_part(request, "ticket-live"):
        return parts(request, listed, number)
    if is_part(request, "timeline"):
        return render(request, "desk/_timeline.html", ticket_names(request, listed, ticket))
    return whole_page(request, listed, ticket)


@require_safe
@agents_only
def property_row(request: HttpRequest, path: str, number: str, key: str) -> HttpResponse:
    """One property: as a form to edit it, or with ``?as=text`` as it stands."""
    actor: Any = request.user
    ticket = selectors.desk_ticket(actor, number)
    listed = known_path(path)
    names = ticket_names(request, listed, ticket)
    found = names["t"].property(key)
    as_text = request.GET.get("as") == "text"
    if found is None or not (found.editable or as_text):
        return redirect(names["url"])
    names["property"] = found
    if not as_text:
        names["edit_form"] = PropertyForm(key=key, label=found.label, ticket=ticket, actor=actor)
    return render(request, "desk/_property.html", names)


@require_safe
@agents_only
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """A file of a ticket that the reader may see."""
    actor: Any = request.user
    place = attachment_for(actor, public_id)
    response: Any = download(request, place.attachment)
    return response
