"""Sending again what was sent or given up, and forgetting what is old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit, wake
from core.errors import NotVisibleError, WrongStateError, invalid
from webhooks.choices import FINAL, DeliveryState
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookSecret
from webhooks.selectors import deliveries_of, in_span
from webhooks.services.editing import TABLE, locked

KEPT_FOR = dt.timedelta(days=30)  # API A-52
_PURGE_AT_ONCE = 20_000


@transaction.atomic
def replay(public_id: Any, delivery_id: Any, *, actor: Actor) -> WebhookDelivery:
    """The delivery, due now with all its tries before it; ``webhook-id`` stays the same.

    One that is being sent at this moment is left as it is. Raises NotVisibleError, NotAllowedError,
    WrongStateError (the webhook is off), RuleRefusedError (a test).
    """
    webhook = _switched_on(public_id, actor)
    rows = deliveries_of(actor, webhook.public_id).filter(public_id=delivery_id)
    row = rows.first()
    if row is None:
        raise NotVisibleError
    if row.event_id is None:
        raise invalid("", _("A test is not sent again: send another one."), "is_test")
    if _again(rows):
        _record(webhook, actor, {"delivery": [None, str(row.public_id)]})
    row.refresh_from_db()
    return row


@transaction.atomic
def replay_many(
    public_id: Any,
    *,
    actor: Actor,
    start: dt.datetime,
    end: dt.datetime,
    states: Collection[str] = (DeliveryState.DEAD,),
) -> int:
    """Make the deliveries of events from ``start`` to before ``end`` in those states due now; how many.

    Raises NotVisibleError, NotAllowedError, WrongStateError (the webhook is off), RuleRefusedError.
    """
    if end <= start:
        raise invalid("to", _("The end must be after the beginning."))
    unknown = sorted(set(states) - set(FINAL))
    if unknown or not states:
        raise invalid("states", _("Choose among sent, dead and skipped."), "choice")
    webhook = _switched_on(public_id, actor)
    rows = in_span(deliveries_of(actor, webhook.public_id), start, end).filter(state__in=states)
    count = _again(rows)
    if count:
        span = {"from": [None, start.isoformat()], "to": [None, end.isoformat()]}
        _record(webhook, actor, span | {"states": [None, sorted(states)], "count": [None, count]})
    return count


def purge() -> int:
    """Remove deliveries, attempts and ended secrets that are older than 30 days; how many deliveries.

    At most 20,000 at once. What waits for a webhook that is switched off is removed with the rest.
    """
    WebhookSecret.objects.filter(ends_at__lte=Now()).delete()
    old = WebhookDelivery.objects.filter(created_at__lt=Now() - KEPT_FOR).filter(
        ~Q(state=DeliveryState.WAITING) | Q(webhook__enabled=False)
    )
    ids = list(old.order_by("created_at").values_list("pk", flat=True)[:_PURGE_AT_ONCE])
    WebhookAttempt.objects.filter(Q(delivery__in=ids) | Q(at__lt=Now() - KEPT_FOR)).delete()
    return WebhookDelivery.objects.filter(pk__in=ids).delete()[0]


def _switched_on(public_id: Any, actor: Actor) -> Webhook:
    webhook = locked(public_id, actor, "replay")
    if not webhook.enabled:
        text = _("This webhook is switched off: switch it on, then send again.")
        raise WrongStateError(text, current_state="off", allowed=[])
    return webhook


def _again(rows: QuerySet[WebhookDelivery]) -> int:
    idle = Q(lease_until=None) | Q(lease_until__lte=Now())
    found = rows.order_by().filter(idle, event__isnull=False)
    count = found.update(
        state=DeliveryState.WAITING,
        due_at=Now(),
        attempts=0,
        replays=F("replays") + 1,
        done_at=None,
        lease_token=None,
        lease_until=None,
    )
    if count:
        transaction.on_commit(wake.nudge)
    return count


def _record(webhook: Webhook, actor: Actor, diff: dict[str, Any]) -> None:
    key = str(webhook.public_id)
    audit.write(actor=actor, table=TABLE, object_ref=key, action="replayed", diff=diff)
