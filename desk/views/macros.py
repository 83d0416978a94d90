"""Pages on which agents keep their macros and reply templates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import CONFLICT, accepted, refused, run_once, sent
from desk.macro_forms import MacroForm
from desk.selectors.macros import managed
from desk.views.base import agents_only
from macros import services
from macros.filling import NAMES
from macros.policies import why_change
from macros.selectors import macro_of

_PLACES = [(f"{{{name}}}", label) for name, label in NAMES.items()]


@require_safe
@agents_only
def show(request: HttpRequest) -> HttpResponse:
    """The macros that the reader has: the own ones, those of teams and those for all agents."""
    actor: Any = request.user
    return render(request, "desk/macros.html", {"rows": managed(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: make the macro, once however often it is sent; ``again`` shows the form anew."""
    actor: Any = request.user
    if request.POST.get("again"):
        return _page(request, MacroForm(actor=actor, typed=request.POST))
    form = MacroForm(sent(request), actor=actor)

    def write() -> str:
        return run_once(
            request,
            "desk.make_macro",
            lambda: str(services.make_macro(actor=actor, **form.values()).public_id),
        )

    if accepted(form, write, rights_at="shown_to"):
        messages.success(request, _("The macro “%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
        return redirect("desk:all_macros")
    return _page(request, form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: the macro's own page. POST: change it; ``again`` shows the form for another move."""
    actor: Any = request.user
    macro = macro_of(actor, public_id)
    if request.POST.get("again"):
        return _page(request, MacroForm(actor=actor, macro=macro, typed=request.POST), macro=macro)
    form = MacroForm(sent(request), actor=actor, macro=macro)
    status = 200
    if request.method == "POST":

        def write() -> None:
            version = form.cleaned_data["lock_version"]
            services.change_macro(public_id, actor=actor, expected_version=version, **form.values())

        status = refused(form, write, version=macro.lock_version)
        if not status:
            messages.success(
                request, _("The macro “%(name)s” is saved.") % {"name": form.cleaned_data["name"]}
            )
            return redirect("desk:all_macros")
    return _page(request, form, macro=macro, status=status)


def _page(request: HttpRequest, form: MacroForm, *, macro: Any = None, status: int = 200) -> HttpResponse:
    actor: Any = request.user
    names = {
        "form": form,
        "macro": macro,
        "why": why_change(actor, macro) if macro else True,
        "places": _PLACES,
        "conflict": status == CONFLICT,
    }
    return render(request, "desk/macro.html", names, status=status)


@require_POST
@agents_only
def copy(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The same macro as one's own, once however often the form is sent."""
    actor: Any = request.user
    made = run_once(
        request, "desk.copy_macro", lambda: str(services.copy_macro(public_id, actor=actor).public_id)
    )
    messages.success(request, _("The copy is yours. Give it a name."))
    return redirect("desk:edit_macro", public_id=made)


@require_POST
@agents_only
def delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the macro away; what it did stays."""
    actor: Any = request.user
    services.delete_macro(public_id, actor=actor)
    messages.success(request, _("The macro is deleted. What it did stays."))
    return redirect("desk:all_macros")
