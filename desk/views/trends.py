"""What produces incidents: the page, its file, and the way from a row to a problem."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import csvs
from core.errors import BadInputError, FieldError, NotAllowedError, NotVisibleError, WrongStateError
from core.forms import run_once
from desk.selectors.trends import file_rows, title_of, trend_page
from desk.views.base import agents_only
from desk.views.detail import address
from problems.forms import trend_asked
from problems.policies import why_candidates
from problems.services import open_problem_for_trend
from problems.trend_selectors import span_for, trends_for


def _actor(request: HttpRequest) -> Any:
    if not why_candidates(request.user):  # type: ignore[arg-type] # agents_only has seen to it
        raise NotAllowedError
    return request.user


@require_safe
@agents_only
def show(request: HttpRequest) -> HttpResponse:
    """What rises and what produces most, for who works problems."""
    actor = _actor(request)
    by, weeks = trend_asked(request.GET)
    return render(request, "desk/trends.html", {"page": trend_page(actor, by, weeks)})


@require_safe
@agents_only
def export(request: HttpRequest) -> Any:
    """All rows as a file."""
    actor = _actor(request)
    by, weeks = trend_asked(request.GET)
    trends = trends_for(actor, by, span_for(actor, weeks))
    return csvs.download(f"trends-{by}-{trends.span.first}-{trends.span.last}.csv", file_rows(trends))


@require_POST
@agents_only
def open_for(request: HttpRequest) -> HttpResponse:
    """Open a problem for a row, once however often the form is sent."""
    actor = _actor(request)
    by, weeks = trend_asked(request.POST)
    key = request.POST.get("key", "")
    if not key:
        raise BadInputError(errors=[FieldError("key", "required", _("Say which row is meant."))])

    def opened() -> str:
        trends = trends_for(actor, by, span_for(actor, weeks))
        row = next((row for row in trends.rows if row.key == key), None)
        if row is None:
            raise NotVisibleError
        title = title_of(trends, row)
        return open_problem_for_trend(actor=actor, by=by, key=key, weeks=weeks, title=title).number

    try:
        number = run_once(request, "desk.open_for_trend", opened)
    except WrongStateError as refusal:
        messages.warning(request, str(refusal.detail))
        return redirect(f"{reverse('desk:trends')}?by={by}&weeks={weeks}")
    messages.success(request, _("%(number)s was opened.") % {"number": number})
    return redirect(address("problems", number))
