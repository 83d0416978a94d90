"""Hand-overs: what is shown and what is taken."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.fields import GroupField, NamedRef, PersonRef, ref
from core.api.fields import Body, Moment, Out, Text
from handovers.services import LONGEST_NOTE, LONGEST_TEXT, MOST_NOTES
from tickets.api.fields import TicketField, TicketRef


class HandOverNoteOut(Out):
    """What is said of one ticket."""

    ticket = TicketRef()
    text = serializers.CharField()


class HandOverOut(Out):
    """What one shift of a team leaves to the next. ``notes`` are of the tickets that the caller sees."""

    id = serializers.UUIDField(source="public_id")
    group = NamedRef()
    written_by = PersonRef()
    written_at = Moment()
    since = Moment()
    text = serializers.CharField()
    notes = HandOverNoteOut(many=True, source="seen_notes")
    taken_by = ref(PersonRef)
    taken_at = Moment(allow_null=True)


class HandOverNoteIn(Body):
    """A ticket, and what the next shift should know of it."""

    ticket = TicketField()
    text = Text(max_length=LONGEST_NOTE, required=False, default="")


class HandOverIn(Body):
    """A new hand-over. Without ``since`` the shift began as the rota says, or twelve hours ago."""

    group = GroupField()
    text = Text(max_length=LONGEST_TEXT, required=False)
    since = Moment(required=False)
    notes = HandOverNoteIn(many=True, required=False, max_length=MOST_NOTES)  # type: ignore[call-arg] # of the list
