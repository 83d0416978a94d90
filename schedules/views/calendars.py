"""The pages of calendars under /design/calendars/: list, hours, a year at a glance, days, preview."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.design import only_for
from core.errors import DomainError, RuleRefusedError
from core.forms import CONFLICT, accepted, form_page, refuse, refused, sent
from core.time import db_now
from schedules import dependents, presenting, rules, services
from schedules.bizcal import BizCal
from schedules.forms import CalendarForm, CountryForm, DayForm, FileForm, PreviewForm
from schedules.holiday_files import MOST_BYTES
from schedules.models import Calendar
from schedules.policies import may
from schedules.selectors import business_time, calendar_keyed, calendars_for, hours_of, special_days

DEFAULT_HOURS = 3


administrators_only = only_for(
    lambda actor: may(actor, "edit"), gettext_lazy("Calendars are for people who edit the configuration.")
)


@require_safe
@administrators_only
def show_all(request: HttpRequest) -> HttpResponse:
    """All calendars with their zones."""
    actor: Any = request.user
    return render(request, "schedules/list.html", {"rows": calendars_for(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form with an office week. POST: make the calendar."""
    actor: Any = request.user
    form = CalendarForm(sent(request))
    row = accepted(form, lambda: services.create(actor=actor, key=form.cleaned_data["key"], **form.values()))
    if row is None:
        return form_page(request, "schedules/new.html", form)
    messages.success(request, _("%(name)s was made.") % {"name": row.name})
    return redirect("schedules:one", row.key)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def one(request: HttpRequest, key: str) -> HttpResponse:
    """GET: a year of the calendar, and what it answers to a question. POST: change names, zone, hours."""
    actor: Any = request.user
    row = calendar_keyed(actor, key)
    if request.method != "POST":
        return _page(request, row)
    form = CalendarForm(request.POST, calendar=row)

    def write() -> None:
        version = form.cleaned_data["lock_version"]
        services.update(key, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=row.lock_version)
    if status:
        return _page(request, row, form=form, status=status, conflict=status == CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("schedules:one", key)


@require_safe
@administrators_only
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """How far what depends on the calendar follows its last change; this part of the page renews itself."""
    actor: Any = request.user
    row = calendar_keyed(actor, key)
    if not request.htmx:  # type: ignore[attr-defined] # django_htmx.middleware
        return redirect("schedules:one", key)
    return render(request, "schedules/_following.html", {"row": row, **_following(row)})


@require_POST
@administrators_only
def set_day(request: HttpRequest, key: str) -> HttpResponse:
    """A holiday, or hours of its own for one date."""
    actor: Any = request.user
    row, form = calendar_keyed(actor, key), DayForm(request.POST)
    if form.is_valid():
        try:
            given = form.cleaned_data
            hours = rules.parsed("hours", given["hours"])
            services.set_day(key, actor=actor, date=given["date"], name=given["name"], hours=hours)
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return _back(row, given["date"].year)
    return _page(request, row, day_form=form, status=422)


@require_POST
@administrators_only
def drop_day(request: HttpRequest, key: str) -> HttpResponse:
    """The weekly hours count again on that date."""
    actor: Any = request.user
    row = calendar_keyed(actor, key)
    try:
        date = dt.date.fromisoformat(request.POST.get("date", ""))
        services.drop_day(key, actor=actor, date=date)
    except (
        ValueError,
        DomainError,
    ):  # somebody was faster, or the form was made up: the page shows how it is
        messages.warning(request, _("Nothing is said of this day."))
        return redirect("schedules:one", key)
    messages.success(request, _("Removed."))
    return _back(row, date.year)


@require_POST
@administrators_only
def load_country(request: HttpRequest, key: str) -> HttpResponse:
    """Add the public holidays of a country."""
    actor: Any = request.user
    row, form = calendar_keyed(actor, key), CountryForm(request.POST)
    count = accepted(form, lambda: services.load_country(key, actor=actor, **form.cleaned_data))
    if count is None:
        return _page(request, row, country_form=form, status=422)
    messages.success(request, _added(count))
    return _back(row, form.cleaned_data["year"])


@require_POST
@administrators_only
def load_file(request: HttpRequest, key: str) -> HttpResponse:
    """Add the days of an iCalendar file."""
    actor: Any = request.user
    row, form = calendar_keyed(actor, key), FileForm(request.POST, request.FILES)
    count = accepted(
        form,
        lambda: services.load_file(key, actor=actor, data=form.cleaned_data["file"].read(MOST_BYTES + 1)),
    )
    if count is None:
        return _page(request, row, file_form=form, status=422)
    messages.success(request, _added(count))
    return redirect("schedules:one", key)


def _added(count: int) -> str:
    return ngettext("%(count)s day was added.", "%(count)s days were added.", count) % {"count": count}


def _back(row: Calendar, year: int) -> HttpResponse:
    return redirect(f"{reverse('schedules:one', args=[row.key])}?year={year}")


def _page(request: HttpRequest, row: Calendar, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of one calendar."""
    counted = business_time(row.key)
    now = db_now().astimezone(counted.zone)
    year = _year(request.GET.get("year", ""), now.year)
    special = special_days(row, year)
    names = {
        "row": row,
        "form": CalendarForm(calendar=row, hours=hours_of(row.pk)),
        "day_form": DayForm(),
        "country_form": CountryForm(initial={"country": "KR", "year": year}),
        "file_form": FileForm(),
        "year": year,
        "months": presenting.months(counted, special, year),
        "weekdays": presenting.weekdays(),
        "special": [(day, presenting.hours_text(day.spans)) for day in special],
        "today": now.date(),
        **_following(row),
        **_preview(request, counted, now),
        **extra,
    }
    return render(request, "schedules/one.html", names, status=status)


def _following(row: Calendar) -> dict[str, Any]:
    """What has had to follow the last change, and whether something still has to."""
    found = dependents.following(row)
    return {"following": found, "waits": any(each.left for each in found)}


def _year(given: str, this_year: int) -> int:
    within = (
        given.isascii() and given.isdigit() and rules.FIRST_DAY.year <= int(given[:5]) <= rules.LAST_DAY.year
    )
    return int(given) if within else this_year


def _preview(request: HttpRequest, counted: BizCal, now: dt.datetime) -> dict[str, Any]:
    """The form, and the answer when something was asked."""
    asked = request.method == "GET" and ("at" in request.GET or "hours" in request.GET)
    start, hours = now.replace(second=0, microsecond=0, tzinfo=None), DEFAULT_HOURS
    form = PreviewForm(request.GET) if asked else PreviewForm(initial={"at": start, "hours": hours})
    if asked:
        if not form.is_valid():
            return {"preview_form": form}
        start, hours = form.cleaned_data["at"], form.cleaned_data["hours"]
    at = start.replace(tzinfo=counted.zone)
    try:
        due = counted.add(at, hours * 3600)
    except ValueError:
        due = None
    return {
        "preview_form": form,
        "preview": {"at": at, "hours": hours, "due": due, "zone": counted.plan.tz},
    }
