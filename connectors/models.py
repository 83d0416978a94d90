"""Connectors, their sealed secrets, what was called, and what keeps a bad target from harming others."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Named
from connectors.choices import AuthKind, SecretName
from core.fields import PublicIdField
from core.models import Record
from core.trail.tracking import RowHistory

MAX_BODY = 1024 * 1024  # SECURITY OUT-6


class Connector(Named, Record):
    """A service that flows may call. Its secrets are rows of their own; none is in here."""

    key = models.SlugField(unique=True)
    base_url = models.CharField(max_length=500)
    allowed_hosts = models.JSONField(default=list)
    auth = models.CharField(max_length=20, choices=AuthKind.choices, default=AuthKind.NONE)
    username = models.CharField(max_length=200, blank=True)
    parameter = models.CharField(max_length=80, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    token_url = models.CharField(max_length=500, blank=True)
    scope = models.CharField(max_length=500, blank=True)
    headers = models.JSONField(default=dict)
    ca_certificates = models.TextField(blank=True)
    timeout_seconds = models.PositiveSmallIntegerField(default=10)
    max_body_bytes = models.PositiveIntegerField(default=MAX_BODY)
    concurrency = models.PositiveSmallIntegerField(default=4)
    retention_days = models.PositiveSmallIntegerField(default=30)
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(timeout_seconds__range=(1, 60))
                & Q(max_body_bytes__range=(1024, MAX_BODY))
                & Q(concurrency__range=(1, 50))
                & Q(retention_days__range=(1, 365)),
                name="connector_limits",
            ),
            models.CheckConstraint(condition=Q(auth__in=AuthKind.values), name="connector_auth_known"),
        ]
        triggers = [RowHistory()]


class ConnectorSecret(models.Model):
    """One secret, sealed by ``core.secrets``; nobody reads it but the call that needs it (SECURITY AC-4)."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="secrets")
    name = models.CharField(max_length=20, choices=SecretName.choices)
    sealed = models.TextField()
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connector", "name"], name="connector_secret_once")]
        triggers = [RowHistory(part_of="connector", secret=["sealed"])]

    def __str__(self) -> str:
        return f"{self.connector_id} {self.name}"


class ConnectorCall(models.Model):
    """One call as it went, secrets masked, long texts cut; kept as long as the connector says."""

    public_id = PublicIdField()
    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField(db_default=Now(), db_index=True)
    method = models.CharField(max_length=10)
    url = models.CharField(max_length=2000)
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True)
    elapsed_ms = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=30, blank=True)
    idempotency_key = models.CharField(max_length=255, blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["connector", "-id"], name="connector_calls_newest")]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


class Breaker(models.Model):
    """How a destination (scheme, host, port) fared lately; opens after 5 failures in a row (F-23)."""

    origin = models.CharField(max_length=300, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.origin} {self.failures}"


class CallSlot(models.Model):
    """One of the calls that a connector may have under way; a dead process's slot is free after ``until``."""

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="slots")
    token = models.UUIDField(unique=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.connector_id} {self.token}"
