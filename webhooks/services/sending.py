"""Sending what is due: claim under a lease, call outside any transaction, record behind a fence (RL-13)."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from core import failpoints, outbound, secrets, targets
from core.outbound import OutboundError
from core.secrets import SecretKeyError
from core.time import clock_now
from webhooks import signing
from webhooks.choices import DeliveryState, OffReason
from webhooks.messages import body_of
from webhooks.models import Webhook, WebhookDelivery, WebhookPulse
from webhooks.selectors import living_secrets
from webhooks.services import outcomes
from webhooks.services.editing import context_of

SECONDS = 10.0  # in all, with connecting
MAX_ANSWER = 64 * 1024
LEASE_SECONDS = SECONDS + 30
CONCURRENCY = 4
MOST_CANDIDATES = 200
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sent:
    """What came of one call: the answer, or the code of what went wrong."""

    answer: outbound.Answer | None = None
    code: str = ""
    elapsed_ms: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def error(self) -> str:
        """Empty for a 2xx."""
        if self.answer is None:
            return self.code
        return "" if 200 <= self.answer.status < 300 else f"http_{self.answer.status}"


def claim() -> WebhookDelivery | None:
    """A due delivery under a lease of its own, None when nothing may be sent now.

    Webhooks with fewer calls under way come first, so that one that hangs waits for itself alone. Each has at
    most 4 calls at a time, one that failed last time a single one, one whose circuit is open none. A killed
    process delays its delivery by the lease; the try counts.
    """
    for pk in _candidates():
        found = _claim_of(pk)
        if found is not None:
            return found
    return None


def _waiting() -> Q:
    return Q(state=DeliveryState.WAITING, due_at__lte=Now()) & (
        Q(lease_until=None) | Q(lease_until__lte=Now())
    )


def _candidates() -> list[int]:
    """Webhooks with something due, the least busy first: one index probe for each that is switched on."""
    own = WebhookDelivery.objects.filter(webhook=OuterRef("pk")).order_by()
    busy = own.filter(lease_until__gt=Now()).values("webhook").annotate(busy=Count("pk")).values("busy")
    rows = Webhook.objects.filter(_is_open_for_calls(), Exists(own.filter(_waiting())), enabled=True)
    ordered = rows.order_by(Coalesce(Subquery(busy), 0), "pk")
    return list(ordered.values_list("pk", flat=True)[:MOST_CANDIDATES])


def _is_open_for_calls() -> Q:
    return Q(pulse__open_until=None) | Q(pulse__open_until__lte=Now())


@transaction.atomic
def _claim_of(webhook_id: int) -> WebhookDelivery | None:
    """One delivery of this webhook. Its pulse is locked meanwhile: the calls under way are counted."""
    pulses = WebhookPulse.objects.select_for_update(skip_locked=True, no_key=True)
    pulse = pulses.filter(pk=webhook_id).first()
    if pulse is None or (pulse.open_until is not None and pulse.open_until > clock_now()):
        return None
    rows = WebhookDelivery.objects.filter(webhook=webhook_id)
    most = 1 if pulse.failures else CONCURRENCY
    if rows.filter(lease_until__gt=Now()).count() >= most:
        return None
    found = rows.filter(_waiting(), webhook__enabled=True).order_by("due_at", "pk")
    row = (
        found.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .select_related("webhook__run_as", "event")
        .first()
    )
    if row is None:
        return None
    if row.attempts > len(outcomes.WAITS):
        outcomes.bury(row, pulse)
        return None
    row.lease_token, row.attempts = uuid.uuid4(), row.attempts + 1
    WebhookDelivery.objects.filter(pk=row.pk).update(
        lease_token=row.lease_token,
        lease_until=Now() + dt.timedelta(seconds=LEASE_SECONDS),
        attempts=row.attempts,
    )
    return row


def send(delivery: WebhookDelivery, *, before_call: Callable[[], object] = lambda: None) -> None:
    """Send a claimed delivery and record what came of it; what is lost in between is sent again.

    ``before_call`` runs when the message is written and nothing has been sent. Raises RuntimeError inside a
    transaction: a slow target must not hold locks.
    """
    outbound.refuse_in_transaction()
    webhook, event = delivery.webhook, delivery.event
    if not webhook.run_as.is_active:
        outcomes.skip(delivery, "run_as", off=OffReason.RUN_AS)
        return
    body = body_of(event, webhook.run_as, webhook.payload) if event is not None else None
    if body is None:
        outcomes.skip(delivery, "not_visible")
        return
    keys = keys_of(webhook)
    if isinstance(keys, str):
        sent = Sent(code=keys)
    else:
        now = int(clock_now().timestamp())
        before_call()
        failpoints.hit("webhook_before_send")
        sent = post(webhook, keys, str(delivery.message_id), now, body)
        failpoints.hit("webhook_after_call")
    outcomes.record(delivery, sent)
    log.info(
        "webhook_sent",
        webhook=str(webhook.public_id),
        event_name=delivery.event_name,
        message=str(delivery.message_id),
        attempt=delivery.attempts,
        status=sent.answer.status if sent.answer else None,
        error=sent.error,
        elapsed_ms=sent.elapsed_ms,
    )


def keys_of(webhook: Webhook) -> list[str] | str:
    """The secrets that sign now, or the code of why there are none."""
    try:
        keys = [secrets.decrypt(each, context=context_of(webhook)) for each in living_secrets(webhook)]
    except SecretKeyError:
        return "secret_key"
    return keys or "no_secret"


def post(webhook: Webhook, keys: list[str], message_id: str, now: int, body: bytes) -> Sent:
    """Send the message once; ``now`` in Unix seconds. Never raises for what the target does."""
    plain = {"Content-Type": "application/json", "User-Agent": "Maru-Webhooks/1"}
    signed = signing.headers(keys, message_id, now, body)
    shown = plain | {name: value for name, value in signed.items() if name != "webhook-signature"}
    began = time.monotonic()
    try:
        answer = outbound.send(
            outbound.Request(
                "POST",
                webhook.url,
                [targets.parse(webhook.url).place],
                headers=plain | signed,
                body=body,
                seconds=SECONDS,
                max_body=MAX_ANSWER,
                status_only=True,
            )
        )
    except OutboundError as error:
        return Sent(code=error.code, elapsed_ms=_since(began), headers=shown)
    return Sent(answer, elapsed_ms=_since(began), headers=shown)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
