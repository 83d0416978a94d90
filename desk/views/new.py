"""New tickets: an incident on behalf of the person who called, a problem, each by a form that counts once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleRefusedError
from core.forms import kept_key, run_once
from desk import services
from desk.forms import IncidentForm, ProblemForm, refuse
from desk.views.base import agents_only
from desk.views.detail import address
from problems.services import open_problem


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def incident(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: open the incident, once however often the form is sent."""
    actor: Any = request.user
    if request.method != "POST":
        form = IncidentForm(actor=actor, initial={"requester": request.GET.get("requester", "")})
    else:
        form = IncidentForm(request.POST, request.FILES, actor=actor)

    def act(fields: dict[str, Any]) -> str:
        files = services.take_in(actor, fields.pop("attachments", []))
        return services.open_for(actor=actor, files=files, **fields).number

    return _opened(request, "incidents", form, act) or _form(request, "desk/new_incident.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def problem(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: open the problem, once however often the form is sent."""
    actor: Any = request.user
    form = ProblemForm(request.POST if request.method == "POST" else None, actor=actor)

    def act(fields: dict[str, Any]) -> str:
        return open_problem(actor=actor, **fields).number

    return _opened(request, "problems", form, act) or _form(request, "desk/new_problem.html", form)


def _opened(
    request: HttpRequest, path: str, form: forms.Form, act: Callable[[dict[str, Any]], str]
) -> HttpResponse | None:
    """The way to the page of what ``act`` opened; None when the form was not sent, or says what was wrong."""
    if not form.is_valid():
        return None
    fields = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    try:
        number = run_once(request, f"desk.new.{path}", lambda: act(fields))
    except RuleRefusedError as refusal:
        refuse(form, refusal)
        return None
    messages.success(request, _("%(number)s was opened.") % {"number": number})
    return redirect(address(path, number))


def _form(request: HttpRequest, template: str, form: forms.Form) -> HttpResponse:
    names = {"form": form, "once_key": kept_key(request)}
    return render(request, template, names, status=422 if form.is_bound else 200)
