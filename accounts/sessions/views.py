"""The pages under /design/sessions/, for who edits people: who is signed in where; ending it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.machines.policies import may_read
from accounts.selectors import person_named
from accounts.sessions import services
from accounts.sessions.selectors import company_sessions, session_with
from core.design import only_for
from core.errors import NotVisibleError

keepers_only = only_for(
    may_read, gettext_lazy("Sessions of others are for people who edit people and roles.")
)


@require_safe
@keepers_only
def show_all(request: HttpRequest) -> HttpResponse:
    """The sessions of the company's people."""
    actor: Any = request.user
    query = request.GET.get("q", "").replace("\0", "").strip()[:80]
    rows = company_sessions(actor, query=query, key=request.session.session_key or "")
    return render(request, "accounts/sessions/list.html", {"rows": rows, "query": query})


@require_POST
@keepers_only
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one session."""
    actor: Any = request.user
    services.end(session_with(actor, public_id), actor=actor)
    messages.success(request, _("That session has ended."))
    return redirect("sessions:list")


@require_POST
@keepers_only
def end_all(request: HttpRequest, username: str) -> HttpResponse:
    """Sign a person out everywhere, tokens included."""
    actor: Any = request.user
    person = person_named(actor, username)
    if person is None:
        raise NotVisibleError
    services.end_all(person, actor=actor, with_tokens=True)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": person.display_name})
    return redirect("sessions:list")
