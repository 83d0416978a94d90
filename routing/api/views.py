"""Assignment rules: read, made, changed, moved, deleted, tried on a ticket; and the priority matrix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import AccountsViewSet
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotAllowedError
from routing import services
from routing.api import serializers as out
from routing.filters import RuleFilterSet
from routing.policies import may
from routing.preview import of_ticket, of_values
from routing.selectors import matrix_for, rule_of, rules_for
from tickets.models import AssignmentRule, PriorityRow


class RoutingViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """For who edits the configuration of all companies."""

    scope = "assignment-rules"
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others; a method that is not there at all is answered as such."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may(self.actor, "read"):
            raise NotAllowedError


class AssignmentRuleViewSet(RoutingViewSet):
    """Who gets new tickets, in the order in which the rules are tried."""

    serializer_class = out.AssignmentRuleOut
    filterset_class = RuleFilterSet
    ordering_fields = {"order": ("kind", "order"), "name": ("name",), "created_at": ("created_at",)}
    default_ordering = "order"
    plain_actions = frozenset({"preview"})
    matching: ClassVar[Mapping[str, bool]] = {"move": False}

    def get_queryset(self) -> QuerySet[AssignmentRule]:
        """The rules, by kind and order."""
        return rules_for(self.actor)

    @extend_schema(request=out.AssignmentRuleIn, responses={201: out.AssignmentRuleOut})
    def create(self, request: Request) -> Response:
        """Make a rule: the last of its kind, before the rules at the end that take every ticket."""
        row = services.create_rule(actor=self.actor, **self.body(out.AssignmentRuleIn))
        return self.answer(rule_of(self.actor, row.public_id), status=status.HTTP_201_CREATED)

    @extend_schema(request=out.AssignmentRuleChangeIn, responses=out.AssignmentRuleOut)
    def partial_update(self, request: Request, public_id: Any) -> Response:
        """Change a rule, for tickets opened from now on."""
        version = self.expected_version(self.get_object())
        values = self.body(out.AssignmentRuleChangeIn, partial=True)
        services.change_rule(public_id, actor=self.actor, expected_version=version, **values)
        return self.answer(rule_of(self.actor, public_id))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, public_id: Any) -> Response:
        """Delete a rule. Tickets that it gave to somebody stay, and go on to name it."""
        version = self.expected_version(self.get_object())
        services.delete_rule(public_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=out.MoveRuleIn, responses=out.AssignmentRuleOut)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, public_id: Any) -> Response:
        """Move a rule one place up or down among those of its kind; at the end it stays."""
        version = self.expected_version(self.get_object(), required=False)
        direction = self.body(out.MoveRuleIn)["direction"]
        services.move_rule(public_id, direction, actor=self.actor, expected_version=version)
        return self.answer(rule_of(self.actor, public_id))

    @extend_schema(request=out.PreviewRulesIn, responses=out.RulesPreviewOut)
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Which rule a ticket would match, test by test, and whom it would choose; nothing is changed."""
        values = self.body(out.PreviewRulesIn)
        ticket, kind = values.pop("ticket", None), values.pop("kind")
        found = (
            of_values(kind, values, actor=self.actor)
            if ticket is None
            else of_ticket(ticket, actor=self.actor)
        )
        return Response(out.RulesPreviewOut(found, context=self.get_serializer_context()).data)


class PriorityMatrixViewSet(RoutingViewSet):
    """The priority of each impact and urgency."""

    serializer_class = out.PriorityCellOut
    ordering_fields = {"impact": ("impact", "urgency")}
    default_ordering = "impact"

    def get_queryset(self) -> QuerySet[PriorityRow]:
        """The nine cells."""
        return matrix_for(self.actor)

    @extend_schema(request=out.PriorityCellIn, responses=out.PriorityCellOut)
    def partial_update(self, request: Request, public_id: Any) -> Response:
        """Give a cell another priority; open tickets keep theirs until impact or urgency changes."""
        cell = self.get_object()
        version = self.expected_version(cell)
        priority = self.body(out.PriorityCellIn)["priority"]
        wanted, seen = {cell.public_id: priority}, {cell.public_id: version}
        services.set_priorities(wanted, actor=self.actor, versions=seen)
        return self.answer(self.get_object())
