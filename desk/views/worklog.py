"""Checklist of a ticket and time spent on it: small forms in the panel, each one call of a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import BadInputError, FieldError, NotAllowedError, NotVisibleError
from core.forms import INVALID, accepted, refused, run_once
from desk.selectors.worklog import worklog_of
from desk.views import actions
from desk.views.base import with_ticket
from desk.views.detail import done
from desk.worklog_forms import ChecklistForm, ChecklistItemForm, TimeForm
from tickets import services
from tickets.policies import NOT_THEIRS

_CHECKLIST, _TIME = "desk/_checklist.html", "desk/_time.html"
_STEPS = {"up": -1, "down": 1}


@require_POST
@with_ticket
def add_items(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """New lines of the checklist, one for each that was typed or pasted."""
    actor: Any = request.user
    form = ChecklistForm(request.POST)

    def write() -> int:
        texts = form.cleaned_data["text"].splitlines()
        return len(services.add_checklist_items(ticket.pk, actor=actor, texts=texts))

    if accepted(form, lambda: run_once(request, "desk.add_items", write)):
        return done(request, path, ticket.number, _("The checklist was changed."), section=_CHECKLIST)
    return actions.refused(request, path, ticket, _CHECKLIST, INVALID, checklist_form=form)


@require_POST
@with_ticket
def change_item(request: HttpRequest, path: str, ticket: Any, public_id: UUID) -> HttpResponse:
    """Tick a line or not (``is_done``), move it by one (``step``), or put it in other words."""
    actor: Any = request.user
    row = worklog_of(actor, ticket).item(public_id)
    if row is None:
        raise NotVisibleError
    if "text" in request.POST:
        return _reword(request, path, ticket, row)
    services.change_checklist_item(ticket.pk, public_id, actor=actor, **_asked(request, row.position))
    return done(request, path, ticket.number, _("The checklist was changed."), section=_CHECKLIST)


def _asked(request: HttpRequest, position: int) -> dict[str, Any]:
    """What one button changes. Raises BadInputError for none that the page has."""
    is_done, step = request.POST.get("is_done", ""), request.POST.get("step", "")
    if is_done in {"0", "1"}:
        return {"is_done": is_done == "1"}
    if step in _STEPS:
        return {"position": max(1, position + _STEPS[step])}
    raise BadInputError(errors=[FieldError("is_done", "invalid", _("This form cannot be read."))])


def _reword(request: HttpRequest, path: str, ticket: Any, row: Any) -> HttpResponse:
    actor: Any = request.user
    form = ChecklistItemForm(request.POST, item=row)

    def write() -> None:
        text, version = form.cleaned_data["text"], form.cleaned_data["lock_version"]
        services.change_checklist_item(
            ticket.pk, row.public_id, actor=actor, expected_version=version, text=text
        )

    return _answer(request, path, ticket, form, write, _CHECKLIST, version=row.lock_version)


@require_POST
@with_ticket
def remove_item(request: HttpRequest, path: str, ticket: Any, public_id: UUID) -> HttpResponse:
    """Take a line away."""
    actor: Any = request.user
    services.remove_checklist_item(ticket.pk, public_id, actor=actor)
    said = _("The line was taken from the checklist.")
    return done(request, path, ticket.number, said, section=_CHECKLIST)


@require_POST
@with_ticket
def add_time(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Note the time that the reader spent; once, however often it is sent."""
    actor: Any = request.user
    form = TimeForm(request.POST)

    def write() -> str:
        return str(services.add_time(ticket.pk, actor=actor, **form.values()).public_id)

    if accepted(form, lambda: run_once(request, "desk.add_time", write)):
        return done(request, path, ticket.number, _("The time was noted."), section=_TIME)
    return actions.refused(request, path, ticket, _TIME, INVALID, time_form=form)


@require_POST
@with_ticket
def change_time(request: HttpRequest, path: str, ticket: Any, public_id: UUID) -> HttpResponse:
    """Correct an entry."""
    actor: Any = request.user
    row = worklog_of(actor, ticket).entry(public_id)
    if row is None:
        raise NotVisibleError
    if not row.can_change:
        raise NotAllowedError(NOT_THEIRS)
    form = TimeForm(request.POST, entry=row)

    def write() -> None:
        version = form.cleaned_data["lock_version"]
        services.change_time(ticket.pk, public_id, actor=actor, expected_version=version, **form.values())

    return _answer(request, path, ticket, form, write, _TIME, version=row.lock_version)


@require_POST
@with_ticket
def remove_time(request: HttpRequest, path: str, ticket: Any, public_id: UUID) -> HttpResponse:
    """Take an entry away; the timeline tells of it."""
    actor: Any = request.user
    services.remove_time(ticket.pk, public_id, actor=actor)
    return done(request, path, ticket.number, _("The time was taken away."), section=_TIME)


def _answer(
    request: HttpRequest,
    path: str,
    ticket: Any,
    form: forms.Form,
    write: Callable[[], None],
    fragment: str,
    *,
    version: int,
) -> HttpResponse:
    """Changed, or the panel with the form, what was typed in it, and what is wrong."""
    status = refused(form, write, version=version)
    if not status:
        said = _("The checklist was changed.") if fragment == _CHECKLIST else _("The time was corrected.")
        return done(request, path, ticket.number, said, section=fragment)
    if status != INVALID:
        detail = _("Someone changed this meanwhile. Save again to put yours in its place.")
        form.add_error(None, detail)
    return actions.refused(request, path, ticket, fragment, status, part_form=form)
