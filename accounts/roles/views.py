"""The pages of roles under /design/roles/: list, form, and what a change would do before it is saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import stepup
from accounts.access.decisions import Decision
from accounts.choices import Grant
from accounts.models import Role
from accounts.roles import services
from accounts.roles.forms import HolderForm, RoleForm
from accounts.roles.policies import may_edit, may_read, why_edit, why_give, why_hand
from accounts.roles.selectors import effects_of, holder_named, holders_for, role_keyed, roles_with_counts
from core.design import only_for
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError
from core.forms import CONFLICT, accepted, form_page, refused, sent

HOLDERS_SHOWN = 50
readers_only = only_for(may_read, gettext_lazy("Roles are for people who edit rights or audit them."))


@require_safe
@readers_only
def show_all(request: HttpRequest) -> HttpResponse:
    """All roles: what they give and how many people hold them."""
    actor: Any = request.user
    rows = [{"role": role, "rights": _labels(role.grants)} for role in roles_with_counts(actor)]
    return render(request, "accounts/roles.html", {"rows": rows, "may_edit": may_edit(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
@stepup.required
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: make a role of the company; nobody holds it yet."""
    actor: Any = request.user
    if not may_edit(actor):
        raise NotAllowedError
    form = RoleForm(sent(request))
    row = accepted(
        form,
        lambda: services.create_role(actor=actor, key=form.cleaned_data["key"], **form.values()),
        rights_at="grants",
    )
    if row is None:
        return form_page(request, "accounts/role_new.html", form)
    messages.success(request, _("%(name)s was made.") % {"name": row.name})
    return redirect("roles:one", row.key)


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
@stepup.required
def one(request: HttpRequest, key: str) -> HttpResponse:
    """GET: a role and who holds it. POST: what the change would do; with ``confirmed`` make it."""
    actor: Any = request.user
    role = role_keyed(actor, key)
    if request.method != "POST":
        return _page(request, role)
    if not may_edit(actor, role):
        raise NotAllowedError(why_edit(actor, role).words)
    form = RoleForm(request.POST, role=role)
    if not form.is_valid():
        return _page(request, role, form=form, status=422)
    if "back" in request.POST:
        return _page(request, role, form=form)
    if "confirmed" not in request.POST:
        return _preview(request, role, form)
    return _saved(request, role, form)


@require_POST
@readers_only
@stepup.required
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Let somebody hold the role."""
    actor: Any = request.user
    role = role_keyed(actor, key)
    _check_hand(actor, role)
    form = HolderForm(request.POST, actor=actor)
    given = accepted(form, lambda: services.give_role(key, actor=actor, user=form.cleaned_data["user"]))
    if given is None:
        return _page(request, role, status=422, holder_form=form)
    person = form.cleaned_data["user"].display_name
    told = _("%(person)s holds this role now.") if given else _("%(person)s holds this role already.")
    messages.success(request, told % {"person": person})
    return redirect("roles:one", key)


@require_POST
@readers_only
@stepup.required
def take(request: HttpRequest, key: str) -> HttpResponse:
    """Take the role back from somebody who holds it."""
    actor: Any = request.user
    role = role_keyed(actor, key)
    _check_hand(actor, role)
    person = holder_named(actor, role, request.POST.get("user", ""))
    if person is None:
        raise NotVisibleError
    try:
        services.take_role(key, actor=actor, user=person)
    except RuleRefusedError as refusal:
        return _page(request, role, status=422, not_taken=refusal.errors[0].detail)
    messages.success(request, _("%(person)s holds this role no longer.") % {"person": person.display_name})
    return redirect("roles:one", key)


def _check_hand(actor: Any, role: Role) -> None:
    if not (decision := why_hand(actor, role)):
        raise NotAllowedError(decision.words)


def _preview(request: HttpRequest, role: Role, form: RoleForm) -> HttpResponse:
    """What the change would do to whom. Nothing is changed."""
    actor: Any = request.user
    if form.cleaned_data["lock_version"] != role.lock_version:
        return _stale(request, role)
    given = form.cleaned_data["grants"]
    added = [grant for grant in given if grant not in role.grants]
    if not (decision := why_give(actor, frozenset(added))):
        form.add_error("grants", _refusal(decision))
        return _page(request, role, form=form, status=422)
    names = {
        "role": role,
        "form": form,
        "effects": effects_of(actor, role, given),
        "added": _labels(added),
        "taken": _labels([grant for grant in role.grants if grant not in given]),
    }
    return render(request, "accounts/role_preview.html", names)


def _saved(request: HttpRequest, role: Role, form: RoleForm) -> HttpResponse:
    actor: Any = request.user

    def write() -> None:
        version = form.cleaned_data["lock_version"] or 0
        services.update_role(role.key, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=role.lock_version, rights_at="grants")
    if status:
        return _page(request, role, form=form, status=status, conflict=status == CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("roles:one", role.key)


def _stale(request: HttpRequest, role: Role) -> HttpResponse:
    """409: what was typed, for the present version, so that it can be saved over it knowingly."""
    data = request.POST.copy()
    data["lock_version"] = str(role.lock_version)
    return _page(request, role, form=RoleForm(data, role=role), status=409, conflict=True)


def _page(request: HttpRequest, role: Role, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of one role."""
    actor: Any = request.user
    holders = holders_for(actor, role)
    shown = list(holders[: HOLDERS_SHOWN + 1])
    decision = why_edit(actor, role)
    hand = why_hand(actor, role)
    names = {
        "role": role,
        "rights": _labels(role.grants),
        "holders": shown[:HOLDERS_SHOWN],
        "more": holders.count() - HOLDERS_SHOWN if len(shown) > HOLDERS_SHOWN else 0,
        "form": RoleForm(role=role) if decision else None,
        "why_not": "" if decision else decision.words,
        "holder_form": HolderForm(actor=actor) if hand else None,
        "why_not_hand": _refusal(hand),
        **extra,
    }
    return render(request, "accounts/role.html", names, status=status)


def _refusal(decision: Decision) -> str:
    """The answer in words with the rights that are lacking; empty when it is yes."""
    return "" if decision else f"{decision.words} {', '.join(_labels(list(decision.grants)))}"


def _labels(grants: list[str]) -> list[str]:
    """Their words, in the order they are listed in; a right of a later version stands for itself."""
    known = dict(Grant.choices)
    return [str(known.get(grant, grant)) for grant in sorted(grants, key=_place)]


def _place(grant: str) -> int:
    return Grant.values.index(grant) if grant in Grant.values else len(Grant.values)
