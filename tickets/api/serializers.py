"""Tickets and what belongs to them: what is shown and what is taken."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.fields import GroupField, NamedRef, PersonField, PersonRef, ref
from cmdb.api.fields import CIRef
from core.api.fields import Body, Flag, Label, Line, Moment, Out, Text, Whole
from tickets import kinds
from tickets.api.fields import ChangesField, MovesField, TicketField, TicketRef, UploadField
from tickets.choices import ActivityKind, Channel, CIRole, Level, LinkType, Phase, Priority, Score


def told_changes(names: Iterable[str], *, internal: bool) -> list[str]:
    """Which changed fields a reader may be told of: agents of all, others of those they read of any kind.

    A field that is not in the common representation, such as one of a kind alone, is told to nobody else.
    """
    open_to_all = TicketOut._declared_fields.keys() - TicketOut.agent_fields
    return [name for name in names if internal or name in open_to_all]


class TicketOut(Out):
    """A ticket of any kind. Employees read the state in their own words."""

    agent_fields = frozenset(
        {
            "channel",
            "channel_label",
            "ci",
            "reason",
            "priority_override_reason",
            "reassignment_count",
            "reopen_count",
            "last_public_from",
            "updated_at",  # it moves with each work note
            "custom",
        }
    )
    detail_fields = frozenset(
        {"description", "close_notes", "custom", "on_behalf_of", "opened_by", "parent", "_transitions"}
    )

    def get_fields(self) -> dict[str, Any]:
        """The answer to an opening leaves the transitions out: working them out costs it three queries.

        Those of the past are not possible any more.
        """
        fields = super().get_fields()
        if self.context.get("is_new") or self.context.get("is_past"):
            fields.pop("_transitions", None)
        return fields

    number = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.SerializerMethodField()
    title = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    channel = serializers.ChoiceField(choices=Channel.choices)
    channel_label = Label("channel")
    state = serializers.CharField()
    state_label = serializers.SerializerMethodField()
    phase = serializers.ChoiceField(choices=Phase.choices)
    phase_label = Label("phase")
    active = serializers.BooleanField()
    reason = serializers.CharField()
    impact = serializers.ChoiceField(choices=Level.choices)
    impact_label = Label("impact")
    urgency = serializers.ChoiceField(choices=Level.choices)
    urgency_label = Label("urgency")
    priority = serializers.ChoiceField(choices=Priority.choices)
    priority_label = Label("priority")
    priority_override_reason = serializers.CharField()
    requester = PersonRef()
    on_behalf_of = ref(PersonRef)
    opened_by = ref(PersonRef)
    group = ref(NamedRef)
    assignee = ref(PersonRef)
    ci = ref(CIRef)
    parent = serializers.SerializerMethodField()  # type: ignore[assignment] # a field's name, no attribute
    reassignment_count = serializers.IntegerField()
    reopen_count = serializers.IntegerField()
    last_public_from = serializers.CharField()
    due_at = Moment(allow_null=True)
    opened_at = Moment()
    first_response_at = Moment(allow_null=True)
    resolved_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)
    updated_at = Moment()
    close_code = serializers.CharField()
    close_notes = serializers.CharField()
    custom = serializers.DictField()
    _transitions = MovesField()

    @cached_property
    def _words(self) -> dict[tuple[str, str], str]:
        """What was translated for this answer, by kind and state: most rows of a list share a few."""
        return {}

    def get_kind_label(self, ticket: Any) -> str:
        """What the kind is called, by employees and by agents."""
        told = self._words.get((ticket.kind, ""))
        if told is None:
            spec = kinds.get(ticket.kind)
            label = spec.label if self.context.get("internal") else spec.employee_word or spec.label
            told = self._words[ticket.kind, ""] = str(label)
        return told

    def get_state_label(self, ticket: Any) -> str:
        """What the state is called, by employees and by agents."""
        told = self._words.get((ticket.kind, ticket.state))
        if told is None:
            spec = kinds.get(ticket.kind)
            is_internal = self.context.get("internal")
            words = spec.state_labels if is_internal else spec.employee_states or spec.state_labels
            told = self._words[ticket.kind, ticket.state] = str(words.get(ticket.state, ticket.state))
        return told

    def get_parent(self, ticket: Any) -> str | None:
        """The number of the parent, if the caller may see it."""
        visible = TicketField(read_only=True)
        visible.bind("parent", self)
        found = visible.find(ticket.parent.number) if ticket.parent_id else None
        return found.number if found else None


class TransitionsOut(Out):
    """The transitions that leave the present state, also those closed to the caller, with the reason."""

    state = serializers.CharField()
    transitions = serializers.ListField(child=serializers.DictField())


class FileOut(Out):
    """A file on a ticket; ``url`` serves its content."""

    id = serializers.UUIDField(source="attachment.public_id")
    name = serializers.CharField(source="attachment.name")
    size = serializers.IntegerField(source="attachment.size")
    media_type = serializers.CharField(source="attachment.mime")
    sha256 = serializers.CharField(source="attachment.sha256")
    is_public = serializers.BooleanField()
    created_at = Moment(source="attachment.created_at")
    url = serializers.SerializerMethodField()

    def get_url(self, place: Any) -> str:
        """Where the content is, below the ticket's own address."""
        return f"{self.context['ticket_url']}attachments/{place.attachment.public_id}/"


