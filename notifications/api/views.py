"""The caller's notices and preferences."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiViewSet, ListMixin, RetrieveMixin
from core.errors import NotVisibleError
from notifications import choosing, services
from notifications.api import serializers as out
from notifications.choices import Channel
from notifications.filters import NotificationFilterSet
from notifications.models import Notification
from notifications.selectors import notices_for
from notifications.texts import rendered


class NotificationViewSet(ListMixin, RetrieveMixin, ApiViewSet):
    """What the caller's bell holds."""

    scope = "notifications"
    versioned = False
    serializer_class = out.NotificationOut
    filterset_class = NotificationFilterSet
    lookup_field = "public_id"
    ordering_fields = {"created_at": ("pk",)}
    default_ordering = "-created_at"

    def get_queryset(self) -> QuerySet[Notification]:
        """The caller's own."""
        return notices_for(self.actor)

    def get_object(self) -> Notification:
        """The notice of the address with its words. Raises NotVisibleError."""
        row = self.get_queryset().filter(public_id=self.kwargs["public_id"]).first()
        if row is None:
            raise NotVisibleError
        return self.prepare([row])[0]

    def prepare(self, page: list[Notification]) -> list[Notification]:
        """The page in words: a fixed number of queries."""
        words = rendered(page, self.actor)
        for row in page:
            row.words = words[row.pk]  # type: ignore[attr-defined]
        return page

    @extend_schema(request=None, responses=out.NotificationOut)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, public_id: Any) -> Response:
        """It was read; a second time changes nothing."""
        services.mark_read(str(public_id), actor=self.actor)
        return self.answer(self.get_object())

    @extend_schema(request=None, responses=out.CountOut)
    @action(detail=False, methods=["post"])
    def read_all(self, request: Request) -> Response:
        """Everything was read."""
        return Response({"read": services.mark_all_read(actor=self.actor)})


class PreferenceViewSet(ApiViewSet):
    """How the caller wants to be told: their own preferences, nobody else's."""

    scope = "notifications"
    versioned = False
    serializer_class = out.NoticePreferencesOut

    def retrieve(self, request: Request) -> Response:
        """How the caller is told of each kind of notice, their quiet hours and digest."""
        choices = choosing.choices_of(self.actor)
        hours = choosing.own_hours(self.actor)
        told = {**choosing.channels_on(choices), "topics": choices, "hours": hours}
        return Response(self.represent(told))

    @extend_schema(request=out.NoticePreferencesIn, responses=out.NoticePreferencesOut)
    def partial_update(self, request: Request) -> Response:
        """Change what is named; all of it or nothing."""
        values = self.body(out.NoticePreferencesIn, partial=True)
        hours = {name: values[name] for name in values.keys() & choosing.HOURS_FIELDS}
        ways = {
            (each["topic"], channel): each[channel]
            for each in values.get("topics", [])
            for channel in Channel.values
            if channel in each
        }
        with transaction.atomic():
            for channel in values.keys() & set(Channel.values):
                choosing.set_preference(actor=self.actor, channel=channel, is_on=values[channel])
            choosing.choose(actor=self.actor, ways=ways)
            if hours:
                choosing.set_hours(actor=self.actor, **hours)
        return self.retrieve(request)
