"""Major incidents: the list with its proposals, and the room of one (UI 3.6)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError, NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError
from core.forms import INVALID, accepted, kept_key, refuse, refused, run_once
from desk.major_forms import ReviewForm, SeatForm, StandingForm, TodoForm, UpdateForm
from desk.selectors.major import Room, majors, room
from desk.views.base import View, agents_only, is_part
from incidents import services
from incidents.choices import Part
from incidents.major import EDGES
from incidents.models import Incident
from incidents.policies import may
from incidents.selectors import incident_numbered

_DONE: dict[str, Callable[[], str]] = {
    "propose_major": lambda: _("It was proposed; who leads major incidents was told."),
    "accept_major": lambda: _("This is a major incident now. Say how it stands before the update is due."),
    "reject_major": lambda: _("The proposal was rejected."),
    "demote_major": lambda: _("It is no major incident any more."),
}
_ACTS: dict[str, Callable[..., Incident]] = {
    "propose_major": services.propose_major,
    "accept_major": services.accept_major,
    "reject_major": services.reject_major,
    "demote_major": services.demote_major,
}


@require_safe
@agents_only
def majors_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, what is under way, what is over."""
    actor: Any = request.user
    return render(request, "desk/majors.html", {"majors": majors(actor)})


def _of_incident(view: View) -> View:
    """For agents, with the incident of the address. Raises NotVisibleError."""

    @agents_only
    @wraps(view)
    def found(request: HttpRequest, number: str, **more: Any) -> HttpResponse:
        actor: Any = request.user
        return view(request, incident_numbered(actor, number), **more)

    return found


@require_safe
@_of_incident
def show(request: HttpRequest, incident: Incident) -> HttpResponse:
    """The room; htmx gets what changes while it is looked at."""
    return _page(request, incident)


@require_POST
@_of_incident
def move(request: HttpRequest, incident: Incident, name: str) -> HttpResponse:
    """Propose, accept, reject or demote; a missing text brings the page back with the question."""
    edge = EDGES.get(name)
    if edge is None:
        raise Http404
    actor: Any = request.user
    form = StandingForm(request.POST, edge=edge, version=incident.lock_version)

    def write() -> Any:
        version = form.cleaned_data["lock_version"]
        act = _ACTS[name]
        return act(incident.pk, actor=actor, expected_version=version, **form.texts()).number

    made: list[str] = []
    try:
        status = refused(
            form,
            lambda: made.append(run_once(request, f"desk.{name}", write)),
            version=incident.lock_version,
        )
    except WrongStateError as refusal:
        messages.warning(request, str(refusal.detail))
        return redirect("desk:major_room", incident.number)
    if not status:
        messages.success(request, _DONE[name]())
        return redirect("desk:major_room", made[0])
    return _page(request, incident, status=status, forms={name: form})


@require_POST
@_of_incident
def seat(request: HttpRequest, incident: Incident, part: str) -> HttpResponse:
    """Give a part to somebody, or to nobody."""
    if part not in Part.values:
        raise Http404
    actor: Any = request.user
    form = SeatForm(request.POST, actor=actor, part=part)

    def write() -> bool:
        services.seat_major(incident.pk, part, actor=actor, person=form.cleaned_data["person"])
        return True

    return _answer(request, incident, form, part, write, "roles", _("The part was changed."))


