"""Changes to a ticket. Each calls one service; the answer is the new parts, or the form and its errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import BadInputError, DomainError, FieldError, RuleRefusedError, StaleVersionError
from core.forms import run_once
from desk import selectors, services
from desk.filters import filters_from
from desk.forms import MessageForm, MoveForm, PropertyForm, refuse
from desk.properties import EDITABLE, away_note, property_of, shown_value
from desk.views.base import agents_only, is_part, known_path, with_ticket
from desk.views.detail import address, done, ticket_names, whole_page
from tickets.services import keep_draft, update_ticket
from tickets.transitions import available


def refused(
    request: HttpRequest, path: str, ticket: Any, fragment: str, status: int, **extra: Any
) -> HttpResponse:
    """The form again, with what is wrong: alone for htmx, else on the whole page."""
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, fragment, ticket_names(request, path, ticket, **extra), status=status)
    return whole_page(request, path, ticket, status=status, **extra)


@require_http_methods(["GET", "HEAD", "POST"])
@with_ticket
def move(request: HttpRequest, path: str, ticket: Any, name: str) -> HttpResponse:
    """GET: the form of a transition. POST: make the transition."""
    actor: Any = request.user
    chosen = next((each for each in available(actor, ticket) if each.name == name), None)
    if request.method != "POST":
        if chosen is None and is_part(request, "dialog-body"):  # from a card of a board
            extra = {"closed": _why_closed(actor, ticket, name)}
            return refused(request, path, ticket, "desk/_move_form.html", 200, **extra)
        if chosen is None:
            return redirect(address(path, ticket.number))
        form = MoveForm(move=chosen, version=ticket.lock_version, actor=actor)
        return refused(request, path, ticket, "desk/_move_form.html", 200, move_form=form)
    version = version_sent(request)
    if version != ticket.lock_version:
        return _stale_move(request, path, ticket, chosen)
    if chosen is None:
        services.move(ticket, name, actor=actor, expected_version=version, inputs={})
        return done(request, path, ticket.number, "")
    return _run_move(request, path, ticket, MoveForm(request.POST, move=chosen, version=version, actor=actor))


def _why_closed(actor: Any, ticket: Any, name: str) -> str:
    """Why the move is not open now, in words; empty when it does not lead on from here at all."""
    moves = available(actor, ticket, blocked=True)
    return next((move.reason for move in moves if move.name == name), "")


def _run_move(request: HttpRequest, path: str, ticket: Any, form: MoveForm) -> HttpResponse:
    actor: Any = request.user
    if form.is_valid():
        version = form.cleaned_data["lock_version"]
        try:
            services.move(ticket, form.move.name, actor=actor, expected_version=version, inputs=form.inputs())
        except StaleVersionError:
            return _stale_move(request, path, selectors.desk_ticket(actor, ticket.number), form.move)
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            return done(request, path, ticket.number, _("Done: %(move)s.") % {"move": form.move.label})
    return refused(request, path, ticket, "desk/_move_form.html", 422, move_form=form)


def _stale_move(request: HttpRequest, path: str, ticket: Any, chosen: Any) -> HttpResponse:
    """409: how the ticket stands now, and the form with what was typed, for the present version."""
    actor: Any = request.user
    extra: dict[str, Any] = {"conflict": True, "typed": _typed(request)}
    if chosen is not None:
        data = request.POST.copy()
        data["lock_version"] = str(ticket.lock_version)
        extra["move_form"] = MoveForm(data, move=chosen, version=ticket.lock_version, actor=actor)
    return refused(request, path, ticket, "desk/_move_form.html", 409, **extra)


def _typed(request: HttpRequest) -> list[str]:
    hidden = {"csrfmiddlewaretoken", "lock_version"}
    return [str(value) for name, value in request.POST.items() if name not in hidden and value]


def version_sent(request: HttpRequest) -> int:
    """The version of the ticket that a form was made for. Raises BadInputError."""
    text = request.POST.get("lock_version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        detail = _("This form does not say which version of the ticket it was made for. Reload the page.")
        raise BadInputError(errors=[FieldError("lock_version", "required", detail)])
    return int(text)


@require_POST
@with_ticket
def edit(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Change one property of a ticket."""
    actor: Any = request.user
    key = request.POST.get("field", "")
    if key not in EDITABLE:
        raise BadInputError(
            errors=[FieldError("field", "unknown", _("This property cannot be edited here."))]
        )
    row = property_of(ticket, key, can_update=True)
    version = version_sent(request)
    form = PropertyForm(request.POST, key=key, label=row.label, ticket=ticket, actor=actor)
    if form.is_valid():
        try:
            update_ticket(
                ticket.pk, actor=actor, expected_version=version, **{key: form.cleaned_data["value"]}
            )
        except StaleVersionError:
            return _stale_edit(request, path, selectors.desk_ticket(actor, ticket.number), key)
        except RuleRefusedError as refusal:
            refuse(form, refusal)
        else:
            _warn_of_absence(request, key, form)
            return done(request, path, ticket.number, _("%(field)s changed.") % {"field": row.label})
    return refused(request, path, ticket, _place(request), 422, property=row, edit_form=form)


