"""Saving the list on screen as a view, and looking after saved views."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.forms import CONFLICT, accepted, refused, run_once, sent
from desk.filters import filters_from
from desk.models import SavedView
from desk.saved import services
from desk.saved.forms import ViewForm
from desk.saved.policies import why_change
from desk.saved.selectors import applied, view_of
from desk.views.base import agents_only, is_part, known_path


def view_address(view: SavedView) -> str:
    """Where the view is seen."""
    return f"{reverse(f'desk:{view.path}')}?saved={view.public_id}"


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def save(request: HttpRequest, path: str) -> HttpResponse:
    """GET: the form that asks for a name. POST: save the list that the address describes."""
    actor: Any = request.user
    path = known_path(path)
    filters, _view = applied(actor, filters_from(request.GET, path=path))
    form = ViewForm(sent(request), actor=actor)

    def write() -> str:
        values = {**form.values(), "state": services.state_of(filters), "path": filters.path}
        return run_once(
            request, "desk.save_view", lambda: view_address(services.save_view(actor=actor, **values))
        )

    address = accepted(form, write, rights_at="shown_to")
    if address:
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
        return redirect(address)
    names = {
        "form": form,
        "path": path,
        "filters": filters,
        "query": filters.query(),
        "list_url": f"{reverse(f'desk:{path}')}?{filters.query()}",
        "chips": filters.chips("", {}),
    }
    part = is_part(request, "dialog-body")
    status = 422 if form.is_bound else 200
    return render(request, "desk/_view_new.html" if part else "desk/view_new.html", names, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: the view's own page. POST: its name, its audience and its place."""
    actor: Any = request.user
    view = view_of(actor, public_id)
    form = ViewForm(sent(request), actor=actor, view=view)
    status = 200
    if request.method == "POST":
        status = refused(form, lambda: _change(form, view, actor), version=view.lock_version)
        if not status:
            messages.success(request, _("The view is changed."))
            return redirect(view_address(view))
    names = {
        "form": form,
        "view": view,
        "why": why_change(actor, view),
        "url": view_address(view),
        "conflict": status == CONFLICT,
    }
    return render(request, "desk/view.html", names, status=status)


def _change(form: ViewForm, view: SavedView, actor: Any) -> None:
    services.change_view(
        view.public_id,
        actor=actor,
        expected_version=form.cleaned_data["lock_version"],
        position=form.cleaned_data["position"],
        **form.values(),
    )


@require_POST
@agents_only
def update(request: HttpRequest, path: str, public_id: UUID) -> HttpResponse:
    """Let the view hold what the list on screen shows."""
    actor: Any = request.user
    filters = filters_from(request.GET, path=known_path(path))
    view = services.change_view(public_id, actor=actor, state=services.state_of(filters))
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(view_address(view))


@require_POST
@agents_only
def copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same view as one's own, once however often the form is sent."""
    actor: Any = request.user
    made = run_once(
        request,
        "desk.copy_view",
        lambda: str(services.copy_view(public_id, actor=actor).public_id),
    )
    messages.success(request, _("The copy is yours. Give it a name."))
    return redirect("desk:view", public_id=made)


@require_POST
@agents_only
def delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the view away; its reader goes on with the list that it was of."""
    actor: Any = request.user
    path = view_of(actor, public_id).path
    services.delete_view(public_id, actor=actor)
    messages.success(request, _("The view is deleted. The tickets in it stay."))
    return redirect(f"desk:{path}")
