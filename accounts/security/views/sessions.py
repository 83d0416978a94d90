"""Where the reader is signed in: list, end one, end all others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.security.shell import tabs
from accounts.sessions import services
from accounts.sessions.selectors import own_sessions, session_with
from core.errors import NotVisibleError


@require_safe
@login_required
def show_all(request: HttpRequest) -> HttpResponse:
    """The reader's sessions, this one marked."""
    actor: Any = request.user
    rows = own_sessions(actor, key=request.session.session_key or "")
    names = {"rows": rows, "others": any(not row.is_this for row in rows), "tabs": tabs(request)}
    return render(request, "accounts/sessions/own.html", names)


@require_POST
@login_required
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one session of the reader."""
    actor: Any = request.user
    session = session_with(actor, public_id)
    if session.user_id != actor.pk:
        raise NotVisibleError
    services.end(session, actor=actor)
    messages.success(request, _("That session has ended."))
    return redirect("account:sessions")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else; with ``tokens`` the tokens end as well."""
    actor: Any = request.user
    ended = services.end_all(
        actor, actor=actor, but=request.session.session_key or "", with_tokens="tokens" in request.POST
    )
    text = ngettext("%(count)s other session has ended.", "%(count)s other sessions have ended.", ended)
    messages.success(request, text % {"count": ended})
    return redirect("account:sessions")
