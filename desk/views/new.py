"""A new incident on behalf of the person who called."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleRefusedError
from core.idempotency import fingerprint, once
from desk import services
from desk.forms import IncidentForm, refuse
from desk.views.base import agents_only
from desk.views.detail import address


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def incident(request: HttpRequest) -> HttpResponse:
    """GET: the form. POST: open the incident, once however often the form is sent."""
    actor: Any = request.user
    if request.method != "POST":
        form = IncidentForm(actor=actor, initial={"requester": request.GET.get("requester", "")})
        return _form(request, form)
    form = IncidentForm(request.POST, request.FILES, actor=actor)
    if form.is_valid():
        try:
            number = _open_once(request, form)
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("%(number)s was opened.") % {"number": number})
            return redirect(address("incidents", number))
    return _form(request, form, status=422)


def _open_once(request: HttpRequest, form: IncidentForm) -> str:
    actor: Any = request.user
    fields = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    uploads = fields.pop("attachments", [])

    def act() -> str:
        files = services.take_in(actor, uploads)
        return services.open_for(actor=actor, files=files, **fields).number

    texts = sorted((name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken")
    names = [upload.name for upload in uploads]
    key = request.POST.get("once_key", "")
    if not key:
        return act()
    outcome = once(
        caller=f"user:{actor.pk}",
        scope="desk.new_incident",
        key=key,
        body_hash=fingerprint(repr(texts), repr(names)),
        action=act,
    )
    number: str = outcome.answer
    return number


def _form(request: HttpRequest, form: IncidentForm, *, status: int = 200) -> HttpResponse:
    names = {"form": form, "once_key": request.POST.get("once_key", "")}
    return render(request, "desk/new_incident.html", names, status=status)
