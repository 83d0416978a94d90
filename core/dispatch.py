"""Handing over what the outbox holds: relay to handlers, run handlers, send through channels.

Handlers are internal work: claim, effect and mark are one transaction, so a killed worker leaves no trace
(RELIABILITY RL-10). Channels are external work: lease, call, record behind a fence (RL-13).
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from functools import cache
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from core import failpoints, outbox, sweep
from core.cause import caused_by
from core.errors import LoopStoppedError
from core.models import Delivery, OutboxEvent
from core.prepared import Prepared
from core.time import clock_now

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 8
BATCH = 50
REST_SECONDS, POSTPONED = 10, 1_000
_CHANNEL = "?"  # of the name that the prepared query is asked for


def backoff(attempts: int) -> dt.timedelta:
    """The wait before try ``attempts + 1``: 10 s · 2ⁿ, ± 20 % (RL-15)."""
    return dt.timedelta(seconds=10 * 2 ** max(attempts - 1, 0) * random.uniform(0.8, 1.2))  # noqa: S311 - jitter


@sweep.register
@transaction.atomic
def relay(*, limit: int) -> int:
    """Make one delivery per handler for events nobody relayed yet; returns how many events moved."""
    events = list(
        OutboxEvent.objects.filter(relayed_at=None)
        .order_by("pk")
        .select_for_update(skip_locked=True, no_key=True)[: min(limit, 200)]
    )
    if not events:
        return 0
    rows = [
        Delivery(
            event=event,
            channel=outbox.HANDLER,
            target=handler.name,
            idem_key=f"{event.public_id}:{handler.name}"[:200],
        )
        for event in events
        for handler in outbox.handlers_for(event.name)
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    OutboxEvent.objects.filter(pk__in=[event.pk for event in events]).update(relayed_at=Now())
    return len(events)


@sweep.register
def run_handlers(*, limit: int) -> int:
    """Run due handlers, each in its own transaction; returns how many ran."""
    ran = 0
    while ran < min(limit, BATCH) and _run_one_handler():
        ran += 1
    return ran


def _due(channel: str) -> Any:
    return Delivery.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=Now()),
        channel=channel,
        done_at=None,
        dead_at=None,
        not_before__lte=Now(),
    ).order_by("not_before", "pk")


@cache
def _first_due() -> Prepared[Delivery]:
    rows = _due(_CHANNEL).select_related("event")
    return Prepared(rows.select_for_update(skip_locked=True, no_key=True, of=("self",))[:1], _CHANNEL)


def _lock_due(channel: str) -> Delivery | None:
    """The delivery that is due longest and that nobody has, locked, with its event."""
    return next(iter(_first_due().read(channel)), None)


def _run_one_handler() -> bool:
    delivery: Delivery | None = None
    try:
        with transaction.atomic():
            delivery = _lock_due(outbox.HANDLER)
            if delivery is None:
                return False
            _handle(delivery)
            Delivery.objects.filter(pk=delivery.pk).update(
                done_at=Now(), attempts=F("attempts") + 1, last_error=""
            )
    except Exception as error:
        if delivery is None:
            raise
        _postpone(delivery, error)
    return True


def _handle(delivery: Delivery) -> None:
    event = delivery.event
    handler = outbox.handler_named(delivery.target)
    if handler is None:
        raise outbox.RetryLater(f"no handler {delivery.target} in this version")
    assert event is not None  # noqa: S101 - handler deliveries always carry their event
    with caused_by(f"event:{event.pk}:{handler.name}", channel="system", chain=event.cause_chain):
        failpoints.hit("before_handler")
        handler.run(event)
        failpoints.hit("after_handler")


@transaction.atomic
def _postpone(delivery: Delivery, error: Exception) -> None:
    attempts = delivery.attempts + 1
    final = isinstance(error, outbox.PermanentFailure | LoopStoppedError) or attempts >= MAX_ATTEMPTS
    log.warning(
        "delivery_failed", key=delivery.idem_key, attempts=attempts, dead=final, error=repr(error)[:300]
    )
    changes: dict[str, Any] = {"attempts": attempts, "last_error": repr(error)[:500], "claimed_until": None}
    changes |= {"dead_at": Now()} if final else {"not_before": clock_now() + backoff(attempts)}
    Delivery.objects.filter(pk=delivery.pk, done_at=None).update(**changes)


def send_due(*, limit: int) -> int:
    """Send what waits in the channels, a few at a time; returns how many were tried."""
    tried = 0
    for channel in outbox.channels():
        for _ in range(min(limit, 10)):
            delivery = _claim(channel)
            if delivery is None:
                break
            tried += 1
            if not _send(channel, delivery):
                _rest(channel)
                break
    return tried


sweep.register(send_due, last=True)


def _rest(channel: outbox.Channel) -> None:
    """The destination is down: no process tries the next ones for a while, instead of waiting for each."""
    waiting = list(_due(channel.name).values_list("pk", flat=True)[:POSTPONED])
    Delivery.objects.filter(pk__in=waiting, claimed_until=None).update(
        not_before=Now() + dt.timedelta(seconds=REST_SECONDS)
    )


def _claim(channel: outbox.Channel) -> Delivery | None:
    """The next due delivery under a lease of its own: a killed worker delays that one, by the lease."""
    with transaction.atomic():
        delivery = _lock_due(channel.name)
        if delivery is None:
            return None
        delivery.lease_token, delivery.attempts = uuid.uuid4(), delivery.attempts + 1
        Delivery.objects.filter(pk=delivery.pk).update(
            lease_token=delivery.lease_token,
            claimed_until=Now() + dt.timedelta(seconds=channel.lease_seconds),
            attempts=delivery.attempts,
        )
    return delivery


def _send(channel: outbox.Channel, delivery: Delivery) -> bool:
    mine = Delivery.objects.filter(pk=delivery.pk, lease_token=delivery.lease_token, done_at=None)
    try:
        failpoints.hit("before_send")
        channel.send(delivery)
        failpoints.hit("after_call_before_record")
    except Exception as error:  # noqa: BLE001 - any failure of the outside world is recorded, never fatal
        counts = getattr(error, "counts", True)
        final = isinstance(error, outbox.PermanentFailure) or (
            counts and delivery.attempts >= channel.max_attempts
        )
        log.warning(
            "send_failed", key=delivery.idem_key, attempts=delivery.attempts, dead=final, error=repr(error)
        )
        changes: dict[str, Any] = {"last_error": repr(error)[:500], "claimed_until": None}
        if not counts:
            changes["attempts"] = F("attempts") - 1
        changes |= {"dead_at": Now()} if final else {"not_before": clock_now() + backoff(delivery.attempts)}
        mine.update(**changes)
        return isinstance(error, outbox.PermanentFailure)
    mine.update(done_at=Now(), claimed_until=None, last_error="")
    return True


def pending() -> dict[str, int]:
    """How many events and deliveries wait and how many are dead, for health and metrics."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM core_outboxevent WHERE relayed_at IS NULL),"
            " (SELECT count(*) FROM core_delivery WHERE done_at IS NULL AND dead_at IS NULL),"
            " (SELECT count(*) FROM core_delivery WHERE dead_at IS NOT NULL)"
        )
        events, deliveries, dead = cursor.fetchone()
    return {"events": events, "deliveries": deliveries, "dead": dead}
