"""Bulk edit: what is to be done to the chosen tickets, how it went, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import csvs
from core.errors import AlreadyDecidedError, RuleRefusedError, WrongStateError
from core.forms import INVALID, kept_key, run_once
from desk import columns
from desk.bulk import services
from desk.bulk.acts import LABELS, move_named, moves_of
from desk.bulk.choosing import Pick, chosen
from desk.bulk.forms import AssignForm, BulkMoveForm, MoveChoiceForm, NoteForm, ProblemLinkForm
from desk.bulk.merging import MergeIntoForm
from desk.bulk.selectors import result_of
from desk.filters import Filters, filters_from
from desk.forms import refuse
from desk.macro_forms import MacroChoiceForm
from desk.saved.selectors import applied
from desk.views.base import agents_only, is_part, known_path
from macros.selectors import macros_of_kinds
from tickets.models import Ticket

_FORMS: dict[str, Callable[..., Any]] = {"assign": AssignForm, "link": ProblemLinkForm, "note": NoteForm}


@require_POST
@agents_only
def ask(request: HttpRequest, path: str) -> HttpResponse:
    """What is to be done to the chosen tickets, to be filled in: nothing is changed. Or their CSV."""
    filters, picks = _chosen(request, path)
    action = request.POST.get("do", "")
    if action == "export":
        file: Any = csvs.download("tickets.csv", _table(filters, picks))
        return file  # type: ignore[no-any-return] # it streams
    form = _form(request, action, picks, data=None)
    return _asked(request, filters, picks, action, form)


@require_POST
@agents_only
def run(request: HttpRequest, path: str) -> HttpResponse:
    """Do it, once however often the form is sent; the answer is the page that tells how it went."""
    actor: Any = request.user
    filters, picks = _chosen(request, path)
    action = request.POST.get("do", "")
    form = _form(request, action, picks, data=request.POST)
    if isinstance(form, MoveChoiceForm):
        return _asked(request, filters, picks, action, form, status=422)
    if request.POST.get("everything") and request.POST.get("count") != str(len(picks)):
        return _asked(request, filters, picks, action, form, status=409)
    if not form.is_valid():
        return _asked(request, filters, picks, action, form, status=422)

    def start() -> str:
        change = services.start(
            actor=actor,
            action=action,
            picks=getattr(form, "sources", picks),
            given=form.given(),
            back_to=_list_address(filters),
            request_id=getattr(request, "request_id", ""),
        )
        return str(change.public_id)

    try:
        made = run_once(request, "desk.bulk", start)
    except WrongStateError as refusal:
        refuse(form, refusal)
        return _asked(request, filters, picks, action, form, status=409)
    services.work(UUID(made))
    return redirect("desk:bulk_result", public_id=made)


def _chosen(request: HttpRequest, path: str) -> tuple[Filters, list[Pick]]:
    actor: Any = request.user
    filters, _view = applied(actor, filters_from(request.GET, path=known_path(path)))
    return filters, chosen(actor, filters, request.POST)


def _form(request: HttpRequest, action: str, picks: Sequence[Pick], *, data: Any) -> Any:
    """The form of the action; of a move first the choice which. Raises Http404 for an unknown action."""
    actor: Any = request.user
    if action == "move":
        move = move_named(picks, request.POST.get("move", ""), actor)
        if move is not None:
            return BulkMoveForm(data, move=move, actor=actor)
        return MoveChoiceForm(data, moves=moves_of(picks))
    if action == "macro":
        found = macros_of_kinds(actor, {pick.kind for pick in picks if pick.ticket is not None})
        return MacroChoiceForm(data, macros={str(macro.public_id): macro for macro in found})
    if action == "merge":
        named = request.POST if {"keep", "into"} & set(request.POST) else None
        return MergeIntoForm(data or named, actor=actor, picks=picks)
    if action not in _FORMS:
        raise Http404
    return _FORMS[action](data, actor=actor)


def _asked(
    request: HttpRequest,
    filters: Filters,
    picks: Sequence[Pick],
    action: str,
    form: forms.Form,
    *,
    status: int = 200,
) -> HttpResponse:
    everything = bool(request.POST.get("everything"))
    is_merge = isinstance(form, MergeIntoForm)
    is_looked_at = is_merge and form.is_bound and form.is_valid()
    if is_merge and form.is_bound and not is_looked_at:
        status = max(status, INVALID)
    names = {
        "is_merge": is_merge,
        "kept": form.target if isinstance(form, MergeIntoForm) and is_looked_at else None,
        "asks_again": isinstance(form, MoveChoiceForm) or (is_merge and not is_looked_at),
        "form": form,
        "action": action,
        "label": getattr(getattr(form, "move", None), "label", None) or LABELS[action],
        "move": form.move if isinstance(form, BulkMoveForm) else None,
        "is_choice": isinstance(form, MoveChoiceForm),
        "picks": [] if everything else picks,
        "everything": everything,
        "count": len(picks),
        "was": request.POST.get("count", "") if status == 409 and everything else "",
        "path": filters.path,
        "query": filters.query(),
        "list_url": _list_address(filters),
        "once_key": kept_key(request),
    }
    part = is_part(request, "dialog-body")
    return render(request, "desk/_bulk.html" if part else "desk/bulk.html", names, status=status)


def _list_address(filters: Filters) -> str:
    return f"{reverse(f'desk:{filters.path}')}?{filters.query()}"


def _table(filters: Filters, picks: Sequence[Pick]) -> Iterator[list[Any]]:
    """The chosen tickets that their reader sees, with the columns of the list."""
    yield [_("Number"), _("Title"), _("Priority"), *[columns.LABELS[key] for key in filters.columns]]
    cells = columns.Cells(filters.columns)
    for pick in picks:
        if pick.ticket is not None:
            yield _line(cells, pick.ticket)


def _line(cells: columns.Cells, ticket: Ticket) -> list[Any]:
    shown = [cell.at or cell.text for cell in cells.of(ticket)]
    return [ticket.number, ticket.title, ticket.priority, *shown]


@require_safe
@agents_only
def result(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How the bulk went, ticket by ticket; while it runs, how far it is."""
    actor: Any = request.user
    found = result_of(actor, public_id)
    lines = found.shown(everything=request.GET.get("show") == "all")
    names = {"result": found, "lines": lines, "more": len(found.lines) - len(lines)}
    part = is_part(request, "bulk-result")
    return render(request, "desk/_bulk_result.html" if part else "desk/bulk_result.html", names)


@require_POST
@agents_only
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the bulk back; the answer is the page that tells how that went."""
    actor: Any = request.user
    try:
        change = services.undo(public_id, actor=actor, request_id=getattr(request, "request_id", ""))
    except (WrongStateError, AlreadyDecidedError, RuleRefusedError) as refusal:
        messages.error(request, str(refusal.detail))
        return redirect("desk:bulk_result", public_id=public_id)
    services.work(change.public_id)
    return redirect("desk:bulk_result", public_id=change.public_id)
