"""The pages of webhooks under /design/webhooks/: list, form, secret, test, what was sent, replay."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import stepup
from core.conditions import outline
from core.design import only_for
from core.errors import DomainError, RuleRefusedError, WrongStateError
from core.forms import CONFLICT, accepted, form_page, refused, sent
from core.time import clock_now
from tickets.vocabulary import TicketVocabulary
from webhooks import services
from webhooks.catalogue import all_types
from webhooks.choices import DeliveryState, failure_text
from webhooks.forms import RotateForm, WebhookForm
from webhooks.models import Webhook, WebhookDelivery
from webhooks.policies import may
from webhooks.selectors import counts_of, deliveries_of, webhook_with, webhooks_for, with_log
from webhooks.services.replaying import KEPT_FOR

SHOWN = 20
MAX_KEY = 2**63

administrators_only = only_for(
    lambda actor: may(actor, "read"), gettext_lazy("Webhooks are for people who edit the configuration.")
)


@require_safe
@administrators_only
def show_all(request: HttpRequest) -> HttpResponse:
    """All webhooks: where they lead, what they ask for, how they fare."""
    actor: Any = request.user
    return render(request, "webhooks/list.html", {"rows": list(webhooks_for(actor)), "now": clock_now()})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
@stepup.required
def new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form. POST: make the webhook and show its secret, this once."""
    actor: Any = request.user
    form = WebhookForm(sent(request), actor=actor)
    made = accepted(form, lambda: services.create(actor=actor, **form.values()))
    if made is None:
        return form_page(request, "webhooks/new.html", form, types=list(all_types()))
    return _secret_page(request, *made)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: a webhook with what it sent. POST: change it."""
    actor: Any = request.user
    row = webhook_with(actor, public_id)
    if request.method != "POST":
        return _page(request, row)
    form = WebhookForm(request.POST, actor=actor, webhook=row)

    def write() -> None:
        version = form.cleaned_data["lock_version"]
        services.update(public_id, actor=actor, expected_version=version, **form.values())

    status = refused(form, write, version=row.lock_version)
    if status:
        return _page(request, row, form=form, status=status, conflict=status == CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("webhooks:one", public_id)


@require_POST
@administrators_only
def test(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send a sample now and show what came."""
    actor: Any = request.user
    trial = services.try_out(public_id, actor=actor)
    return _page(request, webhook_with(actor, public_id), trial=trial)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
@stepup.required
def rotate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: ask how long the former secret lasts. POST: show the new one, once."""
    actor: Any = request.user
    row = webhook_with(actor, public_id)
    form = RotateForm(sent(request))
    made = accepted(form, lambda: services.rotate(public_id, actor=actor, **form.cleaned_data))
    if made is None:
        return form_page(request, "webhooks/rotate.html", form, row=row)
    return _secret_page(request, *made)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: ask. POST: take the webhook away."""
    actor: Any = request.user
    row = webhook_with(actor, public_id)
    if request.method != "POST":
        waiting = counts_of(row).get(DeliveryState.WAITING, 0)
        return render(request, "webhooks/remove.html", {"row": row, "waiting": waiting})
    services.delete(public_id, actor=actor)
    messages.success(request, _("%(name)s was removed.") % {"name": row.name})
    return redirect("webhooks:list")


@require_POST
@administrators_only
def replay(request: HttpRequest, public_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one delivery again."""
    actor: Any = request.user
    try:
        services.replay(public_id, delivery_id, actor=actor)
    except (RuleRefusedError, WrongStateError) as refusal:
        return _refused(request, public_id, refusal)
    messages.success(request, _("It is sent again."))
    return redirect("webhooks:one", public_id)


@require_POST
@administrators_only
def replay_dead(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send everything again that was given up and is still kept."""
    actor: Any = request.user
    now = clock_now()
    try:
        count = services.replay_many(public_id, actor=actor, start=now - KEPT_FOR, end=now)
    except WrongStateError as refusal:
        return _refused(request, public_id, refusal)
    text = ngettext("%(count)s message is sent again.", "%(count)s messages are sent again.", count)
    messages.success(request, text % {"count": count})
    return redirect("webhooks:one", public_id)


def _refused(request: HttpRequest, public_id: UUID, refusal: DomainError) -> HttpResponse:
    messages.error(request, str(refusal.detail))
    return redirect("webhooks:one", public_id)


def _secret_page(request: HttpRequest, row: Webhook, secret: str) -> HttpResponse:
    return render(request, "webhooks/secret.html", {"row": row, "secret": secret})


def _page(request: HttpRequest, row: Webhook, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page of one webhook."""
    actor: Any = request.user
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    rows = with_log(deliveries_of(actor, row.public_id))
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    if before.isascii() and before.isdigit() and int(before) < MAX_KEY:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SHOWN + 1])
    counts = counts_of(row)
    names = {
        "row": row,
        "secrets": row.secrets.all(),
        "now": clock_now(),
        "form": WebhookForm(actor=actor, webhook=row),
        "types": list(all_types()),
        "outline": outline(row.condition, TicketVocabulary("", actor)) if row.condition else None,
        "deliveries": [_shown(each) for each in found[:SHOWN]],
        "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
        "state": state,
        "tabs": [("", _("All"), sum(counts.values()))]
        + [(code, label, counts.get(code, 0)) for code, label in DeliveryState.choices],
        "dead": counts.get(DeliveryState.DEAD, 0),
        **extra,
    }
    return render(request, "webhooks/one.html", names, status=status)


def _shown(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "row": row,
        "error": failure_text(row.error) if row.error else "",
        "log": [(each, failure_text(each.error) if each.error else "") for each in row.log.all()],
        "may_replay": row.event_id is not None,
    }
