"""The pages under /w/on-call/: who is on call now, one's own turns, handing turns over and taking them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import group_ids, managed_group_ids
from core.design import only_for
from core.errors import DomainError, DuplicateError, NotAllowedError, RuleRefusedError
from core.forms import refuse
from core.time import db_now
from schedules import services
from schedules.forms import OverrideForm
from schedules.models import Rota
from schedules.policies import may, may_configure_rotas
from schedules.selectors import (
    Duty,
    RotaNow,
    links_of,
    next_turns,
    override_of,
    people_of,
    rota_keyed,
    rotas_for,
    rotas_now,
)

FEW = 4  # turns to come of each rota

for_agents = only_for(
    lambda actor: may(actor, "read"),
    gettext_lazy("Who is on call is shown to people who work on tickets."),
)


@dataclass(frozen=True)
class Team:
    """A rota as the page shows it; ``may_take``: the reader is one of its people."""

    shown: RotaNow
    coming: list[Duty]
    may_take: bool

    @property
    def others(self) -> list[Any]:
        """Who is called after the first."""
        return self.shown.people[1:]


@require_safe
@for_agents
def now(request: HttpRequest) -> HttpResponse:
    """Who is on call per team, and the reader's own turns."""
    return page(request)


def page(request: HttpRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page, with what else is to be shown: an address that was just made."""
    actor: Any = request.user
    at = db_now()
    own = group_ids(actor) | managed_group_ids(actor)
    teams = [Team(each, each.coming[:FEW], each.row.group_id in own) for each in rotas_now(actor, at)]
    names = {
        "teams": teams,
        "mine": next_turns(actor, at),
        "links": links_of(actor),
        "rotas": rotas_for(actor),
        "at": at,
        "may_configure": may_configure_rotas(actor),
        **extra,
    }
    return render(request, "schedules/on_call/now.html", names, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agents
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    """GET: who takes the turn, from when to when, by the clock of the rota's zone. POST: hand it over."""
    actor: Any = request.user
    row = rota_keyed(actor, key)
    with timezone.override(row.tz):
        if request.method != "POST":
            return _form_page(
                request, row, OverrideForm(people=people_of(row.group), initial=_asked(request))
            )
        form, status = OverrideForm(request.POST, people=people_of(row.group)), 422
        if form.is_valid():
            try:
                made = services.add_override(key, actor=actor, **form.values())
            except (RuleRefusedError, DuplicateError) as refusal:
                refuse(form, refusal)
            except NotAllowedError as refusal:
                refuse(form, refusal)
                status = 403
            else:
                text = _("%(name)s is on call then.") % {"name": made.person.display_name}
                messages.success(request, text)
                return redirect("on_call:now")
        return _form_page(request, row, form, status=status)


@require_POST
@for_agents
def drop(request: HttpRequest, key: str, override_id: UUID) -> HttpResponse:
    """Take a stand-in back, or give back a turn that one took."""
    actor: Any = request.user
    row = rota_keyed(actor, key)
    override_of(row, override_id)
    try:
        services.drop_override(key, override_id, actor=actor)
    except NotAllowedError:
        raise
    except DomainError as refusal:  # somebody was faster: the page shows how it is
        messages.warning(request, str(refusal.detail))
    else:
        messages.success(request, _("Taken back."))
    return redirect("on_call:now")


def _form_page(request: HttpRequest, row: Rota, form: OverrideForm, *, status: int = 200) -> HttpResponse:
    return render(request, "schedules/on_call/hand_over.html", {"row": row, "form": form}, status=status)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What a link to the form fills in; a turn that runs is handed over from now on."""
    found: dict[str, Any] = {"person": request.GET.get("person", "")}
    for name in ("start", "end"):
        try:
            moment = dt.datetime.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            continue
        if moment.tzinfo is not None and 2000 <= moment.year <= 2098:
            found[name] = moment
    if "start" in found:
        found["start"] = max(found["start"], db_now().replace(second=0, microsecond=0))
    return found
