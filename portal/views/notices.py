"""How the reader wants to be told."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleRefusedError
from notifications import choosing
from portal.answers import PersonRequest, absorb, show, signed_in
from portal.notice_form import NoticesForm


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def preferences(request: PersonRequest) -> HttpResponse:
    """The reader's own preferences, quiet hours and digest, in one form."""
    actor = request.user
    choices, hours = choosing.choices_of(actor), choosing.own_hours(actor)
    if request.method != "POST":
        return show(request, "portal/notices.html", {"form": NoticesForm(choices=choices, hours=hours)})
    form = NoticesForm(request.POST, choices=choices, hours=hours)
    if form.is_valid() and _save(request, form):
        messages.success(request, _("Saved."))
        return redirect("portal:notices")
    return show(request, "portal/notices.html", {"form": form}, status=422)


def _save(request: PersonRequest, form: NoticesForm) -> bool:
    """Whether all of it was taken; else the form tells what was wrong, and nothing was changed."""
    try:
        with transaction.atomic():
            choosing.choose(actor=request.user, ways=form.ways())
            choosing.set_hours(actor=request.user, **form.hours())
    except RuleRefusedError as refusal:
        absorb(form, refusal)
        return False
    return True
