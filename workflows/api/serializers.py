"""Flows, runs and stages: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import NamedRef, ref
from core.api.fields import Body, Label, Line, Moment, Out, Text
from core.versions import VersionStatus
from tickets.api.fields import TicketRef
from workflows.choices import Outcome, RunStatus, StepStatus, TriggerKind


class StageOut(Out):
    """One stage of a flow: done, now, todo or failed; who it waits for, since when, until when."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    state = serializers.CharField()
    since = Moment(allow_null=True)
    waiting_for = serializers.ListField(child=serializers.CharField())
    due = Moment(allow_null=True)


class FlowOut(Out):
    """A way of handling something."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    trigger_kind = serializers.ChoiceField(choices=TriggerKind.choices)
    trigger_kind_label = Label("trigger_kind")
    owner_group = ref(NamedRef)
    enabled = serializers.BooleanField()


class VersionOut(Out):
    """One edition of a flow, with its graph."""

    flow = serializers.CharField(source="flow.key")
    version = serializers.IntegerField(source="no")
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    status_label = Label("status")
    graph = serializers.DictField()
    published_at = Moment(allow_null=True)
    notes = serializers.CharField()


class StepOut(Out):
    """One step of a run: where it stands and, in words, what it waits for."""

    node = serializers.CharField(source="node_id")
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    status = serializers.ChoiceField(choices=StepStatus.choices)
    status_label = serializers.CharField()
    attempt = serializers.IntegerField()
    started_at = Moment()
    done_at = Moment(allow_null=True)
    next_try_at = Moment(allow_null=True)
    waits_for = serializers.CharField()
    error = serializers.DictField(allow_null=True)


class RunOut(Out):
    """One walk through a flow about one ticket."""

    detail_fields = frozenset({"steps"})

    id = serializers.UUIDField(source="public_id")
    flow = serializers.CharField(source="flow_version.flow.key")
    version = serializers.IntegerField(source="flow_version.no")
    ticket = TicketRef()
    status = serializers.ChoiceField(choices=RunStatus.choices)
    status_label = Label("status")
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_blank=True)
    stage = serializers.CharField()
    started_at = Moment()
    ended_at = Moment(allow_null=True)
    steps = serializers.SerializerMethodField()

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, run: Any) -> list[Any]:
        """The steps, oldest first."""
        return list(StepOut(run.views, many=True, context=self.context).data)


class RetryIn(Body):
    """The node whose failed step is to be tried again."""

    node = Line(max_length=60, allow_blank=False)


class CancelIn(Body):
    """Why the run is to end."""

    reason = Text(max_length=2000, required=False, default="")
