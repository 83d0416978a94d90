"""Incidents: what is shown and what is taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from accounts.api.fields import GroupField, LocationField, PersonField, PersonRef, ref
from cmdb.api.fields import CIField
from core.api.fields import Body, Label, Line, Moment, Out, Text
from incidents.choices import Category, HoldReason, MajorStatus
from incidents.merging import UNDO
from tickets.api.fields import SeenTicket, TicketField
from tickets.api.serializers import ChangeIn, TaskChangeIn, TaskIn, TicketOut
from tickets.choices import Level, Priority


class IncidentOut(TicketOut):
    """An incident."""

    agent_fields = TicketOut.agent_fields | {"severity", "major_status", "major_status_label"}

    severity = serializers.ChoiceField(choices=Level.choices, allow_null=True)
    major_status = serializers.ChoiceField(choices=MajorStatus.choices)
    major_status_label = Label("major_status")
    hold_reason = serializers.ChoiceField(choices=HoldReason.choices, allow_blank=True)
    hold_reason_label = Label("hold_reason")
    hold_until = Moment(allow_null=True)


class IncidentIn(Body):
    """An incident to open. Employees open in their own name; agents for anybody."""

    agent_fields = frozenset({"group", "location", "parent"})

    title = Line(max_length=160, allow_blank=False)
    description = Text(max_length=20_000, required=False)
    requester = PersonField(required=False)
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    category = serializers.ChoiceField(choices=Category.choices, required=False, allow_blank=True)
    ci = CIField(required=False, allow_null=True)
    group = GroupField(required=False, allow_null=True)
    location = LocationField(required=False, allow_null=True)
    parent = TicketField(required=False, allow_null=True)  # type: ignore[assignment] # a field's name


class IncidentChangeIn(ChangeIn):
    """What may be changed of an incident; the state by its transitions only."""

    title = Line(max_length=160, allow_blank=False, required=False)
    description = Text(max_length=20_000, required=False)
    category = serializers.ChoiceField(choices=Category.choices, required=False, allow_blank=True)
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    priority_override_reason = Line(max_length=300, required=False)
    severity = serializers.ChoiceField(choices=Level.choices, required=False, allow_null=True)
    group = GroupField(required=False, allow_null=True)
    assignee = PersonField(required=False, allow_null=True)
    ci = CIField(required=False, allow_null=True)
    location = LocationField(required=False, allow_null=True)
    parent = TicketField(required=False, allow_null=True)  # type: ignore[assignment] # a field's name


class IncidentTaskOut(TicketOut):
    """What one team does for an incident. Agents read it."""

    incident = SeenTicket("parent")


class IncidentTaskIn(TaskIn):
    """A task of an incident."""

    incident = TicketField()


class IncidentTaskChangeIn(TaskChangeIn):
    """What may be changed of a task of an incident."""


class MergeIn(Body):
    """The incident in which this one goes on."""

    into = TicketField()


class MergeOut(Out):
    """Where a merged incident goes on: null when the caller does not see that one."""

    agent_fields = frozenset({"merged_by", "can_be_undone_until"})

    source = SeenTicket("source")  # type: ignore[assignment] # a field's name, no attribute
    into = SeenTicket("main")
    merged_by = ref(PersonRef, source="by")
    merged_at = Moment(source="at")
    can_be_undone_until = serializers.SerializerMethodField()

    def get_can_be_undone_until(self, merge: Any) -> dt.datetime:
        """Ten minutes after it was merged."""
        until: dt.datetime = merge.at + UNDO
        return until


class SplitIn(Body):
    """The public message that becomes an incident of its own; ``title`` is its first line if left out."""

    message = serializers.UUIDField()
    title = Line(max_length=160, required=False)


class ChildrenCommentIn(Body):
    """What is said in public on an incident and on each of its open children."""

    body = Text(max_length=20_000, allow_blank=False)
