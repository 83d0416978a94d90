"""Merging an incident into another one, taking that back, and splitting one off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, NotAllowedError, RuleRefusedError, StaleVersionError, WrongStateError
from core.forms import CONFLICT, INVALID, kept_key, run_once
from desk.forms import MergeForm, SplitForm, refuse
from desk.selectors.merging import preview, similar_to
from desk.views.base import View, with_ticket
from desk.views.detail import address
from desk.views.relations import other_named
from incidents import services
from incidents.models import Incident
from incidents.services.splitting import first_line, message_of, requester_of
from tickets.merges import merge_of
from tickets.policies import may


def _of_incident(view: View) -> View:
    """For agents, and with the incident of the address; other kinds are not merged."""

    @with_ticket
    def found(request: HttpRequest, path: str, ticket: Any, **more: Any) -> HttpResponse:
        if not isinstance(ticket, Incident):
            raise Http404
        return view(request, path, ticket, **more)

    return found


@require_safe
@_of_incident
def similar(request: HttpRequest, path: str, ticket: Incident) -> HttpResponse:
    """What is like the incident: the section for its page, or a page of its own."""
    actor: Any = request.user
    names = {"path": path, "ticket": ticket, "similar": similar_to(actor, ticket)}
    template = "desk/_similar.html" if request.htmx else "desk/similar.html"  # type: ignore[attr-defined]
    return render(request, template, names)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_incident
def merge(request: HttpRequest, path: str, ticket: Incident) -> HttpResponse:
    """GET: choose the incident it goes on in, then what would come along. POST: merge."""
    actor: Any = request.user
    if not may(actor, ticket, "merge"):
        raise NotAllowedError
    if request.method != "POST":
        given = request.GET if "into" in request.GET else None
        return _page(request, path, ticket, MergeForm(given, version=ticket.lock_version))
    form = MergeForm(request.POST, version=ticket.lock_version)
    status = INVALID
    if form.is_valid():
        try:
            number = run_once(request, "desk.merge", lambda: _merge(actor, ticket, form.cleaned_data))
        except StaleVersionError:
            status = CONFLICT
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            text = _("%(number)s goes on in %(main)s. You can take this back for ten minutes.")
            messages.success(request, text % {"number": ticket.number, "main": number})
            return redirect(address(path, number))
    return _page(request, path, ticket, form, status)


def _merge(actor: Any, ticket: Incident, values: dict[str, Any]) -> str:
    into = other_named(actor, values["into"], field="into")
    version = values["lock_version"]
    services.merge_incident(ticket.pk, actor=actor, into=into, expected_version=version)
    merged = merge_of(ticket.pk)
    return str(merged.main.number if merged is not None else into.number)


def _page(
    request: HttpRequest, path: str, ticket: Incident, form: MergeForm, status: int = 200
) -> HttpResponse:
    actor: Any = request.user
    target, coming = None, None
    if form.is_bound and not form.is_valid():
        status = INVALID if status == 200 else status
    elif form.is_bound:
        try:
            into = other_named(actor, form.cleaned_data["into"], field="into")
            target, coming = preview(actor, ticket, into)
        except (RuleRefusedError, NotAllowedError) as refusal:
            refuse(form, refusal)
            status = status if status != 200 else INVALID
    names = {
        "path": path,
        "ticket": ticket,
        "form": form,
        "target": target,
        "coming": coming,
        "conflict": status == CONFLICT,
        "similar": similar_to(actor, ticket) if target is None else None,
        "once_key": kept_key(request),
    }
    return render(request, "desk/merge.html", names, status=status)


@require_POST
@_of_incident
def unmerge(request: HttpRequest, path: str, ticket: Incident) -> HttpResponse:
    """Take the merge back."""
    actor: Any = request.user
    try:
        services.unmerge_incident(ticket.pk, actor=actor)
    except WrongStateError as refusal:
        messages.warning(request, str(refusal.detail))
    else:
        messages.success(request, _("%(number)s stands by itself again.") % {"number": ticket.number})
    return redirect(address(path, ticket.number))


@require_http_methods(["GET", "HEAD", "POST"])
@_of_incident
def split(request: HttpRequest, path: str, ticket: Incident, message: UUID) -> HttpResponse:
    """GET: what the new incident would be. POST: open it, once however often the form is sent."""
    actor: Any = request.user
    said = message_of(ticket, message, actor)
    if said is None:
        raise Http404
    if not may(actor, ticket, "split"):
        raise NotAllowedError
    form = SplitForm(
        request.POST if request.method == "POST" else None, title=first_line(said.body) or ticket.title
    )
    if form.is_valid():
        title = form.cleaned_data["title"]
        try:
            number = run_once(
                request,
                "desk.split",
                lambda: services.split_incident(ticket.pk, actor=actor, message=message, title=title).number,
            )
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("%(number)s was opened.") % {"number": number})
            return redirect(address(path, number))
    names = {
        "path": path,
        "ticket": ticket,
        "form": form,
        "said": said,
        "requester": requester_of(ticket, said),
        "once_key": kept_key(request),
    }
    return render(request, "desk/split.html", names, status=INVALID if form.is_bound else 200)