@require_POST
@_of_incident
def update(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Send an update, once however often the form is sent."""
    actor: Any = request.user
    if not may(actor, incident, "update_major"):
        raise NotAllowedError
    form = UpdateForm(request.POST)

    def write() -> int:
        row = services.send_major_update(incident.pk, actor=actor, **form.cleaned_data)
        return row.reached

    def once() -> bool:
        run_once(request, "desk.major_update", write)
        return True

    return _answer(request, incident, form, "update", once, "updates", _("The update was sent."))


@require_POST
@_of_incident
def add_todo(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Add something to be done, once however often the form is sent."""
    actor: Any = request.user
    form = TodoForm(request.POST, actor=actor)

    def write() -> str:
        return str(services.add_major_todo(incident.pk, actor=actor, **form.cleaned_data).public_id)

    def once() -> bool:
        run_once(request, "desk.major_todo", write)
        return True

    return _answer(request, incident, form, "todo", once, "actions", _("The action was added."))


@require_POST
@_of_incident
def todo_done(request: HttpRequest, incident: Incident, public_id: UUID) -> HttpResponse:
    """An action is done, or is not after all."""
    actor: Any = request.user
    is_done = request.POST.get("is_done") == "1"
    services.change_major_todo(incident.pk, public_id, actor=actor, is_done=is_done)
    said = _("The action is done.") if is_done else _("The action is open again.")
    return _back(request, incident, "actions", said)


@require_POST
@_of_incident
def remove_todo(request: HttpRequest, incident: Incident, public_id: UUID) -> HttpResponse:
    """Take an action from the list."""
    actor: Any = request.user
    services.remove_major_todo(incident.pk, public_id, actor=actor)
    return _back(request, incident, "actions", _("The action was taken away."))


@require_POST
@_of_incident
def review(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Save the texts of the review; with ``finish`` it is finished too."""
    actor: Any = request.user
    row = room(actor, incident).review
    if row is None:
        raise NotVisibleError
    if not may(actor, incident, "review_major"):
        raise NotAllowedError
    form = ReviewForm(request.POST, review=row)

    def write() -> None:
        saved = services.change_review(
            incident.pk, actor=actor, expected_version=form.cleaned_data["lock_version"], **form.texts()
        )
        if "finish" in request.POST:
            _finish(form, incident, actor, saved.lock_version)

    status = refused(form, write, version=row.lock_version)
    if status:
        return _page(request, incident, status=status, forms={"review": form})
    if form.errors:
        return _page(request, incident, status=INVALID, forms={"review": form})
    said = _("The review was finished.") if "finish" in request.POST else _("The review was saved.")
    return _back(request, incident, "review", said)


def _finish(form: ReviewForm, incident: Incident, actor: Any, version: int) -> None:
    """What was typed is kept, also when something is missing to finish it; the form has the next version."""
    try:
        services.finish_review(incident.pk, actor=actor, expected_version=version)
    except RuleRefusedError as refusal:
        refuse(form, refusal)
        data: Any = form.data
        form.data = data.copy()
        form.data["lock_version"] = str(version)  # type: ignore[index] # a copied QueryDict


def _answer(
    request: HttpRequest,
    incident: Incident,
    form: forms.Form,
    name: str,
    write: Callable[[], bool],
    anchor: str,
    said: str | Promise,
) -> HttpResponse:
    try:
        done = accepted(form, write)
    except WrongStateError as refusal:
        return _closed(request, incident, refusal)
    if done is not None:
        return _back(request, incident, anchor, said)
    return _page(request, incident, status=INVALID, forms={name: form})


def _closed(request: HttpRequest, incident: Incident, refusal: DomainError) -> HttpResponse:
    messages.warning(request, str(refusal.detail))
    return redirect("desk:major_room", incident.number)


def _back(request: HttpRequest, incident: Incident, anchor: str, said: str | Promise) -> HttpResponse:
    messages.success(request, str(said))
    return redirect(f"{reverse('desk:major_room', args=[incident.number])}#{anchor}")


def _page(
    request: HttpRequest, incident: Incident, *, status: int = 200, forms: dict[str, Any] | None = None
) -> HttpResponse:
    actor: Any = request.user
    shown, given = room(actor, incident), forms or {}
    names = {
        "room": shown,
        "ticket": incident,
        "moves": _moves(shown, given),
        "seats": _seats(shown, given, actor),
        "update_form": given.get("update") or UpdateForm(),
        "todo_form": given.get("todo") or TodoForm(actor=actor),
        "review_form": given.get("review") or (ReviewForm(review=shown.review) if shown.review else None),
        "asked": next(iter(given), ""),
        "once": kept_key(request),
        "conflict": status not in {200, INVALID},
    }
    template = "desk/_room.html" if is_part(request, "room") else "desk/major.html"
    return render(request, template, names, status=status)


def _moves(shown: Room, given: dict[str, Any]) -> list[StandingForm]:
    version, impact = shown.incident.lock_version, shown.facts.business_impact
    return [
        given.get(edge.name) or StandingForm(edge=edge, version=version, impact=impact)
        for edge in shown.facts.moves
    ]


def _seats(shown: Room, given: dict[str, Any], actor: Any) -> list[tuple[Any, SeatForm]]:
    return [
        (seat, given.get(seat.role) or SeatForm(actor=actor, part=seat.role, person=seat.person))
        for seat in shown.seats
    ]
