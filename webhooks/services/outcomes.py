"""What becomes of a delivery, of its webhook and of the people who look after it, after each attempt."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now

from connectors.services.log import storable
from connectors.services.request import retry_after
from core import audit, outbox
from core.time import clock_now
from webhooks.choices import DeliveryState, OffReason
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookPulse
from webhooks.services.editing import TABLE

if TYPE_CHECKING:
    from webhooks.services.sending import Sent

# The wait after each failed try, in seconds; after the last one it is given up (API A-49).
WAITS = (5, 30, 120, 600, 1800, 3600, 2 * 3600, 5 * 3600, 10 * 3600, 24 * 3600)
JITTER = 0.2
FAILURES_TO_OPEN = 5
OPEN_FOR = dt.timedelta(seconds=60)
OFF_AFTER = dt.timedelta(days=5)
TELL_AGAIN = dt.timedelta(hours=24)
KEPT_ANSWER = 4 * 1024
GONE = 410


def wait_after(attempt: int) -> dt.timedelta | None:
    """How long to wait after failed try ``attempt`` (from 1), ± 20 %; None when it was the last."""
    if attempt > len(WAITS):
        return None
    factor = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads the load
    return dt.timedelta(seconds=WAITS[attempt - 1] * factor)


@transaction.atomic
def record(delivery: WebhookDelivery, sent: Sent) -> bool:
    """Write down what came of a sending; False when the delivery belongs to somebody else by now.

    Publishes ``webhook.dead`` at most once a day and ``webhook.switched_off``; their handler tells the owner.
    """
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=delivery.webhook_id).first()
    if webhook is None:
        return False
    pulse = WebhookPulse.objects.select_for_update(no_key=True).get(pk=webhook.pk)
    now, error = clock_now(), sent.error
    changes: dict[str, Any] = {"error": error, "status": sent.answer.status if sent.answer else None}
    if not error:
        changes |= _done(DeliveryState.SENT)
    else:
        changes |= _after_failure(delivery, sent, now)
    if not _settle(delivery, changes):
        return False
    _log(delivery, webhook, sent)
    if not error:
        succeeded(pulse, now)
        return True
    _failed(pulse, now)
    if changes["error"] == f"http_{GONE}":
        _switch_off(webhook, OffReason.GONE)
    elif pulse.failing_since is not None and now - pulse.failing_since >= OFF_AFTER:
        _switch_off(webhook, OffReason.FAILING)
    elif changes.get("state") == DeliveryState.DEAD:
        _tell(webhook, pulse, now)
    return True


@transaction.atomic
def skip(delivery: WebhookDelivery, code: str, *, off: OffReason | None = None) -> None:
    """Settle that a delivery is not to be sent; ``off``: nor will any other be, until somebody acts."""
    webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=delivery.webhook_id).first()
    if webhook is None:
        return
    changes = {"error": code, "status": None, "attempts": delivery.attempts - 1}
    if _settle(delivery, changes | _done(DeliveryState.SKIPPED)) and off is not None:
        _switch_off(webhook, off)


def bury(delivery: WebhookDelivery, pulse: WebhookPulse) -> None:
    """Give up a delivery whose last lease ended without a word, in the transaction of the claim."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(error="lost", **_done(DeliveryState.DEAD))
    _tell(delivery.webhook, pulse, clock_now())


def succeeded(pulse: WebhookPulse, now: dt.datetime) -> None:
    """The target took a message: its failures are forgotten."""
    WebhookPulse.objects.filter(pk=pulse.pk).update(
        failures=0, open_until=None, failing_since=None, told_at=None, last_success_at=now
    )


def _done(state: DeliveryState) -> dict[str, Any]:
    return {"state": state, "done_at": Now(), "lease_token": None, "lease_until": None}


def _after_failure(delivery: WebhookDelivery, sent: Sent, now: dt.datetime) -> dict[str, Any]:
    """Another try later, or none: after the last one, and when the target says that it is gone for good."""
    wait = wait_after(delivery.attempts)
    answer = sent.answer
    if wait is None or (answer is not None and answer.status == GONE):
        return _done(DeliveryState.DEAD)
    asked = retry_after(answer.headers, now) if answer is not None else None
    later = max(wait, dt.timedelta(seconds=asked or 0))
    return {"due_at": now + later, "lease_token": None, "lease_until": None}


def _settle(delivery: WebhookDelivery, changes: dict[str, Any]) -> bool:
    """The fence: only who holds the lease may write."""
    mine = WebhookDelivery.objects.filter(
        pk=delivery.pk, lease_token=delivery.lease_token, state=DeliveryState.WAITING
    )
    return bool(mine.update(**changes))


def _log(delivery: WebhookDelivery, webhook: Webhook, sent: Sent) -> None:
    WebhookAttempt.objects.create(delivery=delivery, number=delivery.attempts, **logged(webhook, sent))


def logged(webhook: Webhook, sent: Sent) -> dict[str, Any]:
    """What is kept of a sending: no signature, the first 4 KiB of the answer."""
    body = sent.answer.body if sent.answer else b""
    text = storable(body[:KEPT_ANSWER].decode("utf-8", "replace"))
    return {
        "url": webhook.url,
        "request_headers": sent.headers,
        "status": sent.answer.status if sent.answer else None,
        "response_body": text,
        "elapsed_ms": sent.elapsed_ms,
        "error": sent.error,
    }


def _failed(pulse: WebhookPulse, now: dt.datetime) -> None:
    """One failure more; the fifth in a row, and each one after it, closes the way for a minute."""
    pulse.failures += 1
    pulse.failing_since = pulse.failing_since or now
    if pulse.failures >= FAILURES_TO_OPEN:
        pulse.open_until = now + OPEN_FOR
    pulse.save(update_fields=["failures", "failing_since", "open_until"])


def _tell(webhook: Webhook, pulse: WebhookPulse, now: dt.datetime) -> None:
    """The owner hears of what was given up; not of each delivery, which may be thousands."""
    if pulse.told_at is not None and now - pulse.told_at < TELL_AGAIN:
        return
    pulse.told_at = now
    pulse.save(update_fields=["told_at"])
    outbox.publish("webhook.dead", {"webhook": str(webhook.public_id)})


def _switch_off(webhook: Webhook, reason: OffReason) -> None:
    """Off until somebody switches it on again; what waits stays. The owner is told."""
    if not webhook.enabled:
        return
    webhook.enabled, webhook.off_reason = False, reason
    webhook.lock_version += 1
    webhook.updated_at = Now()
    webhook.save(update_fields=["enabled", "off_reason", "lock_version", "updated_at"])
    key = str(webhook.public_id)
    diff = {"enabled": [True, False], "off_reason": ["", str(reason)]}
    audit.write(actor=None, table=TABLE, object_ref=key, action="switched_off", diff=diff)
    outbox.publish("webhook.switched_off", {"webhook": key, "reason": str(reason)})
