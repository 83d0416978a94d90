"""Bulks, jobs and the event log: what is taken and what is shown."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.choices import JobState, StopReason
from api.models import Job
from api.operations import METHODS, MOST
from core.api.fields import Body, Flag, Label, Line, Moment, Out


class OperationIn(Body):
    """One call: what its request line, its two headers and its body would be."""

    ref = Line(max_length=100, required=False, help_text="Comes back with the result; default its place.")
    method = serializers.ChoiceField(choices=METHODS)
    path = Line(max_length=2000, allow_blank=False, help_text="Begins with /api/v1/; a query is possible.")
    if_match = Line(max_length=500, required=False)
    idempotency_key = Line(max_length=255, required=False)
    body = serializers.DictField(required=False)


class BulkIn(Body):
    """Up to 1,000 operations, 100 with ``atomic``; ``api.operations`` reads them."""

    operations = serializers.ListField(child=OperationIn(), min_length=1, max_length=MOST)
    atomic = Flag(required=False, help_text="All or nothing.")


class ResultOut(Out):
    """What came of one operation: ``body`` or, from status 400 on, ``problem``."""

    ref = serializers.CharField()
    status = serializers.IntegerField()
    etag = serializers.CharField(required=False)
    location = serializers.CharField(required=False)
    replayed = serializers.BooleanField(required=False, help_text="True: an earlier call had done it.")
    body = serializers.JSONField(required=False, allow_null=True)
    problem = serializers.DictField(required=False)


class SummaryOut(Out):
    """How many were done and how many refused."""

    ok = serializers.IntegerField()
    failed = serializers.IntegerField()


class BulkOut(Out):
    """The results in the order of the operations."""

    results = ResultOut(many=True)
    summary = SummaryOut()


class JobOut(Out):
    """Work that goes on without its maker: ``done`` of ``total`` operations, ``failed`` of them refused."""

    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=JobState.choices)
    state_label = Label("state")
    reason = serializers.ChoiceField(choices=StopReason.choices, allow_blank=True)
    reason_label = Label("reason")
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    created_at = Moment()
    started_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)
    results_url = serializers.SerializerMethodField()

    def get_results_url(self, job: Job) -> str:
        """Where the result of each operation is."""
        return f"/api/v1/jobs/{job.public_id}/results/"


class JobResultOut(Out):
    """One operation of a job. Without a status it was not done, or not yet."""

    index = serializers.IntegerField(source="no")
    ref = serializers.CharField()
    method = serializers.CharField()
    path = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    etag = serializers.CharField()
    location = serializers.CharField()
    problem = serializers.DictField(allow_null=True)
    done_at = Moment(allow_null=True)


class EventOut(Out):
    """One event: its stable id, what happened, when, and ids and codes of what it is about."""

    id = serializers.UUIDField(source="event.public_id")
    type = serializers.CharField(source="event.name")
    at = Moment(source="event.created_at")
    position = serializers.SerializerMethodField()
    data = serializers.SerializerMethodField()  # type: ignore[assignment] # a field's name, no attribute

    def get_position(self, told: Any) -> str:
        """Where to go on behind this event."""
        return str(self.context["positions"][told.event.pk])

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_data(self, told: Any) -> dict[str, Any]:
        """What of it the caller may know."""
        data: dict[str, Any] = told.data
        return data


class EventPageOut(Out):
    """A page of the log. ``next`` is given also when all was hidden; ``more``: it goes on already."""

    results = EventOut(many=True)
    next = serializers.CharField()
    more = serializers.BooleanField()
