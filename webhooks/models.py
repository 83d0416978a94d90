"""Webhooks, their sealed secrets, how their targets fare, what was sent and what came back."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Company, User
from core.fields import PublicIdField
from core.models import OutboxEvent, Record
from core.revisions import new_revision
from core.trail.tracking import RowHistory
from webhooks.choices import DeliveryState, OffReason, Payload

MAX_URL = 2000


class Webhook(Record):
    """A program of others that wants to hear of events. Its secrets are rows of their own.

    It sees what ``run_as`` may see at the moment of sending; ``owner`` is told when it does not work.
    ``condition`` is a tree of ``core.conditions`` over the event's ticket, ``{}`` for all.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=MAX_URL)
    events = models.JSONField(default=list)
    condition = models.JSONField(default=dict)
    payload = models.CharField(max_length=10, choices=Payload.choices, default=Payload.THIN)
    run_as = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    enabled = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, choices=OffReason.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(payload__in=Payload.values), name="webhook_payload_known"),
            models.CheckConstraint(
                condition=Q(off_reason="") | Q(enabled=False), name="webhook_reason_is_of_one_that_is_off"
            ),
        ]
        triggers = [RowHistory(), new_revision("webhook_revision", "webhooks", "events", "enabled")]

    def __str__(self) -> str:
        return self.name


class WebhookSecret(models.Model):
    """One secret, sealed by ``core.secrets``. The present one has no end, the one before it has."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook"], condition=Q(ends_at=None), name="webhook_present_secret_once"
            )
        ]
        triggers = [RowHistory(part_of="webhook", secret=["sealed"])]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.created_at}"


class WebhookPulse(models.Model):
    """How a webhook's target fares: written at each attempt, so kept apart from what people edit.

    ``failures`` in a row; ``open_until``: nothing is tried before (the circuit, A-50); ``failing_since`` the
    first of the failures; ``told_at``: when the owner heard of deliveries that were given up.
    """

    webhook = models.OneToOneField(Webhook, on_delete=models.CASCADE, primary_key=True, related_name="pulse")
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.failures}"


class WebhookDelivery(models.Model):
    """One event for one webhook. ``message_id`` is the event's id, the same on every attempt and replay.

    A delivery without an event is a test. ``attempts`` counts since the last replay.
    """

    public_id = PublicIdField()
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    message_id = models.UUIDField()
    event = models.ForeignKey(OutboxEvent, on_delete=models.SET_NULL, null=True, related_name="+")
    event_name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    replays = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "message_id"], name="webhook_delivery_once"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING, done_at=None)
                | (~Q(state=DeliveryState.WAITING) & Q(done_at__isnull=False)),
                name="webhook_delivery_waits_or_is_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "due_at", "id"],
                condition=Q(state=DeliveryState.WAITING),
                name="webhook_delivery_due",
            ),
            models.Index(
                fields=["webhook"], condition=Q(lease_until__isnull=False), name="webhook_delivery_leased"
            ),
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_newest"),
            models.Index(fields=["webhook", "state", "-id"], name="webhook_delivery_by_state"),
            models.Index(fields=["created_at"], name="webhook_delivery_old"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="done_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'waiting' AND NEW.state <> OLD.state AND NEW.replays = OLD.replays"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event_name} to {self.webhook_id}"


class WebhookAttempt(models.Model):
    """One sending as it went: headers less the signature, the beginning of the answer; kept 30 days."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(db_default=Now(), db_index=True)
    number = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=MAX_URL)
    request_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    response_body = models.TextField(blank=True)
    elapsed_ms = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.number}"
