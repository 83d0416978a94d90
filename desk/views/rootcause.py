"""The page of a problem's root cause: tree of whys, cause-and-effect diagram, what happened.

One form is open at a time; the address names it, so that all of it works without scripts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

from core.errors import NotVisibleError
from core.forms import INVALID, accepted, kept_key, refused, run_once
from desk.forms import BoneForm, FactorForm, WhyForm
from desk.selectors.rootcause import RootCause, as_text, root_cause_of
from desk.views.base import View, with_ticket
from problems import services
from problems.models import Problem


@dataclass(frozen=True)
class Asked:
    """The form that is open: at which part of the page, what it is called, where it is sent."""

    place: str
    title: str
    url: str
    form: forms.Form
    once_key: str = ""


def _of_problem(view: View) -> View:
    """For agents, with the problem of the address; other kinds have no such page."""

    @with_ticket
    def found(request: HttpRequest, path: str, ticket: Any, **more: Any) -> HttpResponse:
        if not isinstance(ticket, Problem):
            raise Http404
        return view(request, path, ticket, **more)

    return found


@require_safe
@_of_problem
def show(request: HttpRequest, path: str, problem: Problem) -> HttpResponse:
    """The page, with the form that the address asks for."""
    actor: Any = request.user
    page = root_cause_of(actor, problem)
    return _page(request, path, problem, page, _asked(request, path, problem, page))


@require_safe
@_of_problem
def text(request: HttpRequest, path: str, problem: Problem) -> HttpResponse:
    """The same as a text file."""
    actor: Any = request.user
    told = as_text(problem, root_cause_of(actor, problem))
    response = HttpResponse(told, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{problem.number}-root-cause.md"'
    return response


@require_POST
@_of_problem
def add_why(request: HttpRequest, path: str, problem: Problem) -> HttpResponse:
    """Answer why the problem is, or why another answer is so; once, however often it is sent."""
    actor: Any = request.user
    form = WhyForm(request.POST)

    def write() -> str:
        values = form.cleaned_data
        row = services.add_why(
            problem.pk,
            actor=actor,
            answer=values["answer"],
            evidence=values["evidence"],
            above=values["above"],
        )
        return str(row.public_id)

    made = accepted(form, lambda: run_once(request, "desk.add_why", write))
    if made is not None:
        return _back(request, path, problem, f"why-{made}", _("The answer was kept."))
    page = root_cause_of(actor, problem)
    above = page.node(form.data.get("above"))
    return _page(request, path, problem, page, _new_why(request, path, problem, above, form), INVALID)


@require_POST
@_of_problem
def change_why(request: HttpRequest, path: str, problem: Problem, public_id: UUID) -> HttpResponse:
    """Change the words of an answer."""
    actor: Any = request.user
    page = root_cause_of(actor, problem)
    node = page.node(public_id)
    if node is None:
        raise NotVisibleError
    form = WhyForm(request.POST)

    def write() -> None:
        values = form.cleaned_data
        services.change_why(
            problem.pk,
            public_id,
            actor=actor,
            expected_version=values["lock_version"],
            answer=values["answer"],
            evidence=values["evidence"],
        )

    status = refused(form, write, version=node.why.lock_version)
    if not status:
        return _back(request, path, problem, f"why-{public_id}", _("The answer was changed."))
    return _page(request, path, problem, page, _old_why(path, problem, node, form), status)


@require_POST
@_of_problem
def mark_root(request: HttpRequest, path: str, problem: Problem, public_id: UUID) -> HttpResponse:
    """Mark an answer as the root cause, or take the mark away."""
    actor: Any = request.user
    is_root = request.POST.get("is_root") == "1"
    services.change_why(problem.pk, public_id, actor=actor, is_root=is_root)
    said = _("This is the root cause.") if is_root else _("It is not the root cause any more.")
    return _back(request, path, problem, f"why-{public_id}", said)


@require_POST
@_of_problem
def remove_why(request: HttpRequest, path: str, problem: Problem, public_id: UUID) -> HttpResponse:
    """Take an answer away, with all below it."""
    actor: Any = request.user
    services.remove_why(problem.pk, public_id, actor=actor)
    return _back(request, path, problem, "whys", _("The answer was taken away."))


@require_POST
@_of_problem
def name_bone(request: HttpRequest, path: str, problem: Problem, bone: str) -> HttpResponse:
    """Call a category something else."""
    actor: Any = request.user
    form = BoneForm(request.POST)

    def write() -> bool:
        services.name_bone(problem.pk, bone, actor=actor, name=form.cleaned_data["name"])
        return True

    if accepted(form, write):
        return _back(request, path, problem, f"bone-{bone}", _("The category was named."))
    page = root_cause_of(actor, problem)
    return _page(request, path, problem, page, _bone(path, problem, page, bone, form), INVALID)


@require_POST
@_of_problem
def add_factor(request: HttpRequest, path: str, problem: Problem) -> HttpResponse:
    """Put a possible cause into a category; once, however often it is sent."""
    actor: Any = request.user
    page = root_cause_of(actor, problem)
    form = FactorForm(request.POST, bones=_bones(page))

    def write() -> str:
        values = {name: form.cleaned_data[name] for name in ("bone", "text", "standing")}
        return str(services.add_factor(problem.pk, actor=actor, **values).public_id)

    made = accepted(form, lambda: run_once(request, "desk.add_factor", write))
    if made is not None:
        return _back(request, path, problem, f"factor-{made}", _("The possible cause was kept."))
    asked = _new_factor(request, path, problem, page, form.data.get("bone"), form)
    return _page(request, path, problem, page, asked, INVALID)


@require_POST
@_of_problem
def change_factor(request: HttpRequest, path: str, problem: Problem, public_id: UUID) -> HttpResponse:
    """Change a possible cause, confirm it or rule it out."""
    actor: Any = request.user
    page = root_cause_of(actor, problem)
    row = page.factor(public_id)
    if row is None:
        raise NotVisibleError
    form = FactorForm(request.POST, bones=_bones(page))

    def write() -> None:
        values = {name: form.cleaned_data[name] for name in ("bone", "text", "standing")}
        version = form.cleaned_data["lock_version"]
        services.change_factor(problem.pk, public_id, actor=actor, expected_version=version, **values)

    status = refused(form, write, version=row.lock_version)
    if not status:
        return _back(request, path, problem, f"factor-{public_id}", _("The possible cause was changed."))
    return _page(request, path, problem, page, _old_factor(path, problem, page, row, form), status)


@require_POST
@_of_problem
def remove_factor(request: HttpRequest, path: str, problem: Problem, public_id: UUID) -> HttpResponse:
    """Take a possible cause away."""
    actor: Any = request.user
    services.remove_factor(problem.pk, public_id, actor=actor)
    return _back(request, path, problem, "diagram", _("The possible cause was taken away."))


def _back(
    request: HttpRequest, path: str, problem: Problem, anchor: str, said: str | Promise
) -> HttpResponse:
    messages.success(request, str(said))
    return redirect(f"{reverse('desk:root_cause', args=[path, problem.number])}#{anchor}")


def _page(
    request: HttpRequest,
    path: str,
    problem: Problem,
    page: RootCause,
    asked: Asked | None,
    status: int = 200,
) -> HttpResponse:
    names = {
        "path": path,
        "ticket": problem,
        "page": page,
        "asked": asked,
        "conflict": status not in {200, INVALID},
    }
    return render(request, "desk/rootcause.html", names, status=status)


def _asked(request: HttpRequest, path: str, problem: Problem, page: RootCause) -> Asked | None:
    """The form that the address asks for; None where nothing may be changed, or no such thing is there."""
    given = request.GET
    if not page.can_edit:
        return None
    ways: dict[str, Callable[[], Asked | None]] = {
        "why": lambda: _new_why(request, path, problem, page.node(given.get("above"))),
        "edit-why": lambda: _old_why(path, problem, page.node(given.get("of"))),
        "factor": lambda: _new_factor(request, path, problem, page, given.get("bone")),
        "edit-factor": lambda: _old_factor(path, problem, page, page.factor(given.get("of"))),
        "bone": lambda: _bone(path, problem, page, given.get("bone")),
    }
    way = ways.get(given.get("form", ""))
    return way() if way is not None else None


def _new_why(
    request: HttpRequest, path: str, problem: Problem, above: Any, form: WhyForm | None = None
) -> Asked:
    place = above.place if above else "whys"
    title = _("Why is that?") if above else _("Why did it happen?")
    form = form or WhyForm(above=above.why.public_id if above else None)
    url = reverse("desk:add_why", args=[path, problem.number])
    return Asked(place, title, url, form, kept_key(request))


def _old_why(path: str, problem: Problem, node: Any, form: WhyForm | None = None) -> Asked | None:
    if node is None:
        return None
    url = reverse("desk:change_why", args=[path, problem.number, node.why.public_id])
    return Asked(node.place, _("Change the answer"), url, form or WhyForm(why=node.why))


def _bones(page: RootCause) -> list[tuple[str, str]]:
    return [(rib.bone, rib.name) for rib in page.ribs]


def _new_factor(
    request: HttpRequest,
    path: str,
    problem: Problem,
    page: RootCause,
    bone: Any,
    form: FactorForm | None = None,
) -> Asked:
    rib = page.rib(bone) or page.ribs[0]
    url = reverse("desk:add_factor", args=[path, problem.number])
    form = form or FactorForm(bones=_bones(page), bone=rib.bone)
    return Asked(rib.place, _("A possible cause"), url, form, kept_key(request))


def _old_factor(
    path: str, problem: Problem, page: RootCause, row: Any, form: FactorForm | None = None
) -> Asked | None:
    if row is None:
        return None
    url = reverse("desk:change_factor", args=[path, problem.number, row.public_id])
    form = form or FactorForm(bones=_bones(page), factor=row)
    return Asked(f"bone-{row.bone}", _("Change the possible cause"), url, form)


def _bone(
    path: str, problem: Problem, page: RootCause, bone: Any, form: BoneForm | None = None
) -> Asked | None:
    rib = page.rib(bone)
    if rib is None:
        return None
    url = reverse("desk:name_bone", args=[path, problem.number, rib.bone])
    form = form or BoneForm(name=rib.name if rib.is_renamed else "")
    return Asked(rib.place, _("Name the category"), url, form)
