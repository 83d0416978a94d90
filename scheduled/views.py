"""The pages under /design/ticket-schedules/: list, form, what became of each occurrence, switch, run now."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.design import only_for
from core.errors import RuleRefusedError
from core.forms import CONFLICT, accepted, form_page, refused, run_once, sent
from core.time import db_now
from scheduled import services
from scheduled.choices import Failure, Outcome, failure_text
from scheduled.forms import ScheduleForm
from scheduled.models import Occurrence, TicketSchedule
from scheduled.policies import may
from scheduled.presenting import in_words
from scheduled.selectors import ahead, occurrences_of, schedule_keyed, schedules_for, tickets_seen

OCCURRENCES_SHOWN = 20
MAX_KEY = 2**63
administrators_only = only_for(
    lambda actor: may(actor, "read"),
    gettext_lazy("Scheduled tickets are for people who edit the configuration."),
)


@require_safe
@administrators_only
def show_all(request: HttpRequest) -> HttpResponse:
    """All schedules: in words, whether they are on, and when they come due next."""
    actor: Any = request.user
    now = db_now()
    rows = [
        {"schedule": row, "words": in_words(row), "ahead": ahead(row, now)} for row in schedules_for(actor)
    ]
    return render(request, "scheduled/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: make the schedule."""
    actor: Any = request.user
    form = ScheduleForm(sent(request), actor=actor, today=timezone.localdate(db_now()))
    row = accepted(form, lambda: services.create(actor=actor, key=form.cleaned_data["key"], **form.values()))
    if row is None:
        return form_page(request, "scheduled/new.html", form)
    messages.success(request, _("%(name)s was made.") % {"name": row.title})
    return redirect("scheduled:one", row.key)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def one(request: HttpRequest, key: str) -> HttpResponse:
    """GET: a schedule with what became of its occurrences. POST: change it."""
    actor: Any = request.user
    row = schedule_keyed(actor, key)
    if request.method != "POST":
        return _page(request, row)
    form = ScheduleForm(request.POST, actor=actor, schedule=row)

    def write() -> None:
        version = form.cleaned_data["lock_version"]
        services.update(key, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=row.lock_version)
    if status:
        return _page(request, row, form=form, status=status, conflict=status == CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("scheduled:one", key)


@require_POST
@administrators_only
def switch(request: HttpRequest, key: str) -> HttpResponse:
    """Switch it on or off, as ``on`` says; what went by while it was off is not made up for."""
    actor: Any = request.user
    row = schedule_keyed(actor, key)
    try:
        services.update(row.key, actor=actor, is_active=request.POST.get("on") == "1")
    except RuleRefusedError as refusal:
        messages.error(request, " ".join(str(each.detail) for each in refusal.errors))
    else:
        messages.success(request, _("Saved."))
    return redirect("scheduled:one", key)


@require_POST
@administrators_only
def run(request: HttpRequest, key: str) -> HttpResponse:
    """Open a ticket now, beside those of the calendar; a form that is sent twice opens one."""
    actor: Any = request.user
    row = schedule_keyed(actor, key)

    def act() -> dict[str, str]:
        found = services.run_now(row.key, actor=actor)
        return {
            "outcome": found.outcome,
            "reason": found.reason,
            "number": found.ticket.number if found.ticket else "",
        }

    told = run_once(request, f"ticket-schedule-run:{row.public_id}", act)
    if told["outcome"] == Outcome.OPENED:
        messages.success(request, _("%(number)s was opened.") % {"number": told["number"]})
    else:
        messages.error(request, failure_text(told["reason"]))
    return redirect("scheduled:one", key)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """GET: ask. POST: take the schedule away."""
    actor: Any = request.user
    row = schedule_keyed(actor, key)
    if request.method != "POST":
        return render(request, "scheduled/remove.html", {"row": row})
    services.delete(key, actor=actor)
    messages.success(request, _("%(name)s was removed.") % {"name": row.title})
    return redirect("scheduled:list")


def _page(request: HttpRequest, row: TicketSchedule, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of one schedule, in the schedule's own zone: that is the clock by which it runs."""
    actor: Any = request.user
    before = request.GET.get("before", "")
    rows = occurrences_of(actor, row)
    if before.isascii() and before.isdigit() and int(before) < MAX_KEY:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: OCCURRENCES_SHOWN + 1])
    shown = found[:OCCURRENCES_SHOWN]
    seen = tickets_seen(actor, shown)
    newest = None if before else next(iter(shown), None)
    names = {
        "row": row,
        "words": in_words(row),
        "ahead": ahead(row, db_now()),
        "trouble": _reason(newest) if newest is not None and newest.outcome == Outcome.FAILED else "",
        "form": ScheduleForm(actor=actor, schedule=row),
        "occurrences": [
            {"row": each, "ticket": seen.get(each.ticket_id or 0), "reason": _reason(each)} for each in shown
        ],
        "older": shown[-1].pk if len(found) > OCCURRENCES_SHOWN else None,
        **extra,
    }
    with timezone.override(row.tz):
        return render(request, "scheduled/one.html", names, status=status)


def _reason(row: Occurrence) -> str:
    """Why there is no ticket: for what a rule said, its own words."""
    return row.detail if row.reason == Failure.REFUSED and row.detail else failure_text(row.reason)
