"""Using a macro on a ticket: choosing one, its text for the composer, running it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, NotVisibleError, StaleVersionError
from core.forms import kept_key, run_once
from desk import selectors
from desk.filters import filters_from
from desk.selectors.macros import offered, shown
from desk.views.actions import version_sent
from desk.views.base import is_part, with_ticket
from desk.views.detail import address, done
from macros.selectors import macro_of
from macros.services import run_macro, text_of, use_reply
from tickets.policies import may


@require_safe
@with_ticket
def choose(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """The macros the reader has for this kind of ticket: for the dialog, or as a page of its own."""
    actor: Any = request.user
    return _page(request, path, ticket, "desk/_macros.html", rows=offered(actor, ticket))


@require_http_methods(["GET", "HEAD", "POST"])
@with_ticket
def one(request: HttpRequest, path: str, ticket: Any, public_id: UUID) -> HttpResponse:
    """GET: what the macro says and does here. POST: run it, once however often the form is sent."""
    actor: Any = request.user
    macro = macro_of(actor, public_id)
    if request.method != "POST":
        return _one(request, path, ticket, macro)
    version = version_sent(request)

    def run() -> str:
        return str(run_macro(ticket, public_id, actor=actor, expected_version=version).number)

    try:
        run_once(request, "desk.run_macro", run)
    except NotVisibleError:
        raise
    except StaleVersionError:
        text = _("Someone changed this ticket meanwhile. Look at it, then run the macro again.")
        return _one(
            request, path, selectors.desk_ticket(actor, ticket.number), macro, status=409, errors=[text]
        )
    except DomainError as refusal:
        told = [str(each.detail) for each in refusal.errors] or [str(refusal.detail)]
        status = refusal.status if refusal.status == 409 or not request.htmx else 422  # type: ignore[attr-defined]
        return _one(request, path, ticket, macro, status=status, errors=told)
    return done(request, path, ticket.number, _("Done: %(move)s.") % {"move": macro.name})


@require_POST
@with_ticket
def use(request: HttpRequest, path: str, ticket: Any, public_id: UUID) -> HttpResponse:
    """The text for the composer, and for which of its tabs. The ticket stays as it is."""
    actor: Any = request.user
    tab, text = use_reply(ticket, public_id, actor=actor)
    return JsonResponse({"tab": tab, "text": text})


def _one(
    request: HttpRequest,
    path: str,
    ticket: Any,
    macro: Any,
    *,
    status: int = 200,
    errors: list[str] | None = None,
) -> HttpResponse:
    actor: Any = request.user
    names = {
        "each": shown(macro),
        "text": text_of(macro, ticket, actor),
        "can_say": bool(macro.says) and may(actor, ticket, macro.says),
        "errors": errors or [],
        "key": kept_key(request) if errors and status != 409 else "",
    }
    return _page(request, path, ticket, "desk/_macro_run.html", status=status, **names)


def _page(
    request: HttpRequest, path: str, ticket: Any, part: str, *, status: int = 200, **names: Any
) -> HttpResponse:
    query = filters_from(request.GET, path=path).query()
    names |= {
        "ticket": ticket,
        "path": path,
        "query": query,
        "url": address(path, ticket.number, query),
        "part": part,
    }
    whole = "desk/ticket_macros.html"
    return render(request, part if is_part(request, "dialog-body") else whole, names, status=status)
