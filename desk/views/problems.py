"""What is done on a problem's page, and the way from an incident to a problem."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError, IllegalTransitionError, RuleRefusedError, StaleVersionError
from core.forms import run_once
from desk import selectors
from desk.forms import AnalysisForm, TellForm, refuse
from desk.views.actions import refused
from desk.views.base import with_ticket
from desk.views.detail import address, done
from problems.models import Problem
from problems.services import open_problem, tell_incidents
from tickets.services import update_ticket

_FORM = "desk/_analysis_form.html"


@require_POST
@with_ticket
def open_from(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Open a problem from an incident, once, which is then linked as caused by it."""
    actor: Any = request.user
    number = run_once(request, "desk.open_problem", lambda: open_problem(actor=actor, incident=ticket).number)
    messages.success(request, _("%(number)s was opened.") % {"number": number})
    return redirect(address("problems", number))


@require_http_methods(["GET", "HEAD", "POST"])
@with_ticket
def analysis(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """GET: the form of what is known of a problem. POST: write it down."""
    actor: Any = request.user
    if request.method != "POST":
        form = AnalysisForm(problem=_problem(ticket))
        return refused(request, path, ticket, _FORM, 200, analysis_form=form)
    form = AnalysisForm(request.POST, problem=_problem(ticket))
    if form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("lock_version")
        try:
            update_ticket(ticket.pk, actor=actor, expected_version=version, **values)
        except StaleVersionError:
            return _stale(request, path, ticket.number)
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            return done(request, path, ticket.number, _("The analysis was saved."))
    return refused(request, path, ticket, _FORM, 422, analysis_form=form)


def _stale(request: HttpRequest, path: str, number: str) -> HttpResponse:
    """409: what was typed, for the present version, beside what stands there now."""
    actor: Any = request.user
    ticket = selectors.desk_ticket(actor, number)
    data = request.POST.copy()
    data["lock_version"] = str(ticket.lock_version)
    form = AnalysisForm(data, problem=ticket)
    form.add_error(None, _("Someone changed this problem meanwhile. Compare, then save again."))
    return refused(request, path, ticket, _FORM, 409, analysis_form=form)


@require_POST
@with_ticket
def tell(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Let the open incidents of a problem know its workaround or its fix."""
    actor: Any = request.user
    form = TellForm(request.POST)
    if form.is_valid():
        try:
            reached = tell_incidents(_problem(ticket).pk, actor=actor, **form.cleaned_data)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            text = ngettext("%(count)s incident was told.", "%(count)s incidents were told.", reached)
            return done(request, path, ticket.number, text % {"count": reached})
    return refused(request, path, ticket, "desk/_cause.html", 422, tell_form=form)


def _problem(ticket: Any) -> Problem:
    if not isinstance(ticket, Problem):
        raise IllegalTransitionError(current_state=ticket.state, allowed=[])
    return ticket
