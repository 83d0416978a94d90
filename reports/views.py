"""The report on service levels: figures, the clocks behind each, both as files."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.selectors import groups_for
from core import csvs
from core.errors import BadInputError, FieldError, NotAllowedError
from reports import presenting, selectors
from reports.choices import By
from reports.filters import NONE, Asked, SLAForm, asked_from
from reports.policies import may_read
from reports.satisfaction import satisfaction_for

View = Callable[..., HttpResponseBase]


def readers_only(view: View) -> View:
    """Sign-in, then the right to read reports; the others are told who has it."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read(request.user):  # type: ignore[arg-type] # login_required has seen to it
            raise NotAllowedError(
                gettext_lazy(
                    "Reports are for people who work on tickets. Ask an administrator for the role “Agent”."
                )
            )
        return view(request, *args, **kwargs)

    return guarded


def _asked(request: HttpRequest) -> Asked:
    zone, now = selectors.here_and_now(request.user)  # type: ignore[arg-type]
    today = timezone.localtime(now, ZoneInfo(zone)).date()
    return asked_from(request.GET, today=today, zone=zone)


@require_safe
@readers_only
def start(request: HttpRequest) -> HttpResponse:
    """The way in: the one report there is."""
    return redirect("reports:sla")


@require_safe
@readers_only
def sla(request: HttpRequest) -> HttpResponse:
    """The figures of a period."""
    actor: Any = request.user
    asked = _asked(request)
    report = selectors.report_for(actor, asked)
    chart, sentence = presenting.columns_of(report)
    definitions = selectors.definitions_named()
    names = presenting.names_in(report) | dict(definitions)
    return render(
        request,
        "reports/sla.html",
        {
            "report": report,
            "asked": asked,
            "period": presenting.period_words(asked),
            "quick": _quick(asked),
            "form": _form(actor, asked, definitions),
            "chips": presenting.chips_of(asked, names, "reports:sla"),
            "tiles": presenting.tiles_of(report),
            "tables": presenting.tables_of(report),
            "chart": chart,
            "sentence": sentence,
            "query": asked.query(),
        },
    )


@require_safe
@readers_only
def clocks(request: HttpRequest) -> HttpResponse:
    """The clocks behind a figure, a page at a time."""
    actor: Any = request.user
    asked = _asked(request)
    page = selectors.page_for(actor, asked)
    names = presenting.names_behind(page.rows)
    query = asked.query()
    return render(
        request,
        "reports/clocks.html",
        {
            "page": page,
            "asked": asked,
            "states": presenting.STATES,
            "period": presenting.period_words(asked),
            "chips": presenting.chips_of(asked, names, "reports:sla_clocks"),
            "query": query,
            "report_query": asked.query(verdict=None),
            "next_query": asked.query(after=page.after) if page.after else "",
        },
    )


@require_safe
@readers_only
def export(request: HttpRequest) -> HttpResponseBase:
    """A file: with ``by`` one of the tables, else the clocks behind the figure."""
    actor: Any = request.user
    asked = _asked(request)
    by = request.GET.get("by", "")
    if by and by not in By.values:
        told = _("There is no such table.")
        raise BadInputError(errors=[FieldError("by", "invalid", told)])
    name = f"sla-{asked.period.first}-{asked.period.last}"
    if by:
        report = selectors.report_for(actor, asked)
        return csvs.download(f"{name}-{by}.csv", list(presenting.table_rows(report, By(by))))
    return csvs.download(f"{name}.csv", presenting.clock_lines(selectors.all_behind(actor, asked)))


@require_safe
@readers_only
def satisfaction(request: HttpRequest) -> HttpResponse:
    """How tickets went for people, by group."""
    asked = _asked(request)
    report = satisfaction_for(request.user, asked)  # type: ignore[arg-type] # readers_only has seen to it
    names = {
        "report": report,
        "lines": presenting.said_lines(report),
        "period": presenting.period_words(asked),
        "quick": _quick(asked),
        "query": asked.query(),
    }
    return render(request, "reports/satisfaction.html", names)


@require_safe
@readers_only
def satisfaction_export(request: HttpRequest) -> HttpResponseBase:
    """The table as a file."""
    asked = _asked(request)
    report = satisfaction_for(request.user, asked)  # type: ignore[arg-type] # readers_only has seen to it
    name = f"satisfaction-{asked.period.first}-{asked.period.last}.csv"
    return csvs.download(name, list(presenting.said_table(report)))


def _quick(asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": f"?{asked.query(**{'period': key, 'from': None, 'to': None})}",
            "current": asked.period.key == key,
        }
        for key, label in presenting.QUICK.items()
    ]


def _form(actor: Any, asked: Asked, definitions: list[tuple[str, str]]) -> SLAForm:
    form = SLAForm(None, today=asked.period.last)
    form.initial = {"from": asked.period.first, "to": asked.period.last, **asked.values}
    teams = [(group.key, group.name) for group in groups_for(actor)]
    form.offer(
        team=[("", _("All")), *teams, (NONE, _("No group"))], definition=[("", _("All")), *definitions]
    )
    return form
