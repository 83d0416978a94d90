"""Assignment rules and the priority matrix: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import GroupField, LocationField, NamedRef, PersonField, PersonRef, ref
from accounts.choices import SkillLevel
from cmdb.api.fields import CIField
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Text, Whole
from routing import services
from routing.rules import LONGEST_NAME
from tickets import kinds
from tickets.api.fields import TicketField
from tickets.choices import Channel, Level, Priority, Standing, Strategy

LONGEST_SKILL = 40


@extend_schema_field({"type": "object", "additionalProperties": True})
class ConditionField(serializers.JSONField):
    """A condition over tickets; an empty object always holds."""

    def to_internal_value(self, data: Any) -> Any:
        """An object; what is in it is checked by the service."""
        if not isinstance(data, dict):
            self.fail("invalid")
        return data


class RuleRef(Out):
    """A rule in short."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class AssignmentRuleOut(Out):
    """Which new tickets go to which group, and how a person of it is chosen."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    kind = serializers.CharField()
    order = serializers.IntegerField(help_text="The lowest of a kind is tried first; changed by moving.")
    condition = ConditionField()
    group = ref(NamedRef)
    strategy = serializers.ChoiceField(choices=Strategy.choices)
    strategy_label = Label("strategy")
    skill = serializers.CharField()
    least_level = serializers.ChoiceField(choices=SkillLevel.choices)
    enabled = serializers.BooleanField()
    created_at = Moment()
    updated_at = Moment()


class AssignmentRuleChangeIn(Body):
    """What may be changed. ``skill`` and ``least_level`` count for the strategy ``skill`` only."""

    name = Line(max_length=LONGEST_NAME, required=False, allow_blank=False)
    kind = Line(max_length=20, required=False, allow_blank=False)
    condition = ConditionField(required=False)
    group = GroupField(required=False)
    strategy = serializers.ChoiceField(choices=Strategy.choices, required=False)
    skill = Line(max_length=LONGEST_SKILL, required=False)
    least_level = Whole(low=1, high=5, required=False)
    enabled = Flag(required=False)


class AssignmentRuleIn(AssignmentRuleChangeIn):
    """A new rule; without a condition it takes every ticket of its kind."""

    name = Line(max_length=LONGEST_NAME, allow_blank=False)
    kind = Line(max_length=20, allow_blank=False)
    group = GroupField()


class MoveRuleIn(Body):
    """Where to."""

    direction = serializers.ChoiceField(choices=[services.UP, services.DOWN])


class PreviewRulesIn(Body):
    """A ticket that is there, or else what a new one would say; without a requester it is the caller's."""

    ticket = TicketField(required=False)
    kind = Line(max_length=20, required=False, default="incident")
    title = Line(max_length=160, required=False)
    description = Text(max_length=20_000, required=False)
    category = Line(max_length=60, required=False)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    requester = PersonField(required=False)
    ci = CIField(required=False)
    location = LocationField(required=False)

    def validate_kind(self, value: str) -> str:
        """A kind there is."""
        if value not in [spec.key for spec in kinds.all_kinds()]:
            raise serializers.ValidationError(_("There is no such kind of ticket."), code="choice")
        return value


class RuleTestOut(Out):
    """One test of a condition: what it asks, what the ticket has, and whether it holds."""

    __test__ = False  # the name means something to pytest

    field = serializers.CharField()
    operator = serializers.CharField(source="op")
    operands = serializers.ListField(child=serializers.JSONField(allow_null=True))
    value = serializers.JSONField(allow_null=True)
    holds = serializers.BooleanField()


class RuleOutcomeOut(Out):
    """One rule held against the ticket. Behind the one that matched, and switched off, it is not reached."""

    rule = ref(RuleRef)
    enabled = serializers.BooleanField(source="rule.enabled")
    reached = serializers.BooleanField()
    holds = serializers.BooleanField()
    matched = serializers.BooleanField()
    broken = serializers.BooleanField(help_text="Whether its condition can no longer be read.")
    tests = RuleTestOut(many=True)


class RuleCandidateOut(Out):
    """A person of the group, and how they stand."""

    person = PersonRef()
    standing = serializers.ChoiceField(choices=Standing.choices)
    standing_label = serializers.SerializerMethodField()
    open_tickets = serializers.IntegerField(source="load", allow_null=True)
    level = serializers.IntegerField(allow_null=True)
    stand_in = ref(PersonRef)

    def get_standing_label(self, row: Any) -> str:
        """How they stand, in the reader's language."""
        return str(Standing(row.standing).label)


class RulesPreviewOut(Out):
    """Which rule matches, test by test, and whom it would choose; nothing was changed."""

    priority = serializers.ChoiceField(choices=Priority.choices, source="ticket.priority")
    rule = serializers.SerializerMethodField()
    group = serializers.SerializerMethodField()
    assignee = ref(PersonRef, source="choice.person")
    candidates = RuleCandidateOut(many=True, source="choice.candidates")
    rules = RuleOutcomeOut(many=True, source="outcomes")

    @extend_schema_field(RuleRef(allow_null=True))
    def get_rule(self, row: Any) -> Any:
        """The rule that matched."""
        return None if row.matched is None else RuleRef(row.matched.rule, context=self.context).data

    @extend_schema_field(NamedRef(allow_null=True))
    def get_group(self, row: Any) -> Any:
        """The group that would get the ticket."""
        return None if row.matched is None else NamedRef(row.matched.rule.group, context=self.context).data


class PriorityCellOut(Out):
    """The priority that an impact and an urgency make."""

    id = serializers.UUIDField(source="public_id")
    impact = serializers.ChoiceField(choices=Level.choices)
    urgency = serializers.ChoiceField(choices=Level.choices)
    priority = serializers.ChoiceField(choices=Priority.choices)
    updated_at = Moment()


class PriorityCellIn(Body):
    """Another priority for new tickets and for those whose impact or urgency changes."""

    priority = serializers.ChoiceField(choices=Priority.choices)
