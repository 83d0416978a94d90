"""Definitions over REST: what is in force, and for who edits them drafts, publishing, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import NamedRef, ref
from accounts.api.views import ConfigurationViewSet
from core.api.fields import Body, Label, Line, Moment, Out, TimeOfDay, Whole
from core.errors import FieldError, NotAllowedError, NotVisibleError, RuleRefusedError
from schedules.api.fields import CalendarField
from sla import services
from sla.api.fields import Duration
from sla.choices import (
    CalendarSource,
    CancelMode,
    OnRetarget,
    Relative,
    ResumeMode,
    Status,
    Target,
    Type,
    ZoneSource,
)
from sla.definitions import definitions_for, draft_keyed, versions_of
from sla.escalations import MOST_STEPS
from sla.lint import MAX_THRESHOLDS
from sla.models import SLADefinition
from sla.policies import may
from sla.rules import MOST_ORDER


class DefinitionOut(Out):
    """One version of a promise: what it is about, how long it may take, by which calendar."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    version = serializers.IntegerField(source="no")
    status = serializers.ChoiceField(choices=Status.choices)
    status_label = Label("status")
    kind = serializers.CharField()
    type = serializers.ChoiceField(choices=Type.choices)
    track = serializers.CharField()
    order = serializers.IntegerField()
    target = serializers.ChoiceField(choices=Target.choices)
    target_label = Label("target")
    relative = serializers.ChoiceField(choices=Relative.choices)
    target_duration = Duration(source="target_s", read_only=True, allow_null=True)
    due_field = serializers.CharField()
    relative_at = TimeOfDay(format="%H:%M", allow_null=True)
    calendar_source = serializers.ChoiceField(choices=CalendarSource.choices)
    calendar = ref(NamedRef)
    time_zone_source = serializers.ChoiceField(choices=ZoneSource.choices, source="tz_source")
    start_condition = serializers.JSONField(source="start_cond")
    stop_condition = serializers.JSONField(source="stop_cond", allow_null=True)
    pause_condition = serializers.JSONField(source="pause_cond", allow_null=True)
    resume_mode = serializers.ChoiceField(choices=ResumeMode.choices)
    resume_condition = serializers.JSONField(source="resume_cond", allow_null=True)
    cancel_mode = serializers.ChoiceField(choices=CancelMode.choices)
    cancel_condition = serializers.JSONField(source="cancel_cond", allow_null=True)
    reset_condition = serializers.JSONField(source="reset_cond", allow_null=True)
    on_retarget = serializers.ChoiceField(choices=OnRetarget.choices)
    warns_at_percent = serializers.ListField(child=serializers.IntegerField(), source="thresholds")
    overdue_repeat = Duration(source="overdue_repeat_s", allow_null=True)
    escalations = serializers.ListField(child=serializers.DictField())
    retro_start_field = serializers.CharField()
    retro_pause = serializers.BooleanField()
    published_at = Moment(allow_null=True)
    retired_at = Moment(allow_null=True)


class DefinitionChangeIn(Body):
    """What may be changed in a draft; a condition that is null never holds."""

    name_ko = Line(max_length=120, required=False, allow_blank=False)
    name_en = Line(max_length=120, required=False)
    kind = Line(max_length=20, required=False)
    type = serializers.ChoiceField(choices=Type.choices, required=False)
    track = Line(max_length=60, required=False)
    order = Whole(high=MOST_ORDER, required=False)
    target = serializers.ChoiceField(choices=Target.choices, required=False)
    relative = serializers.ChoiceField(choices=Relative.choices, required=False)
    target_duration = Duration(source="target_s", required=False, allow_null=True)
    due_field = Line(max_length=40, required=False)
    relative_at = TimeOfDay(required=False, allow_null=True)
    calendar_source = serializers.ChoiceField(choices=CalendarSource.choices, required=False)
    calendar = CalendarField(required=False, allow_null=True)
    time_zone_source = serializers.ChoiceField(choices=ZoneSource.choices, source="tz_source", required=False)
    start_condition = serializers.JSONField(source="start_cond", required=False)
    stop_condition = serializers.JSONField(source="stop_cond", required=False, allow_null=True)
    pause_condition = serializers.JSONField(source="pause_cond", required=False, allow_null=True)
    resume_mode = serializers.ChoiceField(choices=ResumeMode.choices, required=False)
    resume_condition = serializers.JSONField(source="resume_cond", required=False, allow_null=True)
    cancel_mode = serializers.ChoiceField(choices=CancelMode.choices, required=False)
    cancel_condition = serializers.JSONField(source="cancel_cond", required=False, allow_null=True)
    reset_condition = serializers.JSONField(source="reset_cond", required=False, allow_null=True)
    on_retarget = serializers.ChoiceField(choices=OnRetarget.choices, required=False)
    warns_at_percent = serializers.ListField(
        child=Whole(high=100), source="thresholds", max_length=MAX_THRESHOLDS, required=False
    )
    overdue_repeat = Duration(source="overdue_repeat_s", required=False, allow_null=True)
    escalations = serializers.ListField(child=serializers.DictField(), max_length=MOST_STEPS, required=False)
    retro_start_field = Line(max_length=40, required=False)
    retro_pause = serializers.BooleanField(required=False)


