"""Problems and their tasks: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.fields import GroupField, LocationField, NamedRef, PersonField, PersonRef, ref
from cmdb.api.fields import CIField, CIRef
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Text
from problems.choices import Reason, Resolution, TaskType, Told, Verdict
from problems.selectors import days_of
from tickets.api.fields import SeenTicket, TicketField
from tickets.api.serializers import ChangeIn, TaskChangeIn, TaskIn, TicketOut
from tickets.choices import Level


class ProblemOut(TicketOut):
    """A problem. Agents read it. ``resolution_code`` is how it ended."""

    detail_fields = TicketOut.detail_fields | {"cause_notes", "fix_notes", "workaround", "risk_reason"}

    resolution_code = serializers.ChoiceField(
        source="close_code", choices=Resolution.choices, allow_blank=True
    )
    is_known_error = serializers.BooleanField()
    cause_notes = serializers.CharField()
    fix_notes = serializers.CharField()
    workaround = serializers.CharField()
    risk_reason = serializers.CharField()
    risk_review_date = serializers.DateField(allow_null=True)


class ProblemIn(Body):
    """A problem to open; from an incident it takes over what is not given."""

    title = Line(max_length=160, required=False)
    description = Text(max_length=20_000, required=False)
    incident = TicketField(required=False, allow_null=True)
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    category = Line(max_length=60, required=False)
    ci = CIField(required=False, allow_null=True)
    group = GroupField(required=False, allow_null=True)
    location = LocationField(required=False, allow_null=True)


class ProblemChangeIn(ChangeIn):
    """What may be changed of a problem; the state by its transitions only."""

    title = Line(max_length=160, allow_blank=False, required=False)
    description = Text(max_length=20_000, required=False)
    category = Line(max_length=60, required=False)
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    group = GroupField(required=False, allow_null=True)
    assignee = PersonField(required=False, allow_null=True)
    ci = CIField(required=False, allow_null=True)
    location = LocationField(required=False, allow_null=True)
    due_at = Moment(required=False, allow_null=True)
    cause_notes = Text(max_length=20_000, required=False)
    fix_notes = Text(max_length=20_000, required=False)
    workaround = Text(max_length=20_000, required=False)
    is_known_error = Flag(required=False)


class ProblemTaskOut(TicketOut):
    """A piece of work for a problem. Agents read it."""

    problem = SeenTicket("parent")
    type = serializers.ChoiceField(choices=TaskType.choices)
    type_label = Label("type")


class ProblemTaskIn(TaskIn):
    """A task of a problem."""

    problem = TicketField()
    type = serializers.ChoiceField(choices=TaskType.choices, required=False)


class ProblemTaskChangeIn(TaskChangeIn):
    """What may be changed of a task of a problem."""

    type = serializers.ChoiceField(choices=TaskType.choices, required=False)


class TellIn(Body):
    """What the incidents of a problem are to know; ``public`` also tells who reported them."""

    what = serializers.ChoiceField(choices=Told.choices)
    public = Flag(required=False, default=False)


class ToldOut(Out):
    """How many incidents were told."""

    reached = serializers.IntegerField()


class CandidateOut(Out):
    """Incidents that come again and may have one cause.

    ``score`` orders them: size × weight of the priorities × the share that falls on days of their own.
    """

    detail_fields = frozenset({"incidents", "days"})

    id = serializers.UUIDField(source="public_id")
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    verdict_label = Label("verdict")
    reason = serializers.ChoiceField(choices=Reason.choices)
    reason_label = Label("reason")
    ci = ref(CIRef)
    category = serializers.CharField()
    group = ref(NamedRef)
    size = serializers.IntegerField()
    score = serializers.FloatField()
    first_at = Moment()
    last_at = Moment()
    found_at = Moment()
    problem = SeenTicket("problem")
    decided_by = ref(PersonRef)
    decided_at = Moment(allow_null=True)
    incidents = serializers.SerializerMethodField()
    days = serializers.SerializerMethodField()

    def get_incidents(self, row: Any) -> list[str]:
        """Their numbers, newest first."""
        return [each.number for each in row.incidents]

    def get_days(self, row: Any) -> dict[str, int]:
        """How many were opened on which day."""
        return {day.isoformat(): count for day, count in days_of(row.incidents).items()}


class CandidateAcceptIn(Body):
    """What the problem is called; without a title as the newest incident is."""

    title = Line(max_length=160, required=False)
