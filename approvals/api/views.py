"""Approvals, delegations, and the questions about a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import services
from approvals.api import serializers as out
from approvals.choices import Scope
from approvals.filters import ApprovalFilterSet
from approvals.models import Approval, Delegation
from approvals.selectors import approval_for, approvals_for, delegations_for, requests_of, sheet_for
from core.api.views import ApiViewSet, ListMixin, RetrieveMixin
from core.errors import NotVisibleError
from tickets.api.parts import PartViewSet


class ApprovalViewSet(ListMixin, RetrieveMixin, ApiViewSet):
    """What is asked of the caller, of people they stand in for, and what they decided."""

    scope = "approvals"
    serializer_class = out.ApprovalOut
    matching: ClassVar[Mapping[str, bool]] = {"decision": False}
    filterset_class = ApprovalFilterSet
    lookup_field = "public_id"
    ordering_fields = {"asked_at": ("pk",)}
    default_ordering = "-asked_at"

    def get_queryset(self) -> QuerySet[Approval]:
        """Approvals the caller may read."""
        return approvals_for(self.actor)

    def get_object(self) -> Approval:
        """The approval of the address with its sheet. Raises NotVisibleError."""
        row = approval_for(self.actor, self.kwargs["public_id"])
        row.sheet = sheet_for(self.actor, row)  # type: ignore[attr-defined]
        return row

    @extend_schema(responses=out.SheetOut)
    def retrieve(self, request: Request, public_id: Any) -> Response:
        """The decision sheet: what, why, cost, who else is asked, and whether the caller may decide."""
        self.serializer_class = out.SheetOut
        return self.answer(self.get_object())

    @extend_schema(request=out.DecisionIn, responses=out.SheetOut)
    @action(detail=True, methods=["post"])
    def decision(self, request: Request, public_id: Any) -> Response:
        """Approve or reject, once. A second answer is refused with who decided what and when."""
        row = approval_for(self.actor, public_id)
        values = self.body(out.DecisionIn)
        services.decide(
            row.pk,
            actor=self.actor,
            decision=out.DECISIONS[values["decision"]],
            comment=values["comment"],
            channel="api",
            expected_version=self.expected_version(row, required=False),
        )
        self.serializer_class = out.SheetOut
        return self.answer(self.get_object())


class DelegationViewSet(ListMixin, RetrieveMixin, ApiViewSet):
    """Delegations by and to the caller; who edits people sees those of the company."""

    scope = "approvals"
    serializer_class = out.DelegationOut
    lookup_field = "public_id"
    ordering_fields = {"created_at": ("created_at",)}
    default_ordering = "-created_at"

    def get_queryset(self) -> QuerySet[Delegation]:
        """Delegations the caller may read."""
        return delegations_for(self.actor)

    def get_object(self) -> Delegation:
        """The delegation of the address. Raises NotVisibleError."""
        row = self.get_queryset().filter(public_id=self.kwargs["public_id"]).first()
        if row is None:
            raise NotVisibleError
        return row

    @extend_schema(request=out.DelegationIn, responses={201: out.DelegationOut})
    def create(self, request: Request) -> Response:
        """Let somebody act for a time: decide, take new tickets, or get the notices."""
        values = self.body(out.DelegationIn)
        row = services.delegate(
            actor=self.actor,
            user=values.get("user", self.actor),
            to=values["delegate"],
            start=values["start"],
            end=values["end"],
            scope=values.get("scope", Scope.APPROVALS),
        )
        return self.answer(row, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, public_id: Any) -> Response:
        """It is over from now on; one that had not begun disappears."""
        services.end_delegation(self.get_object().pk, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TicketApprovalViewSet(PartViewSet):
    """The questions that were asked about a ticket."""

    serializer_class = out.TicketApprovalOut

    def list(self, request: Request, number: str) -> Response:
        """All rounds, newest first, with everybody who was asked."""
        return self.all_of(requests_of(self.ticket))
