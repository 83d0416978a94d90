"""Watchers, links, tasks and family of a ticket."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import BadInputError, DomainError, FieldError, NotVisibleError, invalid
from core.forms import run_once
from desk import selectors, services
from desk.forms import FamilyForm, LinkForm, PersonForm, TaskForm, refuse
from desk.views.actions import refused
from desk.views.base import with_ticket
from desk.views.detail import done
from tickets import services as ticket_services
from tickets.choices import LinkType
from tickets.selectors import ticket_numbered

_TASK = "desk/_task_form.html"


@require_POST
@with_ticket
def watch(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Let a person follow the ticket: the one named, or the reader."""
    actor: Any = request.user
    if "me" in request.POST:
        ticket_services.watch(ticket.pk, actor=actor, user=actor)
        return done(request, path, ticket.number, _("You follow this ticket now."))
    form = PersonForm(request.POST, actor=actor)
    if not form.is_valid():
        return refused(request, path, ticket, "desk/_watchers.html", 422, person_form=form)
    ticket_services.watch(ticket.pk, actor=actor, user=form.cleaned_data["person"])
    return done(
        request,
        path,
        ticket.number,
        _("%(name)s follows this ticket now.") % {"name": form.cleaned_data["person"]},
    )


@require_POST
@with_ticket
def unwatch(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Let a person no longer follow the ticket."""
    actor: Any = request.user
    form = PersonForm(request.POST, actor=actor)
    if not form.is_valid():
        return refused(request, path, ticket, "desk/_watchers.html", 422, person_form=form)
    ticket_services.unwatch(ticket.pk, actor=actor, user=form.cleaned_data["person"])
    return done(request, path, ticket.number, _("The list of watchers was changed."))


@require_POST
@with_ticket
def link(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Tie the ticket to another one."""
    actor: Any = request.user
    form = LinkForm(request.POST, types=LinkType.choices)
    if form.is_valid():
        try:
            _link(actor, ticket, form.cleaned_data)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return done(request, path, ticket.number, _("The tickets are linked."))
    return refused(request, path, ticket, "desk/_links.html", 422, link_form=form)


def _link(actor: Any, ticket: Any, values: dict[str, Any]) -> None:
    other = other_named(actor, values["number"])
    ticket_services.link(ticket.pk, actor=actor, target=other, type=values["type"])


def other_named(actor: Any, number: str, *, field: str = "number") -> Any:
    """The ticket that was named. Raises RuleRefusedError at the field when there is none the actor sees."""
    wanted = number.strip().upper()
    try:
        return ticket_numbered(actor, wanted)
    except NotVisibleError as error:
        text = _("There is no ticket %(number)s.") % {"number": wanted}
        raise invalid(field, text, code="does_not_exist") from error


@require_POST
@with_ticket
def unlink(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Take a link away."""
    actor: Any = request.user
    text = request.POST.get("link", "")
    mine = {link.pk for link in selectors.links_of(actor, ticket)}
    if not (text.isascii() and text.isdigit() and int(text) in mine):
        raise BadInputError(errors=[FieldError("link", "invalid", _("There is no such link."))])
    ticket_services.unlink(int(text), actor=actor)
    return done(request, path, ticket.number, _("The link was taken away."))


@require_http_methods(["GET", "HEAD", "POST"])
@with_ticket
def add_task(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """GET: the form of a task for a team. POST: open the task below the ticket."""
    actor: Any = request.user
    if request.method != "POST":
        return refused(request, path, ticket, _TASK, 200, task_form=TaskForm(actor=actor))
    form = TaskForm(request.POST, actor=actor)
    if form.is_valid():
        try:
            number = run_once(request, "desk.add_task", lambda: _task(actor, ticket, form.cleaned_data))
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return done(request, path, ticket.number, _("%(number)s was opened.") % {"number": number})
    return refused(request, path, ticket, _TASK, 422, task_form=form)


def _task(actor: Any, ticket: Any, values: dict[str, Any]) -> str:
    number: str = services.open_task(ticket, actor=actor, **values).number
    return number


@require_POST
@with_ticket
def join(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Make another ticket the parent or a child of this one."""
    actor: Any = request.user
    form = FamilyForm(request.POST)
    if form.is_valid():
        try:
            other = other_named(actor, form.cleaned_data["number"])
            is_child = form.cleaned_data["side"] == FamilyForm.CHILD
            child, parent = (other, ticket) if is_child else (ticket, other)
            ticket_services.update_ticket(child.pk, actor=actor, parent=parent)
        except DomainError as refusal:
            refuse(form, refusal)
        else:
            return done(request, path, ticket.number, _("Parent and child are joined."))
    return refused(request, path, ticket, "desk/_family.html", 422, family_form=form)


@require_POST
@with_ticket
def part(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Take the ticket from its parent, or the named child from it."""
    actor: Any = request.user
    number = request.POST.get("child", "")
    child = ticket if not number else _child(actor, ticket, number)
    ticket_services.update_ticket(child.pk, actor=actor, parent=None)
    return done(request, path, ticket.number, _("Parent and child are separate now."))


def _child(actor: Any, ticket: Any, number: str) -> Any:
    family = selectors.family_of(actor, ticket)
    found = next((each.ticket for each in family.children if each.ticket.number == number), None)
    if found is None:
        raise BadInputError(errors=[FieldError("child", "invalid", _("There is no such child."))])
    return found
