"""Who goes by which calendar, over REST."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import NamedRef, ref
from core.api.fields import Body, Line, Out
from core.errors import NotAllowedError, invalid
from schedules.api.fields import CalendarField
from sla.api.definitions import NeedsEditor
from sla.calendars import services
from sla.calendars.selectors import Chosen, chosen_calendars, missing_words, thing_named
from sla.choices import Whose
from sla.policies import may


class ChosenOut(Out):
    """One group, location or configuration item with the calendar chosen for it."""

    whose = serializers.ChoiceField(choices=Whose.choices)
    reference = serializers.CharField(source="ref")
    name = serializers.CharField()
    calendar = ref(NamedRef)


class ChosenIn(Body):
    """The key of a group or location, or the number of an item; without a calendar it has none of its own."""

    whose = serializers.ChoiceField(choices=Whose.choices)
    reference = Line(max_length=60, allow_blank=False)
    calendar = CalendarField(allow_null=True)


class ChosenCalendarViewSet(NeedsEditor):
    """The calendars of groups, places and items. Agents read them, administrators choose."""

    versioned = is_paged = False
    serializer_class = ChosenOut  # type: ignore[assignment] # choices, not versions
    open_actions = frozenset({"list"})

    @extend_schema(responses=ChosenOut(many=True), filters=False)
    def list(self, request: Request) -> Response:
        """Every choice: groups, then locations, then configuration items, each by name."""
        if not may(self.actor, "read"):
            raise NotAllowedError
        return self.all_of(chosen_calendars(self.actor))

    @extend_schema(request=ChosenIn, responses=ChosenOut)
    def choose(self, request: Request) -> Response:
        """Choose a calendar, or take the choice back. Clocks that run keep theirs."""
        given = self.body(ChosenIn)
        thing = thing_named(self.actor, given["whose"], given["reference"])
        if thing is None:
            raise invalid(
                "reference", missing_words(given["whose"], given["reference"]), code="does_not_exist"
            )
        calendar = given["calendar"]
        services.choose_calendar(thing, actor=self.actor, calendar_key=calendar.key if calendar else None)
        return Response(
            self.represent(Chosen(Whose(given["whose"]), given["reference"], thing.name, calendar))
        )
