"""The pages under /design/on-call/: rotas, four weeks as a picture and in words, layers, stand-ins."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Group
from accounts.policies import managed_group_ids
from accounts.selectors import groups_for
from core.design import only_for
from core.errors import DomainError, NotAllowedError, RuleRefusedError, StaleVersionError
from core.forms import CONFLICT, accepted, form_page, refuse, refused, sent
from core.time import db_now
from schedules import rota_picture, rota_rules, services
from schedules.choices import TurnUnit
from schedules.forms import LayerForm, OverrideForm, RotaForm
from schedules.models import Rota, RotaLayer
from schedules.policies import may_choose, may_configure_rotas, may_edit_rotas_of
from schedules.selectors import layer_of, override_of, people_of, read, rota_keyed, rotas_for, warnings_of

FARTHEST = dt.timedelta(days=366)  # of the weeks that are shown
for_managers = only_for(
    may_configure_rotas,
    gettext_lazy("Rotas are for people who manage a group or edit the configuration."),
)


@require_safe
@for_managers
def show_all(request: HttpRequest) -> HttpResponse:
    """All rotas with their groups."""
    actor: Any = request.user
    return render(request, "schedules/rotas/list.html", {"rows": rotas_for(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: make the rota."""
    actor: Any = request.user
    form = RotaForm(sent(request), groups=_groups(actor))
    row = accepted(
        form, lambda: services.create_rota(actor=actor, key=form.cleaned_data["key"], **form.values())
    )
    if row is None:
        return form_page(request, "schedules/rotas/new.html", form)
    messages.success(request, _("%(name)s was made. Add who takes turns.") % {"name": row.name})
    return redirect("rotas:new_layer", row.key)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def one(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the coming four weeks, layers and stand-ins. POST: change names, group, zone."""
    actor: Any = request.user
    row = _editable(actor, key)
    if request.method != "POST":
        return _page(request, row)
    form = RotaForm(request.POST, groups=_groups(actor), rota=row)

    def write() -> None:
        version = form.cleaned_data["lock_version"]
        services.update_rota(key, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=row.lock_version)
    if status:
        return _page(request, row, form=form, status=status, conflict=status == CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("rotas:one", key)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def new_layer(request: HttpRequest, key: str) -> HttpResponse:
    """GET: an empty form. POST: add the layer below the others."""
    actor: Any = request.user
    row = _editable(actor, key)
    initial = {
        "start_date": db_now().astimezone(ZoneInfo(row.tz)).date(),
        "handover_time": dt.time(9),
        "handover_weekday": 0,
        "unit": TurnUnit.WEEKS,
        "length": 1,
    }
    form = LayerForm(sent(request), people=people_of(row.group), initial=initial)
    if form.is_valid():
        try:
            services.add_layer(key, actor=actor, **form.values())
        except RuleRefusedError as refusal:
            refuse(form, _at_places(refusal))
        else:
            messages.success(request, _("The layer was added."))
            return redirect("rotas:one", key)
    return form_page(request, "schedules/rotas/layer.html", form, row=row)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def layer(request: HttpRequest, key: str, layer_id: UUID) -> HttpResponse:
    """GET: the layer's form. POST: change it; what was said of turns to come is said anew."""
    actor: Any = request.user
    row = _editable(actor, key)
    found = layer_of(row, layer_id)
    if request.method != "POST":
        return _layer_page(request, row, found, _layer_form(row, found))
    form, status, conflict = _layer_form(row, found, request.POST), 422, False
    if form.is_valid():
        try:
            version = form.cleaned_data["lock_version"]
            services.update_layer(key, layer_id, actor=actor, expected_version=version, **form.values())
        except RuleRefusedError as refusal:
            refuse(form, _at_places(refusal))
        except StaleVersionError:
            data = request.POST.copy()
            data["lock_version"] = str(found.lock_version)
            form, status, conflict = _layer_form(row, found, data), 409, True
        else:
            messages.success(request, _("Saved."))
            return redirect("rotas:one", key)
    return _layer_page(request, row, found, form, status=status, conflict=conflict)


@require_POST
@for_managers
def drop_layer(request: HttpRequest, key: str, layer_id: UUID) -> HttpResponse:
    """The rota without the layer."""
    actor: Any = request.user
    services.drop_layer(key, layer_id, actor=actor)
    messages.success(request, _("Removed."))
    return redirect("rotas:one", key)


@require_POST
@for_managers
def raise_layer(request: HttpRequest, key: str, layer_id: UUID) -> HttpResponse:
    """The layer is called before the one above it."""
    actor: Any = request.user
    services.raise_layer(key, layer_id, actor=actor)
    messages.success(request, _("Saved."))
    return redirect("rotas:one", key)


@require_POST
@for_managers
def add_override(request: HttpRequest, key: str) -> HttpResponse:
    """Somebody stands in for a time, by the wall clock of the rota's zone."""
    actor: Any = request.user
    row = _editable(actor, key)
    with timezone.override(row.tz):
        form = OverrideForm(request.POST, people=people_of(row.group))
        if accepted(form, lambda: services.add_override(key, actor=actor, **form.values())) is None:
            return _page(request, row, override_form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('rotas:one', args=[key])}#stand-ins")


@require_POST
@for_managers
def drop_override(request: HttpRequest, key: str, override_id: UUID) -> HttpResponse:
    """The layers count again."""
    actor: Any = request.user
    row = _editable(actor, key)
    override_of(row, override_id)
    try:
        services.drop_override(key, override_id, actor=actor)
    except DomainError as refusal:  # somebody was faster: the page shows how it is
        messages.warning(request, str(refusal.detail))
    else:
        messages.success(request, _("Removed."))
    return redirect(f"{reverse('rotas:one', args=[row.key])}#stand-ins")


def _editable(actor: Any, key: str) -> Rota:
    """The rota for who may change it. Raises NotVisibleError, NotAllowedError."""
    row = rota_keyed(actor, key)
    if not may_edit_rotas_of(actor, row.group):
        raise NotAllowedError(_("Who is on call of this group is decided by its managers."))
    return row


def _groups(actor: Any) -> list[Group]:
    """The groups whose rotas the reader may make."""
    rows = groups_for(actor)
    return list(rows if may_choose(actor) else rows.filter(pk__in=managed_group_ids(actor)))


def _layer_form(row: Rota, found: RotaLayer, data: Any = None) -> LayerForm:
    order = [each.user for each in found.members.select_related("user").order_by("position")]
    return LayerForm(data, people=people_of(row.group), layer=found, order=order)


def _layer_page(
    request: HttpRequest,
    row: Rota,
    found: RotaLayer,
    form: LayerForm,
    *,
    status: int = 200,
    conflict: bool = False,
) -> HttpResponse:
    names = {"row": row, "layer": found, "form": form, "conflict": conflict}
    return render(request, "schedules/rotas/layer.html", names, status=status)


def _at_places(refusal: RuleRefusedError) -> RuleRefusedError:
    """A refusal of the people is shown at the first place of the order."""
    errors = [
        type(each)("member_1" if each.field == "members" else each.field, each.code, each.detail)
        for each in refusal.errors
    ]
    return RuleRefusedError(refusal.detail, errors=errors)


def _page(request: HttpRequest, row: Rota, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of one rota, in the rota's own zone: that is the clock by which it turns."""
    now = db_now()
    today = now.astimezone(ZoneInfo(row.tz)).date()
    monday = _monday(request.GET.get("from", ""), today)
    [found] = read([row], now - 2 * FARTHEST, rota_rules.LAST)
    since, until = rota_picture.span(found, monday)
    actor: Any = request.user
    ahead = sorted(
        (each for each in found.overrides.values() if each.during.upper > now),
        key=lambda each: each.during.lower,
    )
    with timezone.override(row.tz):
        names = {
            "row": row,
            "layers": [(each, found.order.get(each.pk, [])) for each in found.layers],
            "strips": rota_picture.strips(found, monday, today),
            "entries": rota_picture.table(found, since, until),
            "people_now": found.on_call(now),
            "warning": rota_picture.absent_text(warnings_of(found, now)),
            "overrides": ahead,
            "monday": monday,
            "before": monday - dt.timedelta(weeks=rota_picture.WEEKS),
            "after": monday + dt.timedelta(weeks=rota_picture.WEEKS),
            "form": RotaForm(groups=_groups(actor), rota=row),
            "override_form": OverrideForm(people=people_of(row.group)),
            **extra,
        }
        return render(request, "schedules/rotas/one.html", names, status=status)


def _monday(given: str, today: dt.date) -> dt.date:
    """The Monday of the week that was asked for, else of this week."""
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        day = today
    if abs(day - today) > FARTHEST:
        day = today
    return day - dt.timedelta(days=day.weekday())
