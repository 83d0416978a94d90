"""Recurring incidents: what is proposed as a problem, and what people make of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import NotAllowedError, WrongStateError
from core.forms import run_once
from desk.selectors.recurring import proposals
from desk.views.base import agents_only
from desk.views.detail import address
from problems.policies import why_candidates
from problems.services import accept_candidate, dismiss_candidate


@require_safe
@agents_only
def show(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, the best first."""
    actor: Any = request.user
    if not why_candidates(actor):
        raise NotAllowedError
    return render(request, "desk/recurring.html", {"proposals": proposals(actor)})


@require_POST
@agents_only
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a problem for the incidents, once however often the form is sent."""
    actor: Any = request.user
    try:
        number = run_once(
            request, "desk.accept_candidate", lambda: accept_candidate(public_id, actor=actor).number
        )
    except WrongStateError as refusal:
        return _decided(request, refusal)
    messages.success(request, _("%(number)s was opened.") % {"number": number})
    return redirect(address("problems", number))


@require_POST
@agents_only
def dismiss(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that it is no problem."""
    actor: Any = request.user
    try:
        dismiss_candidate(public_id, actor=actor)
    except WrongStateError as refusal:
        return _decided(request, refusal)
    messages.success(request, _("It is proposed again when it is twice as large."))
    return redirect("desk:recurring")


def _decided(request: HttpRequest, refusal: WrongStateError) -> HttpResponse:
    messages.warning(request, str(refusal.detail))
    return redirect("desk:recurring")
