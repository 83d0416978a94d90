"""My requests: the list, one request, and what one may do with it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.attachments import download
from core.errors import NotVisibleError, RuleRefusedError
from core.forms import kept_key, run_once
from core.models import Attachment
from incidents.services import reply as reply_to_incident
from portal.answers import PersonRequest, absorb, go, is_htmx, show, signed_in
from portal.forms import ReplyForm
from portal.moves import MOVES, actions_of
from portal.selectors.requests import DRAFT_TAB, RequestPage, items_in, page_of, request_page
from portal.selectors.stages import stages_of, who_has_it
from portal.uploads import gather
from tickets import kinds
from tickets.models import Ticket
from tickets.selectors import attachment_for, ticket_numbered
from tickets.services import add_comment, apply_transition, keep_draft


@require_safe
@signed_in
def mine(request: PersonRequest) -> HttpResponse:
    """Open and finished requests, newest first."""
    done = request.GET.get("tab") == "done"
    page = page_of(request.user, done=done, after=request.GET.get("after", ""))
    base = reverse("portal:mine")
    context = {
        "page": page,
        "done": done,
        "next_url": f"{base}?{'tab=done&' if done else ''}after={page.after}".replace("+", "%2B")
        if page.after
        else "",
        "tabs": [
            {"label": _("Under way"), "url": base, "current": not done},
            {"label": _("Finished"), "url": f"{base}?tab=done", "current": done},
        ],
    }
    return show(request, "portal/mine.html", context)


@require_safe
@signed_in
def one(request: PersonRequest, number: str) -> HttpResponse:
    """One request; htmx gets the parts that change while it is looked at.

    The bracket around ordered items leads to its one item, or lists them.
    """
    items = items_in(request.user, number)
    if items is not None:
        if len(items) == 1:
            return redirect(items[0].url)
        return show(request, "portal/bundle.html", {"number": number, "rows": items})
    page = request_page(request.user, number)
    return show(request, "portal/request.html", _context(request, page), fragment="portal/_request_live.html")


def _context(request: PersonRequest, page: RequestPage, **more: Any) -> dict[str, Any]:
    return {
        "page": page,
        "row": page.row,
        "ticket": page.child,
        "stages": stages_of(page.child),
        "holder": who_has_it(page.child),
        "actions": actions_of(page.moves),
        "form": ReplyForm(initial={"body": page.draft}),
        "files": [],
        "once": "",
        "refused": None,
        "draft_tab": DRAFT_TAB,
    } | more


@require_POST
@signed_in
def reply(request: PersonRequest, number: str) -> HttpResponse:
    """Say something to those who work on it; on a closed problem report this opens a follow-up."""
    ticket = ticket_numbered(request.user, number)
    form = ReplyForm(request.POST, request.FILES)
    form.is_valid()
    files = gather(request, form)
    if files and "body" in form.errors and not form.cleaned_data.get("body"):
        del form.errors["body"]
    if not form.errors:
        try:
            return _said(request, ticket, _say_once(request, ticket, form, files))
        except RuleRefusedError as refusal:
            absorb(form, refusal)
    page = request_page(request.user, number)
    context = _context(request, page, form=form, files=files, once=kept_key(request))
    return show(request, "portal/request.html", context, fragment="portal/_composer.html", status=422)


def _say_once(request: PersonRequest, ticket: Ticket, form: ReplyForm, files: list[Attachment]) -> str:
    def act() -> str:
        body = form.cleaned_data.get("body", "")
        if ticket.kind == "incident":
            incident, _row = reply_to_incident(ticket.pk, actor=request.user, body=body, attachments=files)
            return incident.number
        add_comment(ticket.pk, actor=request.user, body=body, attachments=files)
        return ticket.number

    return str(run_once(request, "portal.reply", act))


def _said(request: PersonRequest, ticket: Ticket, number: str) -> HttpResponse:
    url = reverse("portal:request", args=[number])
    if number != ticket.number or not is_htmx(request):
        return go(request, f"{url}#conversation")
    context = _context(request, request_page(request.user, number), form=ReplyForm())
    response = show(request, "portal/request.html", context, fragment="portal/_composer.html")
    response["HX-Trigger"] = json.dumps({"maru:ticket-changed": {"number": number}})
    return response


@require_POST
@signed_in
def move(request: PersonRequest, number: str, name: str) -> HttpResponse:
    """Accept, reopen, withdraw; a missing reason brings the page back with the question."""
    ticket = ticket_numbered(request.user, number)
    words = MOVES.get(name)
    if words is None:
        raise NotVisibleError
    inputs: dict[str, Any] = {words.field: request.POST.get(words.field, "")} if words.field else {}
    model = kinds.get(ticket.kind).model

    def act() -> str:
        return apply_transition(model, ticket.pk, name, actor=request.user, **inputs).number

    try:
        run_once(request, f"portal.{name}", act)
    except RuleRefusedError as refusal:
        page = request_page(request.user, number)
        refused = {"name": name, "text": refusal.detail, "given": next(iter(inputs.values()), "")}
        return show(request, "portal/request.html", _context(request, page, refused=refused), status=422)
    messages.success(request, str(words.done))
    return redirect("portal:request", number=number)


@require_POST
@signed_in
def draft(request: PersonRequest, number: str) -> HttpResponse:
    """Keep what is typed and not sent."""
    ticket = ticket_numbered(request.user, number)
    keep_draft(actor=request.user, ticket=ticket, tab=DRAFT_TAB, body=request.POST.get("body", ""))
    return HttpResponse(status=204)


@require_safe
@signed_in
def file(request: PersonRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A file of a ticket the reader may see."""
    return download(request, attachment_for(request.user, str(public_id)).attachment)