class DefinitionIn(DefinitionChangeIn):
    """A new definition; ``target_duration`` is needed unless ``relative`` says at which date it is due."""

    key = Line(max_length=60, allow_blank=False)
    name_ko = Line(max_length=120, allow_blank=False)
    kind = Line(max_length=20, allow_blank=False)
    start_condition = serializers.JSONField(source="start_cond")


# What the services call a column and the body something else.
_NAMES = {
    field.source: name
    for name, field in DefinitionIn._declared_fields.items()
    if field.source not in (None, name)
}


class NeedsEditor(ConfigurationViewSet):
    """Refuses who may not edit definitions before the body is looked at; others only ``reads``."""

    scope = "sla"
    serializer_class = DefinitionOut
    open_actions: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and self.action not in self.open_actions and not may(self.actor, "edit"):
            raise NotAllowedError

    def handle_exception(self, exc: Exception) -> Response:
        """Tell of a mistake at the place it has in the body."""
        if isinstance(exc, RuleRefusedError):
            errors = [_in_body(each) for each in exc.errors]
            exc = RuleRefusedError(exc._detail, errors=errors, code=exc.code, **exc.extra)
        return super().handle_exception(exc)


def _in_body(error: FieldError) -> FieldError:
    first, dot, rest = error.field.partition(".")
    return FieldError(f"{_NAMES.get(first, first)}{dot}{rest}", error.code, error.detail)


class DefinitionViewSet(NeedsEditor):
    """Promises about time. Agents read those in force; administrators all, and change them."""

    open_actions = frozenset({"list", "retrieve"})

    def get_queryset(self) -> QuerySet[SLADefinition]:
        """Versions in force; for administrators drafts as well."""
        return definitions_for(self.actor).exclude(status=Status.RETIRED)

    def get_object(self) -> Any:
        """The version in force, else the draft, else the last one. Raises Http404."""
        found = list(definitions_for(self.actor).filter(key=self.kwargs["key"]).order_by("-no"))
        if not found:
            raise Http404
        by_status = {row.status: row for row in reversed(found)}
        return by_status.get(Status.PUBLISHED) or by_status.get(Status.DRAFT) or found[0]

    @extend_schema(request=DefinitionIn, responses={201: DefinitionOut})
    def create(self, request: Request) -> Response:
        """Make the draft of a new definition."""
        row = services.create_definition(actor=self.actor, **self.body(DefinitionIn))
        return self.answer(row, status=status.HTTP_201_CREATED)

    @extend_schema(responses=DefinitionOut(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, key: str) -> Response:
        """Every version, the newest first."""
        return self.all_of(versions_of(self.actor, key))

    @extend_schema(request=None, responses=DefinitionOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, key: str) -> Response:
        """No clock starts by it any more; open ones go on to their end."""
        row = services.retire_definition(self.get_object().pk, actor=self.actor)
        return self.answer(row)


class DefinitionDraftViewSet(NeedsEditor):
    """The one draft of a definition: made, read, changed, published, deleted."""

    matching: ClassVar[Mapping[str, bool]] = {"publish": False}

    def get_object(self) -> Any:
        """The draft. Raises NotVisibleError."""
        row = draft_keyed(self.actor, self.kwargs["key"])
        if row is None:
            raise NotVisibleError
        return row

    def still_visible(self, headers: dict[str, str]) -> None:
        """A repeat is answered after the draft was published too; the right was checked."""

    @extend_schema(request=None, responses={200: DefinitionOut, 201: DefinitionOut})
    def create(self, request: Request, key: str) -> Response:
        """The draft: the one there is, or a new one copied from the version in force."""
        before = draft_keyed(self.actor, key)
        row = services.draft_of(key, actor=self.actor)
        response = self.answer(row)
        response.status_code = status.HTTP_200_OK if before else status.HTTP_201_CREATED
        return response

    @extend_schema(request=DefinitionChangeIn, responses=DefinitionOut)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change the draft."""
        row = self.get_object()
        version = self.expected_version(row)
        values = self.body(DefinitionChangeIn, partial=True)
        changed = services.save_draft(row.pk, actor=self.actor, expected_version=version, **values)
        return self.answer(changed)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str) -> Response:
        """Forget the draft; the versions before it stay."""
        row = self.get_object()
        version = self.expected_version(row, required=False)
        services.delete_draft(row.pk, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=DefinitionOut)
    def publish(self, request: Request, key: str) -> Response:
        """Put the draft in force; the version before is retired. Every mistake is told with its place."""
        row = self.get_object()
        version = self.expected_version(row, required=False)
        return self.answer(services.publish_definition(row.pk, actor=self.actor, expected_version=version))
