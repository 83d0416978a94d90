"""The page under /design/sla/calendars/: who goes by which calendar."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.selectors import groups_for, locations_for
from core.errors import RuleRefusedError
from core.forms import refuse
from sla.calendars import services
from sla.calendars.forms import ChosenForm
from sla.calendars.selectors import chosen_calendars
from sla.views import administrators_only

MOST_HINTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def chosen(request: HttpRequest) -> HttpResponse:
    """GET: the choices, and a form for one more. POST: choose a calendar, or none."""
    actor: Any = request.user
    form = ChosenForm(request.POST if request.method == "POST" else None, actor=actor)
    if request.method == "POST" and form.is_valid():
        calendar = form.cleaned_data["calendar"]
        try:
            services.choose_calendar(
                form.cleaned_data["thing"], actor=actor, calendar_key=calendar.key if calendar else None
            )
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("sla:calendars")
    names = {
        "form": form,
        "rows": chosen_calendars(actor),
        "hints": [*groups_for(actor)[:MOST_HINTS], *locations_for(actor)[:MOST_HINTS]],
    }
    return render(request, "sla/calendars.html", names, status=422 if form.errors else 200)
