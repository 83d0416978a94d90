"""Who else has the ticket open: told by each page, shown on all of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import BadInputError, FieldError
from desk import presence
from desk.views.base import with_ticket


@require_http_methods(["GET", "HEAD", "POST"])
@with_ticket
def show(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """The others who have it open; a POST says before that the reader has, or is gone again."""
    actor: Any = request.user
    if request.method == "POST":
        doing = request.POST.get("doing", "")
        if doing not in presence.DOINGS:
            raise BadInputError(errors=[FieldError("doing", "invalid", _("Say viewing, typing or gone."))])
        presence.note(ticket, actor, doing)
    people = presence.present_at([ticket.pk], but=actor.pk).get(ticket.pk, [])
    return render(request, "desk/_presence.html", {"people": people, "path": path})
