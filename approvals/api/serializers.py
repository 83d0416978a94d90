"""Approvals and delegations: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import NamedRef, PersonField, PersonRef, ref
from approvals.choices import Reason, Scope, StageState, Status, Why
from approvals.selectors import localized
from core.api.fields import Body, Label, Moment, Out, Text
from tickets.api.fields import TicketRef

# The word of the API for each answer, and what the service calls it.
DECISIONS = {"approve": Status.APPROVED, "reject": Status.REJECTED}


class ApprovalOut(Out):
    """One person's part in a question."""

    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField(source="request.title")
    ticket = ref(TicketRef, source="request.ticket")
    requester = ref(PersonRef, source="request.ticket.requester")
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = Label("status")
    request_status = serializers.ChoiceField(choices=Status.choices, source="request.status")
    round = serializers.IntegerField(source="request.round")
    stage = serializers.IntegerField()
    stage_count = serializers.IntegerField(source="request.stage_count")
    sets = serializers.ListField(child=serializers.IntegerField())
    approver = PersonRef()
    via_group = ref(NamedRef)
    instead_of = ref(PersonRef)
    why = serializers.ChoiceField(choices=Why.choices)
    why_label = Label("why")
    delegate = ref(PersonRef)
    comment = serializers.CharField()
    asked_at = Moment(source="created_at")
    due_at = Moment(source="request.due_at", allow_null=True)
    decided_at = Moment(allow_null=True)
    decided_by = ref(PersonRef)


class VoiceOut(Out):
    """One person's part as the sheet shows it."""

    name = serializers.CharField()
    group = serializers.CharField()
    instead_of = serializers.CharField()
    why = serializers.CharField()
    delegate = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = serializers.CharField()
    comment = serializers.CharField()
    decided_at = Moment(allow_null=True)
    decided_by = serializers.CharField()
    stage = serializers.IntegerField()
    sets = serializers.ListField(child=serializers.IntegerField())


class AskedStageOut(Out):
    """One stage of a question: who was asked, or in a stage to come who will be."""

    number = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    state = serializers.ChoiceField(choices=StageState.choices)
    state_label = serializers.CharField()
    chain = VoiceOut(many=True)
    ahead = serializers.ListField(child=serializers.CharField())


class RoundOut(Out):
    """An earlier question about the same ticket."""

    title = serializers.CharField()
    round = serializers.IntegerField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    decided_at = Moment(allow_null=True)
    chain = VoiceOut(many=True)


class SheetOut(ApprovalOut):
    """An approval with all that one needs to decide, without rights on the ticket (APR-15)."""

    what = serializers.CharField(source="sheet.what")
    reason = serializers.CharField(source="sheet.why")
    cost = serializers.JSONField(source="sheet.cost", allow_null=True)
    rows = serializers.SerializerMethodField()
    chain = VoiceOut(many=True, source="sheet.chain")
    stages = AskedStageOut(many=True, source="sheet.stages")
    is_replaced = serializers.BooleanField(source="sheet.is_replaced")
    earlier = RoundOut(many=True, source="sheet.earlier")
    acting_for = serializers.CharField(source="sheet.acting_for")
    can_decide = serializers.BooleanField(source="sheet.can_decide")
    why_not = serializers.CharField(source="sheet.why_not")

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_rows(self, row: Any) -> list[dict[str, Any]]:
        """Facts, each with label and value."""
        return [
            {"label": str(localized(each["label"])), "value": localized(each["value"])}
            for each in row.sheet["rows"]
        ]


class DecisionIn(Body):
    """An answer. Declining needs a comment, which the requester reads."""

    decision = serializers.ChoiceField(choices=list(DECISIONS))
    comment = Text(max_length=2000, required=False, default="")


class TicketApprovalOut(Out):
    """One question about a ticket, with everybody who was asked."""

    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = Label("status")
    reason = serializers.ChoiceField(choices=Reason.choices, allow_blank=True)
    round = serializers.IntegerField()
    stage = serializers.IntegerField()
    stage_count = serializers.IntegerField()
    asked_at = Moment(source="created_at")
    due_at = Moment(allow_null=True)
    decided_at = Moment(allow_null=True)
    decided_by = ref(PersonRef)
    approvals = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_approvals(self, request: Any) -> list[dict[str, Any]]:
        """Who was asked and what they said."""
        rows = sorted(request.approvals.all(), key=lambda row: row.pk)
        return list(AskedOut(rows, many=True, context=self.context).data)


class AskedOut(Out):
    """One person of a question, as readers of the ticket see it."""

    approver = PersonRef()
    via_group = ref(NamedRef)
    stage = serializers.IntegerField()
    sets = serializers.ListField(child=serializers.IntegerField())
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = Label("status")
    comment = serializers.CharField()
    decided_at = Moment(allow_null=True)
    decided_by = ref(PersonRef)


class DelegationOut(Out):
    """From when to when somebody acts for somebody else."""

    id = serializers.UUIDField(source="public_id")
    user = PersonRef()
    delegate = PersonRef()
    scope = serializers.ChoiceField(choices=Scope.choices)
    scope_label = Label("scope")
    start = Moment(source="during.lower")
    end = Moment(source="during.upper")


class DelegationIn(Body):
    """A delegation to make: of what is one's own, or as who edits people of somebody else's."""

    user = PersonField(required=False)
    delegate = PersonField()
    scope = serializers.ChoiceField(choices=Scope.choices, required=False)
    start = Moment()
    end = Moment()
