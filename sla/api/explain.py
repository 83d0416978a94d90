"""Explanations over REST: why clocks say what they say, their lives, and what-ifs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import AccountsViewSet
from accounts.choices import Grant
from accounts.policies import has_grant
from core.api.addresses import Address
from core.api.fields import Body, Label, Line, Moment, Out, Whole
from core.api.views import ApiViewSet, ListMixin, RetrieveMixin
from core.errors import NotAllowedError, NotVisibleError, invalid
from schedules.selectors import calendar_keyed
from sla.api.fields import duration
from sla.choices import TrialStatus
from sla.fitting import why_not_attached
from sla.models import WhatIf
from sla.past.explain import Explained, explained_clock, explained_clocks
from sla.selectors import clock_for, definitions_to_try
from sla.whatif.services import MOST_MONTHS, start_what_if, what_ifs_for
from tickets.api.parts import PartViewSet
from tickets.policies import reads_internal


class ChangeBehindOut(Out):
    """The change behind it: its verb, in words too, who made it, and its line of activity."""

    verb = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    actor = serializers.CharField()
    activity = serializers.CharField()


class ClockStepOut(Out):
    """One step of the arithmetic, in words; ``open_seconds`` are the business seconds that it is about."""

    key = serializers.CharField()
    text = serializers.CharField()
    at = Moment()
    open_seconds = serializers.IntegerField(source="open_s", allow_null=True)
    by = ChangeBehindOut()


class ClockBandOut(Out):
    """A piece of the clock's wall time: open, closed, paused or solved."""

    kind = serializers.CharField()
    began_at = Moment()
    ended_at = Moment()
    seconds = serializers.IntegerField()
    open_seconds = serializers.IntegerField(source="open_s")
    by = ChangeBehindOut()


class ExplainedOut(Out):
    """One clock with its steps and its bands up to now."""

    clock = serializers.CharField(source="view.public_id")
    name = serializers.CharField(source="view.name")
    track = serializers.CharField(source="view.track")
    cycle = serializers.IntegerField(source="view.cycle")
    stage = serializers.CharField(source="view.stage")
    due_at = Moment(source="view.due_at", allow_null=True)
    target_duration = serializers.SerializerMethodField()
    steps = ClockStepOut(many=True)
    bands = ClockBandOut(many=True)

    def get_target_duration(self, row: Explained) -> str:
        """The promised business time, ISO 8601."""
        return duration(row.view.target_seconds)


class ConditionTestOut(Out):
    """One test of a condition with the ticket's value and the outcome."""

    where = serializers.CharField()
    field = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    op = serializers.CharField()
    wanted = serializers.CharField()
    value = serializers.CharField()
    holds = serializers.BooleanField()


class ConditionPartOut(Out):
    """One condition of a definition; ``wanted`` is the outcome that lets its clock start."""

    name = serializers.CharField()
    is_given = serializers.BooleanField()
    holds = serializers.BooleanField()
    wanted = serializers.BooleanField()
    leaves = ConditionTestOut(many=True)


class FitOut(Out):
    """A published definition by which no clock runs, and why."""

    key = serializers.CharField()
    version = serializers.IntegerField(source="no")
    name = serializers.CharField()
    track = serializers.CharField()
    fits = serializers.BooleanField()
    reason = serializers.CharField()
    conditions = ConditionPartOut(many=True, source="parts")


class ExplanationOut(Out):
    """All clocks of a ticket explained, and the promises that do not count for it."""

    clocks = ExplainedOut(many=True)
    not_attached = FitOut(many=True)


class WhatIfOut(Out):
    """A question to the past: how far it has come, and what was found."""

    detail_fields = frozenset({"result"})

    id = serializers.UUIDField(source="public_id")
    label = serializers.CharField(source="title")  # type: ignore[assignment] # a field's name, no attribute
    months = serializers.IntegerField()
    since = Moment()
    as_of = Moment()
    status = serializers.ChoiceField(choices=TrialStatus.choices)
    status_label = Label("status")
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField()
    asked_at = Moment()
    finished_at = Moment(allow_null=True)
    error = serializers.CharField()
    result = serializers.JSONField()


class WhatIfIn(Body):
    """A definition (``key`` and ``version``), or a calendar with what would be different about it.

    ``changes``: ``tz``, ``hours`` such as ``{"0": "09:00-18:00"}`` by day from Monday, ``holidays``.
    """

    months = Whole(low=1, high=MOST_MONTHS)
    definition = Line(max_length=60, required=False)
    version = Whole(low=1, required=False)
    calendar = Line(max_length=60, required=False)
    changes = serializers.DictField(required=False)


class TicketExplanationViewSet(PartViewSet):
    """Why the clocks of a ticket say what they say. Agents read it."""

    serializer_class = ExplanationOut

    def retrieve(self, request: Request, number: str) -> Response:
        """Each clock with its steps and bands, and each promise that does not count."""
        ticket = self.ticket
        if not self.reads_internal():
            raise NotVisibleError
        found = {"clocks": explained_clocks(ticket), "not_attached": why_not_attached(ticket)}
        return Response(self.represent(found))


class ClockTimelineViewSet(ApiViewSet):
    """The life of one clock. Agents read it."""

    scope = "sla"
    serializer_class = ExplainedOut
    versioned = False

    @extend_schema(responses=ExplainedOut)
    def retrieve(self, request: Request, public_id: UUID) -> Response:
        """Its bands and steps."""
        if not reads_internal(self.actor):
            raise NotVisibleError
        return Response(self.represent(explained_clock(clock_for(self.actor, public_id))))


class WhatIfViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """Questions to the past, of who edits the configuration; each reads the own ones."""

    scope = "sla"
    serializer_class = WhatIfOut
    versioned = False
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    ordering_fields = {"asked_at": ("asked_at",)}
    default_ordering = "-asked_at"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not has_grant(self.actor, Grant.CONFIG_WRITE):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[WhatIf]:
        """The caller's questions."""
        return what_ifs_for(self.actor)

    @extend_schema(request=WhatIfIn, responses={201: WhatIfOut})
    def create(self, request: Request) -> Response:
        """Ask. It is answered in the background; read it again for how far it has come."""
        given = self.body(WhatIfIn)
        asked: dict[str, Any] = {"months": given["months"]}
        if given.get("definition"):
            asked["definition"] = _definition(given["definition"], given.get("version"))
        if given.get("calendar"):
            asked["calendar"] = calendar_keyed(self.actor, given["calendar"])
            asked["changes"] = given.get("changes")
        row = start_what_if(actor=self.actor, **asked)
        return self.answer(row, status=status.HTTP_201_CREATED)


def _definition(key: str, version: int | None) -> Any:
    rows = definitions_to_try().filter(key=key)
    row = (rows if version is None else rows.filter(no=version)).first()
    if row is None:
        raise invalid("definition", _("There is no such definition."), code="does_not_exist")
    return row


_ONE = "sla/what-ifs/<uuid:public_id>/"
addresses = [
    Address(
        "sla/clocks/<uuid:public_id>/timeline/",
        ClockTimelineViewSet,
        {"get": "retrieve"},
        "sla-clock-timeline",
    ),
    Address("sla/what-ifs/", WhatIfViewSet, {"get": "list", "post": "create"}, "sla-what-ifs-list"),
    Address(_ONE, WhatIfViewSet, {"get": "retrieve"}, "sla-what-ifs-detail"),
]
