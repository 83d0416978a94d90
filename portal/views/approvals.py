"""Deciding: the inbox, the sheet, a mail's link. A GET never decides (UI rule 9, PROCESSES APR-13)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.selectors import LinkExpiredError, approval_for, link_of, sheet_by_link, sheet_for
from approvals.services import decide, decide_by_link
from core.errors import AlreadyDecidedError, DomainError, NotAllowedError, NotVisibleError, RuleRefusedError
from portal.answers import PersonRequest, local_url, show, signed_in
from portal.selectors.approvals import cost_text, decided_rows, waiting_cards


@require_safe
@signed_in
def inbox(request: PersonRequest) -> HttpResponse:
    """What waits for the reader, or what they decided."""
    done = request.GET.get("tab") == "done"
    base = reverse("portal:approvals")
    context = {
        "done": done,
        "cards": [] if done else waiting_cards(request.user),
        "decided": decided_rows(request.user) if done else [],
        "tabs": [
            {"label": _("Waiting"), "url": base, "current": not done},
            {"label": _("Decided"), "url": f"{base}?tab=done", "current": done},
        ],
    }
    return show(request, "portal/approvals.html", context)


@require_safe
@signed_in
def one(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """The decision sheet: all that is needed to decide, without rights on the ticket (APR-15)."""
    approval = approval_for(request.user, str(public_id))
    return show(request, "portal/approval.html", _sheet(sheet_for(request.user, approval), public_id))


def _sheet(sheet: dict[str, Any], public_id: uuid.UUID | str, **more: Any) -> dict[str, Any]:
    names = {
        "sheet": sheet,
        "cost": cost_text(sheet["cost"]),
        "action": reverse("portal:decide", args=[public_id]),
        "wrong": "",
        "given": "",
    }
    return names | more


@require_POST
@signed_in
def decide_one(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """The answer of a signed-in person; a no without a reason brings the sheet back."""
    approval = approval_for(request.user, str(public_id))
    decision, comment = request.POST.get("decision", ""), request.POST.get("comment", "")
    try:
        decide(approval.pk, actor=request.user, decision=decision, comment=comment)
    except RuleRefusedError as refusal:
        context = _sheet(sheet_for(request.user, approval), public_id, wrong=refusal.detail, given=comment)
        return show(request, "portal/approval.html", context, status=422)
    messages.success(request, _said(decision))
    return redirect(local_url(request, reverse("portal:approvals")))


def _said(decision: str) -> str:
    return _("You approved it.") if decision == "approved" else _("You declined it.")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet behind a mailed link, in the language of its person; only a POST decides, and only once.

    No session begins here, and no address leaves the page (SECURITY SE-7): without a referrer browsers send
    ``Origin: null``, which the CSRF check refuses. Nobody can forge this POST who does not know the token.
    """
    try:
        with override(link_of(token).user.language):
            answer = _decide_link if request.method == "POST" else _show_link
            response = answer(request, token)
    except (NotVisibleError, LinkExpiredError, AlreadyDecidedError, NotAllowedError) as refusal:
        response = _closed_link(request, refusal)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _show_link(
    request: HttpRequest, token: str, *, wrong: str = "", given: str = "", status: int = 200
) -> HttpResponse:
    link, sheet = sheet_by_link(token)
    context = {
        "sheet": sheet,
        "person": link.user,
        "cost": cost_text(sheet["cost"]),
        "action": reverse("portal:decision_link", args=[token]),
        "wrong": wrong,
        "given": given,
    }
    return render(request, "portal/decision_link.html", context, status=status)


def _decide_link(request: HttpRequest, token: str) -> HttpResponse:
    decision, comment = request.POST.get("decision", ""), request.POST.get("comment", "")
    try:
        decide_by_link(token, decision=decision, comment=comment)
    except RuleRefusedError as refusal:
        return _show_link(request, token, wrong=str(refusal.detail), given=comment, status=422)
    return render(request, "portal/decision_done.html", {"said": _said(decision), "decision": decision})


def _closed_link(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    return render(request, "portal/decision_closed.html", {"error": refusal}, status=refusal.status)
