"""Major incidents: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.fields import PersonField, PersonRef, ref
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Text
from incidents.choices import Audience, MajorStatus, Part, UpdateChannel, Verdict


class MajorMoveOut(Out):
    """What the caller may do now with the standing of the incident, and which texts it asks for."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment] # a field's name


class MajorProposalOut(Out):
    """A proposal and what became of it; ``rule`` found it, or a person did."""

    rule = serializers.SerializerMethodField()
    proposed_by = ref(PersonRef)
    proposed_at = Moment()
    reason = serializers.CharField()
    business_impact = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    decided_by = ref(PersonRef)
    decided_at = Moment(allow_null=True)

    def get_rule(self, row: Any) -> str | None:
        """The key of the rule."""
        return row.rule.key if row.rule is not None else None


class MajorOut(Out):
    """How an incident stands as a major one. ``next_update_at`` is null while none is due."""

    number = serializers.CharField()
    major_status = serializers.ChoiceField(choices=MajorStatus.choices)
    major_status_label = serializers.CharField(source="get_major_status_display")
    business_impact = serializers.CharField()
    started_at = Moment(allow_null=True)
    next_update_at = Moment(allow_null=True)
    late_updates = serializers.IntegerField()
    children = serializers.IntegerField()
    people = serializers.IntegerField()
    moves = MajorMoveOut(many=True)
    proposals = MajorProposalOut(many=True)


class MajorProposeIn(Body):
    """Why it may be a major incident, and what it means for the business."""

    reason = Text(max_length=4000, allow_blank=False)
    business_impact = Text(max_length=4000, allow_blank=False)


class MajorAcceptIn(Body):
    """A note for who works on it, and what it means for the business."""

    work_note = Text(max_length=4000, allow_blank=False)
    business_impact = Text(max_length=4000, allow_blank=False)


class MajorReasonIn(Body):
    """Why it is no major incident."""

    reason = Text(max_length=4000, allow_blank=False)


class MajorRoleOut(Out):
    """One part of the work on a major incident, and who does it."""

    role = serializers.ChoiceField(choices=Part.choices)
    role_label = serializers.CharField(source="get_role_display")
    person = ref(PersonRef)
    since = Moment(allow_null=True)


class MajorRoleIn(Body):
    """Who does it; null for nobody."""

    person = PersonField(allow_null=True)


class MajorUpdateOut(Out):
    """What was said of a major incident. ``reached`` is how many people a public one was for."""

    id = serializers.UUIDField(source="public_id")
    author = ref(PersonRef)
    audience = serializers.ChoiceField(choices=Audience.choices)
    audience_label = Label("audience")
    channel = serializers.ChoiceField(choices=UpdateChannel.choices)
    text_ko = serializers.CharField()
    text_en = serializers.CharField()
    sent_at = Moment()
    reached = serializers.IntegerField()


class MajorUpdateIn(Body):
    """An update in Korean, in English or in both; ``public`` is for everybody the outage concerns."""

    audience = serializers.ChoiceField(choices=Audience.choices)
    channel = serializers.ChoiceField(choices=UpdateChannel.choices, required=False)
    text_ko = Text(max_length=4000, required=False)
    text_en = Text(max_length=4000, required=False)


class MajorActionOut(Out):
    """Something to be done about a major incident."""

    id = serializers.UUIDField(source="public_id")
    text = serializers.CharField()
    owner = ref(PersonRef)
    done_at = Moment(allow_null=True)
    done_by = ref(PersonRef)
    created_at = Moment()
    updated_at = Moment()


class MajorActionIn(Body):
    """Something to be done, by somebody."""

    text = Line(max_length=300, allow_blank=False)
    owner = PersonField(required=False, allow_null=True)


class MajorActionChangeIn(Body):
    """What may be changed of an action; ``is_done`` says that it is done, or is not after all."""

    text = Line(max_length=300, allow_blank=False, required=False)
    owner = PersonField(required=False, allow_null=True)
    is_done = Flag(required=False)


class MajorReviewOut(Out):
    """What is learnt from a major incident; minutes count from when it was opened."""

    summary = serializers.CharField()
    timeline = serializers.CharField()
    updates = serializers.CharField()
    actions = serializers.CharField()
    lessons = serializers.CharField()
    accept_minutes = serializers.IntegerField()
    resolve_minutes = serializers.IntegerField()
    finished_at = Moment(allow_null=True)
    finished_by = ref(PersonRef)
    created_at = Moment()
    updated_at = Moment()


class MajorReviewChangeIn(Body):
    """The texts of a review that is not finished."""

    summary = Text(max_length=20_000, required=False)
    timeline = Text(max_length=20_000, required=False)
    updates = Text(max_length=20_000, required=False)
    actions = Text(max_length=20_000, required=False)
    lessons = Text(max_length=20_000, required=False)