def _warn_of_absence(request: HttpRequest, key: str, form: PropertyForm) -> None:
    """Say that the new assignee is away; with htmx the panel and the choices say it."""
    person = form.cleaned_data["value"] if key == "assignee" else None
    note = away_note(person) if person is not None and not request.htmx else ""  # type: ignore[attr-defined]
    if note:
        messages.warning(request, note)


def _place(request: HttpRequest) -> str:
    """The fragment in which a property is being edited: in the panel, or in the dialog of a row."""
    return "desk/_assign.html" if is_part(request, "dialog-body") else "desk/_property.html"


@require_safe
@with_ticket
def assign(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """The form for the assignee, for the dialog of a row; without htmx the page does it."""
    actor: Any = request.user
    if not is_part(request, "dialog-body"):
        return redirect(
            f"{address(path, ticket.number, filters_from(request.GET, path=path).query())}&edit=assignee"
        )
    row = property_of(ticket, "assignee", can_update=True)
    form = PropertyForm(key="assignee", label=row.label, ticket=ticket, actor=actor)
    names = ticket_names(request, path, ticket, property=row, edit_form=form)
    return render(request, "desk/_assign.html", names)


def _stale_edit(request: HttpRequest, path: str, ticket: Any, key: str) -> HttpResponse:
    """409: the value as it is now beside the one that was chosen; either can be taken with one button."""
    actor: Any = request.user
    row = property_of(ticket, key, can_update=True)
    data = request.POST.copy()
    data["lock_version"] = str(ticket.lock_version)
    form = PropertyForm(data, key=key, label=row.label, ticket=ticket, actor=actor)
    extra = {
        "property": row,
        "edit_form": form,
        "conflict": True,
        "theirs": shown_value(ticket, key),
        "mine": _in_words(form),
    }
    return refused(request, path, ticket, _place(request), 409, **extra)


def _in_words(form: PropertyForm) -> str:
    """The chosen value as the form shows it."""
    value = form["value"].data or ""
    choices = dict(getattr(form.fields["value"], "choices", ()))
    known = {str(code): str(label) for code, label in choices.items()}
    return known.get(str(value), str(value))


@require_POST
@agents_only
def take(request: HttpRequest, path: str) -> HttpResponse:
    """Make the reader the assignee, from the list or the page; ``take`` is number and version."""
    actor: Any = request.user
    path = known_path(path)
    number, _slash, version = request.POST.get("take", "").partition("/")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        detail = _("This form does not say which version of the ticket it was made for. Reload the page.")
        raise BadInputError(errors=[FieldError("take", "invalid", detail)])
    ticket = selectors.desk_ticket(actor, number)
    update_ticket(ticket.pk, actor=actor, expected_version=int(version), assignee=actor)
    if request.htmx:  # type: ignore[attr-defined]
        return done(request, path, number, "")
    messages.success(request, _("%(number)s is yours now.") % {"number": number})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "desk:all")


@require_POST
@with_ticket
def say(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Send a reply or save an internal note, once however often it is sent; a refusal keeps every word."""
    actor: Any = request.user
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            tab = run_once(request, "desk.say", lambda: _speak(actor, ticket, form))
        except StaleVersionError:
            detail = _("Someone changed this ticket meanwhile. Read what is new, then send again.")
            return _unsent(request, path, selectors.desk_ticket(actor, ticket.number), form, 409, detail)
        except DomainError as refusal:
            refuse(form, refusal)
            return _unsent(request, path, ticket, form, refusal.status)
        text = _("Sent to the requester.") if tab == "comment" else _("Internal note saved.")
        return done(request, path, ticket.number, text, fresh_composer=tab)
    return _unsent(request, path, ticket, form, 422)


def _speak(actor: Any, ticket: Any, form: MessageForm) -> str:
    """Say it; which of the two it was."""
    clean = form.cleaned_data
    act: Callable[..., Any] = services.reply if clean["tab"] == "comment" else services.note
    more: dict[str, Any] = {}
    if clean["tab"] == "comment" and clean["then"] == "hold":
        act, more = services.reply_and_hold, {"expected_version": clean["lock_version"]}
    elif clean["tab"] == "comment" and clean["to_children"]:
        act = services.reply_to_family
    files = services.take_in(actor, clean["attachments"])
    act(ticket, actor=actor, body=clean["body"], files=files, **more)
    return str(clean["tab"])


def _unsent(
    request: HttpRequest, path: str, ticket: Any, form: MessageForm, status: int, detail: str = ""
) -> HttpResponse:
    """The composer as it was, with what is wrong."""
    tab = form.data.get("tab")
    if detail:
        form.add_error(None, detail)
    extra = {
        "message_form": form,
        "tab": tab if tab in {"comment", "work_note"} else "comment",
        "form_tab": tab,
        "typed_body": form.data.get("body", ""),
    }
    return refused(request, path, ticket, "desk/_composer_form.html", status, **extra)


@require_POST
@with_ticket
def draft(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Keep what is being typed."""
    actor: Any = request.user
    tab = request.POST.get("tab", "")
    if tab not in {"comment", "work_note"}:
        raise BadInputError(errors=[FieldError("tab", "invalid", _("There is no such draft."))])
    keep_draft(actor=actor, ticket=ticket, tab=tab, body=request.POST.get("body", ""))
    return HttpResponse(status=204)
