"""The pages under /design/rules/: the rules in order, one rule, the preview, and the priority matrix."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.design import only_for
from core.errors import NotVisibleError, StaleVersionError
from core.forms import CONFLICT, accepted, refused, run_once, sent
from routing import presenting, services
from routing.forms import CONDITION, MatrixForm, PreviewForm, RuleForm, data_of, edited, first_data
from routing.policies import may
from routing.preview import Preview, of_ticket, of_values
from routing.selectors import listed, matrix_for, rule_of
from tickets.choices import Level
from tickets.editing.presenting import editor

administrators_only = only_for(
    lambda actor: may(actor, "read"),
    gettext_lazy("Assignment rules are for people who edit the configuration."),
)


@require_safe
@administrators_only
def show_all(request: HttpRequest) -> HttpResponse:
    """All rules by kind, in the order in which a new ticket is held against them."""
    actor: Any = request.user
    return render(request, "routing/list.html", {"kinds": presenting.rows(listed(actor), actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: make the rule, once however often it is sent, or take a step of editing."""
    actor: Any = request.user
    if "edit" in request.POST:
        return _step(request, None)
    form = RuleForm(sent(request) or first_data(), actor=actor, checks=request.method == "POST")

    def write() -> str:
        create = services.create_rule
        return run_once(request, "routing.rule", lambda: str(create(actor=actor, **form.values()).public_id))

    made = accepted(form, write) if form.checks else None
    if made:
        messages.success(request, _("The rule “%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
        return redirect("routing:list")
    return _form_page(request, form, status=422 if form.checks else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: the form of the rule. POST: change it, or take a step of editing."""
    actor: Any = request.user
    rule = rule_of(actor, public_id)
    if "edit" in request.POST:
        return _step(request, rule)
    if request.method != "POST":
        return _form_page(request, RuleForm(data_of(rule), actor=actor, rule=rule, checks=False))
    form = RuleForm(request.POST, actor=actor, rule=rule)

    def write() -> None:
        version = form.cleaned_data["lock_version"]
        services.change_rule(public_id, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=rule.lock_version)
    if status:
        return _form_page(request, form, status=status)
    messages.success(request, _("The rule “%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
    return redirect("routing:list")


@require_POST
@administrators_only
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One place ``up`` or ``down``, by the version that was seen: sent twice, it moves once."""
    actor: Any = request.user
    rule = rule_of(actor, public_id)
    direction = services.UP if request.POST.get("to") == services.UP else services.DOWN
    try:
        services.move_rule(rule.public_id, direction, actor=actor, expected_version=_version(request))
    except StaleVersionError:
        messages.error(request, _("Someone changed the rules in the meantime. This is how they are now."))
    return redirect(f"{reverse('routing:list')}#rule-{rule.public_id}")


@require_POST
@administrators_only
def switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Switch the rule on or off, as ``on`` says."""
    actor: Any = request.user
    services.change_rule(public_id, actor=actor, enabled=request.POST.get("on") == "1")
    return redirect(f"{reverse('routing:list')}#rule-{public_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: ask. POST: take the rule away."""
    actor: Any = request.user
    rule = rule_of(actor, public_id)
    if request.method != "POST":
        return render(request, "routing/remove.html", {"rule": rule})
    services.delete_rule(public_id, actor=actor)
    messages.success(request, _("%(name)s was removed.") % {"name": rule.name})
    return redirect("routing:list")


@require_safe
@administrators_only
def preview(request: HttpRequest) -> HttpResponse:
    """Which rule a ticket would match, test by test, and whom it would choose; nothing is changed."""
    actor: Any = request.user
    asked = any(name in request.GET for name in PreviewForm.base_fields)
    form = PreviewForm(request.GET if asked else None, actor=actor)
    found = _previewed(form, actor) if asked and form.is_valid() else None
    names: dict[str, Any] = {"form": form, "preview": found}
    if found is not None:
        names |= {
            "outcomes": presenting.outcomes(found, actor),
            "candidates": presenting.candidates(found),
            "nobody": presenting.nobody(found),
        }
    return render(request, "routing/preview.html", names, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def matrix(request: HttpRequest) -> HttpResponse:
    """GET: the priority of each impact and urgency. POST: change them, all or none."""
    actor: Any = request.user
    cells = list(matrix_for(actor))
    form = MatrixForm(sent(request), cells=cells)
    status = 200
    if request.method == "POST":

        def write() -> None:
            services.set_priorities(form.wanted(), actor=actor, versions=form.versions())

        status = refused(form, write, version=0)
        if not status:
            messages.success(request, _("The priority matrix is saved."))
            return redirect("routing:matrix")
        if status == CONFLICT:
            form.data = _newest(form.data, cells)
    names = {"form": form, "urgencies": list(Level.labels), "conflict": status == CONFLICT}
    return render(request, "routing/matrix.html", names, status=status)


def _newest(data: Any, cells: list[Any]) -> Any:
    """What was typed with the present versions, so that it can be saved over the other change knowingly."""
    found = data.copy()
    for cell in cells:
        found[f"v{cell.impact}{cell.urgency}"] = str(cell.lock_version)
    return found


def _previewed(form: PreviewForm, actor: Any) -> Preview | None:
    ticket = form.cleaned_data["number"]
    if ticket is None:
        return of_values(form.cleaned_data["kind"] or "incident", form.values(), actor=actor)
    try:
        return of_ticket(ticket, actor=actor)
    except NotVisibleError:
        form.add_error("number", _("There is no ticket with this number."))
        return None


def _version(request: HttpRequest) -> int | None:
    seen = request.POST.get("lock_version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None


def _step(request: HttpRequest, rule: Any) -> HttpResponse:
    """The form after a step of editing, nothing saved; for htmx the condition alone."""
    actor: Any = request.user
    data, problem = edited(request.POST, request.POST["edit"])
    form = RuleForm(data, actor=actor, rule=rule, checks=False)
    if request.headers.get("HX-Request") == "true":
        each = editor(form, CONDITION, form.words, problem=problem)
        response = render(request, each.template, {"each": each, "here": request.path})
    else:
        response = _form_page(request, form, problem=problem)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _form_page(request: HttpRequest, form: RuleForm, *, status: int = 200, problem: str = "") -> HttpResponse:
    names = {
        "form": form,
        "rule": form.rule,
        "each": editor(form, CONDITION, form.words, problem=problem),
        "here": request.path,
        "conflict": status == CONFLICT,
        "is_refused": form.checks,
    }
    return render(request, "routing/form.html", names, status=status)