class UploadOut(Out):
    """A file that is on no ticket yet."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    size = serializers.IntegerField()
    media_type = serializers.CharField(source="mime")
    sha256 = serializers.CharField()
    created_at = Moment()


class ActivityOut(Out):
    """One thing that happened on a ticket."""

    agent_fields = frozenset({"is_public", "channel", "cause_chain"})

    id = serializers.UUIDField(source="public_id")
    at = Moment()
    actor = ref(PersonRef)
    kind = serializers.ChoiceField(choices=ActivityKind.choices)
    kind_label = Label("kind")
    verb = serializers.CharField()
    body = serializers.CharField()
    changes = ChangesField()
    is_public = serializers.BooleanField()
    channel = serializers.CharField()
    cause_chain = serializers.ListField(child=serializers.CharField())
    merged_from = serializers.CharField(
        allow_null=True,
        default=None,
        help_text="The number of the ticket it was said on, where that was merged.",
    )
    attachments = serializers.SerializerMethodField()

    def get_attachments(self, row: Any) -> list[dict[str, Any]]:
        """The files that came with it."""
        return list(FileOut(getattr(row, "files", []), many=True, context=self.context).data)


class WordsIn(Body):
    """A comment or an internal note; files are uploaded first and named here."""

    body = Text(max_length=20_000, required=False, default="")
    attachments = serializers.ListField(child=UploadField(), max_length=20, required=False, default=list)


class UploadIn(Body):
    """A file, as multipart/form-data."""

    file = serializers.FileField()


class SurveyOut(Out):
    """The question to who a closed ticket was for, how it went, and the answer; ``score`` is null before."""

    person = ref(PersonRef)
    score = serializers.ChoiceField(choices=Score.choices, allow_null=True)
    score_label = Label("score")
    comment = serializers.CharField()
    asked_at = Moment(source="created_at")
    answered_at = Moment(allow_null=True)
    closes_at = Moment()


class SurveyIn(Body):
    """How it went, from 1 (very dissatisfied) to 5 (very satisfied)."""

    score = serializers.ChoiceField(choices=Score.choices)
    comment = Text(max_length=2000, required=False)


class WatcherIn(Body):
    """Who is to follow the ticket."""

    user = PersonField()


class LinkIn(Body):
    """What the ticket is to another: read ``this is <type> target``."""

    type = serializers.ChoiceField(choices=LinkType.choices)
    target = TicketField()


class LinkOut(Out):
    """A link between the ticket and another one."""

    id = serializers.UUIDField(source="public_id")
    type = serializers.ChoiceField(choices=LinkType.choices)
    type_label = Label("type")
    source = TicketRef()  # type: ignore[assignment] # a field's name, no attribute
    target = TicketRef()
    created_at = Moment()


class TicketCIOut(Out):
    """A configuration item of the ticket and what it is to it."""

    ci = CIRef()
    role = serializers.ChoiceField(choices=CIRole.choices)
    role_label = Label("role")


class ChangeIn(Body):
    """Bodies of PATCH may be partial, but not empty."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a body that changes nothing."""
        if not attrs:
            raise serializers.ValidationError(_("Name at least one field to change."), code="required")
        return attrs


class ChecklistItemOut(Out):
    """One line of a ticket's checklist; ``position`` counts from 1."""

    id = serializers.UUIDField(source="public_id")
    position = serializers.IntegerField()
    text = serializers.CharField()
    is_done = serializers.BooleanField()
    done_by = ref(PersonRef)
    done_at = Moment(allow_null=True)
    created_by = ref(PersonRef)
    created_at = Moment()
    updated_at = Moment()


class ChecklistItemIn(Body):
    """A new line of a checklist, at its end."""

    text = Line(max_length=200, allow_blank=False)


class ChecklistItemChangeIn(ChangeIn):
    """What may be changed of a line; a ``position`` behind the last is the last."""

    text = Line(max_length=200, allow_blank=False, required=False)
    is_done = Flag(required=False)
    position = Whole(low=1, high=100, required=False)


class TimeEntryOut(Out):
    """How long a person worked on a ticket on one day."""

    id = serializers.UUIDField(source="public_id")
    person = PersonRef()
    minutes = serializers.IntegerField()
    day = serializers.DateField()
    note = serializers.CharField()
    merged_from = serializers.CharField(
        allow_null=True,
        default=None,
        help_text="The number of the ticket it was spent on, where that was merged.",
    )
    created_at = Moment()
    updated_at = Moment()


class TimeEntryIn(Body):
    """The time that the caller spent, on ``day`` or today."""

    minutes = Whole(low=1, high=1440)
    day = serializers.DateField(required=False)
    note = Text(max_length=500, required=False)


class TimeEntryChangeIn(ChangeIn):
    """What may be corrected of an entry; the person stays."""

    minutes = Whole(low=1, high=1440, required=False)
    day = serializers.DateField(required=False)
    note = Text(max_length=500, required=False)


class TaskIn(Body):
    """A task to open for a team or a person; the kind adds what it is a part of."""

    title = Line(max_length=160, allow_blank=False)
    description = Text(max_length=20_000, required=False)
    group = GroupField(required=False, allow_null=True)
    assignee = PersonField(required=False, allow_null=True)
    due_at = Moment(required=False, allow_null=True)


class TaskChangeIn(ChangeIn):
    """What may be changed of a task."""

    title = Line(max_length=160, allow_blank=False, required=False)
    description = Text(max_length=20_000, required=False)
    impact = serializers.ChoiceField(choices=Level.choices, required=False)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False)
    group = GroupField(required=False, allow_null=True)
    assignee = PersonField(required=False, allow_null=True)
    due_at = Moment(required=False, allow_null=True)
