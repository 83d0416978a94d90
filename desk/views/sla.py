"""The SLA page of a ticket: why its clocks say what they say, and for administrators their repair."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.errors import StaleVersionError
from core.time import db_now
from desk.explaining import clock_pages, diff_lines, fit_lines
from desk.views.base import with_ticket
from sla.choices import Rules
from sla.fitting import why_not_attached
from sla.past.explain import explained_clocks
from sla.past.repair import apply_repair, diff_of, is_allowed


@require_safe
@with_ticket
def show(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """The clocks with lives and steps, the promises that do not count, and what a repair would change."""
    return _page(request, path, ticket)


@require_POST
@with_ticket
def repair(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Write the difference that was shown. Raises NotAllowedError."""
    actor: Any = request.user
    rules = _rules(request.POST.get("rules", ""))
    try:
        diff = apply_repair(ticket.pk, actor=actor, expected=request.POST.get("digest", ""), rules=rules)
    except StaleVersionError as stale:
        messages.warning(request, str(stale.detail))
        return _page(request, path, ticket, rules=rules, status=409)
    count = len(diff.clocks)
    text = ngettext("%(count)s clock was put right.", "%(count)s clocks were put right.", count)
    messages.success(request, text % {"count": count})
    return redirect(reverse("desk:ticket_sla", args=[path, ticket.number]))


def _rules(given: str) -> str:
    return given if given in Rules.values else Rules.THEN


def _page(
    request: HttpRequest, path: str, ticket: Any, *, rules: str = "", status: int = 200
) -> HttpResponse:
    actor: Any = request.user
    now = db_now()
    asked = rules or request.GET.get("repair", "")
    diff = diff_of(ticket, rules=_rules(asked), now=now) if asked and is_allowed(actor) else None
    names = {
        "path": path,
        "ticket": ticket,
        "pages": clock_pages(explained_clocks(ticket, now=now)),
        "fits": fit_lines(why_not_attached(ticket, now=now), ticket.kind),
        "may_repair": is_allowed(actor),
        "rules": Rules.choices,
        "diff": diff,
        "diff_lines": diff_lines(diff) if diff is not None else [],
    }
    return render(request, "desk/sla.html", names, status=status)
