"""Flows, runs and stages: what is shown and what is taken."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import NamedRef, ref
from core.api.fields import Body, Label, Line, Moment, Out, Text, Whole, describing
from core.versions import VersionStatus
from tickets.api.fields import TicketField, TicketRef
from workflows.choices import Outcome, RunStatus, StepStatus, TriggerKind


class OperatorOut(Out):
    """A representation whose ``operator_fields`` are for who may act on the run and see its ticket."""

    operator_fields: ClassVar[frozenset[str]] = frozenset()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The fields this caller may read."""
        fields = super().get_fields()
        if describing.get() or self.context.get("operates"):
            return fields
        return {name: field for name, field in fields.items() if name not in self.operator_fields}


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
    published_version = serializers.IntegerField(allow_null=True)


class VersionOut(Out):
    """One edition of a flow, with its graph."""

    flow = serializers.CharField(source="flow.key")
    version = serializers.IntegerField(source="no")
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    status_label = Label("status")
    graph = serializers.DictField()
    published_at = Moment(allow_null=True)
    notes = serializers.CharField()


class StepOut(OperatorOut):
    """One step of a run: where it stands and, in words, what it waits for."""

    operator_fields = frozenset({"input", "output"})

    node = serializers.CharField(source="node_id")
    path = serializers.CharField()
    iter = serializers.IntegerField()
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
    input = serializers.DictField()
    output = serializers.DictField()


class RunOut(OperatorOut):
    """One walk through a flow about one ticket or none.

    An operator who does not see the ticket is told its number and where the run stands, no more.
    """

    detail_fields = frozenset({"steps", "variables"})
    operator_fields = frozenset({"error", "parent", "variables"})

    id = serializers.UUIDField(source="public_id")
    flow = serializers.CharField(source="flow_version.flow.key")
    version = serializers.IntegerField(source="flow_version.no")
    ticket = TicketRef(allow_null=True)
    status = serializers.ChoiceField(choices=RunStatus.choices)
    status_label = Label("status")
    outcome = serializers.ChoiceField(choices=Outcome.choices, allow_blank=True)
    stage = serializers.CharField()
    started_at = Moment()
    ended_at = Moment(allow_null=True)
    error = serializers.DictField(allow_null=True)
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment] # a field's name, no attribute
    variables = serializers.DictField(source="vars", allow_null=True)
    steps = serializers.SerializerMethodField()

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, run: Any) -> list[Any]:
        """The steps, oldest first."""
        context = {**self.context, "operates": self.context.get("operates") and _is_shown(run)}
        return list(StepOut(run.views, many=True, context=context).data)

    def to_representation(self, run: Any) -> dict[str, Any]:
        """The fields, less what the ticket holds where the caller does not see it."""
        told: dict[str, Any] = super().to_representation(run)
        if not _is_shown(run):
            told |= {name: None for name in ("error", "variables") if name in told}
            if "title" in (told.get("ticket") or {}):
                told["ticket"]["title"] = ""
        return told


def _is_shown(run: Any) -> bool:
    return run.ticket_id is None or bool(run.shows_ticket)


class DeadLetterOut(Out):
    """A failed step that waits for an operator; the actions are those of its run."""

    run = serializers.UUIDField(source="run.public_id")
    flow = serializers.CharField(source="run.flow_version.flow.key")
    version = serializers.IntegerField(source="run.flow_version.no")
    ticket = serializers.CharField(source="run.ticket.number", allow_null=True)
    node = serializers.CharField(source="node_id")
    path = serializers.CharField()
    iter = serializers.IntegerField()
    kind = serializers.CharField()
    attempt = serializers.IntegerField()
    failed_at = Moment(source="done_at")
    error = serializers.DictField(allow_null=True)


class RetryIn(Body):
    """The node whose failed step is to be tried again; ``path`` says in which pass of which block."""

    node = Line(max_length=60, allow_blank=False)
    path = Line(max_length=400, required=False)


class SkipIn(RetryIn):
    """What the failed step should have found, and why it is skipped."""

    output = serializers.DictField(required=False, default=dict)
    reason = Text(max_length=2000, allow_blank=False)


class JumpIn(Body):
    """The step to go back to."""

    node = Line(max_length=60, allow_blank=False)
    path = Line(max_length=400, required=False, default="")
    reason = Text(max_length=2000, allow_blank=False)


class ReasonIn(Body):
    """Why."""

    reason = Text(max_length=2000, allow_blank=False)


class VariablesIn(ReasonIn):
    """Variables with their new values; null takes one away."""

    values = serializers.DictField(allow_empty=False)


class MigrateIn(Body):
    """Where to move runs: to which version, and the new node for each old one that has another name."""

    version = Whole(low=1)
    plan = serializers.DictField(child=Line(max_length=60), required=False, default=dict)


class VerdictOut(Out):
    """Whether a run can be moved: ``obstacle`` says why not, and is empty when it can."""

    run = serializers.UUIDField(source="run.public_id")
    version = serializers.IntegerField(source="run.flow_version.no")
    ticket = serializers.CharField(source="run.ticket.number", allow_null=True)
    obstacle = serializers.CharField()


class DraftIn(Body):
    """The graph of a draft; names are those of the flow."""

    graph = serializers.DictField()
    name_ko = Line(max_length=120, required=False, default="")
    name_en = Line(max_length=120, required=False, default="")
    notes = Line(max_length=300, required=False, default="")


class PublishIn(Body):
    """The number the draft must have, where it matters."""

    version = Whole(low=1, required=False)


class StartIn(Body):
    """What the run is about, and its variables; a repeat with the same ``dedupe_key`` starts nothing."""

    ticket = TicketField(required=False, allow_null=True, default=None)
    vars = serializers.DictField(required=False, default=dict)
    dedupe_key = Line(max_length=60, required=False, default="")


class HookOut(Out):
    """Where calls that start the flow go, since when its secret is good, until when the one before is."""

    address = serializers.SerializerMethodField()
    changed_at = Moment()
    previous_until = Moment(allow_null=True)

    def get_address(self, hook: Any) -> str:
        """The path of the address."""
        return f"/api/v1/hooks/{hook.flow.key}/"


class HookMadeOut(HookOut):
    """The same with the secret, once."""

    secret = serializers.CharField(allow_null=True)


class HookedOut(Out):
    """The run that a call started; null when the flow's condition said no."""

    run = serializers.UUIDField(allow_null=True)


class SignalIn(Body):
    """What happened, about what; the same ``id`` counts once."""

    name = Line(max_length=30, allow_blank=False)
    key = Line(max_length=60, allow_blank=False)
    payload = serializers.DictField(required=False, default=dict)
    id = Line(max_length=80, allow_blank=False, required=False)


class SignalOut(Out):
    """Whether it was new."""

    new = serializers.BooleanField()


class CancelIn(Body):
    """Why the run is to end."""

    reason = Text(max_length=2000, required=False, default="")
