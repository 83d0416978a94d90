"""The reader's own profile and who stands in for them while they are away."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import person_named
from accounts.services import update_person
from approvals.selectors import delegation_for
from approvals.services import come_back, go_away
from core.context import THEME_COOKIE
from core.errors import DuplicateError, NotAllowedError, RuleRefusedError
from portal.answers import PersonRequest, absorb, remember, show, signed_in
from portal.forms import DelegationForm, ProfileForm
from portal.selectors.me import delegations

PROFILE = ("language", "theme", "time_zone", "phone", "single_keys")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: PersonRequest) -> HttpResponse:
    """What the reader may say about themselves."""
    if request.method != "POST":
        return _page(request, _profile_form(request), DelegationForm(actor=request.user))
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            update_person(request.user.pk, actor=request.user, **form.cleaned_data)
        except RuleRefusedError as refusal:
            absorb(form, refusal)
        else:
            with override(form.cleaned_data["language"]):
                messages.success(request, _("Saved."))
            return remember(redirect("portal:me"), THEME_COOKIE, form.cleaned_data["theme"])
    return _page(request, form, DelegationForm(actor=request.user), status=422)


@require_POST
@signed_in
def hand_over(request: PersonRequest) -> HttpResponse:
    """Somebody stands in for the reader from one day to another."""
    form = DelegationForm(request.POST, actor=request.user)
    if form.is_valid():
        data = form.cleaned_data
        person = person_named(request.user, data["delegate"])
        if person is None:
            form.add_error("delegate", _("There is no such person."))
        else:
            try:
                start, end = _midnight(data["start"]), _midnight(data["end"] + dt.timedelta(days=1))
                go_away(
                    actor=request.user,
                    user=request.user,
                    to=person,
                    start=start,
                    end=end,
                    scopes=data["scopes"],
                )
            except (RuleRefusedError, DuplicateError, NotAllowedError) as refusal:
                absorb(form, refusal)
            else:
                messages.success(
                    request, _("%(name)s stands in for you then.") % {"name": person.display_name}
                )
                return redirect("portal:me")
    return _page(request, _profile_form(request), form, status=422)


def _midnight(day: dt.date) -> dt.datetime:
    """The beginning of a day where the reader lives."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@require_POST
@signed_in
def take_back(request: PersonRequest, public_id: uuid.UUID) -> HttpResponse:
    """The reader is back: nobody stands in any more."""
    come_back(delegation_for(request.user, public_id).pk, actor=request.user)
    messages.success(request, _("Welcome back. Nobody stands in for you any more."))
    return redirect("portal:me")


def _profile_form(request: PersonRequest) -> ProfileForm:
    return ProfileForm(initial={name: getattr(request.user, name) for name in PROFILE})


def _page(
    request: PersonRequest, form: ProfileForm, delegation: DelegationForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "delegation": delegation, "delegations": delegations(request.user)}
    return show(request, "portal/me.html", context, status=status)
