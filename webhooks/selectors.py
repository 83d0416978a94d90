"""Reads of webhooks, of what they sent, and of which events anybody waits for."""

from __future__ import annotations

import datetime as dt
from fnmatch import fnmatchcase
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from accounts.policies import Actor
from accounts.selectors import with_grants
from core.errors import NotVisibleError
from core.revisions import Kept, revisions
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookSecret
from webhooks.policies import may_lend, visible_to


def webhooks_for(actor: Actor) -> QuerySet[Webhook]:
    """The webhooks ``actor`` may see, by name, with their people, secrets and how they fare."""
    return (
        Webhook.objects.filter(visible_to(actor))
        .select_related("run_as", "owner", "pulse")
        .prefetch_related("secrets")
        .order_by("name", "pk")
    )


def webhook_with(actor: Actor, public_id: Any) -> Webhook:
    """The webhook with that id. Raises NotVisibleError."""
    row = webhooks_for(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row


def deliveries_of(actor: Actor, public_id: Any) -> QuerySet[WebhookDelivery]:
    """What a webhook was to send, newest first; nothing of one that ``actor`` may not see."""
    seen = Webhook.objects.filter(visible_to(actor), public_id=public_id)
    return WebhookDelivery.objects.filter(webhook__in=seen.order_by()).order_by("-pk")


def with_log(rows: QuerySet[WebhookDelivery]) -> QuerySet[WebhookDelivery]:
    """The deliveries with their attempts, oldest first: one query more, however many there are."""
    return rows.prefetch_related(Prefetch("log", queryset=WebhookAttempt.objects.order_by("pk")))


def counts_of(webhook: Webhook) -> dict[str, int]:
    """How many of a webhook's deliveries stand where."""
    rows = WebhookDelivery.objects.filter(webhook=webhook).order_by().values("state")
    return {row["state"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def lendable_to(actor: Actor, *, present: User | None = None) -> list[User]:
    """Whose rights ``actor`` may give a webhook: the own ones, service accounts'; and ``present``."""
    if actor is None:
        return []
    accounts = User.objects.filter(company=actor.company_id, is_service=True, is_active=True)
    found = [actor, *(each for each in with_grants(accounts.order_by("username")) if may_lend(actor, each))]
    return found if present is None or present in found else [*found, present]


def living_secrets(webhook: Webhook) -> list[str]:
    """The sealed secrets that sign now: the present one first, then the one before it while that lasts."""
    rows = WebhookSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()), webhook=webhook)
    return list(rows.order_by("-pk").values_list("sealed", flat=True))


def owner_of(public_id: str) -> tuple[int, str] | None:
    """Whom to tell about the webhook with that id, and its name; None when it is gone."""
    return Webhook.objects.filter(public_id=public_id).values_list("owner_id", "name").first()


def listeners(event_name: str) -> list[Webhook]:
    """The webhooks, switched on, that want events of this name."""
    rows = Webhook.objects.filter(enabled=True).order_by("pk")
    return [row for row in rows if matches(event_name, row.events)]


def matches(event_name: str, patterns: list[str]) -> bool:
    """Whether one of the patterns takes an event of this name."""
    return any(fnmatchcase(event_name, pattern) for pattern in patterns)


def is_wanted(event_name: str) -> bool:
    """Whether anybody waits for events of this name: one small query, asked for each event that is relayed.

    Not by a copy of a certain age: an event right after a webhook was made must not be missed.
    """
    return matches(event_name, _patterns.under(revisions()))


def _read_patterns() -> list[str]:
    rows = Webhook.objects.filter(enabled=True).values_list("events", flat=True)
    return sorted({pattern for row in rows for pattern in row})


_patterns: Kept[list[str]] = Kept(_read_patterns, "webhooks")


def in_span(
    rows: QuerySet[WebhookDelivery], start: dt.datetime, end: dt.datetime
) -> QuerySet[WebhookDelivery]:
    """The deliveries of events that came in from ``start`` to before ``end``; tests are none."""
    return rows.filter(created_at__gte=start, created_at__lt=end, event__isnull=False)
