"""Connectors and their calls: what is shown and what is taken. Secrets are only taken."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from connectors.choices import METHODS, AuthKind, SecretName, failure_text
from connectors.models import MAX_BODY
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Text, Whole


class SecretOut(Out):
    """That there is a secret, and since when; never the secret."""

    name = serializers.ChoiceField(choices=SecretName.choices)
    name_label = Label("name")
    changed_at = Moment()


class ConnectorOut(Out):
    """A service that flows may call."""

    detail_fields = frozenset({"ca_certificates"})

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    base_url = serializers.CharField()
    allowed_hosts = serializers.ListField(child=serializers.CharField())
    auth = serializers.ChoiceField(choices=AuthKind.choices)
    auth_label = Label("auth")
    username = serializers.CharField()
    parameter = serializers.CharField()
    client_id = serializers.CharField()
    token_url = serializers.CharField()
    scope = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())
    ca_certificates = serializers.CharField()
    timeout_seconds = serializers.IntegerField()
    max_body_bytes = serializers.IntegerField()
    concurrency = serializers.IntegerField()
    retention_days = serializers.IntegerField()
    enabled = serializers.BooleanField()
    secrets = SecretOut(many=True)


class ConnectorChangeIn(Body):
    """What may be changed."""

    name_ko = Line(max_length=120, required=False, allow_blank=False)
    name_en = Line(max_length=120, required=False)
    base_url = Line(max_length=500, required=False, allow_blank=False)
    allowed_hosts = serializers.ListField(child=Line(max_length=260), required=False, max_length=20)
    auth = serializers.ChoiceField(choices=AuthKind.choices, required=False)
    username = Line(max_length=200, required=False)
    parameter = Line(max_length=80, required=False)
    client_id = Line(max_length=200, required=False)
    token_url = Line(max_length=500, required=False)
    scope = Line(max_length=500, required=False)
    headers = serializers.DictField(child=Line(max_length=2000), required=False)
    ca_certificates = Text(max_length=100_000, required=False)
    timeout_seconds = Whole(low=1, high=60, required=False)
    max_body_bytes = Whole(low=1024, high=MAX_BODY, required=False)
    concurrency = Whole(low=1, high=50, required=False)
    retention_days = Whole(low=1, high=365, required=False)
    enabled = Flag(required=False)


class ConnectorIn(ConnectorChangeIn):
    """A new connector."""

    key = Line(max_length=50, allow_blank=False)
    name_ko = Line(max_length=120, allow_blank=False)
    base_url = Line(max_length=500, allow_blank=False)


class SecretIn(Body):
    """A secret to store. An empty value removes the one there is."""

    name = serializers.ChoiceField(choices=SecretName.choices)
    value = Line(max_length=4000)


class TrialIn(Body):
    """What to send as a test."""

    method = serializers.ChoiceField(choices=METHODS, required=False, default="GET")
    path = Line(max_length=2000, required=False, default="")


class TrialOut(Out):
    """What came back, secrets masked, cut at 8 KiB; or what went wrong."""

    status = serializers.IntegerField(allow_null=True)
    headers = serializers.DictField(child=serializers.CharField())
    body = serializers.CharField()
    elapsed_ms = serializers.IntegerField()
    error = serializers.CharField(source="code")
    error_label = serializers.CharField(source="message")


class CallOut(Out):
    """One call as it went, secrets masked."""

    detail_fields = frozenset({"request_headers", "request_body", "response_headers", "response_body"})

    id = serializers.UUIDField(source="public_id")
    at = Moment()
    method = serializers.CharField()
    url = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    error_label = serializers.SerializerMethodField()
    elapsed_ms = serializers.IntegerField()
    idempotency_key = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    request_headers = serializers.DictField(child=serializers.CharField())
    request_body = serializers.CharField()
    response_headers = serializers.DictField(child=serializers.CharField())
    response_body = serializers.CharField()

    def get_error_label(self, row: Any) -> str:
        """What went wrong, in words; empty when an answer came."""
        return failure_text(row.error) if row.error else ""
