"""The what-if pages under /design/sla/what-if/: the questions, asking one, watching it and its result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.choices import Grant
from accounts.policies import has_grant
from core.design import only_for
from core.errors import RuleRefusedError, WrongStateError
from core.forms import form_page, refuse, sent
from schedules.selectors import calendar_keyed, calendars_for
from sla.selectors import definitions_to_try
from sla.whatif.forms import CalendarTrialForm, WhatIfForm
from sla.whatif.presenting import outcome_of
from sla.whatif.services import start_what_if, what_if_of, what_ifs_for

SHOWN = 50
administrators_only = only_for(
    lambda actor: has_grant(actor, Grant.CONFIG_WRITE),
    gettext_lazy("What-ifs are for people who edit the configuration."),
)


@require_safe
@administrators_only
def show_all(request: HttpRequest) -> HttpResponse:
    """The reader's questions, newest first."""
    actor: Any = request.user
    return render(request, "sla/what_ifs.html", {"rows": what_ifs_for(actor)[:SHOWN]})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: ask about a definition, or with ``?calendar=`` about that calendar. POST: it is queued."""
    actor: Any = request.user
    data = sent(request)
    key = request.GET.get("calendar", "")
    form: Any = (
        CalendarTrialForm(data, calendar=calendar_keyed(actor, key))
        if key
        else WhatIfForm(data, definitions=list(definitions_to_try()))
    )
    if form.is_valid():
        try:
            row = start_what_if(actor=actor, **form.asked())
        except (RuleRefusedError, WrongStateError) as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The question is being answered."))
            return redirect("what_if:one", row.public_id)
    names = {"calendars": calendars_for(actor), "calendar_key": key}
    return form_page(request, "sla/what_if_new.html", form, **names)


@require_safe
@administrators_only
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far it has come and what it found; htmx asks for that part alone until it is over."""
    actor: Any = request.user
    row = what_if_of(actor, public_id)
    htmx: Any = request.htmx  # type: ignore[attr-defined] # django_htmx.middleware
    part = bool(htmx) and htmx.target == "what-if"
    template = "sla/_what_if.html" if part else "sla/what_if.html"
    response = render(request, template, {"row": row, "found": outcome_of(row)})
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
