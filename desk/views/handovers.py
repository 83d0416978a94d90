"""Pages of hand-overs: the list, one of them, writing one, taking one over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Group
from core.errors import NotAllowedError, WrongStateError
from core.forms import accepted, kept_key, run_once, sent
from core.time import db_now
from desk.handover_forms import HandOverForm, HandOverSearchForm
from desk.views.base import agents_only
from handovers import services
from handovers.filters import HandOverFilterSet
from handovers.policies import why_accept
from handovers.selectors import (
    groups_read,
    groups_written,
    hand_over_of,
    hand_overs_for,
    proposed,
    shift_began,
    with_notes,
)

PAGE = 25


@require_safe
@agents_only
def show(request: HttpRequest) -> HttpResponse:
    """What was handed over in the teams that the reader is in or leads, newest first."""
    actor: Any = request.user
    form = HandOverSearchForm(request.GET, groups=groups_read(actor))
    rows = hand_overs_for(actor)
    if form.is_valid():
        rows = HandOverFilterSet(form.query(), queryset=rows, request=request).qs
    page = Paginator(with_notes(actor, rows), PAGE).get_page(request.GET.get("page"))
    following = request.GET.copy()
    following["page"] = str(page.number + 1)
    names = {
        "form": form,
        "rows": page.object_list,
        "next_url": f"{request.path}?{following.urlencode()}" if page.has_next() else "",
        "may_write": bool(groups_written(actor)),
        "is_narrowed": bool(form.is_valid() and form.query()),
    }
    return render(request, "desk/hand_overs.html", names, status=200 if form.is_valid() else 422)


@require_safe
@agents_only
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One hand-over, as a page that can be printed."""
    actor: Any = request.user
    row = hand_over_of(actor, public_id)
    names = {"row": row, "may_accept": row.waits and bool(why_accept(actor, row))}
    return render(request, "desk/hand_over.html", names)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def new(request: HttpRequest) -> HttpResponse:
    """GET: the form with what matters in the team now. POST: hand over, once however often it is sent."""
    actor: Any = request.user
    groups = groups_written(actor)
    if not groups:
        raise NotAllowedError(_("You are in no team whose shift you could hand over."))
    group = _chosen(request, groups)
    now = db_now()
    since = shift_began(actor, group, now)
    form = HandOverForm(sent(request), actor=actor, proposed=proposed(actor, group, since, now), since=since)

    def write() -> str:
        def act() -> str:
            row = services.write_hand_over(actor=actor, group=group, **form.values())
            return str(row.public_id)

        return str(run_once(request, "desk.hand_over", act))

    made = accepted(form, write)
    if made:
        messages.success(request, _("It is handed over. Who is on shift is told."))
        return redirect("desk:hand_over", public_id=made)
    names = {
        "form": form,
        "groups": groups,
        "group": group,
        "since": since,
        "once_key": kept_key(request),
    }
    return render(request, "desk/hand_over_new.html", names, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest, groups: list[Group]) -> Group:
    """The team that the address or the form names, else the first. Raises NotAllowedError for others."""
    key = request.POST.get("group") or request.GET.get("group") or groups[0].key
    found = next((group for group in groups if group.key == key), None)
    if found is None:
        raise NotAllowedError(_("Only members of the team hand over and take over its shifts."))
    return found


@require_POST
@agents_only
def accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that one has it; that somebody was faster is told where one stands."""
    actor: Any = request.user
    try:
        services.accept_hand_over(public_id, actor=actor)
    except WrongStateError as refusal:
        messages.warning(request, str(refusal.detail))
    else:
        messages.success(request, _("You have it now. Who wrote it is told."))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("desk:hand_over", public_id=public_id)
