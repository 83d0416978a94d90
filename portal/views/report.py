"""Reporting a problem."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.errors import BadInputError, RuleRefusedError
from core.forms import kept_key, run_once
from core.models import Attachment
from incidents.services import open_incident
from portal.answers import PersonRequest, absorb, go, show, signed_in
from portal.forms import ReportForm
from portal.selectors.home import own_devices
from portal.uploads import gather


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def report(request: PersonRequest) -> HttpResponse:
    """The form; a sent one becomes an incident and leads to its page."""
    devices = own_devices(request.user)
    if request.method != "POST":
        form = ReportForm(devices=devices, initial={"text": request.GET.get("text", "")[:2000]})
        return _page(request, form)
    form = ReportForm(request.POST, request.FILES, devices=devices)
    form.is_valid()
    files = gather(request, form)
    if form.is_valid():
        try:
            return go(request, reverse("portal:request", args=[_open_once(request, form, files)]))
        except (RuleRefusedError, BadInputError) as refusal:
            absorb(form, refusal)
    return _page(request, form, files=files, status=422)


def _open_once(request: PersonRequest, form: ReportForm, files: list[Attachment]) -> str:
    data = form.cleaned_data

    def act() -> str:
        incident = open_incident(
            actor=request.user,
            title=form.title(),
            description=data["text"],
            category=data["category"],
            impact=data["impact"],
            urgency=data["urgency"],
            ci=data.get("ci"),
            attachments=files,
        )
        return incident.number

    return str(run_once(request, "portal.report", act))


def _page(
    request: PersonRequest, form: ReportForm, *, files: list[Attachment] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "files": files or [], "once": kept_key(request)}
    return show(request, "portal/report.html", context, fragment="portal/_report_form.html", status=status)
