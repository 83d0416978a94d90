"""Webhooks and what they sent: what is shown and what is taken. A secret is shown once, when it is made."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import PersonField, PersonRef
from accounts.models import User
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Whole
from webhooks.catalogue import About
from webhooks.choices import DeliveryState, OffReason, Payload, failure_text
from webhooks.models import MAX_URL
from webhooks.rules import MAX_NAME, MOST_EVENTS
from webhooks.selectors import lendable_to
from webhooks.services.editing import MOST_OVERLAP_HOURS


@extend_schema_field(OpenApiTypes.STR)
class LenderField(PersonField):
    """A person by user name; also a service account that only those may name who may lend its rights."""

    def find(self, key: str) -> User | None:
        """The person, if the caller may name them."""
        lenders = lendable_to(self.actor)
        return super().find(key) or next((each for each in lenders if each.username == key), None)


class SigningOut(Out):
    """That there is a secret, since when, and until when one that was replaced still signs."""

    created_at = Moment()
    ends_at = Moment(allow_null=True)


class WebhookOut(Out):
    """Who hears of which events, and how the target fares."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    condition = serializers.JSONField()
    payload = serializers.ChoiceField(choices=Payload.choices)
    payload_label = Label("payload")
    run_as = PersonRef()
    owner = PersonRef()
    enabled = serializers.BooleanField()
    off_reason = serializers.ChoiceField(choices=OffReason.choices, allow_blank=True)
    off_reason_label = Label("off_reason")
    failures = serializers.IntegerField(source="pulse.failures")
    failing_since = Moment(source="pulse.failing_since", allow_null=True)
    paused_until = Moment(source="pulse.open_until", allow_null=True)
    last_success_at = Moment(source="pulse.last_success_at", allow_null=True)
    secrets = SigningOut(many=True)
    created_at = Moment()
    updated_at = Moment()


class WebhookMadeOut(WebhookOut):
    """A webhook with its new secret, which is in this answer and nowhere else."""

    secret = serializers.CharField(allow_null=True)


class WebhookChangeIn(Body):
    """What may be changed."""

    name = Line(max_length=MAX_NAME, required=False)
    url = Line(max_length=MAX_URL, required=False, allow_blank=False)
    events = serializers.ListField(child=Line(max_length=80), required=False, max_length=MOST_EVENTS)
    condition = serializers.JSONField(required=False)
    payload = serializers.ChoiceField(choices=Payload.choices, required=False)
    run_as = LenderField(required=False)
    owner = PersonField(required=False)
    enabled = Flag(required=False)


class WebhookIn(WebhookChangeIn):
    """A new webhook. It has the caller's rights unless ``run_as`` names a service account."""

    url = Line(max_length=MAX_URL, allow_blank=False)
    events = serializers.ListField(child=Line(max_length=80), max_length=MOST_EVENTS)


class WebhookRotateIn(Body):
    """For how long the former secret signs beside the new one."""

    overlap_hours = Whole(low=0, high=MOST_OVERLAP_HOURS, required=False, default=MOST_OVERLAP_HOURS)


class WebhookTestOut(Out):
    """What the target answered to the sample, cut at 4 KiB; or what went wrong."""

    status = serializers.IntegerField(allow_null=True)
    body = serializers.CharField()
    elapsed_ms = serializers.IntegerField()
    error = serializers.CharField(source="code")
    error_label = serializers.CharField(source="message")


class WebhookAttemptOut(Out):
    """One sending as it went; without the signature."""

    number = serializers.IntegerField()
    at = Moment()
    url = serializers.CharField()
    request_headers = serializers.DictField(child=serializers.CharField())
    status = serializers.IntegerField(allow_null=True)
    response_body = serializers.CharField()
    elapsed_ms = serializers.IntegerField()
    error = serializers.CharField()
    error_label = serializers.SerializerMethodField()

    def get_error_label(self, row: Any) -> str:
        """What went wrong, in words; empty for a 2xx."""
        return failure_text(row.error) if row.error else ""


class WebhookDeliveryOut(Out):
    """One event for one webhook. ``message_id`` is what the receiver gets as ``webhook-id``."""

    detail_fields = frozenset({"log"})

    id = serializers.UUIDField(source="public_id")
    message_id = serializers.UUIDField()
    type = serializers.CharField(source="event_name")
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    state_label = Label("state")
    attempts = serializers.IntegerField()
    replays = serializers.IntegerField()
    created_at = Moment()
    due_at = Moment()
    done_at = Moment(allow_null=True)
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()
    error_label = serializers.SerializerMethodField()
    log = WebhookAttemptOut(many=True)

    def get_error_label(self, row: Any) -> str:
        """What went wrong last, in words; empty when nothing did."""
        return failure_text(row.error) if row.error else ""


class WebhookReplayIn(Body):
    """Deliveries of events from ``from`` to before ``to`` (now, if it is left out) in these states."""

    to = Moment(required=False)
    states = serializers.ListField(
        child=serializers.ChoiceField(choices=DeliveryState.choices),
        required=False,
        min_length=1,
        max_length=3,
    )

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of the language, so it has no line of its own above."""
        return {"from": Moment(), **super().get_fields()}


class WebhookReplayedOut(Out):
    """How many are sent again."""

    count = serializers.IntegerField()


class EventTypeOut(Out):
    """A name that webhooks may ask for, what it means, and the JSON Schema of its message."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    about = serializers.ChoiceField(choices=[each.value for each in About])
    internal = serializers.BooleanField()
    schema = serializers.SerializerMethodField()

    def get_schema(self, kind: Any) -> dict[str, Any]:
        """The schema."""
        found: dict[str, Any] = kind.schema()
        return found
