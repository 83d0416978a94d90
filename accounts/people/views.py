"""The pages under /design/people/, for who edits people: everybody, one person, and the switch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import stepup
from accounts.people import services
from accounts.people.policies import may_keep
from accounts.people.selectors import STATES, people_kept, sheet_of
from accounts.skills import services as skills
from accounts.skills.forms import SkillForm
from accounts.skills.selectors import names_for, skills_of
from core.design import only_for
from core.errors import RuleRefusedError
from core.forms import accepted

SHOWN = 200
keepers_only = only_for(may_keep, gettext_lazy("This page is for people who edit people and roles."))


@require_safe
@keepers_only
def show_all(request: HttpRequest) -> HttpResponse:
    """The first people of the company, narrowed by ``q`` and ``state``."""
    actor: Any = request.user
    query = request.GET.get("q", "").replace("\0", "").strip()[:80]
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    found = list(people_kept(actor, query=query, state=state)[: SHOWN + 1])
    rows = [{"person": each, "roles": [role.name for role in each.roles.all()]} for each in found[:SHOWN]]
    names = {
        "rows": rows,
        "query": query,
        "state": state,
        "states": STATES,
        "is_cut": len(found) > SHOWN,
        "shown": SHOWN,
    }
    return render(request, "accounts/people/list.html", names)


@require_safe
@keepers_only
def one(request: HttpRequest, username: str) -> HttpResponse:
    """A person: roles, groups, tokens, sessions, and the switch."""
    return _page(request, username)


@require_POST
@keepers_only
@stepup.required
def switch(request: HttpRequest, username: str) -> HttpResponse:
    """Switch the person on with ``on``, else off."""
    actor: Any = request.user
    person = sheet_of(actor, username).person
    on = "on" in request.POST
    try:
        services.switch(person.username, actor=actor, on=on)
    except RuleRefusedError as refusal:
        return _page(request, username, status=422, not_switched=refusal.errors[0].detail)
    told = (
        _("%(name)s can sign in again.")
        if on
        else _("%(name)s is switched off: every session and token has ended.")
    )
    messages.success(request, told % {"name": person.display_name})
    return redirect("people:one", person.username)


@require_POST
@keepers_only
def give_skill(request: HttpRequest, username: str) -> HttpResponse:
    """Give the person a skill, or another level of it."""
    actor: Any = request.user
    person = sheet_of(actor, username).person
    form = SkillForm(request.POST)

    def write() -> Any:
        return skills.give_skill(person.username, actor=actor, **form.cleaned_data)

    if not accepted(form, write):
        return _page(request, username, status=422, skill_form=form)
    messages.success(request, _("The skills of %(name)s are saved.") % {"name": person.display_name})
    return redirect(f"{reverse('people:one', args=[person.username])}#skills")


@require_POST
@keepers_only
def take_skill(request: HttpRequest, username: str) -> HttpResponse:
    """Take the skill of that ``name`` away."""
    actor: Any = request.user
    person = sheet_of(actor, username).person
    try:
        skills.take_skill(person.username, actor=actor, name=request.POST.get("name", ""))
    except RuleRefusedError as refusal:
        messages.error(request, str(refusal.errors[0].detail))
    return redirect(f"{reverse('people:one', args=[person.username])}#skills")


def _page(request: HttpRequest, username: str, *, status: int = 200, **extra: Any) -> HttpResponse:
    actor: Any = request.user
    sheet = sheet_of(actor, username, key=request.session.session_key or "")
    names = {
        "sheet": sheet,
        "skills": skills_of(sheet.person),
        "skill_form": SkillForm(),
        "known_skills": names_for(actor),
        **extra,
    }
    return render(request, "accounts/people/one.html", names, status=status)
