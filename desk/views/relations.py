"""Watchers and links of a ticket."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import BadInputError, DomainError, FieldError, NotVisibleError, invalid
from desk import selectors
from desk.forms import LinkForm, PersonForm, refuse
from desk.views.actions import refused
from desk.views.base import with_ticket
from desk.views.detail import done
from tickets import services
from tickets.choices import LinkType
from tickets.selectors import ticket_numbered


@require_POST
@with_ticket
def watch(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Let a person follow the ticket: the one named, or the reader."""
    actor: Any = request.user
    if "me" in request.POST:
        services.watch(ticket.pk, actor=actor, user=actor)
        return done(request, path, ticket.number, _("You follow this ticket now."))
    form = PersonForm(request.POST, actor=actor)
    if not form.is_valid():
        return refused(request, path, ticket, "desk/_watchers.html", 422, person_form=form)
    services.watch(ticket.pk, actor=actor, user=form.cleaned_data["person"])
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
    services.unwatch(ticket.pk, actor=actor, user=form.cleaned_data["person"])
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
    wanted = values["number"].strip().upper()
    try:
        other = ticket_numbered(actor, wanted)
    except NotVisibleError as error:
        text = _("There is no ticket %(number)s.") % {"number": wanted}
        raise invalid("number", text, code="does_not_exist") from error
    services.link(ticket.pk, actor=actor, target=other, type=values["type"])


@require_POST
@with_ticket
def unlink(request: HttpRequest, path: str, ticket: Any) -> HttpResponse:
    """Take a link away."""
    actor: Any = request.user
    text = request.POST.get("link", "")
    mine = {link.pk for link in selectors.links_of(actor, ticket)}
    if not (text.isascii() and text.isdigit() and int(text) in mine):
        raise BadInputError(errors=[FieldError("link", "invalid", _("There is no such link."))])
    services.unlink(int(text), actor=actor)
    return done(request, path, ticket.number, _("The link was taken away."))
