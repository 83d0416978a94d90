"""Answering a page to who is on call from the ticket it is about."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import WrongStateError
from desk.filters import filters_from
from desk.views.base import with_ticket
from desk.views.detail import address, done
from notifications import paging


@require_POST
@with_ticket
def acknowledge(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Answer the pages of the ticket; who comes too late sees how it stands. Raises NotAllowedError."""
    actor: Any = request.user
    try:
        paging.acknowledge(ticket.pk, actor=actor)
    except WrongStateError as refusal:
        if not request.htmx:  # type: ignore[attr-defined] # the fresh parts of the page say it to htmx
            messages.warning(request, str(refusal.detail))
            return redirect(address(path, ticket.number, filters_from(request.GET, path=path).query()))
    return done(request, path, ticket.number, _("You have answered the page."))
