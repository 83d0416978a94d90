"""Problems and their tasks: what is shown and what is taken."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import GroupField, LocationField, NamedRef, PersonField, PersonRef, ref
from cmdb.api.fields import CIField, CIRef
from core.api.fields import Body, Flag, KeyField, Label, Line, Moment, Out, Text
from problems.choices import Bone, Reason, Resolution, Standing, TaskType, Told, TrendBy, Verdict
from problems.selectors import days_of
from problems.trends import WEEKS, Trend
from sla.api.fields import duration
from tickets.api.fields import SeenTicket, TicketField, TicketRef
from tickets.api.serializers import ChangeIn, TaskChangeIn, TaskIn, TicketOut
from tickets.choices import Level


@extend_schema_field(OpenApiTypes.UUID)
class PartField(KeyField):
    """A part of the problem of the address by its id; whether it is there the service finds out."""

    def find(self, key: str) -> UUID | None:
        """The id, if it is one."""
        try:
            return UUID(key)
        except ValueError:
            return None


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


class WhyOut(Out):
    """An answer of a problem's tree of whys; ``above`` is the answer that it explains, null for the first."""

    id = serializers.UUIDField(source="public_id")
    above = serializers.SerializerMethodField()
    answer = serializers.CharField()
    evidence = serializers.CharField()
    is_root = serializers.BooleanField()
    created_at = Moment()
    updated_at = Moment()

    def get_above(self, row: Any) -> UUID | None:
        """The id of the answer above."""
        return row.above.public_id if row.above is not None else None


class WhyIn(Body):
    """An answer to why the problem is, or to why the answer ``above`` is so."""

    answer = Line(max_length=300, allow_blank=False)
    evidence = Text(max_length=4000, required=False)
    above = PartField(required=False, allow_null=True)


class WhyChangeIn(Body):
    """What may be changed of an answer. The root cause fills the cause notes of the problem."""

    answer = Line(max_length=300, allow_blank=False, required=False)
    evidence = Text(max_length=4000, required=False)
    is_root = Flag(required=False)


class FactorOut(Out):
    """A possible cause in one category of a problem's cause-and-effect diagram."""

    id = serializers.UUIDField(source="public_id")
    bone = serializers.ChoiceField(choices=Bone.choices)
    text = serializers.CharField()
    standing = serializers.ChoiceField(choices=Standing.choices)
    standing_label = Label("standing")
    created_at = Moment()
    updated_at = Moment()


class FactorIn(Body):
    """A possible cause, in the category ``bone``."""

    bone = serializers.ChoiceField(choices=Bone.choices)
    text = Line(max_length=300, allow_blank=False)
    standing = serializers.ChoiceField(choices=Standing.choices, required=False)


class FactorChangeIn(Body):
    """What may be changed of a possible cause."""

    bone = serializers.ChoiceField(choices=Bone.choices, required=False)
    text = Line(max_length=300, allow_blank=False, required=False)
    standing = serializers.ChoiceField(choices=Standing.choices, required=False)


class BoneOut(Out):
    """One category of a problem's cause-and-effect diagram, with its possible causes."""

    bone = serializers.ChoiceField(choices=Bone.choices)
    name = serializers.CharField()
    is_renamed = serializers.BooleanField()
    causes = FactorOut(many=True, source="factors")


class BoneIn(Body):
    """What the category is called for this problem; empty for its usual name."""

    name = Line(max_length=60)


class StoryOut(Out):
    """A move of a ticket around a problem."""

    at = Moment()
    ticket = TicketRef()
    verb = serializers.CharField()
    state_before = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    actor = ref(PersonRef)

    def get_state_before(self, row: Any) -> str | None:
        """The state it left; null when it was opened."""
        before: str | None = row.changes["state"][0]
        return before

    def get_state(self, row: Any) -> str:
        """The state it came to."""
        return str(row.changes["state"][1])


class KnownOut(Out):
    """A problem that is not closed and may explain what a row tells of."""

    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    is_known_error = serializers.BooleanField()


class TrendOut(Out):
    """How many incidents there were, and how they went.

    ``weeks`` are incidents by week, those of the earlier period first. ``growth_percent`` is null when there
    was nothing before. ``is_rising``: at least 5, and z = (count - before) / sqrt(count + before) is 1.96 or
    more. ``mean_time_to_resolve`` is from opening to the resolution, ISO 8601.
    """

    count = serializers.IntegerField(source="now")
    before = serializers.IntegerField()
    growth_percent = serializers.IntegerField(source="growth", allow_null=True)
    is_rising = serializers.BooleanField()
    weeks = serializers.ListField(child=serializers.IntegerField(), source="counts")
    reopened = serializers.IntegerField()
    reopened_percent = serializers.FloatField(allow_null=True)
    resolved = serializers.IntegerField()
    mean_time_to_resolve = serializers.SerializerMethodField()
    without_problem = serializers.IntegerField(source="unexplained")

    def get_mean_time_to_resolve(self, row: Trend) -> str | None:
        """From opening to the resolution, on average."""
        return None if row.mean_seconds is None else duration(row.mean_seconds)


class TrendRowOut(TrendOut):
    """A row; ``key`` is its value as a filter, ``problems`` are those not closed that may explain it."""

    key = serializers.CharField()
    name = serializers.CharField()
    problems = serializers.SerializerMethodField()

    @extend_schema_field(KnownOut(many=True))
    def get_problems(self, row: Trend) -> Any:
        """The newest first."""
        return KnownOut(self.context["known"].get(row.key, []), many=True).data


class TrendsOut(Out):
    """What produces incidents in two periods of whole days in ``time_zone``, what rises first.

    At most 100 rows. ``without`` are incidents of the later period that are in no row.
    """

    by = serializers.ChoiceField(choices=TrendBy.choices)
    by_label = serializers.CharField(source="by.label")
    first_day = serializers.DateField(source="span.first")
    last_day = serializers.DateField(source="span.last")
    first_day_before = serializers.DateField(source="span.first_before")
    time_zone = serializers.CharField(source="span.zone")
    total = TrendOut()
    without = serializers.IntegerField()
    rows = TrendRowOut(many=True)


class TrendProblemIn(Body):
    """The row, by its ``key``, for whose incidents a problem is opened."""

    by = serializers.ChoiceField(choices=TrendBy.choices)
    row = Line(max_length=60, allow_blank=False)
    weeks = serializers.ChoiceField(choices=[(weeks, str(weeks)) for weeks in WEEKS])
    title = Line(max_length=160, required=False)
