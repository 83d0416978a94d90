"""Hand-overs: read, written, taken over."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import AccountsViewSet
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotAllowedError
from handovers import services
from handovers.api import serializers as out
from handovers.filters import HandOverFilterSet
from handovers.models import HandOver
from handovers.policies import may_use
from handovers.selectors import hand_over_of, hand_overs_for, with_notes


class HandOverViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """What the shifts of the caller's teams leave to each other."""

    scope = "hand-overs"
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = out.HandOverOut
    filterset_class = HandOverFilterSet
    ordering_fields = {"written_at": ("written_at",)}
    default_ordering = "-written_at"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who does not work in the workspace; a method that is not there is answered as such."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may_use(self.actor):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[HandOver]:
        """Those of the teams that the caller is in or leads, with the notes that they read."""
        return with_notes(self.actor, hand_overs_for(self.actor))

    @extend_schema(request=out.HandOverIn, responses={201: out.HandOverOut})
    def create(self, request: Request) -> Response:
        """Hand a shift over to the next one."""
        values = self.body(out.HandOverIn)
        notes = [(note["ticket"], note["text"]) for note in values.pop("notes", [])]
        row = services.write_hand_over(actor=self.actor, notes=notes, **values)
        return self.answer(hand_over_of(self.actor, row.public_id), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=out.HandOverOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, public_id: Any) -> Response:
        """Say that one has it: from now on it waits for nobody."""
        services.accept_hand_over(public_id, actor=self.actor)
        return self.answer(hand_over_of(self.actor, public_id))
